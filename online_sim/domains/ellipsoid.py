"""The ellipsoid {x : sum_i ((x_i - c_i)/s_i)^2 <= 1} with axes along the coordinates.

Its weighted projection is in `kernels.ellipsoid`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike

from online_sim.domains.base import Domain, ProjectionKernel, Vector
from online_sim.domains.validate import (
    as_array,
    as_centre,
    check_norm,
    check_tolerance,
    check_vector,
    project_with_kernel,
    short_array,
)


@final
@dataclass(frozen=True, eq=False, init=False)
class Ellipsoid(Domain):
    """X = {x in R^d : sum_i ((x_i - centre_i)/axes_i)^2 <= 1}.

    `axes` are the semi-axes, shape (d,), all > 0; `centre` has shape (d,) (None: the origin). ValueError
    for axes that are not positive numbers, or a centre that is not finite or of another length. Both are
    kept as read-only copies.
    """

    axes: Vector
    centre: Vector

    def __init__(self, axes: ArrayLike, centre: ArrayLike | None = None) -> None:
        s = as_array(axes, name="axes", shape=(None,))
        if s.size == 0 or bool(np.any(s <= 0.0)):
            raise ValueError(f"`axes` must be one positive semi-axis per coordinate, got {axes!r}")
        object.__setattr__(self, "axes", s)
        object.__setattr__(self, "centre", as_centre(centre, dimension=s.size))

    @property
    def name(self) -> str:
        """Such as ``ellipsoid(d=2, axes=[1, 3])``; a centre off the origin is added."""
        centre = f", centre={short_array(self.centre)}" if self.centre.any() else ""
        return f"ellipsoid(d={self.dimension}, axes={short_array(self.axes)}{centre})"

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.axes.size)

    def project(self, point: Vector, weight: Vector | None = None) -> Vector:
        """Weighted projection, shape (d,): Newton on the secular equation, relative accuracy about 1e-15."""
        return project_with_kernel(self, point, weight)

    def support(self, direction: Vector) -> float:
        """<c, centre> + (sum_i (s_i c_i)^2)^(1/2)."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        return float(c @ self.centre) + float(np.linalg.norm(self.axes * c))

    def maximiser(self, direction: Vector) -> Vector:
        """centre + s^2 c/|s c|_2; the centre for c = 0."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        largest = float(np.max(np.abs(c)))
        if largest == 0.0:
            return self.centre.copy()
        unit = self.axes * (c / largest)
        return self.centre + self.axes * (unit / float(np.linalg.norm(unit)))

    def coordinate_diameters(self) -> Vector:
        """Twice the semi-axes."""
        return 2.0 * self.axes

    def diameter(self, norm: str = "inf") -> float:
        """Twice the largest semi-axis in both norms; exact."""
        check_norm(norm)
        return 2.0 * float(np.max(self.axes))

    def contains(self, point: Vector, *, tolerance: float = 0.0) -> bool:
        """Whether x lies in the ellipsoid whose semi-axes are longer by the slack.

        The slack is `tolerance` times the longest semi-axis or the centre's largest entry.
        """
        x = check_vector(point, dimension=self.dimension, name="point")
        size = max(float(np.max(self.axes)), float(np.max(np.abs(self.centre))))
        longer = self.axes + check_tolerance(tolerance) * size
        return bool(np.linalg.norm((x - self.centre) / longer) <= 1.0)

    def start(self) -> Vector:
        """The centre."""
        return self.centre.copy()

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """norm((variable - centre)/axes, 2) <= 1."""
        import cvxpy

        return [cvxpy.norm(cvxpy.multiply(1.0 / self.axes, variable - self.centre), 2) <= 1.0]

    def kernel(self) -> ProjectionKernel:
        """Newton on the secular equation; `data` is (centre, axes)."""
        from online_sim.domains.kernels import ellipsoid

        data = np.concatenate((self.centre, self.axes))
        return ProjectionKernel(ellipsoid, "project_ellipsoid", data, 2 * self.dimension)
