"""The cumulative loss F(z) = sum_j c_j f_j(z) as numbers: value, gradient, Hessian, linear minorants.

F(z) = offset + sum_j c_j phi(<a_j, z>; b_j) + sum_i F_i(z_i): rows through `Links`, coordinates through
`Coordinates`. Every part is convex in one variable, so a tangent at any point, and any convex combination of
tangents, is a minorant of it: `Tangents` holds one for each part. The minimum over X of the sum of minorants
is a support function, and that is the lower bound (`lower_bound`); nothing else ever enters it.

Rounding: sums are cut into about sqrt(n) chunks, so a sum of n terms is off by at most 2 (sqrt(n) + 2) eps
times the sum of their sizes; evaluations by `Functions.value_error`. Bounds are first order in eps and
doubled for the rest.
"""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.functions import Functions, RowFunction
from online_sim.comparator.hessian import Hessian
from online_sim.domains.base import Domain

Array = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)
CHUNK_NUMBERS = 1 << 15
"""Coordinate functions are evaluated on tables of about this many numbers, which stay in the cache."""


def sum_error(count: int) -> float:
    """Relative error bound of a chunked sum of `count` terms, in units of the sum of their sizes."""
    return 2.0 * (math.sqrt(count) + 2.0) * EPS


@dataclass(frozen=True)
class Tangents:
    """A minorant constant + slope * (u - base) for each part, weights included, with bounds of its rounding.

    The base is that of the cumulative loss, a point of X: an error of the slope then counts with the width of
    X and not with its distance from the origin.
    """

    constant: Array
    slope: Array
    constant_error: Array
    slope_error: Array

    def mix(self, other: Tangents, share: Array) -> Tangents:
        """share * self + (1 - share) * other, part by part; 0 <= share <= 1 keeps a minorant."""
        rest = 1.0 - share

        def both(p: Array, q: Array) -> Array:
            return share * p + rest * q

        constant = both(self.constant, other.constant)
        size = both(np.abs(self.constant), np.abs(other.constant))
        slope_size = both(np.abs(self.slope), np.abs(other.slope))
        return Tangents(
            constant,
            both(self.slope, other.slope),
            both(self.constant_error, other.constant_error) + 4.0 * EPS * size,
            both(self.slope_error, other.slope_error) + 4.0 * EPS * slope_size,
        )


class Part(abc.ABC):
    """A sum of convex functions, one for each entry u_k of a vector u."""

    @abc.abstractmethod
    def values(self, u: Array) -> Array:
        """The weighted values."""

    @abc.abstractmethod
    def slopes(self, u: Array) -> Array:
        """Weighted subgradients."""

    @abc.abstractmethod
    def curvatures(self, u: Array) -> Array:
        """Weighted second derivatives."""

    @abc.abstractmethod
    def errors(self, u: Array) -> tuple[Array, Array]:
        """Rounding bounds of `values` and `slopes`."""

    def tangents(self, u: Array, base: Array) -> Tangents:
        """The tangents at u, from the base; entries where the function is not defined are NaN or inf."""
        with np.errstate(all="ignore"):
            value, slope = self.values(u), self.slopes(u)
            value_error, slope_error = self.errors(u)
            step = u - base
            shift = slope * step
            error = value_error + slope_error * np.abs(step) + 3.0 * EPS * (np.abs(value) + np.abs(shift))
            return Tangents(value - shift, slope, error, slope_error)


@dataclass(frozen=True, eq=False)
class _Rows(Part):
    """A sum over rows j of c_j h(.; a_j, b_j): vectors (n, d), labels (n,), weights (n,)."""

    functions: Functions
    vectors: Array
    labels: Array
    weights: Array

    @abc.abstractmethod
    def _weighted(self, function: RowFunction, u: Array) -> Array:
        """One of the functions at u, times the weights."""

    def values(self, u: Array) -> Array:
        """See `Part.values`; NaN (undefined) becomes inf."""
        value = self._weighted(self.functions.value, u)
        return np.where(np.isnan(value), np.inf, value)

    def slopes(self, u: Array) -> Array:
        """See `Part.slopes`."""
        return self._weighted(self.functions.slope, u)

    def curvatures(self, u: Array) -> Array:
        """See `Part.curvatures`."""
        return self._weighted(self.functions.curvature, u)

    def errors(self, u: Array) -> tuple[Array, Array]:
        """See `Part.errors`."""
        f = self.functions
        return self._weighted(f.value_error, u), self._weighted(f.slope_error, u)


@final
@dataclass(frozen=True, eq=False)
class Links(_Rows):
    """c_j phi(u_j; b_j) for the rows j."""

    def _weighted(self, function: RowFunction, u: Array) -> Array:
        return self.weights * function(u, 0.0, self.labels)

    def adjoint(self, s: Array) -> Array:
        """sum_j s_j a_j, in chunks of about sqrt(n) rows."""
        n = len(s)
        chunk = math.isqrt(n - 1) + 1
        full = n // chunk * chunk
        parts = np.matmul(
            s[:full].reshape(-1, 1, chunk), self.vectors[:full].reshape(-1, chunk, self.vectors.shape[1])
        )
        total: Array = parts[:, 0].sum(axis=0)
        return total + s[full:] @ self.vectors[full:] if full < n else total


class Coordinates(Part):
    """F_i(u_i) for the coordinates i, shape (d,)."""


