"""Reading a certificate: every field is checked for its type, its size and its sense before it is used."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

FORMAT = "regretcheck certificate 1"
MOST_BYTES = 1 << 20
MOST_WORK = 500_000_000
"""Nodes of formulas evaluated at one precision: all nodes x rounds x coordinates x noise paths."""
SHOWN = {
    "linear": {"CONVEX_LOSSES", "COMPACT_SET"},
    "descent": {
        "SMOOTH_LOSS", "MINIMUM_KNOWN", "FIXED_LOSS", "UNBIASED_ORACLE", "UNCONSTRAINED", "SEPARABLE_SET",
    },
}  # fmt: skip
"""The properties that every game of a kind has once it is read; a box is a SEPARABLE_SET too."""

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,399})(/[1-9][0-9]{0,399})?")
_NAME = re.compile(r"[A-Za-z](_?[A-Za-z0-9])*")
Part = Callable[[Any, str], Any]


class Refused(ValueError):
    """The file is no certificate; the message says where and why."""


def read(raw: bytes) -> dict[str, Any]:
    """The certificate with exact numbers and parsed formulas, or Refused."""
    if len(raw) > MOST_BYTES:
        raise Refused(f"the file has {len(raw)} bytes, more than {MOST_BYTES}")
    try:
        content = json.loads(raw, object_pairs_hook=_once, parse_float=_inexact, parse_constant=_inexact)
    except Refused:
        raise
    except (ValueError, RecursionError) as error:
        raise Refused(f"the file is no JSON: {str(error)[:200]}") from None
    game = content.get("game") if isinstance(content, dict) else None
    kind = game.get("kind") if isinstance(game, dict) else None
    if kind not in ("linear", "descent"):
        raise Refused("`game.kind` must be 'linear' or 'descent'")
    file: dict[str, Any] = _record(**_CERTIFICATE, game=_record(**_GAMES[kind]))(content, "")
    file["game"] |= {"kind": kind, "d": len(file["game"]["start"])}
    (_check_linear if kind == "linear" else _check_descent)(file["game"])
    claim, names = file["claim"], file["algorithm"]["parameters"]
    if claim["lhs_at_least"] <= claim["rhs_at_most"]:
        raise Refused("`claim` claims no violation: lhs_at_least must exceed rhs_at_most")
    shown = SHOWN[kind] | ({"SEPARABLE_SET"} if "box" in file["game"].get("set", {}) else set())
    if missing := set(file["statement"]["requires"]) - shown:
        raise Refused(f"`statement.requires` asks for {min(missing)}, which this game does not show")
    if set(file["game"]["parameters"]) != set(names) or len(set(names)) != len(names):
        raise Refused("`game.parameters` must give one number for each of `algorithm.parameters`")
    rounds, letters = file["game"]["horizon"], len(file["game"].get("letters", "1"))
    # A path more than 64 letters long is beyond the limit, whatever the formulas.
    work = sum(sizes(file)) * rounds * file["game"]["d"] * letters ** min(rounds, 64)
    if work > MOST_WORK:
        raise Refused(f"the replay takes {work} steps, more than {MOST_WORK}; find a shorter game")
    return file


def sizes(value: Any) -> list[int]:
    """The number of nodes of every formula inside a part of the file."""
    if isinstance(value, ast.AST):
        return [sum(1 for _ in ast.walk(value))]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [size for part in inner for size in sizes(part)]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise Refused(f"a key stands twice in {sorted(key[:30] for key, _ in pairs)[:10]}")
    return dict(pairs)


def _inexact(number: str) -> Any:
    raise Refused(f'{number[:40]} is a float; write exact rationals as text, such as "1/10"')


def _record(**parts: Part) -> Part:
    def parse(value: Any, where: str) -> Any:
        if not isinstance(value, dict) or set(value) != set(parts):
            got = sorted(key[:30] for key in value) if isinstance(value, dict) else type(value).__name__
            raise Refused(f"`{where[1:] or 'certificate'}` must have the fields {sorted(parts)}, got {got}")
        return {key: part(value[key], f"{where}.{key}") for key, part in parts.items()}

    return parse


def _list(part: Part, least: int = 0, most: int = 20_000) -> Part:
    def parse(value: Any, where: str) -> Any:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise Refused(f"`{where[1:]}` must be a list of {least} to {most} entries")
        return [part(entry, f"{where}[{k}]") for k, entry in enumerate(value)]

    return parse


def _map(part: Part) -> Part:
    def parse(value: Any, where: str) -> Any:
        if not isinstance(value, dict) or len(value) > 100:
            raise Refused(f"`{where[1:]}` must be an object of at most 100 names")
        return {_name(key, where): part(entry, f"{where}.{key[:40]}") for key, entry in value.items()}

    return parse


def _matching(pattern: re.Pattern[str], what: str, make: Callable[[str], Any]) -> Part:
    def parse(value: Any, where: str) -> Any:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Refused(f"`{where[1:]}` = {str(value)[:60]!r} must be {what}")
        return make(value)

    return parse


def _formula(value: Any, where: str) -> Any:
    if not isinstance(value, str) or len(value) > 4000:
        raise Refused(f"`{where[1:]}` must be a formula of at most 4000 characters")
    try:
        tree = ast.parse(value.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Refused(f"`{where[1:]}` = {value[:60]!r} is no formula: {str(error)[:100]}") from None
    if _depth(tree) > 60:
        raise Refused(f"`{where[1:]}` nests more than 60 deep; name its parts as lines")
    return tree


def _depth(tree: ast.AST) -> int:
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in ast.iter_child_nodes(node)]
    return deepest


def _horizon(value: Any, where: str) -> Any:
    if type(value) is not int or not 1 <= value <= 10**8:
        raise Refused(f"`{where[1:]}` = {str(value)[:60]} must be a whole number from 1 to 10^8")
    return value


_number = _matching(_NUMBER, "a rational of at most 400 digits, such as '-2/5'", Fraction)
_name = _matching(_NAME, "a name of letters, digits and single underscores", str)
_words = _matching(re.compile(r"[^\n]{0,300}"), "one line of text", str)
_point = _list(_number, 1, 1000)
_pair = _list(_number, 2, 2)
_line = _record(
    name=_name, vector=lambda value, where: bool(_one_of(value, where, (True, False))), formula=_formula
)


def _one_of(value: Any, where: str, values: tuple[Any, ...]) -> Any:
    if not any(value is known or (isinstance(known, str) and value == known) for known in values):
        raise Refused(f"`{where[1:]}` = {str(value)[:60]!r} must be one of {values}")
    return value


def _set(value: Any, where: str) -> Any:
    kind = "box" if isinstance(value, dict) and "box" in value else "segment"
    return _record(**{kind: _list(_point, 2, 2)})(value, where)


_CERTIFICATE: dict[str, Part] = {
    "format": lambda value, where: _one_of(value, where, (FORMAT,)),
    "title": _words,
    "statement": _record(
        theorem=_words, reading=_words, lhs=_formula, rhs=_formula, assumptions=_list(_formula),
        requires=_list(_name), letters=_list(_record(name=_name, formula=_formula)),
    ),
    "algorithm": _record(
        name=_words, parameters=_list(_name), ranges=_list(_formula), lines=_list(_line), point=_formula,
        metric=_formula, initial=_map(_formula),
    ),
    "claim": _record(lhs_at_least=_number, rhs_at_most=_number),
}  # fmt: skip
_GAMES: dict[str, dict[str, Part]] = {
    "linear": {
        "kind": _words, "parameters": _map(_number), "set": _set, "start": _point, "lead": _list(_point),
        "pattern": _list(_point, 1), "norms": _pair, "horizon": _horizon, "comparator": _point,
    },
    "descent": {
        "kind": _words, "parameters": _map(_number), "knots": _list(_pair, 1, 1000), "outside": _pair,
        "start": _point, "letters": _list(_record(noise=_point, probability=_number), 1, 100),
        "horizon": _horizon,
    },
}  # fmt: skip


def _check_linear(game: dict[str, Any]) -> None:
    d = game["d"]
    (kind, ends), rows = next(iter(game["set"].items())), [*game["lead"], *game["pattern"]]
    if any(len(part) != d for part in (*ends, *rows, game["comparator"])):
        raise Refused(f"every point and every gradient must have {d} coordinates, as `game.start` has")
    if any(a > b for a, b in zip(*ends, strict=True)) if kind == "box" else ends[0] == ends[1]:
        raise Refused(f"`game.set` is empty or a point: {kind} {ends}")
    for name in ("start", "comparator"):
        if not _inside(kind, ends, game[name]):
            raise Refused(f"`game.{name}` lies outside `game.set`")
    low, high = game["norms"]
    for row in rows:
        if not low <= sum(map(abs, row)) <= high:
            raise Refused(f"a gradient leaves the declared `game.norms`: ||g||_1 = {sum(map(abs, row))}")


def _inside(kind: str, ends: list[Any], x: list[Fraction]) -> bool:
    if kind == "box":
        return all(a <= u <= b for a, u, b in zip(ends[0], x, ends[1], strict=True))
    k = next(k for k, (a, b) in enumerate(zip(*ends, strict=True)) if a != b)
    s = (x[k] - ends[0][k]) / (ends[1][k] - ends[0][k])
    return 0 <= s <= 1 and all(a + s * (b - a) == u for a, u, b in zip(ends[0], x, ends[1], strict=True))


def _check_descent(game: dict[str, Any]) -> None:
    d, letters, places = game["d"], game["letters"], [k for k, _ in game["knots"]]
    if any(len(letter["noise"]) != d or letter["probability"] <= 0 for letter in letters):
        raise Refused(f"every letter must have {d} coordinates and a probability > 0")
    if sum(letter["probability"] for letter in letters) != 1:
        raise Refused("the probabilities of `game.letters` must sum to 1")
    if any(sum(letter["probability"] * letter["noise"][i] for letter in letters) for i in range(d)):
        raise Refused("the noise of `game.letters` must have mean zero")
    if any(a >= b for a, b in pairwise(places)):
        raise Refused("`game.knots` must stand in increasing order")
    (left, right), first, last = game["outside"], game["knots"][0][1], game["knots"][-1][1]
    if min(left, right) < 0 or (left == 0 and first > 0) or (right == 0 and last < 0):
        raise Refused("the loss is not bounded below: see `game.outside` and the outer knots")
