"""The half-space {x : <normal, x> <= offset}; its weighted projection is in `kernels.half_space`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike

from online_sim.domains.base import Domain, ProjectionKernel, Vector
from online_sim.domains.rounding import EPS, exact_residual, sum_roundings
from online_sim.domains.validate import (
    as_array,
    as_finite,
    check_norm,
    check_tolerance,
    check_vector,
    project_with_kernel,
    short_array,
    short_number,
)
from theory.borders import shown


@final
@dataclass(frozen=True, eq=False, init=False)
class HalfSpace(Domain):
    """X = {x in R^d : <normal, x> <= offset}, `normal` of shape (d,) and not zero.

    The set is unbounded: its diameters are `inf`, and so is its support function off the normal's ray.
    A game that needs a compact set takes `Polytope`, or `BoxHyperplane`. ValueError for a normal that is
    zero or not finite, or an offset that is not finite. `normal` is kept as a read-only copy.
    """

    normal: Vector
    offset: float

    def __init__(self, normal: ArrayLike, offset: float) -> None:
        object.__setattr__(self, "normal", as_normal(normal))
        object.__setattr__(self, "offset", as_finite(offset, name="offset"))

    @property
    def name(self) -> str:
        """Such as ``half_space(d=2, normal=[1, 2], offset=3)``."""
        normal, offset = short_array(self.normal), short_number(self.offset)
        return f"half_space(d={self.dimension}, normal={normal}, offset={offset})"

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.normal.size)

    def project(self, point: Vector, weight: Vector | None = None) -> Vector:
        """Weighted projection, shape (d,): p - lam a/w in closed form, exact up to rounding."""
        return project_with_kernel(self, point, weight)

    def support(self, direction: Vector) -> float:
        """factor * offset where direction = factor * normal with factor >= 0 up to rounding, else `inf`."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        return self._factor(c) * self.offset if self._factor(c) >= 0.0 else math.inf

    def maximiser(self, direction: Vector) -> Vector:
        """The point of the boundary nearest to the origin; ValueError where the support function is `inf`."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        factor = self._factor(c)
        if factor < 0.0:
            raise ValueError(
                f"`direction` {np.array2string(c, threshold=8)} is no multiple >= 0 of the normal, so "
                f"{self.name} is unbounded that way and has no maximiser; pass such a multiple "
                "or take a compact set"
            )
        return self.start() if factor == 0.0 else self._boundary()

    def coordinate_diameters(self) -> Vector:
        """`inf` in every coordinate."""
        return np.full(self.dimension, math.inf)

    def coordinate_diameter_bounds(self) -> tuple[Vector, Vector]:
        """`inf` in every coordinate, at both ends."""
        return self.coordinate_diameters(), self.coordinate_diameters()

    def diameter(self, norm: str = "inf") -> float:
        """`inf` in both norms."""
        check_norm(norm)
        return math.inf

    def diameter_bounds(self, norm: str = "inf") -> tuple[float, float]:
        """`inf` in both norms, at both ends."""
        return self.diameter(norm), self.diameter(norm)

    def contains(self, point: Vector, *, tolerance: float = 0.0) -> bool:
        """Whether <normal, x> <= offset up to rounding, and `tolerance` times the terms of both sides.

        The set has no width, so its only sizes are those of the terms; they grow far from the origin.
        """
        x = check_vector(point, dimension=self.dimension, name="point")
        a, b, _ = scaled_row(self.normal, self.offset)
        size = abs(b) + float(np.abs(a * x).sum())
        allowed = check_tolerance(tolerance) + sum_roundings(self.dimension) * EPS
        return exact_residual(a, x, b) <= allowed * size

    def start(self) -> Vector:
        """The point of X nearest to the origin."""
        return np.zeros(self.dimension) if self.offset >= 0.0 else self._boundary()

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """<normal, variable> <= offset."""
        return [self.normal @ variable <= self.offset]

    def kernel(self) -> ProjectionKernel:
        """The closed form; `data` is (b, a), scaled by a power of two."""
        from online_sim.domains.kernels import half_space

        a, b, _ = scaled_row(self.normal, self.offset)
        return ProjectionKernel(half_space, "project_half_space", np.concatenate(((b,), a)), 0)

    def _boundary(self) -> Vector:
        a, b, _ = scaled_row(self.normal, self.offset)
        return a * (b / float(a @ a))

    def _factor(self, direction: Vector) -> float:
        """t >= 0 with direction = t * normal, or -1 when there is none."""
        a, _, scale = scaled_row(self.normal, self.offset)
        factor = float(a @ direction) / float(a @ a)
        # Each entry of t * normal carries a few roundings when a caller computes it.
        slack = 8.0 * np.finfo(np.float64).eps * (np.max(np.abs(direction)))
        parallel = bool(np.all(np.abs(direction - factor * a) <= slack))
        return factor * scale if parallel and factor >= 0.0 else -1.0


def as_normal(value: ArrayLike) -> Vector:
    """`value` as a read-only float64 vector that is finite and not zero."""
    normal = as_array(value, name="normal", shape=(None,))
    if not normal.any():
        raise ValueError(
            f"`normal` must not be zero, got {shown(value)}; pass the vector orthogonal to the hyperplane"
        )
    return normal


def scaled_row(normal: Vector, offset: float) -> tuple[Vector, float, float]:
    """The row (normal, offset) times a power of two, and that power; max |normal_i| comes into [1/2, 1).

    Such a factor changes no digit, and squares of the entries then stay in range.
    """
    _, exponent = np.frexp(np.max(np.abs(normal)))
    return np.ldexp(normal, -exponent), float(np.ldexp(offset, -exponent)), float(np.ldexp(1.0, -exponent))
