"""The mean over noise as an interval, never as a bare number.

* `enumerated_mean`: the noise has finitely many outcomes and all were played; only rounding remains.
* `mean_interval`: independent replicates of a quantity whose range is known on one or both sides. It holds at
  its level for every number of replicates, even two, and may be inspected after every new one. Verdicts use
  only it and `enumerated_mean`.
* `asymptotic_sequence`: independent replicates of a quantity of unknown range. Its level is reached only in
  the limit of many replicates: an estimate for tables and plots, on which no verdict rests.

Sources: I. Waudby-Smith, A. Ramdas. Estimating means of bounded random variables by betting. JRSS B 86, 2024,
Theorem 3 (hedged capital). I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas. Time-uniform central
limit theory and asymptotic confidence sequences. Annals of Statistics 52, 2024, Theorem 2.2.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from bounds.borders import proper_share
from online_sim.borders import Floats, as_numbers
from theory.borders import WrongType, as_number, must, shown, whole

UNIT = float(np.finfo(np.float64).eps) / 2
"""Unit roundoff of float64: one operation is within this relative error."""

WEIGHT_ERROR = 64 * UNIT
"""The relative error allowed for a probability given as a float."""

ENUMERATED = "exact enumeration"
BETTING = "confidence sequence by betting"
UNBOUNDED = "no interval, as no range is known"
ASYMPTOTIC = "asymptotic confidence sequence"

TUNED_AT = 100
"""The number of replicates at which the asymptotic sequence is narrowest; fixed before looking."""

SHARES = (0.95, 0.5, 0.2, 0.07, 0.02, 0.007, 0.002, 0.0007)
"""The shares of the capital staked on every replicate, each by a separate gambler. Large shares win when
replicates hardly differ, as averages over many rounds do. Small ones win when large values are rare, and with
thousands of replicates. Not knowing which is best costs a single factor of 8 in wealth."""

BISECTIONS = 50

RATIO_LIMIT = 1e300


@dataclass(frozen=True, eq=False)
class Mean:
    """A mean and the interval that contains it, one entry per column: shape () or (K,).

    estimate: the (weighted) sample mean. lower, upper: the interval around the estimate, infinite on a side
    about which nothing is known. method: `ENUMERATED`, `BETTING`, `UNBOUNDED` or `ASYMPTOTIC`; level: the
    confidence, 1.0 for an enumeration. asymptotic: whether the level is reached only in the limit of many
    replicates, so that the interval supports no verdict.
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


def enumerated_mean(values: ArrayLike, weights: ArrayLike | Sequence[Fraction]) -> Mean:
    """Mean of values (R,) or (R, K) whose row r has probability weights[r].

    weights (R,): `Fraction`s, not negative, of sum exactly 1; or floats that stand for probabilities within a
    relative `WEIGHT_ERROR`, as a product of a few dozen does. The interval contains the exact mean of the
    given float values; rounding inside the values themselves is not covered.
    """
    rows, shape = _rows(values, "values")
    probability, weight_error = _probabilities(weights, rows.shape[0])
    products = rows * probability[:, None]
    estimate = np.array([math.fsum(column) for column in products.T.tolist()])
    # Besides the weights: a product is within UNIT |w v|, the correctly rounded sum within UNIT |sum|; UNIT
    # for this bound's own rounding. Below the normal range a weight and a product err by the smallest float.
    scale = np.array([math.fsum(column) for column in np.abs(products).T.tolist()])
    slack = (weight_error + 3 * UNIT) * scale
    slack += 5e-324 * (np.count_nonzero(rows, axis=0) + np.abs(rows).sum(axis=0))
    return _mean(estimate, estimate - slack, estimate + slack, ENUMERATED, 1.0, shape)


