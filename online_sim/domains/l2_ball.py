"""The l2 ball {x : |x - centre|_2 <= radius}; its weighted projection is in `kernels.l2_ball`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from online_sim.domains.ball import Ball
from online_sim.domains.base import ProjectionKernel
from online_sim.domains.rounding import Vector

if TYPE_CHECKING:
    from online_sim.domains.oracles import Oracle


@final
@dataclass(frozen=True, eq=False, init=False)
class L2Ball(Ball):
    """X = {x in R^d : |x - centre|_2 <= radius}.

    Args:
        dimension: The number of coordinates d >= 1.
        radius: A number > 0.
        centre: Shape (d,); None for the origin.

    Raises:
        ValueError: An argument is not as described.
    """

    _order, _dual_order = 2, 2

    def rotation_centre(self) -> Vector:
        """The centre."""
        return self.centre

    def linear_minimiser(self) -> Oracle:
        """centre - radius c/|c|."""
        from online_sim.domains.oracles import FIRST, L2_BALL, SECOND

        return L2_BALL, {FIRST: self.centre, SECOND: np.full(self.dimension, self.radius)}

    def kernel(self) -> ProjectionKernel:
        """Newton on the secular equation, relative accuracy about 1e-15; `data` is (radius, centre)."""
        from online_sim.domains.kernels import l2_ball

        data = np.concatenate(((self.radius,), self.centre))
        return ProjectionKernel(l2_ball, "project_l2_ball", data, self.dimension)

    def _maximiser(self, direction: Vector) -> Vector:
        """centre + radius c/|c|_2; the centre for c = 0."""
        largest = float(np.max(np.abs(direction)))
        if largest == 0.0:
            return self.centre.copy()
        unit = direction / largest
        return self.centre + (self.radius / float(np.linalg.norm(unit))) * unit
