"""Whether a statement holds in every round, tracked by the run itself.

A theorem asks a run to record `Excess(lhs, rhs)` in addition to its two sides. If both sides are recurrences,
so is lhs - rhs, and the run keeps its largest value over the rounds so far, the largest size of both sides,
and the number of rounds before lhs - rhs first reached 0 or more. If the largest value plus a bound on its
rounding error stays below 0, the statement holds in every round and not only in the recorded ones.

A regret is a recurrence on a box if every loss is a sum over coordinates of p x^2/2 + q x + r, or linear in
x: the best fixed point is then known coordinate by coordinate (`online_sim.running_minimum`). If a side is
not a recurrence, or uses a constant that the game does not know, nothing is kept, and a verdict covers only
the recorded rounds.

Rounding. Let e+ be a side e with every subtraction turned into an addition. The error of e is at most that
of e+, which is units(t) e+ with units growing in t (`online_sim.rounding`); over all rounds so far it is at
most units(T) max_t e+_t. The bound on a regret's rounding error is nondecreasing in t, so its last value is
valid for every earlier round.
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
"""The largest relative width of a constant's enclosure for which a run may use it as a single number; see
`CONSTANT` in `online_sim.rounding`."""
IN_A_RUN = (D, D_2, L, f_star)
"""The constants of a game that its run may use."""


@dataclass(frozen=True)
class RunningExcess:
    """What a run keeps for one `Excess`.

    largest: the maximum of lhs - rhs over the rounds; size: the maximum of the sizes of both sides without
    regrets; fine: the number of rounds before the first one with lhs - rhs >= 0; units, more: the rounding
    error of the largest value is at most units * size + more, in numbers that the run records.
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


def largest_key(node: Expr | str) -> str:
    """The key in a trace of the largest lhs - rhs."""
    return f"{node}:largest"


def error_of_key(node: Expr | str) -> str:
    """The key in a trace of a bound on the rounding error of the largest lhs - rhs."""
    return f"{node}:error"


def fine_key(node: Expr | str) -> str:
    """The key in a trace of the number of rounds before lhs - rhs first reached 0 or more."""
    return f"{node}:fine"


def running_excess(node: Excess, game: Game, known: Mapping[Any, float]) -> RunningExcess | None:
    """What a run keeps for lhs - rhs, or None if a side is not a recurrence in this game.

    known: the constants of the game that the run knows, by symbol, each within a few eps of its value.
    """
    box = game.domain is not None and game.domain.box_bounds() is not None
    close = not node.has(D_i) or (game.domain is not None and side_slack(game.domain) <= WIDEST)
    loss = game.loss if isinstance(game.loss, Loss) else None
    return _expanded(node, _Seen(loss, game.convex, box, close, frozenset(_given(game) | known.keys())))


@dataclass(frozen=True)
class _Seen:
    """The properties of a game that determine how it keeps a difference of two sides.

    close: whether the sides of the set, if they are used, are known to a few eps; given: the scalars that a
    round computes or that are given.
    """

    loss: Loss | None
    convex: bool
    box: bool
    close: bool
    given: frozenset[Any]


@lru_cache(maxsize=1024)
def _expanded(node: Excess, seen: _Seen) -> RunningExcess | None:
    if node.has(S.Infinity, S.NegativeInfinity):
        return None  # if a side is infinite on purpose, no size bounds the rounding error of a difference
    parts = [_side(e.xreplace({T: t}), seen) for e in node.args]
    if any(part is None for part in parts):
        return None
    (left, left_size, left_more), (right, right_size, right_more) = parts  # type: ignore[misc]
    if not (left - right).free_symbols:
        return None
    size = left_size + right_size
    error = error_of(size, seen.loss)
    # In units of eps, whichever eps it is: the run keeps a single number.
    absolute = error.absolute.xreplace({ONCE: S.One, SUMS: S.One})
    absolute = CumMax(absolute) if absolute != 0 else S.Zero
    largest = CumMax(left - right)
    # Not a Piecewise on a comparison: sympy would move the comparison into the sides.
    fine = CumSum(Max(S.Zero, -sign(largest)))
    # One unit for the difference: its sides are at most the regret plus this size.
    more = left_more + right_more + Max(ONCE, SUMS) * absolute
    return RunningExcess(node, largest, CumMax(size), fine, error.units + 2 * ONCE, more)


def _side(e: Expr, seen: _Seen) -> tuple[Expr, Expr, Expr] | None:
    """(a side as a recurrence, its size without the regret, the regret's rounding); None if there is none."""
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
    """The scalars that a round computes or that are given."""
    declared = {p.symbol for p in game.recurrence.parameters}
    declared |= {p.symbol for p in game.loss.parameters} if isinstance(game.loss, Loss) else set()
    return declared | {s for s, _ in game.recurrence.steps} | {t, d, f, b}


def _regret(regret: Regret, seen: _Seen) -> tuple[Expr, Expr] | None:
    """A regret as a recurrence, and a bound on its rounding; None if the best fixed point is not one."""
    weight, *phi = regret.args
    if phi or not seen.box or seen.loss is None or not seen.convex:
        return None
    running = running_minimum(seen.loss, weight)
    if running is None:
        return None
    error = running.error(REACH, once=ONCE, always=t * ONCE + (t + d) * SUMS) + slack(weight, t)
    return paid(weight) - running.minimum, error + 2 * ONCE * (Abs(paid(weight)) + REACH * running.slopes)


def constants_of(game: Game, known: Callable[[], Mapping[str, float | None]]) -> dict[Any, float]:
    """The constants of a game that its run may use, by symbol: those known to a few eps.

    known: gives the constants of the game by name.
    """
    bounds = constant_bounds(game, known())
    narrow = {n: high for n, (low, high) in bounds.items() if high - low <= WIDEST * abs(high)}
    numbers: dict[Any, float | None] = {s: narrow.get(s.name) for s in IN_A_RUN}
    box = game.domain.box_bounds() if game.domain is not None else None
    if box is not None:
        numbers[REACH] = float(max(np.abs(bound).max() for bound in map(distinct, box)))
    return {s: value for s, value in numbers.items() if value is not None and isfinite(value)}
