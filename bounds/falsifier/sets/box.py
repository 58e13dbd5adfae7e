"""Boxes around 0, with sides of different lengths."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from sympy import Piecewise

from bounds.falsifier.coordinates import exponential
from bounds.falsifier.sets.base import ALWAYS, FREE, STARTS, Near, SearchedSet
from bounds.games import ExactBox, ExactSet
from online_sim.borders import Floats
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.statement import Requires
from theory.symbols import Vector

BEGIN, END = Vector("set_begin"), Vector("set_end")
"""The lower and the upper corner of a box."""


class Between(SearchedSet):
    """Sets with two anchors u and v around their middle."""

    @property
    def anchors(self) -> tuple[Vector, ...]:
        """The two points."""
        return BEGIN, END

    def centre(self, ends: Floats) -> Floats:
        """The points half-way between the two."""
        return np.asarray((ends[:, 0] + ends[:, 1]) / 2)

    def widths(self, ends: Floats) -> Floats:
        """The distances of the two along each coordinate."""
        return np.abs(ends[:, 1] - ends[:, 0])

    def point(self, ends: Floats, place: Floats) -> Floats:
        """From u at -1 to v at 1, along each coordinate of its own in a box."""
        half = (ends[:, 1] - ends[:, 0]) / 2
        return np.asarray(self.centre(ends) + np.clip(place, -1, 1) * half)

    def moved(self, point: Floats, before: Floats, after: Floats) -> Floats:
        """At the same share of the way along each coordinate."""
        begin, length = before[:, 0], before[:, 1] - before[:, 0]
        share = np.where(length != 0, (point - begin) / np.where(length != 0, length, 1), 0)
        new = after[:, 0] + share * (after[:, 1] - after[:, 0])
        return np.asarray(np.clip(new, *np.sort(after, axis=1).swapaxes(0, 1)))


@dataclass(frozen=True)
class Boxes(Between):
    """{x : -h <= x <= h}; the entries are the logarithms of the other sides relative to the first.

    Boxes that must be balls are intervals.
    """

    words: ClassVar[str] = "boxes around 0"
    shown: ClassVar[frozenset[Requires]] = (
        ALWAYS | STARTS | {Requires.SEPARABLE_SET, Requires.CONTAINS_ORIGIN, Requires.BALL}
    )

    def fits(self, dimension: int, asked: Collection[Requires]) -> bool:
        """An interval is a ball, a square is not."""
        return dimension == 1 or Requires.BALL not in asked

    def projected(self, recurrence: Recurrence) -> Recurrence:
        """The point cut to the box, whatever the metric."""
        steps = ((BEGIN, Prev(BEGIN)), (END, Prev(END)), (FREE, recurrence.point))
        # Not Min(Max(.)), which, compiled, would turn a NaN into a point of the box.
        point = Piecewise((BEGIN, FREE < BEGIN), (END, FREE > END), (FREE, True))
        return replace(recurrence, steps=(*recurrence.steps, *steps), point=point)

    def entries(self, dimension: int) -> int:
        """One for each side but the first."""
        return dimension - 1

    def drawn(self, count: int, dimension: int, rng: np.random.Generator) -> list[Floats]:
        """Half of the boxes are cubes; the starts are corners, the middle or between."""
        start = rng.choice([-1.0, 1.0, 0.0, 0.5], (count, dimension))
        cube = rng.uniform(size=(count, 1)) < 0.5
        return [np.where(cube, 0.0, rng.normal(0, 2, (count, dimension - 1))), start]

    def made(self, size: Floats, shape: Floats, dimension: int) -> Floats:
        """The two corners."""
        sides = np.concatenate([np.ones((len(shape), 1)), exponential(shape)], axis=1)
        half = exponential(size)[:, None] * sides
        return np.stack([-half, half], axis=1)

    def minimiser(self, total: Floats, ends: Floats) -> Floats:
        """A corner."""
        return np.where(total > 0, ends[:, None, 0], ends[:, None, 1])

    def nearest(self, slope: Floats, bend: Floats, ends: Floats) -> Floats:
        """The point cut to the box."""
        return np.asarray(np.clip(slope / bend, ends[:, None, 0], ends[:, None, 1]))

    def exact(self, ends: Floats, near: Near) -> ExactSet:
        """The box between the two corners."""
        return ExactBox(*(tuple(map(near, end)) for end in ends.tolist()))
