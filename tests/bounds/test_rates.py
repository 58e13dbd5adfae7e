"""Fitted exponents: exact on power laws, honest about correlated residuals."""

from __future__ import annotations

import numpy as np
import pytest

from bounds.rates import POINTS, fit_slope

ROUNDS = np.unique(np.geomspace(1, 10_000, 121).round().astype(np.int64))


def brownian_factor(rng, rounds):
    """B(T)/sqrt(T) at the given rounds: the relative noise of a sum of independent rounds."""
    steps = np.diff(rounds, prepend=0)
    return np.cumsum(np.sqrt(steps) * rng.standard_normal(rounds.size)) / np.sqrt(rounds)


@pytest.mark.parametrize("exponent", [-1.0, -1 / 3, 0.0, 0.5, 1.0])
def test_power_laws_are_found(exponent):
    """A power law gives its exponent, and an interval of rounding width around it."""
    slope = fit_slope(ROUNDS, 3.0 * ROUNDS.astype(float) ** exponent)
    # Rounding of logarithms (|log| < 10, eps 2e-16) through 50 points: below 1e-13.
    assert slope.value == pytest.approx(exponent, abs=1e-13)
    assert slope.upper - slope.lower < 1e-12
    assert slope.window[1] == 10_000
    assert slope.window[0] == min(t for t in ROUNDS if t >= 100)


def test_the_window_is_the_last_decades():
    """A curve that changes its exponent at round 1000 shows the late one in the last decade only."""
    curve = np.where(ROUNDS <= 1000, ROUNDS / 1000.0, (ROUNDS / 1000.0) ** 0.25)
    assert fit_slope(ROUNDS, curve, decades=1).value == pytest.approx(0.25, abs=1e-12)
    assert 0.3 < fit_slope(ROUNDS, curve, decades=3).value < 0.95


def test_scale_and_dilation_change_nothing():
    """Multiplying the values, or all rounds, by a constant leaves slope and interval as they are."""
    rng = np.random.default_rng(3)
    curve = np.sqrt(ROUNDS) * np.exp(0.05 * brownian_factor(rng, ROUNDS))
    base = fit_slope(ROUNDS, curve)
    for other in (fit_slope(ROUNDS, 1e9 * curve), fit_slope(7 * ROUNDS, curve)):
        # log(c y) - log(c) differs from log(y) by rounding, a few 1e-15, over a window of 4.6.
        assert (other.value, other.lower, other.upper) == pytest.approx(
            (base.value, base.lower, base.upper), abs=1e-11
        )
    tilted = fit_slope(ROUNDS, curve * ROUNDS)
    assert tilted.value - base.value == pytest.approx(1.0, abs=1e-11)
    assert tilted.upper - tilted.lower == pytest.approx(base.upper - base.lower, rel=1e-9)


def coverage(noise, *, dense, runs=400):
    """How often the interval at 0.9, and the naive least-squares one, contain the true slope 0.5."""
    from scipy.stats import linregress
    from scipy.stats import t as student

    rounds = (
        np.arange(100, 1001) if dense else np.unique(np.geomspace(100, 1000, 30).round().astype(np.int64))
    )
    robust = naive = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        curve = np.sqrt(rounds) * np.exp(0.1 * noise(rng, rounds))
        slope = fit_slope(rounds, curve, level=0.9, seed=10_000 + seed)
        robust += slope.lower <= 0.5 <= slope.upper
        fit = linregress(np.log(rounds), np.log(curve))
        naive += abs(fit.slope - 0.5) <= student.ppf(0.95, rounds.size - 2) * fit.stderr
    return robust / runs, naive / runs


def test_coverage_with_random_walk_noise_where_least_squares_fails():
    """The interval covers as often as it says for random-walk noise; the textbook one (control) does not."""
    robust, naive = coverage(brownian_factor, dense=False)
    # 400 runs: standard deviation 0.015 at 0.9, so 0.84 is four of them below.
    assert 0.84 <= robust <= 0.96
    assert naive < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("dense", [False, True])
def test_coverage_on_many_checkpoints(dense):
    """Recording every round leaves the coverage as it is, and makes the textbook interval worse still."""
    robust, naive = coverage(brownian_factor, dense=dense, runs=500)
    # Standard deviation 0.0134 at 0.9; three and a half of them.
    assert 0.85 <= robust <= 0.95
    assert naive < (0.15 if dense else 0.5)


def test_independent_noise_is_covered_too():
    """Residuals without memory are covered more often than claimed: the interval errs to the wide side."""
    robust, _ = coverage(lambda rng, rounds: rng.standard_normal(rounds.size), dense=False)
    assert robust >= 0.95


def test_dense_checkpoints_do_not_narrow_the_interval():
    """Ten times more checkpoints of one walk give nearly the same interval: they are not new evidence."""
    rng = np.random.default_rng(11)
    rounds = np.arange(1, 10_001)
    curve = np.sqrt(rounds) * np.exp(0.1 * brownian_factor(rng, rounds))
    sparse = np.unique(np.geomspace(1000, 10_000, 30).round().astype(np.int64)) - 1
    few, many = fit_slope(rounds[sparse], curve[sparse]), fit_slope(rounds, curve, decades=1)
    assert many.points <= POINTS < 9000
    assert 0.6 < (many.upper - many.lower) / (few.upper - few.lower) < 1.6


def test_the_seed_decides():
    """The same seed gives the same bits; another seed moves the interval, not the slope."""
    curve = np.sqrt(ROUNDS) * (1 + 0.1 * np.sin(ROUNDS))
    assert fit_slope(ROUNDS, curve, seed=5) == fit_slope(ROUNDS, curve, seed=5)
    other = fit_slope(ROUNDS, curve, seed=6)
    assert other.value == fit_slope(ROUNDS, curve, seed=5).value
    assert other.lower != fit_slope(ROUNDS, curve, seed=5).lower


def test_too_few_positive_points_give_none():
    """Three positive points have no slope; four have."""
    values = np.array([1.0, 2.0, -3.0, 4.0, 5.0, np.nan])
    assert fit_slope(np.arange(1, 4), values[:3] ** 2) is None
    assert fit_slope([], []) is None
    assert fit_slope(np.arange(10, 16), np.array([1.0, 2.0, -3.0, 0.0, 5.0, np.nan])) is None
    slope = fit_slope(np.arange(10, 16), values)
    assert (slope.points, slope.dropped) == (4, 2)
    assert "2 points" in str(slope)


def test_text_is_short():
    """The text is what a plot shows."""
    assert str(fit_slope(ROUNDS, np.sqrt(ROUNDS))) == "slope 0.50 [0.50, 0.50]"


@pytest.mark.parametrize(
    ("rounds", "values", "options", "named"),
    [
        ([1, 2, 3], [1.0, 2.0], {}, "`values`"),
        ([1, 3, 2, 4], [1.0, 1.0, 1.0, 1.0], {}, "`rounds`"),
        ([0, 1, 2, 3], [1.0, 1.0, 1.0, 1.0], {}, "`rounds`"),
        ([1, 2, 3, 4], [1.0, 1.0, 1.0, 1.0], {"decades": 0}, "`decades`"),
        ([1, 2, 3, 4], [1.0, 1.0, 1.0, 1.0], {"level": 95}, "`level`"),
    ],
)
def test_bad_input_is_named(rounds, values, options, named):
    """A wrong argument is named, with its value."""
    with pytest.raises(ValueError, match=named):
        fit_slope(rounds, values, **options)
