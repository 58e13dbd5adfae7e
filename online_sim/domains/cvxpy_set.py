"""Any compact convex set written as cvxpy constraints, projected with cvxpy inside the loop.

This is the general domain, not a fast one: a projection is a solver call, thousands of times slower than
a compiled one, and as accurate as an interior-point method is. What makes it usable as evidence:

* the problem is compiled once, with the weights and the point as parameters (cvxpy's DPP), in units of
  the set's own size, with the weights divided by the largest and the objective by the point's distance;
* Clarabel is asked for 1e-13 instead of its 1e-8, without which the projection errs in the second digit
  when the weights span 6 decades; where it says that it failed, for the next larger power of ten;
* no status is believed, neither a good one nor a bad one: the violation of the constraints is measured,
  and the variational inequality <w (p - y), z - y> <= 0 is checked at the worst z in X, found by one more
  solve. If y is off by e then sum_i w_i e_i^2 is at most that left side (`gap`).

A coordinate of small weight is certified to (gap/w_i)^(1/2) only, and beyond 8 decades an interior-point
method places it anywhere, with the best of gaps: such weights are refused. A zero weight is replaced by
1e-4 of the smallest positive one, at most 1e-7 of the largest, so the limit of `online_sim.domains.base` is
met to about that.

Worst errors measured against exact projections (d = 4, sets of size 1 to 2, 100 draws): on polyhedra 4e-11 to
2e-9 for weights over 4 decades and 5e-6 over 7.6; on an ellipsoid, whose cone loses half the digits, 1e-4
and 9e-4; beside a zero weight 2e-4 on both.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from online_sim.domains.base import Domain, Vector
from online_sim.domains.validate import (
    as_dimension,
    as_positive,
    check_norm,
    check_tolerance,
    check_vector,
    check_weight,
)

# Where Clarabel misses a tolerance it may hand back a much earlier iterate, so the next one is tried.
_TOLERANCES = (1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8)
_SMALLEST_WEIGHT = 1e-8
_ZERO_WEIGHT = 1e-7
_ZERO_RATIO = 1e-4
_RELATIVE_ACCURACY = 1e-4


@final
@dataclass(frozen=True, eq=False, init=False)
class CvxpySet(Domain):
    """X = {x in R^d : constraints(x)}, compact and nonempty.

    `constraints` maps a cvxpy variable of shape (dimension,) to a list of convex constraints on it. `name`
    is shown in reports. `accuracy` is the absolute error to expect of a projection in the coordinates of
    large weight (None: 1e-4 of the set's size, see the module's docstring) and the threshold of the checks;
    `certify` False skips the variational inequality and halves the time. `solver_options` replace the
    tolerances asked of Clarabel; another `solver` runs with its own defaults unless they are given.

    ValueError when the constraints are not convex, contradict each other, or leave a coordinate unbounded.
    The construction solves 2 d + 1 problems. There is no kernel.
    """

    constraints: Callable[[Any], Sequence[Any]]
    accuracy: float
    certify: bool
    solver: str
    solver_options: Mapping[str, Any]
    _name: str = field(repr=False)
    _solvers: _Solvers = field(repr=False)
    _lower: Vector = field(repr=False)
    _upper: Vector = field(repr=False)
    _start: Vector = field(repr=False)

    def __init__(
        self,
        dimension: int,
        constraints: Callable[[Any], Sequence[Any]],
        *,
        name: str = "cvxpy_set",
        accuracy: float | None = None,
        certify: bool = True,
        solver: str = "CLARABEL",
        solver_options: Mapping[str, Any] | None = None,
    ) -> None:
        d = as_dimension(dimension)
        if not callable(constraints):
            raise TypeError(
                f"`constraints` must map a cvxpy variable to a list of constraints, got {constraints!r}"
            )
        options = dict(solver_options or {})
        solvers = _Solvers(d, constraints, solver, options)
        extreme = solvers.extreme_points()
        lower, upper = extreme.min(axis=0), extreme.max(axis=0)
        size = max(float(np.max(np.abs(extreme))), float(np.max(upper - lower))) or 1.0
        # The mean of the extreme points: inside, and away from the boundary wherever the set has an inside.
        start = extreme.mean(axis=0)
        solvers.compile_projection(start, size)
        for value in (lower, upper, start):
            value.setflags(write=False)
        absolute = _RELATIVE_ACCURACY * size if accuracy is None else as_positive(accuracy, name="accuracy")
        for attribute, value in (
            ("constraints", constraints), ("accuracy", absolute), ("certify", bool(certify)),
            ("solver", solver), ("solver_options", options), ("_name", name), ("_solvers", solvers),
            ("_lower", lower), ("_upper", upper), ("_start", start),
        ):  # fmt: skip
            object.__setattr__(self, attribute, value)

    @property
    def name(self) -> str:
        """The given name with the dimension, such as ``cvxpy_set(d=3)``."""
        return f"{self._name}(d={self.dimension})"

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self._start.size)

    def project(self, point: Vector, weight: Vector | None = None) -> Vector:
        """Weighted projection, shape (d,), to about `accuracy`.

        RuntimeError when the solver's answer violates the constraints by more than `accuracy` or, with
        `certify`, when the variational inequality fails.
        """
        p = check_vector(point, dimension=self.dimension, name="point")
        w = _effective(check_weight(weight, dimension=self.dimension))
        if self._solvers.violation(p) <= 0.0:
            return p.copy()
        y = self._solvers.project(p, w)
        violation = self._solvers.violation(y)
        if not violation <= self.accuracy:
            raise RuntimeError(
                f"{self.solver} returned a point that violates the constraints of {self.name} by "
                f"{violation:.3g}, more than `accuracy` = {self.accuracy:.3g}, at point "
                f"{np.array2string(p, threshold=8)}; rescale the constraints, pass other "
                "`solver_options`, or a larger `accuracy`"
            )
        if self.certify:
            gap = self.gap(p, y, weight)
            distance = float(np.max(np.abs(p - y)))
            if not gap <= self.accuracy**2 * (1.0 + distance / self._size()):
                raise RuntimeError(
                    f"{self.solver}'s projection onto {self.name} is not certified: the variational "
                    f"inequality is off by {gap:.3g}, an error of up to {math.sqrt(gap):.3g} in the weighted "
                    f"norm, above `accuracy` = {self.accuracy:.3g}; pass other `solver_options`, a larger "
                    "`accuracy`, or weights that span fewer decades"
                )
        return y

    def gap(self, point: Vector, projected: Vector, weight: Vector | None = None) -> float:
        """max over z in X of <w (p - y), z - y> for y = `projected`, with the weights divided by the largest.

        It is 0 for the exact projection; otherwise |y_i - (Pp)_i| <= (gap/w_i)^(1/2) in every coordinate.
        """
        p = check_vector(point, dimension=self.dimension, name="point")
        y = check_vector(projected, dimension=self.dimension, name="projected")
        normal = _effective(check_weight(weight, dimension=self.dimension)) * (p - y)
        return max(float(normal @ (self.maximiser(normal) - y)), 0.0) if normal.any() else 0.0

    @property
    def inexactness(self) -> float:
        """1e-8 of the set's size: the solver's error is about 1e-9 of it."""
        return 1e-8 * self._size()

    def support(self, direction: Vector) -> float:
        """<c, x> at the maximiser, to within `inexactness` times |c|_1."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        return float(c @ self.maximiser(c))

    def maximiser(self, direction: Vector) -> Vector:
        """A point of X where <c, x> is largest, from the solver; the start for c = 0."""
        c = check_vector(direction, dimension=self.dimension, name="direction")
        return self._solvers.maximise(c) if c.any() else self.start()

    def coordinate_diameters(self) -> Vector:
        """max x_i - min x_i, from the 2 d problems solved at the construction."""
        return self._upper - self._lower

    def diameter(self, norm: str = "inf") -> float:
        """The largest coordinate diameter for "inf"; for "2" the upper bound (sum_i D_i^2)^(1/2)."""
        widths = self.coordinate_diameters()
        return float(np.max(widths)) if check_norm(norm) == "inf" else float(np.linalg.norm(widths))

    def contains(self, point: Vector, *, tolerance: float = 0.0) -> bool:
        """Whether each constraint is violated, in its own units, by at most `tolerance` times the size."""
        x = check_vector(point, dimension=self.dimension, name="point")
        return self._solvers.violation(x) <= check_tolerance(tolerance) * self._size()

    def start(self) -> Vector:
        """The mean of the points that are extreme in a coordinate."""
        return self._start.copy()

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """The constraints as given."""
        return list(self.constraints(variable))

    def _size(self) -> float:
        return max(float(np.max(np.abs(self._lower))), float(np.max(np.abs(self._upper)))) or 1.0


