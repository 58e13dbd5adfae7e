"""Balls of a norm in exact numbers, and those of the l2 norm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, final

from bounds.games.rationals import Number, Point, exact, point, point_text, texts
from bounds.games.sets import Each, ExactSet

NEAR = 15
"""The digits to which a point on the sphere is approximated from inside."""


@dataclass(frozen=True)
class NormBall(ExactSet):
    """The ball {x : ||x - middle|| <= radius} of the l1 or the l2 norm; its subclasses are final.

    Args:
        middle: (d,) exact numbers.
        radius: An exact number > 0.

    Raises:
        ValueError: The radius is not positive, or the middle has no coordinates.
    """

    order: ClassVar[int]
    """The order of the norm: 1 or 2."""

    middle: Point
    radius: Number = 1

    def __post_init__(self) -> None:
        """Make the numbers exact."""
        object.__setattr__(self, "middle", point(self.middle, "middle"))
        object.__setattr__(self, "radius", exact(self.radius, "radius"))
        if self.reach <= 0 or not self.middle:
            raise ValueError(f"`radius` = {self.radius} must be > 0, and `middle` must have coordinates")

    @property
    def reach(self) -> Fraction:
        """The radius as a fraction."""
        return Fraction(self.radius)

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return len(self.middle)

    @property
    def centre(self) -> Point:
        """The middle."""
        return self.middle

    @property
    def text(self) -> str:
        """Such as {||x - (1, 0)||_2 <= 2}."""
        shifted = f"x - {point_text(self.middle)}" if any(self.middle) else "x"
        return f"{{||{shifted}||_{self.order} <= {self.radius}}}"

    def contains(self, x: Point) -> bool:
        """Whether x lies in the ball, exactly."""
        return len(x) == self.dimension and self.powers(x) <= self.reach**self.order

    def powers(self, x: Point) -> Fraction:
        """The sum of |x_i - middle_i|^order."""
        ways = (u - c for u, c in zip(x, self.middle, strict=True))
        return sum((abs(way) ** self.order for way in ways), Fraction(0))

    def extreme_points(self) -> list[Point]:
        """The two ends of the ball along each axis."""
        ends = []
        for i in range(self.dimension):
            for side in (-self.reach, self.reach):
                ends.append(tuple(c + side * (i == k) for k, c in enumerate(self.middle)))
        return ends

    def mirrored(self, x: Point) -> Point:
        """The image of x under the reflection at the middle."""
        return tuple(2 * c - u for c, u in zip(self.middle, x, strict=True))

    def numbers(self) -> Point:
        """The middle and the radius."""
        return (*self.middle, self.reach)

    def changed(self, each: Each) -> ExactSet:
        """The ball with each number changed."""
        return type(self)(tuple(map(each, self.middle)), each(self.reach))

    def without(self, i: int) -> ExactSet:
        """The ball of one coordinate less."""
        return type(self)(self.middle[:i] + self.middle[i + 1 :], self.radius)

    def entry(self) -> dict[str, Any]:
        """The middle and the radius."""
        return {"kind": self.kind, "centre": texts(self.middle), "radius": str(self.radius)}


@final
@dataclass(frozen=True)
class ExactBall(NormBall):
    """The ball {x : ||x - middle||_2 <= radius}.

    A point of its sphere is in general irrational, so that `minimiser` returns one just inside: a regret
    against it is a lower bound of the regret.

    Args:
        middle: (d,) exact numbers.
        radius: An exact number > 0.

    Raises:
        ValueError: The radius is not positive, or the middle has no coordinates.
    """

    kind: ClassVar[str] = "ball"
    order: ClassVar[int] = 2

    def minimiser(self, direction: Sequence[Any]) -> Point:
        """A point of the ball at which <direction, x> is smallest up to 15 digits."""
        largest = max(map(abs, direction))
        if largest == 0:
            return self.middle
        way = [self.reach * Fraction(float(u / largest)) for u in direction]
        far = tuple(c - 2 * u for c, u in zip(self.middle, way, strict=True))
        return self.nearest(far, NEAR)

    def nearest(self, x: Point, digits: int) -> Point:
        """x itself if it is inside, else a point just inside on the way from x to the middle."""
        if self.contains(x):
            return x
        ratio = self.reach**2 / self.powers(x)
        # The largest k with (k / 10^digits)^2 <= ratio.
        share = Fraction(math.isqrt(int(ratio * 10 ** (2 * digits))), 10**digits)
        return tuple(c + share * (u - c) for c, u in zip(self.middle, x, strict=True))
