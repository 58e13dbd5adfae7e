"""Balls of the l1 norm in exact numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, final

from bounds.games.ball import NormBall
from bounds.games.rationals import Point
from bounds.games.simplex import ExactSimplex


@final
@dataclass(frozen=True)
class ExactL1Ball(NormBall):
    """The ball {x : ||x - middle||_1 <= radius}.

    Args:
        middle: (d,) exact numbers.
        radius: An exact number > 0.

    Raises:
        ValueError: The radius is not positive, or the middle has no coordinates.
    """

    kind: ClassVar[str] = "l1_ball"
    order: ClassVar[int] = 1

    def minimiser(self, direction: Sequence[Any]) -> Point:
        """The corner at which <direction, x> is smallest, the middle for the direction 0."""
        i = max(range(self.dimension), key=lambda k: abs(direction[k]))
        step = self.reach * ((direction[i] < 0) - (direction[i] > 0))
        return tuple(c + step * (i == k) for k, c in enumerate(self.middle))

    def nearest(self, x: Point, digits: int) -> Point:
        """x itself if it is inside, else the nearest point, rounded as one of a simplex.

        The distances of its coordinates from the middle are the point of a simplex nearest to those of x.
        """
        if self.contains(x):
            return x
        ways = [u - c for u, c in zip(x, self.middle, strict=True)]
        far = ExactSimplex(self.dimension, self.reach).nearest(tuple(map(abs, ways)), digits)
        signed = (r if way > 0 else -r for way, r in zip(ways, far, strict=True))
        return tuple(c + s for c, s in zip(self.middle, signed, strict=True))
