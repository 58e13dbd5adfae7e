"""Any compact convex set written as cvxpy constraints, projected with cvxpy inside the loop.

This domain is general, not fast: a projection is a solver call, thousands of times slower than a compiled
one, and only as accurate as an interior-point method. What makes it usable as evidence:

* the problem is compiled once, with the weights and the point as parameters (cvxpy's DPP), in a frame where
  the set has width 1 around 0 (`cvxpy_solvers`), with the weights divided by the largest and the objective by
  the point's distance; a set whose constraints cannot be resolved where it lies is refused;
* Clarabel is asked for 1e-13 instead of its 1e-8, without which the projection errs in the second digit
  when the weights span 6 decades; where it says that it failed, for the next larger power of ten;
* the solver's status is not trusted, good or bad: the violation of the constraints is measured,
  and the variational inequality <w (p - y), z - y> <= 0 is checked at the worst z in X, found by one more
  solve. If y is off by e then sum_i w_i e_i^2 is at most that left side (`gap`).

A coordinate of small weight is certified to (gap/w_i)^(1/2) only, and beyond 8 decades an interior-point
method places it anywhere, with the best of gaps: such weights are refused. A zero weight is replaced by
1e-4 of the smallest positive one, at most 1e-7 of the largest, so the limit of `online_sim.domains.base` is
met to about that.

Worst errors measured against exact projections (d = 4, sets of size 1 to 2, 100 draws): on polyhedra 4e-11 to
2e-9 for weights over 4 decades and 5e-6 over 7.6; on an ellipsoid, whose cone loses half the digits, 1e-4
and 9e-4; with a zero weight 2e-4 on both.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from online_sim.domains.base import Domain
from online_sim.domains.cvxpy_solvers import SOLVER_ERROR, Solvers, place
from online_sim.domains.rounding import EPS, ROUNDINGS, Vector, widened
from online_sim.domains.validate import as_dimension, check_vector, check_weight, named
from online_sim.frozen import set_fields
from online_sim.memory import check_room
from online_sim.stopwatch import Stage, stage
from theory.borders import WrongType, flag, meant, real, shown, title

_SMALLEST_WEIGHT = 1e-8
_ZERO_WEIGHT = 1e-7
_ZERO_RATIO = 1e-4
_RELATIVE_ACCURACY = 1e-4
# Noise of the constraints beyond that of the coordinates, in EPS of their size, is the constraints' fault.
_COORDINATE_NOISE = 64.0


@final
@dataclass(frozen=True, eq=False, init=False)
class CvxpySet(Domain):
    """X = {x in R^d : constraints(x)}, compact and nonempty.

    The construction solves 2 d + 1 problems, several times where the set is far from the origin or much wider
    or narrower than 1. There is no kernel.

    Args:
        dimension: The number of coordinates d >= 1.
        constraints: Maps a cvxpy expression of shape (d,) to a list of convex constraints on it; it is called
            several times.
        name: The name shown in reports.
        accuracy: Absolute error to expect of a projection in the coordinates of large weight, and the
            threshold of the checks. None: 1e-4 of the set's width, and the rounding of its coordinates.
        certify: Whether to check the variational inequality of every projection; False halves the time.
        solver: The name of an installed cvxpy solver.
        solver_options: Options of the solver, instead of the tolerances asked of Clarabel. Another solver
            runs with its own defaults where none are given.

    Raises:
        ValueError: The constraints are not convex, contradict each other, leave a coordinate unbounded, hold
            integer variables or parameters without a value, or cancel so badly where the set lies that the
            accuracy cannot be reached; or the solver is not installed, or refuses the problem or an option.
    """

    constraints: Callable[[Any], Sequence[Any]]
    accuracy: float
    certify: bool
    solver: str
    solver_options: Mapping[str, Any]
    _name: str = field(repr=False)
    _solvers: Solvers = field(repr=False)
    _extreme: Vector = field(repr=False)
    _start: Vector = field(repr=False)
    _width: float = field(repr=False)
    _blur: float = field(repr=False)
    _outside: float = field(repr=False)

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
        # 2 d + 1 problems of d variables each, and all extreme points.
        check_room(64 * d * d, f"`dimension` = {d}: the extreme points", "pass a smaller number d")
        if not callable(constraints):
            raise WrongType(
                f"`constraints` must map a cvxpy variable to a list of constraints, got "
                f"{shown(constraints)}; pass a function such as lambda x: [x >= 0, x <= 1]"
            )
        said, certified = title("name", name), flag("certify", certify)
        _check_solver(solver)
        options = _checked_options(solver_options)
        wanted = None if accuracy is None else real("accuracy", accuracy, above=0.0)
        solvers, extreme = place(d, constraints, solver, options)
        frame = solvers.frame
        # The mean of the extreme points: inside, and away from the boundary wherever the set has an inside.
        start = frame.outer(extreme.mean(axis=0))
        width = frame.unit * float(np.max(extreme.max(axis=0) - extreme.min(axis=0)))
        blur = solvers.measure(start, width)
        reach = float(np.max(np.abs(start))) + width
        least = _RELATIVE_ACCURACY * width + _COORDINATE_NOISE * EPS * reach
        absolute = least if wanted is None else wanted
        if not blur <= max(absolute, least):
            raise ValueError(
                f"`constraints` are blurred by rounding within {blur:.3g}, more than the accuracy "
                f"{absolute:.3g} asked of a set of width {width:.3g} around "
                f"{np.array2string(start, threshold=8)}: the numbers in them cancel there; write them in "
                "x - c with a point c of the set"
            )
        outside = max(solvers.violation(frame.outer(local)) for local in (extreme.mean(axis=0), *extreme))
        # The extreme points are the solver's own, so they show whether it can be believed here at all.
        if not outside <= max(absolute, least):
            raise ValueError(
                f"`constraints`: the points that {solver} calls extreme in a coordinate lie {outside:.3g} "
                f"outside, more than the accuracy {absolute:.3g}; rescale the constraints or pass other "
                "`solver_options`"
            )
        set_fields(
            self, constraints=constraints, accuracy=absolute, certify=certified, solver=solver,
            solver_options=options, _name=said, _solvers=solvers, _extreme=extreme, _start=start,
            _width=width, _blur=blur, _outside=solvers.violation(start),
        )  # fmt: skip

    @property
    def name(self) -> str:
        """The given name with the dimension, such as ``cvxpy_set(d=3)``."""
        return named(self._name, self.dimension)

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self._start.size)

    @stage(Stage.PROJECTIONS)
    def _project(self, point: Vector, weight: Vector) -> Vector:
        """Weighted projection, shape (d,), to about `accuracy`; a point inside up to rounding is returned.

        RuntimeError when the solver's answer violates the constraints by more than `accuracy` or, with
        `certify`, when the variational inequality fails.
        """
        p, w = point, _effective(weight)
        if not self._solvers.lifted and self._solvers.violation(p) <= self._blur:
            return p.copy()
        frame = self._solvers.frame
        local = frame.inner(p)
        found = self._solvers.project(local, w)
        y = frame.outer(found)
        violation = 0.0 if self._solvers.lifted else self._solvers.violation(y)
        # What the rounding of y and of the constraints makes of a point of the set.
        if not violation <= self.accuracy + self._blur:
            raise RuntimeError(
                f"{self.solver} returned a point that violates the constraints of {self.name} by "
                f"{violation:.3g}, more than `accuracy` = {self.accuracy:.3g}, at point "
                f"{np.array2string(p, threshold=8)}; rescale the constraints, pass other "
                "`solver_options`, or a larger `accuracy`"
            )
        if self.certify:
            # In the frame, where the positions have all their digits.
            gap = self._local_gap(local, found, w) * frame.unit**2
            distance = frame.unit * float(np.max(np.abs(local - found)))
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
        w = _effective(check_weight(weight, dimension=self.dimension))
        frame = self._solvers.frame
        return self._local_gap(frame.inner(p), frame.inner(y), w) * frame.unit**2

    def _local_gap(self, p: Vector, y: Vector, weight: Vector) -> float:
        normal = weight * (p - y)
        if not normal.any():
            return 0.0
        # The points extreme in a coordinate do not hang on this solve.
        candidates = (self._solvers.maximise(normal), *self._extreme)
        return max(*(float(normal @ (z - y)) for z in candidates), 0.0)

    @property
    def inexactness(self) -> float:
        """1e-8 of the set's width, ten times the solver's error, and the rounding of the constraints."""
        return SOLVER_ERROR * self._size() + self._blur

    def start(self) -> Vector:
        """The mean of the points that are extreme in a coordinate."""
        return self._start.copy()

    def cvxpy_constraints(self, variable: Any) -> Sequence[Any]:
        """The constraints as given."""
        return list(self.constraints(variable))

    def _support(self, direction: Vector) -> float:
        """<c, x> at the maximiser, to within `inexactness` times |c|_1."""
        return float(direction @ self._maximiser(direction))

    def _maximiser(self, direction: Vector) -> Vector:
        """A point of X where <c, x> is largest, from the solver; the start for c = 0."""
        if not direction.any():
            return self.start()
        return self._solvers.frame.outer(self._solvers.maximise(direction))

    def _contains(self, point: Vector, tolerance: float) -> bool:
        """Whether the constraints hold up to `tolerance` times the width, their rounding, and the solver's.

        A violation is divided by the slope of its constraint, and so a distance. The solver's own error is
        seen in the start, which is inside by definition.
        """
        slack = tolerance * self._size() + self._blur + self._outside
        return self._solvers.violation(point) <= slack

    def _widths(self) -> tuple[Vector, Vector]:
        """max x_i - min x_i from the problems solved at the construction, within the solver's error."""
        found = self._solvers.frame.unit * (self._extreme.max(axis=0) - self._extreme.min(axis=0))
        # The solver worked in the frame: no coordinate's rounding is in these numbers.
        allowance = 2.0 * SOLVER_ERROR * self._size() + self._own_noise()
        return widened(np.maximum(found - allowance, 0.0), found + allowance, 4.0)

    def _size(self) -> float:
        return self._width or 1.0

    def _own_noise(self) -> float:
        """How far rounding inside the constraints, beyond that of the coordinates, may shift a face."""
        coordinates = ROUNDINGS * EPS * (float(np.max(np.abs(self._start))) + self._width)
        return 2.0 * max(self._blur - coordinates, 0.0)


def _check_solver(solver: str) -> None:
    import cvxpy

    installed = cvxpy.installed_solvers()
    if not isinstance(solver, str) or solver not in installed:
        raise (ValueError if isinstance(solver, str) else WrongType)(
            f"`solver` = {shown(solver)} is not installed; pass the name of one of {', '.join(installed)}"
            f"{meant(str(solver).upper(), installed)}"
        )


def _checked_options(options: Mapping[str, Any] | None) -> dict[str, Any]:
    if options is None:
        return {}
    if not isinstance(options, Mapping) or not all(isinstance(key, str) for key in options):
        raise WrongType(
            f"`solver_options` must map names of the solver's options to values, got {shown(options)}"
        )
    return dict(options)


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
            "coordinates reliably up to 8, or 4 with zero weights: use a domain with a closed form, or "
            "raise the smallest weights"
        )
    return np.where(weight > 0.0, relative, zero)
