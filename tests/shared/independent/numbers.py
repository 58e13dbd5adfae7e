"""Whether the numbers of a game fit together, in exact rationals."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from independent.hulls import inside

SHOWS = {
    "box": "CONVEX_LOSSES COMPACT_SET SEPARABLE_SET",
    "segment": "CONVEX_LOSSES COMPACT_SET",
    "simplex": "CONVEX_LOSSES COMPACT_SET",
    "ball": "CONVEX_LOSSES COMPACT_SET BALL",
    "l1_ball": "CONVEX_LOSSES COMPACT_SET",
    "polytope": "CONVEX_LOSSES COMPACT_SET",
    "descent": "SMOOTH_LOSS MINIMUM_KNOWN FIXED_LOSS UNBIASED_ORACLE UNCONSTRAINED SEPARABLE_SET",
}


def is_a_game(file: dict[str, Any]) -> bool:
    """Whether the numbers of a game fit together, in exact rationals."""
    game, claim, shown = file["game"], file["claim"], SHOWS[file["game"].get("set", file["game"])["kind"]]
    fit = Fraction(claim["lhs_at_least"]) > Fraction(claim["rhs_at_most"])
    of_function = set() if game["kind"] == "linear" else shows_of_function(game)
    begins = [*map(Fraction, game["start"])]
    of_start = set() if any(begins) else {"START_AT_ORIGIN"}
    if "centre" in game.get("set", {}) and begins == [*map(Fraction, game["set"]["centre"])]:
        of_start.add("START_AT_CENTRE")
    fit &= set(file["statement"]["requires"]) <= {*shown.split(), *of_function, *of_start}
    fit &= set(game["parameters"]) == set(file["algorithm"]["parameters"])
    if game["kind"] == "linear":
        x, z = ([Fraction(q) for q in game[name]] for name in ("start", "comparator"))
        lists = [v for v in game["set"].values() if isinstance(v, list)]
        vectors = [
            [*map(Fraction, v)] for many in lists for v in (many if isinstance(many[0], list) else [many])
        ]
        blocks = game["stream"]
        rows = [list(map(Fraction, row)) for block in blocks for row in block["pattern"]]
        moving = [row[len(x) :] for row in rows if len(row) > len(x)]  # the points z_t of a dynamic regret
        fit &= len(moving) in (0, len(rows)) and all(_inside(game["set"], point) for point in moving)
        gradients = [row[: len(x)] for row in rows]
        fit &= {len(point) for point in (*vectors, x, z, *gradients, *moving)} == {len(x)}
        fit &= all(block["times"] >= 1 and block["pattern"] for block in blocks)
        fit &= sum(block["times"] * len(block["pattern"]) for block in blocks) == game["horizon"]
        return bool(fit and all(_inside(game["set"], point) for point in (x, z)))
    letters = [(Fraction(u["probability"]), list(map(Fraction, u["noise"]))) for u in game["letters"]]
    fit &= sum(p for p, _ in letters) == 1
    fit &= all(p > 0 and len(u) == len(game["start"]) for p, u in letters)
    fit &= all(sum(p * u[i] for p, u in letters) == 0 for i in range(len(game["start"])))
    knots = [(Fraction(k["at"]), Fraction(k["slope"])) for k in game["knots"]]
    fit &= all(a < b for (a, _), (b, _) in pairwise(knots)) and len(knots) > 1
    (a, y), (b, z) = knots[0], knots[1]
    left = (z - y) / (b - a)
    (a, u), (b, v) = knots[-2:]
    right = (v - u) / (b - a)
    return bool(fit and (left > 0 or (left == 0 >= y)) and (right > 0 or (right == 0 <= v)))


def shows_of_function(game: dict[str, Any]) -> set[str]:
    """What the knots, the noise and the parameter mu of a descent show."""
    knots = [(Fraction(k["at"]), Fraction(k["slope"])) for k in game["knots"]]
    slowest = min((z - y) / (b - a) for (a, y), (b, z) in pairwise(knots))
    shows = (
        {"EXACT_GRADIENTS"} if {Fraction(w) for u in game["letters"] for w in u["noise"]} == {0} else set()
    )
    if slowest >= 0:
        shows.add("CONVEX_LOSSES")
    if "mu" in game["parameters"] and slowest >= Fraction(game["parameters"]["mu"]) > 0:
        shows.add("STRONGLY_CONVEX")
    return shows


def _inside(shape: dict[str, Any], x: list[Fraction]) -> bool:
    if shape["kind"] == "simplex":
        return all(u >= 0 for u in x) and sum(x) == Fraction(shape["total"])
    if shape["kind"] == "ball":
        squares = [(u - Fraction(c)) ** 2 for u, c in zip(x, shape["centre"], strict=True)]
        return Fraction(shape["radius"]) > 0 and sum(squares) <= Fraction(shape["radius"]) ** 2
    if shape["kind"] == "l1_ball":
        far = [abs(u - Fraction(c)) for u, c in zip(x, shape["centre"], strict=True)]
        return 0 < Fraction(shape["radius"]) >= sum(far)
    if shape["kind"] == "polytope":
        return inside([[*map(Fraction, corner)] for corner in shape["corners"]], x)
    begin, end = ([Fraction(q) for q in shape[name]] for name in ("begin", "end"))
    if shape["kind"] == "box":
        return all(a <= u <= b for a, u, b in zip(begin, x, end, strict=True))
    along = [b - a for a, b in zip(begin, end, strict=True)]
    share = max((u - a) / v for a, u, v in zip(begin, x, along, strict=True) if v)
    return 0 <= share <= 1 and x == [a + share * v for a, v in zip(begin, along, strict=True)]
