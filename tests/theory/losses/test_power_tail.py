"""The power tail: continuous slopes, the declared constants, and the exact exponents."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import Rational, S, Symbol, limit, nsimplify, oo

from theory.losses.power_tail import POWER_TAIL, decay_exponent, q, slowest_correction
from theory.symbols import x

POWERS = (Rational(21, 20), Rational(3, 2), Rational(2), Rational(4))


def piece(power, at, *, derivative=0):
    """The summand of the loss (or a derivative of it) at an exact point."""
    return POWER_TAIL.value.args[0].diff(x, derivative).xreplace({q: power, x: S(at)}).doit()


def kinks(power):
    """Where two pieces meet."""
    return (S.Zero, S(-2), -2 - 1 / (power - 1))


@pytest.mark.parametrize("power", POWERS, ids=str)
def test_value_and_slope_are_continuous(power):
    """Both meet at every kink: the jump across 1e-20 is of that order."""
    step = Rational(1, 10**20)
    for at in kinks(power):
        for derivative in (0, 1):
            jump = piece(power, at, derivative=derivative) - piece(power, at - step, derivative=derivative)
            # |f'| <= 1 and |f''| <= q <= 4 near the kinks.
            assert abs(jump.evalf(40)) < 5e-20


@pytest.mark.parametrize("power", POWERS, ids=str)
def test_the_tail_has_the_slope_it_is_named_for(power):
    """f' = -(1 + x)^{-q} for x >= 0, derived by sympy from the value."""
    for at in (S.Zero, S(1), Rational(7, 3)):
        assert nsimplify(piece(power, at, derivative=1) + (1 + at) ** -power) == 0


@pytest.mark.parametrize("power", POWERS, ids=str)
def test_the_minimum_is_attained_below_the_tail(power):
    """Value and slope are 0 in the valley, and the tail's infimum 1/2 lies above it, unattained."""
    bottom = -3 - 1 / (power - 1)
    assert piece(power, bottom) == piece(power, bottom, derivative=1) == POWER_TAIL.minimum == 0
    u = Symbol("u", positive=True)
    tail = POWER_TAIL.value.args[0].args[0].expr.xreplace({q: power, x: u})
    assert limit(tail, u, oo) == Rational(1, 2)
    # The hill's top is the only other point of slope 0, and it is higher.
    assert piece(power, -1, derivative=1) == 0
    assert piece(power, -1) > Rational(1, 2)


@pytest.mark.parametrize("power", POWERS, ids=str)
def test_the_smoothness_constant_is_the_curvature_at_the_start(power):
    """|f''| <= q on every piece, with equality at 0+; a smaller constant is wrong (control)."""
    points = [S(k) / 7 - 25 for k in range(250)]
    curvatures = [abs(float(piece(power, at, derivative=2))) for at in points]
    # Rounding of one power.
    assert max(curvatures) == pytest.approx(float(power), rel=1e-14)
    slope = (piece(power, Rational(1, 10**6), derivative=1) - piece(power, 0, derivative=1)) * 10**6
    assert Rational(999, 1000) * power < slope.evalf() < power


def test_the_exponents_of_the_family():
    """-q/(kq + 1), between -1/2 and -1/3 for AdaL with a maximum, and -1 at most."""
    assert decay_exponent(Fraction(21, 20), factor_power=2) == Rational(-21, 62)
    assert decay_exponent(Fraction(3, 2), factor_power=2) == Rational(-3, 8)
    assert decay_exponent(2, factor_power=2) == Rational(-2, 5)
    assert decay_exponent(4, factor_power=2) == Rational(-4, 9)
    assert decay_exponent(2, factor_power=1) == Rational(-2, 3)
    assert {decay_exponent(p, factor_power=0) for p in POWERS} == {-1}
    assert all(Rational(1, 3) < -decay_exponent(p, factor_power=2) < Rational(1, 2) for p in POWERS)


def test_the_slowest_correction():
    """The start is forgotten like T^{-1/2} at best, and like T^{1-q} where the squares have a finite sum."""
    assert slowest_correction(2, factor_power=2) == Rational(1, 2)
    assert slowest_correction(4, factor_power=1) == Rational(1, 5)
    assert slowest_correction(Fraction(21, 20), factor_power=0) == Rational(1, 20)


@pytest.mark.parametrize(
    ("power", "factor_power", "named"),
    [(1, 2, "`power`"), (1.5, 2, "`power`"), ("2", 2, "`power`"), (2, -1, "`factor_power`"),
     (2, True, "`factor_power`")],
)  # fmt: skip
def test_wrong_powers_are_named(power, factor_power, named):
    """Floats, q <= 1 and a negative k are refused."""
    with pytest.raises(ValueError, match=named):
        decay_exponent(power, factor_power=factor_power)
