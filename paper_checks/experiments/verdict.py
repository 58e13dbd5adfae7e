"""The rule that turns paired runs into a verdict; it is fixed before the runs are made.

Contenders are paired by seed: the same initial weights and the same minibatches, or the same start. A
comparison of a few seeds is decided by the t-interval of its paired differences, one of many starts by the
bootstrap of their mean; with Holm's correction over every comparison that the claim names.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from paper_checks.claim import ClaimVerdict
from paper_checks.experiments.bootstrap import chance_below, percentile_interval, resampled_means

LEVEL = 0.05
FEWEST = {"cpu": 5, "cuda": 3}
"""The smallest number of paired runs from which anything is concluded, by kind of device."""


class Side(Enum):
    """Where a difference lies; the value is the phrase to show."""

    CLAIMED = "beyond the smallest effect that counts, on the side that the claim names"
    OTHER = "beyond the smallest effect that counts, on the other side"
    SMALL = "within the smallest effect that counts"
    OPEN = "not decided by these runs"
    EDGE = "not decided: a learning rate at the edge of its grid may be improved"


@dataclass(frozen=True)
class Metric:
    """A score, what counts as different, and what a diverged run scores.

    Args:
        name: The number of a run, such as "test loss".
        higher: Whether higher is better.
        effect: The smallest difference that counts, in units of the score; relative to the baseline's mean
            if `relative`.
        worst: The score of a run that diverged, and the worst that any run can score.
        relative: Whether `effect` is a share of the baseline's mean.
    """

    name: str
    higher: bool
    effect: float
    worst: float
    relative: bool = False

    def scores(self, values: Sequence[float | None]) -> NDArray[np.float64]:
        """The scores of runs; None stands for a run that diverged."""
        found = np.array([self.worst if v is None or math.isnan(v) else v for v in values], dtype=np.float64)
        return np.maximum(found, self.worst) if self.higher else np.minimum(found, self.worst)


@dataclass(frozen=True)
class Comparison:
    """A contender against a baseline by one metric, on the same seeds.

    Args:
        task: What both were run on.
        baseline: The name of the other contender.
        metric: The score.
        mine: The scores of the contender that the claim praises, one a seed; None for a diverged run.
        theirs: Those of the baseline on the same seeds.
        edges: Which of the two, by name, runs at the edge of its grid of learning rates.
        resamples: The number of bootstrap resamples that decide; 0: the t-distribution decides.
        pairs: What pairs the runs, in the plural.
    """

    task: str
    baseline: str
    metric: Metric
    mine: Sequence[float | None]
    theirs: Sequence[float | None]
    edges: Sequence[str] = ()
    resamples: int = 0
    pairs: str = "seeds"

    def __post_init__(self) -> None:
        """Check that the runs are paired."""
        if len(self.mine) != len(self.theirs):
            raise ValueError(
                f"`mine` has {len(self.mine)} runs and `theirs` {len(self.theirs)}; pair them by seed"
            )

    @cached_property
    def differences(self) -> NDArray[np.float64]:
        """How much better the contender is, a number for each seed: positive where the claim is right."""
        sign = 1 if self.metric.higher else -1
        gain: NDArray[np.float64] = sign * (self.metric.scores(self.mine) - self.metric.scores(self.theirs))
        return gain

    @property
    def effect(self) -> float:
        """The smallest difference that counts, in units of the score."""
        scale = abs(float(np.mean(self.metric.scores(self.theirs)))) if self.metric.relative else 1.0
        return self.metric.effect * scale

    def p_value(self, sign: int) -> float:
        """The two-sided test's chance of so large a mean, if it were `sign` times the effect.

        1 where the mean lies on the near side of it. Runs that all differ by the same amount have no
        variance: the t-test's chance is then 0 or 1.
        """
        if self.resamples:
            return chance_below(sign * self._means, self.effect)
        beyond = sign * self.differences - self.effect
        mean, deviation = float(np.mean(beyond)), float(np.std(beyond, ddof=1))
        if mean <= 0 or len(beyond) < 2:
            return 1.0
        if deviation == 0:
            return 0.0
        from scipy.stats import t as student

        return float(2 * student.sf(mean / deviation * math.sqrt(len(beyond)), len(beyond) - 1))

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the mean difference, without Holm's correction."""
        if self.resamples:
            return percentile_interval(self._means, LEVEL)
        return t_interval(self.differences)

    @cached_property
    def _means(self) -> NDArray[np.float64]:
        """The resampled mean differences."""
        return resampled_means(self.differences, self.resamples)

    def sentence(self, side: Side) -> str:
        """What was seen."""
        # A mean of rounded scores that cancel is 0, not 1e-15.
        gain = round(float(np.mean(self.differences)), 12)
        low, high = self.interval if gain >= 0 else [-end for end in reversed(self.interval)]
        return (
            f"{self.task}, {self.metric.name}: {'better' if gain >= 0 else 'worse'} than {self.baseline} by "
            f"{abs(gain):.3g} [{low:.3g}, {high:.3g}] over {len(self.differences)} {self.pairs}, {side.value}"
            + (f" (at the edge: {', '.join(self.edges)})" if self.edges else "")
        )


