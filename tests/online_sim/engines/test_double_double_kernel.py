"""The arithmetic of doubled precision against exact fractions and 600 bits, on ordinary and nasty numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from online_sim.engines import double_double_kernel as kernel
from online_sim.engines.double_double import meant, value_of
from theory.symbols import Scalar

BOUND = Fraction(1, 2**100)
"""The relative error that the module promises of every function."""
SCALES = (0, 30, 300)
HUGE, TINY = 1e299, 1e-270

PLAIN: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "add": lambda u, w: u + w,
    "sub": lambda u, w: u - w,
    "mul": lambda u, w: u * w,
    "div": lambda u, w: u / w,
}


def exact(u: Any) -> Fraction:
    """hi + lo."""
    u = complex(u)
    return Fraction(u.real) + Fraction(u.imag)


def is_normalised(u: complex) -> bool:
    """Whether the high part is the float nearest to the sum."""
    return u.real + u.imag == u.real


def number(high: float, part: float) -> complex:
    """A double-double with a low part of `part` half units in the last place of the high one."""
    return complex(high, 0.499 * part * math.ulp(high))


def pairs(rng: np.random.Generator) -> Iterator[tuple[complex, complex]]:
    """Ordinary pairs, far apart, nearly cancelling, next to powers of two, without low parts, extreme."""
    for k in range(4000):
        scale = SCALES[k % 3]
        u, w = (
            number(
                float(rng.normal() * 2.0 ** rng.integers(-scale, scale + 1)), rng.uniform(-1, 1) * (k % 5 > 0)
            )
            for _ in range(2)
        )
        if k % 4 == 1:  # the high parts nearly cancel, or cancel
            near = -u.real * (1 + float(rng.choice([0.0, 2.0**-52, -(2.0**-45), 1e-3])))
            w = number(near, rng.uniform(-1, 1))
        elif k % 4 == 2:  # next to a power of two, where ulps change
            high = math.ldexp(1.0, int(rng.integers(-scale, scale + 1)))
            u = number(float(rng.choice([high, math.nextafter(high, 0.0)])), rng.uniform(-0.5, 0.5))
        yield u, w
    yield number(HUGE, 0.7), number(1.7, -0.3)
    yield number(1.7, 0.3), number(HUGE, -0.7)
    yield number(TINY, 0.7), number(1.7, -0.3)
    yield number(1.7, 0.3), number(TINY, -0.7)
    yield complex(1.0), complex(3.0)


def worst_error(name: str, function: Callable[..., complex]) -> Fraction:
    """The largest relative error over all pairs whose result is a normal number in the promised range."""
    worst = Fraction(0)
    for u, w in pairs(np.random.default_rng(11)):
        true = PLAIN[name](exact(u), exact(w))
        found = function(u, w)
        if true == 0:
            assert found == 0
        elif TINY < abs(true) < 10 * HUGE:
            assert is_normalised(found)
            worst = max(worst, abs(exact(found) - true) / abs(true))
    return worst


@pytest.mark.parametrize("name", list(PLAIN))
def test_sums_products_and_quotients(name: str) -> None:
    """Relative error at most 2^-100, cancellation and extreme sizes included; exact zeros are exact."""
    assert 0 < worst_error(name, getattr(kernel, name)) <= BOUND


@pytest.mark.parametrize("name", ["add", "mul", "div"])
def test_floats_alone_are_noticed(name: str) -> None:
    """The bound tells doubled precision from the operation on the high parts alone."""
    plain: dict[str, Callable[[float, float], float]] = {
        "add": lambda u, w: u + w,
        "mul": lambda u, w: u * w,
        "div": lambda u, w: u / w,
    }
    assert worst_error(name, lambda u, w: complex(plain[name](u.real, w.real))) > 2**40 * BOUND


def test_a_sum_that_forgets_to_renormalise_is_noticed() -> None:
    """Adding high and low parts apart, the quick way, fails where high parts cancel."""

    def quick(u: complex, w: complex) -> complex:
        s, e = kernel.two_sum(u.real, w.real)
        return complex(kernel.joined(s, e + (u.imag + w.imag), s))

    assert worst_error("add", quick) > BOUND


def test_products_are_split_exactly() -> None:
    """a b is the float product plus its error, up to the largest floats."""
    rng = np.random.default_rng(2)
    for _ in range(500):
        a, b = (float(rng.normal() * 10.0 ** rng.integers(-120, 120)) for _ in range(2))
        p, e = kernel.two_product(a, b)
        assert Fraction(p) + Fraction(e) == Fraction(a) * Fraction(b)
    p, e = kernel.two_product(1.3e308, 0.7)
    assert Fraction(p) + Fraction(e) == Fraction(1.3e308) * Fraction(0.7)


def elementary() -> Iterator[tuple[str, Callable[[Any], Any], complex]]:
    """Arguments of each function over its range: tiny, near 1, large."""
    rng = np.random.default_rng(3)
    for k in range(400):
        part, size = rng.uniform(-1, 1), 10.0 ** -float(rng.integers(0, 30))
        positive = number(abs(float(rng.normal())) * 10.0 ** float(rng.integers(-250, 250)), part)
        yield "root", mpmath.sqrt, positive
        yield "logarithm", mpmath.log, positive
        yield "logarithm", mpmath.log, number(1 + float(rng.normal()) * min(size, 0.1), part)
        yield "exponential", mpmath.exp, number(float(rng.uniform(-600, 690)) * (size if k % 2 else 1), part)
        yield "logarithm1p", mpmath.log1p, number(abs(float(rng.normal())) * size, part)
        yield "logarithm1p", mpmath.log1p, number(-float(rng.uniform(0, 0.99)) * size, part)
    yield "logarithm1p", mpmath.log1p, number(1e30, 0.2)


def to_mpf(q: Fraction) -> Any:
    """A fraction in mpmath's precision."""
    return mpmath.mpf(q.numerator) / q.denominator


