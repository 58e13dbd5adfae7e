"""The l1 ball {x : |x - centre|_1 <= radius}.

The weighted projection keeps the signs of point - centre, so it is that of the absolute values onto
{y >= 0, sum y <= radius}: the simplex's problem, solved by the same kernel (`kernels.simplex`).
"""

from __future__ import annotations

import math
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
class L1Ball(Ball):
    """X = {x in R^d : |x - centre|_1 <= radius}.

    Args:
        dimension: The number of coordinates d >= 1.
        radius: A number > 0.
        centre: Shape (d,); None for the origin.

    Raises:
        ValueError: An argument is not as described.
    """

    _order, _dual_order = 1, math.inf

    def linear_minimiser(self) -> Oracle:
        """The vertices against the largest |c_i|."""
        from online_sim.domains.oracles import FIRST, L1_BALL, SECOND

        return L1_BALL, {FIRST: self.centre, SECOND: np.full(self.dimension, self.radius)}

    def kernel(self) -> ProjectionKernel:
        """Newton on the simplex's multiplier; `data` is (radius, centre)."""
        from online_sim.domains.kernels import simplex

        data = np.concatenate(((self.radius,), self.centre))
        return ProjectionKernel(simplex, "project_l1_ball", data, 7 * self.dimension)

    def _maximiser(self, direction: Vector) -> Vector:
        """The vertex at the first largest |c_i|; the centre for c = 0."""
        vertex = self.centre.copy()
        i = int(np.argmax(np.abs(direction)))
        vertex[i] += self.radius * float(np.sign(direction[i]))
        return vertex
