r"""Interval arithmetic on arrays of floats, rounded outwards: every operation contains every exact result.

**Why the ends are rigorous.** IEEE 754 rounds +, -, *, / and the square root correctly: with c = fl(r) the
float nearest to the exact result r, r lies between the neighbours of c. `down` subtracts e = fl(fl(2^-52 |c|)
+ 2^-1000). For |c| >= 2^-970 the product is exact and at least the distance of c from its neighbours, so that
c - e lies beyond the neighbour, and rounding, which is monotone, keeps it there. For smaller |c| the second
term alone does. Compared with `numpy.nextafter`, which would do as well, ends move by two units in the last
place instead of one, in a tenth of the time. The second term is deliberately a normal number: it also covers
what a processor that flushes subnormal numbers to zero may lose. Numpy computes one operation at a time, so
that no fused product can interfere; logarithms and powers of e, which libraries do not round correctly, are
taken in balls (`logarithm`, `exponential`).

**Signs are exact.** A product of numbers of known sign, a sum whose sign a comparison decides, a square or a
root never get an end on the wrong side of 0 from rounding.

**Unbounded and undefined.** An end may be infinite; infinite ends are not attained, hence 0 * inf := 0
between ends. Both ends are NaN where the value may be undefined somewhere in the interval (a root or a
logarithm of what may be negative, a quotient by what may be 0), and NaN spreads: nothing can be concluded
from it. `pinv` is 0 at 0, which is defined, so it is unbounded around 0 instead. A single end that is NaN
comes from an overflow and is unknown; the other end is valid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bounds.prover.constants import exp_ends, log_ends

Ends = NDArray[np.float64]
Mask = NDArray[np.bool_]

ULP = 2.0**-52
TINY = 2.0**-1000
LONG = np.dtype(np.longdouble)
LONG_TINY = np.finfo(LONG).tiny * 2**22
"""`TINY` for longer floats, if the machine has them: also 2^22 times the smallest normal number."""


def _room(u: Any) -> Any:
    """The distance beyond the neighbours of u; in longer floats of wider range the second term is smaller."""
    return ULP * np.abs(u) + (LONG_TINY if getattr(u, "dtype", None) == LONG else TINY)


def down(u: Any) -> Any:
    """A float below every real number that rounds to u."""
    return u - _room(u)


def up(u: Any) -> Any:
    """A float above every real number that rounds to u."""
    return u + _room(u)


def _from_zero(low: Any, nonnegative: Any) -> Any:
    """A lower end, moved up to 0 if the exact value is known to be nonnegative."""
    return np.where(nonnegative, np.maximum(low, 0.0), low)


def _to_zero(high: Any, nonpositive: Any) -> Any:
    """An upper end, moved down to 0 if the exact value is known to be nonpositive."""
    return np.where(nonpositive, np.minimum(high, 0.0), high)


def _times(u: Any, w: Any) -> Any:
    """The product of two ends, with 0 * inf = 0; NaN stays NaN."""
    product = u * w
    if np.isnan(product).any():
        zero = ((u == 0) & ~np.isnan(w)) | ((w == 0) & ~np.isnan(u))
        product = np.where(zero, 0.0, product)
    return product


@dataclass(frozen=True, eq=False)
class Truth:
    """A relation between intervals: whether it holds for all of their points and for some of them."""

    certain: Mask
    possible: Mask

    def __and__(self, other: Truth) -> Truth:
        """Both."""
        return Truth(self.certain & other.certain, self.possible & other.possible)


@dataclass(frozen=True, eq=False)
class Intervals:
    """Many intervals [lower, upper] at once: arrays that broadcast against each other, or two numbers."""

    lower: Any
    upper: Any

    def __neg__(self) -> Intervals:
        return Intervals(-self.upper, -self.lower)

    def __add__(self, other: Intervals) -> Intervals:
        return Intervals(
            _from_zero(down(self.lower + other.lower), self.lower >= -other.lower),
            _to_zero(up(self.upper + other.upper), self.upper <= -other.upper),
        )

    def __sub__(self, other: Intervals) -> Intervals:
        return self + -other

    def __mul__(self, other: Intervals) -> Intervals:
        a, b, c, d = self.lower, self.upper, other.lower, other.upper
        ac, ad, bc, bd = _times(a, c), _times(a, d), _times(b, c), _times(b, d)
        least = np.minimum(np.minimum(ac, ad), np.minimum(bc, bd))
        most = np.maximum(np.maximum(ac, ad), np.maximum(bc, bd))
        alike = ((a >= 0) & (c >= 0)) | ((b <= 0) & (d <= 0))
        opposite = ((a >= 0) & (d <= 0)) | ((b <= 0) & (c >= 0))
        return Intervals(_from_zero(down(least), alike), _to_zero(up(most), opposite))

    def __truediv__(self, other: Intervals) -> Intervals:
        return self * _inverse(other)

    def __lt__(self, other: Intervals) -> Truth:
        return Truth(self.upper < other.lower, ~(self.lower >= other.upper))

    def __le__(self, other: Intervals) -> Truth:
        return Truth(self.upper <= other.lower, ~(self.lower > other.upper))

    def __gt__(self, other: Intervals) -> Truth:
        return other < self

    def __ge__(self, other: Intervals) -> Truth:
        return other <= self


def _inverse(u: Intervals) -> Intervals:
    """1/u, undefined where u may be 0."""
    undefined = (u.lower <= 0) & (u.upper >= 0)
    low, high = _from_zero(down(1 / u.upper), u.lower > 0), _to_zero(up(1 / u.lower), u.upper < 0)
    return Intervals(np.where(undefined, np.nan, low), np.where(undefined, np.nan, high))


def pinv(u: Intervals) -> Intervals:
    """1/u, and 0 at 0: unbounded on the sides of 0 that u reaches."""
    around = (u.lower <= 0) & (u.upper >= 0)
    inverse = _inverse(u)
    low, high = np.where(u.lower < 0, -np.inf, 0.0), np.where(u.upper > 0, np.inf, 0.0)
    return Intervals(np.where(around, low, inverse.lower), np.where(around, high, inverse.upper))


def sqrt(u: Intervals) -> Intervals:
    """The square root, undefined where u may be negative."""
    low, high = np.maximum(down(np.sqrt(u.lower)), 0.0), up(np.sqrt(u.upper))
    # The root of a negative end is NaN; then the other end must not look defined.
    return Intervals(low, np.where(np.isnan(low), np.nan, high))


def power(u: Intervals, n: int) -> Intervals:
    """u^n for an integer n >= 1; an even power is taken of |u|, so that both cases are monotone."""
    u = magnitude(u) if n % 2 == 0 else u
    low, high = Intervals(u.lower, u.lower), Intervals(u.upper, u.upper)
    bottom, top = low, high
    for _ in range(n - 1):
        bottom, top = bottom * low, top * high
    return Intervals(bottom.lower, top.upper)


def magnitude(u: Intervals) -> Intervals:
    """|u|."""
    return Intervals(np.maximum(np.maximum(u.lower, -u.upper), 0.0), np.maximum(-u.lower, u.upper))


def logarithm(u: Intervals) -> Intervals:
    """The natural logarithm, undefined where u may be 0 or less; slow: one ball for each end."""
    return Intervals(*log_ends(u.lower, u.upper))


def exponential(u: Intervals) -> Intervals:
    """e^u; slow: one ball for each end."""
    return Intervals(*exp_ends(u.lower, u.upper))


def signum(u: Intervals) -> Intervals:
    """-1, 0 or 1."""
    return Intervals(np.sign(u.lower), np.sign(u.upper))


def largest(u: Intervals, w: Intervals) -> Intervals:
    """The larger of two."""
    return Intervals(np.maximum(u.lower, w.lower), np.maximum(u.upper, w.upper))


def smallest(u: Intervals, w: Intervals) -> Intervals:
    """The smaller of two."""
    return Intervals(np.minimum(u.lower, w.lower), np.minimum(u.upper, w.upper))


def choose(condition: Truth, yes: Intervals, no: Intervals) -> Intervals:
    """`yes` where the condition is certain, `no` where it is impossible, the hull of both elsewhere."""

    def ends(of_yes: Any, of_no: Any, hull: Any) -> Any:
        return np.where(condition.certain, of_yes, np.where(condition.possible, hull, of_no))

    return Intervals(
        ends(yes.lower, no.lower, np.minimum(yes.lower, no.lower)),
        ends(yes.upper, no.upper, np.maximum(yes.upper, no.upper)),
    )


__all__ = [
    "Intervals",
    "Truth",
    "choose",
    "exponential",
    "largest",
    "logarithm",
    "magnitude",
    "pinv",
    "power",
    "signum",
    "smallest",
    "sqrt",
]