def test_elementary_functions() -> None:
    """Relative error at most 2^-100 for roots, exponentials and logarithms, near their zeros too."""
    worst: dict[str, float] = {}
    with mpmath.workprec(600):
        for name, true, u in elementary():
            value = true(to_mpf(exact(u)))
            error = abs(to_mpf(exact(getattr(kernel, name)(u))) - value) / abs(value)
            worst[name] = max(worst.get(name, 0.0), float(error))
    assert set(worst) == {"root", "logarithm", "exponential", "logarithm1p"}
    for name, error in worst.items():
        assert 0 < error <= BOUND, name


def test_powers() -> None:
    """Whole exponents by squaring, others by exp and log, whose error the exponent amplifies."""
    rng = np.random.default_rng(4)
    with mpmath.workprec(600):
        for w in (0.0, 1.0, 2.0, 5.0, -3.0, 19.0, 1 / 3, -0.25, 2.5):
            for _ in range(50):
                u = number(abs(float(rng.normal())) + 0.01, rng.uniform(-1, 1))
                base = to_mpf(exact(u))
                value = base ** mpmath.mpf(w)
                error = abs(to_mpf(exact(kernel.power(u, w))) - value) / value
                # Each of the |w| factors errs by 7 * 2^-106; an exponential by its argument times 2^-104.
                assert error <= 2.0**-103 * (2 * abs(w) + 8 + 4 * abs(w * mpmath.log(base)))
    assert kernel.power(-2.0, 3.0) == -8
    assert kernel.power(0.0, 0.5) == 0
    assert kernel.power(0.0, 0.0) == 1
    assert math.isnan(complex(kernel.power(-2.0, 0.5)).real)


def test_comparisons_see_the_low_part() -> None:
    """Numbers with one high part are ordered by the low one; NaN is less than nothing."""
    low, high = complex(1.0, -1e-20), complex(1.0, 1e-20)
    assert kernel.less(low, high)
    assert not kernel.less(high, low)
    assert not kernel.less(low, low)
    assert kernel.at_most(low, low)
    assert not kernel.at_most(high, low)
    assert kernel.larger(low, high) == high == kernel.larger(high, low)
    assert kernel.smaller(low, high) == low == kernel.smaller(high, low)
    assert not kernel.less(math.nan, 1.0)
    assert not kernel.at_most(1.0, math.nan)
    for function in (kernel.larger, kernel.smaller):
        assert math.isnan(complex(function(math.nan, 1.0)).real)
        assert math.isnan(complex(function(1.0, math.nan)).real)


def test_signs_and_pseudo_inverses() -> None:
    """|u|, -u, sign and 1/u with 1/0 = 0."""
    u = complex(-3.0, 1e-17)
    assert kernel.absolute(u) == -u == kernel.neg(u)
    assert [kernel.signum(v) for v in (u, 0.0, 2)] == [-1, 0, 1]
    assert kernel.pinv(0.0) == 0
    assert abs(exact(kernel.pinv(u)) * exact(u) - 1) <= BOUND


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (lambda: kernel.add(math.inf, 1.0), math.inf),
        (lambda: kernel.add(1.7e308, 1.7e308), math.inf),
        (lambda: kernel.sub(math.inf, math.inf), math.nan),
        (lambda: kernel.mul(1e200, -1e200), -math.inf),
        (lambda: kernel.mul(0.0, math.inf), math.nan),
        (lambda: kernel.div(1.0, 0.0), math.inf),
        (lambda: kernel.div(0.0, 0.0), math.nan),
        (lambda: kernel.div(1.0, math.inf), 0.0),
        (lambda: kernel.root(math.inf), math.inf),
        (lambda: kernel.root(-1.0), math.nan),
        (lambda: kernel.root(0.0), 0.0),
        (lambda: kernel.exponential(1000.0), math.inf),
        (lambda: kernel.exponential(-1000.0), 0.0),
        (lambda: kernel.exponential(math.nan), math.nan),
        (lambda: kernel.logarithm(0.0), -math.inf),
        (lambda: kernel.logarithm(-1.0), math.nan),
        (lambda: kernel.logarithm(math.inf), math.inf),
    ],
)
def test_beyond_numbers_floats_decide(found: Callable[[], complex], expected: float) -> None:
    """inf, NaN and overflow come out as float arithmetic has them, and carry no low part."""
    value = complex(found())
    assert value.imag == 0
    assert value.real == expected or (math.isnan(value.real) and math.isnan(expected))


def test_floats_are_read_as_decimals() -> None:
    """0.1 is 1/10 and 1e23 is 10^23, to 106 bits; an expression of them is computed exactly first."""
    values = np.array([[0.1, 1e23], [-0.999, 2.0]])
    for found, value in zip(meant(values).ravel(), values.ravel(), strict=True):
        q = Fraction(repr(float(value)))
        assert abs(exact(found) - q) <= abs(q) / 2**105
    assert meant(np.array([math.inf]))[0] == math.inf
    delta = Scalar("delta")
    found = value_of(1 - delta, {delta: np.array([0.9, 0.1])})
    for u, q in zip(found, (Fraction(1, 10), Fraction(9, 10)), strict=True):
        assert abs(exact(u) - q) <= q / 2**105
