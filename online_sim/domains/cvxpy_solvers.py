"""The compiled problems of a set given by cvxpy constraints, posed where the set has width 1 around 0.

A solver's tolerances are absolute or relative to the numbers it sees, so on a set of width 1 at 1e7 no digit
would be right. Every problem is therefore posed in u, x = centre + unit * u, and the frame (centre, unit)
is found by solving, moving the frame to the extreme points found, and solving again until it fits.

How finely the constraints can be resolved at all is measured: points outside the set are moved by a rounding
of their coordinates, and what the violation then varies by, over its slope, is a distance (`resolution`).
Constraints that lose their digits, such as |x|^2 - 2 <c, x> <= r^2 - |c|^2 with a large c, show it there.
"""

import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from online_sim.domains.conic import ConicSet, conic_set
from online_sim.domains.cvxpy_constraints import checked_constraints, in_units_of_change
from online_sim.domains.rounding import EPS, ROUNDINGS, Vector
from theory.borders import one_line

# Where Clarabel misses a tolerance it may hand back a much earlier iterate, so the next one is tried.
_TOLERANCES = (1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8)
# Units in which the set is looked for, when the solver finds nothing at the scale of 1.
_SCALES = (1.0, 1e3, 1e6, 1e9, 1e12, 1e-3, 1e-6, 1e-9)
_ANSWERS = ("Solved", "AlmostSolved", "MaxIterations")
_INACCURATE = ("AlmostSolved", "MaxIterations", "InsufficientProgress", "NumericalError")
"""Clarabel's words where it has a point, and where it may do better at another tolerance."""
_MOST_FRAMES = 12
SOLVER_ERROR = 1e-8
"""A general solver's error in units of the width, with a factor of ten."""
# A frame fits when the width is within this factor of the unit, and the centre within that many widths of 0.
_FIT = 16.0
# The step outside at which a constraint's slope is measured, in widths, and the samples of its noise.
_STEP, _NOISE_SAMPLES = 4.0, 6


@dataclass(frozen=True, eq=False)
class Frame:
    """The affine change of variable x = centre + unit * u; centre (d,)."""

    centre: Vector
    unit: float

    def inner(self, point: Vector) -> Vector:
        """The u of a point x."""
        return (point - self.centre) / self.unit

    def outer(self, local: Vector) -> Vector:
        """The point x of a u."""
        return self.centre + self.unit * local


