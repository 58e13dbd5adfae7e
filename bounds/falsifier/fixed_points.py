"""The fixed points with which the games of a search are compared, many games and rounds at once.

Of linear losses the best one is an extreme point of the set, of curved ones the nearest point to another.
With a composite term phi it is the best of a few points. For phi = lam ||x||_1 on boxes and on balls around
0, and for phi = lam/2 ||x||_2^2 on any set, the best fixed point is among them. Of other terms it may not be:
any point of the set shows a lower bound of the regret, which is all that a search needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bounds.falsifier.sets.base import SearchedSet
from online_sim.borders import Floats
from online_sim.expressions import compiled
from theory.composites.composite import DUAL, METRIC, WEIGHT, Composite
from theory.statement import Requires
from theory.symbols import x


@dataclass(frozen=True, eq=False)
class Curve:
    """mu/2 sum_t w_t ||y - x_t||^2 as a function of y, by its modulus and the sums of w, w x and w ||x||^2.

    modulus, count, square: (R, K) or broadcastable. place: (R, K, d).
    """

    modulus: Floats
    count: Floats
    place: Floats
    square: Floats

    def value(self, y: Floats) -> Floats:
        """The values at points y (R, K, d), one for each game and round."""
        distance = self.square - 2 * np.sum(self.place * y, axis=2) + self.count * np.sum(y * y, axis=2)
        return np.asarray(self.modulus / 2 * distance)

    def size(self, y: Floats) -> Floats:
        """The sum of the sizes of the parts of `value`."""
        parts = 2 * np.sum(np.abs(self.place * y), axis=2) + self.count * np.sum(y * y, axis=2)
        return np.asarray(self.modulus / 2 * (self.square + parts))

    def way(self, total: Floats) -> tuple[Floats, Floats]:
        """s (R, K, d) and h (R, K, 1) where <total, y> plus the curve is a number - <s, y> + h/2 ||y||^2."""
        bend = np.asarray(self.modulus * self.count)[:, :, None]
        return self.modulus[:, :, None] * self.place - total, bend


@dataclass(frozen=True)
class Term:
    """A composite term as functions of arrays; parameters: the columns of those of the algorithm, by name."""

    phi: Composite

    @cached_property
    def _names(self) -> list[str]:
        return [p.name for p in self.phi.parameters]

    @cached_property
    def _value(self) -> Callable[..., Any]:
        return compiled(self.phi.term, (x, *(p.symbol for p in self.phi.parameters)))

    @cached_property
    def _step(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        symbols = (DUAL, METRIC, WEIGHT, *(p.symbol for p in self.phi.parameters))
        return compiled(self.phi.minimiser, symbols), compiled(self.phi.metric, symbols)

    def each(self, y: Floats, parameters: Mapping[str, Floats]) -> Floats:
        """phi of every coordinate of points (R, K, d)."""
        return np.broadcast_to(self._value(y, *self._given(parameters)), y.shape)

    def minimiser(
        self,
        slope: Floats,
        bend: Floats,
        weight: Floats,
        parameters: Mapping[str, Floats],
        ends: Floats,
        kind: SearchedSet,
    ) -> Floats:
        """The best point found of each set for weight phi(y) - <slope, y> + bend/2 ||y||^2, (R, K, d).

        slope: (R, K, d); bend, weight: (R, K, 1).
        """
        given = self._given(parameters)
        slope, bend, weight = np.broadcast_arrays(slope, bend, weight)
        middle = kind.nearest(np.zeros(slope.shape), np.ones((*slope.shape[:2], 1)), ends)
        # For phi = lam ||x||_1, the way of the step leads to the best point of a ball around 0.
        ways = (slope, -slope, self._step[0](slope, np.ones(slope.shape), weight, *given))
        points = [middle, *(kind.minimiser(-np.broadcast_to(way, slope.shape), ends) for way in ways)]
        free, metric = (
            np.broadcast_to(part(slope, bend, weight, *given), slope.shape) for part in self._step
        )
        alike = metric[:, :, :1]  # the bend is the same in every coordinate, and so is the metric
        usual = np.isfinite(free) & (alike > 0)
        bent = np.where(alike > 0, alike, 1.0)
        points.append(kind.nearest(np.where(usual, free * bent, 0.0), bent, ends))

        def cost(y: Floats) -> Floats:
            return weight * self.each(y, parameters) - slope * y + bend / 2 * y * y

        return _best(points, cost, each=Requires.SEPARABLE_SET in kind.shown)

    def _given(self, parameters: Mapping[str, Floats]) -> list[Floats]:
        return [parameters[name] for name in self._names]


@dataclass(frozen=True, eq=False)
class Total:
    """The total loss of fixed points y, <gradients, y> and a curve or a composite term.

    gradients: (R, K, d). weight: of the composite term, (R, K). parameters: columns (R, 1, 1) by name.
    """

    gradients: Floats
    curve: Curve | None
    term: Term | None
    weight: Floats
    parameters: Mapping[str, Floats]

    def least(self, ends: Floats, kind: SearchedSet) -> tuple[Floats, Floats]:
        """Its least value found, and the sum of the sizes of its parts there, (R, K) each."""
        if self.curve is None:
            slope, bend = -self.gradients, np.zeros((*self.gradients.shape[:2], 1))
        else:
            slope, bend = self.curve.way(self.gradients)
        if self.term is not None:
            weight = self.weight[:, :, None]
            best = self.term.minimiser(slope, bend, weight, self.parameters, ends, kind)
        elif self.curve is not None:
            best = kind.nearest(slope, bend, ends)
        else:
            best = kind.minimiser(self.gradients, ends)
        products = self.gradients * best
        value, size = np.sum(products, axis=2), np.sum(np.abs(products), axis=2)
        if self.curve is not None:
            value, size = value + self.curve.value(best), size + self.curve.size(best)
        if self.term is not None:
            phi = self.weight * np.sum(self.term.each(best, self.parameters), axis=2)
            value, size = value + phi, size + np.abs(phi)
        return value, size


def _best(points: Sequence[Floats], cost: Callable[[Floats], Floats], *, each: bool) -> Floats:
    """The cheapest point, in every coordinate of a box, and else as a whole."""
    best, least = points[0], cost(points[0])
    least = least if each else np.sum(least, axis=2, keepdims=True)
    for point in points[1:]:
        here = cost(point) if each else np.sum(cost(point), axis=2, keepdims=True)
        best, least = np.where(here < least, point, best), np.minimum(here, least)
    return best
