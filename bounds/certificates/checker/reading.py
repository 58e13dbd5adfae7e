"""Reads a certificate and checks the type, size and meaning of every field before it is used."""

import ast
import json
import re
from contextlib import suppress
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from bounds.certificates.checker.nearest import exact, in_hull

MOST_BYTES, MOST_CORNERS = 1 << 20, 20
SCHEMA = json.loads(Path(__file__).with_name("certificate.schema.json").read_text(encoding="utf-8"))
"""The form of a file; `_parsed` follows the part of JSON schema that it uses."""
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
DESCENT = "SMOOTH_LOSS MINIMUM_KNOWN FIXED_LOSS UNBIASED_ORACLE UNCONSTRAINED SEPARABLE_SET CONTAINS_ORIGIN"
"""The properties of every descent that passes the reader's checks."""


class Refused(ValueError):
    """The file is not a certificate; the message says where and why."""


def require(holds: bool, message: str) -> None:
    """Refuse the file if a condition does not hold."""
    if not holds:
        raise Refused(message)


def read(raw: bytes) -> dict[str, Any]:
    """Return the certificate with exact numbers and parsed formulas, or raise Refused."""
    require(len(raw) <= MOST_BYTES, f"the file has {len(raw)} bytes, more than {MOST_BYTES}")
    try:
        content = json.loads(raw, object_pairs_hook=once, parse_float=_inexact, parse_constant=_inexact)
    except (ValueError, RecursionError) as error:
        raise Refused(f"the file is not JSON with exact numbers: {str(error)[:200]!a}") from None
    file: dict[str, Any] = parsed(SCHEMA, content, "certificate")
    game, claim, names = file["game"], file["claim"], file["algorithm"]["parameters"]
    stated = [file["statement"][key] for key in ("lhs", "rhs")] + file["statement"]["assumptions"]
    stated += [letter["formula"] for letter in file["statement"]["letters"]]
    # A statement about a dynamic regret reads z_t, which follows the gradient of each round.
    moving = any(isinstance(u, ast.Name) and u.id == "z_t" for e in stated for u in ast.walk(e))
    game["width"] = (1 + moving) * len(game["start"])
    (_check_descent if game["kind"] == "descent" else _check_linear)(game)
    require(claim["lhs_at_least"] > claim["rhs_at_most"], "`claim` claims no violation of lhs <= rhs")
    require(set(game["parameters"]) == set(names), "`game.parameters` must give one number for each name")
    missing = set(file["statement"]["requires"]) - {name for name, holds in game["shown"].items() if holds}
    require(not missing, f"`statement.requires` asks for what this game does not show: {str(missing)[:60]}")
    return file


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object's entries, or raise Refused if a key stands twice."""
    require(len(dict(pairs)) == len(pairs), f"a key is twice in {sorted(key[:30] for key, _ in pairs)[:10]}")
    return dict(pairs)


def _inexact(number: str) -> Any:
    raise ValueError(f'{number[:40]} is a float; write exact rationals as text, such as "1/10"')


def parsed(form: dict[str, Any], value: Any, where: str) -> Any:
    """Parse a part of the file that must have this form; objects have all their fields and no others."""
    if "oneOf" in form:
        known = {part["$ref"].rpartition("/")[2]: part for part in form["oneOf"]}
        kind = value.get("kind") if isinstance(value, dict) else None
        require(isinstance(kind, str) and kind in known, f"`{where}.kind` must be one of {', '.join(known)}")
        form = known[kind]
    name = form.get("$ref", "").rpartition("/")[2]
    form = SCHEMA["$defs"].get(name, form)
    fits = type(value) is TYPES[form.get("type", "string")]
    if fits and isinstance(value, dict):
        names = [parsed(form.get("propertyNames", {}), key, where) for key in value]
        fields = form.get("properties") or dict.fromkeys(names, form["additionalProperties"])
        require(set(value) == set(fields), f"`{where}` must have the fields {sorted(fields)}, no others")
        return {key: parsed(part, value[key], f"{where}.{key[:40]}") for key, part in fields.items()}
    if fits and isinstance(value, list):
        if form.get("minItems", 0) <= len(value) <= form.get("maxItems", len(value)):
            return [parsed(form["items"], entry, f"{where}[{k}]") for k, entry in enumerate(value)]
    elif fits and isinstance(value, int):
        if form.get("minimum", value) <= value <= form.get("maximum", value):
            return value
    elif fits and re.fullmatch(form.get("pattern", re.escape(form.get("const", value))), value):
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            return READ.get(name, str)(value)
    # Show look-alikes and control characters as escapes.
    shown = ascii(str(value)[:60]) if isinstance(value, str | int) else f"a {type(value).__name__}"
    what = form.get("description") or form.get("const") or f"of type {form['type']}"
    raise Refused(f"`{where}` = {shown} must be {what}")


def _tree(formula: str) -> ast.expr:
    return ast.parse(formula.strip(), mode="eval").body


READ: Any = {"rational": Fraction, "size": lambda q: [Fraction(q)], "formula": _tree}
"""How a text of a named form is read; any other stays as it is."""


