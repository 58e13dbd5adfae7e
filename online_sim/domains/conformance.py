"""One conformance function for every feasible set: `check_domain(domain)` tests a new domain.

The laws are those of a projection onto a closed convex set in the norm ||.||_w (the obtuse-angle
criterion <w(p - Pp), z - Pp> <= 0 for all z in X is the KKT condition; nonexpansiveness follows from
it), those of a support function, and the conventions of `online_sim.domains.base`. Each law takes the domain
and one `_Probe` (the sampled points, weights and tolerances) and yields a sentence for what breaks it. A
pass is evidence on the sampled points, not a proof.
"""

import dataclasses
import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from online_sim.contract import ConformanceError, overridden
from online_sim.domains.base import Domain, ProjectionKernel
from online_sim.domains.full_metric import project_in_metric, refusal
from online_sim.domains.rounding import EPS, Vector, length_bounds


@dataclass(frozen=True)
class _Probe:
    """What the laws are tested on."""

    points: tuple[Vector, ...]
    weights: tuple[Vector, ...]
    directions: tuple[Vector, ...]
    feasible: tuple[Vector, ...]
    centre: Vector
    size: float
    blur: float
    tolerance: float
    generator: np.random.Generator
    use_cvxpy: bool

    @property
    def room(self) -> float:
        """The error allowed in a coordinate: relative to the set's width, and its own rounding."""
        return self.tolerance * self.size + self.blur

    def far(self, point: Vector) -> Vector:
        """How far each coordinate of a point is from the set's start, and the width; >= 0."""
        return np.abs(point - self.centre) + self.size


def check_domain(
    domain: Domain,
    *,
    seed: int = 0,
    samples: int = 6,
    weight_decades: float | None = None,
    tolerance: float | None = None,
    use_cvxpy: bool = True,
) -> None:
    """Test every law of the `Domain` contract on sampled points.

    Args:
        domain: The set to test.
        seed: Seed of the sampled points.
        samples: Number of points at each of four distances from the set.
        weight_decades: Span of the widest weights. None: 16 decades for a domain with a closed form (a kernel
            or box bounds), 2 for one that projects by a general solver.
        tolerance: Relative accuracy asked for. None: 1e-11 with a closed form, 1e-5 otherwise.
        use_cvxpy: Whether to cross-check against cvxpy. Sets smaller than 1e-4 or larger than 1e4 are never
            checked against it: the solver cannot be trusted there.

    Raises:
        ConformanceError: A law does not hold; the message says which, where and by how much.
    """
    closed_form = domain.kernel() is not None or domain.box_bounds() is not None
    if weight_decades is None:
        weight_decades = 16.0 if closed_form else 2.0
    if tolerance is None:
        tolerance = 1e-11 if closed_form else 1e-5
    _refuse(domain, _statement_is_sound(domain))
    generator = np.random.default_rng(seed)
    probe = _sample(domain, generator, samples, weight_decades, tolerance, use_cvxpy)
    for law in _LAWS:
        _refuse(domain, law(domain, probe))


def _refuse(domain: Domain, found: Iterator[str]) -> None:
    """Raise the first sentence that a law yields."""
    for sentence in found:
        raise ConformanceError(f"{domain.name}: {sentence}")


