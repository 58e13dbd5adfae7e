"""Balls of the l1 norm around 0."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sympy import Abs, Piecewise

from bounds.falsifier.coordinates import exponential
from bounds.falsifier.sets.base import ALWAYS, FREE, METRIC, STARTS, Near, SearchedSet, with_set
from bounds.falsifier.sets.simplex import michelot, root_of_sums
from bounds.games import ExactL1Ball, ExactSet
from online_sim.borders import Floats
from theory.quantities import MaxCoords, SumCoords
from theory.recurrence import Recurrence
from theory.statement import Requires
from theory.symbols import Scalar, Vector

REACH = Vector("set_reach")
"""The radius, in each coordinate."""
ROOT = Scalar("l1_root")


@dataclass(frozen=True)
class L1Balls(SearchedSet):
    """{x : ||x||_1 <= r}; a point is given by its coordinates in units of r, beyond 1 on the border."""

    words: ClassVar[str] = "l1 balls around 0"
    shown: ClassVar[frozenset[Requires]] = ALWAYS | STARTS | {Requires.CONTAINS_ORIGIN}
    least_dimension: int = 2
    most_dimension: float = 5

    @property
    def anchors(self) -> tuple[Vector, ...]:
        """The radius."""
        return (REACH,)

    def projected(self, recurrence: Recurrence) -> Recurrence:
        """The point itself, or the sizes of its coordinates projected onto a simplex, with their signs."""
        lines, last = michelot(Abs(FREE), MaxCoords(REACH))
        inside = SumCoords(Abs(FREE)) <= MaxCoords(REACH)
        less = ROOT / METRIC
        cut = Piecewise((0, Abs(FREE) - less <= 0), (FREE - less, FREE > 0), (FREE + less, True))
        root = (ROOT, Piecewise((0, inside), (last, True)))
        return with_set(recurrence, self, *lines, root, point=cut)

    def drawn(self, count: int, dimension: int, rng: np.random.Generator) -> list[Floats]:
        """Starts at corners and between, and the middle."""
        return [rng.choice([-1.0, 0.0, 0.0, 1.0], (count, dimension))]

    def made(self, size: Floats, shape: Floats, dimension: int) -> Floats:
        """The radius."""
        return np.repeat(exponential(size)[:, None, None], dimension, axis=2)

    def point(self, ends: Floats, place: Floats) -> Floats:
        """On the border beyond 1."""
        far = np.sum(np.abs(place), axis=1, keepdims=True)
        return np.asarray(ends[:, 0] * place / np.maximum(1.0, far))

    def centre(self, ends: Floats) -> Floats:
        """The origin."""
        return np.zeros_like(ends[:, 0])

    def widths(self, ends: Floats) -> Floats:
        """Twice the radius."""
        return np.asarray(2 * ends[:, 0])

    def euclidean(self, ends: Floats) -> Floats:
        """Twice the radius."""
        return np.asarray(2 * ends[:, 0, 0])

    def minimiser(self, total: Floats, ends: Floats) -> Floats:
        """A corner."""
        best = np.argmax(np.abs(total), axis=2)[..., None] == np.arange(total.shape[2])
        return np.where(best, -np.sign(total) * ends[:, None, 0], 0.0)

    def nearest(self, slope: Floats, bend: Floats, ends: Floats) -> Floats:
        """As the projection."""
        free = slope / bend
        root = np.maximum(root_of_sums(np.abs(free), ends[:, None, 0]), 0.0)
        return np.asarray(np.sign(free) * np.maximum(np.abs(free) - root, 0.0))

    def exact(self, ends: Floats, near: Near) -> ExactSet:
        """The ball of this radius around 0."""
        return ExactL1Ball((0,) * ends.shape[1], near(float(ends[0, 0])))