def _check_linear(game: dict[str, Any]) -> None:
    d, width, shape, blocks = len(game["start"]), game["width"], game["set"], game["stream"]
    rows = [row for block in blocks for row in block["pattern"]]
    points = [*(shape[k] for k in ("begin", "end", "centre") if k in shape), *shape.get("corners", [])]
    same = {*map(len, [game["comparator"], *points])} == {d} and {*map(len, rows)} == {width}
    require(same, f"every point must have {d} coordinates, as `start` has, every row of `stream` {width}")
    rounds = sum(block["times"] * len(block["pattern"]) for block in blocks)
    require(rounds == game["horizon"], f"`game.stream` has {rounds} rounds, not as many as `game.horizon`")
    axes = [[Fraction(i == j) for j in range(d)] for i in range(d)]
    match shape:
        case {"total": [size]}:
            points = [[size * u for u in axis] for axis in axes]
        case {"centre": middle, "radius": [size]}:
            ways = [[sign * size * u for u in axis] for axis in axes for sign in (1, -1)]
            points = [[c + u for c, u in zip(middle, way, strict=True)] for way in ways]
        case {"kind": "segment", "begin": begin, "end": end}:
            require(begin != end, "`game.set` is a segment that is a point")
    if shape["kind"] not in ("box", "ball"):
        require(len(points) <= MOST_CORNERS, f"`game.set` has more than {MOST_CORNERS} corners")
        shape["corners"] = [*map(exact, points)]
    spans = [(max(column) - min(column), sum(column) / len(points)) for column in zip(*points, strict=True)]
    sides, centre = map(list, zip(*spans, strict=True))
    # A ball may have more points here, but the first two are as far apart as any.
    pairs = (zip(*pair, strict=True) for pair in combinations(points[:MOST_CORNERS], 2))
    square = max((sum((a - b) ** 2 for a, b in pair) for pair in pairs), default=Fraction(0))
    moving = [row[d:] for row in rows if width > d]
    held = {"start": [game["start"]], "comparator": [game["comparator"]], "stream": moving}
    for name, inside in held.items():
        require(all(_inside(shape, x) for x in inside), f"a point of `game.{name}` lies outside `game.set`")
    bend = game["parameters"].get("mu", -1) if game["kind"] == "curved" else 0
    # Numbers for the statement, D_2 squared. Every interval is a ball, and one segment is the simplex of R^2.
    game["given"] = {"z": game["comparator"], "D": [max(sides)], "D_2": [square], "D_i": sides}
    game["shown"] = {
        "CONVEX_LOSSES": bend >= 0, "STRONGLY_CONVEX": bend > 0, "COMPACT_SET": True,
        "SEPARABLE_SET": shape["kind"] == "box", "BALL": shape["kind"] == "ball" or d == 1,
        "PROBABILITY_SIMPLEX": sorted(points) == sorted(axes), "START_AT_ORIGIN": not any(game["start"]),
        "START_AT_CENTRE": game["start"] == centre, "CONTAINS_ORIGIN": _inside(shape, d * [Fraction(0)]),
    }  # fmt: skip


def _inside(shape: dict[str, Any], x: list[Fraction]) -> Any:
    """Whether x is in the set."""
    match shape:
        case {"kind": "ball", "centre": centre, "radius": [size]}:
            return sum((u - c) ** 2 for u, c in zip(x, centre, strict=True)) <= size**2
        case {"kind": "box", "begin": begin, "end": end}:
            return all(a <= u <= b for a, u, b in zip(begin, x, end, strict=True))
    return in_hull(shape, exact(x), [1] * len(x))[0] == exact(x)


def _check_descent(game: dict[str, Any]) -> None:
    d, letters, knots = len(game["start"]), game["letters"], [(k["at"], k["slope"]) for k in game["knots"]]
    fit = all(len(letter["noise"]) == d and letter["probability"] > 0 for letter in letters)
    require(fit, f"every letter must have {d} coordinates and a probability > 0")
    require(sum(u["probability"] for u in letters) == 1, "the probabilities of `game.letters` must sum to 1")
    means = [sum(letter["probability"] * letter["noise"][i] for letter in letters) for i in range(d)]
    require(not any(means), "the noise of `game.letters` must have mean zero")
    require(all(a < b for (a, _), (b, _) in pairwise(knots)), "`game.knots` must be in increasing order")
    # Each piece of phi' between two knots: its beginning, phi' there, its length, its slope.
    game["pieces"] = [(a, y, b - a, (z - y) / (b - a)) for (a, y), (b, z) in pairwise(knots)]
    (_, first, _, left), (*_, right), last = game["pieces"][0], game["pieces"][-1], knots[-1][1]
    bounded = (left > 0 or (left == 0 and first <= 0)) and (right > 0 or (right == 0 and last >= 0))
    require(bounded, "the loss is not bounded below: see the first and the last two of `game.knots`")
    least, steepest = min(bends := [bend for *_, bend in game["pieces"]]), max(map(abs, bends))
    # Numbers for the statement, x_gap squared.
    game["given"] = {"f_star": [Fraction(0)], "L": [steepest]}
    if left == right == 0:  # the gradients handed out are bounded
        game["given"]["G_f"] = [max(abs(y + w) for _, y in knots for u in letters for w in u["noise"])]
    if least >= 0:  # phi is convex
        game["given"]["x_gap"] = [sum(_to_minimum(game["pieces"], u) ** 2 for u in game["start"])]
    game["shown"] = dict.fromkeys(DESCENT.split(), True) | {
        "CONVEX_LOSSES": least >= 0, "EXACT_GRADIENTS": not any(any(u["noise"]) for u in letters),
        "STRONGLY_CONVEX": 0 < game["parameters"].get("mu", 0) <= least,
        "START_AT_ORIGIN": not any(game["start"]),
    }  # fmt: skip


def _to_minimum(pieces: list[tuple[Fraction, ...]], u: Fraction) -> Fraction:
    """The distance from u to the nearest zero of a nondecreasing phi'."""
    found, last = [], len(pieces) - 1
    for j, (k, y, length, bend) in enumerate(pieces):
        zero = k - y / bend if bend else u
        low, high = k if j else min(k, zero), k + length if j < last else max(k + length, zero)
        nearest = min(max(zero, low), high)
        found += [abs(u - nearest)] if (nearest == zero if bend else y == 0) else []
    return min(found)
