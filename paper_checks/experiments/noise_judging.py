"""From stored runs to what they say of the kurtosis of noise: what claims of section 2.4 share.

A diverged run has no numbers, and its seed is left out of all noises of its epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paper_checks.claim import ClaimVerdict
from paper_checks.experiments.averaging import average
from paper_checks.experiments.contender import named
from paper_checks.experiments.noise import KURTOSIS, PLAIN, Noise
from paper_checks.experiments.results import Results
from paper_checks.experiments.tails import kurtosis
from paper_checks.experiments.verdict import FEWEST, at_size, t_interval

Array = NDArray[np.float64]

CONTROL_COORDINATES = 2_000
CLOSER, MUCH_CLOSER = 0.0, 0.5
"""The closed share above which one noise is closer, and much closer."""


@dataclass(frozen=True)
class Cell:
    """A quantity after some epochs, one number a seed.

    Args:
        epoch: The number of epochs.
        values: The numbers.
    """

    epoch: int
    values: Array

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the mean; every number, where there are too few seeds."""
        return t_interval(self.values if len(self.values) >= FEWEST["cpu"] else [])

    def __str__(self) -> str:
        low, high = self.interval
        mean = float(np.mean(self.values)) if len(self.values) else np.nan
        return f"{mean:.2f} [{low:.2f}, {high:.2f}]"

    def __neg__(self) -> Cell:
        return Cell(self.epoch, -self.values)

    def above(self, threshold: float) -> bool:
        """Whether the mean certainly lies above."""
        return self.interval[0] > threshold


def measured(noise: Noise, results: Results, estimator: str = KURTOSIS) -> dict[int, dict[str, Array]]:
    """By epoch and kind of noise, an estimate for each seed."""
    return {
        epoch: {
            kind: np.array(noise.values(results.runs, epoch, f"{estimator}, {kind}")) for kind in noise.kinds
        }
        for epoch in noise.epochs
    }


def closed_shares(table: dict[int, dict[str, Array]], mine: str, theirs: str) -> list[Cell]:
    """Which share of the distance from `theirs` to SGD's noise is closed by `mine`: 0 none, 1 all of it."""
    return [
        Cell(epoch, (found[mine] - found[theirs]) / (found[PLAIN] - found[theirs]))
        for epoch, found in table.items()
    ]


def much_closer(shares: Sequence[Cell], *, reduced: bool) -> ClaimVerdict:
    """The verdict of "much closer", fixed before the runs.

    TRUE: the share is certainly above 1/2 in every cell. PARTLY: it is certainly above 0 in some. FALSE: it
    is certainly above 0 in none. What a reduced size makes of these says `at_size`.
    """
    if all(cell.above(MUCH_CLOSER) for cell in shares):
        verdict = ClaimVerdict.TRUE
    elif any(cell.above(CLOSER) for cell in shares):
        verdict = ClaimVerdict.PARTLY
    else:
        verdict = ClaimVerdict.FALSE
    return at_size(verdict, reduced=reduced)


def gaussian_kurtosis(noise: Noise, averaged: str, seed: int) -> tuple[float, float]:
    """What a measurement of this size reads on Gaussian noise: as it is, and averaged by an algorithm.

    Both are 3 without the error of finite samples. An exponential mean has few independent values, so that
    its estimate lies below 3: a comparison has to beat this.
    """
    drawn = np.random.default_rng(seed).standard_normal((noise.minibatches, CONTROL_COORDINATES))
    contender = named(noise.measured, averaged)
    plain, mean = drawn[noise.dropped :], average(contender, drawn)[noise.dropped :]
    return kurtosis(plain), kurtosis(mean)


def joined(formal: ClaimVerdict, shown: bool) -> ClaimVerdict:
    """The verdict of a claim with a formal part and a measured one.

    Args:
        formal: The verdict of the formal part.
        shown: Whether every measurement shows what is claimed.
    """
    if formal is ClaimVerdict.TRUE:
        return ClaimVerdict.TRUE if shown else ClaimVerdict.PARTLY
    return ClaimVerdict.PARTLY if shown else formal
