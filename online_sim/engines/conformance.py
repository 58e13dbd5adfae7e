"""One conformance function for every engine: `check_engine(engine, game, record)` tests a new engine.

The reference is the numpy engine, whose printed arithmetic shares nothing with the loops: no hoisting, no
common subexpressions, beta**t as a power. Two correct engines differ only by rounding, and the amplification
of rounding by a game is measured, not guessed: the reference is played in float64 and in longdouble, and

    tolerance in round t = SLACK (1 + t) (max_{s<=t} |float64 - longdouble| + eps max_{s<=t} |float64|),

where the maxima are also over the coordinates. An engine is another float64 rounding of the same formulas, so
its distance to the reference is two such errors, except that beta**t kept as a running product errs by t/2
units in the last place while a power errs by half a unit: hence the factor 1 + t. A short trajectory is a
small sample of rounding errors, and sums in another order add a few units: SLACK covers both.

A chaotic game (such as plain gradient steps of half a unit on Rastrigin's function) amplifies rounding to the
size of the point within a dozen rounds. From the round in which the two references differ by CHAOS relative
to the point's size, nothing is compared. A pass is evidence for this game, not a proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr

from online_sim.contract import ConformanceError
from online_sim.engines.numpy_engine import NumpyEngine
from theory.symbols import x

if TYPE_CHECKING:
    from online_sim.engines.base import Engine
    from online_sim.game import Game
    from online_sim.trace import Trace

SLACK = 8
CHAOS = 1e-4


def check_engine(engine: Engine, game: Game, record: Sequence[Expr] = ()) -> float:
    """Play a game on an engine and on the reference, and compare x and `record` round by round.

    Args:
        engine: the engine to test.
        game: the game to play; the longdouble reference must be able to project onto its set.
        record: further quantities to compare, scalars or vectors.

    Returns:
        The largest error in units of the tolerance, at most 1.

    Raises:
        ConformanceError: the engine disagrees with the reference; the message names the first such round.
        ValueError: the engine or the longdouble reference refuses the game.
    """
    from online_sim.simulate import play

    quantities = list(dict.fromkeys((x, *record)))
    players = (engine, NumpyEngine(), NumpyEngine(np.longdouble))
    traces = [play(game, record=quantities, checkpoints="all", engine=player) for player in players]
    usable = comparable_rounds(*(_stored(trace, str(x)) for trace in traces[1:]))
    worst = 0.0
    failures = []
    for q in quantities:
        found, reference, longer = (_stored(trace, str(q))[:, :usable] for trace in traces)
        ratio = ratio_to_tolerance(found, reference, longer)
        worst = max(worst, float(ratio.max()))
        if ratio.max() > 1:
            round_ = int(np.argmax(np.any(ratio > 1, axis=(0, 2))))
            failures.append((round_, q, found, reference, ratio))
    if failures:
        round_, q, found, reference, ratio = min(failures, key=lambda failure: failure[0])
        r, i = np.argwhere(ratio[:, round_] > 1)[0]
        raise ConformanceError(
            f"engine {engine.name}: {q} in round {traces[1].rounds[round_]}, replicate {r}, coordinate {i} "
            f"is {found[r, round_, i]!r}, the reference has {reference[r, round_, i]!r}: "
            f"{ratio[r, round_, i]:.3g} times the tolerance that rounding explains"
        )
    return worst


def _stored(trace: Trace, key: str) -> NDArray[Any]:
    """A recorded quantity as (R, K, d), with d = 1 for scalars."""
    return trace.vectors[key] if key in trace.vectors else trace.scalars[key][:, :, None]


def comparable_rounds(reference: NDArray[Any], longer: NDArray[Any]) -> int:
    """The number of rounds before the two references, (R, K, d) each, diverge."""
    with np.errstate(all="ignore"):
        scale = np.maximum.accumulate(np.nan_to_num(np.abs(reference)), axis=1)
        apart = np.any(np.abs(reference - longer) > CHAOS * scale.max(axis=2, keepdims=True), axis=(0, 2))
    return int(np.argmax(apart)) if apart.any() else len(apart)


def ratio_to_tolerance(
    found: NDArray[Any], reference: NDArray[Any], longer: NDArray[Any]
) -> NDArray[np.float64]:
    """|found - reference| / tolerance; inf if only one of the two is finite, or if two infinities differ."""
    with np.errstate(all="ignore"):
        rounding = np.where(np.isfinite(reference) & np.isfinite(longer), np.abs(reference - longer), 0)
        scale = np.where(np.isfinite(reference), np.abs(reference), 0)
        size = np.max(rounding + np.finfo(np.float64).eps * scale, axis=2, keepdims=True)
        rounds = np.arange(1, found.shape[1] + 1)[None, :, None]
        tolerance = SLACK * (1 + rounds) * np.maximum.accumulate(size, axis=1) + np.finfo(np.float64).tiny
        ratio = np.asarray(np.abs(found - reference) / tolerance, dtype=np.float64)
    same = (found == reference) | (np.isnan(found) & np.isnan(reference))
    finite = np.isfinite(found) & np.isfinite(reference)
    return np.where(same, 0.0, np.where(finite, ratio, np.inf))
