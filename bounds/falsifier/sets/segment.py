"""Segments through 0, the simplest sets whose projection depends on the metric, and the simplex of R^2."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sympy import Piecewise

from bounds.falsifier.coordinates import exponential, sized
from bounds.falsifier.sets.base import ALWAYS, FREE, METRIC, STARTS, Near, with_set
from bounds.falsifier.sets.box import BEGIN, END, Between
from bounds.games import ExactSegment, ExactSet
from online_sim.borders import Floats
from theory.quantities import SumCoords
from theory.recurrence import Recurrence
from theory.statement import Requires
from theory.symbols import Scalar

LENGTH, SHARE = Scalar("segment_length"), Scalar("segment_share")


@dataclass(frozen=True)
class Segments(Between):
    """{s v : -1 <= s <= 1}; the entries are the directions relative to the first coordinate."""

    words: ClassVar[str] = "segments through 0"
    shown: ClassVar[frozenset[Requires]] = ALWAYS | STARTS | {Requires.CONTAINS_ORIGIN}
    least_dimension: int = 2

    def projected(self, recurrence: Recurrence) -> Recurrence:
        """On {u + s e} the nearest point in the metric w has s = sum w e (p - u)/sum w e^2, cut to [0, 1].

        While w e = 0 the metric is the Euclidean one.
        """
        along = END - BEGIN
        share = Piecewise(
            (SumCoords(METRIC * along * (FREE - BEGIN)) / LENGTH, LENGTH > 0),
            (SumCoords(along * (FREE - BEGIN)) / SumCoords(along**2), True),
        )
        lines = (LENGTH, SumCoords(METRIC * along**2)), (SHARE, share)
        cut = Piecewise((0, SHARE < 0), (1, SHARE > 1), (SHARE, True))
        return with_set(recurrence, self, *lines, point=BEGIN + cut * along)

    def entries(self, dimension: int) -> int:
        """One for each coordinate but the first."""
        return dimension - 1

    def places(self, dimension: int) -> int:
        """The share of the way."""
        return 1

    def drawn(self, count: int, dimension: int, rng: np.random.Generator) -> list[Floats]:
        """Directions of all sizes; the starts are the ends, the middle or between."""
        start = rng.choice([-1.0, 1.0, 0.0, 0.5], (count, 1))
        return [rng.normal(0, 15, (count, dimension - 1)), start]

    def made(self, size: Floats, shape: Floats, dimension: int) -> Floats:
        """The two ends."""
        turn = np.concatenate([np.ones((len(shape), 1)), sized(shape)], axis=1)
        half = exponential(size)[:, None] * turn
        return np.stack([-half, half], axis=1)

    def minimiser(self, total: Floats, ends: Floats) -> Floats:
        """One of the ends."""
        begin, end = ends[:, None, 0], ends[:, None, 1]
        rise = np.sum(total * (end - begin), axis=2, keepdims=True)
        return np.where(rise > 0, begin, end)

    def nearest(self, slope: Floats, bend: Floats, ends: Floats) -> Floats:
        """The nearest point of the line, cut to the segment."""
        begin, way = ends[:, None, 0], ends[:, None, 1] - ends[:, None, 0]
        along = np.sum((slope - bend * begin) * way, axis=2, keepdims=True)
        share = along / (bend * np.sum(way * way, axis=2, keepdims=True))
        return np.asarray(begin + np.clip(share, 0, 1) * way)

    def exact(self, ends: Floats, near: Near) -> ExactSet:
        """The segment between the two ends."""
        return ExactSegment(*(tuple(map(near, end)) for end in ends.tolist()))


@dataclass(frozen=True)
class PlaneSimplex(Segments):
    """The probability simplex of R^2 as the segment from (1, 0) to (0, 1)."""

    words: ClassVar[str] = "the probability simplex of R^2"
    shown: ClassVar[frozenset[Requires]] = ALWAYS | {
        Requires.PROBABILITY_SIMPLEX, Requires.START_AT_CENTRE,
    }  # fmt: skip
    scales: ClassVar[bool] = False
    most_dimension: float = 2

    def entries(self, dimension: int) -> int:
        """None: there is one such set."""
        return 0

    def drawn(self, count: int, dimension: int, rng: np.random.Generator) -> list[Floats]:
        """The starts are the ends, the middle or between."""
        return [rng.choice([-1.0, 1.0, 0.0, 0.5], (count, 1))]

    def made(self, size: Floats, shape: Floats, dimension: int) -> Floats:
        """The two corners."""
        return np.tile([[[1.0, 0.0], [0.0, 1.0]]], (len(shape), 1, 1))
