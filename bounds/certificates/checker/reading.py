"""Reads a certificate and checks the type, size and meaning of every field before it is used."""

from __future__ import annotations

import ast
import json
import re
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from bounds.certificates.checker.refused import Refused as Refused
from bounds.certificates.checker.refused import require
from bounds.certificates.checker.sets import inside, measured, vectors

MOST_BYTES = 1 << 20
SCHEMA = json.loads(Path(__file__).with_name("certificate.schema.json").read_text(encoding="utf-8"))
"""The form of a file; `_parsed` follows the part of JSON schema that it uses."""
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
LINEAR = {"CONVEX_LOSSES", "COMPACT_SET"}
DESCENT = {
    "SMOOTH_LOSS", "MINIMUM_KNOWN", "FIXED_LOSS", "UNBIASED_ORACLE", "UNCONSTRAINED", "SEPARABLE_SET",
    "CONTAINS_ORIGIN",
}  # fmt: skip
"""The properties of every game of a kind that passes the reader's checks."""


def read(raw: bytes) -> dict[str, Any]:
    """Return the certificate with exact numbers and parsed formulas, or raise Refused."""
    require(len(raw) <= MOST_BYTES, f"the file has {len(raw)} bytes, more than {MOST_BYTES}")
    try:
        content = json.loads(raw, object_pairs_hook=_once, parse_float=_inexact, parse_constant=_inexact)
    except (ValueError, RecursionError) as error:
        raise Refused(f"the file is not JSON with exact numbers: {str(error)[:200]!a}") from None
    file: dict[str, Any] = parsed(SCHEMA, content, "certificate")
    (_check_linear if file["game"]["kind"] == "linear" else _check_descent)(file["game"])
    _check_whole(file)
    return file


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError(f"a key stands twice in {sorted(key[:30] for key, _ in pairs)[:10]}")
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
    fits, size = (
        type(value) is TYPES[form.get("type", "string")],
        len(value) if hasattr(value, "__len__") else 0,
    )
    if fits and isinstance(value, dict):
        names = [parsed(form.get("propertyNames", {}), key, where) for key in value]
        fields = form.get("properties") or dict.fromkeys(names, form["additionalProperties"])
        require(set(value) == set(fields), f"`{where}` must have the fields {sorted(fields)}, no others")
        return {key: parsed(part, value[key], f"{where}.{key[:40]}") for key, part in fields.items()}
    if fits and isinstance(value, list) and form.get("minItems", 0) <= size <= form.get("maxItems", size):
        return [parsed(form["items"], entry, f"{where}[{k}]") for k, entry in enumerate(value)]
    if fits and isinstance(value, int):
        fits = form.get("minimum", value) <= value <= form.get("maximum", value)
    if fits and isinstance(value, str):
        fits = size <= form.get("maxLength", size) and form.get("const", value) == value
        fits = fits and re.fullmatch(form.get("pattern", "(?s:.*)"), value) is not None
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        if fits and not isinstance(value, list):
            return READ.get(name, lambda same: same)(value)
    # Show look-alikes and control characters as escapes.
    shown = ascii(str(value)[:60]) if isinstance(value, str | int) else f"a {type(value).__name__}"
    what = form.get("description") or form.get("const") or f"of type {form['type']}"
    raise Refused(f"`{where}` = {shown} must be {what}")


def _tree(formula: str) -> ast.expr:
    return ast.parse(formula.strip(), mode="eval").body


def _line(title: str) -> str:
    if not title.isprintable():
        raise ValueError("a title with control characters")
    return title


READ = {"rational": Fraction, "formula": _tree, "title": _line}
"""How a text of a named form is read; any other stays as it is."""


def _check_whole(file: dict[str, Any]) -> None:
    game, claim, names = file["game"], file["claim"], file["algorithm"]["parameters"]
    require(claim["lhs_at_least"] > claim["rhs_at_most"], "`claim` claims no violation of lhs <= rhs")
    require(set(game["parameters"]) == set(names), "`game.parameters` must give one number for each name")
    missing = set(file["statement"]["requires"]) - _shown(game)
    require(not missing, f"`statement.requires` asks for what this game does not show: {str(missing)[:60]}")