def _sample(
    domain: Domain,
    generator: np.random.Generator,
    samples: int,
    weight_decades: float,
    tolerance: float,
    use_cvxpy: bool,
) -> _Probe:
    d, start = domain.dimension, np.asarray(domain.start(), dtype=np.float64)
    # The lower end: a set that may be a point has no width.
    diameter = float(domain.diameter_bounds("inf")[0])
    reach = float(np.max(np.abs(start)))
    # The width, which moves with the set; a point and an unbounded set have only their place.
    size = diameter if math.isfinite(diameter) and diameter > 0.0 else max(reach, 1.0)
    points = tuple(
        start + size * factor * generator.standard_normal(d)
        for factor in (0.1, 1.0, 10.0, 1000.0)
        for _ in range(samples)
    )
    spike = np.ones(d)
    spike[generator.integers(d)] = 10.0 ** (weight_decades / 2)
    weights = (
        np.ones(d),
        10.0 ** generator.uniform(-0.5, 0.5, d),
        10.0 ** generator.uniform(-weight_decades / 2, weight_decades / 2, d),
        spike,
    )
    axes = np.eye(d)[generator.permutation(d)[:3]]
    directions = (*(generator.standard_normal(d) for _ in range(samples)), *axes, *(-axes))
    for array in (*points, *weights, *directions):
        array.setflags(write=False)
    extreme = tuple(domain.maximiser(c) for c in directions if math.isfinite(domain.support(c)))
    projected = tuple(domain.project(p) for p in points)
    corners = np.array((start, *extreme, *projected))
    mixed = tuple(generator.dirichlet(np.full(len(corners), 0.3)) @ corners for _ in range(samples))
    return _Probe(
        points=points,
        weights=weights,
        directions=directions,
        feasible=(start, *extreme, *projected, *mixed),
        centre=start,
        size=size,
        blur=16.0 * EPS * (reach + size),
        tolerance=tolerance,
        generator=generator,
        use_cvxpy=use_cvxpy,
    )


def _statement_is_sound(domain: Domain) -> Iterator[str]:
    parameters = getattr(type(domain), "__dataclass_params__", None)
    if not (dataclasses.is_dataclass(domain) and getattr(parameters, "frozen", False)):
        yield "the class is not a frozen dataclass; decorate it with @dataclass(frozen=True)"
    method = overridden(domain, Domain)
    if method is not None:
        yield f"{method}() is final and checks its arguments; define _{method}()"
    if not (isinstance(domain.name, str) and domain.name != ""):
        yield "the name is empty"
    if domain.name != domain.name.strip():
        yield "the name has blanks around it"
    d = domain.dimension
    if not (isinstance(d, int) and d >= 1):
        yield "dimension is not an int >= 1"
    start = np.asarray(domain.start(), dtype=np.float64)
    if start.shape != (d,):
        yield f"start() has shape {start.shape}, not ({d},)"
    if not np.isfinite(start).all():
        yield "start() has an entry that is not finite"


def _feasible_points_are_feasible(domain: Domain, probe: _Probe) -> Iterator[str]:
    if not domain.contains(probe.centre):
        yield "contains() without a tolerance refuses start()"
    for z in probe.feasible:
        if not domain.contains(z, tolerance=probe.tolerance):
            what = "a point made by start(), maximiser(), project() or mixing them"
            yield f"contains() refuses {what}: {_show(z)}"
    for z in probe.feasible[:4]:
        for weight in probe.weights:
            error = np.max(np.abs(domain.project(z, weight) - z))
            if not (error <= 10.0 * probe.room):
                yield f"the projection moves the feasible point {_show(z)} by {error:.3g}"


def _contains_refuses_far_points(domain: Domain, probe: _Probe) -> Iterator[str]:
    for c in probe.directions:
        height = domain.support(c)
        if not math.isfinite(height):
            continue
        beyond = domain.maximiser(c) + c * (0.1 * probe.size / float(np.max(np.abs(c))))
        if domain.contains(beyond, tolerance=probe.tolerance):
            yield f"contains() accepts {_show(beyond)}, beyond the support function's value {height:.6g}"


def _projection_obeys_the_variational_inequality(domain: Domain, probe: _Probe) -> Iterator[str]:
    for p, weight, x in _projections(domain, probe):
        if x.shape != p.shape:
            yield f"project() has shape {x.shape}, not {p.shape}"
        if not domain.contains(x, tolerance=probe.tolerance):
            yield f"the projection {_show(x)} is infeasible"
        again = domain.project(x, weight)
        if not np.all(np.abs(again - x) <= 10.0 * probe.room):
            yield f"projecting twice differs from once by {np.max(np.abs(again - x)):.3g}"
        normal = weight * (p - x)
        # A neighbour in the same norm differs mostly in the coordinates of small weight, where points
        # sampled without regard to the weights test nothing.
        neighbour = domain.project(p + 0.1 * (p - x) * probe.generator.standard_normal(p.size), weight)
        for z in (*probe.feasible, neighbour):
            excess = float(normal @ (z - x))
            # Rounding of x at its own size, and of an active constraint times its multiplier.
            rounding = probe.tolerance * float((weight * (probe.far(p) + probe.far(x))) @ np.abs(z - x))
            rounding += probe.blur * float(weight @ np.abs(z - x))
            rounding += probe.room * float(np.abs(normal).sum())
            if not (excess <= rounding):
                yield (
                    f"the variational inequality fails: <w(p - Pp), z - Pp> = {excess:.3g} > 0 "
                    f"for p = {_show(p)}, w = {_show(weight)}, z = {_show(z)}: "
                    f"Pp = {_show(x)} is not the nearest point"
                )


