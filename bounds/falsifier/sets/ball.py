"""Balls of the l2 norm around 0."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sympy import Expr, Piecewise, S, sqrt

from bounds.falsifier.coordinates import exponential
from bounds.falsifier.sets.base import ALWAYS, FREE, METRIC, STARTS, Near, SearchedSet, with_set
from bounds.games import ExactBall, ExactSet
from online_sim.borders import Floats
from theory.quantities import MaxCoords, SumCoords, is_vector
from theory.recurrence import Recurrence
from theory.statement import Requires
from theory.symbols import Scalar, Vector

CENTRE, RADIUS = Vector("set_centre"), Vector("set_radius")
"""The centre, and the radius in each coordinate."""
FAR = Scalar("ball_distance")
NEWTON_STEPS = 8
"""The error is about 1e-14 for weights over four decades, 1e-3 over eight; what is found is replayed."""


@dataclass(frozen=True)
class Balls(SearchedSet):
    """{x : ||x||_2 <= r}; a point is given by its coordinates in units of r, beyond 1 on the sphere.

    Intervals are boxes, so d >= 2.
    """

    words: ClassVar[str] = "l2 balls around 0"
    shown: ClassVar[frozenset[Requires]] = ALWAYS | STARTS | {Requires.CONTAINS_ORIGIN, Requires.BALL}
    least_dimension: int = 2

    @property
    def anchors(self) -> tuple[Vector, ...]:
        """The centre and the radius."""
        return CENTRE, RADIUS

    def projected(self, recurrence: Recurrence) -> Recurrence:
        """The point itself, or the one on the sphere that is nearest in the metric.

        That is W way/(W + root), where the root makes it as long as the radius. If all weights are equal,
        the direction does not depend on the root; else Newton's method finds it.
        """
        radius, way = MaxCoords(RADIUS), FREE - CENTRE
        lines, root = list[tuple[Scalar, Expr]](), S.Zero
        for k in range(NEWTON_STEPS if is_vector(recurrence.metric) else 0):
            cut = way / (1 + root / METRIC)
            square, slope, after = (Scalar(f"ball_{name}_{k}") for name in ("square", "slope", "root"))
            step = (sqrt(square) / radius - 1) * square / slope
            lines += [
                (square, SumCoords(cut**2)),
                (slope, SumCoords(cut**2 / (METRIC + root))),
                (after, root + Piecewise((step, radius**2 < square), (0, True))),
            ]
            root = after
        cut = way / (1 + root / METRIC)
        share = Piecewise((radius / FAR, radius < FAR), (1, True))
        return with_set(recurrence, self, *lines, (FAR, sqrt(SumCoords(cut**2))), point=CENTRE + share * cut)

    def drawn(self, count: int, dimension: int, rng: np.random.Generator) -> list[Floats]:
        """Starts on the sphere, along axes and between, and the middle."""
        return [rng.choice([-1.0, 0.0, 0.0, 1.0], (count, dimension))]

    def made(self, size: Floats, shape: Floats, dimension: int) -> Floats:
        """The origin and the radius."""
        radius = np.repeat(exponential(size)[:, None], dimension, axis=1)
        return np.stack([np.zeros_like(radius), radius], axis=1)

    def point(self, ends: Floats, place: Floats) -> Floats:
        """On the sphere beyond 1."""
        far = np.sqrt(np.sum(place**2, axis=1, keepdims=True))
        return np.asarray(ends[:, 0] + ends[:, 1] * place / np.maximum(1.0, far))

    def centre(self, ends: Floats) -> Floats:
        """The centre."""
        return ends[:, 0]

    def widths(self, ends: Floats) -> Floats:
        """Twice the radius."""
        return np.asarray(2 * ends[:, 1])

    def euclidean(self, ends: Floats) -> Floats:
        """Twice the radius."""
        return np.asarray(2 * ends[:, 1, 0])

    def minimiser(self, total: Floats, ends: Floats) -> Floats:
        """The point of the sphere against the sum."""
        size = np.sqrt(np.sum(total**2, axis=2, keepdims=True))
        way = np.where(size > 0, total / np.where(size > 0, size, 1.0), 0.0)
        return np.asarray(ends[:, None, 0] - ends[:, None, 1] * way)

    def nearest(self, slope: Floats, bend: Floats, ends: Floats) -> Floats:
        """As the projection."""
        centre, radius = ends[:, None, 0], ends[:, None, 1]
        way = slope / bend - centre
        far = np.sqrt(np.sum(way**2, axis=2, keepdims=True))
        return np.where(far > radius, centre + radius * way / np.where(far > 0, far, 1.0), slope / bend)

    def exact(self, ends: Floats, near: Near) -> ExactSet:
        """The ball of this centre and radius."""
        return ExactBall(tuple(map(near, ends[0].tolist())), near(float(ends[1, 0])))
