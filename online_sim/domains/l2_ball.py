"""The l2 ball {x : |x - centre|_2 <= radius}; its weighted projection is in `kernels.l2_ball`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike

from online_sim.domains.base import Domain, ProjectionKernel, Vector
from online_sim.domains.rounding import EPS, ROUNDINGS, finite_below, sum_roundings
from online_sim.domains.validate import (
    as_centre,
    as_dimension,
    as_positive,
    check_norm,
    check_tolerance,
    check_vector,
    project_with_kernel,
    short_array,
    short_number,
)


@final
@dataclass(frozen=True, eq=False, init=False)
class L2Ball(Domain):
    """X = {x in R^d : |x - centre|_2 <= radius}, radius > 0, `centre` of shape (d,) (None: the origin).

    ValueError for a dimension below 1, a radius that is not a positive number, or a centre that is not
    finite or of another length. `centre` is kept as a read-only copy.
    """

    radius: float
    centre: Vector

    def __init__(self, dimension: int, radius: float = 1.0, centre: ArrayLike | None = None) -> None:
        object.__setattr__(self, "radius", as_positive(radius, name="radius"))
        object.__setattr__(self, "centre", as_centre(centre, dimension=as_dimension(dimension)))

    @property
    def name(self) -> str:
        """Such as ``l2_ball(d=30, radius=5)``; a centre off the origin is added."""
        centre = f", centre={short_array(self.centre)}" if self.centre.any() else ""
        return f"l2_ball(d={self.dimension}, radius={short_number(self.radius)}{centre})"

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.centre.size)

    def project(self, point: Vector, weight: Vector | None = None) -> Vector:
        """Weighted projection, shape (d,): Newton on the secular equation, relative accuracy about 1e-15."""
        return project_with_kernel(self, point, weight)

    def support(self, direction: Vector) -> float:
        """<c, centre> + radius |c|_2."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        return float(c @ self.centre) + self.radius * float(np.linalg.norm(c))

    def maximiser(self, direction: Vector) -> Vector:
        """centre + radius c/|c|_2; the centre for c = 0."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        largest = float(np.max(np.abs(c)))
        if largest == 0.0:
            return self.centre.copy()
        unit = c / largest
        return self.centre + (self.radius / float(np.linalg.norm(unit))) * unit

    def coordinate_diameters(self) -> Vector:
        """2 radius in every coordinate."""
        return np.full(self.dimension, 2.0 * self.radius)

    def coordinate_diameter_bounds(self) -> tuple[Vector, Vector]:
        """2 radius in every coordinate; exact."""
        high = self.coordinate_diameters()
        return finite_below(high), high

    def diameter(self, norm: str = "inf") -> float:
        """2 radius in both norms; exact."""
        check_norm(norm)
        return 2.0 * self.radius

    def diameter_bounds(self, norm: str = "inf") -> tuple[float, float]:
        """2 radius in both norms; exact."""
        high = self.diameter(norm)
        return float(finite_below(high)), high

    def contains(self, point: Vector, *, tolerance: float = 0.0) -> bool:
        """Whether |x - centre|_2 <= radius up to `tolerance` times the diameter, and rounding."""
        x = check_vector(point, dimension=self.dimension, name="point")
        # Divided by the radius first, so that squares of tiny or huge balls stay in range.
        away = np.abs(x - self.centre) / self.radius
        blur = ROUNDINGS * EPS * float(np.linalg.norm(np.abs(self.centre) / self.radius + away))
        blur += sum_roundings(self.dimension) * EPS
        distance = float(np.linalg.norm(away))
        return math.isfinite(distance) and distance <= 1.0 + 2.0 * check_tolerance(tolerance) + blur

    def start(self) -> Vector:
        """The centre."""
        return self.centre.copy()

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """norm(variable - centre, 2) <= radius."""
        import cvxpy

        return [cvxpy.norm(variable - self.centre, 2) <= self.radius]

    def kernel(self) -> ProjectionKernel:
        """Newton on the secular equation; `data` is (radius, centre)."""
        from online_sim.domains.kernels import l2_ball

        data = np.concatenate(((self.radius,), self.centre))
        return ProjectionKernel(l2_ball, "project_l2_ball", data, self.dimension)
