"""The mean over noise as an interval, never as a bare number.

* `exact`: the noise has finitely many outcomes and all were played; only rounding is left.
* `confidence_sequence`: independent replicates. The interval may be looked at after every new replicate,
  and replicates may be added until the verdict is clear: the probability that the interval misses the mean
  at any look is at most 1 - level. The fixed-n interval mean +- z s/sqrt(n) loses that as soon as one looks
  twice.

Sources: I. Waudby-Smith, A. Ramdas. Estimating means of bounded random variables by betting. JRSS B 86, 2024,
Theorem 3 (hedged capital). I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas. Time-uniform central
limit theory and asymptotic confidence sequences. Annals of Statistics 52, 2024, Theorem 2.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

UNIT = float(np.finfo(np.float64).eps) / 2
"""Unit roundoff of float64: one operation is within this relative error."""

WEIGHT_ERROR = 64 * UNIT
"""Relative error allowed for a probability that is given as a float."""

ENUMERATED = "exact enumeration"
BETTING = "confidence sequence by betting"
ASYMPTOTIC = "asymptotic confidence sequence"

TUNED_AT = 100
"""The number of replicates at which the asymptotic sequence is narrowest; fixed before looking."""

LARGEST_BET = 0.5
"""A bet never risks more than half of the capital."""

BISECTIONS = 60


@dataclass(frozen=True, eq=False)
class Mean:
    """A mean and the interval that contains it, one entry per column: shape () or (K,).

    estimate: the (weighted) sample mean; lower, upper: the interval, around the estimate; method: one of
    "exact enumeration", "confidence sequence by betting", "asymptotic confidence sequence"; level: the
    confidence, 1.0 for an enumeration. asymptotic: whether the level is reached only in the limit of many
    replicates, so that the interval supports no theorem-like claim.
    """

    estimate: Floats
    lower: Floats
    upper: Floats
    method: str
    level: float

    @property
    def asymptotic(self) -> bool:
        """Whether `level` holds only in the limit."""
        return self.method == ASYMPTOTIC


def exact(values: ArrayLike, weights: ArrayLike | Sequence[Fraction]) -> Mean:
    """Mean of values (R,) or (R, K) whose row r has probability weights[r].

    weights (R,): `Fraction`s, not negative, of sum exactly 1; or floats that stand for probabilities within
    a relative `WEIGHT_ERROR`, as a product of a few dozen does. The interval contains the exact mean of the
    given float values; rounding inside the values themselves is not its concern.
    """
    rows, shape = _rows(values, "values")
    probability, weight_error = _probabilities(weights, rows.shape[0])
    products = rows * probability[:, None]
    estimate = np.array([math.fsum(column) for column in products.T.tolist()])
    # Beside the weights: a product is within UNIT |w v|, the correctly rounded sum within UNIT |sum|; UNIT
    # for this bound's own rounding. Below the normal range a product errs by the smallest float.
    scale = np.array([math.fsum(column) for column in np.abs(products).T.tolist()])
    slack = (weight_error + 3 * UNIT) * scale + rows.shape[0] * 5e-324
    return _mean(estimate, estimate - slack, estimate + slack, ENUMERATED, 1.0, shape)


def confidence_sequence(
    values: ArrayLike,
    *,
    level: float,
    value_range: tuple[float, float] | None = None,
    simultaneous: bool = False,
    tuned_at: int = TUNED_AT,
) -> Mean:
    """Interval for the mean of independent replicates, valid at every number of replicates at once.

    values (R,) or (R, K): replicate r in row r, in the order played. value_range: (a, b) with every possible
    value inside; then the interval holds at `level` for every R (hedged betting). Without it the interval is
    asymptotic: it needs finite variance, undercovers when R is small (below about 30, more for heavy tails),
    is infinite for R < 2, and has no width where all replicates agree. With K columns each column has the
    level by itself; simultaneous=True shares 1 - level among them (union bound). tuned_at: the R at which
    the asymptotic interval is narrowest, to be chosen before looking at the values.
    """
    if not 0 < level < 1:
        raise ValueError(f"`level` = {level!r} must lie strictly between 0 and 1, 0.99 say")
    if tuned_at < 1:
        raise ValueError(f"`tuned_at` = {tuned_at!r} must be a positive number of replicates")
    rows, shape = _rows(values, "values")
    miss = (1 - level) / (rows.shape[1] if simultaneous else 1)
    if value_range is None:
        lower, upper = _asymptotic(rows, miss, tuned_at)
        method = ASYMPTOTIC
    else:
        lower, upper = _betting(rows, miss, value_range)
        method = BETTING
    return _mean(rows.mean(axis=0), lower, upper, method, level, shape)


def _mean(
    estimate: Floats, lower: Floats, upper: Floats, method: str, level: float, shape: tuple[int, ...]
) -> Mean:
    """The record, with the estimate inside its interval."""
    lower, upper = np.minimum(lower, estimate), np.maximum(upper, estimate)
    return Mean(estimate.reshape(shape), lower.reshape(shape), upper.reshape(shape), method, level)


def _rows(values: ArrayLike, name: str) -> tuple[Floats, tuple[int, ...]]:
    """The values as (R, K), and the shape of the answer."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim not in (1, 2) or array.shape[0] == 0:
        raise ValueError(f"`{name}` has shape {array.shape}; give (R,) or (R, K) with R > 0 replicates")
    if not np.all(np.isfinite(array)):
        bad = int(np.flatnonzero(~np.isfinite(array.reshape(array.shape[0], -1)).all(axis=1))[0])
        raise ValueError(
            f"`{name}` is not finite in replicate {bad}: the run diverged, its mean says nothing"
        )
    return array.reshape(array.shape[0], -1), array.shape[1:]


