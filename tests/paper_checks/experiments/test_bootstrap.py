"""The bootstrap of a mean on data whose mean is known."""

import numpy as np
import pytest

from paper_checks.experiments.bootstrap import chance_below, percentile_interval, resampled_means
from paper_checks.experiments.verdict import Comparison, Metric, Side, sides

VALUE = Metric("log10 f", higher=False, effect=0.1, worst=6.0)
SAMPLES, SIZE, RESAMPLES = 600, 60, 1_000


def intervals(generator):
    """95 % intervals of the mean of skewed data, whose mean is 1."""
    data = generator.exponential(size=(SAMPLES, SIZE))
    return [percentile_interval(resampled_means(values, RESAMPLES), 0.05) for values in data]


def test_the_interval_covers_the_mean_as_often_as_it_says():
    """Of 600 samples 95 % cover it; for 60 skewed values the percentile interval loses 2 % or so."""
    found = intervals(np.random.default_rng(1))
    share = np.mean([low <= 1 <= high for low, high in found])
    error = 3 * np.sqrt(0.95 * 0.05 / SAMPLES)  # three standard errors of a share
    assert 0.95 - 0.025 - error <= share <= 0.95 + error


def test_the_interval_misses_another_mean():
    """Must-fail control: 1.5 is no mean of exponential data, and is covered by few."""
    found = intervals(np.random.default_rng(1))
    assert np.mean([low <= 1.5 <= high for low, high in found]) < 0.2


def test_it_agrees_with_the_t_interval_on_normal_data():
    """A thousand normal differences: both intervals have the same ends, within a tenth of their width."""
    mine, theirs = np.random.default_rng(2).standard_normal((2, 1000))
    few = Comparison("a task", "Adam", VALUE, list(mine), list(theirs))
    many = Comparison("a task", "Adam", VALUE, list(mine), list(theirs), resamples=10_000)
    width = few.interval[1] - few.interval[0]
    assert many.interval == pytest.approx(few.interval, abs=0.1 * width)


def test_the_resamples_are_the_same_every_time_and_for_every_comparison():
    """The mean of values and the mean of their negatives are resampled alike: an interval is repeatable."""
    values = np.random.default_rng(3).standard_normal(2_500)
    means = resampled_means(values, 500)
    assert np.array_equal(resampled_means(-values, 500), -means)
    assert np.std(means) == pytest.approx(np.std(values) / np.sqrt(values.size), rel=0.15)
    assert resampled_means(np.ones(7), 100) == pytest.approx(np.ones(100), rel=1e-14)  # 7 terms are rounded


def test_a_chance_is_never_zero_and_never_above_one():
    """All means on one side, or half of them on each."""
    means = np.linspace(0.0, 1.0, 1000)
    assert chance_below(means, -1.0) == 2 / 1001
    assert chance_below(means, 0.5) == 1.0
    assert chance_below(means, 2.0) == 1.0


@pytest.mark.parametrize(
    ("gain", "side"),
    [(0.3, Side.CLAIMED), (-0.3, Side.OTHER), (0.0, Side.SMALL), (0.06, Side.SMALL), (0.1, Side.OPEN)],
)
def test_a_planted_gain_is_found_and_a_small_one_is_not(gain, side):
    """The ends of 1 000 starts fall into minima; the contender is better by `gain` on average."""
    generator = np.random.default_rng(4)
    theirs = generator.choice([-12.0, 0.0, 0.3, 1.0], size=1000)
    mine = theirs - gain + 0.3 * generator.standard_normal(1000)
    found = Comparison("a function", "Adam", VALUE, mine, theirs, resamples=10_000, pairs="starts")
    assert sides([found]) == [side]
    assert "over 1000 starts" in found.sentence(side)
