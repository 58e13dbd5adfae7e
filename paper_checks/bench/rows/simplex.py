"""A full round of AdaL on the probability simplex, projected in the metric sqrt(vhat)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from paper_checks.bench.game import centres, played
from paper_checks.bench.row import Call, Case, Contender, Goal, Peer, Row, Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDS = {10: 60_000, 100: 10_000, 1000: 1500}
JAX_ROUNDS = {10: 5000, 100: 2000, 1000: 300}


def _start(dimension: int) -> NDArray[Any]:
    import numpy as np

    return np.full(dimension, 1 / dimension)


def _ours(dimension: int, rounds: int) -> Call:
    from online_sim.domains.simplex import Simplex

    return played(rounds, Simplex(dimension), rows=centres(dimension))


def _newton(dimension: int, rounds: int) -> Call:
    from paper_checks.bench.peers.jax_scan import jax_scan
    from paper_checks.bench.peers.simplex import by_newton

    return jax_scan(rounds, centres(dimension), _start(dimension), by_newton)


def _sorting(dimension: int, rounds: int) -> Call:
    import jax.numpy as jnp

    from paper_checks.bench.peers.jax_scan import jax_scan
    from paper_checks.bench.peers.simplex import by_sorting

    return jax_scan(rounds, centres(dimension), _start(dimension), partial(by_sorting, jnp))


def _jax(name: str, prepare: Callable[[int, int], Call], dimension: int) -> Contender:
    return Contender(name, partial(prepare, dimension), JAX_ROUNDS[dimension], ("jax",))


def cases(_: Settings) -> Sequence[Case]:
    """One for each number of coordinates."""
    return [
        Case(
            f"simplex.{d}",
            f"full round of AdaL on the simplex, d = {d}",
            "round",
            Contender("numba engine", partial(_ours, d), rounds),
            (
                Peer(_jax("JAX scan, Newton in a while loop", _newton, d), Goal(faster=5.0)),
                Peer(_jax("JAX scan, argsort", _sorting, d)),
            ),
        )
        for d, rounds in ROUNDS.items()
    ]


ROW = Row("simplex", "a full round on the simplex in the metric of the algorithm", cases)
