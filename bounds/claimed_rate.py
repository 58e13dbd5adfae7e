"""A measured exponent against a claimed order T^p (log T)^q.

A slope on log-log axes is local. Two effects separate it from the exponent of a claim, and the interval of
`bounds.rates.FittedSlope` covers neither:

* the claimed curve itself bends: its slope at T is p + q/log T. A least-squares slope is a mean of local
  slopes with weights of one sign, so over a window it lies between the values at the two ends;
* the measured curve has not settled. If corrections to the power law vanish like T^{-delta}, the slope moves
  from decade to decade by steps that shrink by r = 10^{-delta}; after a last step of size s, at most
  s r/(1 - r) is still to come. r <= `contraction` is assumed, never measured: the interval is as good as
  that assumption.
"""

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike

from bounds.borders import proper_share
from bounds.rates import FittedSlope, fit_slope
from theory.borders import instance
from theory.order import Order

CONTRACTION = 2 / 3
"""The largest factor by which the movement shrinks per window: T^{-0.18} or faster for decades."""


class Agreement(Enum):
    """How a measured exponent compares with a claimed one. A finite curve proves none of these."""

    CONSISTENT = "the claimed exponent lies in the interval of the measured one"
    SLOWER = "the measured curve falls more slowly, or grows faster, than claimed"
    FASTER = "the measured curve falls faster, or grows more slowly, than claimed"


@dataclass(frozen=True)
class ClaimedRate:
    """A claimed order compared with a curve.

    slope: the fit over the last window. before: the slope in the window before it. lower, upper: the interval
    of the exponent, which is the slope's interval plus room for further movement. claimed_lower,
    claimed_upper: the slope of the claimed order over the window.
    """

    agreement: Agreement
    claimed: Order
    claimed_lower: float
    claimed_upper: float
    slope: FittedSlope
    before: float
    lower: float
    upper: float

    @property
    def moved(self) -> float:
        """The change of the slope from the previous window to the last one."""
        return self.slope.value - self.before

    def __str__(self) -> str:
        """Such as ``-0.401 [-0.404, -0.398] against T^(-2/5): the claimed exponent lies in ...``."""
        interval = f"{self.slope.value:.3f} [{self.lower:.3f}, {self.upper:.3f}]"
        return f"{interval} against {self.claimed}: {self.agreement.value}"


def compare_rate(
    rounds: ArrayLike,
    values: ArrayLike,
    claimed: Order,
    *,
    decades: float = 1.0,
    level: float = 0.95,
    contraction: float = CONTRACTION,
    seed: int = 0,
) -> ClaimedRate | None:
    """Compare the exponent of a curve with a claimed order.

    Two windows of `decades` each are fitted, the last one and the one before it.

    Args:
        rounds: (K,) increasing positive rounds.
        values: (K,) the curve.
        claimed: T^p (log T)^q.
        decades: the length of a window.
        level: the confidence of the slopes' intervals.
        contraction: the factor, in (0, 1), by which the slope's movement is assumed to shrink per window.
        seed: as for `fit_slope`.

    Returns:
        The comparison; None if a window has fewer than 4 positive values.

    Raises:
        ValueError: `contraction` outside (0, 1), or the claim is "vanishes".
    """
    contraction = proper_share("contraction", contraction, "2/3")
    instance("claimed", claimed, Order, "an Order", "Order(1, 0) for T say")
    if not claimed.p.is_finite:
        raise ValueError(f"`claimed` = {claimed} has no exponent; claim a power of T")
    t = np.asarray(rounds, dtype=np.float64)
    last = fit_slope(t, values, decades=decades, level=level, seed=seed)
    if last is None:
        return None
    # The same slack as in `fit_slope`, for the round that both windows share.
    earlier = t <= t[-1] / 10**decades * (1 + 1e-12)
    before = fit_slope(t[earlier], np.asarray(values)[earlier], decades=decades, level=level, seed=seed)
    if before is None:
        return None
    to_come = abs(last.value - before.value) * contraction / (1 - contraction)
    lower, upper = last.lower - to_come, last.upper + to_come
    claimed_lower, claimed_upper = claimed_slopes(claimed, last.window)
    if lower > claimed_upper:
        agreement = Agreement.SLOWER
    elif upper < claimed_lower:
        agreement = Agreement.FASTER
    else:
        agreement = Agreement.CONSISTENT
    return ClaimedRate(agreement, claimed, claimed_lower, claimed_upper, last, before.value, lower, upper)


def claimed_slopes(claimed: Order, window: tuple[int, int]) -> tuple[float, float]:
    """The smallest and the largest local slope p + q/log T of an order over a window of rounds."""
    p, q = float(claimed.p), float(claimed.q)
    if q == 0:
        return p, p
    if window[0] < 2:
        raise ValueError(f"`window` = {window} begins where log T is 0; take rounds from 2 on")
    ends = [p + q / math.log(T) for T in window]
    return min(ends), max(ends)