@final
@dataclass(frozen=True, eq=False)
class RowCoordinates(_Rows, Coordinates):
    """F_i(u) = sum_j c_j h(u; a_ji, b_j)."""

    def _weighted(self, function: RowFunction, u: Array) -> Array:
        n, d = self.vectors.shape
        if not self.functions.uses_data:
            return float(self.weights.sum()) * function(u, 0.0, 0.0)
        rows = max(1, CHUNK_NUMBERS // d)
        total = np.zeros(d)
        with np.errstate(over="ignore", invalid="ignore"):
            for k in range(0, n, rows):
                table = function(u, self.vectors[k : k + rows], self.labels[k : k + rows, None])
                total += self.weights[k : k + rows] @ table
        return total

    def errors(self, u: Array) -> tuple[Array, Array]:
        """See `Part.errors`; the rounding of the sum over the rows is added."""
        n, d = self.vectors.shape
        rows = max(1, CHUNK_NUMBERS // d)
        add = (min(n, rows) + n // rows + 2) * EPS
        value, slope = super().errors(u)
        f = self.functions
        return value + add * self._sizes(f.value, u), slope + add * self._sizes(f.slope, u)

    def _sizes(self, function: RowFunction, u: Array) -> Array:
        return self._weighted(lambda *arguments: np.abs(function(*arguments)), u)


@final
@dataclass(frozen=True, eq=False)
class QuadraticCoordinates(Coordinates):
    """F_i(u) = level_i + slope_i (u - r_i) + bend_i (u - r_i)^2 / 2: sums around a point r of X.

    The errors are those of the three sums.
    """

    centre: Array
    level: Array
    slope: Array
    bend: Array
    level_error: Array
    slope_error: Array
    bend_error: Array

    def values(self, u: Array) -> Array:
        """See `Part.values`."""
        step = u - self.centre
        return self.level + step * (self.slope + 0.5 * self.bend * step)

    def slopes(self, u: Array) -> Array:
        """See `Part.slopes`."""
        return self.slope + self.bend * (u - self.centre)

    def curvatures(self, u: Array) -> Array:
        """See `Part.curvatures`."""
        return self.bend

    def errors(self, u: Array) -> tuple[Array, Array]:
        """See `Part.errors`; the subtraction u - r counts with the sizes of u and r."""
        step = np.abs(u - self.centre)
        place = EPS * (np.abs(u) + np.abs(self.centre))
        slope, bend = np.abs(self.slope), np.abs(self.bend)
        steep = slope + bend * step
        value = self.level_error + step * (self.slope_error + 0.5 * self.bend_error * step)
        value = value + 6.0 * EPS * (np.abs(self.level) + step * steep) + place * steep
        return value, self.slope_error + self.bend_error * step + 4.0 * EPS * steep + place * bend


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
        return self.links.vectors @ self.base

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
    if F.links is not None:
        u = F.links.vectors @ z
        terms, slopes = F.links.values(u), np.abs(F.links.slopes(u))
        # Row by row |A| is never stored: the Cauchy-Schwarz inequality bounds |A||z|.
        lengths = np.sqrt(np.einsum("ij,ij->i", F.links.vectors, F.links.vectors))
        inner = sum_error(F.dimension) + F.dimension * EPS
        error += float(F.links.errors(u)[0].sum()) + sum_error(len(u)) * float(np.abs(terms).sum())
        error += inner * float(np.linalg.norm(z)) * float(slopes @ lengths)
        size += float(np.abs(terms).sum())
        slope_size += np.abs(F.links.adjoint(F.links.slopes(u)))
    if F.coordinates is not None:
        terms = F.coordinates.values(z)
        error += float(F.coordinates.errors(z)[0].sum()) + sum_error(F.dimension) * float(np.abs(terms).sum())
        size += float(np.abs(terms).sum())
        slope_size += np.abs(F.coordinates.slopes(z))
    error += 8.0 * EPS * float(slope_size @ place) + 4.0 * EPS * size
    return value + 2.0 * error + domain.inexactness * float(slope_size.sum())


def lower_bound(
    F: Cumulative, domain: Domain, extent: Extent, links: Tangents | None, coordinates: Tangents | None
) -> float:
    """The minimum over X of the sum of the minorants, minus its rounding bound; -inf if there is none."""
    constant, error = F.offset, F.offset_error
    size = abs(F.offset)
    direction, direction_error = np.zeros(F.dimension), np.zeros(F.dimension)
    if links is not None and F.links is not None:
        constant += float(links.constant.sum())
        size += float(np.abs(links.constant).sum())
        error += float(links.constant_error.sum()) + sum_error(len(links.constant)) * float(
            np.abs(links.constant).sum()
        )
        direction += F.links.adjoint(links.slope)
        lengths = np.sqrt(np.einsum("ij,ij->i", F.links.vectors, F.links.vectors))
        row_error = links.slope_error + sum_error(len(links.slope)) * np.abs(links.slope)
        error += extent.across * float(row_error @ lengths)
        # A base is rounded where the links are measured from it.
        inner = sum_error(F.dimension) + F.dimension * EPS
        error += inner * float(np.linalg.norm(F.base)) * float(np.abs(links.slope) @ lengths)
    if coordinates is not None:
        constant += float(coordinates.constant.sum())
        size += float(np.abs(coordinates.constant).sum())
        error += float(coordinates.constant_error.sum())
        error += sum_error(F.dimension) * float(np.abs(coordinates.constant).sum())
        direction += coordinates.slope
        direction_error += coordinates.slope_error + EPS * np.abs(coordinates.slope)
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
    error += (sum_error(F.dimension) + F.dimension * EPS) * float(
        np.abs(direction) @ np.where(used, extent.reach, 0.0)
    )
    error += 4.0 * EPS * (size + abs(support) + abs(place))
    bound = constant - support - 2.0 * error
    return bound if math.isfinite(bound) else -math.inf
