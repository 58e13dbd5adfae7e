"""The linear programs of a polytope {x : A x <= b}, posed around a point near it in units of its width.

A solver's tolerances are absolute, so x = origin + unit * u, and origin and unit are found by solving, moving
to the vertices found and solving again. b - A origin is rounded once; the origin stays 0 where the set lies
within a few widths of it. The vertices of HiGHS are moved onto their active rows; its multipliers serve as
certificates, whether or not it calls them optimal.
"""

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from online_sim.domains.rounding import EPS, Vector, exact_residual, rounded_up, scaled_row

# The tolerances asked of HiGHS, and the slack, in units, below which a row counts as met with equality.
_LP_TOLERANCE = 1e-10
_ACTIVE = 1e-8
# How far beyond some row, in units, every point must lie before the set is called empty.
_EMPTY = 1e-9
# Beyond this many choices of d rows the vertices are not enumerated.
_MAX_BASES = 5000
# A frame fits when the width is within this factor of the unit, and the middle within that many widths of 0.
_FIT, _MOST_FRAMES = 16.0, 12
# Narrower than this in two frames, one after the other, the set is a point as far as floats can tell.
_NARROW = 1e-9


@dataclass(frozen=True, eq=False)
class Programs:
    """The rows around `origin` in units of `unit`, and what was solved for.

    given, bounds, lengths: the rows that are not zero, (m, d), their b and their l2 norms, (m,); rows,
    offsets: the same as unit rows, and (b - A origin)/unit; centre: of a largest inscribed ball, (d,); ends:
    the vertices of least and of largest u_i, (d, d) each; multipliers: those of their programs, (d, m) each.
    """

    origin: Vector
    unit: float
    given: Vector
    bounds: Vector
    lengths: Vector
    rows: Vector
    offsets: Vector
    centre: Vector
    ends: tuple[Vector, Vector]
    multipliers: tuple[Vector, Vector]

    def outer(self, local: Vector) -> Vector:
        """The point x of a u."""
        return self.origin + self.unit * local

    def vertex(self, direction: Vector) -> tuple[Vector, Vector]:
        """The u of the program's vertex, moved onto its active rows, and the multipliers, (d,) and (m,)."""
        return _vertex(direction, self.rows, self.offsets)

    def support(self, direction: Vector) -> float:
        """An upper bound of max <c, x - origin> by weak duality, rounded as its terms are."""
        lam = self.vertex(direction)[1]
        scale = float(np.max(np.abs(direction)))
        missed = np.abs(direction / scale - lam @ self.rows)
        reach = max(float(np.max(np.abs(side))) for side in self.ends)
        # The residual is far below 1e-6, so 1% covers what the vertices are short of the set's reach.
        return self.unit * scale * (float(lam @ self.offsets) + 1.01 * reach * float(missed.sum()))

    def widths_above(self) -> Vector:
        """Certain upper bounds of the widths in x, (d,), in exact arithmetic.

        By weak duality <c, y> <= <lam, b> + |c - A' lam|_1 max |y_j| for every lam >= 0, y = x - origin.
        """
        reached, missed = [], []
        for sign, side in zip((-1, 1), self.multipliers, strict=True):
            for i, lam in enumerate(side):
                value, rest = Fraction(0), [Fraction(sign if i == j else 0) for j in range(len(side))]
                for k in np.flatnonzero(lam):
                    share, (row, offset) = Fraction(float(lam[k])), self._exact_row(int(k))
                    value += share * offset
                    rest = [r - share * a for r, a in zip(rest, row, strict=True)]
                reached.append(value)
                missed.append(sum(map(abs, rest), Fraction(0)))
        worst = max(missed)
        if worst >= Fraction(1, 2):
            return np.full(self.origin.size, math.inf)
        size = max(*reached, Fraction(0)) / (1 - worst)
        ends = [value + miss * size for value, miss in zip(reached, missed, strict=True)]
        d = self.origin.size
        return np.array([rounded_up(max(ends[i] + ends[d + i], Fraction(0))) for i in range(d)])

    def _exact_row(self, k: int) -> tuple[list[Fraction], Fraction]:
        """A row and b - <row, origin> as they were given, divided by the float that makes it a unit row."""
        length = Fraction(float(self.lengths[k]))
        row = [Fraction(float(a)) / length for a in self.given[k]]
        offset = Fraction(float(self.bounds[k])) / length
        return row, offset - sum(
            (a * Fraction(float(x)) for a, x in zip(row, self.origin, strict=True)), Fraction(0)
        )

    @cached_property
    def farthest_vertices(self) -> tuple[Vector, Vector, float] | None:
        """Two u farthest apart and an upper bound of the l2 diameter in x; None where there are too many."""
        d = self.origin.size
        if math.comb(self.offsets.size, d) > _MAX_BASES:
            return None
        points, errors = _vertices(self.rows, self.offsets)
        if not len(points):
            return None
        best, above = (0, 0), 0.0
        longest = -1.0
        for i, v in enumerate(points):
            distance = np.linalg.norm(points - v, axis=1)
            above = max(above, float(np.max(distance + errors + errors[i])))
            j = int(np.argmax(distance))
            if distance[j] > longest:
                best, longest = (i, j), float(distance[j])
        return points[best[0]], points[best[1]], above * self.unit * (1.0 + (d + 8.0) * EPS)


