"""The ellipsoid {x : sum_i ((x_i - c_i)/s_i)^2 <= 1} with axes along the coordinates.

Its weighted projection is in `kernels.ellipsoid`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike

from online_sim.domains.base import Domain, ProjectionKernel
from online_sim.domains.rounding import EPS, ROUNDINGS, Vector, finite_below, scaled_norm, sum_roundings
from online_sim.domains.validate import as_centre, as_vector, named
from online_sim.frozen import set_fields
from theory.borders import shown


@final
@dataclass(frozen=True, eq=False, init=False)
class Ellipsoid(Domain):
    """X = {x in R^d : sum_i ((x_i - centre_i)/axes_i)^2 <= 1}.

    Args:
        axes: The semi-axes, shape (d,), all > 0.
        centre: Shape (d,); None for the origin.

    Raises:
        ValueError: An argument is not as described.
    """

    axes: Vector
    centre: Vector

    def __init__(self, axes: ArrayLike, centre: ArrayLike | None = None) -> None:
        s = as_vector(axes, name="axes")
        if bool(np.any(s <= 0.0)):
            raise ValueError(f"`axes` must be one positive semi-axis per coordinate, got {shown(axes)}")
        set_fields(self, axes=s, centre=as_centre(centre, dimension=s.size))

    @property
    def name(self) -> str:
        """Such as ``ellipsoid(d=2, axes=[1, 3])``; a centre off the origin is added."""
        centre = self.centre if self.centre.any() else None
        return named("ellipsoid", self.dimension, axes=self.axes, centre=centre)

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.axes.size)

    def start(self) -> Vector:
        """The centre."""
        return self.centre.copy()

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """norm((variable - centre)/axes, 2) <= 1."""
        import cvxpy

        return [cvxpy.norm(cvxpy.multiply(1.0 / self.axes, variable - self.centre), 2) <= 1.0]

    def kernel(self) -> ProjectionKernel:
        """Newton on the secular equation, relative accuracy about 1e-15; `data` is (centre, axes)."""
        from online_sim.domains.kernels import ellipsoid

        data = np.concatenate((self.centre, self.axes))
        return ProjectionKernel(ellipsoid, "project_ellipsoid", data, 2 * self.dimension)

    def _support(self, direction: Vector) -> float:
        """<c, centre> + (sum_i (s_i c_i)^2)^(1/2)."""
        return float(direction @ self.centre) + scaled_norm(self.axes * direction)

    def _maximiser(self, direction: Vector) -> Vector:
        """centre + s^2 c/|s c|_2; the centre for c = 0."""
        largest = float(np.max(np.abs(direction)))
        if largest == 0.0:
            return self.centre.copy()
        unit = (self.axes / float(np.max(self.axes))) * (direction / largest)
        unit /= float(np.max(np.abs(unit))) or 1.0
        return self.centre + self.axes * (unit / float(np.linalg.norm(unit)))

    def _contains(self, point: Vector, tolerance: float) -> bool:
        """Whether x lies in the ellipsoid whose semi-axes are longer by `tolerance` times the width.

        The rounding of the coordinates is taken off the distance from the centre.
        """
        longer = self.axes + tolerance * 2.0 * float(np.max(self.axes))
        blur = ROUNDINGS * EPS * (np.abs(self.centre) + np.abs(point - self.centre)) / longer
        away = np.linalg.norm((point - self.centre) / longer) - np.linalg.norm(blur)
        return bool(away <= 1.0 + sum_roundings(self.dimension) * EPS)

    def _widths(self) -> tuple[Vector, Vector]:
        """Twice the semi-axes; exact."""
        return finite_below(2.0 * self.axes), 2.0 * self.axes

    def _two_diameter(self) -> tuple[float, float]:
        """Twice the largest semi-axis; exact."""
        return self.diameter_bounds("inf")