def _weighted_and_plain_projection_share_normals(domain: Domain, probe: _Probe) -> Iterator[str]:
    # x = P^w(p) exactly when w(p - x) is normal to X at x, so when x = P(x + s w(p - x)) for s > 0. On a
    # curved set this is of first order in an error of x, where the variational inequality is of second.
    for p, weight, x in _projections(domain, probe):
        normal = weight * (p - x)
        length = float(np.max(np.abs(normal)))
        if length <= probe.room * float(np.max(weight)):
            continue
        scale = probe.size / length
        error = float(np.linalg.norm(domain.project(x + scale * normal) - x))
        sizes = probe.tolerance * (probe.far(p) + probe.far(x)) + probe.blur
        rounding = scale * float(np.linalg.norm(weight * sizes)) + probe.room * math.sqrt(p.size)
        if not (error <= 10.0 * rounding):
            yield (
                f"w(p - Pp) is not normal to the set at Pp = {_show(x)}: the plain projection along it "
                f"is {error:.3g} away, for p = {_show(p)}, w = {_show(weight)}"
            )


def _projection_is_nonexpansive(domain: Domain, probe: _Probe) -> Iterator[str]:
    for p, q in zip(probe.points, reversed(probe.points), strict=True):
        for weight in probe.weights:
            moved = domain.project(p, weight) - domain.project(q, weight)
            after, before = _norm(moved, weight), _norm(p - q, weight)
            room = probe.tolerance * before + _norm(np.full(p.size, probe.room), weight)
            if not (after <= before + room):
                what = f"{after:.17g} > {before:.17g} for w = {_show(weight)}"
                yield f"the projection expands in ||.||_w: {what}"


def _weight_scale_is_irrelevant(domain: Domain, probe: _Probe) -> Iterator[str]:
    for p, weight, x in _projections(domain, probe):
        for factor in (2.0**-70, 3.7e5):
            error = np.abs(domain.project(p, factor * weight) - x)
            if not np.all(error <= 10.0 * (probe.tolerance * probe.far(p) + probe.blur)):
                yield f"w and {factor:.3g} w project {_show(p)} to points {np.max(error):.3g} apart"


def _zero_weights_are_limits(domain: Domain, probe: _Probe) -> Iterator[str]:
    d = domain.dimension
    small = max(1e-9, 100.0 * probe.tolerance)
    for p in probe.points:
        reference = domain.project(p)
        for weight in (None, np.ones(d), np.zeros(d)):
            error = np.max(np.abs(domain.project(p, weight) - reference))
            if not (error <= 10.0 * (probe.tolerance * np.max(probe.far(p)) + probe.blur)):
                yield f"the projections for no weights, all ones and all zeros differ by {error:.3g}"
        weight = probe.generator.uniform(0.5, 2.0, d)
        zero = probe.generator.random(d) < 0.5
        zero[probe.generator.integers(d)] = True
        if zero.all():
            continue
        exact = domain.project(p, np.where(zero, 0.0, weight))
        near = domain.project(p, np.where(zero, small, weight))
        error = np.max(np.abs(exact - near))
        # The limit is reached linearly in the small weight; 300 stands for the conditioning of a benign set.
        if not (error <= 300.0 * small * np.max(probe.far(p)) + 10.0 * probe.blur):
            yield (
                f"zero weights are not the limit of small ones: weights 0 and {small:.0e} project "
                f"{_show(p)} to {_show(exact)} and {_show(near)}"
            )


