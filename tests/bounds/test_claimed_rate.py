"""A measured exponent against a claim: right ones accepted, wrong ones refused, logarithms known."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Rational, S, oo

from bounds.claimed_rate import Agreement, claimed_slopes, compare_rate
from theory.order import Order

ROUNDS = np.unique(np.geomspace(1, 1_000_000, 200).round().astype(np.int64))
T = ROUNDS.astype(float)


def test_a_power_law_is_consistent_with_itself_only():
    """The own exponent is accepted; one hundredth more is FASTER, one hundredth less SLOWER."""
    curve = 5 * T**-0.4
    assert compare_rate(ROUNDS, curve, Order(Rational(-2, 5))).agreement is Agreement.CONSISTENT
    assert compare_rate(ROUNDS, curve, Order(Rational(-39, 100))).agreement is Agreement.FASTER
    assert compare_rate(ROUNDS, curve, Order(Rational(-41, 100))).agreement is Agreement.SLOWER


@pytest.mark.parametrize("delta", [0.2, 0.35, 0.5])
@pytest.mark.parametrize("size", [3.0, -0.9])
def test_a_curve_that_still_settles_keeps_its_exponent_in_the_interval(delta, size):
    """Corrections T^{-delta} move the slope; the interval has room for what is still to come."""
    found = compare_rate(ROUNDS, T**-0.5 * (1 + size * T**-delta), Order(Rational(-1, 2)))
    assert found.agreement is Agreement.CONSISTENT
    # The room is needed: without it the fit alone would refuse the truth.
    assert not found.slope.lower <= -0.5 <= found.slope.upper


def test_corrections_slower_than_assumed_need_the_contraction_that_is_theirs():
    """T^{-0.05} outlasts the default assumption, and is covered when `contraction` says so."""
    curve = 1 / T * (1 - 0.95 * T**-0.05)
    assert compare_rate(ROUNDS, curve, Order(-S.One)).agreement is Agreement.SLOWER
    told = compare_rate(ROUNDS, curve, Order(-S.One), contraction=10**-0.05)
    assert told.agreement is Agreement.CONSISTENT


def test_a_logarithm_in_the_claim_is_accounted_for():
    """T^{-1/2} log T is consistent with itself, and is no T^{-1/2} in this window."""
    curve = T[ROUNDS > 1] ** -0.5 * np.log(T[ROUNDS > 1])
    rounds = ROUNDS[ROUNDS > 1]
    assert compare_rate(rounds, curve, Order(Rational(-1, 2), S.One)).agreement is Agreement.CONSISTENT
    assert compare_rate(rounds, curve, Order(Rational(-1, 2))).agreement is Agreement.SLOWER
    low, high = claimed_slopes(Order(Rational(-1, 2), S.One), (1000, 1_000_000))
    assert low == pytest.approx(-0.5 + 1 / np.log(1e6))
    assert high == pytest.approx(-0.5 + 1 / np.log(1e3))


def test_noise_widens_the_interval():
    """A curve with random-walk noise is not refused for it."""
    rng = np.random.default_rng(5)
    walk = np.cumsum(np.sqrt(np.diff(ROUNDS, prepend=0)) * rng.standard_normal(ROUNDS.size)) / np.sqrt(T)
    found = compare_rate(ROUNDS, T**-0.4 * np.exp(0.05 * walk), Order(Rational(-2, 5)))
    assert found.agreement is Agreement.CONSISTENT
    assert found.upper - found.lower > 0.01


def test_scaling_a_curve_changes_nothing():
    """Units of the measured side play no role."""
    curve = T**-0.5 * (1 + T**-0.3)
    one, other = (compare_rate(ROUNDS, c * curve, Order(Rational(-1, 2))) for c in (1.0, 1e12))
    # Rounding of logarithms of size 30, over a window of 2.3.
    assert (one.lower, one.upper) == pytest.approx((other.lower, other.upper), abs=1e-12)


def test_the_words_name_claim_and_outcome():
    """The text shows the slope, the claim and the sentence."""
    text = str(compare_rate(ROUNDS, T**-0.4, Order(Rational(-1, 2))))
    assert "-0.400" in text
    assert "T^(-1/2)" in text
    assert Agreement.SLOWER.value in text


def test_short_curves_give_none():
    """Both windows need four positive values."""
    assert compare_rate([1, 2, 3, 4], [1.0, 0.5, 0.3, 0.2], Order(-S.One)) is None
    assert compare_rate(ROUNDS, np.where(T < 1e5, 0.0, 1 / T), Order(-S.One)) is None


def test_wrong_arguments_are_named():
    """`contraction`, a claim without exponent, and a window that begins at log 1."""
    with pytest.raises(ValueError, match="`contraction`"):
        compare_rate(ROUNDS, 1 / T, Order(-S.One), contraction=1.0)
    with pytest.raises(ValueError, match="`claimed`"):
        compare_rate(ROUNDS, 1 / T, Order(-oo))
    with pytest.raises(ValueError, match="`window`"):
        claimed_slopes(Order(S.Zero, S.One), (1, 10))
