"""The minimum of a cumulative loss over a compact convex set, as an enclosure.

Routes: a linear or separable quadratic F in closed form (`closed_forms`); any
separable F on a box by bisection; smooth F by projected Newton; links with one kink each on a ball by dual
coordinate ascent; the rest, and whatever the first routes leave open, by cutting planes. Every route ends in
the same certificate (`cumulative.upper_bound`, `cumulative.lower_bound`).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import S

from online_sim.borders import numbers, vector
from online_sim.comparator.ball_ascent import Shares, ball_ascent
from online_sim.comparator.closed_forms import BEYOND, Quadratics, closed_forms
from online_sim.comparator.coordinatewise import bisect
from online_sim.comparator.cumulative import Cumulative, Evaluation, Extent, lower_bound, upper_bound
from online_sim.comparator.cutting import cutting_planes
from online_sim.comparator.functions import Functions, compile_functions
from online_sim.comparator.minimum import Minimum
from online_sim.comparator.newton import newton
from online_sim.comparator.parts import Coordinates, Links, RowCoordinates, sum_error
from online_sim.comparator.projecting import projection_of
from online_sim.comparator.quadratic_sums import over_table
from online_sim.comparator.structure import PRODUCT, Structure, structure_of
from online_sim.comparator.tables import Table, as_table
from online_sim.domains.base import Domain
from online_sim.domains.l2_ball import L2Ball
from online_sim.sparse_rows import Rows
from theory.loss import Loss
from theory.parameters import resolve
from theory.symbols import x

Array = NDArray[np.float64]
SMOOTH_TOLERANCE = 1e-9
KINKED_TOLERANCE = 1e-6
KINKED_ROUNDS, SMOOTH_ROUNDS = 40, 8
"""Rounds of cutting planes for losses with kinks, and for smooth ones that Newton's method left open."""
SMOOTH_FALLBACK_SIZE = 2000
"""Rows and coordinates up to which that second attempt is made."""


def minimise(
    loss: Loss,
    parameters: Mapping[str, float],
    domain: Domain,
    vectors: ArrayLike,
    labels: ArrayLike,
    weights: ArrayLike,
    *,
    start: ArrayLike | None = None,
    tolerance: float | None = None,
) -> Minimum:
    """Enclose min over z in X of sum_j c_j f(z; a_j, b_j).

    The answer carries its gap, also where the tolerance was not reached.

    Args:
        loss: Convex, of the form link(<a, x>; b) + sum over coordinates.
        parameters: The values of its parameters, by name.
        domain: The set X, compact (any set for separable quadratic losses).
        vectors: Rows a_j, shape (n, d).
        labels: Numbers b_j, shape (n,).
        weights: Numbers c_j >= 0, not all zero, shape (n,).
        start: A first guess, shape (d,).
        tolerance: The gap asked for, relative to max(1, |F|); None for 1e-9, or 1e-6 with kinks.

    Raises:
        ValueError: The loss is not convex or has another form, the shapes are wrong, a number is not finite,
            a weight is negative or all are zero, or no feasible point with a finite value was found.
    """
    compiled = compile_loss(loss, parameters)
    rows, targets, c = _checked(domain, vectors, labels, weights)
    if compiled.structure.over_table:
        c = np.full(len(c), c.sum() / len(c))
    guess = None if start is None else vector("start", start, domain.dimension)
    extent = Extent.of(domain)
    if compiled.structure.quadratic:
        sums = over_table(compiled, domain.start(), as_table(rows), targets, iter([c[None]]))
        return enclose_quadratics(sums, domain, extent, tolerance=tolerance)[0]
    F = cumulative(compiled, domain, rows, targets, c)
    return enclose(F, domain, extent, start=guess, tolerance=tolerance)


@dataclass(frozen=True, eq=False)
class CompiledLoss:
    """The structure of a loss, and its link and coordinate functions compiled at its parameter values."""

    structure: Structure
    link: Functions
    coordinate: Functions

    @property
    def fixed(self) -> bool:
        """Whether the loss is the same in every round: it reads no data but those of a table."""
        reads = self.structure.has_link or self.link.uses_data or self.coordinate.uses_data
        return self.structure.over_table or not reads


def compile_loss(loss: Loss, parameters: Mapping[str, float]) -> CompiledLoss:
    """A convex loss compiled; ValueError as `structure_of`."""
    return _compiled(loss, tuple(sorted(resolve(loss.parameters, parameters).items())))


@lru_cache(maxsize=256)
def _compiled(loss: Loss, parameters: tuple[tuple[str, float], ...]) -> CompiledLoss:
    structure, values = structure_of(loss), dict(parameters)
    link = compile_functions(structure.link, PRODUCT, values)
    return CompiledLoss(structure, link, compile_functions(structure.coordinate, x, values))


