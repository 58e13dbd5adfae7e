"""The rule of verdicts on differences whose answer is known."""

import math

import numpy as np
import pytest

from paper_checks.claim import ClaimVerdict
from paper_checks.experiments.verdict import Comparison, Metric, Side, at_size, rule, sides

LOSS = Metric("loss", higher=False, effect=0.02, worst=10.0, relative=True)
ACCURACY = Metric("accuracy", higher=True, effect=0.2, worst=0.0)
SEEDS = 6


def against(gain, *, metric=LOSS, noise=0.002, seeds=SEEDS, seed=0, edges=(), task="a task", baseline="Adam"):
    """A comparison whose contender is better by `gain` on average."""
    generator = np.random.default_rng(seed)
    theirs = 1 + 0.1 * generator.standard_normal(seeds)
    sign = 1 if metric.higher else -1
    mine = theirs + sign * (gain + noise * generator.standard_normal(seeds))
    return Comparison(task, baseline, metric, list(mine), list(theirs), edges)


def verdict(*comparisons, reduced=False):
    """The verdict of a claim that names these comparisons."""
    return rule(sides(comparisons), reduced=reduced)


def test_a_planted_better_optimizer_is_found():
    """A gain far beyond the effect is TRUE, by either kind of metric."""
    assert verdict(against(0.1), against(0.3, seed=1)) is ClaimVerdict.TRUE
    assert verdict(against(0.5, metric=ACCURACY, noise=0.02)) is ClaimVerdict.TRUE


def test_a_planted_worse_optimizer_is_found():
    """A loss far beyond the effect is FALSE, with or without comparisons that show nothing."""
    assert verdict(against(-0.1)) is ClaimVerdict.FALSE
    assert verdict(against(-0.1), against(0.0)) is ClaimVerdict.FALSE


def test_no_effect_is_not_supported():
    """Two equal optimizers, with little noise or with much, are no support for a claim."""
    assert sides([against(0.0, noise=0.001)]) == [Side.SMALL]
    assert sides([against(0.0, noise=0.5)]) == [Side.OPEN]
    assert verdict(against(0.0)) is ClaimVerdict.NOT_SUPPORTED


def test_a_gain_below_the_smallest_effect_does_not_count():
    """A gain of 1 % that is certain to exist is not one of 2 %."""
    certain = against(0.01, noise=1e-5)
    assert certain.interval[0] > 0
    assert sides([certain]) == [Side.SMALL]


def test_some_true_comparisons_make_it_partly_true():
    """One baseline is beaten and another is not, or even wins."""
    assert verdict(against(0.1), against(0.0)) is ClaimVerdict.PARTLY
    assert verdict(against(0.1), against(-0.1)) is ClaimVerdict.PARTLY


@pytest.mark.parametrize("gain", [0.1, -0.1])
def test_a_rate_at_the_edge_of_its_grid_decides_nothing(gain):
    """What would be TRUE or FALSE is neither if a learning rate may be improved."""
    assert sides([against(gain, edges=("SGD",))]) == [Side.EDGE]
    assert verdict(against(gain, edges=("SGD",))) is ClaimVerdict.NOT_SUPPORTED


@pytest.mark.parametrize(
    ("gain", "expected"), [(0.1, ClaimVerdict.PARTLY), (-0.1, ClaimVerdict.NOT_SUPPORTED)]
)
def test_a_reduced_size_neither_proves_nor_refutes(gain, expected):
    """At a size that is not the paper's the verdict is at most PARTLY and never FALSE."""
    assert verdict(against(gain), reduced=True) is expected


def test_too_few_seeds_decide_nothing():
    """Four runs on a CPU are too few, three on a GPU are enough."""
    few = [against(0.1, seeds=4)]
    assert sides(few) == [Side.OPEN]
    assert sides(few, fewest=3) == [Side.CLAIMED]


def test_divergence_is_the_worst_score():
    """A contender that diverges on every seed loses, even against a poor baseline; NaN is divergence too."""
    poor = [5.0 + 0.01 * k for k in range(SEEDS)]
    for lost in (None, math.nan, math.inf):
        comparison = Comparison("a task", "Adam", LOSS, [lost] * SEEDS, poor)
        assert sides([comparison]) == [Side.OTHER]
        np.testing.assert_array_equal(comparison.metric.scores([lost]), [LOSS.worst])
    assert sides([Comparison("a task", "Adam", LOSS, poor, [None] * SEEDS)]) == [Side.CLAIMED]


def test_many_comparisons_need_more_than_one_lucky_one():
    """Holm's correction: of 200 comparisons without an effect, 5 % are beyond 0 alone, and none together."""
    tiny = Metric("loss", higher=False, effect=0.0, worst=10.0)
    nothing = [against(0.0, metric=tiny, noise=0.1, seed=k) for k in range(200)]
    alone = [side for c in nothing for side in sides([c])]
    assert Side.CLAIMED in alone or Side.OTHER in alone
    assert set(sides(nothing)) <= {Side.OPEN}


def test_the_interval_is_the_textbooks():
    """mean +- t sd/sqrt(n), against scipy's interval of a paired sample."""
    from scipy.stats import ttest_rel

    comparison = against(0.1, noise=0.05)
    low, high = ttest_rel(comparison.theirs, comparison.mine).confidence_interval(0.95)
    np.testing.assert_allclose(comparison.interval, (low, high), rtol=1e-12)


def test_false_alarms_are_as_rare_as_the_level_says():
    """Differences of mean exactly at the effect are called beyond it in 2.5 % of the cases, the one tail."""
    count = 2000
    wrong = sum(
        sides([against(0.2, metric=ACCURACY, noise=1.0, seed=seed)]) == [Side.CLAIMED]
        for seed in range(count)
    )
    assert abs(wrong / count - 0.025) < 4 * math.sqrt(0.025 * 0.975 / count)  # four standard deviations


def test_unpaired_runs_are_refused():
    """A pair needs both runs."""
    with pytest.raises(ValueError, match="pair them by seed"):
        Comparison("a task", "Adam", LOSS, [1.0, 2.0], [1.0])


def test_a_claim_without_a_comparison_is_refused():
    """No comparison is no evidence: it must not be vacuously TRUE."""
    with pytest.raises(ValueError, match="at least one"):
        rule([], reduced=False)


@pytest.mark.parametrize(
    ("found", "small"),
    [
        ("TRUE", "PARTLY"),
        ("FALSE", "NOT_SUPPORTED"),
        ("PARTLY", "PARTLY"),
        ("NOT_SUPPORTED", "NOT_SUPPORTED"),
    ],
)
def test_a_reduced_size_proves_and_refutes_nothing(found, small):
    """TRUE becomes PARTLY and FALSE NOT_SUPPORTED; at the paper's size both stay."""
    assert at_size(ClaimVerdict[found], reduced=True) is ClaimVerdict[small]
    assert at_size(ClaimVerdict[found], reduced=False) is ClaimVerdict[found]
