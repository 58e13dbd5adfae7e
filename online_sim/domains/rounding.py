"""What rounding does to a set's numbers: exact differences and sums, outward-rounded lengths.

A tolerance of a domain has two parts. One is relative to the *width* of the set, so that it does not change
when the set is moved; the other is the rounding of coordinates that lie far from the origin, a few `EPS` of
their size, which nothing can avoid.
"""

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)
ROUNDINGS = 4.0
"""A coordinate that a caller computes in a few operations is right to this many EPS of its size."""
_EXACT_ENTRIES = 256
_LARGEST = Fraction(float(np.finfo(np.float64).max))


def sum_roundings(count: int) -> float:
    """How many EPS of the sum of sizes a sum of `count` computed terms may be off.

    `ROUNDINGS` of each term may all have one sign, as when all are divided by one rounded total, and are
    doubled for that total; the half units in the last place of the terms are independent, and add up like
    sqrt(count).
    """
    return 2.0 * ROUNDINGS + math.sqrt(count)


def exact_residual(row: Vector, point: Vector, offset: float) -> float:
    """<row, point> - offset, rounded once: the products are split into their exact parts.

    row, point: (d,). Exact up to one rounding as long as no partial product underflows.
    """
    (a, p), (x, q) = _binary_scaled(row), _binary_scaled(point)
    product = a * x
    error = _product_error(a, x, product)
    scale = p + q
    with np.errstate(over="ignore"):
        shifted = float(np.ldexp(offset, -scale))
    if not math.isfinite(shifted):
        return -offset
    total = math.fsum((*product.tolist(), *error.tolist(), -shifted))
    return float(np.ldexp(total, scale))


def scaled_row(normal: Vector, offset: float) -> tuple[Vector, float, float]:
    """The row (normal, offset) times a power of two, and that power; max |normal_i| comes into [1/2, 1).

    Such a factor changes no digit, and squares of the entries then stay in range.
    """
    _, exponent = np.frexp(np.max(np.abs(normal)))
    return np.ldexp(normal, -exponent), float(np.ldexp(offset, -exponent)), float(np.ldexp(1.0, -exponent))


def _binary_scaled(v: Vector) -> tuple[Vector, int]:
    """(v / 2^k, k) with entries of size at most 1."""
    _, k = np.frexp(float(np.max(np.abs(v))))
    return np.ldexp(v, -int(k)), int(k)


def _product_error(a: Vector, b: Vector, product: Vector) -> Vector:
    """a*b - product exactly (Dekker, A floating-point technique, Numer. Math. 18, 1971)."""
    a_high, b_high = (_high_half(v) for v in (a, b))
    a_low, b_low = a - a_high, b - b_high
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _high_half(v: Vector) -> Vector:
    scaled = 134217729.0 * v  # 2^27 + 1
    return scaled - (scaled - v)


def scaled_norm(v: Vector) -> float:
    """The l2 norm of v, scaled by its largest entry so that the squares stay in range."""
    largest = float(np.max(np.abs(v)))
    return largest * float(np.linalg.norm(v / largest)) if 0.0 < largest < math.inf else largest


def difference_bounds(upper: Vector, lower: Vector) -> tuple[Vector, Vector]:
    """Certain bounds of upper - lower >= 0: both equal where the subtraction is exact.

    The rounding error of a subtraction is a float and is found exactly (Knuth, TAOCP vol. 2, section 4.2.2).
    """
    with np.errstate(over="ignore", invalid="ignore"):
        s = upper - lower
        b = upper - s
        error = (upper - (s + b)) + (b - lower)
        low = np.where(error < 0.0, np.nextafter(s, -np.inf), s)
        high = np.where(error > 0.0, np.nextafter(s, np.inf), s)
    # A difference beyond the largest float is at least that float.
    huge = ~np.isfinite(s)
    return np.where(huge, np.finfo(np.float64).max, low), np.where(huge, np.inf, high)


def finite_below(value: Vector | float) -> Vector:
    """A lower end: the number itself, and the largest float where it has overflowed."""
    return np.minimum(value, np.finfo(np.float64).max)


def widened(low: Vector, high: Vector, roundings: float) -> tuple[Vector, Vector]:
    """Bounds of numbers >= 0 that were computed with at most `roundings` EPS of relative error."""
    below = np.maximum(np.nextafter(low * (1.0 - roundings * EPS), -np.inf), 0.0)
    return below, np.where(high > 0.0, np.nextafter(high * (1.0 + roundings * EPS), np.inf), 0.0)


def length_bounds(low: Vector, high: Vector, *, repeats: int = 1) -> tuple[float, float]:
    """Certain bounds of (repeats * sum_i s_i^2)^(1/2) for all low <= s <= high, both >= 0.

    Exact rational arithmetic, and so a few units in the last place at most, for up to 256 numbers; above,
    floats scaled by the largest, with their rounding allowed for.
    """
    return _length(low, repeats)[0], _length(high, repeats)[1]


def _length(s: Vector, repeats: int) -> tuple[float, float]:
    if not np.all(np.isfinite(s)):
        return math.inf, math.inf
    if s.size <= _EXACT_ENTRIES:
        return root_bounds(repeats * sum((Fraction(float(entry)) ** 2 for entry in s), Fraction(0)))
    unit, exponent = _binary_scaled(s)
    # Squares, their exact sum and the root are rounded: two EPS in all; one more for `repeats`.
    value = math.sqrt(float(repeats) * math.fsum((unit * unit).tolist()))
    with np.errstate(over="ignore"):
        low, high = (float(np.ldexp(value * (1.0 + sign * 4.0 * EPS), exponent)) for sign in (-1.0, 1.0))
    return min(low, float(np.finfo(np.float64).max)), high


def root_bounds(square: Fraction) -> tuple[float, float]:
    """The floats next below and above the root of a rational number >= 0; equal where the root is a float."""
    if square == 0:
        return 0.0, 0.0
    # Scaled by an even power of two into the range where the root of a float is right to the last place.
    bits = square.numerator.bit_length() - square.denominator.bit_length()
    half = bits // 2
    scaled = square / Fraction(2) ** (2 * half)
    root = math.sqrt(float(scaled))
    low = high = root
    while Fraction(low) ** 2 > scaled:
        low = math.nextafter(low, 0.0)
    while Fraction(high) ** 2 < scaled:
        high = math.nextafter(high, math.inf)
    factor = Fraction(2) ** half
    return rounded_down(Fraction(low) * factor), rounded_up(Fraction(high) * factor)


def rounded_down(value: Fraction) -> float:
    """The largest float at most `value` >= 0."""
    return float(_LARGEST) if value >= _LARGEST else _towards(value, 0.0)


def rounded_up(value: Fraction) -> float:
    """The smallest float at least `value` >= 0; inf beyond the largest."""
    return math.inf if value > _LARGEST else _towards(value, math.inf)


def _towards(value: Fraction, end: float) -> float:
    nearest = float(value)
    wrong = Fraction(nearest) > value if end == 0.0 else Fraction(nearest) < value
    return math.nextafter(nearest, end) if wrong else nearest
