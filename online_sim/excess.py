"""Whether a statement holds in every round, kept by the run itself.

`Excess(lhs, rhs)` is what a theorem asks a run to record besides its sides. Where both sides are recurrences,
lhs - rhs is one too, and the run keeps its largest value over the rounds so far, the largest size of both
sides, and the number of rounds before lhs - rhs was first not below 0. If the largest value and a bound of
its rounding stay below 0, the statement holds in every round and not only in those that are recorded.

A regret is a recurrence on a box where every loss is a sum over coordinates of p x^2/2 + q x + r, or linear
in x: the best fixed point is then known coordinate by coordinate (`online_sim.running_minimum`). Where a side
is no recurrence, or uses a constant that the game does not know, nothing is kept, and a verdict speaks of the
recorded rounds.

Rounding. Let e+ be a side e with every subtraction turned into an addition. The error of e is at most that
of e+, which is units(t) e+ with units growing in t (`online_sim.rounding`); over all rounds so far it is at
most units(T) max_t e+_t. The bound of a regret's rounding is a sum of what never falls, so its last value
serves for every round before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any

import numpy as np
from sympy import Abs, Add, Dummy, Expr, Max, Mul, Pow, S, sign

from online_sim.constants import constant_bounds, side_slack
from online_sim.domains.validate import distinct
from online_sim.game import Game
from online_sim.regret import paid, slack
from online_sim.rounding import ONCE, SUMS, error_of
from online_sim.running_minimum import REACH, running_minimum
from theory.loss import Loss
from theory.quantities import CumMax, CumSum, Excess, Regret, measured
from theory.sign import nonnegative
from theory.symbols import D_2, D, D_i, L, Scalar, T, b, d, f, f_star, t

WIDEST = 8 * float(np.finfo(np.float64).eps)
"""How far apart the two ends of a constant may be, relatively, for a run to use it as one number; see
`CONSTANT` in `online_sim.rounding`."""


@dataclass(frozen=True)
class RunningExcess:
    """What a run keeps for one `Excess`.

    largest: max over the rounds of lhs - rhs; size: that of the sizes of both sides, regrets aside; fine: the
    number of rounds before the first one with lhs - rhs >= 0; units, more: the rounding of the largest value
    is at most units * size + more, in numbers that the run records.
    """

    node: Excess
    largest: Expr
    size: Expr
    fine: Expr
    units: Expr
    more: Expr

    @property
    def quantities(self) -> tuple[Expr, ...]:
        """What a run must record."""
        return (self.largest, self.size, self.fine, *measured(self.more))


def largest_key(node: Expr) -> str:
    """The key of the largest lhs - rhs in a trace."""
    return f"{node}:largest"


def error_of_key(node: Expr) -> str:
    """The key of a bound of its rounding in a trace."""
    return f"{node}:error"


def fine_key(node: Expr) -> str:
    """The key of the number of rounds before lhs - rhs was first not below 0, in a trace."""
    return f"{node}:fine"


def running_excess(node: Excess, game: Game, known: Mapping[Any, float]) -> RunningExcess | None:
    """What a run keeps for lhs - rhs, or None where a side is no recurrence in this game.

    known: the constants of the game that the run knows, by symbol, each within a few eps of its value.
    """
    box = game.domain is not None and game.domain.box_bounds() is not None
    close = not node.has(D_i) or (game.domain is not None and side_slack(game.domain) <= WIDEST)
    loss = game.loss if isinstance(game.loss, Loss) else None
    return _expanded(node, _Seen(loss, game.convex, box, close, frozenset(_given(game) | known.keys())))


@dataclass(frozen=True)
class _Seen:
    """What of a game decides how a difference of two sides is kept in it.

    close: whether the sides of the set, where they are asked for, are known to a few eps; given: the scalars
    that a round computes or has by itself.
    """

    loss: Loss | None
    convex: bool
    box: bool
    close: bool
    given: frozenset[Any]


@lru_cache(maxsize=1024)
def _expanded(node: Excess, seen: _Seen) -> RunningExcess | None:
    if node.has(S.Infinity, S.NegativeInfinity):
        return None  # where a side is infinite by intention, no size bounds the rounding of a difference
    parts = [_side(e.xreplace({T: t}), seen) for e in node.args]
    if any(part is None for part in parts):
        return None
    (left, left_size, left_more), (right, right_size, right_more) = parts  # type: ignore[misc]
    if not (left - right).free_symbols:
        return None
    size = left_size + right_size
    error = error_of(size, seen.loss)
    # In units of eps, whichever it is: what is kept in the run is one number.
    absolute = error.absolute.xreplace({ONCE: S.One, SUMS: S.One})
    absolute = CumMax(absolute) if absolute != 0 else S.Zero
    largest = CumMax(left - right)
    # Not a choice on a comparison: sympy moves those into the sides.
    fine = CumSum(Max(S.Zero, -sign(largest)))
    # One unit for the difference, whose sides are no larger than the regret and this size.
    more = left_more + right_more + Max(ONCE, SUMS) * absolute
    return RunningExcess(node, largest, CumMax(size), fine, error.units + 2 * ONCE, more)


def _side(e: Expr, seen: _Seen) -> tuple[Expr, Expr, Expr] | None:
    """A side as a recurrence, the size of all but its regret, the rounding of that; None where it is none."""
    if not _scalars(e) <= seen.given or not (seen.close or not e.has(D_i)):
        return None
    regrets = list(e.atoms(Regret))
    stand_in = Dummy("regret", real=True)
    outside = e.xreplace({regrets[0]: stand_in}) if regrets else e
    slope, rest = outside.diff(stand_in), outside.xreplace({stand_in: S.Zero})
    if len(regrets) > 1 or slope.has(stand_in, t) or measured(slope):
        return None
    size = _size(rest)
    if size is None or not regrets:
        return None if size is None else (e, size, S.Zero)
    found = _regret(regrets[0], seen)
    if found is None:
        return None
    regret, error = found
    return slope * regret + rest, size, abs(slope) * error


def _size(e: Expr) -> Expr | None:
    """e with every subtraction turned into an addition; None for a node that may be negative."""
    if isinstance(e, Add):
        parts = [_size(part) for part in e.args]
        return None if None in parts else Add(*parts)
    if isinstance(e, Mul):
        parts = [_size(part) for part in e.args]
        return None if None in parts else Mul(*parts)
    if isinstance(e, Pow) and e.exp.is_positive and not nonnegative(e):
        inner = _size(e.base)
        return None if inner is None else inner**e.exp
    if e.is_number:
        return abs(e)
    return e if nonnegative(e) else None


def _scalars(e: Expr) -> set[Any]:
    return {s for s in e.free_symbols if isinstance(s, Scalar)}


def _given(game: Game) -> set[Any]:
    """The scalars that a round computes or has by itself."""
    declared = {p.symbol for p in game.recurrence.parameters}
    declared |= {p.symbol for p in game.loss.parameters} if isinstance(game.loss, Loss) else set()
    return declared | {s for s, _ in game.recurrence.steps} | {t, d, f, b}


def _regret(regret: Regret, seen: _Seen) -> tuple[Expr, Expr] | None:
    """A regret as a recurrence, and a bound of its rounding; None where the best fixed point is none."""
    weight = regret.args[0]
    if not seen.box or seen.loss is None or not seen.convex:
        return None
    running = running_minimum(seen.loss, weight)
    if running is None:
        return None
    error = running.error(REACH, once=ONCE, always=t * ONCE + (t + d) * SUMS) + slack(weight, t)
    return paid(weight) - running.minimum, error + 2 * ONCE * (Abs(paid(weight)) + REACH * running.slopes)


def constants_of(game: Game, known: Callable[[], Mapping[str, float | None]]) -> dict[Any, float]:
    """The numbers of a game that its run may use, by symbol: those that the game knows to a few eps.

    known: gives the constants of the game by name.
    """
    bounds = constant_bounds(game, known())
    narrow = {n: high for n, (low, high) in bounds.items() if high - low <= WIDEST * abs(high)}
    numbers: dict[Any, float | None] = {s: narrow.get(s.name) for s in (D, D_2, L, f_star)}
    box = game.domain.box_bounds() if game.domain is not None else None
    if box is not None:
        numbers[REACH] = float(max(np.abs(bound).max() for bound in map(distinct, box)))
    return {s: value for s, value in numbers.items() if value is not None and isfinite(value)}