def cumulative(
    compiled: CompiledLoss, domain: Domain, vectors: Rows | Table, labels: Array, weights: Array
) -> Cumulative:
    """F for rows with weights; rows of weight zero are dropped, so that they may be undefined on X."""
    structure, link = compiled.structure, compiled.link
    table = vectors if isinstance(vectors, Table) else as_table(vectors, compress=structure.has_link)
    played = weights > 0.0
    if not played.all():
        table, labels, weights = table.kept(played), labels[played], weights[played]
    offset, offset_error, links = 0.0, 0.0, None
    if structure.has_link:
        links = Links(link, table, labels, weights)
    else:
        zero = np.zeros(len(weights))
        terms = weights * link.value(zero, 0.0, labels)
        offset = float(terms.sum())
        offset_error = float((weights * link.value_error(zero, 0.0, labels)).sum())
        offset_error += sum_error(len(terms)) * float(np.abs(terms).sum())
    part: Coordinates | None = None
    if structure.coordinate != S.Zero:
        part = RowCoordinates(compiled.coordinate, table, labels, weights)
    return Cumulative(
        domain.start(), links, part, offset, offset_error, float(weights.sum()), structure.smooth
    )


def enclose_quadratics(
    F: Quadratics, domain: Domain, extent: Extent, *, tolerance: float | None
) -> list[Minimum]:
    """The enclosure of min F at every checkpoint; see `minimise`."""
    _check_goal(tolerance)
    found = list[Minimum]()
    for k, exact in enumerate(closed_forms(F, domain, extent)):
        start = found[-1].point if found else None
        found.append(exact or enclose(F.at(k), domain, extent, start=start, tolerance=tolerance))
    return found


def enclose(
    F: Cumulative,
    domain: Domain,
    extent: Extent,
    *,
    start: Array | None,
    tolerance: float | None,
    shares: Shares | None = None,
) -> Minimum:
    """The enclosure of min F over the domain of this extent; see `minimise`.

    `shares` begin where the F before, of the same rows or some of them, ended.
    """
    goal = tolerance if tolerance is not None else SMOOTH_TOLERANCE if F.smooth else KINKED_TOLERANCE
    _check_goal(goal)
    if not F.within_range:
        return Minimum(domain.start(), -math.inf, math.inf, BEYOND)
    part, bounds = F.coordinates, domain.box_bounds()
    if F.links is None and part is not None and bounds is not None and np.all(np.isfinite(extent.reach)):
        z, minorant = bisect(part, *bounds, F.base)
        lower = lower_bound(F, domain, extent, None, minorant)
        return Minimum(z, lower, upper_bound(F.at(z), domain), "bisection")
    if not np.all(np.isfinite(extent.reach)):
        raise ValueError(
            f"{domain.name} is unbounded; only separable quadratic losses have an enclosure there: "
            "take a compact set"
        )
    project = projection_of(domain)
    at = _first_point(F, domain, start)
    rounds, found = KINKED_ROUNDS, None
    if F.smooth:
        at, gap = newton(at, domain, project, tolerance=0.5 * goal)
        lower, upper = lower_bound(F, domain, extent, *at.tangents), upper_bound(at, domain)
        found = Minimum(at.z, lower, upper, "projected Newton")
        # A gap that is open only by the rounding bound stays so whatever is tried.
        large = F.dimension + (0 if F.links is None else len(F.links.weights)) > SMOOTH_FALLBACK_SIZE
        if gap <= goal * max(1.0, abs(upper)) or large:
            return found
        rounds = SMOOTH_ROUNDS
    elif isinstance(domain, L2Ball) and F.links is not None and F.coordinates is None:
        found = ball_ascent(F, F.links, domain, extent, at, shares or Shares(), tolerance=goal)
        if found is not None and found.gap <= goal * max(1.0, abs(found.upper)):
            return found
    z = at.z if found is None else found.point
    other = cutting_planes(F, domain, extent, project, z, tolerance=goal, rounds=rounds)
    return other if found is None else found.meet(other)


def _check_goal(tolerance: float | None) -> None:
    if tolerance is not None and not (math.isfinite(tolerance) and tolerance > 0.0):
        raise ValueError(f"`tolerance` = {tolerance!r} must be a positive number, 1e-9 say")


def _first_point(F: Cumulative, domain: Domain, start: Array | None) -> Evaluation:
    """F at a feasible point where it is finite."""
    for z in _candidates(F, domain, start):
        at = F.at(z)
        if math.isfinite(at.value):
            return at
    raise ValueError(
        "the cumulative loss is not finite at any of the points tried; pass a feasible `start` where it is"
    )


def _candidates(F: Cumulative, domain: Domain, start: Array | None) -> Iterator[Array]:
    if start is not None:
        yield domain.project(start)
    yield domain.start()
    if F.links is not None:
        extreme = domain.maximiser(F.links.table.adjoint(F.links.weights))
        yield 0.5 * (extreme + domain.start())
        yield extreme


def _checked(
    domain: Domain, vectors: ArrayLike, labels: ArrayLike, weights: ArrayLike
) -> tuple[Array, Array, Array]:
    d = domain.dimension
    rows = numbers(
        "vectors", vectors, shape=f"(n, {d}) with n >= 1 for {domain.name}",
        fits=lambda shape: len(shape) == 2 and shape[0] > 0 and shape[1] == d,
    )  # fmt: skip
    targets, c = _one_for_each(labels, len(rows), "labels"), _one_for_each(weights, len(rows), "weights")
    if c.min() < 0.0:
        raise ValueError(f"`weights` has the entry {c.min():g}; every weight must be >= 0")
    if not c.any():
        raise ValueError("`weights` are all zero: every point is a minimum; drop this checkpoint")
    return np.ascontiguousarray(rows), targets, c


def _one_for_each(values: ArrayLike, count: int, name: str) -> Array:
    return numbers(name, values, shape=f"({count},), one number for each row", fits=(count,).__eq__)