def _support_is_the_maximum(domain: Domain, probe: _Probe) -> Iterator[str]:
    for c in probe.directions:
        height = domain.support(c)
        if height == math.inf:
            if not _refuses(partial(domain.maximiser, c)):
                yield "maximiser() does not raise ValueError where the support function is inf"
            continue
        room = probe.room * float(np.abs(c).sum())
        for z in probe.feasible:
            if not (float(c @ z) <= height + room):
                yield f"the support function is too small: <c, z> = {float(c @ z):.17g} > {height:.17g}"
        attained = float(c @ domain.maximiser(c))
        if not (abs(attained - height) <= room):
            yield f"maximiser() reaches {attained:.17g}, the support function says {height:.17g}"
        if not (abs(domain.support(3.0 * c) - 3.0 * height) <= 3.0 * room):
            yield "the support function is not homogeneous: support(3c) != 3 support(c)"


def _diameters_agree(domain: Domain, probe: _Probe) -> Iterator[str]:
    d = domain.dimension
    widths = np.asarray(domain.coordinate_diameters())
    if widths.shape != (d,):
        yield f"coordinate_diameters() has shape {widths.shape}, not ({d},)"
    room = probe.room
    for i in range(min(d, 50)):
        axis = np.zeros(d)
        axis[i] = 1.0
        width = domain.support(axis) + domain.support(-axis)
        if not (widths[i] == width or abs(widths[i] - width) <= 4.0 * room):
            yield f"coordinate_diameters()[{i}] is {widths[i]:.17g}, the support function says {width:.17g}"
    two = domain.diameter("2")
    cloud = np.array(probe.feasible)
    for z in cloud:
        far = float(np.max(np.linalg.norm(cloud - z, axis=1)))
        if not (far <= two + room * math.sqrt(d)):
            yield f'diameter("2") is {two:.6g}, two points are {far:.6g} apart'
    if not (two >= np.max(widths) - 4.0 * room):
        yield 'diameter("2") is below diameter("inf")'


def _diameter_bounds_hold_the_diameters(domain: Domain, probe: _Probe) -> Iterator[str]:
    low, high = (np.asarray(side) for side in domain.coordinate_diameter_bounds())
    if not (low.shape == high.shape == (domain.dimension,)):
        yield "coordinate_diameter_bounds() is not a pair of shape (d,)"
    if not np.all((low >= 0.0) & (low <= high)):
        yield "coordinate_diameter_bounds() has a lower end above its upper end, or below 0"
    cloud = np.array(probe.feasible)
    # Sampled points are in the set up to rounding, or to what a solver left.
    room = 2.0 * (probe.room + domain.inexactness)
    spread = cloud.max(axis=0) - cloud.min(axis=0)
    if not np.all(spread <= high + room):
        yield f"two points differ by {np.max(spread - high):.3g} more in a coordinate than its upper bound"
    for norm in ("inf", "2"):
        least, most = domain.diameter_bounds(norm)
        what = f'diameter_bounds("{norm}") = ({least:.17g}, {most:.17g})'
        if not (0.0 <= least <= most):
            yield f"{what} is not an interval of numbers >= 0"
        if most == math.inf:
            if not _refuses(partial(domain.farthest_pair, norm)):
                yield "farthest_pair() exists although inf"
            continue
        pair = domain.farthest_pair(norm)
        for x in pair:
            if not domain.contains(x, tolerance=probe.tolerance):
                yield f'contains() refuses {_show(x)} of farthest_pair("{norm}")'
        gap = np.abs(pair[1] - pair[0])
        reached = float(np.max(gap)) if norm == "inf" else length_bounds(gap, gap)[1]
        if not (least <= reached + 2.0 * probe.blur * math.sqrt(domain.dimension)):
            yield f"{what}: its lower end is not reached by farthest_pair(), which is {reached:.17g} apart"


def _arguments_are_left_alone(domain: Domain, probe: _Probe) -> Iterator[str]:
    # The sampled arrays are read-only, so here are copies that a careless projection could write into.
    p, weight = probe.points[-1].copy(), probe.weights[1].copy()
    x = domain.project(p, weight)
    if not (np.array_equal(p, probe.points[-1]) and np.array_equal(weight, probe.weights[1])):
        yield "project() writes into the point or the weights it was given"
    if np.shares_memory(x, p):
        yield "project() returns the point it was given, not a new array"
    x[:] = math.nan
    if not np.isfinite(domain.project(p, weight)).all():
        yield "writing into a projection changes the domain"


