"""Reads a certificate and checks the type, size and meaning of every field before it is used."""

import ast
import json
import re
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

MOST_BYTES = 1 << 20
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
    d, shape, blocks = len(game["start"]), game["set"], game["stream"]
    rows = [row for block in blocks for row in block["pattern"]]
    points = [game["comparator"], *(shape[k] for k in ("begin", "end", "centre") if k in shape), *rows]
    require({*map(len, points)} == {d}, f"every point and gradient must have {d} coordinates, as `start` has")
    rounds = sum(block["times"] * len(block["pattern"]) for block in blocks)
    require(rounds == game["horizon"], f"`game.stream` has {rounds} rounds, not as many as `game.horizon`")
    match shape:
        case {"total": [size]}:
            sides, centre = [size if d > 1 else 0 * size] * d, [size / d] * d
            square = 2 * sides[0] ** 2
        case {"centre": centre, "radius": [size]}:
            sides, square = [2 * size] * d, 4 * size**2
        case {"begin": begin, "end": end}:
            shape["way"] = way = [b - a for a, b in zip(begin, end, strict=True)]
            centre, sides = [a + u / 2 for a, u in zip(begin, way, strict=True)], list(map(abs, way))
            square = sum(u * u for u in way)
            fits = min(way) >= 0 if shape["kind"] == "box" else any(way)
            require(fits, "`game.set` is an empty box, or a segment that is a point")
    for name in ("start", "comparator"):
        require(_inside(shape, game[name]), f"`game.{name}` lies outside `game.set`")
    bend = game["parameters"].get("mu", -1) if game["kind"] == "curved" else 0
    # Numbers for the statement, D_2 squared. Every interval is a ball, and one segment is the simplex of R^2.
    game["given"] = {"z": game["comparator"], "D": [max(sides)], "D_2": [square], "D_i": sides}
    ends = {tuple(shape.get(name, ())) for name in ("begin", "end")}
    unit = shape.get("total") == [1] or (shape["kind"] == "segment" and ends == {(0, 1), (1, 0)})
    game["shown"] = {
        "CONVEX_LOSSES": bend >= 0, "STRONGLY_CONVEX": bend > 0, "COMPACT_SET": True,
        "SEPARABLE_SET": shape["kind"] == "box", "BALL": shape["kind"] == "ball" or d == 1,
        "PROBABILITY_SIMPLEX": unit, "START_AT_ORIGIN": not any(game["start"]),
        "START_AT_CENTRE": game["start"] == centre, "CONTAINS_ORIGIN": _inside(shape, d * [Fraction(0)]),
    }  # fmt: skip


def _inside(shape: dict[str, Any], x: list[Fraction]) -> bool:
    """Whether x is in the set; on a segment every coordinate must have gone the same share of the way."""
    if shape["kind"] == "simplex":
        return min(x) >= 0 and [sum(x)] == shape["total"]
    if "radius" in shape:
        size, power = shape["radius"][0], 1 if shape["kind"] == "l1_ball" else 2
        return bool(sum(abs(u - c) ** power for u, c in zip(x, shape["centre"], strict=True)) <= size**power)
    axes = list(zip(shape["begin"], x, shape["end"], strict=True))
    far = {(u - a) / (b - a) for a, u, b in axes if a != b}
    return all(min(a, b) <= u <= max(a, b) for a, u, b in axes) and (shape["kind"] == "box" or len(far) == 1)


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
