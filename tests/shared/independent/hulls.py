"""Nearest points of convex hulls: from face to face, orthogonalising corner after corner.

The same lines compute in rationals and in mpmath's intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from mpmath import iv

from independent.intervals import hull, number

Row = Sequence[Any]


def foot(y: Row, face: Sequence[Row], w: Row) -> tuple[list[Any], list[Any]]:
    """The shares of affinely independent corners in the point of their affine hull nearest to y, and it."""
    *rest, last = face
    if not rest:
        return [Fraction(1) if isinstance(y[0], Fraction) else iv.mpf(1)], list(last)
    (below, base), (beside, near) = foot(last, rest, w), foot(y, rest, w)
    up = [a - b for a, b in zip(last, base, strict=True)]
    over = [a - b for a, b in zip(y, near, strict=True)]
    size = sum(v * u * u for v, u in zip(w, up, strict=True))
    share = sum(v * u * o for v, u, o in zip(w, up, over, strict=True)) / size
    shares = [a - share * b for a, b in zip(beside, below, strict=True)] + [share]
    columns = zip(*face, strict=True)
    return shares, [sum(s * c for s, c in zip(shares, column, strict=True)) for column in columns]


def faces(corners: Sequence[Row]) -> list[tuple[int, ...]]:
    """The affinely independent corners, by number, the fewest first."""
    plain = [Fraction(1)] * len(corners[0])
    found: list[tuple[int, ...]] = [(k,) for k in range(len(corners))]
    for face in found:  # grows meanwhile
        for k in range(face[-1] + 1, len(corners)):
            _, place = foot(corners[k], [corners[j] for j in face], plain)
            if place != list(corners[k]):
                found.append((*face, k))
    return found


def inside(corners: Sequence[Row], x: Row) -> bool:
    """Whether x is a convex combination of the corners, in rationals."""
    plain = [Fraction(1)] * len(x)
    feet = (foot(x, [corners[k] for k in face], plain) for face in faces(corners))
    return any(min(shares) >= 0 and place == list(x) for shares, place in feet)


def nearest(corners: Sequence[Row], y: Row, w: Row) -> list[Any]:
    """The point of the hull nearest to y, in intervals; of two that may be nearest, both are kept."""
    points = [[number(q) for q in corner] for corner in corners]
    best, distance = points[0], _far(points[0], y, w)
    for face in faces(corners)[1:]:
        shares, place = foot(y, [points[k] for k in face], w)
        far = _far(place, y, w)
        better = [*shares, distance - far]
        if all(u.a > 0 for u in better):
            best, distance = place, far
        elif all(u.b > 0 for u in better):
            best = [hull(a, b) for a, b in zip(best, place, strict=True)]
            distance = hull(distance, far)
    return best


def _far(x: Row, y: Row, w: Row) -> Any:
    ways = [a - b for a, b in zip(x, y, strict=True)]
    return sum(v * u * u for u, v in zip(ways, w, strict=True))
