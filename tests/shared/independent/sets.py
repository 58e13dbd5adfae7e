"""The sets of games: their sizes in rationals, and the projection of intervals onto them."""

from __future__ import annotations

import ast
from fractions import Fraction
from itertools import product
from typing import Any

from mpmath import iv

from independent.hulls import nearest
from independent.intervals import PAIR, TWO, coordinatewise, hull, larger, number, total

MINUS, TIMES = TWO[ast.Sub], TWO[ast.Mult]


class SetOfGame:
    """A set as a file gives it: the width along each coordinate, and the square of the l2 diameter."""

    def __init__(self, shape: dict[str, Any], d: int) -> None:
        self.kind, self.d = shape["kind"], d
        if self.kind == "polytope":
            self.corners = [[*map(Fraction, corner)] for corner in shape["corners"]]
            self.sides = [max(column) - min(column) for column in zip(*self.corners, strict=True)]
            ways = ([a - b for a, b in zip(u, v, strict=True)] for u, v in product(self.corners, repeat=2))
            self.square = max(sum(a * a for a in way) for way in ways)
            return
        self.points = {k: [number(q) for q in v] for k, v in shape.items() if isinstance(v, list)}
        if self.kind in ("box", "segment"):
            ends = zip(shape["begin"], shape["end"], strict=True)
            self.sides = [abs(Fraction(b) - Fraction(a)) for a, b in ends]
            self.square = sum(s * s for s in self.sides)
            return
        self.size = Fraction(shape["total"] if self.kind == "simplex" else shape["radius"])
        if self.kind == "simplex":
            self.sides = d * [self.size if d > 1 else Fraction(0)]
            self.square = 2 * self.sides[0] ** 2
        else:
            # Balls of both norms: the largest distance is the one along an axis.
            self.sides, self.square = d * [2 * self.size], 4 * self.size**2

    def nearest(self, point: list[Any], metric: list[Any]) -> list[Any]:
        """The projection; undefined where the metric is not certainly positive."""
        if self.kind == "box":
            clipped = coordinatewise(larger, point, self.points["begin"])
            return coordinatewise(PAIR["min"], clipped, self.points["end"])
        if None in point or None in metric:
            return self.d * [None]
        if self.kind == "segment":
            return self._on_segment(point, metric)
        if any(w.a <= 0 for w in metric):
            return self.d * [None]
        if self.kind == "polytope":
            return nearest(self.corners, point, metric)
        if self.kind == "simplex":
            return self._on_simplex(point, metric)
        return self._in_l1_ball(point, metric) if self.kind == "l1_ball" else self._in_ball(point, metric)

    def _on_segment(self, point: list[Any], metric: list[Any]) -> list[Any]:
        begin, end = self.points["begin"], self.points["end"]
        along = coordinatewise(MINUS, end, begin)
        weighted = coordinatewise(TIMES, metric, along)
        size = total(coordinatewise(TIMES, weighted, along))
        far = total(coordinatewise(TIMES, weighted, coordinatewise(MINUS, point, begin)))
        if size[0] is None or far[0] is None or size[0].a <= 0:
            return self.d * [None]
        share = larger(iv.mpf(0), PAIR["min"](iv.mpf(1), far[0] / size[0]))
        return [a + share * v for a, v in zip(begin, along, strict=True)]

    def _on_simplex(self, point: list[Any], metric: list[Any]) -> list[Any]:
        """The multiplier by bisection: the sum of max(y - mu/w, 0) decreases in mu."""

        def at(mu: Any) -> list[Any]:
            return [larger(y - mu / w, iv.mpf(0)) for y, w in zip(point, metric, strict=True)]

        goal = number(self.size)
        low = min(
            (y - goal).a * (w.a if (y - goal).a > 0 else w.b) for y, w in zip(point, metric, strict=True)
        )
        high = max(y.b * (w.b if y.b > 0 else w.a) for y, w in zip(point, metric, strict=True))
        return at(_root(lambda mu: sum(at(mu)), goal, low, high))

    def _in_l1_ball(self, point: list[Any], metric: list[Any]) -> list[Any]:
        """Coordinate by coordinate: the point inside, and on the border the simplex of its orthant.

        Where balls leave open which of the two it is, or on which side of the centre a coordinate lies, both
        are kept.
        """
        centre = self.points["centre"]
        ways = coordinatewise(MINUS, point, centre)
        sizes = [larger(way, -way) for way in ways]
        far, goal = sum(sizes), number(self.size)
        if far.b <= goal.a:
            return point
        border = self._on_simplex(sizes, metric)
        if far.a < goal.b:
            border = [hull(size, cut) for size, cut in zip(sizes, border, strict=True)]
        signs = [1 if way.a >= 0 else -1 if way.b <= 0 else iv.mpf([-1, 1]) for way in ways]
        return [c + sign * size for c, sign, size in zip(centre, signs, border, strict=True)]

    def _in_ball(self, point: list[Any], metric: list[Any]) -> list[Any]:
        """The point itself inside, else the multiplier by bisection: w (y - c)/(w + mu) shortens in mu.

        Where balls leave open which of the two it is, the multiplier may be 0.
        """
        radius, centre = number(self.size), self.points["centre"]
        way = coordinatewise(MINUS, point, centre)

        def at(mu: Any) -> list[Any]:
            return [v / (1 + mu / w) for v, w in zip(way, metric, strict=True)]

        def square(mu: Any) -> Any:
            return total([larger(v, -v) * larger(v, -v) for v in at(mu)])[0]

        if square(iv.mpf(0)).b <= (radius * radius).a:
            return point
        # Beyond the largest weight times the distance over the radius, every coordinate is short enough.
        longest = sum(larger(v, -v) for v in way)
        high = (max(w.b for w in metric) * longest / radius).b
        mu = _root(square, radius * radius, 0, high)
        return [c + v for c, v in zip(centre, at(larger(mu, iv.mpf(0))), strict=True)]


def _root(decreasing: Any, goal: Any, low: Any, high: Any) -> Any:
    """An interval that contains every root of decreasing(mu) = goal between two numbers, by bisection."""
    ends = []
    for certain in (lambda s: s.a >= goal.b, lambda s: s.b <= goal.a):
        good, bad = (iv.mpf(low), iv.mpf(high)) if not ends else (iv.mpf(high), iv.mpf(low))
        for _ in range(2 * iv.prec):
            middle = iv.mpf(((good + bad) / 2).mid)
            if middle in (good, bad):  # nothing lies between the two: `good` stays what it is
                break
            good, bad = (middle, bad) if certain(decreasing(middle)) else (good, middle)
        ends.append(good)
    return hull(*ends)