def t_interval(values: Sequence[float] | NDArray[np.float64], level: float = LEVEL) -> tuple[float, float]:
    """The interval of a mean by the t-distribution, which misses it with the chance `level`."""
    from scipy.stats import t as student

    n, mean = len(values), float(np.mean(values)) if len(values) else 0.0
    if n < 2:
        return -math.inf, math.inf
    half = float(student.isf(level / 2, n - 1) * np.std(values, ddof=1) / math.sqrt(n))
    return mean - half, mean + half


def sides(comparisons: Sequence[Comparison], *, fewest: int = FEWEST["cpu"]) -> list[Side]:
    """Where each difference lies, with Holm's correction over all of them, for either side.

    Args:
        comparisons: Every comparison that the claim names.
        fewest: The number of paired runs below which a comparison stays open.
    """
    beyond = {sign: _holm([c.p_value(sign) for c in comparisons]) for sign in (1, -1)}
    found = []
    for k, comparison in enumerate(comparisons):
        low, high = comparison.interval
        side = Side.OPEN
        if len(comparison.differences) < fewest:
            pass
        elif beyond[1][k]:
            side = Side.CLAIMED
        elif beyond[-1][k]:
            side = Side.OTHER
        elif -comparison.effect <= low and high <= comparison.effect:
            side = Side.SMALL
        edge = comparison.edges and side in {Side.CLAIMED, Side.OTHER}
        found.append(Side.EDGE if edge else side)
    return found


def rule(found: Sequence[Side], *, reduced: bool) -> ClaimVerdict:
    """The verdict of a claim that names these comparisons.

    TRUE: all lie on the claimed side. FALSE: some lie on the other side and none on the claimed one. PARTLY:
    some lie on the claimed side. NOT_SUPPORTED: anything else.

    Args:
        found: Where each difference lies.
        reduced: Whether the runs are smaller than the paper's, see `at_size`.

    Raises:
        ValueError: there is no comparison.
    """
    if not found:
        raise ValueError("`found` is empty; a claim about optimizers names at least one comparison")
    claimed = [side is Side.CLAIMED for side in found]
    if all(claimed):
        verdict = ClaimVerdict.TRUE
    elif any(claimed):
        verdict = ClaimVerdict.PARTLY
    else:
        verdict = ClaimVerdict.FALSE if Side.OTHER in found else ClaimVerdict.NOT_SUPPORTED
    return at_size(verdict, reduced=reduced)


def at_size(verdict: ClaimVerdict, *, reduced: bool) -> ClaimVerdict:
    """A verdict of runs that may be smaller than the paper's.

    What holds is then shown for this size only, PARTLY, and what fails is not seen at this size,
    NOT_SUPPORTED: a reduced size neither proves nor refutes a figure.
    """
    weaker = {ClaimVerdict.TRUE: ClaimVerdict.PARTLY, ClaimVerdict.FALSE: ClaimVerdict.NOT_SUPPORTED}
    return weaker.get(verdict, verdict) if reduced else verdict


def _holm(p_values: Sequence[float]) -> list[bool]:
    """Which hypotheses Holm's step-down procedure rejects at `LEVEL`."""
    order = np.argsort(p_values)
    rejected = [False] * len(p_values)
    for rank, k in enumerate(order):
        if p_values[k] > LEVEL / (len(p_values) - rank):
            break
        rejected[k] = True
    return rejected