def mean_interval(
    values: ArrayLike,
    *,
    level: float,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    simultaneous: bool = True,
) -> Mean:
    """Interval for the mean of independent replicates, valid for every number of them at every look.

    values (R,) or (R, K): replicate r in row r, in the order played. low, high: numbers, or (K,), with every
    possible value between them; None or an infinite number if no such end is known. The mean of each column
    lies in its interval with probability `level`; simultaneous=True: the means of all K columns lie in theirs
    with probability `level` (union bound). Raises ValueError for a value outside [low, high], which
    contradicts the range, and for wrong input.

    **Why it holds.** Let Y = X - low >= 0 have the mean y, and let m > 0. A gambler who risks the share c_i
    of the capital on replicate i has the wealth W_n(m) = prod_{i <= n} (1 - c_i + c_i Y_i/m). With c_i in
    [0, 1), a function of Y_1, ..., Y_{i-1}, no factor is negative, and for y <= m the mean of a factor given
    the past is 1 + c_i (y/m - 1) <= 1: W(m) is a nonnegative supermartingale that starts at 1. No upper end
    of Y is needed. By Ville's inequality P(some W_n(y) >= 1/a) <= a.

    Each factor falls in m, hence so does W_n, {m: W_n(m) >= 1/a} is an interval that begins at 0, and its
    end, found by bisection, is above y with probability at most a. Here c_i is a constant c, and the wealth
    is the average over a grid of c (`SHARES`): a supermartingale that also falls in m, and nothing has to be
    tuned to the spread or the size of the values. The upper end of the mean is high minus the lower end of
    the mean of high - X.

    a = (1 - level)/K, halved if both ends are wanted (Theorem 3 of Waudby-Smith and Ramdas, for which both
    ends are known); a side without a known end is infinite and costs nothing. Intervals of earlier looks are
    not intersected with: allowed, hardly narrower, and the intersection may come out empty.

    **Rounding.** Float values are taken as they are. A factor is computed within 128 unit roundoffs (it is
    at least 1 - c >= 1/20), a sum of R logarithms within R roundoffs of the sum of their sizes; the wealth
    must exceed 1/a by that much. The bisection returns its outer side.
    """
    level = proper_share("level", level, "0.99")
    rows, shape = _rows(values, "values")
    ends = _range_ends(low, high, rows)
    known = [np.isfinite(end) for end in ends]
    miss = (1 - level) / (rows.shape[1] if simultaneous else 1) / np.maximum(1, known[0] + 1.0 * known[1])
    lower, upper = np.full(rows.shape[1], -np.inf), np.full(rows.shape[1], np.inf)
    k = known[0]
    lower[k] = _above(rows[:, k], ends[0][k], miss[k])
    k = known[1]
    upper[k] = -_above(-rows[:, k], -ends[1][k], miss[k])
    method = BETTING if np.any(known) else UNBOUNDED
    return _mean(rows.mean(axis=0), lower, upper, method, level, shape)


def asymptotic_sequence(
    values: ArrayLike, *, level: float, simultaneous: bool = False, tuned_at: int = TUNED_AT
) -> Mean:
    """An interval of unknown validity for the mean of independent replicates, never the basis of a verdict.

    Theorem 2.2 of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, a normal mixture boundary.

    values (R,) or (R, K) as in `mean_interval`. It needs finite variance, undercovers when R is small (below
    about 30, or far more if large values are rare), is infinite for R < 2, and has zero width if all
    replicates agree. tuned_at: the R at which it is narrowest, to be chosen before looking at the values.
    """
    from scipy.special import lambertw

    level = proper_share("level", level, "0.99")
    if whole("tuned_at", tuned_at) < 1:
        raise ValueError(f"`tuned_at` = {tuned_at!r} must be a positive number of replicates, at least 1")
    rows, shape = _rows(values, "values")
    count, miss = len(rows), (1 - level) / (rows.shape[1] if simultaneous else 1)
    # With u = t rho^2 the squared width is (1 + 1/u)(log(1 + u) - 2 log miss); its minimum solves
    # u = log(1 + u) - 2 log miss, that is 1 + u = -W_{-1}(-miss^2/e).
    u = (-float(lambertw(-(miss**2) / math.e, k=-1).real) - 1) * count / tuned_at
    width = math.sqrt((1 + 1 / u) * (math.log1p(u) - 2 * math.log(miss)) / count)
    centre = rows.mean(axis=0)
    half = width * rows.std(axis=0) if count > 1 else np.full_like(centre, np.inf)
    return _mean(centre, centre - half, centre + half, ASYMPTOTIC, level, shape)


def _mean(
    estimate: Floats, lower: Floats, upper: Floats, method: str, level: float, shape: tuple[int, ...]
) -> Mean:
    """The `Mean`, with the estimate inside its interval."""
    lower, upper = np.minimum(lower, estimate), np.maximum(upper, estimate)
    return Mean(estimate.reshape(shape), lower.reshape(shape), upper.reshape(shape), method, level)


