"""Separable cumulative losses on a box: one convex function of one variable a coordinate, by bisection.

Works for any convex function, kinks included: the bracket [low, high] keeps slope(low) <= 0 <= slope(high),
and the mixture of the two tangents with slope zero is the certificate. A weighted median is the case of
absolute losses.
"""

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.parts import Coordinates, Tangents

Array = NDArray[np.float64]
HALVINGS = 80


def bisect(part: Coordinates, lower: Array, upper: Array, base: Array) -> tuple[Array, Tangents]:
    """The minimiser on the box, shape (d,), and a minorant from `base` that is tight there."""
    low, high = lower.copy(), upper.copy()
    # Where the slope points out of the box, the bracket is that corner.
    at_low, at_high = part.slopes(low), part.slopes(high)
    high = np.where(at_low >= 0.0, low, high)
    low = np.where((at_high <= 0.0) & (at_low < 0.0), high, low)
    for _ in range(HALVINGS):
        middle = 0.5 * low + 0.5 * high
        open_ = (low < middle) & (middle < high)
        if not open_.any():
            break
        slope = part.slopes(middle)
        low = np.where(open_ & (slope <= 0.0), middle, low)
        high = np.where(open_ & (slope >= 0.0), middle, high)
    left, right = part.tangents(low, base), part.tangents(high, base)
    rise = right.slope - left.slope
    with np.errstate(all="ignore"):
        share = np.where(rise > 0.0, np.clip(right.slope / rise, 0.0, 1.0), 1.0)
    z = np.where(part.values(low) <= part.values(high), low, high)
    return z, left.mix(right, share)
