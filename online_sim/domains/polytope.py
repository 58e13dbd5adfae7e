"""The polytope {x : A x <= b}, compact and nonempty; its weighted projection is in `kernels.polytope`.

What the set is known by (a point of it, its extent, its maxima) comes from linear programs solved with
HiGHS, each answer then moved onto the rows it rests on.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike

from online_sim.domains.base import Domain, ProjectionKernel, Vector
from online_sim.domains.half_space import scaled_row
from online_sim.domains.validate import (
    as_array,
    check_norm,
    check_tolerance,
    check_vector,
    project_with_kernel,
    short_array,
)

# The tolerances asked of HiGHS, and the relative slack below which a row counts as met with equality.
_LP_TOLERANCE = 1e-10
_ACTIVE = 1e-8
# Beyond this many choices of d rows the vertices are not enumerated.
_MAX_BASES = 5000


@final
@dataclass(frozen=True, eq=False, init=False)
class Polytope(Domain):
    """X = {x in R^d : A x <= b}, `A` of shape (m, d), `b` of shape (m,); compact and nonempty.

    Redundant, repeated and zero rows are allowed, and so are flat sets (an equation is two rows).
    ValueError when the arrays do not fit, when no point satisfies all rows (with the smallest violation
    that every point has), or when X is unbounded (with a direction it is unbounded in). `A` and `b` are
    kept as read-only copies. Made for small d and m: the construction solves 2 d + 1 linear programs.
    """

    A: Vector
    b: Vector
    _lower: Vector = field(repr=False)
    _upper: Vector = field(repr=False)
    _start: Vector = field(repr=False)

    def __init__(self, A: ArrayLike, b: ArrayLike) -> None:
        matrix = as_array(A, name="A", shape=(None, None))
        bound = as_array(b, name="b", shape=(matrix.shape[0],))
        if matrix.shape[1] == 0 or matrix.shape[0] == 0:
            raise ValueError(f"`A` must have a row and a column at least, got shape {matrix.shape}")
        object.__setattr__(self, "A", matrix)
        object.__setattr__(self, "b", bound)
        empty = np.flatnonzero(~matrix.any(axis=1) & (bound < 0.0))
        if empty.size:
            raise ValueError(
                f"row {int(empty[0])} of `A` is zero and its `b` is {float(bound[empty[0]])!r} < 0: the set "
                "is empty; drop the row or correct its bound"
            )
        object.__setattr__(self, "_start", self._centre())
        d = matrix.shape[1]
        ends = [[self._vertex(sign * axis) @ axis for axis in np.eye(d)] for sign in (-1.0, 1.0)]
        for attribute, value in zip(("_lower", "_upper"), np.array(ends), strict=True):
            value.setflags(write=False)
            object.__setattr__(self, attribute, value)
        object.__setattr__(self, "_start", self.project(self._start))

    @property
    def name(self) -> str:
        """Such as ``polytope(d=2, rows=5, A=#1a2b3c4d, b=1)``, with digests of larger arrays."""
        rows, d = self.A.shape
        return f"polytope(d={d}, rows={rows}, A={short_array(self.A)}, b={short_array(self.b)})"

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.A.shape[1])

    def project(self, point: Vector, weight: Vector | None = None) -> Vector:
        """Weighted projection, shape (d,): a dual active-set method, finite and exact up to rounding.

        RuntimeError if it does not settle, or if no point meets all rows (the linear programs accept a
        set that is empty by less than 1e-9 of its size).
        """
        return project_with_kernel(self, point, weight)

    def support(self, direction: Vector) -> float:
        """<c, x> at the vertex that a linear program finds."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        return math.fsum(c * self.maximiser(c))

    def maximiser(self, direction: Vector) -> Vector:
        """A vertex where <c, x> is largest, from a linear program; the start for c = 0."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        return self._vertex(c) if c.any() else self.start()

    def coordinate_diameters(self) -> Vector:
        """max x_i - min x_i by the linear programs of the construction."""
        return self._upper - self._lower

    def diameter(self, norm: str = "inf") -> float:
        """Exact for "inf"; for "2" exact where the vertices can be enumerated, else an upper bound.

        They are when there are at most 5000 choices of d of the rows; the bound is (sum_i D_i^2)^(1/2).
        """
        widths = self.coordinate_diameters()
        if check_norm(norm) == "inf":
            return float(np.max(widths))
        bound = float(np.linalg.norm(widths))
        rows, offsets = _unit_rows(self.A, self.b)
        if math.comb(offsets.size, self.dimension) > _MAX_BASES:
            return bound
        vertices = _vertices(rows, offsets, self._size())
        farthest = max((float(np.max(np.linalg.norm(vertices - v, axis=1))) for v in vertices), default=bound)
        return min(max(farthest, float(np.max(widths))), bound)

    def contains(self, point: Vector, *, tolerance: float = 0.0) -> bool:
        """Whether each row is violated by at most `tolerance` |a_i|_1 times the largest entry in X."""
        x = check_vector(point, dimension=self.dimension, name="point")
        slack = check_tolerance(tolerance) * np.abs(self.A).sum(axis=1) * self._size()
        return bool(np.all(self.A @ x - self.b <= slack))

    def start(self) -> Vector:
        """A centre of a largest ball in X."""
        return self._start.copy()

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """A variable <= b."""
        return [self.A @ variable <= self.b]

    def kernel(self) -> ProjectionKernel:
        """The dual active-set method; `data` is (m, A by rows, b) without zero and repeated rows."""
        from online_sim.domains.kernels import polytope

        data, rows = _packed(self.A.tobytes(), self.b.tobytes(), self.dimension)
        d = self.dimension
        return ProjectionKernel(polytope, "project_polytope", data, 3 * d * d + 10 * d + rows)

    def _size(self) -> float:
        return max(float(np.max(np.abs(self._lower))), float(np.max(np.abs(self._upper)))) or 1.0

    def _centre(self) -> Vector:
        """The centre of a largest inscribed ball, of radius at most the rows' largest distance from 0."""
        rows, offsets = _unit_rows(self.A, self.b)
        d = self.dimension
        if not offsets.size:
            raise ValueError("`A` has only zero rows, so the set is all of R^d; pass rows that bound it")
        reach = float(np.max(np.abs(offsets))) or 1.0
        solution = _linear_program(
            np.append(np.zeros(d), 1.0),
            np.column_stack((rows, np.ones(offsets.size))),
            offsets / reach,
            [(None, None)] * d + [(None, 1.0)],
        )
        radius = float(solution.x[d]) if solution.status == 0 else -math.inf
        if radius < -1e-9:
            raise ValueError(
                f"no x satisfies `A` x <= `b`: every point lies at least {-radius * reach:.6g} beyond some "
                "row; drop or relax contradicting rows"
            )
        centre: Vector = solution.x[:d] * reach
        return centre

    def _vertex(self, direction: Vector) -> Vector:
        """The linear program's vertex, moved onto the rows that are active there."""
        rows, offsets = _unit_rows(self.A, self.b)
        reach = max(float(np.max(np.abs(offsets))), float(np.max(np.abs(self._start)))) or 1.0
        objective = direction / float(np.max(np.abs(direction)))
        solution = _linear_program(objective, rows, offsets / reach, (None, None))
        if solution.status != 0:
            self._refuse_unbounded(objective, rows)
            raise RuntimeError(f"the linear program over {self.name} stopped: {solution.message}")
        x: Vector = solution.x * reach
        for _ in range(2):
            gap = offsets - rows @ x
            active = np.abs(gap) <= _ACTIVE * reach
            x = x + np.linalg.lstsq(rows[active], gap[active], rcond=1e-12)[0]
        return x

    def _refuse_unbounded(self, objective: Vector, rows: Vector) -> None:
        ray = _linear_program(objective, rows, np.zeros(rows.shape[0]), (-1.0, 1.0))
        if ray.status == 0 and float(objective @ ray.x) > _ACTIVE:
            shown = np.array2string(ray.x, precision=6, threshold=8)
            raise ValueError(
                f"`A` x <= `b` is unbounded: x + t v stays in it for all t > 0 with v = {shown}; "
                "add rows that bound the set"
            )


