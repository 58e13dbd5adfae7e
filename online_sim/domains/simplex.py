"""The simplex {x : x >= 0, sum_i x_i = total}; its weighted projection is in `kernels.simplex`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

import numpy as np

from online_sim.domains.base import Domain, ProjectionKernel, Vector
from online_sim.domains.rounding import EPS, ROUNDINGS, exact_residual, root_bounds, sum_roundings
from online_sim.domains.validate import (
    as_dimension,
    as_positive,
    check_norm,
    check_tolerance,
    check_vector,
    project_with_kernel,
    short_number,
)


@final
@dataclass(frozen=True, init=False)
class Simplex(Domain):
    """X = {x in R^d : x_i >= 0, sum_i x_i = total}, total > 0 (1 is the probability simplex).

    ValueError for a dimension below 1 or a total that is not a positive number.
    """

    _dimension: int
    total: float

    def __init__(self, dimension: int, total: float = 1.0) -> None:
        object.__setattr__(self, "_dimension", as_dimension(dimension))
        object.__setattr__(self, "total", as_positive(total, name="total"))

    @property
    def name(self) -> str:
        """Such as ``simplex(d=30, total=1)``."""
        return f"simplex(d={self.dimension}, total={short_number(self.total)})"

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return self._dimension

    def project(self, point: Vector, weight: Vector | None = None) -> Vector:
        """Weighted projection, shape (d,), exact up to rounding."""
        return project_with_kernel(self, point, weight)

    def support(self, direction: Vector) -> float:
        """total * max_i c_i."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        return self.total * float(np.max(c))

    def maximiser(self, direction: Vector) -> Vector:
        """The vertex at the first largest c_i."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        vertex = np.zeros(self.dimension)
        vertex[int(np.argmax(c))] = self.total
        return vertex

    def coordinate_diameters(self) -> Vector:
        """`total` in every coordinate; 0 for d = 1, where the set is one point."""
        return np.full(self.dimension, self.total if self.dimension > 1 else 0.0)

    def diameter(self, norm: str = "inf") -> float:
        """total for "inf", sqrt(2) total for "2", rounded up; 0 for d = 1."""
        return self.diameter_bounds(norm)[1]

    def coordinate_diameter_bounds(self) -> tuple[Vector, Vector]:
        """`total` in every coordinate; 0 for d = 1. Exact."""
        return self.coordinate_diameters(), self.coordinate_diameters()

    def diameter_bounds(self, norm: str = "inf") -> tuple[float, float]:
        """total for "inf", sqrt(2) total for "2" (between two vertices), rounded outward; 0 for d = 1."""
        vertices = min(self.dimension, 2)
        if check_norm(norm) == "inf":
            return (self.total, self.total) if vertices == 2 else (0.0, 0.0)
        return root_bounds((vertices - 1) * 2 * Fraction(self.total) ** 2)

    def contains(self, point: Vector, *, tolerance: float = 0.0) -> bool:
        """Whether x >= 0 and sum x = total, each up to `tolerance * total` and rounding."""
        x = check_vector(point, dimension=self.dimension, name="point")
        slack = check_tolerance(tolerance) * self.total
        below = slack + ROUNDINGS * EPS * self.total
        around = slack + sum_roundings(self.dimension) * EPS * self.total
        return bool(np.all(x >= -below)) and abs(exact_residual(np.ones_like(x), x, self.total)) <= around

    def start(self) -> Vector:
        """The uniform point total/d."""
        return np.full(self.dimension, self.total / self.dimension)

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """variable >= 0 and sum(variable) == total."""
        import cvxpy

        return [variable >= 0.0, cvxpy.sum(variable) == self.total]

    def kernel(self) -> ProjectionKernel:
        """Newton on the multiplier with compaction; `data` is (total,)."""
        from online_sim.domains.kernels import simplex

        return ProjectionKernel(simplex, "project_simplex", np.array([self.total]), 6 * self.dimension)
