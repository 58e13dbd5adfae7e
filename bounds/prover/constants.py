"""Exact numbers as the neighbouring floats on either side; irrational ones are first enclosed in balls."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Add, E, Expr, Mul, Pow, Rational, exp, log

from theory.printing.base import UnknownNodeError

LARGEST_POWER = 700.0
"""The largest |u| for which e^u is computed; e^709.8 is beyond floats."""
PRECISION = 128
"""The precision of the balls in bits; their radius is negligible compared with the spacing of floats."""


def float_ends(q: Fraction) -> tuple[float, float]:
    """The largest float <= q and the smallest float >= q."""
    near = float(q)
    if Fraction(near) == q:
        return near, near
    if Fraction(near) > q:
        return math.nextafter(near, -math.inf), near
    return near, math.nextafter(near, math.inf)


def number_ends(e: Expr) -> tuple[float, float]:
    """Floats below and above a sympy number built from rationals by +, *, rational powers, exp and log.

    Raises UnknownNodeError for anything else, ValueError for a number that is not real and finite.
    """
    from flint import ctx

    if e.is_Rational:
        return float_ends(Fraction(int(e.p), int(e.q)))
    with ctx.workprec(PRECISION):
        ball = _ball(e)
        if not ball.is_finite():
            raise ValueError(f"the constant {e} is not a finite real number; the statement is undefined here")
        return ball_ends(ball)


def log_ends(lower: Any, upper: Any) -> tuple[Any, Any]:
    """Floats below log(lower) and above log(upper), elementwise; NaN where lower is not positive."""
    from flint import arb, ctx

    low, high = np.broadcast_arrays(np.asarray(lower, dtype=np.float64), upper)
    below, above = np.full(low.shape, np.nan), np.full(low.shape, np.nan)
    with ctx.workprec(PRECISION):
        for k in np.ndindex(low.shape):
            if low[k] > 0:
                below[k] = ball_ends(arb(float(low[k])).log())[0]
                finite = np.isfinite(high[k])
                above[k] = ball_ends(arb(float(high[k])).log())[1] if finite else high[k]
    return below, above


def exp_ends(lower: Any, upper: Any) -> tuple[Any, Any]:
    """Floats below e^lower and above e^upper, elementwise; NaN where an end is."""
    from flint import arb, ctx

    low, high = np.broadcast_arrays(np.asarray(lower, dtype=np.float64), upper)
    with ctx.workprec(PRECISION):

        def at(place: float, end: int) -> float:
            # Beyond the range of floats: 0 or the power at its edge below, and that or infinity above.
            if end == 0:
                return 0.0 if place < -LARGEST_POWER else ball_ends(arb(min(place, LARGEST_POWER)).exp())[0]
            return math.inf if place > LARGEST_POWER else ball_ends(arb(max(place, -LARGEST_POWER)).exp())[1]

        found = []
        for end, places in enumerate((low, high)):
            distinct, which = np.unique(places, return_inverse=True)
            powers = np.array([u if math.isnan(u) else at(u, end) for u in distinct.tolist()])
            found.append(powers[which].reshape(low.shape))
    return found[0], found[1]


def _ball(e: Expr) -> Any:
    from flint import arb, fmpq

    if e.is_Rational:
        return arb(fmpq(int(e.p), int(e.q)))
    if type(e) is Add:
        return sum((_ball(part) for part in e.args), start=arb(0))
    if type(e) is Mul:
        return math.prod((_ball(part) for part in e.args), start=arb(1))
    if type(e) is Pow and isinstance(e.args[1], Rational):
        return _ball(e.args[0]) ** _ball(e.args[1])
    if e is E:
        return arb(1).exp()
    if type(e) is exp:
        return _ball(e.args[0]).exp()
    if type(e) is log:
        return _ball(e.args[0]).log()
    raise UnknownNodeError(f"no rule encloses {type(e).__name__} in the constant {e}")


def ball_ends(ball: Any) -> tuple[float, float]:
    """Floats below and above a finite ball."""
    from flint import arb

    low, high = float(ball.lower()), float(ball.upper())
    # However the conversion rounds, the comparison in balls is decisive.
    while not arb(low) <= ball:
        low = math.nextafter(low, -math.inf)
    while not arb(high) >= ball:
        high = math.nextafter(high, math.inf)
    return low, high
