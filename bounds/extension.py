"""The natural interval extension of an expression: the range of a quantity from the ranges of its parts.

Every coordinate has the same interval, a sum over rounds lies in T times the interval of a term, and an
expression without a rule gets the ends implied by its sign. Outward rounding is that of
`bounds.prover.intervals`.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Abs, Add, Expr, Max, Min, Mul, Piecewise, Pow, Rel, Symbol, false, log, sign, true

from bounds.prover import intervals
from bounds.prover.constants import number_ends
from bounds.prover.intervals import Intervals, Truth
from bounds.statement import RELATIONS
from online_sim.ranges import first_term
from theory.printing.base import UnknownNodeError
from theory.quantities import (
    Component,
    CumMax,
    CumSum,
    Expectation,
    GroupSum,
    MaxCoords,
    Quantity,
    SumCoords,
    Supremum,
    pinv,
    sigmoid,
)
from theory.sign import nonnegative
from theory.symbols import d


def range_of(
    e: Expr,
    at: Mapping[Any, Intervals],
    *,
    ranges: Mapping[Expr, tuple[float, float]] | None = None,
    rounds: NDArray[np.int64] | None = None,
) -> Intervals:
    """A natural interval extension: an interval, or (K,) of them, that contains every value of an expression.

    at: intervals of symbols, by name, and of nodes, by the node itself; ranges: further ends of
    subexpressions; rounds: (K,) the checkpoints, for sums over rounds. Only the sign of an expression without
    a rule is used.
    """
    with np.errstate(all="ignore"):
        return _Encloser(at, ranges or {}, rounds).value(e)


EVERYTHING = Intervals(-np.inf, np.inf)


@dataclass(frozen=True, eq=False)
class _Encloser:
    at: Mapping[Any, Intervals]
    ranges: Mapping[Expr, tuple[float, float]]
    rounds: NDArray[np.int64] | None

    def value(self, e: Expr) -> Intervals:
        if e in self.at:
            return self.at[e]
        found = self._rule(e)
        # NaN is not a valid end.
        low = np.where(np.isnan(found.lower), -np.inf, found.lower)
        high = np.where(np.isnan(found.upper), np.inf, found.upper)
        if np.any(np.isinf(low)) and nonnegative(e):
            low = np.maximum(low, 0.0)
        if e in self.ranges:
            declared = self.ranges[e]
            low, high = np.maximum(low, declared[0]), np.minimum(high, declared[1])
        return Intervals(low, high)

    def _rule(self, e: Expr) -> Intervals:
        if e.is_number and not e.atoms(Quantity):
            try:
                return Intervals(*number_ends(e))
            except (UnknownNodeError, ValueError):
                return EVERYTHING
        if isinstance(e, Symbol):
            return self.at.get(e.name, EVERYTHING)
        if isinstance(e, Piecewise):
            return self._pieces(list(e.args))
        if type(e) in _FOLDS:
            return reduce(_FOLDS[type(e)], map(self.value, e.args))
        if type(e) in _RULES:
            return _RULES[type(e)](*map(self.value, e.args))
        return self._power(e) if isinstance(e, Pow) else self._over_rounds(e)

    def _over_rounds(self, e: Expr) -> Intervals:
        decided = self.at.get(str(e))
        if decided is not None:
            return decided
        dimension = self.at.get(d.name, Intervals(1.0, np.inf))
        if isinstance(e, SumCoords):
            return dimension * self.value(e.args[0])
        if isinstance(e, GroupSum):
            return Intervals(1.0, dimension.upper) * self.value(e.args[0])
        if isinstance(e, MaxCoords | CumMax | Expectation | Supremum | Component):
            return self.value(e.args[0])
        if isinstance(e, CumSum) and self.rounds is not None:
            only = first_term(e)
            if only is not None:
                return self.value(only)
            length = self.rounds.astype(np.float64)
            return Intervals(length, length) * self.value(e.args[0])
        return EVERYTHING

    def _power(self, e: Expr) -> Intervals:
        base, exponent = self.value(e.args[0]), e.args[1]
        if not (exponent.is_Rational and exponent.q in {1, 2} and abs(exponent.p) <= 64):
            return EVERYTHING
        inner = base if exponent.q == 1 else intervals.sqrt(base)
        powered = intervals.power(inner, abs(int(exponent.p)))
        return powered if exponent.p > 0 else Intervals(1.0, 1.0) / powered

    def _pieces(self, pieces: list[Any]) -> Intervals:
        (value, condition), rest = pieces[0], pieces[1:]
        if condition == true or not rest:
            return self.value(value)
        if condition == false:
            return self._pieces(rest)
        return intervals.choose(self._truth(condition), self.value(value), self._pieces(rest))

    def _truth(self, condition: Any) -> Truth:
        if isinstance(condition, Rel) and condition.rel_op in RELATIONS:
            found: Truth = RELATIONS[condition.rel_op](self.value(condition.lhs), self.value(condition.rhs))
            return found
        return Truth(np.asarray(False), np.asarray(True))


_FOLDS: dict[Any, Callable[[Intervals, Intervals], Intervals]] = {
    Add: operator.add, Mul: operator.mul, Max: intervals.largest, Min: intervals.smallest,
}  # fmt: skip
_RULES: dict[Any, Callable[..., Intervals]] = {
    Abs: intervals.magnitude,
    sign: intervals.signum,
    log: intervals.logarithm,
    pinv: intervals.pinv,
    sigmoid: lambda u: Intervals(0.0, 1.0),
}
