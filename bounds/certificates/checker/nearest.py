"""The point of a polytope or a Euclidean ball nearest to y in a diagonal metric w, where y and w are balls.

Let p be a point of a set and n a direction with <n, c - p> <= 0 for every c of the set. Then p is the point
of the set nearest to p + n/w in the metric w. The points nearest to two others are no farther apart than
these two, so the point nearest to y is at most ||y - p - n/w||_w away from p. This holds for every such pair
of p and n; the pair found for the centres of y and w makes the distance as small as the balls.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Any

Row = Sequence[Any]
STEPS, LONG = 400, 100_000
"""The most steps to the root for a Euclidean ball, and the largest binary exponent of a number."""


def nearest(shape: dict[str, Any], y: Row, w: Row) -> Row:
    """Balls around the nearest point of a set with `corners`, or with a `centre` and a `radius`.

    Undefined unless w > 0, and for numbers too long to compute with.
    """
    from flint import arb

    usual = all(u.is_finite() and abs(u.mid().man_exp()[1]) < LONG for u in (*y, *w))
    if not usual or not all(v > 0 for v in w):
        return [arb("nan")] * len(y)
    middle = ([u.mid().fmpq() for u in row] for row in (y, w))
    p, n = (in_hull if "corners" in shape else in_ball)(shape, *middle)
    gaps = [(u - q - k / v).abs_upper() for u, v, q, k in zip(y, w, p, n, strict=True)]
    far = dot(w, gaps, gaps).sqrt()
    return [q + far / v.sqrt() * arb(0, 1) for q, v in zip(p, w, strict=True)]


def in_hull(shape: dict[str, Any], y: Row, w: Row) -> tuple[Row, Row]:
    """The nearest point p of the hull of the corners, and n = w (y - p), exactly, by Wolfe's algorithm.

    `face` are the corners with positive `shares` in p. While a corner lies on the near side of p, it joins
    them, and those whose share would become negative leave, so the distance decreases each time.
    """
    from flint import fmpq, fmpq_mat

    corners = shape["corners"]
    face, shares = corners[:1], [fmpq(1)]
    while True:
        p = [dot(shares, column) for column in zip(*face, strict=True)]
        n = [v * (u - q) for u, v, q in zip(y, w, p, strict=True)]
        best = max(corners, key=lambda c: dot(n, c))
        if dot(n, best) <= dot(n, p):
            return p, n
        face, shares, step = [*face, best], [*shares, fmpq(0)], fmpq(0)
        while step < 1:
            # The nearest point of the face's affine hull, with the multiplier of "the shares sum to 1".
            rows = [[*(dot(w, a, b) for b in face), 1] for a in face] + [[1] * len(face) + [0]]
            free = fmpq_mat(rows).solve(fmpq_mat([[dot(w, a, y)] for a in face] + [[1]])).entries()
            step = min([s / (s - u) for s, u in zip(shares, free, strict=False) if u < 0], default=fmpq(1))
            moved = [(a, s + step * (u - s)) for a, s, u in zip(face, shares, free, strict=False)]
            face, shares = map(list, zip(*((a, s) for a, s in moved if s > 0), strict=True))


def in_ball(shape: dict[str, Any], y: Row, w: Row) -> tuple[Row, Row]:
    """A point p of the ball near the one nearest to y, and n = root (p - centre).

    Newton's method for the root at which w (y - centre) / (w + root) is as long as the radius. If the root is
    positive, p is on the sphere.
    """
    from flint import arb

    centre, (radius,), root = exact(shape["centre"]), exact(shape["radius"]), arb(0)
    for _ in range(STEPS):
        way = [v * (u - c) / (v + root) for u, v, c in zip(y, w, centre, strict=True)]
        size = dot(way, way).sqrt()
        if not size > radius:
            break
        slope = sum(u * u / (v + root) for u, v in zip(way, w, strict=True))
        root = (root + (size / radius - 1) * size * size / slope).mid()
    size = size if root > 0 else size.max(radius)
    p = [c + u * radius / size for u, c in zip(way, centre, strict=True)]
    return p, [root * (q - c) for q, c in zip(p, centre, strict=True)]


def dot(*rows: Row) -> Any:
    """The sum of the products."""
    return sum(prod(numbers) for numbers in zip(*rows, strict=True))


def exact(row: list[Fraction]) -> Row:
    """The same rationals, as the library's."""
    from flint import fmpq

    return [fmpq(*q.as_integer_ratio()) for q in row]
