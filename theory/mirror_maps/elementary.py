"""Elementary functions of one coordinate: how engines print them, limits at ends, points in between."""

from sympy import (
    Abs,
    Dummy,
    Expr,
    Max,
    Rational,
    S,
    asinh,
    atanh,
    cosh,
    exp,
    limit,
    log,
    nan,
    oo,
    sign,
    simplify,
    sinh,
    sqrt,
    tanh,
    zoo,
)
from sympy.codegen.cfunctions import log1p

from theory.borders import WrongType, formula, must
from theory.parameters import Parameter
from theory.quantities import sigmoid
from theory.symbols import x

DIGITS = 50
TOLERANCE = Rational(1, 10**30)
"""Far above the rounding of 50 digits at the numbers of `points_between`, also where 20 of them cancel."""
FUNCTIONS = (exp, log, log1p, sigmoid, sinh, cosh, tanh, asinh, atanh, Abs, sign)
"""What a mirror map may be written with, besides sums, products and powers."""


def simpler(e: Expr) -> Expr:
    """Simplified; one with a kink as it is, since sympy would split it at 0 by an "=" that nothing prints."""
    return e if e.has(Abs, sign) else simplify(e)


def plain(e: Expr) -> Expr:
    """An expression with the stable functions of the language in sympy's own."""
    return e.replace(sigmoid, lambda u: 1 / (1 + exp(-u))).replace(log1p, lambda u: log(1 + u))


def printable(e: Expr) -> Expr:
    """An expression with hyperbolic functions in the language of algorithms, which every engine prints."""
    rules = {
        tanh: lambda u: 2 * sigmoid(2 * u) - 1,
        sinh: lambda u: (exp(u) - exp(-u)) / 2,
        cosh: lambda u: (exp(u) + exp(-u)) / 2,
        atanh: lambda u: (log1p(u) - log1p(-u)) / 2,
        # Odd, where log(u + sqrt(1 + u^2)) loses every digit for a large negative u; one part is 0.
        asinh: lambda u: _above(Max(u, 0)) - _above(Max(-u, 0)),
    }
    for node, rule in rules.items():
        e = e.replace(node, rule)
    return e


def _above(u: Expr) -> Expr:
    """arsinh(u) for u >= 0."""
    return log1p(u + u**2 / (1 + sqrt(1 + u**2)))


def at_end(e: Expr, end: Expr, *, upper: bool) -> Expr:
    """The limit of a function of x at an end of an interval, from inside."""
    value = e.subs(x, end)
    if value.has(nan, zoo) or not (value.is_finite or value in {oo, -oo}):
        u = Dummy("u", real=True)
        value = limit(plain(e).xreplace({x: u}), u, end, "-" if upper else "+")
    return value


def two_ends(name: str, ends: object) -> tuple[Expr, Expr]:
    """The ends of an interval, the smaller first; ValueError for anything else."""
    if not isinstance(ends, tuple) or len(ends) != 2:
        raise WrongType(must(name, ends, "the two ends of an interval, such as (-1, 1)"))
    low, high = (formula(name, end) for end in ends)
    if (high - low).is_extended_positive is not True:
        raise ValueError(
            f"`{name}` = {ends}: it must be seen that the first end is below the second; swap them"
        )
    return low, high


def typical_value(parameter: Parameter) -> Expr:
    """A rational number in the middle of the typical range of a parameter."""
    return Rational(str(sum(parameter.typical) / 2))


def points_between(low: Expr, high: Expr) -> list[Expr]:
    """Rational points all over an open interval with rational or infinite ends, in order."""
    if low.is_finite and high.is_finite:
        return [low + (high - low) * Rational(k, 24) for k in range(1, 24)]
    away = [Rational(n, 12) for n in (1, 2, 3, 5, 8, 12, 13, 17, 24, 40, 90, 200)]
    if low.is_finite:
        return [low + step for step in away]
    if high.is_finite:
        return [high - step for step in reversed(away)]
    return [*(-step for step in reversed(away)), S.Zero, *away]
