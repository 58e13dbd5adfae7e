"""What the balls of the l1 and the l2 norm share."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from online_sim.domains.base import Domain
from online_sim.domains.rounding import EPS, ROUNDINGS, Vector, finite_below, sum_roundings
from online_sim.domains.validate import as_centre, as_dimension, named
from online_sim.frozen import set_fields
from theory.borders import real


@dataclass(frozen=True, eq=False, init=False)
class Ball(Domain):
    """X = {x in R^d : |x - centre| <= radius} in the l1 or the l2 norm."""

    radius: float
    centre: Vector
    _order: ClassVar[int]
    _dual_order: ClassVar[float]

    def __init__(self, dimension: int, radius: float = 1.0, centre: ArrayLike | None = None) -> None:
        radius, d = real("radius", radius, above=0.0), as_dimension(dimension)
        set_fields(self, radius=radius, centre=as_centre(centre, dimension=d))

    @property
    def name(self) -> str:
        """Such as ``l2_ball(d=30, radius=5)``; a centre off the origin is added."""
        centre = self.centre if self.centre.any() else None
        return named(f"l{self._order}_ball", self.dimension, radius=self.radius, centre=centre)

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.centre.size)

    def start(self) -> Vector:
        """The centre."""
        return self.centre.copy()

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """norm(variable - centre) <= radius."""
        import cvxpy

        return [cvxpy.norm(variable - self.centre, self._order) <= self.radius]

    def _support(self, direction: Vector) -> float:
        """<c, centre> + radius |c|, the dual norm."""
        return float(direction @ self.centre) + self.radius * float(
            np.linalg.norm(direction, self._dual_order)
        )

    def _contains(self, point: Vector, tolerance: float) -> bool:
        """Whether |x - centre| <= radius up to `tolerance` times the diameter, and rounding."""
        # Divided by the radius first, so that squares and sums of tiny or huge balls stay in range.
        away = np.abs(point - self.centre) / self.radius
        sizes = np.abs(self.centre) / self.radius + away
        blur = ROUNDINGS * EPS * float(np.linalg.norm(sizes, self._order))
        blur += sum_roundings(self.dimension) * EPS
        distance = float(np.linalg.norm(away, self._order))
        return math.isfinite(distance) and distance <= 1.0 + 2.0 * tolerance + blur

    def _widths(self) -> tuple[Vector, Vector]:
        """2 radius in every coordinate; exact."""
        low, high = self._two_diameter()
        return np.broadcast_to(low, (self.dimension,)), np.broadcast_to(high, (self.dimension,))

    def _two_diameter(self) -> tuple[float, float]:
        """2 radius; exact."""
        return float(finite_below(2.0 * self.radius)), 2.0 * self.radius
