"""Means over noise: exact where enumerated, covered at every look where sampled."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from bounds.expectation import ASYMPTOTIC, BETTING, ENUMERATED, confidence_sequence, exact

LOOKS = np.unique(np.geomspace(40, 1000, 25).astype(int))


def fraction_mean(values, weights):
    """The mean of float values under rational weights, in rational arithmetic."""
    return sum((Fraction(float(v)) * w for v, w in zip(values, weights, strict=True)), Fraction(0))


def test_enumeration_contains_the_rational_mean():
    """Over all 3^4 outcomes of biased noise, the interval contains the exact mean and is a few ulp wide."""
    law = {-1: Fraction(1, 3), 0: Fraction(1, 7), 2: Fraction(11, 21)}
    outcomes = list(product(law, repeat=4))
    weights = [np.prod([law[step] for step in path]) for path in outcomes]
    values = np.array([[np.sin(sum(path)), np.exp(path[0]) * 1e8, 0.1 * path[-1]] for path in outcomes])
    mean = exact(values, weights)
    assert mean.method == ENUMERATED
    assert mean.level == 1.0
    assert not mean.asymptotic
    for k in range(3):
        truth = fraction_mean(values[:, k], weights)
        assert Fraction(float(mean.lower[k])) <= truth <= Fraction(float(mean.upper[k]))
        # 8 unit roundoffs of the mean of absolute values, as the slack is 4 on either side.
        assert mean.upper[k] - mean.lower[k] <= 2**-49 * np.max(np.abs(values[:, k]))


def test_enumeration_with_cancellation_and_float_weights():
    """Values that cancel to a tiny mean stay enclosed, also when thirds are given as floats."""
    values = np.array([1e16, 1.0, -1e16])
    mean = exact(values, [1 / 3, 1 / 3, 1 / 3])
    truth = fraction_mean(values, [Fraction(1, 3)] * 3)
    assert mean.estimate.shape == ()
    assert Fraction(float(mean.lower)) <= truth <= Fraction(float(mean.upper))


def test_one_certain_outcome_has_its_value():
    """One outcome of probability one has that value as its mean, up to the stated slack."""
    mean = exact([[0.1, -5.0]], [1])
    assert np.array_equal(mean.estimate, [0.1, -5.0])
    assert np.all((mean.lower <= mean.estimate) & (mean.estimate <= mean.upper))


def draws(runs, size, seed=0):
    """Skewed values in [0, 1] of mean 0.2."""
    return np.random.default_rng(seed).beta(0.5, 2.0, (runs, size))


def misses(interval, samples, truth):
    """The share of runs in which the interval misses the mean at some look."""
    missed = np.zeros(len(samples), dtype=bool)
    for n in LOOKS:
        lower, upper = interval(samples[:, :n].T)
        missed |= (lower > truth) | (upper < truth)
    return missed.mean()


def anytime(level, value_range=None):
    """The interval under test, one run per column."""

    def interval(columns):
        mean = confidence_sequence(columns, level=level, value_range=value_range)
        return mean.lower, mean.upper

    return interval


def test_looking_at_every_size_keeps_the_level():
    """With 25 looks the betting and the asymptotic interval at 0.9 miss in at most a tenth of the runs."""
    samples = draws(400, 1000)
    # Standard deviation of a share of 0.1 over 400 runs: 0.015; three of them.
    assert misses(anytime(0.9, (0.0, 1.0)), samples, 0.2) <= 0.1 + 0.045
    assert misses(anytime(0.9), samples, 0.2) <= 0.1 + 0.045


def test_a_fixed_size_interval_fails_when_looked_at_often():
    """The control: mean +- 1.645 s/sqrt(n), right at any one n, misses far too often over 25 looks."""
    samples = draws(400, 1000)

    def naive(columns):
        half = 1.6449 * columns.std(axis=0, ddof=1) / np.sqrt(len(columns))
        return columns.mean(axis=0) - half, columns.mean(axis=0) + half

    last = samples.T
    lower, upper = naive(last)
    once = np.mean((lower > 0.2) | (upper < 0.2))
    assert once <= 0.1 + 0.045
    assert misses(naive, samples, 0.2) > 0.2


def test_betting_is_valid_from_the_first_replicate():
    """Rare large values, few replicates: the betting interval keeps 0.9, where the asymptotic one cannot."""
    samples = (np.random.default_rng(1).random((400, 60)) < 0.02).astype(float)
    missed = {BETTING: np.zeros(400, dtype=bool), ASYMPTOTIC: np.zeros(400, dtype=bool)}
    for n in range(2, 61, 2):
        for value_range in ((0.0, 1.0), None):
            mean = confidence_sequence(samples[:, :n].T, level=0.9, value_range=value_range)
            missed[mean.method] |= (mean.lower > 0.02) | (mean.upper < 0.02)
    assert missed[BETTING].mean() <= 0.1 + 0.045
    # All replicates are 0 at first in nearly every run: the asymptotic interval is [0, 0] then.
    assert missed[ASYMPTOTIC].mean() > 0.5


def test_intervals_shrink_like_one_over_root_n():
    """A hundred times more replicates make the interval at least six times narrower (ten, up to a log)."""
    samples = draws(1, 10_000)[0]
    for value_range in (None, (0.0, 1.0)):
        few = confidence_sequence(samples[:100], level=0.95, value_range=value_range)
        many = confidence_sequence(samples, level=0.95, value_range=value_range)
        assert (few.upper - few.lower) / (many.upper - many.lower) > 6


def test_affine_maps_carry_the_interval_along():
    """Scaling, shifting and reflecting values and range does the same to the interval."""
    samples = draws(1, 300)[0]
    for bounded in (False, True):
        base = confidence_sequence(samples, level=0.95, value_range=(0.0, 1.0) if bounded else None)
        moved = confidence_sequence(5 - 4 * samples, level=0.95, value_range=(1.0, 5.0) if bounded else None)
        # Rounding of values of size 5, summed 300 times: below 1e-11 by far.
        assert moved.lower == pytest.approx(5 - 4 * base.upper, abs=1e-11)
        assert moved.upper == pytest.approx(5 - 4 * base.lower, abs=1e-11)


def test_columns_are_separate_unless_simultaneous():
    """K columns give K single answers; sharing the level among them widens each to level 1 - miss/K."""
    samples = draws(3, 200).T
    for value_range in (None, (0.0, 1.0)):
        together = confidence_sequence(samples, level=0.9, value_range=value_range)
        shared = confidence_sequence(samples, level=0.9, value_range=value_range, simultaneous=True)
        assert together.lower.shape == (3,)
        for k in range(3):
            alone = confidence_sequence(samples[:, k], level=0.9, value_range=value_range)
            assert (together.lower[k], together.upper[k]) == pytest.approx(
                (float(alone.lower), float(alone.upper)), abs=1e-14
            )
            strict = confidence_sequence(samples[:, k], level=1 - 0.1 / 3, value_range=value_range)
            assert (shared.lower[k], shared.upper[k]) == pytest.approx(
                (float(strict.lower), float(strict.upper)), abs=1e-12
            )


def test_the_asymptotic_interval_is_narrowest_where_it_was_tuned():
    """Among tunings, the one at the actual number of replicates gives the narrowest interval there."""
    samples = draws(1, 400)[0]
    widths = {}
    for tuned_at in (20, 200, 400, 800, 8000):
        mean = confidence_sequence(samples, level=0.95, tuned_at=tuned_at)
        assert mean.asymptotic
        widths[tuned_at] = float(mean.upper - mean.lower)
    assert min(widths, key=widths.get) == 400


def test_one_replicate_says_nothing():
    """One replicate gives an infinite asymptotic interval, and stays within the range when betting."""
    alone = confidence_sequence([0.3], level=0.95)
    assert (alone.lower, alone.upper) == (-np.inf, np.inf)
    bounded = confidence_sequence([0.3], level=0.95, value_range=(0.0, 1.0))
    assert bounded.lower == 0
    assert bounded.upper == 1


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: exact([1.0, 2.0], [1.0]), "`weights` has 1"),
        (lambda: exact([1.0, 2.0], [0.5, 0.4]), "sum 1"),
        (lambda: exact([1.0, 2.0], [1.5, -0.5]), "smallest -0.5"),
        (lambda: exact([1.0, 2.0], [Fraction(1, 2), Fraction(499, 1000)]), "sum 999/1000"),
        (lambda: exact([1.0, np.nan], [0.5, 0.5]), "replicate 1"),
        (lambda: exact(np.zeros((2, 2, 2)), [0.5, 0.5]), "`values`"),
        (lambda: confidence_sequence([], level=0.9), "`values`"),
        (lambda: confidence_sequence([1.0], level=95), "`level`"),
        (lambda: confidence_sequence([1.0], level=0.9, tuned_at=0), "`tuned_at`"),
        (lambda: confidence_sequence([1.0, 2.0], level=0.9, value_range=(0, 1)), "does not contain"),
        (lambda: confidence_sequence([1.0, 2.0], level=0.9, value_range=(2, 1)), "a < b"),
    ],
)
def test_bad_input_is_named(call, named):
    """A wrong argument is named, with its value."""
    with pytest.raises(ValueError, match=named):
        call()
