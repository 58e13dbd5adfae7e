"""Reads a certificate and checks the type, size and meaning of every field before it is used."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from typing import Any

FORMAT = "regretcheck certificate 2"
MOST_BYTES = 1 << 20
MOST = 100
"""Maximum number of coordinates, of knots and of noise letters."""
SHOWN = {
    "box": {"CONVEX_LOSSES", "COMPACT_SET", "SEPARABLE_SET"},
    "segment": {"CONVEX_LOSSES", "COMPACT_SET"},
    "descent": {
        "SMOOTH_LOSS", "MINIMUM_KNOWN", "FIXED_LOSS", "UNBIASED_ORACLE", "UNCONSTRAINED", "SEPARABLE_SET",
    },
}  # fmt: skip
"""The properties of every game of a kind that passes the reader's checks."""


class Refused(ValueError):
    """The file is not a certificate; the message says where and why."""


def require(holds: bool, message: str) -> None:
    """Refuse the file if a condition does not hold."""
    if not holds:
        raise Refused(message)


def _reader(kind: type[Any], fits: Callable[[Any], Any], what: str, make: Callable[[Any], Any]) -> Any:
    def value(found: Any, where: str) -> Any:
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            if type(found) is kind and fits(found):
                return make(found)
        # Show look-alikes and control characters as escapes.
        shown = ascii(str(found)[:60]) if isinstance(found, str | int) else f"a {type(found).__name__}"
        raise Refused(f"`{where}` = {shown} must be {what}")

    return value


def _text(pattern: str, what: str, make: Callable[[str], Any] = str) -> Any:
    return _reader(str, re.compile(pattern).fullmatch, what, make)


def _tree(formula: str) -> ast.expr:
    return ast.parse(formula.strip(), mode="eval").body


def _game(value: Any, where: str) -> Any:
    kind = value.get("kind", "") if isinstance(value, dict) else ""
    require(kind in ("linear", "descent"), "`game.kind` must be 'linear' or 'descent'")
    return _parsed(GAMES[kind], value, where)


DIGITS = "[1-9][0-9]{0,399}"
NUMBER = _text(rf"-?(0|{DIGITS})(/{DIGITS})?", "a rational of at most 400 digits, such as '-2/5'", Fraction)
NAME = _text(r"[A-Za-z](_?[A-Za-z0-9])*", "a name of letters, digits and single underscores")
LABEL = _text(r"(?=.{1,200}$)[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*", "ASCII letters, digits, underscores and dots")
ALGORITHM = _text(r"(?=.{1,200}$)[!-~]+( [!-~]+)*", "a name of printable ASCII characters and single blanks")
TITLE = _reader(str, lambda s: len(s) <= 300 and s.isprintable(), "one line of printable text", str)
FORMULA = _text(r"[A-Za-z0-9_+*/().,<>= \n-]{0,4000}", "a formula of at most 4000 characters in ASCII", _tree)
COUNT = _reader(int, range(1, 10**8 + 1).__contains__, "a whole number from 1 to 10^8", int)
FLAG = _reader(bool, (True, False).__contains__, "true or false", bool)
RUN = {"times": COUNT, "gradient": [NUMBER]}
GAMES: dict[str, dict[str, Any]] = {
    "linear": {
        "kind": LABEL, "parameters": {NAME: NUMBER},
        "set": {"kind": _text("box|segment", "'box' or 'segment'"), "begin": [NUMBER], "end": [NUMBER]},
        "start": [NUMBER], "lead": [RUN], "pattern": [RUN], "norms": {"least": NUMBER, "most": NUMBER},
        "horizon": COUNT, "comparator": [NUMBER],
    },
    "descent": {
        "kind": LABEL, "parameters": {NAME: NUMBER}, "knots": [{"at": NUMBER, "slope": NUMBER}],
        "start": [NUMBER], "letters": [{"noise": [NUMBER], "probability": NUMBER}], "horizon": COUNT,
    },
}  # fmt: skip
CERTIFICATE = {
    "format": _text(FORMAT, f"{FORMAT!r}"), "title": TITLE,
    "statement": {
        "theorem": LABEL, "reading": LABEL, "lhs": FORMULA, "rhs": FORMULA,
        "letters": [{"name": NAME, "formula": FORMULA}], "assumptions": [FORMULA], "requires": [NAME],
    },
    "algorithm": {
        "name": ALGORITHM, "parameters": [NAME], "ranges": [FORMULA],
        "lines": [{"name": NAME, "vector": FLAG, "formula": FORMULA}], "point": FORMULA, "metric": FORMULA,
    },
    "game": _game, "claim": {"lhs_at_least": NUMBER, "rhs_at_most": NUMBER},
}  # fmt: skip
"""The form of a file: {field: form}, {NAME: form} where the file chooses the names, [form of each entry], or
a function that reads a number, a name or a formula."""


def read(raw: bytes) -> dict[str, Any]:
    """Return the certificate with exact numbers and parsed formulas, or raise Refused."""
    require(len(raw) <= MOST_BYTES, f"the file has {len(raw)} bytes, more than {MOST_BYTES}")
    try:
        content = json.loads(raw, object_pairs_hook=_once, parse_float=_inexact, parse_constant=_inexact)
    except (ValueError, RecursionError) as error:
        raise Refused(f"the file is not JSON with exact numbers: {str(error)[:200]!a}") from None
    file: dict[str, Any] = _parsed(CERTIFICATE, content, "certificate")
    (_check_linear if file["game"]["kind"] == "linear" else _check_descent)(file["game"])
    _check_whole(file)
    return file


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError(f"a key stands twice in {sorted(key[:30] for key, _ in pairs)[:10]}")
    return dict(pairs)


