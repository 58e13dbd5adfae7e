"""The parts of a cumulative loss, sums of convex functions of one variable, with linear minorants.

Every part is convex in one variable, so a tangent at any point, and any convex combination of tangents, is a
minorant of it: `Tangents` holds one for each part.

Rounding: sums are cut into about sqrt(n) chunks, so a sum of n terms is off by at most 2 (sqrt(n) + 2) eps
times the sum of their sizes; evaluations by `Functions.value_error`. Bounds are first order in eps and
doubled for the rest.
"""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self, final

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.functions import Functions, RowFunction
from online_sim.comparator.tables import CompressedTable, Table

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

    def head(self, count: int) -> Tangents:
        """Those of the first parts."""
        whole = (self.constant, self.slope, self.constant_error, self.slope_error)
        return Tangents(*(numbers[:count] for numbers in whole))

    def mix(self, other: Tangents, share: Array) -> Tangents:
        """share * self + (1 - share) * other, part by part; 0 <= share <= 1 keeps a minorant."""

        def both(p: Array, q: Array) -> Array:
            return share * p + (1.0 - share) * q

        size = both(np.abs(self.constant), np.abs(other.constant))
        slope_size = both(np.abs(self.slope), np.abs(other.slope))
        return Tangents(
            both(self.constant, other.constant),
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
        return At(self, u).tangents(base)


@final
class At:
    """A part at u, whose numbers are computed once, when they are asked for."""

    def __init__(self, part: Part, u: Array) -> None:
        self.part, self.u = part, u

    @cached_property
    def values(self) -> Array:
        """See `Part.values`."""
        return self.part.values(self.u)

    @cached_property
    def slopes(self) -> Array:
        """See `Part.slopes`."""
        return self.part.slopes(self.u)

    @cached_property
    def errors(self) -> tuple[Array, Array]:
        """See `Part.errors`."""
        return self.part.errors(self.u)

    def tangents(self, base: Array) -> Tangents:
        """See `Part.tangents`."""
        with np.errstate(all="ignore"):
            value, slope = self.values, self.slopes
            value_error, slope_error = self.errors
            step = self.u - base
            shift = slope * step
            error = value_error + slope_error * np.abs(step) + 3.0 * EPS * (np.abs(value) + np.abs(shift))
            return Tangents(value - shift, slope, error, slope_error)


@dataclass(frozen=True, eq=False)
class _Rows(Part):
    """A sum over rows j of c_j h(.; a_j, b_j): a table (n, d), labels (n,), weights (n,)."""

    functions: Functions
    table: Table
    labels: Array
    weights: Array

    @abc.abstractmethod
    def _weighted(self, function: RowFunction, u: Array) -> Array:
        """One of the functions at u, times the weights."""

    def head(self, count: int, weights: Array | None) -> Self:
        """The sum over the first rows, with these weights, (count,), or their own."""
        c = self.weights[:count] if weights is None else weights
        return replace(self, table=self.table.head(count), labels=self.labels[:count], weights=c)

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


class Coordinates(Part):
    """F_i(u_i) for the coordinates i, shape (d,)."""


@final
@dataclass(frozen=True, eq=False)
class RowCoordinates(_Rows, Coordinates):
    """F_i(u) = sum_j c_j h(u; a_ji, b_j)."""

    @property
    def by_entries(self) -> bool:
        """Whether the sum is over the entries of sparse rows alone."""
        return isinstance(self.table, CompressedTable) and self.functions.local

    def _weighted(self, function: RowFunction, u: Array) -> Array:
        n, d = self.table.shape
        if not self.functions.uses_data:
            return float(self.weights.sum()) * function(u, 0.0, 0.0)
        if self.by_entries:
            # A function that is 0 where a_ji is: only the entries count.
            row, column, number = self.table.entries()
            with np.errstate(over="ignore", invalid="ignore"):
                terms = function(u[column], number, self.labels[row])
                sums = np.bincount(column, self.weights[row] * terms, minlength=d)
            return sums.astype(np.float64, copy=False)
        rows = max(1, CHUNK_NUMBERS // d)
        total = np.zeros(d)
        with np.errstate(over="ignore", invalid="ignore"):
            for k in range(0, n, rows):
                part = self.table.part(k, k + rows)
                total += self.weights[k : k + rows] @ function(u, part, self.labels[k : k + rows, None])
        return total

    def errors(self, u: Array) -> tuple[Array, Array]:
        """See `Part.errors`; the rounding of the sum over the rows is added."""
        n, d = self.table.shape
        rows = max(1, CHUNK_NUMBERS // d)
        # Terms added one after the other: within chunks and over them, or all of a coordinate.
        add = (n if self.by_entries else min(n, rows) + n // rows) * EPS + 2 * EPS
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
