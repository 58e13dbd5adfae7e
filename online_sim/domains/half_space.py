"""The half-space {x : <normal, x> <= offset}; its weighted projection is in `kernels.half_space`."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike

from online_sim.domains.base import Domain, ProjectionKernel
from online_sim.domains.rounding import EPS, Vector, exact_residual, scaled_row, sum_roundings
from online_sim.domains.validate import as_normal, named
from online_sim.frozen import set_fields
from theory.borders import real


@final
@dataclass(frozen=True, eq=False, init=False)
class HalfSpace(Domain):
    """X = {x in R^d : <normal, x> <= offset}.

    The set is unbounded: its diameters are `inf`, and so is its support function off the normal's ray. Where
    a game needs a compact set, take `Polytope` or `BoxHyperplane`.

    Args:
        normal: The outward normal, shape (d,), finite and not zero.
        offset: The largest value of <normal, x>, finite.

    Raises:
        ValueError: An argument is not as described.
    """

    normal: Vector
    offset: float

    def __init__(self, normal: ArrayLike, offset: float) -> None:
        set_fields(self, normal=as_normal(normal), offset=real("offset", offset))

    @property
    def name(self) -> str:
        """Such as ``half_space(d=2, normal=[1, 2], offset=3)``."""
        return named("half_space", self.dimension, normal=self.normal, offset=self.offset)

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.normal.size)

    def start(self) -> Vector:
        """The point of X nearest to the origin."""
        return np.zeros(self.dimension) if self.offset >= 0.0 else self._boundary()

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """<normal, variable> <= offset."""
        return [self.normal @ variable <= self.offset]

    def kernel(self) -> ProjectionKernel:
        """p - lam a/w in closed form; `data` is (b, a), scaled by a power of two."""
        from online_sim.domains.kernels import half_space

        a, b, _ = scaled_row(self.normal, self.offset)
        return ProjectionKernel(half_space, "project_half_space", np.concatenate(((b,), a)), 0)

    def _support(self, direction: Vector) -> float:
        """factor * offset where direction = factor * normal with factor >= 0 up to rounding, else `inf`."""
        factor = self._factor(direction)
        return factor * self.offset if factor >= 0.0 else math.inf

    def _maximiser(self, direction: Vector) -> Vector:
        """The point of the boundary nearest to the origin; ValueError where the support function is `inf`."""
        factor = self._factor(direction)
        if factor < 0.0:
            raise ValueError(
                f"`direction` {np.array2string(direction, threshold=8)} is not a multiple >= 0 of the "
                f"normal, so {self.name} is unbounded that way and has no maximiser; pass such a multiple "
                "or take a compact set"
            )
        return self.start() if factor == 0.0 else self._boundary()

    def _contains(self, point: Vector, tolerance: float) -> bool:
        """Whether <normal, x> <= offset up to rounding, and `tolerance` times the terms of both sides.

        The set has no width, so its only sizes are those of the terms; they grow far from the origin.
        """
        a, b, _ = scaled_row(self.normal, self.offset)
        size = abs(b) + float(np.abs(a * point).sum())
        allowed = tolerance + sum_roundings(self.dimension) * EPS
        return exact_residual(a, point, b) <= allowed * size

    def _widths(self) -> tuple[Vector, Vector]:
        """`inf` in every coordinate, at both ends."""
        widths = np.full(self.dimension, math.inf)
        return widths, widths

    def _boundary(self) -> Vector:
        a, b, _ = scaled_row(self.normal, self.offset)
        return a * (b / float(a @ a))

    def _factor(self, direction: Vector) -> float:
        """t >= 0 with direction = t * normal, or -1 when there is none."""
        a, _, scale = scaled_row(self.normal, self.offset)
        factor = float(a @ direction) / float(a @ a)
        # Each entry of t * normal carries a few roundings when a caller computes it.
        slack = 8.0 * EPS * np.max(np.abs(direction))
        parallel = bool(np.all(np.abs(direction - factor * a) <= slack))
        return factor * scale if parallel and factor >= 0.0 else -1.0
