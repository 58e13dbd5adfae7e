"""The loss of the best fixed point of a box, tracked by the run: nothing is replayed and no rows are stored.

If every loss is a sum over coordinates of p x^2/2 + q x + r (linear and quadratic losses), so is their
weighted sum, with P = sum_t w_t p_t and so on. Its minimum over a box is then known coordinate by coordinate:
at clip(-Q/P), or if P = 0, at the end that -Q points to. Engines keep P, Q and R like any other running sum,
so the regret costs one vector of memory, for any horizon and any engine.

If P and Q change by dP and dQ, the minimum changes by at most B |dQ_i| + B^2/2 |dP_i| per coordinate, where
B = max |x_i| over the box.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sympy import Abs, Dummy, Expr, Min, Piecewise, S

from online_sim.comparator.structure import structure_of
from online_sim.engines.program import LOWER, UPPER
from online_sim.expressions import compiled
from online_sim.rounding import ONCE, SUMS
from theory.loss import Loss
from theory.quantities import CumSum, Regret, SumCoords, pinv
from theory.symbols import Scalar, x

if TYPE_CHECKING:
    from online_sim.game import Game

REACH = Scalar("box__reach", nonnegative=True)
"""The largest |x_i| of the box."""
OPERATIONS = 32
"""The number of elementary operations for one coordinate of a loss and of the minimum."""


@dataclass(frozen=True)
class RunningMinimum:
    """min over the box of sum_t w_t f_t, and sizes that bound its rounding: scalars of the theorem language.

    slopes, curvatures, constants: sum_t w_t sum_i |q|, |p|, |r|.
    """

    minimum: Expr
    slopes: Expr
    curvatures: Expr
    constants: Expr

    @property
    def quantities(self) -> tuple[Expr, ...]:
        """What a run must record."""
        return self.minimum, self.slopes, self.curvatures, self.constants

    def enclose(
        self, scalars: Mapping[str, Any], *, largest: float, once: float, always: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(lower, upper) of the minimum at the checkpoints, each (R, K).

        largest: B, the largest |x_i| of the box; once: the relative error of one operation on coordinates;
        always (K,): the relative error of the sums over coordinates and rounds, up to each checkpoint.
        """
        keys, bound = _error_of(self)
        value = scalars[keys[0]]
        error = bound(*(scalars[key] for key in keys), np.float64(largest), np.float64(once), always[None, :])
        return value - error, value + error

    def error(self, largest: Expr, *, once: Expr, always: Expr) -> Expr:
        """A bound on the rounding error of `minimum`; see `enclose`."""
        size = largest * self.slopes + largest**2 / 2 * self.curvatures + self.constants
        return (OPERATIONS * once + always) * size


@lru_cache(maxsize=256)
def _error_of(running: RunningMinimum) -> tuple[tuple[str, ...], Callable[..., Any]]:
    """The keys of the recorded quantities, the minimum first, and `error` as a function of their values.

    Behind these it takes the largest |x_i|, `ONCE`, and the error of the sums.
    """
    named = {q: Dummy("q", real=True) for q in running.quantities if q != 0}
    bound = running.error(REACH, once=ONCE, always=SUMS).xreplace(named)
    return tuple(map(str, named)), compiled(bound, (*named.values(), REACH, ONCE, SUMS))


@lru_cache(maxsize=256)
def running_minimum(loss: Loss, weight: Expr) -> RunningMinimum | None:
    """The minimum of a weighted sum of convex losses over a box, or None for losses of another form."""
    structure = structure_of(loss)
    if structure.over_table or not structure.quadratic:
        return None
    coordinate = structure.coordinate
    slope = coordinate.diff(x)
    p, q, r = slope.diff(x), slope.xreplace({x: S.Zero}), coordinate.xreplace({x: S.Zero})
    P, Q = CumSum(weight * p), CumSum(weight * q)
    constants = [part for part in (SumCoords(r) if r != 0 else S.Zero, structure.link) if part != 0]
    if p == 0:
        minimum = SumCoords(Min(LOWER * Q, UPPER * Q))
    else:
        place = Piecewise((LOWER, -Q < LOWER * P), (UPPER, -Q > UPPER * P), (-Q * pinv(P), True))
        minimum = SumCoords((P * place / 2 + Q) * place)
    return RunningMinimum(
        minimum + sum((CumSum(weight * part) for part in constants), start=S.Zero),
        CumSum(Abs(weight) * SumCoords(Abs(q))),
        CumSum(Abs(weight) * SumCoords(Abs(p))) if p != 0 else S.Zero,
        sum((CumSum(Abs(weight) * _size(part)) for part in constants), start=S.Zero),
    )


def _size(part: Expr) -> Expr:
    return SumCoords(Abs(part.args[0])) if isinstance(part, SumCoords) else Abs(part)


def in_the_run(game: Game, regret: Regret) -> RunningMinimum | None:
    """The minimum that a game tracks itself: on a box, with a formula for the data and no phi; else None."""
    weight, *phi = regret.args
    if phi or game.formula is None or game.domain is None or game.domain.box_bounds() is None:
        return None
    return running_minimum(game.loss, weight) if isinstance(game.loss, Loss) else None
