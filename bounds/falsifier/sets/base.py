"""The contract of a kind of sets over which games are searched.

A set is data of each game: a few vectors that no round changes, its anchors (the corners of a box, the
vertices of a polytope). So one compiled loop runs games with different sets, and its projection is a symbolic
part of the point.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import ClassVar

import numpy as np
from sympy import Expr, S, Symbol

from bounds.games import ExactSet
from online_sim.borders import Floats
from theory.quantities import Prev, is_vector
from theory.recurrence import Recurrence
from theory.statement import Requires
from theory.symbols import D_2, D, Vector

FREE = Vector("point_free")
METRIC = Vector("metric_free")
Near = Callable[[float], Fraction]

STARTS = frozenset({Requires.START_AT_ORIGIN, Requires.START_AT_CENTRE})
"""The starts that a search respects if a statement asks for them; both are the middle of a set around 0."""
ALWAYS = frozenset({Requires.CONVEX_LOSSES, Requires.COMPACT_SET})


class SearchedSet(ABC):
    """A kind of sets; subclasses are frozen dataclasses.

    words: its name in sentences. shown: the properties that games of linear losses over it have by
    construction. scales: whether a set of the kind may be scaled, to meet a limit on its size. Arrays of R
    games: anchors (R, m, d), points (R, d).
    """

    words: ClassVar[str]
    shown: ClassVar[frozenset[Requires]]
    scales: ClassVar[bool] = True
    least_dimension: int = 1
    most_dimension: float = math.inf

    def fits(self, dimension: int, asked: Collection[Requires]) -> bool:
        """Whether there are sets of the kind in d dimensions that a statement asks for."""
        return self.least_dimension <= dimension <= self.most_dimension

    @property
    @abstractmethod
    def anchors(self) -> tuple[Vector, ...]:
        """The vectors that define a set."""

    @abstractmethod
    def projected(self, recurrence: Recurrence) -> Recurrence:
        """The same algorithm without a built-in set: its point lies in the set with these anchors."""

    def entries(self, dimension: int) -> int:
        """The number of entries of a vector for the shape of a set, besides its size; by default none."""
        return 0

    def places(self, dimension: int) -> int:
        """The number of entries for a point of the set, by default one for each coordinate."""
        return dimension

    @abstractmethod
    def drawn(self, count: int, dimension: int, rng: np.random.Generator) -> list[Floats]:
        """Initial entries of the shape, if it has any, then those of a start."""

    def drawn_places(self, count: int, dimension: int, rng: np.random.Generator) -> Floats:
        """Initial entries of a comparator, (count, places): the far ends more often than other points."""
        return rng.choice([-1.0, 1.0, -1.0, 1.0, 0.0, 0.5], (count, self.places(dimension)))

    @abstractmethod
    def made(self, size: Floats, shape: Floats, dimension: int) -> Floats:
        """The anchors of the sets of a size (R,) and a shape (R, entries)."""

    @abstractmethod
    def point(self, ends: Floats, place: Floats) -> Floats:
        """The points of the sets at these entries (R, places)."""

    @abstractmethod
    def centre(self, ends: Floats) -> Floats:
        """The middles of the sets."""

    def moved(self, point: Floats, before: Floats, after: Floats) -> Floats:
        """The points in sets that were scaled, in the same place."""
        old, new = (np.max(np.abs(ends), axis=(1, 2))[:, None] for ends in (before, after))
        return point * np.where(old > 0, new / np.where(old > 0, old, 1.0), 1.0)

    def widths(self, ends: Floats) -> Floats:
        """D_i, (R, d)."""
        return np.asarray(np.max(ends, axis=1) - np.min(ends, axis=1))

    def euclidean(self, ends: Floats) -> Floats:
        """D_2, (R,)."""
        return np.asarray(np.sqrt(np.sum(self.widths(ends) ** 2, axis=1)))

    def diameters(self, ends: Floats) -> Mapping[str, Floats]:
        """D and D_2 by name, (R,) each."""
        return {D.name: np.max(self.widths(ends), axis=1), D_2.name: self.euclidean(ends)}

    def turned(self, rows: Floats) -> Floats:
        """The rows (R, n, d) of structured streams in directions in which the set is wide."""
        return rows

    @abstractmethod
    def minimiser(self, total: Floats, ends: Floats) -> Floats:
        """A point of each set at which <total, .> is smallest, (R, K, d) as `total` is."""

    @abstractmethod
    def nearest(self, slope: Floats, bend: Floats, ends: Floats) -> Floats:
        """The points nearest to slope/bend in the Euclidean norm; slope: (R, K, d), bend: (R, K, 1)."""

    @abstractmethod
    def exact(self, ends: Floats, near: Near) -> ExactSet:
        """The set with anchors (m, d), each number rounded."""


def with_set(
    recurrence: Recurrence, kind: SearchedSet, *lines: tuple[Symbol, Expr], point: Expr
) -> Recurrence:
    """The algorithm with anchors as states, its free point and metric as lines, further lines, and a point.

    A scalar metric means the Euclidean projection.
    """
    metric = recurrence.metric if is_vector(recurrence.metric) else S.One
    kept = tuple((anchor, Prev(anchor)) for anchor in kind.anchors)
    free = (FREE, recurrence.point), (METRIC, metric)
    return replace(recurrence, steps=(*recurrence.steps, *kept, *free, *lines), point=point)
