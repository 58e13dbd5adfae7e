"""The box {x : lower <= x <= upper}.

The projection is the coordinatewise clip whatever the diagonal weights: the objective
sum_i w_i (y_i - p_i)^2 separates, and each term is smallest at the clip. A zero weight changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike

from online_sim.borders import as_numbers
from online_sim.domains.base import Domain, ProjectionKernel, Vector
from online_sim.domains.rounding import EPS, ROUNDINGS, difference_bounds, length_bounds
from online_sim.domains.validate import (
    as_bound,
    as_dimension,
    check_norm,
    check_tolerance,
    check_vector,
    check_weight,
    crossed,
    distinct,
    short_array,
)
from theory.borders import shown


@final
@dataclass(frozen=True, eq=False, init=False)
class Box(Domain):
    """X = {x in R^d : lower_i <= x_i <= upper_i}, both bounds finite.

    `lower` and `upper` have shape (d,) and are kept as read-only copies; either may be a scalar when the
    other or `dimension` says d, and then takes the memory of one. ValueError for bounds that are not finite,
    of different lengths, or crossed (an empty set).
    """

    lower: Vector
    upper: Vector

    def __init__(self, lower: ArrayLike, upper: ArrayLike, *, dimension: int | None = None) -> None:
        lengths = [len(b) for b in map(as_numbers, (lower, upper)) if b is not None and b.ndim == 1]
        if dimension is not None:
            d = as_dimension(dimension)
        elif lengths:
            d = as_dimension(lengths[0])
        else:
            for bound, name in ((lower, "lower"), (upper, "upper")):
                as_bound(bound, name=name, dimension=1)
            raise ValueError(
                f"`dimension` is needed because `lower` = {shown(lower)} and `upper` = {shown(upper)} have "
                "no length; pass Box(lower, upper, dimension=d) or arrays of shape (d,)"
            )
        low, high = (
            as_bound(bound, name=name, dimension=d) for bound, name in ((lower, "lower"), (upper, "upper"))
        )
        crossed(low, high)
        object.__setattr__(self, "lower", low)
        object.__setattr__(self, "upper", high)

    @property
    def name(self) -> str:
        """Such as ``box(d=10, lower=-1, upper=1)``."""
        return f"box(d={self.dimension}, lower={short_array(self.lower)}, upper={short_array(self.upper)})"

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.lower.size)

    def project(self, point: Vector, weight: Vector | None = None) -> Vector:
        """The clip of `point`, shape (d,); the weights are checked and have no influence."""
        p = check_vector(point, dimension=self.dimension, name="point")
        check_weight(weight, dimension=self.dimension)
        clipped: Vector = np.minimum(np.maximum(p, self.lower), self.upper)
        return clipped

    def support(self, direction: Vector) -> float:
        """sum_i max(c_i lower_i, c_i upper_i)."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        return float(np.maximum(c * self.lower, c * self.upper).sum())

    def maximiser(self, direction: Vector) -> Vector:
        """The corner the direction points at; the middle in coordinates where it is zero."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        return np.where(c > 0.0, self.upper, np.where(c < 0.0, self.lower, self.start()))

    def coordinate_diameters(self) -> Vector:
        """upper - lower, rounded up."""
        return self.coordinate_diameter_bounds()[1]

    def coordinate_diameter_bounds(self) -> tuple[Vector, Vector]:
        """upper - lower, twice where the subtraction is exact."""
        low, high = difference_bounds(distinct(self.upper), distinct(self.lower))
        d = self.dimension
        return np.broadcast_to(low, (d,)), np.broadcast_to(high, (d,))

    def diameter(self, norm: str = "inf") -> float:
        """The largest side for "inf", the diagonal for "2", rounded up."""
        return self.diameter_bounds(norm)[1]

    def diameter_bounds(self, norm: str = "inf") -> tuple[float, float]:
        """The largest side for "inf", the diagonal for "2"."""
        low, high = map(distinct, self.coordinate_diameter_bounds())
        if check_norm(norm) == "inf":
            return float(np.max(low)), float(np.max(high))
        return length_bounds(low, high, repeats=self.dimension // low.size)

    def contains(self, point: Vector, *, tolerance: float = 0.0) -> bool:
        """Whether lower <= point <= upper up to `tolerance` times the largest side, and rounding."""
        x = check_vector(point, dimension=self.dimension, name="point")
        blur = ROUNDINGS * EPS * np.maximum(np.abs(self.lower), np.abs(self.upper))
        slack = check_tolerance(tolerance) * self.diameter() + blur
        return bool(np.all(x >= self.lower - slack) and np.all(x <= self.upper + slack))

    def start(self) -> Vector:
        """The centre of the box."""
        lower, upper = distinct(self.lower), distinct(self.upper)
        centre = np.minimum(np.maximum(lower + 0.5 * (upper - lower), lower), upper)
        return np.broadcast_to(centre, (self.dimension,))

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """variable >= lower and variable <= upper."""
        return [variable >= self.lower, variable <= self.upper]

    def box_bounds(self) -> tuple[Vector, Vector] | None:
        """(lower, upper)."""
        return self.lower, self.upper

    def kernel(self) -> ProjectionKernel | None:
        """The clip; engines that fuse it need only `box_bounds`."""
        from online_sim.domains.kernels import box

        return ProjectionKernel(box, "project_box", np.concatenate((self.lower, self.upper)), 0)