def placed(matrix: Vector, bound: Vector) -> Programs:
    """The programs in a frame that fits; ValueError for a set that is empty or unbounded."""
    origin, unit, narrow = np.zeros(matrix.shape[1]), 0.0, False
    for _ in range(_MOST_FRAMES):
        programs = _solved(matrix, bound, origin, unit)
        unit = programs.unit
        axes = np.arange(origin.size)
        lower, upper = (side[axes, axes] for side in programs.ends)
        middle, width = 0.5 * (lower + upper), float(np.max(upper - lower))
        away = float(np.max(np.abs(middle)))
        near = away <= _FIT * width
        if near and 1.0 / _FIT <= width <= _FIT:
            return programs
        if narrow and width <= _NARROW and away <= _FIT:
            return programs
        narrow = width <= _NARROW
        if not near:
            origin = programs.outer(middle)
        unit *= max(width, 1e-8 * max(away, 1.0))
    return programs


def _solved(matrix: Vector, bound: Vector, origin: Vector, unit: float) -> Programs:
    """The programs in a frame, solved; `unit` 0 stands for the largest distance of a row."""
    given, bounds, lengths = _nonzero_rows(matrix, bound)
    rows = given / lengths[:, None]
    residuals = [exact_residual(a, origin, float(b)) for a, b in zip(given, bounds, strict=True)]
    offsets = -np.array(residuals) / lengths
    unit = unit or float(np.max(np.abs(offsets))) or 1.0
    offsets = offsets / unit
    centre = _inscribed(rows, offsets, unit)
    d = origin.size
    found = [[_vertex(sign * axis, rows, offsets) for axis in np.eye(d)] for sign in (-1.0, 1.0)]
    ends, multipliers = (tuple(np.array([v[k] for v in side]) for side in found) for k in (0, 1))
    return Programs(
        origin, unit, given, bounds, lengths, rows, offsets, centre, (ends[0], ends[1]),
        (multipliers[0], multipliers[1]),
    )  # fmt: skip


def _inscribed(rows: Vector, offsets: Vector, unit: float) -> Vector:
    """The centre of a largest inscribed ball, of radius at most a unit."""
    d = rows.shape[1]
    solution = _linear_program(
        np.append(np.zeros(d), 1.0),
        np.column_stack((rows, np.ones(offsets.size))),
        offsets,
        [(None, None)] * d + [(None, 1.0)],
    )
    radius = float(solution.x[d]) if solution.status == 0 else -math.inf
    if radius < -_EMPTY:
        raise ValueError(
            f"no x satisfies `A` x <= `b`: every point lies at least {-radius * unit:.6g} beyond some "
            "row; drop or relax contradicting rows"
        )
    centre: Vector = solution.x[:d]
    return centre


def _vertex(direction: Vector, rows: Vector, offsets: Vector) -> tuple[Vector, Vector]:
    objective = direction / float(np.max(np.abs(direction)))
    solution = _linear_program(objective, rows, offsets, (None, None))
    if solution.status != 0:
        _refuse_unbounded(objective, rows)
        raise RuntimeError(f"the linear program of a polytope stopped: {solution.message}")
    u: Vector = solution.x
    for _ in range(2):
        gap = offsets - rows @ u
        active = np.abs(gap) <= _ACTIVE
        u = u + np.linalg.lstsq(rows[active], gap[active], rcond=1e-12)[0]
    return u, np.maximum(-np.asarray(solution.ineqlin.marginals, dtype=np.float64), 0.0)


def _refuse_unbounded(objective: Vector, rows: Vector) -> None:
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

    tolerances = {"primal_feasibility_tolerance": _LP_TOLERANCE, "dual_feasibility_tolerance": _LP_TOLERANCE}
    return linprog(-objective, A_ub=rows, b_ub=offsets, bounds=bounds, method="highs", options=tolerances)


def _nonzero_rows(matrix: Vector, bound: Vector) -> tuple[Vector, Vector, Vector]:
    """The rows that are not zero times a power of two, their bounds, and their l2 norms."""
    used = matrix.any(axis=1)
    scaled = [scaled_row(a, float(b))[:2] for a, b in zip(matrix[used], bound[used], strict=True)]
    rows = np.array([a for a, _ in scaled]).reshape(-1, matrix.shape[1])
    return rows, np.array([b for _, b in scaled]), np.linalg.norm(rows, axis=1)


def _vertices(rows: Vector, offsets: Vector) -> tuple[Vector, Vector]:
    """The feasible intersections of d independent rows, (count, d), and how far rounding may put them off.

    An intersection that is known badly is left out where one known well lies within its error: a vertex of
    more than d rows is met many times.
    """
    d = rows.shape[1]
    choices = np.array(list(itertools.combinations(range(offsets.size), d)), dtype=np.intp).reshape(-1, d)
    singular = np.linalg.svd(rows[choices], compute_uv=False)
    sound = singular[:, -1] > 1e-12
    choices, least = choices[sound], singular[sound, -1]
    points = np.linalg.solve(rows[choices], offsets[choices][:, :, None])[:, :, 0].astype(np.float64)
    inside = np.all(points @ rows.T <= offsets + _ACTIVE, axis=1)
    points, least = points[inside], least[inside]
    # Backward error of Gaussian elimination, and of the rows, in rounded units of the solution's size.
    errors = 16.0 * d * EPS * (1.0 + np.linalg.norm(points, axis=1)) / least
    order = np.argsort(errors, kind="stable")
    points, errors = points[order], errors[order]
    well = errors <= _LP_TOLERANCE
    covered = np.zeros(len(points), dtype=bool)
    for i in np.flatnonzero(~well):
        near = np.linalg.norm(points[well] - points[i], axis=1) <= errors[i]
        covered[i] = bool(near.any())
    return points[~covered], errors[~covered]