def _linear_program(objective: Vector, rows: Vector, offsets: Vector, bounds: Any) -> Any:
    """Maximise <objective, x> subject to rows x <= offsets."""
    from scipy.optimize import linprog

    tolerances = {
        "primal_feasibility_tolerance": _LP_TOLERANCE,
        "dual_feasibility_tolerance": _LP_TOLERANCE,
    }
    return linprog(-objective, A_ub=rows, b_ub=offsets, bounds=bounds, method="highs", options=tolerances)


def _unit_rows(matrix: Vector, bound: Vector) -> tuple[Vector, Vector]:
    """The rows that are not zero, scaled to |a_i|_2 = 1."""
    used = matrix.any(axis=1)
    scaled = [scaled_row(a, float(b))[:2] for a, b in zip(matrix[used], bound[used], strict=True)]
    rows = np.array([a for a, _ in scaled]).reshape(-1, matrix.shape[1])
    length = np.linalg.norm(rows, axis=1)
    unit: Vector = rows / length[:, None]
    offsets: Vector = np.array([b for _, b in scaled]) / length
    return unit, offsets


def _vertices(rows: Vector, offsets: Vector, size: float) -> Vector:
    """The feasible intersections of d independent rows, shape (count, d)."""
    d = rows.shape[1]
    choices = np.array(list(itertools.combinations(range(offsets.size), d)), dtype=np.intp).reshape(-1, d)
    singular = np.linalg.svd(rows[choices], compute_uv=False)
    choices = choices[singular[:, -1] > 1e-12]
    points = np.linalg.solve(rows[choices], offsets[choices][:, :, None])[:, :, 0].astype(np.float64)
    return points[np.all(points @ rows.T <= offsets + _ACTIVE * size, axis=1)]


@lru_cache(maxsize=64)
def _packed(matrix: bytes, bound: bytes, dimension: int) -> tuple[Vector, int]:
    """The kernel's data: distinct nonzero rows, each scaled by a power of two, the smallest bound of each."""
    rows: dict[tuple[float, ...], float] = {}
    for a, b in zip(np.frombuffer(matrix).reshape(-1, dimension), np.frombuffer(bound), strict=True):
        if a.any():
            scaled, offset, _ = scaled_row(a, float(b))
            key = tuple(float(entry) for entry in scaled)
            rows[key] = min(offset, rows.get(key, math.inf))
    data = np.concatenate(([float(len(rows))], np.array(list(rows)).ravel(), list(rows.values())))
    data.setflags(write=False)
    return data, len(rows)
