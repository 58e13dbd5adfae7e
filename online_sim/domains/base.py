"""The contract of a feasible set X: weighted projection, support function, diameters, membership.

The weighted projection is the paper's P_X^M (AdaL, section 2.1) for a diagonal M:

    P_X^w(p) = argmin_{y in X} sum_i w_i (y_i - p_i)^2,    w_i >= 0.

Conventions, stated here once and tested on every domain:

* a zero weight is the limit of positive ones: among the minimisers of the weighted problem the one
  nearest (in the plain l2 norm) to the point in the coordinates of zero weight is returned;
* the common scale of the weights does not matter (w and c*w give the same projection, c > 0);
* all weights zero means the plain Euclidean projection.
"""

from __future__ import annotations

import abc
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from online_sim.domains.pairs import distance_below, far_pair
from online_sim.domains.rounding import EPS, ROUNDINGS

if TYPE_CHECKING:
    from types import ModuleType

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class ProjectionKernel:
    """A compiled weighted projection that any engine can call inside its loop.

    `module` is a self-contained source file (imports only math, numpy and numba) and `entry` the name of
    a function in it with the signature

        entry(point, weight, out, work, data) -> int

    where `point`, `weight`, `out` have shape (d,), `work` is scratch of shape (work_size,), `data` holds
    the set's numbers packed in one float64 array, and the result is 0, or a positive code when the
    method did not reach its accuracy. `out` may not alias `point`; it holds finite numbers on entry, the last
    point of a game or zeros, which a method may begin from.
    """

    module: ModuleType
    entry: str
    data: Vector
    work_size: int

    @property
    def function(self) -> Callable[..., int]:
        """The jitted entry point."""
        function: Callable[..., int] = getattr(self.module, self.entry)
        return function


class Domain(abc.ABC):
    """A nonempty closed convex subset of R^d. Every subclass is a frozen dataclass and final."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """A short stable name with the defining numbers, such as ``l2_ball(d=30, radius=5)``."""

    @property
    @abc.abstractmethod
    def dimension(self) -> int:
        """The number of coordinates d >= 1."""

    @abc.abstractmethod
    def project(self, point: Vector, weight: Vector | None = None) -> Vector:
        """Weighted projection P_X^w(point) as a new array of shape (d,); `weight` None means all ones."""

    @abc.abstractmethod
    def support(self, direction: Vector) -> float:
        """Support function max_{x in X} <direction, x>; `inf` where the set is unbounded that way."""

    @abc.abstractmethod
    def maximiser(self, direction: Vector) -> Vector:
        """A point of X, shape (d,), where the support function is attained; ValueError where it is inf."""

    @abc.abstractmethod
    def coordinate_diameters(self) -> Vector:
        """Upper ends of D_i = max_{x, y in X} |x_i - y_i|, shape (d,); see `coordinate_diameter_bounds`."""

    @abc.abstractmethod
    def diameter(self, norm: str = "inf") -> float:
        """Upper end of the diameter in the norm "inf" (the paper's D) or "2"; see `diameter_bounds`."""

    def coordinate_diameter_bounds(self) -> tuple[Vector, Vector]:
        """Certain lower and upper bounds of the D_i, each of shape (d,), rounded outward.

        They differ by some units in the last place where a closed form is exact. The lower ends come from
        points of the set, the upper ones are `coordinate_diameters`.
        """
        upper = self.coordinate_diameters()
        lower = np.full(self.dimension, math.inf)
        for i, axis in enumerate(np.eye(self.dimension)):
            if math.isfinite(self.support(axis)) and math.isfinite(self.support(-axis)):
                low, high = self.maximiser(-axis)[i], self.maximiser(axis)[i]
                off = 2.0 * self.inexactness + ROUNDINGS * EPS * (abs(low) + abs(high))
                lower[i] = max(high - low - off, 0.0)
        return np.minimum(lower, upper), upper

    def diameter_bounds(self, norm: str = "inf") -> tuple[float, float]:
        """Certain lower and upper bounds of the diameter in the norm "inf" or "2", rounded outward.

        They differ by some units in the last place where a closed form is exact. The lower end is the
        distance of two points of the set, `farthest_pair`; the upper end is `diameter`.
        """
        upper = self.diameter(norm)
        if upper == math.inf and math.inf in self.coordinate_diameter_bounds()[0]:
            return math.inf, math.inf
        return min(distance_below(self, self.farthest_pair(norm), norm), upper), upper

    def farthest_pair(self, norm: str = "inf") -> tuple[Vector, Vector]:
        """Two points of X, (d,) each, as far apart as the lower end of `diameter_bounds` up to rounding.

        ValueError for an unbounded set.
        """
        if self.diameter(norm) == math.inf:
            raise ValueError(f"{self.name} is unbounded and has no farthest pair; take a compact set")
        return far_pair(self, norm)

    @abc.abstractmethod
    def contains(self, point: Vector, *, tolerance: float = 0.0) -> bool:
        """Whether the point violates no constraint by more than rounding and `tolerance` times the width.

        The rounding allowed for is that of the point's own coordinates (four EPS of their size) and of the
        sums in the constraints. So (1/3, 1/3, 1/3) lies in the simplex, a point 1e-9 of the width outside
        does not, and neither answer changes when the set is moved or scaled, as long as floats can tell.
        """

    @abc.abstractmethod
    def start(self) -> Vector:
        """A default starting point x_1 in X, shape (d,)."""

    @abc.abstractmethod
    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """The set as cvxpy constraints on a variable of shape (d,): the cross-check and general fallback."""

    @property
    def inexactness(self) -> float:
        """How far a maximiser, or a point projected with equal weights, may lie from X in any coordinate.

        0 for closed forms (rounding is accounted for where it arises); the solver's error otherwise.
        """
        return 0.0

    def box_bounds(self) -> tuple[Vector, Vector] | None:
        """(lower, upper) when the projection is a coordinatewise clip for every weight, else None."""
        return None

    def kernel(self) -> ProjectionKernel | None:
        """The compiled projection, or None when the set has only the general (cvxpy) one."""
        return None
