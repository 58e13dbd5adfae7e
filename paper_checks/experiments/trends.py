"""Whether a norm falls or rises during training: what claims about Figures 1 and 2 share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from paper_checks.experiments.norms import Norms
from paper_checks.experiments.registry import experiment_of
from paper_checks.experiments.results import Results, Supply
from paper_checks.experiments.verdict import FEWEST, LEVEL, t_interval


@dataclass(frozen=True)
class Trend:
    """The slope of a norm over the seeds of one setting.

    Args:
        contender: The optimizer.
        rate: Its learning rate.
        tensor: The tensor, or the whole gradient.
        slopes: The change of log10 of the norm in an epoch, one a seed.
        tested: The number of trends that are tested together.
    """

    contender: str
    rate: float
    tensor: str
    slopes: Sequence[float]
    tested: int

    @property
    def mean(self) -> float:
        """The mean slope; NaN if every run diverged."""
        return float(np.mean(self.slopes)) if self.slopes else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The interval of the mean slope; all of them together hold with 95 %."""
        return t_interval(self.slopes, LEVEL / self.tested)

    @property
    def falls(self) -> bool:
        """Whether the norm certainly falls."""
        return len(self.slopes) >= FEWEST["cpu"] and self.interval[1] < 0

    @property
    def rises(self) -> bool:
        """Whether the norm certainly rises."""
        return len(self.slopes) >= FEWEST["cpu"] and self.interval[0] > 0

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.contender} at rate {self.rate:g}, {self.tensor}: {self.mean:+.3f} "
            f"[{low:+.3f}, {high:+.3f}]"
        )


def norms_named(name: str, supply: Supply) -> tuple[Norms, Results]:
    """An experiment of this kind with its results.

    Raises:
        TypeError: the experiment is of another kind.
        NotStored: it has no results.
    """
    found = experiment_of(name, Norms)
    return found, supply(found)


def trends(
    norms: Norms,
    results: Results,
    tensors: Sequence[str],
    contenders: Sequence[str],
    *,
    number: str = "slope",
) -> list[Trend]:
    """The trend of each tensor for each contender at each rate; a diverged run is left out.

    Args:
        norms: The experiment.
        results: Its runs.
        tensors: The tensors, or the whole gradient.
        contenders: The optimizers.
        number: The slope of which norm, by the name under which runs keep it.
    """
    count = len(tensors) * len(contenders) * len(norms.rates)
    return [
        Trend(
            c,
            rate,
            tensor,
            [run.numbers[f"{number}, {tensor}"] for run in norms.finished(results.runs, c, rate)],
            count,
        )
        for c in contenders
        for rate in norms.rates
        for tensor in tensors
    ]


def counted(found: Sequence[Trend]) -> str:
    """How many fall, rise, and neither."""
    falling, rising = sum(t.falls for t in found), sum(t.rises for t in found)
    return f"{falling} fall, {rising} rise, {len(found) - falling - rising} are not decided"


def numbers(found: Sequence[Trend]) -> Mapping[str, float]:
    """The mean slopes by setting."""
    return {f"{t.contender}, {t.rate:g}, {t.tensor}": t.mean for t in found if t.slopes}
