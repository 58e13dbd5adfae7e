"""The l1 ball {x : |x - centre|_1 <= radius}.

The weighted projection keeps the signs of point - centre, so it is that of the absolute values onto
{y >= 0, sum y <= radius}: the simplex's problem, solved by the same kernel (`kernels.simplex`).
"""

from __future__ import annotations

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
class L1Ball(Domain):
    """X = {x in R^d : |x - centre|_1 <= radius}, radius > 0, `centre` of shape (d,) (None: the origin).

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
        """Such as ``l1_ball(d=30, radius=5)``; a centre off the origin is added."""
        centre = f", centre={short_array(self.centre)}" if self.centre.any() else ""
        return f"l1_ball(d={self.dimension}, radius={short_number(self.radius)}{centre})"

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.centre.size)

    def project(self, point: Vector, weight: Vector | None = None) -> Vector:
        """Weighted projection, shape (d,), exact up to rounding."""
        return project_with_kernel(self, point, weight)

    def support(self, direction: Vector) -> float:
        """<c, centre> + radius |c|_inf."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        return float(c @ self.centre) + self.radius * float(np.max(np.abs(c)))

    def maximiser(self, direction: Vector) -> Vector:
        """The vertex at the first largest |c_i|; the centre for c = 0."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        vertex = self.centre.copy()
        i = int(np.argmax(np.abs(c)))
        vertex[i] += self.radius * float(np.sign(c[i]))
        return vertex

    def coordinate_diameters(self) -> Vector:
        """2 radius in every coordinate."""
        return np.full(self.dimension, 2.0 * self.radius)

    def coordinate_diameter_bounds(self) -> tuple[Vector, Vector]:
        """2 radius in every coordinate; exact."""
        high = self.coordinate_diameters()
        return finite_below(high), high

    def diameter(self, norm: str = "inf") -> float:
        """2 radius in both norms (between opposite vertices); exact."""
        check_norm(norm)
        return 2.0 * self.radius

    def diameter_bounds(self, norm: str = "inf") -> tuple[float, float]:
        """2 radius in both norms; exact."""
        high = self.diameter(norm)
        return float(finite_below(high)), high

    def contains(self, point: Vector, *, tolerance: float = 0.0) -> bool:
        """Whether |x - centre|_1 <= radius up to `tolerance` times the diameter, and rounding."""
        x = check_vector(point, dimension=self.dimension, name="point")
        away = np.abs(x - self.centre)
        # Divided by the radius first, so that the sums of tiny or huge balls stay in range.
        blur = ROUNDINGS * EPS * float(((np.abs(self.centre) + away) / self.radius).sum())
        blur += sum_roundings(self.dimension) * EPS
        return float((away / self.radius).sum()) <= 1.0 + 2.0 * check_tolerance(tolerance) + blur

    def start(self) -> Vector:
        """The centre."""
        return self.centre.copy()

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """norm(variable - centre, 1) <= radius."""
        import cvxpy

        return [cvxpy.norm(variable - self.centre, 1) <= self.radius]

    def kernel(self) -> ProjectionKernel:
        """Newton on the simplex's multiplier; `data` is (radius, centre)."""
        from online_sim.domains.kernels import simplex

        data = np.concatenate(((self.radius,), self.centre))
        return ProjectionKernel(simplex, "project_l1_ball", data, 7 * self.dimension)
