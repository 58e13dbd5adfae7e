"""A symbolic running error bound: how far an expression evaluated in float64 may be from its exact value.

Each value from a run (a point, a gradient, a moment) may differ by LEAF units of eps = 2^-52 from the exact
result of its line, given the values before it. Errors are then propagated to first order: a sum carries the
sum of its terms' errors; a product, each factor's relative error; a sum over d coordinates or t rounds, d or
t roundings of the sum of absolute values; a smooth function, its derivative times the error of its argument.
Where terms cancel, the error therefore scales with their sizes before the cancellation, and only there.

One addition errs by at most half an eps of its result, so a sum of t numbers of one sign errs by t/2 eps of
it. An engine may keep its vectors and its sums in different precisions, so every rounding is counted in units
of `ONCE` (an operation on coordinates) or `SUMS` (an addition to a sum over coordinates or rounds).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sympy import Abs, Add, Expr, Function, Max, Min, Mul, Piecewise, Pow, S, Symbol, log, sqrt

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
    Quantity,
    Stack,
    SumCoords,
    TraceRoot,
    pinv,
)
from theory.sign import nonnegative
from theory.symbols import D_2, D, L, Scalar, Vector, d, f, f_star, t, x

ONCE, SUMS = Scalar("eps__once", positive=True), Scalar("eps__sums", positive=True)
"""The relative error of one operation on coordinates, and of one addition to a sum."""
CONSTANTS = frozenset({D, D_2, L, f_star})
CONSTANT = 8
"""The rounding error of a constant of the game, such as a diameter, in eps."""
LEAF = 16
"""The rounding error of a value from the run, in eps: a step of a recurrence is a dozen operations."""
ROOTS = 2**32
"""sqrt(eps) <= ROOTS eps for every precision that plays full matrices, as eps >= 2^-63 (long double)."""
SWEEPS = 64
"""The rounding error of the eigenvalues of a d x d matrix, in d eps of its norm."""
TABLE_ROWS = 1024
"""The rounding error of a mean over a table's rows, in eps."""


@dataclass(frozen=True)
class Rounding:
    """At most units * |e| + absolute; units contains only numbers, parameters, ONCE, SUMS, t and d."""

    units: Expr
    absolute: Expr = S.Zero

    def of(self, e: Expr) -> Expr:
        """The bound for `e`, the expression whose rounding this is."""
        # An infinite number is exact, and 0 * oo would be NaN.
        return self.absolute if self.units == 0 else self.units * size(e) + self.absolute

    @property
    def coarse(self) -> Rounding:
        """The same with the larger unit in place of both in the absolute part: a run can record it."""
        return Rounding(self.units, _coarse(self.absolute))


@cache  # every game asks it of the same quantities, and sympy builds a maximum anew each time
def _coarse(absolute: Expr) -> Expr:
    return Max(ONCE, SUMS) * absolute.xreplace({ONCE: S.One, SUMS: S.One})


def size(e: Expr) -> Expr:
    """|e|, or a bound on it if sympy cannot tell that e is real: its |e| would contain conjugates."""
    if isinstance(e, Piecewise):
        return Piecewise(*((size(value), condition) for value, condition in e.args))
    if e.is_extended_real:
        return Abs(e)
    if isinstance(e, Add | Mul):
        return e.func(*(size(part) for part in e.args))
    if isinstance(e, Pow) and not e.exp.is_integer:
        return e  # defined only for a nonnegative base, and then nonnegative itself
    return Abs(e)


def rounding(e: Expr, loss: Loss | None) -> Expr:
    """A bound on the rounding error of `e`, in units of eps, as an expression of the theorem language.

    loss: None for a Python loss, whose values are treated like those of any other line.
    """
    return error_of(e, loss).of(e).xreplace({ONCE: S.One, SUMS: S.One})


@cache
def error_of(e: Expr, loss: Loss | None) -> Rounding:
    """The bound of `rounding` in units of `ONCE` and `SUMS`; ValueError for a node with unknown error."""
    error = _error(e, loss)
    if error.absolute != 0 and e.free_symbols and not e.has(t, Quantity, Vector) and f not in e.free_symbols:
        # A number that is constant throughout a game, such as 1 - beta1^2/beta2, has a relative error.
        return Rounding(error.units + error.absolute / Abs(e))
    return error


