"""The simplex {x : x >= 0, sum_i x_i = total}; its weighted projection is in `kernels.simplex`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, final

import numpy as np

from online_sim.domains.base import Domain, ProjectionKernel
from online_sim.domains.rounding import EPS, ROUNDINGS, Vector, exact_residual, root_bounds, sum_roundings
from online_sim.domains.validate import as_dimension, named
from online_sim.frozen import set_fields
from theory.borders import real

if TYPE_CHECKING:
    from online_sim.domains.oracles import Oracle


@final
@dataclass(frozen=True, init=False)
class Simplex(Domain):
    """X = {x in R^d : x_i >= 0, sum_i x_i = total}.

    Args:
        dimension: The number of coordinates d >= 1.
        total: A number > 0; 1 gives the probability simplex.

    Raises:
        ValueError: An argument is not as described.
    """

    _dimension: int
    total: float

    def __init__(self, dimension: int, total: float = 1.0) -> None:
        set_fields(self, _dimension=as_dimension(dimension), total=real("total", total, above=0.0))

    @property
    def name(self) -> str:
        """Such as ``simplex(d=30, total=1)``."""
        return named("simplex", self.dimension, total=self.total)

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return self._dimension

    def start(self) -> Vector:
        """The uniform point total/d."""
        return np.full(self.dimension, self.total / self.dimension)

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """variable >= 0 and sum(variable) == total."""
        import cvxpy

        return [variable >= 0.0, cvxpy.sum(variable) == self.total]

    def half_spaces(self) -> tuple[Vector, Vector]:
        """-x <= 0, and the equation as two rows."""
        ones = np.ones((1, self.dimension))
        rows = np.concatenate((-np.eye(self.dimension), ones, -ones))
        return rows, np.concatenate((np.zeros(self.dimension), [self.total, -self.total]))

    def linear_minimiser(self) -> Oracle:
        """The vertices at the smallest c_i."""
        from online_sim.domains.oracles import FIRST, SIMPLEX

        return SIMPLEX, {FIRST: np.full(self.dimension, self.total)}

    def kernel(self) -> ProjectionKernel:
        """Newton on the multiplier with compaction; `data` is (total,)."""
        from online_sim.domains.kernels import simplex

        return ProjectionKernel(simplex, "project_simplex", np.array([self.total]), 6 * self.dimension)

    def _support(self, direction: Vector) -> float:
        """total * max_i c_i."""
        return self.total * float(np.max(direction))

    def _maximiser(self, direction: Vector) -> Vector:
        """The vertex at the first largest c_i."""
        vertex = np.zeros(self.dimension)
        vertex[int(np.argmax(direction))] = self.total
        return vertex

    def _contains(self, point: Vector, tolerance: float) -> bool:
        """Whether x >= 0 and sum x = total, each up to `tolerance * total` and rounding."""
        slack = tolerance * self.total
        below = slack + ROUNDINGS * EPS * self.total
        around = slack + sum_roundings(self.dimension) * EPS * self.total
        if not np.all(point >= -below):
            return False
        return abs(exact_residual(np.ones_like(point), point, self.total)) <= around

    def _widths(self) -> tuple[Vector, Vector]:
        """`total` in every coordinate; 0 for d = 1, where the set is one point. Exact."""
        width = np.broadcast_to(self.total if self.dimension > 1 else 0.0, (self.dimension,))
        return width, width

    def _two_diameter(self) -> tuple[float, float]:
        """sqrt(2) total, between two vertices, rounded outward; 0 for d = 1."""
        return root_bounds((min(self.dimension, 2) - 1) * 2 * Fraction(self.total) ** 2)