def _box_bounds_are_the_projection(domain: Domain, probe: _Probe) -> Iterator[str]:
    bounds = domain.box_bounds()
    if bounds is None:
        return
    for p, _, x in _projections(domain, probe):
        if not np.array_equal(np.clip(p, *bounds), x):
            yield "box_bounds() given, but project() is not a clip"


def _full_metrics_are_projections(domain: Domain, probe: _Probe) -> Iterator[str]:
    d = domain.dimension
    if refusal(domain, d) is not None:
        return
    for p in probe.points:
        weight = 10.0 ** probe.generator.uniform(-1.0, 1.0, d)
        x = domain.project(p, weight)
        # A metric of condition 100 passes on the errors of points 100 times.
        room = 100.0 * (probe.tolerance * probe.far(p) + probe.blur)
        try:
            full = project_in_metric(domain, p, weight, np.eye(d), domain.project)
            turned = np.linalg.qr(probe.generator.standard_normal((d, d)))[0]
            y = project_in_metric(domain, p, weight, turned, domain.project)
        except RuntimeError as error:
            yield f"the projection in a full metric fails at p = {_show(p)}: {error}"
            return
        if not np.all(np.abs(full - x) <= room):
            yield (
                f"the full metric diag(w) and w project p = {_show(p)}, w = {_show(weight)} to points "
                f"{np.max(np.abs(full - x)):.3g} apart"
            )
        normal = turned @ (weight * (turned.T @ (p - y)))
        excess = domain.support(normal) - float(normal @ y)
        # In the interior only rounding is left of p - y, and of the normal.
        inside = 10.0 * probe.blur * probe.size * float(weight.sum())
        if not (excess <= float(np.abs(normal) @ room) + inside):
            yield f"the projection of {_show(p)} in a full metric is not the nearest point: {excess:.3g} > 0"


def _kernel_agrees(domain: Domain, probe: _Probe) -> Iterator[str]:
    kernel = domain.kernel()
    if kernel is None:
        return
    interpreted: Callable[..., int] = getattr(undecorated(kernel.module), kernel.entry)
    for p, weight, x in _projections(domain, probe):
        compiled = _run(kernel.function, kernel, p, weight)
        with np.errstate(all="ignore"):
            plain = _run(interpreted, kernel, p, weight)
        room = probe.tolerance * probe.far(p) + probe.blur
        for other, what in ((compiled, "project()"), (plain, "its own Python source")):
            reference = x if what == "project()" else compiled
            if not np.all(np.abs(other - reference) <= room):
                yield (
                    f"the compiled kernel and {what} differ by {np.max(np.abs(other - reference)):.3g} "
                    f"at p = {_show(p)}, w = {_show(weight)}"
                )


def undecorated(module: ModuleType) -> ModuleType:
    """A second copy of a kernel's module in which numba compiles nothing, down to the innermost function."""
    import importlib.util

    import numba

    if module.__file__ is None:
        raise ValueError(f"`module` {module.__name__} has no source file; keep a kernel in a file of its own")
    spec = importlib.util.spec_from_file_location(f"{module.__name__}__plain", module.__file__)
    if spec is None or spec.loader is None:
        raise ValueError(f"`module` {module.__name__} cannot be loaded again from {module.__file__}")
    copy = importlib.util.module_from_spec(spec)
    before = numba.config.DISABLE_JIT
    numba.config.DISABLE_JIT = True
    try:
        spec.loader.exec_module(copy)
    finally:
        numba.config.DISABLE_JIT = before
    return copy


def _run(function: Callable[..., int], kernel: ProjectionKernel, point: Vector, weight: Vector) -> Vector:
    # NaN in `work` shows a kernel that reads what it has not written; `out` may be read, as a guess, and a
    # wrong one must not change the result.
    out = np.where(np.arange(point.size) % 2 == 0, 1e6, -1.0)
    work = np.full(kernel.work_size, math.nan)
    p, w, data = point.copy(), weight.copy(), kernel.data.copy()
    data.setflags(write=kernel.data.flags.writeable)  # the same type, for which it is compiled already
    code = function(p, w, out, work, data)
    untouched = np.array_equal(p, point) and np.array_equal(w, weight) and np.array_equal(data, kernel.data)
    if code != 0 or not untouched:
        what = f"returns code {code}" if code != 0 else "writes into its point, weight or data"
        raise ConformanceError(f"kernel {kernel.entry}: {what} at p = {_show(point)}, w = {_show(weight)}")
    return out


