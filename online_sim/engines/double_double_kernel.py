"""Arithmetic of doubled precision: a number is hi + lo, two floats, kept as one complex number.

hi is the sum rounded to a float and lo what is left, so that a number has about 106 bits and the range of a
float. numba has complex numbers and arrays of them, which is all that a generated kernel needs to carry both
parts through its states, buffers and outputs; no operation of complex arithmetic is ever used. Arguments may
be plain floats and whole numbers: their low part is 0.

Sums, products, quotients and square roots follow Joldes, Muller and Popescu, "Tight and rigorous error bounds
for basic building blocks of double-word arithmetic" (ACM TOMS 2017), algorithms 6, 10 and 17, and Lefevre et
al., "Accurate calculation of Euclidean norms using double-word arithmetic" (ACM TOMS 2023), algorithm 8, with
relative errors of at most 3, 7, 15 and 25/8 units of 2^-106. Exponentials and logarithms err by 2^-100 at
most, measured. All this holds while no part leaves the range of normal floats: for results, and products on
the way, between 1e-275 and 1e300 in size. Below, the low part fades and a number has the accuracy of a float;
beyond the largest float, and for NaN, a result is what float arithmetic gives.

Nothing here may be compiled with fast-math: every line depends on how the one before was rounded. The source
is pasted into generated files and also runs as plain Python.
"""

# mypy: disable-error-code="no-any-return"
# Compiled functions have no types to those who call them.

import math

from numba import njit

_SPLITTER = 134217729.0  # 2^27 + 1
_SPLIT_LIMIT = 6.69692879491417e299  # 2^996: the splitter times a larger number overflows
_SMALLEST = 2.2250738585072014e-308


@njit(cache=True, error_model="numpy")
def two_sum(a: float, b: float) -> tuple[float, float]:
    """a + b as a float, and its rounding error (Knuth)."""
    s = a + b
    v = s - a
    return s, (a - (s - v)) + (b - v)


@njit(cache=True, error_model="numpy")
def halves(a: float) -> tuple[float, float]:
    """A float as the sum of two of 26 bits (Veltkamp)."""
    if abs(a) > _SPLIT_LIMIT:
        a = a * 2.0**-28
        c = _SPLITTER * a
        high = c - (c - a)
        return high * 2.0**28, (a - high) * 2.0**28
    c = _SPLITTER * a
    high = c - (c - a)
    return high, a - high


@njit(cache=True, error_model="numpy")
def two_product(a: float, b: float) -> tuple[float, float]:
    """a b as a float, and its rounding error (Dekker)."""
    p = a * b
    a1, a2 = halves(a)
    b1, b2 = halves(b)
    return p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2


@njit(cache=True, error_model="numpy")
def joined(high: float, low: float, plain: float) -> complex:
    """high + low with |low| <= |high|, renormalised; where that is not finite, what floats give."""
    s = high + low
    if abs(s) < math.inf:
        return complex(s, low - (s - high))
    return complex(plain, 0.0)


@njit(cache=True, error_model="numpy")
def add(u: complex, w: complex) -> complex:
    """u + w."""
    u, w = complex(u), complex(w)
    s, e = two_sum(u.real, w.real)
    t, f = two_sum(u.imag, w.imag)
    c = e + t
    v = s + c
    return joined(v, f + (c - (v - s)), s)


@njit(cache=True, error_model="numpy")
def neg(u: complex) -> complex:
    """-u."""
    u = complex(u)
    return complex(-u.real, -u.imag)


@njit(cache=True, error_model="numpy")
def sub(u: complex, w: complex) -> complex:
    """u - w."""
    w = complex(w)
    return add(u, complex(-w.real, -w.imag))


@njit(cache=True, error_model="numpy")
def mul(u: complex, w: complex) -> complex:
    """u w."""
    u, w = complex(u), complex(w)
    p, e = two_product(u.real, w.real)
    return joined(p, e + (u.real * w.imag + u.imag * w.real), p)


@njit(cache=True, error_model="numpy")
def div(u: complex, w: complex) -> complex:
    """u / w."""
    u, w = complex(u), complex(w)
    q = u.real / w.real
    # w q as a double-double, subtracted from u: the quotient of what is left is the low part.
    p, e = two_product(w.real, q)
    c = w.imag * q
    s = p + c
    low = (c - (s - p)) + e
    v = s + low
    r = (u.real - v) + (u.imag - (low - (v - s)))
    return joined(q, r / w.real, q)


@njit(cache=True, error_model="numpy")
def root(u: complex) -> complex:
    """The square root."""
    u = complex(u)
    if not u.real > 0.0:
        return complex(0.0, 0.0) if u.real == 0.0 else complex(math.nan, 0.0)
    s = math.sqrt(u.real)
    p, e = two_product(s, s)
    return joined(s, (u.imag + ((u.real - p) - e)) / (2.0 * s), s)


@njit(cache=True, error_model="numpy")
def less(u: complex, w: complex) -> bool:
    """Whether u < w."""
    u, w = complex(u), complex(w)
    return u.real < w.real or (u.real == w.real and u.imag < w.imag)


@njit(cache=True, error_model="numpy")
def at_most(u: complex, w: complex) -> bool:
    """Whether u <= w."""
    u, w = complex(u), complex(w)
    return u.real < w.real or (u.real == w.real and u.imag <= w.imag)


