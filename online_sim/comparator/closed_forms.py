"""Linear and separable quadratic cumulative losses: their minima at many checkpoints at once.

F(z) = offset + sum_i (level_i + slope_i (z_i - r_i) + bend_i (z_i - r_i)^2 / 2) around a point r of X. Its
minimum is a vertex where no coordinate bends, and a weighted projection where every coordinate does. The
enclosure is that of `cumulative.upper_bound` and `cumulative.lower_bound`, for all checkpoints in one
evaluation: arrays have a row for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from online_sim.comparator.cumulative import Cumulative, Extent
from online_sim.comparator.minimum import Minimum
from online_sim.comparator.parts import EPS, Array, QuadraticCoordinates, sum_error
from online_sim.domains.base import Domain

BEYOND = "sums beyond the range of float64"
"""How a minimum is found whose sums are not numbers: nothing is known."""


@dataclass(frozen=True, eq=False)
class Quadratics:
    """F at K checkpoints: the sums of `part` are (K, d), offset and its error (K,).

    counted: whether any weight was positive so far, (K,). weight: the sums of the weights, (K,).
    """

    part: QuadraticCoordinates
    offset: Array
    offset_error: Array
    counted: Any
    weight: Array

    @staticmethod
    def of(F: Cumulative, part: QuadraticCoordinates) -> Quadratics:
        """One F, whose coordinates are `part`, as one checkpoint."""
        row = _rows(part, np.s_[None, :])
        return Quadratics(
            row, np.array([F.offset]), np.array([F.offset_error]), np.array([True]), np.array([F.weight])
        )

    def at(self, k: int) -> Cumulative:
        """F at checkpoint k."""
        part = _rows(self.part, k)
        offset, error, weight = (float(u[k]) for u in (self.offset, self.offset_error, self.weight))
        return Cumulative(self.part.centre, None, part, offset, error, weight, smooth=True)


def closed_forms(F: Quadratics, domain: Domain, extent: Extent) -> list[Minimum | None]:
    """The minimum at every checkpoint, in closed form; None where some coordinates bend and others do not.

    Raises:
        ValueError: A linear F has no minimum on an unbounded set.
    """
    part, empty = F.part, Minimum(domain.start(), 0.0, 0.0, "empty sum")
    sums = (part.level, part.slope, part.bend)
    finite = np.isfinite(F.offset) & np.all([np.isfinite(s).all(axis=1) for s in sums], axis=0)
    known = F.counted & finite
    linear = known & ~part.bend.any(axis=1)
    curved = known & (part.bend > 0.0).all(axis=1)
    found: list[Minimum | None] = [None] * len(F.offset)
    for k in np.flatnonzero(~known).tolist():
        found[k] = Minimum(domain.start(), -np.inf, np.inf, BEYOND) if F.counted[k] else empty
    for chosen, find, method in (
        (linear, _vertices, "vertex"),
        (curved, _projections, "weighted projection"),
    ):
        if not chosen.any():
            continue
        some = F if chosen.all() else _chosen(F, chosen)
        points, around = find(some, domain, extent)
        lower, upper = _lower(some, domain, around, points), _upper(some, domain, points)
        rows = zip(np.flatnonzero(chosen).tolist(), points, lower.tolist(), upper.tolist(), strict=True)
        for k, point, low, high in rows:
            found[k] = Minimum(point, low, high, method)
    return found


def _rows(part: QuadraticCoordinates, at: Any) -> QuadraticCoordinates:
    """The sums of some checkpoints."""
    sums = (part.level, part.slope, part.bend, part.level_error, part.slope_error, part.bend_error)
    return QuadraticCoordinates(part.centre, *(u[at] for u in sums))


def _chosen(F: Quadratics, at: Any) -> Quadratics:
    rest = (F.offset, F.offset_error, F.counted, F.weight)
    return Quadratics(_rows(F.part, at), *(u[at] for u in rest))


def _vertices(F: Quadratics, domain: Domain, extent: Extent) -> tuple[Array, Extent]:
    """A vertex of the set that -slope points to, (K, d), and the extent of the set."""
    direction, bounds = -F.part.slope, domain.box_bounds()
    if bounds is not None:
        inner = np.where(direction < 0.0, bounds[0], domain.start())
        return np.where(direction > 0.0, bounds[1], inner), extent
    if not np.isfinite(_supports(domain, direction)).all():
        raise ValueError(
            f"the cumulative loss has no minimum on the unbounded set {domain.name}; take a compact set"
        )
    return np.array([domain.maximiser(u) for u in direction]), extent


def _projections(F: Quadratics, domain: Domain, extent: Extent) -> tuple[Array, Extent]:
    """The projections of the free minima, (K, d), and how far away the minimisers may be."""
    part, bounds = F.part, domain.box_bounds()
    mean = part.centre - part.slope / part.bend
    if bounds is not None:
        return np.minimum(np.maximum(mean, bounds[0]), bounds[1]), extent
    z = np.array([domain.project(u, w) for u, w in zip(mean, part.bend, strict=True)])
    if np.all(np.isfinite(extent.reach)):
        return z, extent
    # The minimisers lie where F is at most F(z), an ellipsoid around the mean.
    radius = np.sqrt((part.bend * (z - mean) ** 2).sum(axis=1, keepdims=True))
    around = 1.01 * radius / np.sqrt(part.bend)
    reach = np.minimum(extent.reach, np.abs(mean) + around)
    # The difference of two places is rounded at their size.
    width = np.abs(mean - part.centre) + around + 4.0 * EPS * (np.abs(mean) + np.abs(part.centre))
    return z, Extent(np.minimum(extent.width, width), extent.across, reach, extent.far)


def _supports(domain: Domain, directions: Array) -> Array:
    """The support function at each row."""
    bounds = domain.box_bounds()
    if bounds is not None:
        highest: Array = np.maximum(directions * bounds[0], directions * bounds[1]).sum(axis=1)
        return highest
    return np.array([domain.support(u) for u in directions])


def _upper(F: Quadratics, domain: Domain, z: Array) -> Array:
    """F(z) plus a bound of its rounding, and of how far rounding or a solver may have put z outside X."""
    with np.errstate(over="ignore", invalid="ignore"):
        values, slopes = F.part.values(z), np.abs(F.part.slopes(z))
        value = F.offset + values.sum(axis=1)
        total, error = _summed(values, F.part.errors(z)[0])
        error += F.offset_error + 8.0 * EPS * (slopes * np.abs(z)).sum(axis=1)
        error += 4.0 * EPS * (np.abs(F.offset) + total)
        upper = value + 2.0 * error + domain.inexactness * slopes.sum(axis=1)
    return np.where(np.isfinite(value), upper, np.inf)


def _lower(F: Quadratics, domain: Domain, extent: Extent, z: Array) -> Array:
    """The minimum over X of the tangent at z, minus its rounding bound; -inf if there is none."""
    base, tangents = F.part.centre, F.part.tangents(z, F.part.centre)
    inner = sum_error(z.shape[1]) + z.shape[1] * EPS
    with np.errstate(over="ignore", invalid="ignore"):
        constant = F.offset + tangents.constant.sum(axis=1)
        total, error = _summed(tangents.constant, tangents.constant_error)
        error += F.offset_error
        steep = np.abs(tangents.slope)
        slope_error = tangents.slope_error + EPS * steep
        known = np.isfinite(constant) & np.isfinite((steep * extent.reach).sum(axis=1))
        known &= np.isfinite(tangents.slope).all(axis=1)
        heights = np.full(len(known), np.inf)
        heights[known] = _supports(domain, -tangents.slope[known])
        place = tangents.slope @ base
        sloppy = domain.inexactness * steep.sum(axis=1)
        # The width bounds <slope, x - base> too, which helps where X is unbounded but the minimisers are not.
        # (Not `minimum`: nothing is known from an infinite width times a slope of 0.)
        support = np.fmin(heights + place + sloppy, (steep * extent.width).sum(axis=1))
        used = slope_error + steep > 0
        error += (slope_error * np.where(used, extent.width, 0.0)).sum(axis=1)
        error += inner * (steep * np.where(used, extent.reach, 0.0)).sum(axis=1)
        error += 4.0 * EPS * (np.abs(F.offset) + total + np.abs(support) + np.abs(place))
        bound = constant - support - 2.0 * error
    return np.where(known & np.isfinite(bound), bound, -np.inf)


def _summed(terms: Array, errors: Array) -> tuple[Array, Array]:
    """(the sizes summed, a bound of the rounding of the sum of the terms), for each row."""
    size = np.abs(terms).sum(axis=1)
    return size, errors.sum(axis=1) + sum_error(terms.shape[1]) * size
