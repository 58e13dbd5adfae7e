"""The kinds of sets by name, and those that a statement is searched over."""

from collections.abc import Collection
from enum import Enum

from bounds.falsifier.sets.ball import Balls
from bounds.falsifier.sets.base import SearchedSet
from bounds.falsifier.sets.box import Boxes
from bounds.falsifier.sets.l1_ball import L1Balls
from bounds.falsifier.sets.polytope import Polytopes
from bounds.falsifier.sets.segment import PlaneSimplex, Segments
from bounds.falsifier.sets.simplex import Simplices, UnitSimplices
from theory.statement import Requires


class SetKind(Enum):
    """The kinds of sets that may be asked for; the value is what its dimensions must be, in words."""

    BOX = "a box that is to be a ball needs d = 1"
    SEGMENT = "a segment needs d >= 2"
    SIMPLEX = "a simplex 2 <= d <= 5"
    L2 = "an l2 ball d >= 2"
    L1 = "an l1 ball 2 <= d <= 5"
    POLYTOPE = "a polytope 2 <= d <= 3"


def searched_sets(kind: SetKind | None, asked: Collection[Requires]) -> list[SearchedSet]:
    """The sets of a kind for a statement with these requirements, by default those that it is about.

    On a sloped segment the projection depends on the metric, so that segments are searched too.
    """
    of_simplex: list[SearchedSet] = [Simplices()]
    if Requires.PROBABILITY_SIMPLEX in asked:
        of_simplex = [PlaneSimplex(), UnitSimplices()]
    if kind is None and Requires.PROBABILITY_SIMPLEX in asked:
        return of_simplex
    if kind is None:
        other: SearchedSet = Balls() if Requires.BALL in asked else Segments()
        meant = {*asked} <= {*other.shown, Requires.STRONGLY_CONVEX}
        return [Boxes(), other] if meant else [Boxes()]
    known: dict[SetKind, list[SearchedSet]] = {
        SetKind.BOX: [Boxes()],
        SetKind.SEGMENT: [Segments()],
        SetKind.SIMPLEX: of_simplex,
        SetKind.L2: [Balls()],
        SetKind.L1: [L1Balls()],
        SetKind.POLYTOPE: [Polytopes(count) for count in (3, 4)],
    }
    return known[kind]
