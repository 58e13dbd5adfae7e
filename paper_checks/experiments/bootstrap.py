"""The bootstrap of a mean: what it could have been, had other pairs been drawn (Efron 1979).

For many pairs whose differences are far from normal: a run ends in one of several minima, or at a floor.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SEED = 20_210_104
"""The seed of the resamples, the same for all comparisons of equally many pairs."""
_CHUNK = 1_000


def resampled_means(values: NDArray[np.float64], resamples: int) -> NDArray[np.float64]:
    """The means (resamples,) of as many samples with replacement from values (n,)."""
    counts = _counts(len(values), resamples)
    # Whole numbers of one byte are kept; only a part of them is widened at a time.
    parts = [counts[k : k + _CHUNK].astype(np.float64) @ values for k in range(0, resamples, _CHUNK)]
    means: NDArray[np.float64] = np.concatenate(parts) / len(values)
    return means


def percentile_interval(means: NDArray[np.float64], level: float) -> tuple[float, float]:
    """The interval that leaves out a share `level` / 2 of the resampled means on each side."""
    low, high = np.quantile(means, (level / 2, 1 - level / 2))
    return float(low), float(high)


def chance_below(means: NDArray[np.float64], threshold: float) -> float:
    """The two-sided chance of a mean above the threshold if it were not: never 0, at most 1.

    The sample itself counts as one resample (Davison and Hinkley 1997, eq. (4.11)).
    """
    below = int(np.count_nonzero(means <= threshold))
    return min(1.0, 2 * (1 + below) / (1 + len(means)))


@lru_cache(maxsize=2)
def _counts(n: int, resamples: int) -> NDArray[np.uint8]:
    """How often each of n values is drawn in each resample, (resamples, n)."""
    generator = np.random.default_rng(SEED)
    counts = np.empty((resamples, n), dtype=np.uint8)
    for k in range(0, resamples, _CHUNK):
        rows = min(_CHUNK, resamples - k)
        drawn = generator.integers(0, n, (rows, n)) + n * np.arange(rows)[:, None]
        counts[k : k + rows] = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
    counts.setflags(write=False)
    return counts
