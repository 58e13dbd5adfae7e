"""Means over noise: exact where enumerated, covered at every look and every size where sampled."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from bounds.expectation import (
    ASYMPTOTIC,
    BETTING,
    ENUMERATED,
    SHARES,
    UNBOUNDED,
    asymptotic_sequence,
    enumerated_mean,
    mean_interval,
)

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
    mean = enumerated_mean(values, weights)
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
    mean = enumerated_mean(values, [1 / 3, 1 / 3, 1 / 3])
    truth = fraction_mean(values, [Fraction(1, 3)] * 3)
    assert mean.estimate.shape == ()
    assert Fraction(float(mean.lower)) <= truth <= Fraction(float(mean.upper))


def test_one_certain_outcome_has_its_value():
    """One outcome of probability one has that value as its mean, up to the stated slack."""
    mean = enumerated_mean([[0.1, -5.0]], [1])
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


def anytime(level, **known):
    """The interval under test, one run per column."""

    def interval(columns):
        mean = mean_interval(columns, level=level, simultaneous=False, **known)
        return mean.lower, mean.upper

    return interval


@pytest.mark.parametrize("known", [{"low": 0.0, "high": 1.0}, {"low": 0.0}, {"high": 1.0}], ids=str)
def test_looking_at_every_size_keeps_the_level(known):
    """With 25 looks the interval at 0.9 misses in at most a tenth of the runs, with one end known or both."""
    samples = draws(200, 1000)
    # Standard deviation of a share of 0.1 over 200 runs: 0.021; three of them.
    assert misses(anytime(0.9, **known), samples, 0.2) <= 0.1 + 0.064


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
    """Rare large values, few replicates: betting keeps 0.9, where the asymptotic sequence cannot."""
    samples = (np.random.default_rng(1).random((400, 60)) < 0.02).astype(float)
    missed = {BETTING: np.zeros(400, dtype=bool), ASYMPTOTIC: np.zeros(400, dtype=bool)}
    for n in range(2, 61, 2):
        columns = samples[:, :n].T
        for mean in (
            mean_interval(columns, level=0.9, low=0, high=1, simultaneous=False),
            asymptotic_sequence(columns, level=0.9),
        ):
            missed[mean.method] |= (mean.lower > 0.02) | (mean.upper < 0.02)
    assert missed[BETTING].mean() <= 0.1 + 0.045
    # All replicates are 0 at first in nearly every run: the asymptotic interval is [0, 0] then.
    assert missed[ASYMPTOTIC].mean() > 0.5


def test_what_is_not_known_has_no_end():
    """Without a range nothing is said, whatever the replicates; with one end, nothing on the other side."""
    values = np.full(1000, 0.3)
    nothing = mean_interval(values, level=0.9)
    assert (nothing.lower, nothing.upper, nothing.method) == (-np.inf, np.inf, UNBOUNDED)
    below = mean_interval(values, level=0.9, low=0)
    assert below.upper == np.inf
    assert 0.29 < below.lower <= 0.3
    above = mean_interval(values, level=0.9, low=-np.inf, high=1)
    assert above.lower == -np.inf
    assert 0.3 <= above.upper < 0.31
    assert not below.asymptotic


def test_one_replicate_gives_markovs_inequality():
    """One value Y >= 0 of mean y has P(Y >= y/c) <= c: the lower end is a small share of the value."""
    alone = mean_interval([1.0], level=0.9, low=0)
    # The average of 1 - c + c/m over the shares c is 10 where m = C/(9 + C) with their mean C.
    mean = np.mean(SHARES)
    assert float(alone.lower) == pytest.approx(mean / (9 + mean), rel=1e-9)
    assert mean_interval([0.0], level=0.9, low=0).lower == 0


def test_a_known_range_may_differ_between_columns():
    """Each column has its own ends, known or not; a range of one point is its mean."""
    values = np.tile([0.5, 0.5, 2.0], (50, 1))
    mean = mean_interval(values, level=0.9, low=[0, -np.inf, 2], high=[1, np.inf, 2])
    assert np.isfinite([mean.lower[0], mean.upper[0]]).all()
    assert (mean.lower[1], mean.upper[1]) == (-np.inf, np.inf)
    assert (mean.lower[2], mean.upper[2]) == (2, 2)


def test_intervals_shrink_like_one_over_root_n():
    """A hundred times more replicates make the interval at least six times narrower (ten, up to a log)."""
    samples = draws(1, 10_000)[0]
    few = mean_interval(samples[:100], level=0.95, low=0, high=1)
    many = mean_interval(samples, level=0.95, low=0, high=1)
    assert (few.upper - few.lower) / (many.upper - many.lower) > 6


def test_affine_maps_carry_the_interval_along():
    """Scaling, shifting and reflecting values and range does the same to the interval."""
    samples = draws(1, 300)[0]
    base = mean_interval(samples, level=0.95, low=0, high=1)
    moved = mean_interval(5 - 4 * samples, level=0.95, low=1, high=5)
    # Rounding of values of size 5, summed 300 times: below 1e-11 by far.
    assert moved.lower == pytest.approx(5 - 4 * base.upper, abs=1e-11)
    assert moved.upper == pytest.approx(5 - 4 * base.lower, abs=1e-11)


@pytest.mark.parametrize("scale", [2.0**-1000, 2.0**1000])
def test_powers_of_two_do_not_matter(scale):
    """Values near the ends of the float range have the interval of ordinary ones, scaled."""
    samples = draws(1, 300)[0] + 0.5
    base = mean_interval(samples, level=0.95, low=0, high=2)
    scaled = mean_interval(samples * scale, level=0.95, low=0, high=2 * scale)
    assert (scaled.lower, scaled.upper) == (base.lower * scale, base.upper * scale)
    assert base.lower > 0.5


def test_a_difference_beyond_the_floats_says_nothing():
    """Where value minus end overflows no capital is risked."""
    mean = mean_interval([1e308, -1e308], level=0.9, low=-1.5e308, high=1.5e308)
    assert (mean.lower, mean.upper) == (-1.5e308, 1.5e308)


def test_columns_share_the_level_unless_told_otherwise():
    """K columns share 1 - level, each at 1 - miss/K; simultaneous=False gives K single answers."""
    samples = draws(3, 200).T
    known = {"low": 0.0, "high": 1.0}
    shared = mean_interval(samples, level=0.9, **known)
    single = mean_interval(samples, level=0.9, simultaneous=False, **known)
    assert single.lower.shape == (3,)
    for k in range(3):
        alone = mean_interval(samples[:, k], level=0.9, **known)
        strict = mean_interval(samples[:, k], level=1 - 0.1 / 3, **known)
        assert (single.lower[k], single.upper[k]) == pytest.approx(
            (float(alone.lower), float(alone.upper)), abs=1e-14
        )
        assert (shared.lower[k], shared.upper[k]) == pytest.approx(
            (float(strict.lower), float(strict.upper)), abs=1e-12
        )
        assert shared.lower[k] < single.lower[k]


def test_both_ends_cost_more_than_one():
    """One end alone has the whole level, and is narrower than the same end beside another one."""
    samples = draws(1, 200)[0]
    assert (
        mean_interval(samples, level=0.9, low=0).lower
        > mean_interval(samples, level=0.9, low=0, high=1).lower
    )


def test_the_asymptotic_sequence_is_narrowest_where_it_was_tuned():
    """Among tunings, the one at the actual number of replicates gives the narrowest interval there."""
    samples = draws(1, 400)[0]
    widths = {}
    for tuned_at in (20, 200, 400, 800, 8000):
        mean = asymptotic_sequence(samples, level=0.95, tuned_at=tuned_at)
        assert mean.asymptotic
        widths[tuned_at] = float(mean.upper - mean.lower)
    assert min(widths, key=widths.get) == 400
    alone = asymptotic_sequence([0.3], level=0.95)
    assert (alone.lower, alone.upper) == (-np.inf, np.inf)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: enumerated_mean([1.0, 2.0], [1.0]), "`weights` has 1"),
        (lambda: enumerated_mean([1.0, 2.0], [0.5, 0.4]), "sum 1"),
        (lambda: enumerated_mean([1.0, 2.0], [1.5, -0.5]), "smallest -0.5"),
        (lambda: enumerated_mean([1.0, 2.0], [Fraction(1, 2), Fraction(499, 1000)]), "sum 999/1000"),
        (lambda: enumerated_mean([1.0, np.nan], [0.5, 0.5]), "replicate 1"),
        (lambda: enumerated_mean(np.zeros((2, 2, 2)), [0.5, 0.5]), "`values`"),
        (lambda: mean_interval([], level=0.9), "`values`"),
        (lambda: mean_interval([1.0], level=95), "`level`"),
        (lambda: asymptotic_sequence([1.0], level=95), "`level`"),
        (lambda: asymptotic_sequence([1.0], level=0.9, tuned_at=0), "`tuned_at`"),
        (lambda: mean_interval([1.0, 2.0], level=0.9, low=0, high=1), "do not contain"),
        (lambda: mean_interval([1.0, 2.0], level=0.9, low=1.5), "do not contain"),
        (lambda: mean_interval([1.0, 2.0], level=0.9, low=2, high=1), "do not contain"),
        (lambda: mean_interval([1.0, 2.0], level=0.9, low=np.nan), "`low`"),
        (lambda: mean_interval([1.0, 2.0], level=0.9, high=-np.inf), "`high`"),
        (lambda: mean_interval([1.0, 2.0], level=0.9, low=[0, 0]), "`low`"),
    ],
)
def test_bad_input_is_named(call, named):
    """A wrong argument is named, with its value."""
    with pytest.raises(ValueError, match=named):
        call()