@njit(cache=True, error_model="numpy")
def absolute(u: complex) -> complex:
    """|u|."""
    u = complex(u)
    return complex(-u.real, -u.imag) if u.real < 0.0 else u


@njit(cache=True, error_model="numpy")
def larger(u: complex, w: complex) -> complex:
    """The larger one; NaN where one is NaN."""
    u, w = complex(u), complex(w)
    return w if less(u, w) or w.real != w.real else u


@njit(cache=True, error_model="numpy")
def smaller(u: complex, w: complex) -> complex:
    """The smaller one; NaN where one is NaN."""
    u, w = complex(u), complex(w)
    return w if less(w, u) or w.real != w.real else u


@njit(cache=True, error_model="numpy")
def signum(u: complex) -> float:
    """-1, 0 or 1; 0 for NaN."""
    u = complex(u)
    return (u.real > 0.0) * 1.0 - (u.real < 0.0) * 1.0


@njit(cache=True, error_model="numpy")
def pinv(u: complex) -> complex:
    """1/u, and 0 where u = 0."""
    u = complex(u)
    return div(1.0, u) if u.real != 0.0 else complex(0.0, 0.0)


@njit(cache=True, error_model="numpy")
def faded(u: complex, least: float) -> complex:
    """u, or 0 below `least`; a low part that is not a normal number is 0: arithmetic on it is slow."""
    u = complex(u)
    if abs(u.real) < least:
        return complex(0.0, 0.0)
    return complex(u.real, u.imag if abs(u.imag) >= _SMALLEST else 0.0)


# -- elementary functions ----------------------------------------------------------------------------


@njit(cache=True, error_model="numpy")
def _expm1(r: complex) -> complex:
    """exp(r) - 1 for |r| <= 0.36, to a relative error: nine doublings of a Taylor sum at r / 512."""
    m = complex(r.real * 2.0**-9, r.imag * 2.0**-9)
    h = m.real
    # From h^6 on floats are enough: h is below 2^-10.
    tail = 1.0 / 720 + h * (1.0 / 5040 + h * (1.0 / 40320 + h * (1.0 / 362880 + h / 3628800)))
    s = add(complex(0.008333333333333333, 1.1564823173178714e-19), mul(m, tail))  # 1/5!
    s = add(complex(0.041666666666666664, 2.3129646346357427e-18), mul(m, s))  # 1/4!
    s = add(complex(0.16666666666666666, 9.25185853854297e-18), mul(m, s))  # 1/3!
    s = add(0.5, mul(m, s))
    s = add(m, mul(mul(m, m), s))
    for _ in range(9):
        s = add(complex(2.0 * s.real, 2.0 * s.imag), mul(s, s))
    return s


@njit(cache=True, error_model="numpy")
def exponential(u: complex) -> complex:
    """exp(u)."""
    u = complex(u)
    if u.real != u.real or u.real > 709.79:
        return complex(u.real if u.real != u.real else math.inf, 0.0)
    if u.real < -745.2:
        return complex(0.0, 0.0)
    k = math.floor(u.real / 0.6931471805599453 + 0.5)
    # log 2 in three parts: the first two have 42 bits, so that their products with k are exact.
    r = sub(u, k * 0.6931471805598903)
    r = sub(r, k * 5.49792301870721e-14)
    r = sub(r, k * 1.1612227229362532e-26)
    s = add(1.0, _expm1(r))
    half = int(k) // 2
    first, second = math.ldexp(1.0, half), math.ldexp(1.0, int(k) - half)
    return complex(s.real * first * second, s.imag * first * second)


@njit(cache=True, error_model="numpy")
def _log1p(u: complex) -> complex:
    """log(1 + u) for -0.3 <= u <= 0.42: the float's logarithm y, and a correction of second order."""
    y = math.log1p(u.real)
    s = _expm1(complex(y, 0.0))
    e = div(sub(u, s), add(1.0, s))  # 1 + u = (1 + s)(1 + e)
    return add(y, sub(e, 0.5 * e.real * e.real))


@njit(cache=True, error_model="numpy")
def logarithm(u: complex) -> complex:
    """log(u)."""
    u = complex(u)
    if not 0.0 < u.real < math.inf:
        return complex(-math.inf if u.real == 0.0 else u.real if u.real > 0.0 else math.nan, 0.0)
    m, k = math.frexp(u.real)
    if m < 0.7071067811865476:
        m, k = 2.0 * m, k - 1
    near = _log1p(sub(complex(m, math.ldexp(u.imag, -k)), 1.0))
    return add(mul(complex(0.6931471805599453, 2.3190468138462996e-17), k), near) if k != 0 else near


@njit(cache=True, error_model="numpy")
def logarithm1p(u: complex) -> complex:
    """log(1 + u)."""
    u = complex(u)
    return _log1p(u) if -0.29 < u.real < 0.41 else logarithm(add(1.0, u))


@njit(cache=True, error_model="numpy")
def power(u: complex, w: complex) -> complex:
    """u ** w: repeated squaring for a whole w, else exp(w log u)."""
    u, w = complex(u), complex(w)
    n = abs(w.real)
    if not (w.imag == 0.0 and n == math.floor(n) and n < 2147483648.0):
        return exponential(mul(w, logarithm(u)))
    left = int(n)
    result = complex(1.0, 0.0)
    while left > 0:
        if left % 2 == 1:
            result = mul(result, u)
        left = left // 2
        if left > 0:
            u = mul(u, u)
    return div(1.0, result) if w.real < 0.0 else result
