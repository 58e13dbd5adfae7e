"""Play every path of a finite noise alphabet, so that expectations are finite sums with exact weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from online_sim.simulate import play
from online_sim.streams.alphabet import NoiseAlphabet
from online_sim.streams.enumeration import Enumeration
from theory.borders import instance

if TYPE_CHECKING:
    from online_sim.domains.base import Domain
    from online_sim.trace import Trace
    from theory.loss import Loss
    from theory.recurrence import Recurrence


def play_all_paths(
    recurrence: Recurrence,
    loss: Loss,
    alphabet: NoiseAlphabet,
    domain: Domain | None = None,
    *,
    horizon: int,
    **options: Any,
) -> Trace:
    """Play k^T games, one for each path of a k-letter alphabet; a replicate is a path.

    The trace carries the probability of each path, and theorems about expectations are then checked exactly.

    Args:
        recurrence: The algorithm.
        loss: The losses; their oracle reads the noise.
        alphabet: The k letters of the noise, of mean zero.
        domain: The feasible set; None for all of R^d.
        horizon: The number of rounds T >= 1.
        **options: Those of `play`.

    Raises:
        ValueError: There are too many paths, or the noise does not have mean zero.
    """
    instance("alphabet", alphabet, NoiseAlphabet, "a NoiseAlphabet", "skewed() say")
    if any(alphabet.mean):
        raise ValueError(
            f"the noise {alphabet.name} has mean {alphabet.mean}; shift its letters to mean zero"
        )
    enumeration = Enumeration(alphabet, horizon)
    return play(
        recurrence, loss, enumeration.streams, domain, horizon=horizon, enumeration=enumeration, **options
    )
