"""The cumulative loss F(z) = sum_j c_j f_j(z) as numbers: value, gradient, Hessian, bounds of its minimum.

F(z) = offset + sum_j c_j phi(<a_j, z>; b_j) + sum_i F_i(z_i): rows through `Links`, coordinates through
`Coordinates` (`comparator.parts`). The minimum over X of the sum of minorants of the parts is a support
function, and that is the lower bound (`lower_bound`); nothing else ever enters it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import final

import numpy as np

from online_sim.comparator.hessian import Hessian
from online_sim.comparator.parts import (
    EPS,
    Array,
    At,
    Coordinates,
    Links,
    QuadraticCoordinates,
    RowCoordinates,
    Tangents,
    sum_error,
)
from online_sim.domains.base import Domain


@dataclass(frozen=True, eq=False)
class Cumulative:
    """F(z) = offset + links(A z) + coordinates(z); either part may be absent.

    base: the point (d,) of X that minorants are measured from; weight: the sum of all c_j;
    whole: the sum over more rows of which this one is the head, weights included.
    """

    base: Array
    links: Links | None
    coordinates: Coordinates | None
    offset: float
    offset_error: float
    weight: float
    smooth: bool
    whole: Cumulative | None = None

    @property
    def within_range(self) -> bool:
        """Whether the sums that F is made of are finite numbers."""
        part = self.coordinates
        sums = (part.level, part.slope, part.bend) if isinstance(part, QuadraticCoordinates) else ()
        return math.isfinite(self.offset) and all(bool(np.all(np.isfinite(s))) for s in sums)

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.base.size)

    @cached_property
    def linked_base(self) -> Array:
        """A base, (n,); only where there are links."""
        if self.links is None or not self.base.any():
            return np.zeros(0 if self.links is None else len(self.links.weights))
        return self.links.table.times(self.base)

    def head(self, count: int, weights: Array | None = None) -> Cumulative:
        """F of the first rows alone, with these weights, (count,), or their own; there are links."""
        if self.links is None or isinstance(self.coordinates, QuadraticCoordinates):
            raise TypeError("a cumulative loss without links does not keep its rows")
        links, part = self.links.head(count, weights), self.coordinates
        part = part.head(count, weights) if isinstance(part, RowCoordinates) else None
        whole, weight = self if weights is None else None, float(links.weights.sum())
        return replace(self, links=links, coordinates=part, weight=weight, whole=whole)

    def at(self, z: Array) -> Evaluation:
        """F at z, shape (d,)."""
        return Evaluation(self, z)

    def value(self, z: Array) -> float:
        """F(z), inf where F is not defined."""
        return self.at(z).value

    def gradient(self, z: Array) -> Array:
        """A subgradient of F at z, shape (d,)."""
        return self.at(z).gradient

    def hessian(self, z: Array) -> Hessian:
        """The Hessian away from kinks."""
        return self.at(z).hessian

    def tangents(self, z: Array) -> tuple[Tangents | None, Tangents | None]:
        """The minorants of both parts that touch F at z."""
        return self.at(z).tangents


@final
class Evaluation:
    """F at a point z, (d,): every number is computed once, when it is asked for."""

    def __init__(self, F: Cumulative, z: Array) -> None:
        self.F, self.z = F, z

    @cached_property
    def links(self) -> At | None:
        """The links at A z."""
        return None if self.F.links is None else At(self.F.links, self.F.links.table.times(self.z))

    @cached_property
    def coordinates(self) -> At | None:
        """The coordinate part."""
        return None if self.F.coordinates is None else At(self.F.coordinates, self.z)

    @cached_property
    def value(self) -> float:
        """F(z), inf where F is not defined."""
        total = self.F.offset
        if self.links is not None:
            total += float(self.links.values.sum())
        if self.coordinates is not None:
            total += float(self.coordinates.values.sum())
        return total

    @cached_property
    def link_gradient(self) -> Array:
        """The part of the links in `gradient`."""
        if self.links is None or self.F.links is None:
            return np.zeros(self.F.dimension)
        return self.F.links.table.adjoint(self.links.slopes)

    @cached_property
    def gradient(self) -> Array:
        """A subgradient of F, shape (d,)."""
        return self.link_gradient + (0.0 if self.coordinates is None else self.coordinates.slopes)

    @property
    def hessian(self) -> Hessian:
        """The Hessian away from kinks."""
        bend = np.zeros(self.F.dimension)
        if self.coordinates is not None:
            bend = np.maximum(self.coordinates.part.curvatures(self.z), 0.0)
        if self.links is None or self.F.links is None:
            return Hessian(None, np.zeros(0), bend)
        curvature = np.maximum(self.links.part.curvatures(self.links.u), 0.0)
        return Hessian(self.F.links.table, curvature, bend)

    @property
    def tangents(self) -> tuple[Tangents | None, Tangents | None]:
        """The minorants of both parts that touch F at z."""
        links = None if self.links is None else self.links.tangents(self.F.linked_base)
        return links, None if self.coordinates is None else self.coordinates.tangents(self.F.base)


@dataclass(frozen=True, eq=False)
class Extent:
    """How large X is and how far away: inf where it is unbounded.

    width_i >= |x_i - base_i| and across >= ||x - base||_2 for x in X, where base is the domain's start: they
    do not change when X is moved. reach_i >= |x_i| and far >= ||x||_2 are what rounding has to do with.
    """

    width: Array
    across: float
    reach: Array
    far: float

    @staticmethod
    def of(domain: Domain) -> Extent:
        """From the domain's diameters around its start."""
        start, width, across = domain.start(), domain.coordinate_diameters(), domain.diameter("2")
        reach = np.abs(start) + width
        far = min(float(np.linalg.norm(start)) + across, float(np.linalg.norm(reach)))
        return Extent(width, across, reach, far)


