"""The contract of a feasible set X: weighted projection, support function, diameters, membership.

The weighted projection is the paper's P_X^M (AdaL, section 2.1) for a diagonal M:

    P_X^w(p) = argmin_{y in X} sum_i w_i (y_i - p_i)^2,    w_i >= 0.

Conventions, stated here once and tested on every domain:

* a zero weight is the limit of positive ones: among the minimisers of the weighted problem the one
  nearest (in the plain l2 norm) to the point in the coordinates of zero weight is returned;
* the common scale of the weights does not matter (w and c*w give the same projection, c > 0);
* all weights zero means the plain Euclidean projection.

The public methods are final. They check their arguments, once, and hand finite float64 arrays of shape (d,)
to the methods with an underscore, which a set defines and which check nothing.
"""

from __future__ import annotations

import abc
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import ArrayLike

from online_sim.domains.pairs import distance_below, far_pair
from online_sim.domains.rounding import Vector, length_bounds
from online_sim.domains.validate import check_vector, check_weight, distinct
from theory.borders import one_of, real

if TYPE_CHECKING:
    from types import ModuleType

    from online_sim.domains.oracles import Oracle

NORMS = ("inf", "2")
"""The norms of the diameters: the paper's D, and the Euclidean one."""


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
    def start(self) -> Vector:
        """A default starting point x_1 in X, shape (d,)."""

    @abc.abstractmethod
    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """The set as cvxpy constraints on a variable of shape (d,): the cross-check and general fallback."""

    @final
    def project(self, point: ArrayLike, weight: ArrayLike | None = None) -> Vector:
        """Weighted projection P_X^w(point) as a new array of shape (d,).

        Args:
            point: Finite numbers, shape (d,).
            weight: Finite numbers >= 0, shape (d,); None means all ones.

        Raises:
            ValueError: An argument is not as described.
            RuntimeError: The method stopped short of its accuracy.
        """
        p = check_vector(point, dimension=self.dimension, name="point")
        return self._project(p, check_weight(weight, dimension=self.dimension))

    @final
    def support(self, direction: ArrayLike) -> float:
        """Support function max_{x in X} <direction, x>.

        Args:
            direction: Finite numbers, shape (d,).

        Returns:
            The maximum; `inf` where the set is unbounded in that direction.
        """
        return self._support(check_vector(direction, dimension=self.dimension, name="direction"))

    @final
    def maximiser(self, direction: ArrayLike) -> Vector:
        """A point of X, shape (d,), where the support function is attained.

        Args:
            direction: Finite numbers, shape (d,).

        Raises:
            ValueError: The support function is infinite there.
        """
        return self._maximiser(check_vector(direction, dimension=self.dimension, name="direction"))

    @final
    def contains(self, point: ArrayLike, *, tolerance: float = 0.0) -> bool:
        """Whether the point violates no constraint by more than rounding and `tolerance` times the width.

        Args:
            point: Finite numbers, shape (d,).
            tolerance: A number >= 0, relative to the width of the set.

        The rounding allowed for is that of the point's own coordinates (four EPS of their size) and of the
        sums in the constraints. So (1/3, 1/3, 1/3) lies in the simplex, a point 1e-9 of the width outside
        does not, and neither answer changes when the set is moved or scaled, as long as floats can tell them
        apart.
        """
        p = check_vector(point, dimension=self.dimension, name="point")
        return self._contains(p, real("tolerance", tolerance, least=0.0))

    @final
    def coordinate_diameters(self) -> Vector:
        """Upper ends of D_i = max_{x, y in X} |x_i - y_i|, shape (d,); see `coordinate_diameter_bounds`."""
        return self._widths()[1]

    @final
    def coordinate_diameter_bounds(self) -> tuple[Vector, Vector]:
        """Certain lower and upper bounds of the D_i, each of shape (d,), rounded outward.

        They differ by some units in the last place where a closed form is exact.
        """
        return self._widths()

    @final
    def diameter(self, norm: str = "inf") -> float:
        """Upper end of the diameter in the norm "inf" (the paper's D) or "2"; see `diameter_bounds`."""
        if one_of("norm", norm, NORMS) == "inf":
            return float(np.max(distinct(self._widths()[1])))
        return self._two_diameter()[1]

    @final
    def diameter_bounds(self, norm: str = "inf") -> tuple[float, float]:
        """Certain lower and upper bounds of the diameter in the norm "inf" or "2", rounded outward.

        They differ by some units in the last place where a closed form is exact. The lower end is the
        distance of two points of the set, `farthest_pair`; the upper end is `diameter`.
        """
        if one_of("norm", norm, NORMS) == "inf":
            low, high = map(distinct, self._widths())
            return float(np.max(low)), float(np.max(high))
        below, above = self._two_diameter()
        if below is None:
            below = min(distance_below(self, self._farthest_pair("2")), above)
        return below, above

    @final
    def farthest_pair(self, norm: str = "inf") -> tuple[Vector, Vector]:
        """Two points of X, (d,) each, as far apart as the lower end of `diameter_bounds` up to rounding.

        ValueError for an unbounded set.
        """
        if self.diameter(norm) == math.inf:
            raise ValueError(f"{self.name} is unbounded and has no farthest pair; take a compact set")
        return self._farthest_pair(norm)

    @property
    def inexactness(self) -> float:
        """How far a maximiser, or a point projected with equal weights, may lie from X in any coordinate.

        0 for closed forms (rounding is accounted for where it arises); the solver's error otherwise.
        """
        return 0.0

    def box_bounds(self) -> tuple[Vector, Vector] | None:
        """(lower, upper) when the projection is a coordinatewise clip for every weight, else None."""
        return None

    def linear_minimiser(self) -> Oracle | None:
        """What `LinearMinimiser` is on this set (`online_sim.domains.oracles`); None without a formula."""
        return None

    def half_spaces(self) -> tuple[Vector, Vector] | None:
        """(A, b), (m, d) and (m,), when X = {x : A x <= b} has few rows, else None; for full metrics."""
        return None

    def rotation_centre(self) -> Vector | None:
        """The point, (d,), about which every rotation maps X to itself, else None; for full metrics."""
        return None

    def kernel(self) -> ProjectionKernel | None:
        """The compiled projection, or None when the set has only the general (cvxpy) one."""
        return None

    @abc.abstractmethod
    def _support(self, direction: Vector) -> float:
        """See `support`."""

    @abc.abstractmethod
    def _maximiser(self, direction: Vector) -> Vector:
        """See `maximiser`."""

    @abc.abstractmethod
    def _contains(self, point: Vector, tolerance: float) -> bool:
        """See `contains`; tolerance >= 0."""

    @abc.abstractmethod
    def _widths(self) -> tuple[Vector, Vector]:
        """See `coordinate_diameter_bounds`; a lower end that is not known is 0."""

    def _two_diameter(self) -> tuple[float | None, float]:
        """See `diameter_bounds`; None for the lower end that `_farthest_pair` reaches."""
        low, high = map(distinct, self._widths())
        below = math.inf if math.inf in low else None
        return below, length_bounds(high, high, repeats=self.dimension // high.size)[1]

    def _farthest_pair(self, norm: str) -> tuple[Vector, Vector]:
        """See `farthest_pair`; the set is bounded."""
        return far_pair(self, norm)

    def _project(self, point: Vector, weight: Vector) -> Vector:
        """See `project`; by default it runs the kernel."""
        kernel = self.kernel()
        if kernel is None:
            raise NotImplementedError(f"{type(self).__name__} defines neither `_project` nor `kernel`")
        # Read-only and strided arrays are other types to the compiler, which would compile the kernel again.
        p, w = (a if a.flags.carray else np.array(a) for a in (point, weight))
        out = np.zeros_like(p)
        code = kernel.function(p, w, out, np.empty(kernel.work_size), kernel.data)
        if code != 0:
            raise RuntimeError(
                f"the projection onto {self.name} stopped short of its accuracy (code {code}) at point "
                f"{np.array2string(point, threshold=8)} with weight {np.array2string(weight, threshold=8)}; "
                "please report these numbers, and rescale the point or the weights meanwhile"
            )
        return out
