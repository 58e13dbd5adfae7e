"""The polytope {x : A x <= b}, compact and nonempty; its weighted projection is in `kernels.polytope`.

A point of the set, its extent and its maxima come from linear programs posed around a point near it
(`polytope_programs`), and the projection is computed around that point too: far from the origin only the
digits of the coordinates themselves are lost.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike

from online_sim.domains.base import Domain, ProjectionKernel
from online_sim.domains.polytope_programs import Programs, placed
from online_sim.domains.rounding import (
    EPS,
    ROUNDINGS,
    Vector,
    exact_residual,
    length_bounds,
    scaled_row,
    sum_roundings,
)
from online_sim.domains.validate import as_matrix, as_vector, named
from online_sim.frozen import set_fields


@final
@dataclass(frozen=True, eq=False, init=False)
class Polytope(Domain):
    """X = {x in R^d : A x <= b}, compact and nonempty.

    Redundant, repeated and zero rows are allowed, and so are flat sets (an equation is two rows). Made for
    small d and m: the construction solves 2 d + 1 linear programs.

    Args:
        A: Rows of the inequalities, shape (m, d).
        b: Their right sides, shape (m,).

    Raises:
        ValueError: The arrays do not fit; no point satisfies all rows (the message gives the smallest
            violation that every point has); or X is unbounded (it gives a direction).
    """

    A: Vector
    b: Vector
    _ends: tuple[Vector, Vector] = field(repr=False)
    _sides: tuple[Vector, Vector] = field(repr=False)
    _programs: Programs = field(repr=False)
    _start: Vector = field(repr=False)

    def __init__(self, A: ArrayLike, b: ArrayLike) -> None:
        matrix = as_matrix(A, name="A")
        bound = as_vector(b, name="b", dimension=matrix.shape[0])
        set_fields(self, A=matrix, b=bound)
        empty = np.flatnonzero(~matrix.any(axis=1) & (bound < 0.0))
        if empty.size:
            raise ValueError(
                f"row {int(empty[0])} of `A` is zero and its `b` is {float(bound[empty[0]])!r} < 0: the set "
                "is empty; drop the row or correct its bound"
            )
        if not matrix.any():
            raise ValueError("`A` has only zero rows, so the set is all of R^d; pass rows that bound it")
        programs = placed(matrix, bound)
        set_fields(self, _programs=programs)
        start = self.project(programs.outer(programs.centre))
        # Vertices of the linear programs, brought into the set; how far they reach beyond is certified.
        ends = [np.array([self.project(programs.outer(u)) for u in side]) for side in programs.ends]
        least, most = (np.diag(side) for side in ends)
        off = ROUNDINGS * EPS * (np.abs(most) + np.abs(least))
        high = programs.widths_above()
        low = np.clip(most - least - off, 0.0, high)
        for value in (*ends, low, high):
            value.setflags(write=False)
        set_fields(self, _start=start, _ends=tuple(ends), _sides=(low, high))

    @property
    def name(self) -> str:
        """Such as ``polytope(d=2, rows=5, A=#1a2b3c4d, b=1)``, with digests of larger arrays."""
        return named("polytope", self.dimension, rows=len(self.A), A=self.A, b=self.b)

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.A.shape[1])

    def start(self) -> Vector:
        """A centre of a largest ball in X."""
        return self._start.copy()

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """A variable <= b."""
        return [self.A @ variable <= self.b]

    def half_spaces(self) -> tuple[Vector, Vector]:
        """(A, b) without the rows that are zero."""
        kept = self.A.any(axis=1)
        return self.A[kept], self.b[kept]

    def kernel(self) -> ProjectionKernel:
        """A dual active-set method, finite and exact up to rounding.

        It fails where no point meets all rows: the linear programs accept a set that is empty by less than
        1e-9 of its size. `data` is (m, origin, A by rows, b - A origin) without zero and repeated rows.
        """
        from online_sim.domains.kernels import polytope

        d = self.dimension
        data, rows = _packed(self.A.tobytes(), self.b.tobytes(), self._programs.origin.tobytes(), d)
        return ProjectionKernel(polytope, "project_polytope", data, 3 * d * d + 11 * d + rows)

    def _support(self, direction: Vector) -> float:
        """An upper bound of max <c, x> that is tight up to rounding, from a linear program's multipliers.

        The vertex that the program stops at may be short of the maximum by its tolerance.
        """
        if not direction.any():
            return 0.0
        return math.fsum((*(direction * self._programs.origin), self._programs.support(direction)))

    def _maximiser(self, direction: Vector) -> Vector:
        """A vertex where <c, x> is largest, from a linear program; the start for c = 0."""
        if not direction.any():
            return self.start()
        return self._programs.outer(self._programs.vertex(direction)[0])

    def _contains(self, point: Vector, tolerance: float) -> bool:
        """Whether each row holds up to `tolerance` |a_i|_1 times the largest width, and rounding."""
        slack = tolerance * self.diameter()
        for a, b in zip(self.A, self.b, strict=True):
            if a.any():
                row, offset, _ = scaled_row(a, float(b))
                size = float(np.abs(row * point).sum()) + abs(offset)
                allowed = slack * float(np.abs(row).sum()) + sum_roundings(self.dimension) * EPS * size
                if not exact_residual(row, point, offset) <= allowed:
                    return False
        return True

    def _widths(self) -> tuple[Vector, Vector]:
        """max x_i - min x_i: from below by points of the set, from above by the programs' multipliers."""
        return self._sides

    def _two_diameter(self) -> tuple[None, float]:
        """From above by the vertices where they can be enumerated, else by (sum_i D_i^2)^(1/2).

        They are when there are at most 5000 choices of d of the rows.
        """
        above, found = length_bounds(*self._sides)[1], self._programs.farthest_vertices
        return None, above if found is None else min(max(found[2], self.diameter()), above)

    def _farthest_pair(self, norm: str) -> tuple[Vector, Vector]:
        """Ends of the widest coordinate for "inf", the farthest vertices for "2"."""
        if norm == "inf":
            i = int(np.argmax(self._sides[0]))
            return self._ends[0][i].copy(), self._ends[1][i].copy()
        found = self._programs.farthest_vertices
        if found is None:
            return super()._farthest_pair(norm)
        first, second = (self.project(self._programs.outer(vertex)) for vertex in found[:2])
        return first, second


@lru_cache(maxsize=64)
def _packed(matrix: bytes, bound: bytes, origin: bytes, dimension: int) -> tuple[Vector, int]:
    """The kernel's data: distinct nonzero rows, each scaled by a power of two, the smallest bound of each."""
    rows: dict[tuple[float, ...], float] = {}
    centre = np.frombuffer(origin)
    for a, b in zip(np.frombuffer(matrix).reshape(-1, dimension), np.frombuffer(bound), strict=True):
        if a.any():
            scaled, offset, _ = scaled_row(a, float(b))
            key = tuple(float(entry) for entry in scaled)
            rows[key] = min(-exact_residual(scaled, centre, offset), rows.get(key, math.inf))
    data = np.concatenate(([float(len(rows))], centre, np.array(list(rows)).ravel(), list(rows.values())))
    data.setflags(write=False)
    return data, len(rows)
