"""The cumulative loss F(z) = sum_j c_j f_j(z) as numbers: value, gradient, Hessian, bounds of its minimum.

F(z) = offset + sum_j c_j phi(<a_j, z>; b_j) + sum_i F_i(z_i): rows through `Links`, coordinates through
`Coordinates` (`comparator.parts`). The minimum over X of the sum of minorants of the parts is a support
function, and that is the lower bound (`lower_bound`); nothing else ever enters it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from online_sim.comparator.hessian import Hessian
from online_sim.comparator.parts import (
    EPS,
    Array,
    Coordinates,
    Links,
    QuadraticCoordinates,
    Tangents,
    sum_error,
)
from online_sim.domains.base import Domain


@dataclass(frozen=True, eq=False)
class Cumulative:
    """F(z) = offset + links(A z) + coordinates(z); either part may be absent.

    base: the point (d,) of X that minorants are measured from; weight: the sum of all c_j.
    """

    base: Array
    links: Links | None
    coordinates: Coordinates | None
    offset: float
    offset_error: float
    weight: float
    smooth: bool

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

    @property
    def linked_base(self) -> Array:
        """A base, (n,); only where there are links."""
        if self.links is None or not self.base.any():
            return np.zeros(0 if self.links is None else len(self.links.weights))
        linked: Array = self.links.vectors @ self.base
        return linked

    def value(self, z: Array) -> float:
        """F(z), inf where F is not defined."""
        total = self.offset
        if self.links is not None:
            total += float(self.links.values(self.links.vectors @ z).sum())
        if self.coordinates is not None:
            total += float(self.coordinates.values(z).sum())
        return total

    def gradient(self, z: Array) -> Array:
        """A subgradient of F at z, shape (d,)."""
        total = np.zeros(self.dimension)
        if self.links is not None:
            total += self.links.slopes(self.links.vectors @ z) @ self.links.vectors
        if self.coordinates is not None:
            total += self.coordinates.slopes(z)
        return total

    def hessian(self, z: Array) -> Hessian:
        """The Hessian away from kinks."""
        bend = np.zeros(self.dimension)
        if self.coordinates is not None:
            bend = np.maximum(self.coordinates.curvatures(z), 0.0)
        if self.links is None:
            return Hessian(np.zeros((0, self.dimension)), np.zeros(0), bend)
        rows = self.links.vectors
        return Hessian(rows, np.maximum(self.links.curvatures(rows @ z), 0.0), bend)

    def tangents(self, z: Array) -> tuple[Tangents | None, Tangents | None]:
        """The minorants of both parts that touch F at z."""
        links = None
        if self.links is not None:
            links = self.links.tangents(self.links.vectors @ z, self.linked_base)
        return links, self.coordinates.tangents(z, self.base) if self.coordinates is not None else None


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


def upper_bound(F: Cumulative, domain: Domain, z: Array) -> float:
    """F(z) plus a bound of its rounding, and of how far rounding or a solver may have put z outside X."""
    value = F.value(z)
    if not math.isfinite(value):
        return math.inf
    error, slope_size = F.offset_error, np.zeros(F.dimension)
    size, place = abs(F.offset), np.abs(z)
    inner = sum_error(F.dimension) + F.dimension * EPS
    if F.links is not None:
        u = F.links.vectors @ z
        slopes = F.links.slopes(u)
        _, part_size, part_error = _summed(F.links.values(u), F.links.errors(u)[0])
        # Row by row |A| is never stored: the Cauchy-Schwarz inequality bounds |A||z|.
        part_error += inner * float(np.linalg.norm(z)) * float(np.abs(slopes) @ F.links.lengths)
        size, error = size + part_size, error + part_error
        slope_size += np.abs(F.links.adjoint(slopes))
    if F.coordinates is not None:
        _, part_size, part_error = _summed(F.coordinates.values(z), F.coordinates.errors(z)[0])
        size, error = size + part_size, error + part_error
        slope_size += np.abs(F.coordinates.slopes(z))
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
        direction += F.links.adjoint(links.slope)
        row_error = links.slope_error + sum_error(len(links.slope)) * np.abs(links.slope)
        error += extent.across * float(row_error @ F.links.lengths)
        # A base is rounded where the links are measured from it.
        error += inner * float(np.linalg.norm(F.base)) * float(np.abs(links.slope) @ F.links.lengths)
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