def _inexact(number: str) -> Any:
    raise ValueError(f'{number[:40]} is a float; write exact rationals as text, such as "1/10"')


def _parsed(form: Any, value: Any, where: str) -> Any:
    """Parse a part of the file in the required form."""
    if isinstance(form, list) and isinstance(value, list):
        return [_parsed(form[0], entry, f"{where}[{k}]") for k, entry in enumerate(value)]
    require(not isinstance(form, list), f"`{where}` must be a list")
    if not isinstance(form, dict):
        return form(value, where)
    if NAME in form and isinstance(value, dict):
        return {NAME(key, where): _parsed(form[NAME], value[key], f"{where}.{key[:40]}") for key in value}
    alike = isinstance(value, dict) and set(value) == set(form)
    require(alike, f"`{where}` must have the fields {sorted(map(str, form))}, no others")
    return {key: _parsed(part, value[key], f"{where}.{key}") for key, part in form.items()}


def _check_whole(file: dict[str, Any]) -> None:
    game, claim, names = file["game"], file["claim"], file["algorithm"]["parameters"]
    require(claim["lhs_at_least"] > claim["rhs_at_most"], "`claim` claims no violation of lhs <= rhs")
    require(set(game["parameters"]) == set(names), "`game.parameters` must give one number for each name")
    missing = set(file["statement"]["requires"]) - _shown(game)
    require(not missing, f"`statement.requires` asks for what this game does not show: {str(missing)[:60]}")


def _shown(game: dict[str, Any]) -> set[str]:
    """The properties of a game: those of its kind, and those that its set and start show in rationals."""
    shown, start = set(SHOWN[game.get("set", game)["kind"]]), game["start"]
    shown |= set() if any(start) else {"START_AT_ORIGIN"}
    if game["kind"] == "descent":
        least, modulus = min(bend for *_, bend in game["pieces"]), game["parameters"].get("mu", Fraction(0))
        shown |= {"CONVEX_LOSSES"} if least >= 0 else set()
        shown |= {"STRONGLY_CONVEX"} if 0 < modulus <= least else set()
        noisy = any(any(letter["noise"]) for letter in game["letters"])
        return shown | {"CONTAINS_ORIGIN"} | (set() if noisy else {"EXACT_GRADIENTS"})
    kind, begin, end = (game["set"][name] for name in ("kind", "begin", "end"))
    middle = all(2 * u == a + b for a, u, b in zip(begin, start, end, strict=True))
    shown |= {"START_AT_CENTRE"} if middle else set()
    shown |= {"CONTAINS_ORIGIN"} if _inside(kind, begin, end, [Fraction(0)] * len(start)) else set()
    # Every interval is a ball of R^1, and one segment is the simplex of R^2.
    shown |= {"BALL"} if len(start) == 1 else set()
    simplex = kind == "segment" and sorted((begin, end)) == [[0, 1], [1, 0]]
    return shown | ({"PROBABILITY_SIMPLEX"} if simplex else set())


def _check_linear(game: dict[str, Any]) -> None:
    d, kind, begin, end = len(game["start"]), *(game["set"][name] for name in ("kind", "begin", "end"))
    rows = [run["gradient"] for run in game["lead"] + game["pattern"]]
    require(1 <= d <= MOST, f"`game.start` must have 1 to {MOST} coordinates")
    require(len(game["pattern"]) > 0, "`game.pattern` must not be empty")
    alike = all(len(point) == d for point in (begin, end, game["comparator"], *rows))
    require(alike, f"every point and every gradient must have {d} coordinates, as `game.start` has")
    order = all(a <= b for a, b in zip(begin, end, strict=True)) if kind == "box" else begin != end
    require(order, "`game.set` is an empty box, or a segment that is a point")
    for name in ("start", "comparator"):
        require(_inside(kind, begin, end, game[name]), f"`game.{name}` lies outside `game.set`")
    norms = [sum(map(abs, row)) for row in rows]
    within = game["norms"]["least"] <= min(norms) and max(norms) <= game["norms"]["most"]
    require(within, "a gradient leaves the declared `game.norms`")


def _inside(kind: str, begin: list[Fraction], end: list[Fraction], x: list[Fraction]) -> bool:
    """Whether x is in the set; on a segment every coordinate must have gone the same share of the way."""
    coordinates = list(zip(begin, x, end, strict=True))
    far = {(u - a) / (b - a) for a, u, b in coordinates if a != b}
    within = all(0 <= s <= 1 for s in far) and all(u == a for a, u, b in coordinates if a == b)
    return within and (kind == "box" or len(far) == 1)


def _check_descent(game: dict[str, Any]) -> None:
    d, letters, knots = len(game["start"]), game["letters"], [(k["at"], k["slope"]) for k in game["knots"]]
    few = 1 <= d <= MOST and len(letters) <= MOST and 2 <= len(knots) <= MOST
    require(few, f"a descent takes 1 to {MOST} coordinates and letters, 2 to {MOST} knots")
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
