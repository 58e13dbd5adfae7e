"""The exponent of a curve: a slope on log-log axes, with an interval that allows for correlated residuals.

A regret is a sum over rounds, so its relative noise is a random walk: on a logarithmic axis of rounds,
B(T)/sqrt(T) is the stationary Ornstein-Uhlenbeck process with correlation e^(-|log T - log T'|/2). More
checkpoints within the same decade then add almost no information, and the textbook standard error of least
squares, which assumes they do, is far too small. This file uses instead:

* a standard error robust to autocorrelation, from the first cosine weights of the scores (E. Lazarus,
  D. Lewis, J. Stock, M. Watson. HAR inference: recommendations for practice. JBES 36, 2018);
* its critical value from simulated Ornstein-Uhlenbeck residuals at the same checkpoints, not from the t
  table, which assumes a window much longer than the correlation. Exact for Gaussian random-walk noise,
  conservative if the noise decorrelates faster;
* an interval never narrower than that of least squares with the t distribution.

The slope is local: a factor log T bends the curve and tilts the slope, which no interval here corrects.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from bounds.borders import proper_share
from online_sim.borders import Floats, as_numbers
from theory.borders import WrongType, must, real, shown, whole

COSINES = 4
"""The cosine weights in the standard error; with the simulated critical value, 4 to 8 differ little."""

POINTS = 100
"""The most checkpoints used, evenly spread in log T: more would cost time without adding information."""

DRAWS = 4000
"""The simulated residual curves behind a critical value, whose error at level 0.95 is about 2 %."""

CORRELATION_RATE = 0.5
"""The decay per unit of log T of the correlation of B(T)/sqrt(T): Cov = sqrt(min(T, T') / max(T, T'))."""

FEWEST = 4


@dataclass(frozen=True)
class FittedSlope:
    """The exponent of a power law fitted to a curve.

    Args:
        value: the slope.
        lower, upper: its interval.
        standard_error: the robust one, to be used only with the simulated critical value.
        window: first and last round of the fit.
        points: the number of points fitted.
        dropped: the number of rounds in the window without a logarithm (zero, negative or undefined); if
            there are any, the curve is not a power law and the slope is off.
        level: the confidence of the interval.
    """

    value: float
    lower: float
    upper: float
    standard_error: float
    window: tuple[int, int]
    points: int
    dropped: int
    level: float

    def __str__(self) -> str:
        """As shown in a plot: ``slope 0.48 [0.46, 0.51]``."""
        shown = f"slope {self.value:.2f} [{self.lower:.2f}, {self.upper:.2f}]"
        return f"{shown}, {self.dropped} points left out" if self.dropped else shown


def fit_slope(
    rounds: ArrayLike, values: ArrayLike, *, decades: float = 2.0, level: float = 0.95, seed: int = 0
) -> FittedSlope | None:
    """Fit values ~ constant * rounds^slope by least squares of logarithms, over the last `decades` of rounds.

    Source of the standard error: Lazarus, Lewis, Stock, Watson, HAR inference, JBES 36, 2018.

    Args:
        rounds: (K,) increasing positive rounds.
        values: (K,) the curve; of the window's positive values at most `POINTS`, nearest to a grid even in
            log T, are fitted.
        decades: the window is every round of at least rounds[-1] / 10^decades.
        level: the confidence of the interval.
        seed: of the simulated residuals; the same seed gives the same interval.

    Returns:
        The slope with its interval; None if fewer than 4 positive points remain.

    Raises:
        ValueError: different shapes, rounds that do not increase, `decades` or `level` out of range.
    """
    t, y = _curve("rounds", rounds), _curve("values", values)
    decades, level, seed = (
        real("decades", decades),
        proper_share("level", level, "0.95"),
        whole("seed", seed, least=0),
    )
    if t.ndim != 1 or t.shape != y.shape:
        raise ValueError(f"`rounds` {t.shape} and `values` {y.shape} must be two vectors of one length")
    if t.size and not (t[0] > 0 and np.all(np.diff(t) > 0) and np.isfinite(t[-1])):
        raise ValueError(
            f"`rounds` must be positive, finite and increasing, got {shown(t)}; pass trace.rounds"
        )
    if not (math.isfinite(decades) and decades > 0):
        raise ValueError(f"`decades` = {decades!r} must be a positive number, 1 for the last decade")
    # The slack keeps round 10 in the last decade of 100, whatever the rounding of 10^decades.
    window = t >= t[-1] / 10**decades * (1 - 1e-12) if t.size else np.zeros(0, dtype=bool)
    usable = window & np.isfinite(y) & (y > 0)
    if np.count_nonzero(usable) < FEWEST:
        return None
    dropped = int(np.count_nonzero(window) - np.count_nonzero(usable))
    x, z = _thin(np.log(t[usable]), np.log(y[usable]))
    slope, robust, ordinary = (float(part[0]) for part in _fit(x, z[None, :]))
    # Not at the top: a single round has no slope, and this import takes longer than the plot of one.
    from scipy.special import stdtrit

    student = float(stdtrit(x.size - 2, (1 + level) / 2))
    half = max(_critical_value(tuple(x.tolist()), level, seed) * robust, student * ordinary)
    ends = round(math.exp(x[0])), round(math.exp(x[-1]))
    return FittedSlope(slope, slope - half, slope + half, robust, ends, int(x.size), dropped, level)


def _curve(name: str, given: ArrayLike) -> Floats:
    found = as_numbers(given)
    if found is None:
        raise WrongType(must(name, given, "real numbers of shape (K,)", "take them from a trace"))
    return found


def _thin(x: Floats, z: Floats) -> tuple[Floats, Floats]:
    """At most `POINTS` of the points, those nearest to an even grid, including both ends."""
    if x.size <= POINTS:
        return x, z
    grid = np.linspace(x[0], x[-1], POINTS)
    right = np.clip(np.searchsorted(x, grid), 1, x.size - 1)
    nearest = np.unique(np.where(grid - x[right - 1] <= x[right] - grid, right - 1, right))
    return x[nearest], z[nearest]


def _fit(x: Floats, z: Floats) -> tuple[Floats, ...]:
    """The slope, robust and ordinary standard error of each row of z (N, K) against x (K,)."""
    n = x.size
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = z @ centred / spread
    residual = z - z.mean(axis=1, keepdims=True) - slope[:, None] * centred
    orders = np.arange(1, min(COSINES, n - 2) + 1)[:, None]
    cosines = math.sqrt(2 / n) * np.cos(np.pi * orders * (np.arange(n) + 0.5) / n)
    scores = (residual * centred) @ cosines.T
    robust = np.sqrt(n * np.mean(scores**2, axis=1)) / spread
    ordinary = np.sqrt(np.sum(residual**2, axis=1) / (n - 2) / spread)
    return slope, robust, ordinary


@lru_cache(maxsize=256)
def _critical_value(points: tuple[float, ...], level: float, seed: int) -> float:
    """The quantile of |slope error| / robust standard error when the residuals are B(T)/sqrt(T)."""
    x = np.array(points)
    noise = np.random.default_rng(seed).standard_normal((DRAWS, x.size))
    keep = np.exp(-CORRELATION_RATE * np.diff(x))
    for k in range(1, x.size):
        noise[:, k] = keep[k - 1] * noise[:, k - 1] + math.sqrt(1 - keep[k - 1] ** 2) * noise[:, k]
    slope, robust, _ = _fit(x, noise)
    return float(np.quantile(np.abs(slope) / robust, level))