class Solvers:
    """The two compiled problems of a set in a frame, projection and linear maximum, and its violations."""

    def __init__(
        self, constraints: Callable[[Any], Sequence[Any]], frame: Frame, solver: str, options: dict[str, Any]
    ) -> None:
        """Build and check the constraints twice: on x itself to measure them, on centre + unit u to solve."""
        import cvxpy

        d = frame.centre.size
        self.frame, self.solver, self.options = frame, solver, options
        self.point = cvxpy.Variable(d)
        self.plain = checked_constraints(constraints, self.point)
        self.local = cvxpy.Variable(d)
        trivial = frame.unit == 1.0 and not frame.centre.any()
        self.variable = self.local if trivial else frame.centre + frame.unit * self.local
        self.constraints = checked_constraints(constraints, self.variable)
        if not trivial:
            self.constraints = [in_units_of_change(c, self.local) for c in self.constraints]
        # Variables besides x: a point is then in the set when some values of theirs fit.
        self.lifted = any(v is not self.local for c in self.constraints for v in c.variables())
        self.ladder: list[dict[str, Any]] = [options]
        self.rows: ConicSet | None = None
        if solver == "CLARABEL" and not options:
            self.ladder = [
                {"tol_gap_abs": t, "tol_gap_rel": t, "tol_feas": t, "max_iter": 200} for t in _TOLERANCES
            ]
            with suppress(cvxpy.SolverError):  # solving says what Clarabel lacks
                self.rows = conic_set(self.local, self.constraints)
        self.direction = cvxpy.Parameter(d)
        self.linear = cvxpy.Problem(cvxpy.Maximize(self.direction @ self.local), self.constraints)
        self.root_weight = cvxpy.Parameter(d, nonneg=True)
        self.pull = cvxpy.Parameter(d)
        squares = cvxpy.sum_squares(cvxpy.multiply(self.root_weight, self.local))
        self.nearest = cvxpy.Problem(cvxpy.Minimize(squares - 2.0 * self.pull @ self.local), self.constraints)
        self.slopes: list[Vector] = []

    def extreme_points(self) -> Vector:
        """The u extreme in a coordinate, shape (2 d, d); ValueError for an empty or unbounded set."""
        import cvxpy

        feasible = cvxpy.Problem(cvxpy.Minimize(0.0), self.constraints)
        self._solve(feasible)
        if feasible.status in (cvxpy.INFEASIBLE, cvxpy.INFEASIBLE_INACCURATE):
            raise ValueError(
                "`constraints` contradict each other: the set is empty, or their numbers cancel where it "
                "lies; drop or relax some of them, or write them in x - c with a point c of the set"
            )
        points = []
        for j, sign in ((j, sign) for j in range(self.direction.size) for sign in (1.0, -1.0)):
            self.direction.value = sign * np.eye(self.direction.size)[j]
            self._solve(self.linear)
            if self.local.value is None or not np.all(np.isfinite(self.local.value)):
                raise ValueError(
                    f"`constraints` leave coordinate {j} without a {'largest' if sign > 0 else 'smallest'} "
                    f"value ({self.solver} says {self.linear.status}); a domain must be compact: bound every "
                    "coordinate"
                )
            points.append(np.array(self.local.value))
        return np.array(points)

    def project(self, local: Vector, weight: Vector) -> Vector:
        """The solver's projection of a u, for weights in (0, 1]."""
        scale = max(1.0, float(np.max(np.abs(weight * local))))
        pull = weight * local / scale
        if self.rows is not None:
            return self._directly(self.rows, 2.0 * weight / scale, -2.0 * pull)
        self.root_weight.value = np.sqrt(weight / scale)
        self.pull.value = pull
        return self._answer(self.nearest)

    def maximise(self, direction: Vector) -> Vector:
        """The solver's u of largest <direction, u>."""
        unit = direction / float(np.max(np.abs(direction)))
        if self.rows is not None:
            return self._directly(self.rows, np.zeros_like(unit), -unit)
        self.direction.value = unit
        return self._answer(self.linear)

    def violation(self, point: Vector) -> float:
        """About how far a point x lies outside: the largest violation over the slope of its constraint.

        With further variables in the constraints it is the distance to the solver's projection.
        """
        if self.lifted:
            local = self.frame.inner(point)
            return self.frame.unit * float(np.max(np.abs(self.project(local, np.ones_like(local)) - local)))
        return max(float(np.max(v / s)) for v, s in zip(self._violations(point), self.slopes, strict=True))

    def measure(self, inside: Vector, width: float) -> float:
        """Set the slopes of the constraints from a point x of the set, and return the resolution.

        The distance within which rounding blurs the constraints; `width` is the set's, in x.
        """
        d = inside.size
        step = _STEP * (width or 1.0)
        if self.lifted:
            # Membership is then a distance that the solver finds.
            return ROUNDINGS * EPS * float(np.max(np.abs(inside)) + width) + SOLVER_ERROR * width
        outside = [inside + sign * step * axis for axis in np.eye(d) for sign in (1.0, -1.0)]
        found = [[_finite(v) for v in self._violations(x)] for x in outside]
        steepest = [np.max(np.array(column), axis=0) / step for column in zip(*found, strict=True)]
        # An entry that is violated nowhere out there binds nowhere near; it counts with the others' slope.
        self.slopes = [np.where(s > 0.0, s, float(np.max(s)) or 1.0) for s in steepest]
        generator = np.random.default_rng(0)
        noise = 0.0
        for x, there in zip(outside, found, strict=True):
            for _ in range(_NOISE_SAMPLES):
                moved = x + EPS * (np.abs(x) + width) * generator.uniform(-1.0, 1.0, d)
                for v, w, s in zip(self._violations(moved), there, self.slopes, strict=True):
                    noise = max(noise, float(np.max(np.abs(_finite(v) - w) / s)))
        # The samples show most of the spread, not all of it.
        return ROUNDINGS * noise

    def _violations(self, point: Vector) -> list[Vector]:
        self.point.value = point
        with np.errstate(all="ignore"):
            return [np.atleast_1d(np.asarray(c.violation(), dtype=np.float64)) for c in self.plain]

    def _answer(self, problem: Any) -> Vector:
        self._solve(problem)
        value = self.local.value
        if value is None or not bool(np.all(np.isfinite(value))):
            raise self._no_answer(problem.status)
        return np.array(value, dtype=np.float64)

    def _no_answer(self, status: str) -> RuntimeError:
        return RuntimeError(
            f"{self.solver} found no answer (status {status}); rescale the constraints or pass other "
            "`solver_options`"
        )

    def _directly(self, rows: ConicSet, bend: Vector, linear: Vector) -> Vector:
        """The u of least sum_i bend_i u_i^2 / 2 + <linear, u>, from Clarabel without cvxpy between."""
        answer: Vector | None = None
        for options in self.ladder:
            found = rows.least(bend, linear, **options)
            if found.status in _ANSWERS and np.all(np.isfinite(found.unknowns[rows.columns])):
                answer = found.unknowns[rows.columns]
            if found.status not in _INACCURATE:
                break
        if answer is None:
            raise self._no_answer(found.status)
        return answer

    def _solve(self, problem: Any) -> None:
        """Solve at the tightest tolerance the solver says it reached; the caller checks whether it did."""
        import cvxpy

        refusal: Exception | None = None
        solved = False
        # An answer left from an earlier problem must not pass for one of this.
        self.local.value = None
        with warnings.catch_warnings():
            # "Solution may be inaccurate" is ignored: the caller measures how inaccurate it is.
            warnings.simplefilter("ignore")
            for options in self.ladder:
                try:
                    problem.solve(solver=self.solver, **options)
                except Exception as error:  # each solver raises its own for options it does not know
                    refusal = error
                    continue
                solved = True
                if problem.status not in (cvxpy.OPTIMAL_INACCURATE, cvxpy.USER_LIMIT):
                    return
        if not solved and refusal is not None:
            given = f" with `solver_options` = {self.options!r}" if self.options else ""
            raise SolverFailure(
                f"`solver` = {self.solver!r}{given} cannot solve the problems of this set: "
                f"{one_line(refusal)}; pass another solver or other options, or write the constraints in "
                "(x - c)/r with a point c and the width r of the set"
            ) from refusal


