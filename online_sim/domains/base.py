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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

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
        """Per-coordinate diameters D_i = max_{x, y in X} |x_i - y_i|, shape (d,)."""

    @abc.abstractmethod
    def diameter(self, norm: str = "inf") -> float:
        """Diameter in the norm "inf" (the paper's D) or "2"; an upper bound where no exact form is known."""

    @abc.abstractmethod
    def contains(self, point: Vector, *, tolerance: float = 0.0) -> bool:
        """Whether the point violates no constraint by more than `tolerance` (relative to the set's size)."""

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