def upper_bound(at: Evaluation, domain: Domain) -> float:
    """F(z) plus a bound of its rounding, and of how far rounding or a solver may have put z outside X."""
    F, z, value = at.F, at.z, at.value
    if not math.isfinite(value):
        return math.inf
    error, slope_size = F.offset_error, np.zeros(F.dimension)
    size, place = abs(F.offset), np.abs(z)
    inner = sum_error(F.dimension) + F.dimension * EPS
    if at.links is not None and F.links is not None:
        _, part_size, part_error = _summed(at.links.values, at.links.errors[0])
        # Row by row |A| is never stored: the Cauchy-Schwarz inequality bounds |A||z|.
        reach = float(np.abs(at.links.slopes) @ F.links.table.lengths)
        part_error += inner * float(np.linalg.norm(z)) * reach
        size, error = size + part_size, error + part_error
        slope_size += np.abs(at.link_gradient)
    if at.coordinates is not None:
        _, part_size, part_error = _summed(at.coordinates.values, at.coordinates.errors[0])
        size, error = size + part_size, error + part_error
        slope_size += np.abs(at.coordinates.slopes)
    error += 8.0 * EPS * float(slope_size @ place) + 4.0 * EPS * size
    return value + 2.0 * error + domain.inexactness * float(slope_size.sum())


def lower_bound(
    F: Cumulative, domain: Domain, extent: Extent, links: Tangents | None, coordinates: Tangents | None
) -> float:
    """The minimum over X of the sum of the minorants, minus its rounding bound; -inf if there is none."""
    constant, size, error = F.offset, abs(F.offset), F.offset_error
    inner = sum_error(F.dimension) + F.dimension * EPS
    direction, direction_error = np.zeros(F.dimension), np.zeros(F.dimension)
    if links is not None and F.links is not None:
        direction += F.links.table.adjoint(links.slope)
        row_error = links.slope_error + sum_error(len(links.slope)) * np.abs(links.slope)
        error += extent.across * float(row_error @ F.links.table.lengths)
        # A base is rounded where the links are measured from it.
        error += inner * float(np.linalg.norm(F.base)) * float(np.abs(links.slope) @ F.links.table.lengths)
    if coordinates is not None:
        direction += coordinates.slope
        direction_error += coordinates.slope_error + EPS * np.abs(coordinates.slope)
    for part in (links, coordinates):
        if part is not None:
            part_sum, part_size, part_error = _summed(part.constant, part.constant_error)
            constant, size, error = constant + part_sum, size + part_size, error + part_error
    with np.errstate(over="ignore"):
        reached = float(np.abs(direction) @ extent.reach)
    if not (math.isfinite(constant) and math.isfinite(reached) and np.all(np.isfinite(direction))):
        return -math.inf
    # The width bounds <direction, x - base> too, which helps where X is unbounded but the minimisers are not.
    sloppy = domain.inexactness * float(np.abs(direction).sum())
    height, place = domain.support(-direction), float(direction @ F.base)
    support = min(height + place + sloppy, float(np.abs(direction) @ extent.width))
    used = direction_error + np.abs(direction) > 0
    error += float(direction_error @ np.where(used, extent.width, 0.0))
    error += inner * float(np.abs(direction) @ np.where(used, extent.reach, 0.0))
    error += 4.0 * EPS * (size + abs(support) + abs(place))
    bound = constant - support - 2.0 * error
    return bound if math.isfinite(bound) else -math.inf


def _summed(terms: Array, errors: Array) -> tuple[float, float, float]:
    """(the sum, that of the sizes, a bound of the rounding of the first)."""
    size = float(np.abs(terms).sum())
    return float(terms.sum()), size, float(errors.sum()) + sum_error(len(terms)) * size
