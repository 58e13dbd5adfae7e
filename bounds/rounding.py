"""How far an expression evaluated in float64 may be from its exact value: a running error bound in symbols.

Each value that a run hands over (a point, a gradient, a moment) may be off by LEAF units of eps = 2^-52 from
what the algorithm's line makes of the values before it; errors are then carried along to first order: a sum
carries the sum of its terms' errors, a product each factor's relative error, a sum over d coordinates or t
rounds d or t roundings of the sum of absolute values, a smooth function its derivative times the error of
its argument. A cancellation therefore counts with the sizes before it, and nothing else does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sympy import Abs, Add, Expr, Function, Integer, Max, Min, Mul, Piecewise, Pow, S, Symbol, log

from theory.loss import Loss
from theory.quantities import (
    Component,
    CumMax,
    CumSum,
    Discounted,
    GroupSum,
    LossAt,
    MaxCoords,
    MeanRows,
    Prev,
    Stack,
    SumCoords,
    pinv,
)
from theory.sign import nonnegative
from theory.symbols import Vector, d, f, t, x

LEAF = 16
"""Roundings of a value that the run hands over, in eps: a step of a recurrence is a dozen operations."""
TABLE_ROWS = 1024
"""Roundings of a mean over a table's rows, in eps."""


@dataclass(frozen=True)
class Rounding:
    """At most (units * |e| + absolute) * eps; units holds numbers, t and d only."""

    units: Expr
    absolute: Expr = S.Zero

    def of(self, e: Expr) -> Expr:
        """The bound in units of eps, for the expression that it is about."""
        return self.units * Abs(e) + self.absolute


def rounding(e: Expr, loss: Loss) -> Expr:
    """A bound of the rounding error of `e`, in units of eps, as an expression of the language."""
    return _rounding(e, loss).of(e)


@cache
def _rounding(e: Expr, loss: Loss) -> Rounding:
    if e == f:
        return _absolute(e, loss, loss.value)
    if isinstance(e, LossAt):
        return _absolute(e, loss, loss.value.xreplace({x: e.args[0]}))
    if isinstance(e, Vector | Component | Stack):
        return Rounding(Integer(LEAF))
    if isinstance(e, MeanRows):
        return Rounding(LEAF + TABLE_ROWS + d)
    if isinstance(e, Symbol) or e.is_number:
        return Rounding(Integer(0 if isinstance(e, Symbol) or e.is_Integer else 1))
    if isinstance(e, Add):
        return _sum(e, loss)
    if isinstance(e, Mul):
        return _product(e, loss)
    if isinstance(e, Pow):
        return _power(e, loss)
    if isinstance(e, Abs):
        return _rounding(e.args[0], loss)
    if isinstance(e, Prev | MaxCoords | CumMax):
        return _carried(e, loss, S.Zero)
    if isinstance(e, SumCoords | GroupSum):
        return _carried(e, loss, d)
    if isinstance(e, CumSum):
        return _carried(e, loss, t)
    if isinstance(e, Discounted):
        return _carried(e, loss, 2 * t)
    if isinstance(e, Max | Min):
        return Rounding(S.Zero, Max(*[rounding(u, loss) for u in e.args]))
    if isinstance(e, Piecewise):
        pieces = [(rounding(value, loss), condition) for value, condition in e.args]
        return Rounding(S.Zero, Piecewise(*pieces))
    return _function(e, loss)


def _absolute(e: Expr, loss: Loss, value: Expr) -> Rounding:
    """The error of a loss value is that of the formula behind it."""
    return Rounding(S.One, rounding(value, loss))


def _sum(e: Expr, loss: Loss) -> Rounding:
    terms = [(u, _rounding(u, loss)) for u in e.args]
    if all(nonnegative(u) for u in e.args):
        return Rounding(Max(*[r.units for _, r in terms]) + 1, Add(*[r.absolute for _, r in terms]))
    return Rounding(S.One, Add(*[r.of(u) for u, r in terms]))


def _product(e: Expr, loss: Loss) -> Rounding:
    factors = [(u, _rounding(u, loss)) for u in e.args]
    absolute = [
        r.absolute * Mul(*[Abs(other) for other, _ in factors if other is not u])
        for u, r in factors
        if r.absolute != 0
    ]
    products = len([u for u, _ in factors if u != -1]) - 1
    return Rounding(Add(*[r.units for _, r in factors]) + products, Add(*absolute))


def _power(e: Expr, loss: Loss) -> Rounding:
    base, exponent = e.args
    inner = _rounding(base, loss)
    size = Abs(exponent)
    absolute = S.Zero if inner.absolute == 0 else size * inner.absolute * Abs(e) * pinv(Abs(base))
    # beta**t is a running product, so that every factor counts.
    return Rounding(size * (inner.units + (0 if exponent.is_number else 1)) + 1, absolute)


def _carried(e: Expr, loss: Loss, roundings: Expr) -> Rounding:
    """A node that is linear or a maximum: errors pass through, and its own additions are `roundings`."""
    inner, *rest = e.args
    error = _rounding(inner, loss)
    if nonnegative(inner):
        absolute = S.Zero if error.absolute == 0 else e.func(error.absolute, *rest)
        return Rounding(error.units + roundings, absolute)
    return Rounding(S.Zero, e.func(error.of(inner), *rest) + roundings * e.func(Abs(inner), *rest))


def _function(e: Expr, loss: Loss) -> Rounding:
    if isinstance(e, pinv):
        inner = _rounding(e.args[0], loss)
        return Rounding(inner.units + 1, inner.absolute * e**2)
    if not isinstance(e, Function) or len(e.args) != 1:
        raise ValueError(f"the rounding error of {type(e).__name__} in {e} is not known")
    slope = S.One / e.args[0] if isinstance(e, log) else e.fdiff(1)
    return Rounding(Integer(2), Abs(slope) * rounding(e.args[0], loss))
