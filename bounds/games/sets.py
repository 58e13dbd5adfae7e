"""The contract of the sets of exact games, boxes and segments."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any, ClassVar

from bounds.games.rationals import Point, listing, point, point_text, texts

Each = Callable[[Fraction], Fraction]


class ExactSet(ABC):
    """A convex compact set in exact numbers."""

    kind: ClassVar[str]
    """Its name in a certificate."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """The number of coordinates d."""

    @property
    @abstractmethod
    def centre(self) -> Point:
        """The point that a symmetry of the set leaves in place."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The set in one line."""

    @abstractmethod
    def contains(self, x: Point) -> bool:
        """Whether x lies in the set, exactly."""

    @abstractmethod
    def minimiser(self, direction: Sequence[Any]) -> Point:
        """A point of the set at which <direction, x> is smallest, for real numbers `direction`."""

    @abstractmethod
    def extreme_points(self) -> list[Point]:
        """Extreme points of the set: all of a polytope, some of a ball."""

    @abstractmethod
    def nearest(self, x: Point, digits: int) -> Point:
        """A point of the set near x, with about `digits` significant digits."""

    @abstractmethod
    def mirrored(self, x: Point) -> Point | None:
        """The image of x under the reflection at the centre; None if the set is not symmetric."""

    @abstractmethod
    def numbers(self) -> Point:
        """The numbers that define the set."""

    @abstractmethod
    def changed(self, each: Each) -> ExactSet:
        """The set with each of its numbers changed; ValueError if that is none."""

    @abstractmethod
    def without(self, i: int) -> ExactSet:
        """The set with one coordinate left out; ValueError if that is none."""

    @abstractmethod
    def entry(self) -> dict[str, Any]:
        """The set as a certificate writes it."""


class ExactEnds(ExactSet):
    """A set between two points."""

    @property
    @abstractmethod
    def ends(self) -> tuple[Point, Point]:
        """The two points."""

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return len(self.ends[0])

    @property
    def centre(self) -> Point:
        """The point half-way between the two."""
        return tuple((a + b) / 2 for a, b in zip(*self.ends, strict=True))

    def mirrored(self, x: Point) -> Point:
        """The image of x under the reflection at the centre."""
        return tuple(a + b - u for a, b, u in zip(*self.ends, x, strict=True))

    def numbers(self) -> Point:
        """The coordinates of the two points."""
        return (*self.ends[0], *self.ends[1])

    def changed(self, each: Each) -> ExactSet:
        """The set between the two points with each coordinate changed."""
        return type(self)(*(tuple(map(each, end)) for end in self.ends))

    def without(self, i: int) -> ExactSet:
        """The set between the two points with one coordinate left out."""
        return type(self)(*(end[:i] + end[i + 1 :] for end in self.ends))

    def entry(self) -> dict[str, Any]:
        """The two points."""
        begin, end = self.ends
        return {"kind": self.kind, "begin": texts(begin), "end": texts(end)}


@dataclass(frozen=True)
class ExactBox(ExactEnds):
    """The box {x : lower <= x <= upper}.

    Args:
        lower: (d,) exact numbers.
        upper: (d,) exact numbers.

    Raises:
        ValueError: The box is empty.
    """

    kind: ClassVar[str] = "box"

    lower: Point
    upper: Point

    def __post_init__(self) -> None:
        """Make the numbers exact."""
        object.__setattr__(self, "lower", point(self.lower, "lower"))
        object.__setattr__(self, "upper", point(self.upper, "upper"))
        if len(self.lower) != len(self.upper) or not self.lower:
            raise ValueError(f"`lower` and `upper` have {len(self.lower)} and {len(self.upper)} coordinates")
        if any(low > high for low, high in zip(self.lower, self.upper, strict=True)):
            raise ValueError(
                f"`lower` = {listing(self.lower)} exceeds `upper` = {listing(self.upper)}: the box is empty"
            )

    @property
    def ends(self) -> tuple[Point, Point]:
        """The two points that define the box."""
        return self.lower, self.upper

    def minimiser(self, direction: Sequence[Any]) -> Point:
        """A point of the box at which <direction, x> is smallest, for real numbers `direction`."""
        return tuple(
            low if c > 0 else high for low, high, c in zip(self.lower, self.upper, direction, strict=True)
        )

    def extreme_points(self) -> list[Point]:
        """The corners."""
        return list(product(*zip(self.lower, self.upper, strict=True)))

    def contains(self, x: Point) -> bool:
        """Whether x lies in the box, exactly."""
        return len(x) == self.dimension and all(
            low <= u <= high for low, u, high in zip(self.lower, x, self.upper, strict=True)
        )

    def nearest(self, x: Point, digits: int) -> Point:
        """The point of the box nearest to x."""
        return tuple(min(max(u, low), high) for u, low, high in zip(x, self.lower, self.upper, strict=True))

    @property
    def text(self) -> str:
        """Such as [-1,1]^2."""
        sides = [f"[{low},{high}]" for low, high in zip(self.lower, self.upper, strict=True)]
        if len(set(sides)) > 1:
            return " x ".join(sides)
        return sides[0] + (f"^{len(sides)}" if len(sides) > 1 else "")


@dataclass(frozen=True)
class ExactSegment(ExactEnds):
    """The segment {u + s (v - u) : 0 <= s <= 1}, the simplest set whose projection depends on the metric.

    Args:
        begin: u, (d,) exact numbers.
        end: v, (d,) exact numbers.

    Raises:
        ValueError: The two points are equal.
    """

    kind: ClassVar[str] = "segment"

    begin: Point
    end: Point

    def __post_init__(self) -> None:
        """Make the numbers exact."""
        object.__setattr__(self, "begin", point(self.begin, "begin"))
        object.__setattr__(self, "end", point(self.end, "end"))
        if len(self.begin) != len(self.end) or self.begin == self.end:
            raise ValueError(
                f"`begin` = {listing(self.begin)} and `end` = {listing(self.end)} must be two points of "
                "one R^d"
            )

    @property
    def ends(self) -> tuple[Point, Point]:
        """The two points that define the segment."""
        return self.begin, self.end

    def minimiser(self, direction: Sequence[Any]) -> Point:
        """The end at which <direction, x> is smaller."""
        rise = sum(c * (b - a) for c, a, b in zip(direction, self.begin, self.end, strict=True))
        return self.begin if rise > 0 else self.end

    def extreme_points(self) -> list[Point]:
        """The two ends."""
        return [self.begin, self.end]

    def contains(self, x: Point) -> bool:
        """Whether x lies on the segment, exactly."""
        if len(x) != self.dimension:
            return False
        steps = [b - a for a, b in zip(self.begin, self.end, strict=True)]
        i = next(k for k, step in enumerate(steps) if step != 0)
        s = (x[i] - self.begin[i]) / steps[i]
        return 0 <= s <= 1 and all(a + s * step == u for a, step, u in zip(self.begin, steps, x, strict=True))

    def nearest(self, x: Point, digits: int) -> Point:
        """The nearest point of the segment, its fraction s rounded to `digits` significant digits."""
        steps = [b - a for a, b in zip(self.begin, self.end, strict=True)]
        along = sum((u - a) * step for u, a, step in zip(x, self.begin, steps, strict=True))
        share = Fraction(f"{float(along / sum(step * step for step in steps)):.{digits}g}")
        share = min(max(share, Fraction(0)), Fraction(1))
        return tuple(a + share * step for a, step in zip(self.begin, steps, strict=True))

    @property
    def text(self) -> str:
        """The two ends of the segment, in words."""
        return f"the segment from {point_text(self.begin)} to {point_text(self.end)}"
