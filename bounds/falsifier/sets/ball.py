"""Balls of the l2 norm around 0."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sympy import Piecewise, sqrt

from bounds.falsifier.coordinates import exponential
from bounds.falsifier.sets.base import ALWAYS, FREE, STARTS, Near, SearchedSet, with_set
from bounds.games import ExactBall, ExactSet
from online_sim.borders import Floats
from theory.quantities import MaxCoords, SumCoords, is_vector
from theory.recurrence import Recurrence
from theory.statement import Requires
from theory.symbols import Scalar, Vector

RADIUS = Vector("set_radius")
"""The radius, in each coordinate."""
FAR = Scalar("ball_distance")


@dataclass(frozen=True)
class Balls(SearchedSet):
    """{x : ||x||_2 <= r}; a point is given by its coordinates in units of r, beyond 1 on the sphere.

    Intervals are boxes, so d >= 2.
    """

    words: ClassVar[str] = "l2 balls around 0"
    shown: ClassVar[frozenset[Requires]] = ALWAYS | STARTS | {Requires.CONTAINS_ORIGIN, Requires.BALL}
    least_dimension: int = 2

    def refusal(self, recurrence: Recurrence) -> str | None:
        """A metric that differs between coordinates, whose projection has no closed form."""
        if not is_vector(recurrence.metric):
            return None
        return (
            f"the metric of {recurrence.name} differs between coordinates, and in such a metric the "
            "projection onto an l2 ball has no closed form; search other sets"
        )

    @property
    def anchors(self) -> tuple[Vector, ...]:
        """The radius."""
        return (RADIUS,)

    def projected(self, recurrence: Recurrence) -> Recurrence:
        """The point itself, or the one on the sphere on the way to 0."""
        radius = MaxCoords(RADIUS)
        share = Piecewise((radius / FAR, radius < FAR), (1, True))
        return with_set(recurrence, self, (FAR, sqrt(SumCoords(FREE**2))), point=share * FREE)

    def entries(self, dimension: int) -> int:
        """None: the size is all."""
        return 0

    def places(self, dimension: int) -> int:
        """One for each coordinate."""
        return dimension

    def drawn(self, count: int, dimension: int, rng: np.random.Generator) -> list[Floats]:
        """Starts on the sphere, along axes and between, and the middle."""
        return [rng.choice([-1.0, 0.0, 0.0, 1.0], (count, dimension))]

    def made(self, size: Floats, shape: Floats, dimension: int) -> Floats:
        """The radius."""
        return np.repeat(exponential(size)[:, None, None], dimension, axis=2)

    def point(self, ends: Floats, place: Floats) -> Floats:
        """On the sphere beyond 1."""
        place = np.clip(place, -1e3, 1e3)
        far = np.sqrt(np.sum(place**2, axis=1, keepdims=True))
        return np.asarray(ends[:, 0] * place / np.maximum(1.0, far))

    def centre(self, ends: Floats) -> Floats:
        """The origin."""
        return np.zeros_like(ends[:, 0])

    def widths(self, ends: Floats) -> Floats:
        """Twice the radius."""
        return 2 * ends[:, 0]

    def euclidean(self, ends: Floats) -> Floats:
        """Twice the radius."""
        return 2 * ends[:, 0, 0]

    def minimiser(self, total: Floats, ends: Floats) -> Floats:
        """The point of the sphere against the sum."""
        size = np.sqrt(np.sum(total**2, axis=2, keepdims=True))
        return np.where(size > 0, -ends[:, None, 0] * total / np.where(size > 0, size, 1.0), 0.0)

    def nearest(self, slope: Floats, bend: Floats, ends: Floats) -> Floats:
        """As the projection."""
        free = slope / bend
        far, radius = np.sqrt(np.sum(free**2, axis=2, keepdims=True)), ends[:, None, 0]
        return np.where(far > radius, radius * free / np.where(far > 0, far, 1.0), free)

    def exact(self, ends: Floats, near: Near) -> ExactSet:
        """The ball around 0."""
        return ExactBall((0,) * ends.shape[1], near(float(ends[0, 0])))