def _cvxpy_agrees(domain: Domain, probe: _Probe) -> Iterator[str]:
    # With numbers far from 1 in the constraints the solver calls wrong answers optimal: no oracle there.
    if not probe.use_cvxpy or not 1e-4 <= probe.size <= 1e4:
        return
    import cvxpy

    d, size = domain.dimension, probe.size
    # Clarabel stops at gaps and residuals of 1e-8 relative to its data; 100 for rescaling and presolve.
    solver = 1e-6 + probe.tolerance
    # Around the set, in units of its size, so that the solver's absolute tolerances are relative ones.
    unit = cvxpy.Variable(d)
    y = probe.centre + size * unit
    constraints = list(domain.cvxpy_constraints(y))
    moderate = probe.points[: len(probe.points) // 2][::3]
    for p in moderate:
        weight = 10.0 ** probe.generator.uniform(-1.0, 1.0, d)
        x = domain.project(p, weight)
        unit.value = (x - probe.centre) / size
        for constraint in constraints:
            violation = float(np.max(constraint.violation()))
            if not (violation <= 1e3 * d * (probe.tolerance * max(size, 1.0) + probe.blur)):
                yield f"the projection violates the cvxpy constraint {constraint} by {violation:.3g}"
        distance = cvxpy.sum_squares(cvxpy.multiply(np.sqrt(weight), (y - p) / size))
        problem = cvxpy.Problem(cvxpy.Minimize(distance), constraints)
        if not _solved(problem):
            continue
        # The objective is strongly convex: a point within `gap` of the optimum is within sqrt(gap) of x.
        error = _norm((y.value - x) / size, weight)
        bound = math.sqrt(solver * (1.0 + float(problem.value)))
        if not (error <= bound):
            yield f"cvxpy's projection of {_show(p)} is {error:.3g} away (allowed {bound:.3g})"
    for c in probe.directions[:2]:
        height = domain.support(c)
        if not math.isfinite(height):
            continue
        problem = cvxpy.Problem(cvxpy.Maximize(c @ unit), constraints)
        if not _solved(problem):
            continue
        rise = height - float(c @ probe.centre)
        error = abs(float(problem.value) * size - rise)
        allowed = solver * (size * float(np.abs(c).sum()) + abs(rise)) + probe.blur * float(np.abs(c).sum())
        if not (error <= allowed):
            yield f"cvxpy's maximum over its constraints is {error:.3g} away from support() = {height:.6g}"


def _solved(problem: Any) -> bool:
    """Whether the solver stands by its answer; where it gives up there is nothing to compare with."""
    import cvxpy

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            problem.solve(solver=cvxpy.CLARABEL)
        except cvxpy.error.SolverError:
            return False
    return bool(problem.status == cvxpy.OPTIMAL)


_LAWS: tuple[Callable[[Domain, _Probe], Iterator[str]], ...] = (
    _feasible_points_are_feasible,
    _contains_refuses_far_points,
    _projection_obeys_the_variational_inequality,
    _weighted_and_plain_projection_share_normals,
    _projection_is_nonexpansive,
    _weight_scale_is_irrelevant,
    _zero_weights_are_limits,
    _support_is_the_maximum,
    _diameters_agree,
    _diameter_bounds_hold_the_diameters,
    _arguments_are_left_alone,
    _box_bounds_are_the_projection,
    _full_metrics_are_projections,
    _kernel_agrees,
    _cvxpy_agrees,
)


def _projections(domain: Domain, probe: _Probe) -> Iterator[tuple[Vector, Vector, Vector]]:
    for p in probe.points:
        for weight in probe.weights:
            yield p, weight, domain.project(p, weight)


def _norm(vector: Vector, weight: Vector) -> float:
    return math.sqrt(float(weight @ vector**2))


def _refuses(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except ValueError:
        return True
    return False


def _show(vector: Vector) -> str:
    return np.array2string(np.asarray(vector), threshold=8, max_line_width=200)