class SolverFailure(RuntimeError):
    """The solver raised an error of its own instead of answering."""


def place(
    dimension: int, constraints: Callable[[Any], Sequence[Any]], solver: str, options: dict[str, Any]
) -> tuple[Solvers, Vector]:
    """The problems in a frame that fits the set, and the extreme points in that frame, (2 d, d).

    ValueError for a set that is empty or unbounded, or on which no frame settles.
    """
    solvers, extreme = _first_look(dimension, constraints, solver, options)
    for _ in range(_MOST_FRAMES):
        lower, upper = extreme.min(axis=0), extreme.max(axis=0)
        middle, width = 0.5 * (lower + upper), float(np.max(upper - lower))
        away = float(np.max(np.abs(middle)))
        frame = solvers.frame
        if away <= _FIT * width and 1.0 / _FIT <= width <= _FIT:
            return solvers, extreme
        centre = frame.outer(middle)
        # Below the rounding of the centre there is nothing to resolve; nor below what was just seen.
        least = 64.0 * EPS * float(np.max(np.abs(centre))) or 1e-300
        unit = max(frame.unit * max(width, 1e-8 * away), least)
        if unit == least and frame.unit <= 2.0 * least and away <= _FIT:
            return solvers, extreme
        solvers = Solvers(constraints, Frame(centre, unit), solver, options)
        try:
            extreme = solvers.extreme_points()
        except SolverFailure as error:
            raise ValueError(str(error)) from error
    raise ValueError(
        f"`constraints`: {solver} finds no place and width of the set that it stands by; write them around "
        "the set's own centre and in units of its width"
    )


def _first_look(
    dimension: int, constraints: Callable[[Any], Sequence[Any]], solver: str, options: dict[str, Any]
) -> tuple[Solvers, Vector]:
    refusals: list[Exception] = []
    for scale in _SCALES:
        solvers = Solvers(constraints, Frame(np.zeros(dimension), scale), solver, options)
        try:
            return solvers, solvers.extreme_points()
        except (ValueError, SolverFailure) as error:
            # What is empty, unbounded or too hard to a solver at one scale may be a set at another.
            refusals.append(error)
    raise ValueError(str(refusals[0])) from refusals[0]


def _finite(values: Vector) -> Vector:
    return np.where(np.isfinite(values), values, 0.0)
