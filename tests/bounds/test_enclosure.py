"""A formula over intervals: what is inside the arguments stays inside the result."""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp, mpf
from sympy import Rational, Symbol, sqrt

from bounds.enclosure import enclose, exactly
from bounds.prover.intervals import Intervals

u = Symbol("u", real=True)


@pytest.mark.parametrize("exponent", [Rational(1, 4), Rational(1, 3), Rational(3, 4), Rational(5, 3)])
@pytest.mark.parametrize("value", [1e-30, 0.3, 1.0, 2.0, 7e20])
def test_any_root_is_enclosed(exponent, value) -> None:
    """A third is no float: the floats around it count log(value)-fold, and the enclosure allows for it."""
    found = enclose(u**exponent, {u: exactly([value])})
    with mp.workdps(50):
        truth = mpf(value) ** (mpf(int(exponent.p)) / int(exponent.q))
        assert mpf(float(found.lower[0])) * (1 - mpf(2) ** -52) <= truth
        assert truth <= mpf(float(found.upper[0])) * (1 + mpf(2) ** -52)
    assert found.upper[0] - found.lower[0] <= np.finfo(float).eps * (2 + abs(np.log(value))) * found.upper[0]


def test_a_root_of_zero_is_zero_and_of_a_negative_number_undefined() -> None:
    """The end at 0 is 0 up to the smallest float; nothing is said where the number has no real root."""
    found = enclose(u ** Rational(1, 4), {u: Intervals(np.array([0.0, -1.0]), np.array([16.0, 16.0]))})
    assert -1e-300 <= found.lower[0] <= 0
    assert 2 <= found.upper[0] <= 2 + 1e-15
    assert np.isnan(found.lower[1])
    assert np.isnan(found.upper[1])


def test_ends_are_taken_in_the_longest_floats() -> None:
    """Ends that came as float64 are squared in the longer range all the same."""
    if np.finfo(np.longdouble).minexp >= np.finfo(np.float64).minexp:
        pytest.skip("this machine has no longer floats")
    small = np.array([1e-200])
    found = enclose(sqrt(u**2), {u: Intervals(small, small)})
    assert float(found.lower[0]) == pytest.approx(1e-200, rel=1e-15)
    assert float(found.upper[0]) == pytest.approx(1e-200, rel=1e-15)
