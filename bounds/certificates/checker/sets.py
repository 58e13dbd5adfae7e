"""The sets of a game: their points and sizes in rationals, and the projections that need more than a formula.

A set is the part `game.set` of a file. `measured` adds its `sides` (its width along each coordinate), the
square of its l2 diameter, and its `centre`, if it has one. A ball of numbers is never compared with another
one that overlaps it: both projections below return a hull of every point that the balls leave possible.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from math import comb
from operator import mul
from typing import Any

from bounds.certificates.checker.refused import require

MOST_ACTIVE = 4000
"""Maximum number of sets of faces of a polytope that may be active at once."""
Shape = dict[str, Any]


def dot(a: list[Any], b: list[Any]) -> Any:
    """The inner product."""
    return sum(map(mul, a, b), 0 * b[0])


def vectors(shape: Shape) -> list[list[Fraction]]:
    """The vectors that define a set."""
    own = [shape[name] for name in ("begin", "end", "centre") if name in shape]
    return own + [face["normal"] for face in shape.get("faces", [])]


def measured(shape: Shape, d: int) -> None:
    """Add the sizes and the centre of a set in R^d; refuse it if it is empty or unbounded."""
    kind, size = shape["kind"], shape.get("total", shape.get("radius", Fraction(1)))
    require(size > 0, "`game.set` must have a positive size")
    if kind == "polytope":
        corners = _corners(shape, d)
        shape["sides"] = [max(u) - min(u) for u in zip(*corners, strict=True)]
        ways = ([a - b for a, b in zip(u, v, strict=True)] for u, v in combinations(corners, 2))
        shape |= {"D_2_squared": max((dot(way, way) for way in ways), default=Fraction(0)), "centre": None}
    elif kind in ("box", "segment"):
        pairs = list(zip(shape["begin"], shape["end"], strict=True))
        order = all(a <= b for a, b in pairs) if kind == "box" else shape["begin"] != shape["end"]
        require(order, "`game.set` is an empty box, or a segment that is a point")
        shape |= {"sides": [abs(b - a) for a, b in pairs], "centre": [(a + b) / 2 for a, b in pairs]}
        shape["D_2_squared"] = dot(shape["sides"], shape["sides"])
    elif kind == "simplex":
        shape |= {"sides": [size if d > 1 else 0 * size] * d, "centre": [size / d] * d}
        shape["D_2_squared"] = 2 * shape["sides"][0] ** 2
    else:
        shape |= {"sides": [2 * size] * d, "D_2_squared": 4 * size**2}


def _corners(shape: Shape, d: int) -> list[list[Fraction]]:
    """The corners of a polytope, each where d of its faces meet; adds which faces may be `active` together."""
    from flint import fmpq, fmpq_mat

    faces, corners, spanned = shape["faces"], list[list[Fraction]](), set[tuple[int, int]]()
    require(sum(comb(len(faces), k) for k in range(d + 1)) <= MOST_ACTIVE, "`game.set` has too many faces")
    normals = [[fmpq(*q.as_integer_ratio()) for q in face["normal"]] for face in faces]
    several = [active for k in range(1, d + 1) for active in combinations(range(len(faces)), k)]
    several = [active for active in several if fmpq_mat([normals[k] for k in active]).rank() == len(active)]
    for active in (a for a in several if len(a) == d):
        inverse = fmpq_mat([normals[k] for k in active]).inv().tolist()
        rows = [[Fraction(int(q.p), int(q.q)) for q in row] for row in inverse]
        # A direction is bounded if it is a sum of normals with factors >= 0.
        spanned |= {(i, s) for i, row in enumerate(rows) for s in (1, -1) if min(s * q for q in row) >= 0}
        corner = [dot(row, [faces[k]["most"] for k in active]) for row in rows]
        corners += [corner] if inside(shape, corner) else []
    require(len(spanned) == 2 * d and len(corners) > 0, "`game.set` is empty or unbounded")
    shape["active"] = [(), *several]
    return corners


def inside(shape: Shape, x: list[Fraction]) -> bool:
    """Whether x is in the set; on a segment every coordinate must have gone the same share of the way."""
    if shape["kind"] == "polytope":
        return all(dot(face["normal"], x) <= face["most"] for face in shape["faces"])
    if shape["kind"] == "simplex":
        return min(x) >= 0 and sum(x) == shape["total"]
    if "radius" in shape:
        way = [abs(u - c) for u, c in zip(x, shape["centre"], strict=True)]
        return bool(
            dot(way, way) <= shape["radius"] ** 2 if shape["kind"] == "ball" else sum(way) <= shape["radius"]
        )
    coordinates = list(zip(shape["begin"], x, shape["end"], strict=True))
    far = {(u - a) / (b - a) for a, u, b in coordinates if a != b}
    within = all(0 <= s <= 1 for s in far) and all(u == a for a, u, b in coordinates if a == b)
    return within and (shape["kind"] == "box" or len(far) == 1)


def projection(shape: Shape, ball: Callable[[Fraction], Any]) -> Callable[[list[Any], list[Any]], list[Any]]:
    """The projection of (point, metric) onto an l2 ball or a polytope; undefined if the metric is not > 0."""
    if shape["kind"] == "ball":
        centre, radius = [ball(q) for q in shape["centre"]], ball(shape["radius"])
        return lambda y, w: _onto_ball(y, w, centre, radius)
    faces = [([ball(q) for q in face["normal"]], ball(face["most"])) for face in shape["faces"]]
    active = [[faces[k] for k in chosen] for chosen in shape["active"]]
    return lambda y, w: _onto_polytope(y, w, faces, active)


def _onto_ball(y: list[Any], w: list[Any], centre: list[Any], radius: Any) -> list[Any]:
    """c + w u/(w + mu), u = y - c, with the mu >= 0 that leads to the sphere, or 0 if u is inside."""
    from flint import arb, ctx

    u = [v - c + 0 / a.sqrt() for v, c, a in zip(y, centre, w, strict=True)]

    def shrunk(mu: Any) -> list[Any]:
        return [v * a / (a + mu) for v, a in zip(u, w, strict=True)]

    # The length of `shrunk` decreases in mu: at the second end it is at most the radius.
    ends = [arb(0), (sum(w) * dot(u, u).sqrt() / radius).upper()]
    if dot(u, u) <= radius * radius:
        return y
    for k, sign in enumerate((1, -1)):
        far = ends[1 - k]
        for _ in range(ctx.prec):
            middle = ((ends[k] + far) / 2).mid()
            certain = sign * (dot(shrunk(middle), shrunk(middle)) - radius * radius) > 0
            ends[k], far = (middle, far) if certain else (ends[k], middle)
    return [c + v for c, v in zip(centre, shrunk(ends[0].union(ends[1])), strict=True)]


def _onto_polytope(y: list[Any], w: list[Any], faces: list[Any], several: list[list[Any]]) -> list[Any]:
    """The hull of the points that meet the optimality conditions with some active faces, unless they certainly do not.

    The projection is one of them, and the only one where the conditions certainly hold.
    """
    from flint import arb, arb_mat

    y, hull = [v + 0 / a.sqrt() for v, a in zip(y, w, strict=True)], list[Any]()
    for active in several:
        along = [[n / a for n, a in zip(normal, w, strict=True)] for normal, _ in active]
        try:
            gram = arb_mat([[dot(way, normal) for normal, _ in active] for way in along])
            beyond = arb_mat([[dot(normal, y) - most] for normal, most in active])
            factors = gram.solve(beyond).entries() if active else []
        except ZeroDivisionError:  # not known to be regular
            return [arb("nan")] * len(y)
        x = [v - dot([way[i] for way in along], factors) if active else v for i, v in enumerate(y)]
        signs = [*factors, *(most - dot(normal, x) for normal, most in faces if (normal, most) not in active)]
        if all(s >= 0 for s in signs):
            return x
        if not any(s < 0 for s in signs):
            hull = [a.union(b) for a, b in zip(hull or x, x, strict=True)]
    return hull or [arb("nan")] * len(y)