def _rows(values: ArrayLike, name: str) -> tuple[Floats, tuple[int, ...]]:
    """The values as (R, K), and the shape of the result."""
    array = as_numbers(values)
    if array is None:
        raise WrongType(must(name, values, "real numbers of shape (R,) or (R, K)"))
    if array.ndim not in (1, 2) or array.shape[0] == 0:
        raise ValueError(f"`{name}` has shape {array.shape}; give (R,) or (R, K) with R > 0 replicates")
    if not np.all(np.isfinite(array)):
        bad = int(np.flatnonzero(~np.isfinite(array.reshape(array.shape[0], -1)).all(axis=1))[0])
        raise ValueError(
            f"`{name}` is not finite in replicate {bad}: the run diverged, so its mean is meaningless"
        )
    return array.reshape(array.shape[0], -1), array.shape[1:]


def _probabilities(weights: ArrayLike | Sequence[Fraction], count: int) -> tuple[Floats, float]:
    """The weights as floats, and their largest relative error."""
    entries = list(np.asarray(weights, dtype=object).ravel())
    if len(entries) != count:
        raise ValueError(
            f"`weights` has {len(entries)} entries for {count} outcomes; one per row of `values`"
        )
    if any(as_number(w) is None for w in entries):
        raise WrongType(must("weights", weights, "probabilities, one per row of `values`"))
    rational = all(isinstance(w, Fraction | int) for w in entries)
    total = sum(entries, Fraction(0)) if rational else math.fsum(map(float, entries))
    close = total == 1 if rational else abs(total - 1) <= WEIGHT_ERROR
    if not close or min(entries) < 0:
        raise ValueError(
            f"`weights` must be probabilities of sum 1, got smallest {min(entries)}, sum {total}"
        )
    return np.array([float(w) for w in entries]), UNIT if rational else WEIGHT_ERROR


def _range_ends(low: ArrayLike | None, high: ArrayLike | None, rows: Floats) -> tuple[Floats, Floats]:
    """Both ends of the range, (K,) each, checked against the values."""
    found = []
    for name, given, unknown in (("low", low, -np.inf), ("high", high, np.inf)):
        end = as_numbers(unknown if given is None else given)
        if end is None:
            raise WrongType(must(name, given, f"a number, or {rows.shape[1]} of them, one for each column"))
        if end.shape not in {(), (rows.shape[1],)} or np.any(np.isnan(end)) or np.any(end == -unknown):
            raise ValueError(
                f"`{name}` = {shown(given)} must be a number, or {rows.shape[1]} of them, one for each column"
            )
        found.append(np.broadcast_to(end, (rows.shape[1],)))
    below, above = rows.min(axis=0), rows.max(axis=0)
    wrong = np.flatnonzero((below < found[0]) | (above > found[1]))
    if wrong.size:
        k = wrong[0]
        raise ValueError(
            f"`low`, `high` = {found[0][k]:g}, {found[1][k]:g} do not contain the values, which lie in "
            f"[{below[k]:.17g}, {above[k]:.17g}]; give a range that holds for every outcome"
        )
    return found[0], found[1]


def _above(rows: Floats, low: Floats, miss: Floats) -> Floats:
    """Lower ends (K,) of the means of rows (R, K) of values >= low, each wrong with chance `miss` (K,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        excess = rows - low
        # A difference beyond the float range is unknown: no capital is risked on that column.
        excess[:, ~np.isfinite(excess).all(axis=0)] = 0.0
        end = _end(excess, miss)
        # Adding the two rounds once; 4 for this bound's own rounding.
        return np.maximum(low + end - 4 * UNIT * (np.abs(low) + end), low)


def _end(excess: Floats, miss: Floats) -> Floats:
    """Where the average wealth falls below 1/miss, per column: the outer side of a bisection."""
    count = excess.shape[0]
    outside = np.zeros(excess.shape[1])
    # Above the largest value every bet loses.
    inside = excess.max(axis=0)
    for _ in range(BISECTIONS):
        m = (outside + inside) / 2
        # An overflowing ratio is replaced by a smaller one: wealth may only be underestimated.
        gain = np.minimum(excess / np.where(m > 0, m, 1.0), RATIO_LIMIT) - 1
        wealths, sizes = [], []
        for share in SHARES:
            logs = np.log1p(share * gain)
            wealths.append(logs.sum(axis=0))
            sizes.append(np.abs(logs).sum(axis=0))
        wealth = np.logaddexp.reduce(wealths, axis=0) - math.log(len(SHARES))
        doubt = UNIT * (128 * count + 128 + count * np.max(sizes, axis=0))
        rejected = (m > 0) & (wealth - doubt >= -np.log(miss))
        outside, inside = np.where(rejected, m, outside), np.where(rejected, inside, m)
    return outside