def _effective(weight: Vector) -> Vector:
    """Weights in (0, 1], all ones where all are zero."""
    largest = float(np.max(weight))
    if largest == 0.0:
        return np.ones_like(weight)
    relative = weight / largest
    smallest = float(np.min(relative[weight > 0.0]))
    zero = min(_ZERO_WEIGHT, _ZERO_RATIO * smallest)
    needed = smallest if weight.all() else zero
    # A hair below the limit, for a span of exactly 8 decades that was computed with rounding.
    if needed < 0.999 * _SMALLEST_WEIGHT:
        span = -math.log10(max(smallest, 1e-308))
        raise ValueError(
            f"`weight` has positive entries over {span:.1f} decades; a general solver places light "
            "coordinates reliably up to 8, or 4 beside zero weights: use a domain with a closed form, or "
            "raise the smallest weights"
        )
    return np.where(weight > 0.0, relative, zero)


class _Solvers:
    """The two compiled problems of a set, projection and linear maximum."""

    def __init__(
        self,
        dimension: int,
        constraints: Callable[[Any], Sequence[Any]],
        solver: str,
        options: dict[str, Any],
    ) -> None:
        import cvxpy

        self.variable = cvxpy.Variable(dimension)
        self.constraints = list(constraints(self.variable))
        self.solver = solver
        self.ladder: list[dict[str, Any]] = [options]
        if solver == "CLARABEL" and not options:
            self.ladder = [
                {"tol_gap_abs": t, "tol_gap_rel": t, "tol_feas": t, "max_iter": 200} for t in _TOLERANCES
            ]
        if not self.constraints:
            raise ValueError(
                "`constraints` returned no constraint, so the set is all of R^d; bound every coordinate"
            )
        for constraint in self.constraints:
            if not constraint.is_dcp():
                raise ValueError(
                    f"`constraints` returned {constraint}, which cvxpy cannot recognise as convex; rewrite "
                    "it by the rules of disciplined convex programming"
                )
        self.direction = cvxpy.Parameter(dimension)
        self.linear = cvxpy.Problem(cvxpy.Maximize(self.direction @ self.variable), self.constraints)

    def extreme_points(self) -> Vector:
        """The points extreme in a coordinate, shape (2 d, d); ValueError for an empty or unbounded set."""
        import cvxpy

        feasible = cvxpy.Problem(cvxpy.Minimize(0.0), self.constraints)
        self._solve(feasible)
        if feasible.status in (cvxpy.INFEASIBLE, cvxpy.INFEASIBLE_INACCURATE):
            raise ValueError(
                "`constraints` contradict each other: the set is empty; drop or relax some of them"
            )
        points = []
        for j, sign in ((j, sign) for j in range(self.direction.size) for sign in (1.0, -1.0)):
            self.direction.value = sign * np.eye(self.direction.size)[j]
            self._solve(self.linear)
            if self.variable.value is None or not np.all(np.isfinite(self.variable.value)):
                raise ValueError(
                    f"`constraints` leave coordinate {j} without a {'largest' if sign > 0 else 'smallest'} "
                    f"value ({self.solver} says {self.linear.status}); a domain must be compact: bound every "
                    "coordinate"
                )
            points.append(np.array(self.variable.value))
        return np.array(points)

    def compile_projection(self, centre: Vector, size: float) -> None:
        """Minimise sum_i (s_i u_i)^2 - 2 <r, u>, u = (y - centre)/size, parameters s and r."""
        import cvxpy

        self.centre, self.size = centre, size
        self.root_weight = cvxpy.Parameter(centre.size, nonneg=True)
        self.pull = cvxpy.Parameter(centre.size)
        unit = (self.variable - centre) / size
        squares = cvxpy.sum_squares(cvxpy.multiply(self.root_weight, unit))
        self.nearest = cvxpy.Problem(cvxpy.Minimize(squares - 2.0 * self.pull @ unit), self.constraints)

    def project(self, point: Vector, weight: Vector) -> Vector:
        """The solver's projection for weights in (0, 1]."""
        unit = (point - self.centre) / self.size
        scale = max(1.0, float(np.max(np.abs(weight * unit))))
        self.root_weight.value = np.sqrt(weight / scale)
        self.pull.value = weight * unit / scale
        return self._answer(self.nearest)

    def maximise(self, direction: Vector) -> Vector:
        """The solver's maximiser of <direction, x>."""
        self.direction.value = direction / float(np.max(np.abs(direction)))
        return self._answer(self.linear)

    def violation(self, point: Vector) -> float:
        """The largest violation of a constraint, each in its own units."""
        self.variable.value = point
        return max(float(np.max(constraint.violation())) for constraint in self.constraints)

    def _answer(self, problem: Any) -> Vector:
        self._solve(problem)
        value = self.variable.value
        if value is None or not bool(np.all(np.isfinite(value))):
            raise RuntimeError(
                f"{self.solver} found no answer (status {problem.status}); rescale the constraints or pass "
                "other `solver_options`"
            )
        return np.array(value, dtype=np.float64)

    def _solve(self, problem: Any) -> None:
        """Solve at the tightest tolerance the solver says it reached; the caller checks whether it did."""
        import cvxpy

        with warnings.catch_warnings():
            # "Solution may be inaccurate" is no news: the caller measures how inaccurate.
            warnings.simplefilter("ignore")
            for options in self.ladder:
                try:
                    problem.solve(solver=self.solver, **options)
                except cvxpy.SolverError:
                    continue
                if problem.status not in (cvxpy.OPTIMAL_INACCURATE, cvxpy.USER_LIMIT):
                    return
