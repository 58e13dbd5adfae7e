"""Simplices {x >= 0, sum x = total} of R^d."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
from sympy import Expr, Piecewise, Symbol

from bounds.falsifier.coordinates import exponential
from bounds.falsifier.sets.base import ALWAYS, FREE, METRIC, Near, SearchedSet, with_set
from bounds.games import ExactSet, ExactSimplex
from online_sim.borders import Floats
from theory.quantities import MaxCoords, SumCoords
from theory.recurrence import Recurrence
from theory.statement import Requires
from theory.symbols import Scalar, Vector

TOTAL = Vector("set_total")
"""The total, in each coordinate."""
MOST = 5
"""The largest d; each more is another pass in every round."""


def michelot(free: Expr, total: Expr) -> tuple[list[tuple[Symbol, Expr]], Symbol]:
    """Lines for the root of sum_i max(y_i - root/w_i, 0) = total, and the root.

    Michelot (1986, secondary): solve for the root with all coordinates, leave out those that are not
    positive, and again; after d passes those that are left stay.
    """
    roots = [Scalar(f"simplex_root{k}") for k in range(MOST)]
    lines: list[tuple[Symbol, Expr]] = [(roots[0], (SumCoords(free) - total) / SumCoords(1 / METRIC))]
    for before, root in pairwise(roots):
        # A NaN stays in, so that it is not lost.
        active = Piecewise((0, free - before / METRIC <= 0), (1, True))
        lines.append((root, (SumCoords(active * free) - total) / SumCoords(active / METRIC)))
    return lines, roots[-1]


def root_of_sums(free: Floats, total: Floats) -> Floats:
    """The same root for equal weights, (R, K, 1): the largest of those of sums of the largest numbers."""
    ordered = -np.sort(-free, axis=2)
    roots = (np.cumsum(ordered, axis=2) - total) / np.arange(1, free.shape[2] + 1)
    return np.asarray(np.max(roots, axis=2, keepdims=True))


@dataclass(frozen=True)
class Simplices(SearchedSet):
    """A point is given by d shares; shares of at most 0 are 0.

    unit: whether the total of every simplex is 1.
    """

    words: ClassVar[str] = "simplices {x >= 0, sum x = c}"
    shown: ClassVar[frozenset[Requires]] = ALWAYS | {Requires.START_AT_CENTRE}
    least_dimension: int = 2
    most_dimension: float = MOST

    @property
    def anchors(self) -> tuple[Vector, ...]:
        """The total."""
        return (TOTAL,)

    def projected(self, recurrence: Recurrence) -> Recurrence:
        """max(y - root/w, 0), where the root gives the right sum; undefined where the metric is 0."""
        lines, root = michelot(FREE, MaxCoords(TOTAL))
        share = FREE - root / METRIC
        return with_set(recurrence, self, *lines, point=Piecewise((0, share <= 0), (share, True)))

    def drawn(self, count: int, dimension: int, rng: np.random.Generator) -> list[Floats]:
        """Starts with some coordinates 0: corners, faces and the middle."""
        return [self.drawn_places(count, dimension, rng)]

    def drawn_places(self, count: int, dimension: int, rng: np.random.Generator) -> Floats:
        """As `drawn`."""
        return rng.choice([-1.0, -1.0, 1.0, 0.5], (count, dimension))

    def made(self, size: Floats, shape: Floats, dimension: int) -> Floats:
        """The total."""
        return np.repeat(exponential(size)[:, None, None], dimension, axis=2)

    def point(self, ends: Floats, place: Floats) -> Floats:
        """The shares scaled to the total; the middle if all are 0."""
        shares = np.clip(place, 0, 1)
        whole = np.sum(shares, axis=1, keepdims=True)
        return ends[:, 0] * np.where(whole > 0, shares / np.where(whole > 0, whole, 1), 1 / shares.shape[1])

    def centre(self, ends: Floats) -> Floats:
        """Equal shares."""
        return np.asarray(ends[:, 0] / ends.shape[2])

    def widths(self, ends: Floats) -> Floats:
        """The total in each coordinate."""
        return ends[:, 0]

    def euclidean(self, ends: Floats) -> Floats:
        """The distance of two corners."""
        return np.asarray(np.sqrt(2) * ends[:, 0, 0])

    def turned(self, rows: Floats) -> Floats:
        """Of equal numbers the first against the second: equal losses are no regret on a simplex."""
        equal = np.all(rows == rows[:, :, :1], axis=2, keepdims=True)
        against = np.array([1.0, -1.0, *([0.0] * (rows.shape[2] - 2))])
        return np.where(equal, rows * against, rows)

    def minimiser(self, total: Floats, ends: Floats) -> Floats:
        """A corner."""
        best = np.argmin(total, axis=2)[..., None] == np.arange(total.shape[2])
        return np.where(best, ends[:, None, 0], 0.0)

    def nearest(self, slope: Floats, bend: Floats, ends: Floats) -> Floats:
        """As the projection."""
        free = slope / bend
        return np.asarray(np.maximum(free - root_of_sums(free, ends[:, None, 0]), 0.0))

    def exact(self, ends: Floats, near: Near) -> ExactSet:
        """The simplex of this total."""
        return ExactSimplex(ends.shape[1], near(float(ends[0, 0])))


@dataclass(frozen=True)
class UnitSimplices(Simplices):
    """The probability simplices of R^3, R^4, ...; that of R^2 is a segment."""

    words: ClassVar[str] = "the probability simplex"
    shown: ClassVar[frozenset[Requires]] = Simplices.shown | {Requires.PROBABILITY_SIMPLEX}
    scales: ClassVar[bool] = False
    least_dimension: int = 3

    def made(self, size: Floats, shape: Floats, dimension: int) -> Floats:
        """A total of 1."""
        return np.ones((len(shape), 1, dimension))
