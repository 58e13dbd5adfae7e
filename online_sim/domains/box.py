"""The box {x : lower <= x <= upper}.

The projection is the coordinatewise clip whatever the diagonal weights: the objective
sum_i w_i (y_i - p_i)^2 separates, and each term is smallest at the clip. A zero weight changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import ArrayLike

from online_sim.borders import as_numbers
from online_sim.domains.base import Domain, ProjectionKernel
from online_sim.domains.rounding import EPS, ROUNDINGS, Vector, difference_bounds, length_bounds
from online_sim.domains.validate import as_bounds, as_dimension, distinct, named
from online_sim.frozen import set_fields
from theory.borders import shown

if TYPE_CHECKING:
    from online_sim.domains.oracles import Oracle


@final
@dataclass(frozen=True, eq=False, init=False)
class Box(Domain):
    """X = {x in R^d : lower_i <= x_i <= upper_i}.

    Args:
        lower: Finite lower bounds, shape (d,), or one number for all coordinates.
        upper: Finite upper bounds, likewise.
        dimension: The number of coordinates d; needed only where both bounds are single numbers.

    Raises:
        ValueError: The bounds are not finite, have different lengths, or cross (an empty set).
    """

    lower: Vector
    upper: Vector

    def __init__(self, lower: ArrayLike, upper: ArrayLike, *, dimension: int | None = None) -> None:
        lengths = [len(b) for b in map(as_numbers, (lower, upper)) if b is not None and b.ndim == 1]
        if dimension is None and not lengths:
            as_bounds(lower, upper, 1)
            raise ValueError(
                f"`dimension` is needed because `lower` = {shown(lower)} and `upper` = {shown(upper)} have "
                "no length; pass Box(lower, upper, dimension=d) or arrays of shape (d,)"
            )
        low, high = as_bounds(lower, upper, as_dimension(lengths[0] if dimension is None else dimension))
        set_fields(self, lower=low, upper=high)

    @property
    def name(self) -> str:
        """Such as ``box(d=10, lower=-1, upper=1)``."""
        return named("box", self.dimension, lower=self.lower, upper=self.upper)

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.lower.size)

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

    def half_spaces(self) -> tuple[Vector, Vector]:
        """x <= upper and -x <= -lower."""
        rows = np.eye(self.dimension)
        return np.concatenate((rows, -rows)), np.concatenate((self.upper, -self.lower))

    def linear_minimiser(self) -> Oracle:
        """The corner against which the direction points."""
        from online_sim.domains.oracles import BOX, FIRST, SECOND

        return BOX, {FIRST: self.lower, SECOND: self.upper}

    def kernel(self) -> ProjectionKernel:
        """The clip; engines that fuse it need only `box_bounds`."""
        from online_sim.domains.kernels import box

        return ProjectionKernel(box, "project_box", np.concatenate((self.lower, self.upper)), 0)

    def _project(self, point: Vector, weight: Vector) -> Vector:
        """The clip; the weights have no influence."""
        clipped: Vector = np.minimum(np.maximum(point, self.lower), self.upper)
        return clipped

    def _support(self, direction: Vector) -> float:
        """sum_i max(c_i lower_i, c_i upper_i)."""
        return float(np.maximum(direction * self.lower, direction * self.upper).sum())

    def _maximiser(self, direction: Vector) -> Vector:
        """The corner the direction points at; the middle in coordinates where it is zero."""
        low_or_middle = np.where(direction < 0.0, self.lower, self.start())
        return np.where(direction > 0.0, self.upper, low_or_middle)

    def _contains(self, point: Vector, tolerance: float) -> bool:
        """Whether lower <= point <= upper up to `tolerance` times the largest side, and rounding."""
        blur = ROUNDINGS * EPS * np.maximum(np.abs(self.lower), np.abs(self.upper))
        slack = tolerance * self.diameter() + blur
        return bool(np.all(point >= self.lower - slack) and np.all(point <= self.upper + slack))

    def _widths(self) -> tuple[Vector, Vector]:
        """upper - lower, twice where the subtraction is exact."""
        low, high = difference_bounds(distinct(self.upper), distinct(self.lower))
        return np.broadcast_to(low, (self.dimension,)), np.broadcast_to(high, (self.dimension,))

    def _two_diameter(self) -> tuple[float, float]:
        """The diagonal."""
        low, high = map(distinct, self._widths())
        return length_bounds(low, high, repeats=self.dimension // low.size)
