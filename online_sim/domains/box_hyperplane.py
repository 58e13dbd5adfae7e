"""The intersection of a box and a hyperplane, {x : lower <= x <= upper, <normal, x> = offset}.

The simplex and the capped simplex are of this kind. The weighted projection is in
`kernels.box_hyperplane`; a linear function is maximised by the greedy rule of the fractional knapsack
(Dantzig, Discrete-variable extremum problems, Operations Research 5, 1957).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike

from online_sim.domains.base import Domain, ProjectionKernel, Vector
from online_sim.domains.half_space import as_normal, scaled_row
from online_sim.domains.validate import (
    as_array,
    as_finite,
    check_norm,
    check_tolerance,
    check_vector,
    project_with_kernel,
    short_array,
    short_number,
)

_EPS = float(np.finfo(np.float64).eps)


@final
@dataclass(frozen=True, eq=False, init=False)
class BoxHyperplane(Domain):
    """X = {x in R^d : lower_i <= x_i <= upper_i, <normal, x> = offset}, compact.

    `normal` has shape (d,) and is not zero; `lower` and `upper` are finite and have shape (d,) or are
    scalars. ValueError for arguments that are not finite or of other shapes, crossed bounds, or a
    hyperplane that misses the box by more than rounding. All are kept as read-only copies.
    """

    lower: Vector
    upper: Vector
    normal: Vector
    offset: float

    def __init__(self, lower: ArrayLike, upper: ArrayLike, normal: ArrayLike, offset: float) -> None:
        a = as_normal(normal)
        d = a.size
        low, high = (
            as_array(np.full(d, bound) if np.ndim(bound) == 0 else bound, name=name, shape=(d,))
            for bound, name in ((lower, "lower"), (upper, "upper"))
        )
        if bool(np.any(low > high)):
            i = int(np.argmax(low > high))
            raise ValueError(
                f"`lower` = {float(low[i])!r} exceeds `upper` = {float(high[i])!r} at index {i}: the box is "
                "empty; swap or correct the bounds"
            )
        b = as_finite(offset, name="offset")
        least, most = np.minimum(a * low, a * high), np.maximum(a * low, a * high)
        smallest, largest = math.fsum(least), math.fsum(most)
        # The sums are exact; only the products are rounded, each by half an eps of itself.
        slack = _EPS * (math.fsum(np.maximum(np.abs(least), np.abs(most))) + abs(b))
        if not smallest - slack <= b <= largest + slack:
            raise ValueError(
                f"`offset` = {b!r} is out of reach: on the box <normal, x> takes the values from "
                f"{smallest!r} to {largest!r}, so the set is empty; pass an offset between "
                "them or widen the bounds"
            )
        for attribute, value in (("lower", low), ("upper", high), ("normal", a), ("offset", b)):
            object.__setattr__(self, attribute, value)

    @property
    def name(self) -> str:
        """Such as ``box_hyperplane(d=3, lower=0, upper=1, normal=1, offset=2)``."""
        return (
            f"box_hyperplane(d={self.dimension}, lower={short_array(self.lower)}, "
            f"upper={short_array(self.upper)}, normal={short_array(self.normal)}, "
            f"offset={short_number(self.offset)})"
        )

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.normal.size)

    def project(self, point: Vector, weight: Vector | None = None) -> Vector:
        """Weighted projection, shape (d,): the root of a monotone piecewise linear equation, to rounding."""
        return project_with_kernel(self, point, weight)

    def support(self, direction: Vector) -> float:
        """<c, x> at the greedy maximiser."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        return math.fsum(c * self.maximiser(c))

    def maximiser(self, direction: Vector) -> Vector:
        """The greedy point: from the smallest <normal, x>, raise the terms of largest gain c_i/a_i first."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        a, b, _ = scaled_row(self.normal, self.offset)
        bound_by_gain = np.where(c > 0.0, self.upper, self.lower)
        low_end = np.where(a > 0.0, self.lower, np.where(a < 0.0, self.upper, bound_by_gain))
        high_end = np.where(a > 0.0, self.upper, self.lower)
        used = np.flatnonzero(a)
        with np.errstate(over="ignore"):
            order = used[np.argsort(-(c[used] / a[used]), kind="stable")]
        room = (a * (high_end - low_end))[order]
        left = b - math.fsum(a * low_end)
        filled = np.cumsum(room)
        whole = int(np.searchsorted(filled, left, side="right"))
        x = low_end.copy()
        x[order[:whole]] = high_end[order[:whole]]
        if whole < order.size:
            k = order[whole]
            rest = (b - math.fsum(a * x)) / a[k]
            x[k] = min(max(x[k] + rest, self.lower[k]), self.upper[k])
        return x

    def coordinate_diameters(self) -> Vector:
        """Exact: a_i x_i ranges over its own interval cut with what the other terms can balance."""
        a, b, _ = scaled_row(self.normal, self.offset)
        least, most = np.minimum(a * self.lower, a * self.upper), np.maximum(a * self.lower, a * self.upper)
        below = np.maximum(least, b - (math.fsum(most) - most))
        above = np.minimum(most, b - (math.fsum(least) - least))
        sides = self.upper - self.lower
        used = a != 0.0
        width = np.maximum(above - below, 0.0)[used] / np.abs(a[used])
        # Where the hyperplane does not cut the interval the side is known without rounding.
        cut = (below > least) | (above < most)
        sides[used] = np.where(cut[used], np.minimum(width, sides[used]), sides[used])
        return sides

    def diameter(self, norm: str = "inf") -> float:
        """Exact for "inf"; for "2" the upper bound (sum_i D_i^2)^(1/2) of the coordinate diameters D_i."""
        widths = self.coordinate_diameters()
        return float(np.max(widths)) if check_norm(norm) == "inf" else float(np.linalg.norm(widths))

    def contains(self, point: Vector, *, tolerance: float = 0.0) -> bool:
        """Whether the box and the equation hold up to `tolerance` times the largest bound.

        The equation is measured in units of sum_i |a_i| times that bound.
        """
        x = check_vector(point, dimension=self.dimension, name="point")
        largest = max(float(np.max(np.abs(self.lower))), float(np.max(np.abs(self.upper))))
        slack = check_tolerance(tolerance) * largest
        a, b, _ = scaled_row(self.normal, self.offset)
        return bool(
            np.all(x >= self.lower - slack)
            and np.all(x <= self.upper + slack)
            and abs(math.fsum(a * x) - b) <= slack * float(np.abs(a).sum())
        )

    def start(self) -> Vector:
        """The point of X nearest to the centre of the box."""
        return self.project(self.lower + 0.5 * (self.upper - self.lower))

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """The two bounds and <normal, variable> == offset."""
        return [variable >= self.lower, variable <= self.upper, self.normal @ variable == self.offset]

    def kernel(self) -> ProjectionKernel:
        """Newton and variable fixing on the multiplier; `data` is (b, a, lower, upper)."""
        from online_sim.domains.kernels import box_hyperplane

        a, b, _ = scaled_row(self.normal, self.offset)
        data = np.concatenate(((b,), a, self.lower, self.upper))
        return ProjectionKernel(box_hyperplane, "project_box_hyperplane", data, 3 * self.dimension)
