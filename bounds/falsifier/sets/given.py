"""One given set in place of the sets of a kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bounds.falsifier.sets.ball import Balls
from bounds.falsifier.sets.base import ALWAYS, Near, SearchedSet
from bounds.falsifier.sets.box import Boxes
from bounds.falsifier.sets.l1_ball import L1Balls
from bounds.falsifier.sets.polytope import Polytopes
from bounds.falsifier.sets.segment import Segments
from bounds.falsifier.sets.simplex import Simplices
from bounds.games import (
    ExactBall,
    ExactBox,
    ExactL1Ball,
    ExactPolytope,
    ExactSegment,
    ExactSet,
    ExactSimplex,
    Point,
)
from bounds.games.linear import SIMPLICES
from bounds.games.rationals import Number, listing, point
from online_sim.borders import Floats
from theory.borders import instance
from theory.recurrence import Recurrence
from theory.statement import Requires
from theory.symbols import Vector

MOST_FACES = 25
"""The most faces of a given polytope, those of five corners in the plane; more are slow to compile."""


@dataclass(frozen=True)
class GivenSet(SearchedSet):
    """A set in exact numbers, projected onto as the sets of a kind.

    of: the kind. corners: the anchors of the set.
    """

    of: SearchedSet
    feasible: ExactSet
    corners: tuple[Point, ...]

    scales = False

    @classmethod
    def from_exact(cls, feasible: ExactSet) -> GivenSet:
        """The kind and the anchors of an exact set."""
        match feasible:
            case ExactBox(lower, upper):
                return cls(Boxes(), feasible, (lower, upper))
            case ExactSegment(begin, end):
                return cls(Segments(), feasible, (begin, end))
            case ExactSimplex():
                return cls(Simplices(), feasible, ((feasible.sum,) * feasible.size,))
            case ExactBall(middle):
                return cls(Balls(), feasible, (middle, (feasible.reach,) * len(middle)))
            case ExactL1Ball(middle) if not any(middle):
                return cls(L1Balls(), feasible, ((feasible.reach,) * len(middle),))
            case ExactPolytope(corners):
                if len(feasible.faces) > MOST_FACES:
                    raise ValueError(
                        f"`feasible` has {len(feasible.faces)} faces, and a search plays at most "
                        f"{MOST_FACES}; give fewer corners"
                    )
                return cls(Polytopes(len(corners), feasible.faces), feasible, corners)
        raise ValueError(
            f"`feasible` = {feasible.text} is not searched; give a box, a segment, a simplex, an l2 ball, an "
            "l1 ball around 0 or a polytope"
        )

    @property
    def words(self) -> str:  # type: ignore[override]
        """The set in one line."""
        return self.feasible.text

    @property
    def shown(self) -> frozenset[Requires]:  # type: ignore[override]
        """What is true of this set; a start that a statement asks for is taken if it lies in the set."""
        here, kind = self.feasible, self.feasible.kind
        inside = here.contains(self.origin)
        unit = here in (*SIMPLICES, ExactSimplex(here.dimension))
        known = {
            Requires.START_AT_CENTRE: kind != "polytope" or here.mirrored(here.centre) is not None,
            Requires.CONTAINS_ORIGIN: inside,
            Requires.START_AT_ORIGIN: inside,
            Requires.SEPARABLE_SET: kind == "box",
            Requires.BALL: kind == "ball" or here.dimension == 1,
            Requires.PROBABILITY_SIMPLEX: unit,
        }
        return ALWAYS | {asked for asked, holds in known.items() if holds}

    @property
    def origin(self) -> Point:
        """The point 0."""
        return (Fraction(0),) * self.feasible.dimension

    def fits(self, dimension: int, asked: Collection[Requires]) -> bool:
        """In its own dimension."""
        least, most = self.of.least_dimension, self.of.most_dimension
        return dimension == self.feasible.dimension and least <= dimension <= most

    @property
    def anchors(self) -> tuple[Vector, ...]:
        """As the kind."""
        return self.of.anchors

    def projected(self, recurrence: Recurrence) -> Recurrence:
        """As the kind."""
        return self.of.projected(recurrence)

    def places(self, dimension: int) -> int:
        """As the kind."""
        return self.of.places(dimension)

    def drawn(self, count: int, dimension: int, rng: np.random.Generator) -> list[Floats]:
        """Starts as of the kind."""
        return self.of.drawn(count, dimension, rng)[-1:]

    def drawn_places(self, count: int, dimension: int, rng: np.random.Generator) -> Floats:
        """As the kind."""
        return self.of.drawn_places(count, dimension, rng)

    def made(self, size: Floats, shape: Floats, dimension: int) -> Floats:
        """The anchors."""
        return np.tile(np.array(self.corners, dtype=np.float64), (len(shape), 1, 1))

    def point(self, ends: Floats, place: Floats) -> Floats:
        """As the kind."""
        return self.of.point(ends, place)

    def centre(self, ends: Floats) -> Floats:
        """As the kind."""
        return self.of.centre(ends)

    def widths(self, ends: Floats) -> Floats:
        """As the kind."""
        return self.of.widths(ends)

    def euclidean(self, ends: Floats) -> Floats:
        """As the kind."""
        return self.of.euclidean(ends)

    def turned(self, rows: Floats) -> Floats:
        """As the kind."""
        return self.of.turned(rows)

    def minimiser(self, total: Floats, ends: Floats) -> Floats:
        """As the kind."""
        return self.of.minimiser(total, ends)

    def nearest(self, slope: Floats, bend: Floats, ends: Floats) -> Floats:
        """As the kind."""
        return self.of.nearest(slope, bend, ends)

    def exact(self, ends: Floats, near: Near) -> ExactSet:
        """The set itself."""
        return self.feasible


def given_start(
    feasible: ExactSet | None, start: Iterable[Number] | None, asked: Collection[Requires]
) -> Point | None:
    """The start of every game; ValueError unless it lies in the set and is the one that is asked for."""
    if feasible is None:
        if start is not None:
            raise ValueError("`start` is a point of `feasible`; give that set too")
        return None
    instance("feasible", feasible, ExactSet, "an exact set", "an ExactSimplex say")
    begin = None if start is None else point(start, "start")
    if begin is not None and not feasible.contains(begin):
        raise ValueError(f"`start` = {listing(begin)} is not a point of {feasible.text}")
    needed = {
        Requires.START_AT_CENTRE: feasible.centre,
        Requires.START_AT_ORIGIN: (Fraction(0),) * feasible.dimension,
    }
    for property_, place in needed.items():
        if property_ in asked and begin not in (None, place):
            raise ValueError(
                f"`start` = {listing(begin or ())} contradicts the statement: {property_.value}, "
                f"here {listing(place)}"
            )
        begin = place if property_ in asked else begin
    return begin