def _shown(game: dict[str, Any]) -> set[str]:
    """The properties of a game: those of its kind, and those that its numbers show in rationals."""
    start = game["start"]
    shown = set() if any(start) else {"START_AT_ORIGIN"}
    if game["kind"] == "descent":
        least, modulus = min(bend for *_, bend in game["pieces"]), game["parameters"].get("mu", Fraction(0))
        shown |= DESCENT | ({"CONVEX_LOSSES"} if least >= 0 else set())
        shown |= {"STRONGLY_CONVEX"} if 0 < modulus <= least else set()
        noisy = any(any(letter["noise"]) for letter in game["letters"])
        return shown | (set() if noisy else {"EXACT_GRADIENTS"})
    shape, d = game["set"], len(start)
    ends = sorted((shape["begin"], shape["end"])) if shape["kind"] == "segment" else []
    # Every interval is a ball of R^1, and one segment is the simplex of R^2.
    holds = {
        "SEPARABLE_SET": shape["kind"] == "box", "START_AT_CENTRE": start == shape["centre"],
        "CONTAINS_ORIGIN": inside(shape, [Fraction(0)] * d), "BALL": d == 1 or shape["kind"] == "ball",
        "PROBABILITY_SIMPLEX": ends == [[0, 1], [1, 0]] or (shape["kind"], shape.get("total")) == ("simplex", 1),
    }  # fmt: skip
    return shown | LINEAR | {name for name, shows in holds.items() if shows}


def _check_linear(game: dict[str, Any]) -> None:
    d, shape, blocks = len(game["start"]), game["set"], game["stream"]
    rows = [row for block in blocks for row in block["pattern"]]
    alike = all(len(point) == d for point in (game["comparator"], *vectors(shape), *rows))
    require(alike, f"every point and every gradient must have {d} coordinates, as `game.start` has")
    rounds = sum(block["times"] * len(block["pattern"]) for block in blocks)
    require(rounds == game["horizon"], f"`game.stream` has {rounds} rounds, not as many as `game.horizon`")
    measured(shape, d)
    for name in ("start", "comparator"):
        require(inside(shape, game[name]), f"`game.{name}` lies outside `game.set`")


def _check_descent(game: dict[str, Any]) -> None:
    d, letters, knots = len(game["start"]), game["letters"], [(k["at"], k["slope"]) for k in game["knots"]]
    fit = all(len(letter["noise"]) == d and letter["probability"] > 0 for letter in letters)
    require(fit, f"every letter must have {d} coordinates and a probability > 0")
    total = sum(letter["probability"] for letter in letters)
    require(total == 1, "the probabilities of `game.letters` must sum to 1")
    means = [sum(letter["probability"] * letter["noise"][i] for letter in letters) for i in range(d)]
    require(not any(means), "the noise of `game.letters` must have mean zero")
    require(all(a < b for (a, _), (b, _) in pairwise(knots)), "`game.knots` must be in increasing order")
    # Each piece of phi' between two knots: its beginning, phi' there, its length, its slope.
    game["pieces"] = [(a, y, b - a, (z - y) / (b - a)) for (a, y), (b, z) in pairwise(knots)]
    (_, first, _, left), (*_, right), last = game["pieces"][0], game["pieces"][-1], knots[-1][1]
    bounded = (left > 0 or (left == 0 and first <= 0)) and (right > 0 or (right == 0 and last >= 0))
    require(bounded, "the loss is not bounded below: see the first and the last two of `game.knots`")
    # The largest gradient handed out if gradients are bounded; the distance to a minimiser if phi is convex.
    steps = [abs(y + w) for _, y in knots for letter in letters for w in letter["noise"]]
    game["steepest"] = [] if left or right else [max(steps)]
    convex = all(bend >= 0 for *_, bend in game["pieces"])
    gaps = [_to_minimum(game["pieces"], u) for u in game["start"] if convex]
    game["gap_squared"] = [sum((gap * gap for gap in gaps), Fraction(0))] if convex else []


def _to_minimum(pieces: list[tuple[Fraction, ...]], u: Fraction) -> Fraction:
    """The distance from u to the nearest zero of a nondecreasing phi'."""
    found, last = [], len(pieces) - 1
    for j, (k, y, length, bend) in enumerate(pieces):
        zero = k - y / bend if bend else u
        low, high = k if j else min(k, zero), k + length if j < last else max(k + length, zero)
        nearest = min(max(zero, low), high)
        found += [abs(u - nearest)] if (nearest == zero if bend else y == 0) else []
    return min(found)