def _error(e: Expr, loss: Loss | None) -> Rounding:
    if e == f:
        return Rounding(LEAF * ONCE) if loss is None else _absolute(e, loss, loss.value)
    if isinstance(e, LossAt) and loss is not None:
        return _absolute(e, loss, loss.value.xreplace({x: e.args[0]}))
    if isinstance(e, Vector | Component | Stack):
        return Rounding(LEAF * ONCE)
    if isinstance(e, MeanRows):
        return Rounding((LEAF + TABLE_ROWS) * ONCE + d * SUMS)
    if isinstance(e, TraceRoot):
        return _trace_root(e)
    if isinstance(e, Symbol) or e.is_number:
        return Rounding(_exact_or_once(e))
    if isinstance(e, Add):
        return _sum(e, loss)
    if isinstance(e, Mul):
        return _product(e, loss)
    if isinstance(e, Pow):
        return _power(e, loss)
    if isinstance(e, Abs):
        return error_of(e.args[0], loss)
    if isinstance(e, Prev | MaxCoords | CumMax):
        return _carried(e, loss, S.Zero)
    if isinstance(e, SumCoords | GroupSum):
        return _carried(e, loss, d * SUMS / 2)
    if isinstance(e, CumSum):
        return _carried(e, loss, t * SUMS / 2)
    if isinstance(e, Discounted):
        return _carried(e, loss, t * SUMS)
    if isinstance(e, Max | Min):
        return Rounding(S.Zero, Max(*[error_of(u, loss).of(u) for u in e.args]))
    if isinstance(e, Piecewise):
        pieces = [(error_of(value, loss).of(value), condition) for value, condition in e.args]
        return Rounding(S.Zero, Piecewise(*pieces))
    return _function(e, loss)


def _exact_or_once(e: Expr) -> Expr:
    if isinstance(e, Symbol):
        return CONSTANT * ONCE if e in CONSTANTS else S.Zero
    return S.Zero if e.is_Integer or not e.is_finite else ONCE


def _absolute(e: Expr, loss: Loss | None, value: Expr) -> Rounding:
    """The error of a loss value: that of its formula."""
    return Rounding(ONCE, error_of(value, loss).of(value))


def _sum(e: Expr, loss: Loss | None) -> Rounding:
    terms = [(u, error_of(u, loss)) for u in e.args]
    if all(nonnegative(u) for u in e.args):
        return Rounding(Max(*[r.units for _, r in terms]) + ONCE, Add(*[r.absolute for _, r in terms]))
    return Rounding(ONCE, Add(*[r.of(u) for u, r in terms]))


def _product(e: Expr, loss: Loss | None) -> Rounding:
    factors = [(u, error_of(u, loss)) for u in e.args]
    absolute = [
        r.absolute * Mul(*[size(other) for other, _ in factors if other is not u])
        for u, r in factors
        if r.absolute != 0
    ]
    products = len([u for u, _ in factors if u != -1]) - 1
    return Rounding(Add(*[r.units for _, r in factors]) + products * ONCE, Add(*absolute))


def _power(e: Expr, loss: Loss | None) -> Rounding:
    base, exponent = e.args
    inner = error_of(base, loss)
    times = Abs(exponent)
    absolute = S.Zero if inner.absolute == 0 else times * inner.absolute * size(e) * pinv(size(base))
    # beta**t is a running product, so every factor adds a rounding.
    return Rounding(times * (inner.units + (0 if exponent.is_number else ONCE)) + ONCE, absolute)


def _carried(e: Expr, loss: Loss | None, roundings: Expr) -> Rounding:
    """The error of a linear node or a maximum: errors pass through; its own additions err by `roundings`."""
    inner, *rest = e.args
    error = error_of(inner, loss)
    if nonnegative(inner):
        absolute = S.Zero if error.absolute == 0 else e.func(error.absolute, *rest)
        return Rounding(error.units + roundings, absolute)
    return Rounding(S.Zero, e.func(error.of(inner), *rest) + roundings * e.func(size(inner), *rest))


def _trace_root(e: Expr) -> Rounding:
    """The error of tr G^(1/2): an eigenvalue that errs by u has a root that errs by at most sqrt(u).

    The sum of outer products errs by at most t SUMS + (2 LEAF + 1) ONCE of its trace in any norm, as that of
    a sum of absolute values does.
    """
    vector = e.args[0]
    if not isinstance(vector, Vector):
        raise ValueError(f"the rounding error of {e} is known for the vector of a line only")
    units = sqrt(t + 2 * LEAF + 1 + SWEEPS * d) * d
    return Rounding(S.Zero, ROOTS * (ONCE + SUMS) * units * sqrt(CumSum(SumCoords(vector**2))))


def _function(e: Expr, loss: Loss | None) -> Rounding:
    if isinstance(e, pinv):
        inner = error_of(e.args[0], loss)
        return Rounding(inner.units + ONCE, inner.absolute * e**2)
    if not isinstance(e, Function) or len(e.args) != 1:
        raise ValueError(f"the rounding error of {type(e).__name__} in {e} is not known")
    inner = error_of(e.args[0], loss)
    if isinstance(e, log):
        return Rounding(2 * ONCE, inner.units + inner.absolute * Abs(1 / e.args[0]))
    return Rounding(2 * ONCE, size(e.fdiff(1)) * inner.of(e.args[0]))