def _probabilities(weights: ArrayLike | Sequence[Fraction], count: int) -> tuple[Floats, float]:
    """The weights as floats, and their largest relative error."""
    entries = list(np.asarray(weights, dtype=object).ravel())
    if len(entries) != count:
        raise ValueError(
            f"`weights` has {len(entries)} entries for {count} outcomes; one per row of `values`"
        )
    rational = all(isinstance(w, Fraction | int) for w in entries)
    total = sum(entries, Fraction(0)) if rational else math.fsum(map(float, entries))
    close = total == 1 if rational else abs(total - 1) <= WEIGHT_ERROR
    if not close or min(entries) < 0:
        raise ValueError(
            f"`weights` must be probabilities of sum 1, got smallest {min(entries)}, sum {total}"
        )
    return np.array([float(w) for w in entries]), UNIT if rational else WEIGHT_ERROR


def _asymptotic(rows: Floats, miss: float, tuned_at: int) -> tuple[Floats, Floats]:
    """Theorem 2.2 of Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: a normal mixture boundary."""
    from scipy.special import lambertw

    count = rows.shape[0]
    centre = rows.mean(axis=0)
    if count < 2:
        return np.full_like(centre, -np.inf), np.full_like(centre, np.inf)
    # With u = t rho^2 the squared width is (1 + 1/u)(log(1 + u) - 2 log miss); its minimum solves
    # u = log(1 + u) - 2 log miss, that is 1 + u = -W_{-1}(-miss^2/e).
    u = (-float(lambertw(-(miss**2) / math.e, k=-1).real) - 1) * count / tuned_at
    half = np.sqrt((1 + 1 / u) * (math.log1p(u) - 2 * math.log(miss)) / count) * rows.std(axis=0)
    return centre - half, centre + half


def _betting(rows: Floats, miss: float, value_range: tuple[float, float]) -> tuple[Floats, Floats]:
    """Theorem 3 of Waudby-Smith, Ramdas: the means m whose hedged capital is below 1/miss.

    For every candidate m one gambler bets that the mean is larger, one that it is smaller, each with half of
    the capital. The first one's wealth falls in m, the second one's rises, so the set of surviving m is an
    interval, and bisection finds its ends. Earlier sets are not intersected with: allowed, hardly narrower,
    and the intersection may come out empty.
    """
    low, high = (float(end) for end in value_range)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"`value_range` = {value_range!r} must be two finite numbers a < b")
    if rows.min() < low or rows.max() > high:
        raise ValueError(
            f"`value_range` = ({low:g}, {high:g}) does not contain the values, which lie in "
            f"[{rows.min():g}, {rows.max():g}]; "
            "give a range that holds for every outcome, or none for the asymptotic interval"
        )
    unit = (rows - low) / (high - low)
    bets = _bets(unit, miss)
    lower = _end(unit, bets, miss)
    upper = 1 - _end(1 - unit, bets, miss)
    width = high - low
    # Scaling back rounds: a few UNIT of the ends of the range.
    slack = 8 * UNIT * max(abs(low), abs(high))
    return np.maximum(low + width * lower - slack, low), np.minimum(low + width * upper + slack, high)


def _bets(unit: Floats, miss: float) -> Floats:
    """Predictable plug-in bets: the bet on a value uses the values before it only."""
    t = np.arange(1, unit.shape[0] + 1)[:, None]
    running = (0.5 + np.cumsum(unit, axis=0)) / (t + 1)
    variance = (0.25 + np.cumsum((unit - running) ** 2, axis=0)) / (t + 1)
    before = np.vstack([np.full((1, unit.shape[1]), 0.25), variance[:-1]])
    return np.asarray(np.sqrt(2 * math.log(2 / miss) / (before * t * np.log(t + 1.0))))


def _end(unit: Floats, bets: Floats, miss: float) -> Floats:
    """The lower end per column: the outer side of a bisection, so that its error only widens."""
    # The logarithm of a product of R factors, each within a few UNIT: a wealth is trusted up to this much.
    threshold = math.log(2 / miss) + 8 * unit.shape[0] * UNIT
    outside = np.zeros(unit.shape[1])
    inside = np.ones(unit.shape[1])
    for _ in range(BISECTIONS):
        m = (outside + inside) / 2
        bet = np.minimum(bets, LARGEST_BET / np.maximum(m, np.finfo(np.float64).tiny))
        wealth = np.sum(np.log1p(bet * (unit - m)), axis=0)
        rejected = wealth >= threshold
        outside, inside = np.where(rejected, m, outside), np.where(rejected, inside, m)
    return outside


__all__ = ["ASYMPTOTIC", "BETTING", "ENUMERATED", "Mean", "confidence_sequence", "exact"]
