"""The intersection of a box and a hyperplane, {x : lower <= x <= upper, <normal, x> = offset}.

The simplex and the capped simplex are of this kind. The weighted projection is in
`kernels.box_hyperplane`; a linear function is maximised by the greedy rule of the fractional knapsack
(Dantzig, Discrete-variable extremum problems, Operations Research 5, 1957).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike

from online_sim.borders import frozen
from online_sim.domains.base import Domain, ProjectionKernel
from online_sim.domains.rounding import (
    EPS,
    ROUNDINGS,
    Vector,
    difference_bounds,
    exact_residual,
    length_bounds,
    scaled_row,
    sum_roundings,
    widened,
)
from online_sim.domains.validate import as_bounds, as_normal, named
from online_sim.frozen import set_fields
from theory.borders import real


@final
@dataclass(frozen=True, eq=False, init=False)
class BoxHyperplane(Domain):
    """X = {x in R^d : lower_i <= x_i <= upper_i, <normal, x> = offset}, compact.

    Args:
        lower: Finite lower bounds, shape (d,), or one number for all coordinates.
        upper: Finite upper bounds, likewise.
        normal: The normal of the hyperplane, shape (d,), not zero.
        offset: The value of <normal, x>.

    Raises:
        ValueError: An argument is not finite or has another shape, the bounds cross, or the hyperplane misses
            the box by more than rounding.
    """

    lower: Vector
    upper: Vector
    normal: Vector
    offset: float

    def __init__(self, lower: ArrayLike, upper: ArrayLike, normal: ArrayLike, offset: float) -> None:
        a = as_normal(normal)
        low, high = map(frozen, as_bounds(lower, upper, a.size))
        b = real("offset", offset)
        least, most = np.minimum(a * low, a * high), np.maximum(a * low, a * high)
        smallest, largest = math.fsum(least), math.fsum(most)
        # The sums are exact; only the products are rounded, each by half an eps of itself.
        slack = EPS * (math.fsum(np.maximum(np.abs(least), np.abs(most))) + abs(b))
        if not smallest - slack <= b <= largest + slack:
            raise ValueError(
                f"`offset` = {b!r} is out of reach: on the box <normal, x> takes the values from "
                f"{smallest!r} to {largest!r}, so the set is empty; pass an offset between "
                "them or widen the bounds"
            )
        set_fields(self, lower=low, upper=high, normal=a, offset=b)

    @property
    def name(self) -> str:
        """Such as ``box_hyperplane(d=3, lower=0, upper=1, normal=1, offset=2)``."""
        return named(
            "box_hyperplane", self.dimension, lower=self.lower, upper=self.upper, normal=self.normal,
            offset=self.offset,
        )  # fmt: skip

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.normal.size)

    def start(self) -> Vector:
        """The point of X nearest to the centre of the box."""
        return self.project(self.lower + 0.5 * (self.upper - self.lower))

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """The two bounds and <normal, variable> == offset."""
        return [variable >= self.lower, variable <= self.upper, self.normal @ variable == self.offset]

    def kernel(self) -> ProjectionKernel:
        """Newton and variable fixing on the multiplier, to rounding; `data` is (b, a, lower, upper)."""
        from online_sim.domains.kernels import box_hyperplane

        a, b, _ = scaled_row(self.normal, self.offset)
        data = np.concatenate(((b,), a, self.lower, self.upper))
        return ProjectionKernel(box_hyperplane, "project_box_hyperplane", data, 3 * self.dimension)

    def _support(self, direction: Vector) -> float:
        """<c, x> at the greedy maximiser."""
        return math.fsum(direction * self._maximiser(direction))

    def _maximiser(self, direction: Vector) -> Vector:
        """The greedy point: from the smallest <normal, x>, raise the terms of largest gain c_i/a_i first."""
        c = direction
        a, b, _ = scaled_row(self.normal, self.offset)
        bound_by_gain = np.where(c > 0.0, self.upper, self.lower)
        low_end = np.where(a > 0.0, self.lower, np.where(a < 0.0, self.upper, bound_by_gain))
        high_end = np.where(a > 0.0, self.upper, self.lower)
        used = np.flatnonzero(a)
        with np.errstate(over="ignore"):
            order = used[np.argsort(-(c[used] / a[used]), kind="stable")]
        room = (a * (high_end - low_end))[order]
        left = -exact_residual(a, low_end, b)
        filled = np.cumsum(room)
        whole = int(np.searchsorted(filled, left, side="right"))
        x = low_end.copy()
        x[order[:whole]] = high_end[order[:whole]]
        if whole < order.size:
            k = order[whole]
            x[k] = min(max(x[k] - exact_residual(a, x, b) / a[k], self.lower[k]), self.upper[k])
        return x

    def _widths(self) -> tuple[Vector, Vector]:
        """Exact up to rounding: each term ranges over its own interval cut with what the others can balance.

        With the terms measured from their least values, m_i = a_i x_i - least_i lies in [0, r_i], and the
        others can make up anything between the sums' distances to the offset.
        """
        a, room, below, above = self._rooms()
        low, high = difference_bounds(self.upper, self.lower)
        used = a != 0.0
        most, least = np.minimum(room, below), np.maximum(room - above, 0.0)
        # Each number is rounded a few times at the size of the room.
        width, error = np.maximum(most - least, 0.0), 8.0 * EPS * (most + least)
        size = np.where(used, np.abs(a), 1.0)
        cut = used & ((below < room) | (above < room))
        # Where the hyperplane does not cut the interval the side is known as well as that of a box.
        lower, upper = widened(np.maximum(width - error, 0.0) / size, (width + error) / size, 2.0)
        return np.where(cut, np.minimum(lower, low), low), np.where(cut, np.minimum(upper, high), high)

    def _two_diameter(self) -> tuple[None, float]:
        """From below the distance of two points found, and from above the bound that follows.

        With m_i as above, sum_i |a_i||x_i - y_i| = sum_i |m_i(x) - m_i(y)| is at most twice the distance of
        the offset to the least or the largest sum, and |x_i - y_i| <= D_i. So |x - y|_2^2 is at most the
        largest sum_i D_i d_i with 0 <= d_i <= D_i and sum_i |a_i| d_i bounded so, a fractional knapsack. On a
        simplex, and on one capped at 1 with a whole total, both ends meet.
        """
        _, widths = self._widths()
        a, _, below, above = self._rooms()
        with np.errstate(over="ignore"):
            largest = float(np.max(widths))
        if not 0.0 < largest < math.inf:
            return None, largest
        unit, weight = widths / largest, np.abs(a)
        budget = 2.0 * min(below, above) / largest
        free = float((unit[weight == 0.0] ** 2).sum())
        used = np.flatnonzero(weight)
        order = used[np.argsort(-(unit[used] / weight[used]), kind="stable")]
        cost = weight[order] * unit[order]
        spent = np.minimum(np.cumsum(cost), budget)
        share = np.diff(spent, prepend=0.0)
        filled = free + float((share * (unit[order] / weight[order])).sum())
        # The sums are off by at most d EPS of themselves, the root by half of that.
        knapsack = largest * math.sqrt(filled) * (1.0 + (self.dimension + 8.0) * EPS)
        return None, min(knapsack, length_bounds(widths, widths)[1])

    def _rooms(self) -> tuple[Vector, Vector, float, float]:
        """(a, the widths of the terms a_i x_i in the box, offset - least sum, largest sum - offset)."""
        a, b, _ = scaled_row(self.normal, self.offset)
        low_end, high_end = (
            np.where(a > 0.0, self.lower, self.upper),
            np.where(a > 0.0, self.upper, self.lower),
        )
        with np.errstate(over="ignore"):
            room = np.abs(a) * (self.upper - self.lower)
        below, above = -exact_residual(a, low_end, b), exact_residual(a, high_end, b)
        # A hyperplane that misses the box by a rounding is taken to touch it.
        return a, room, max(below, 0.0), max(above, 0.0)

    def _contains(self, point: Vector, tolerance: float) -> bool:
        """Whether the box and the equation hold up to `tolerance` times the largest width, and rounding.

        The equation is measured in units of sum_i |a_i|.
        """
        x, slack = point, tolerance * self.diameter()
        around = slack + ROUNDINGS * EPS * np.maximum(np.abs(self.lower), np.abs(self.upper))
        a, b, _ = scaled_row(self.normal, self.offset)
        size = float(np.abs(a * x).sum()) + abs(b)
        equation = slack * float(np.abs(a).sum()) + sum_roundings(self.dimension) * EPS * size
        return bool(
            np.all(x >= self.lower - around)
            and np.all(x <= self.upper + around)
            and abs(exact_residual(a, x, b)) <= equation
        )
