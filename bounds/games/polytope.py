"""Convex hulls of a few points in exact numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from bounds.games.rationals import Point, point_text, points, texts
from bounds.games.sets import Each, ExactSet

MOST_CORNERS = 10
"""The most corners; the number of faces may double with each."""
Face = tuple[int, ...]


@dataclass(frozen=True)
class ExactPolytope(ExactSet):
    """The convex hull of some points, of which each may lie in the hull of the others.

    Args:
        corners: At least two points of exact numbers that are not all equal, at most `MOST_CORNERS`.

    Raises:
        ValueError: The points are too many, are one point, or have different numbers of coordinates.
    """

    kind: ClassVar[str] = "polytope"

    corners: tuple[Point, ...]

    def __post_init__(self) -> None:
        """Make the numbers exact."""
        object.__setattr__(self, "corners", tuple(dict.fromkeys(points(self.corners, "corners"))))
        if not 2 <= len(self.corners) <= MOST_CORNERS or not self.corners[0]:
            raise ValueError(
                f"`corners` must be 2 to {MOST_CORNERS} different points; has {len(self.corners)}"
            )
        if len({len(corner) for corner in self.corners}) > 1:
            raise ValueError("the points of `corners` must have the same number of coordinates")

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return len(self.corners[0])

    @property
    def centre(self) -> Point:
        """The mean of the corners."""
        count = len(self.corners)
        return tuple(sum(column, Fraction(0)) / count for column in zip(*self.corners, strict=True))

    @property
    def text(self) -> str:
        """The hull of its corners, in words."""
        return f"the hull of {', '.join(map(point_text, self.corners))}"

    @cached_property
    def faces(self) -> tuple[Face, ...]:
        """The affinely independent corners, by number, the fewest first."""
        found: list[Face] = [(k,) for k in range(len(self.corners))]
        for face in found:  # grows meanwhile
            for k in range(face[-1] + 1, len(self.corners)):
                shares = self._shares(self.corners[k], face)
                if self._mixed(shares, face) != self.corners[k]:
                    found.append((*face, k))
        return tuple(found)

    def contains(self, x: Point) -> bool:
        """Whether x is a convex combination of the corners, exactly."""
        return x in self.corners or (len(x) == self.dimension and self._nearest_shares(x)[1] == x)

    def minimiser(self, direction: Sequence[Any]) -> Point:
        """The corner at which <direction, x> is smallest."""
        return min(self.corners, key=lambda v: sum(c * u for c, u in zip(direction, v, strict=True)))

    def extreme_points(self) -> list[Point]:
        """The corners."""
        return list(self.corners)

    def nearest(self, x: Point, digits: int) -> Point:
        """The nearest point, its shares of the corners rounded but for the largest."""
        shares, _ = self._nearest_shares(x)
        rounded = {k: Fraction(f"{float(share):.{digits}g}") for k, share in shares.items()}
        largest = max(rounded, key=lambda k: rounded[k])
        rounded[largest] += 1 - sum(rounded.values())
        return self._mixed(list(rounded.values()), tuple(rounded))

    def mirrored(self, x: Point) -> Point | None:
        """The image of x under the reflection at the mean of the corners, if it is a symmetry."""
        middle = self.centre
        images = {tuple(2 * c - u for c, u in zip(middle, v, strict=True)) for v in self.corners}
        if images != set(self.corners):
            return None
        return tuple(2 * c - u for c, u in zip(middle, x, strict=True))

    def numbers(self) -> Point:
        """The coordinates of the corners."""
        return tuple(u for corner in self.corners for u in corner)

    def changed(self, each: Each) -> ExactSet:
        """The hull with each coordinate of each corner changed."""
        return ExactPolytope(tuple(tuple(map(each, corner)) for corner in self.corners))

    def without(self, i: int) -> ExactSet:
        """The hull with one coordinate left out."""
        return ExactPolytope(tuple(corner[:i] + corner[i + 1 :] for corner in self.corners))

    def entry(self) -> dict[str, Any]:
        """The corners."""
        return {"kind": self.kind, "corners": [texts(corner) for corner in self.corners]}

    def _shares(self, x: Point, face: Face) -> list[Fraction]:
        """The shares of the corners of a face in the point of its affine hull nearest to x."""
        *rest, last = face
        if not rest:
            return [Fraction(1)]
        fewer, corner = face[:-1], self.corners[last]
        below, beside = self._shares(corner, fewer), self._shares(x, fewer)
        way = _less(corner, self._mixed(below, fewer))
        share = _dot(way, _less(x, self._mixed(beside, fewer))) / _dot(way, way)
        return [a - share * b for a, b in zip(beside, below, strict=True)] + [share]

    def _mixed(self, shares: Sequence[Fraction], face: Face) -> Point:
        columns = zip(*(self.corners[k] for k in face), strict=True)
        return tuple(_dot(shares, column) for column in columns)

    def _nearest_shares(self, x: Point) -> tuple[dict[int, Fraction], Point]:
        """The positive shares of corners in the nearest point, and that point."""
        best: tuple[Fraction, dict[int, Fraction], Point] | None = None
        for face in self.faces:
            shares = self._shares(x, face)
            place = self._mixed(shares, face)
            far = _dot(way := _less(x, place), way)
            if min(shares) > 0 and (best is None or far < best[0]):
                best = far, dict(zip(face, shares, strict=True)), place
        assert best is not None  # noqa: S101 -- a corner alone has the share 1
        return best[1], best[2]


def _less(u: Point, v: Point) -> Point:
    return tuple(a - b for a, b in zip(u, v, strict=True))


def _dot(u: Sequence[Fraction], v: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(u, v, strict=True)), Fraction(0))
