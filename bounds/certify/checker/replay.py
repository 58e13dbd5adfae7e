"""Playing a certificate in balls, at a precision that is doubled while a comparison is open."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from bounds.certify.checker.formulas import Program
from bounds.certify.checker.reading import read

PRECISION = 128
HIGHEST_PRECISION = 2048


class Outcome(Enum):
    """What the replay says; the value is the sentence to show."""

    CERTIFIED = "certified: every condition holds and the left side exceeds the right side"
    REFUTED = "refuted: the replay contradicts what the file claims"
    UNDECIDED = "undecided: a comparison is still open at the highest precision"


@dataclass(frozen=True)
class Answer:
    """The outcome, why, the two sides as balls in decimals, the bits of precision, and the time taken."""

    outcome: Outcome
    reason: str
    lhs: str
    rhs: str
    precision: int
    seconds: float


class Undecided(Exception):
    """Two balls overlap that would have to be compared."""


class OutOfRange(Exception):
    """A parameter is not in the range that the algorithm declares."""


def check(raw: bytes, *, precision: int = PRECISION, highest: int = HIGHEST_PRECISION) -> Answer:
    """Replay the certificate in these bytes; Refused where it is none."""
    file = read(raw)
    program = Program(file)
    began, lhs, rhs = time.perf_counter(), "", ""
    while True:
        try:
            left, right, conditions = replay(file, program, precision)
            lhs, rhs = left.str(15), right.str(15)
            outcome, reason = _compare(file["claim"], left, right, conditions)
        except Undecided as overlap:
            outcome, reason = Outcome.UNDECIDED, str(overlap)
        except OutOfRange as problem:
            outcome, reason = Outcome.REFUTED, str(problem)
        if outcome is not Outcome.UNDECIDED or 2 * precision > highest:
            return Answer(outcome, reason, lhs, rhs, precision, time.perf_counter() - began)
        precision *= 2


def replay(file: dict[str, Any], program: Program, precision: int) -> tuple[Any, Any, list[bool]]:
    """Both sides after the last round, and whether each condition holds; raises Undecided."""
    from flint import arb, ctx

    before, ctx.prec = ctx.prec, precision
    try:
        scope: dict[str, Any] = {"arb": arb, **_HELPERS, "__builtins__": {"range": range, "abs": abs}}
        exec(compile(program.source, "<certificate>", "exec"), scope)  # its parts are checked, names prefixed
        game, given = file["game"], _given(file["game"])
        project = _projection(game, given)
        play: Callable[..., Any] = scope["play"]
        mean = largest = outer = None
        for probability, feed in _paths(game):
            inner, of_path = play(given, feed, project)
            share = [probability * value for value in inner]
            mean = share if mean is None else [a + b for a, b in zip(mean, share, strict=True)]
            largest = inner if largest is None else [a.max(b) for a, b in zip(largest, inner, strict=True)]
            outer = outer or of_path  # outside an expectation a statement is held against the first path
        over = zip(program.over_noise, mean or [], largest or [], strict=True)
        result: tuple[Any, Any, list[bool]] = outer(
            [m if kind == "Expectation" else s for (kind, _), m, s in over]
        )  # type: ignore[misc]
        return result
    finally:
        ctx.prec = before


def _compare(claim: dict[str, Any], left: Any, right: Any, conditions: list[bool]) -> tuple[Outcome, str]:
    least, most = _ball(claim["lhs_at_least"]), _ball(claim["rhs_at_most"])
    if not all(conditions):
        return (
            Outcome.REFUTED,
            f"condition {conditions.index(False) + 1} of `statement.assumptions` does not hold",
        )
    if left < least or right > most:
        return Outcome.REFUTED, f"the left side is {left.str(10)}, the right side {right.str(10)}"
    if left >= least and right <= most:
        return Outcome.CERTIFIED, f"the left side is {left.str(10)}, the right side {right.str(10)}"
    undefined = not (left.is_finite() and right.is_finite())
    return Outcome.UNDECIDED, "a side is undefined" if undefined else "a side is too wide a ball"


def _ball(q: Fraction) -> Any:
    from flint import arb, fmpq

    return arb(fmpq(q.numerator, q.denominator))


def _balls(x: list[Fraction]) -> list[Any]:
    return [_ball(u) for u in x]


def _given(game: dict[str, Any]) -> dict[str, Any]:
    """The constants of the game, by the names that formulas use; NaN where the game has no such thing."""
    from flint import arb

    names = dict.fromkeys(("D", "D_2", "L", "f_star"), arb("nan"))
    given = names | {name: _ball(value) for name, value in game["parameters"].items()}
    given |= {
        "T": game["horizon"],
        "d": game["d"],
        "start": _balls(game["start"]),
        "D_i": [arb("nan")] * game["d"],
    }
    if game["kind"] == "linear":
        ends = next(iter(game["set"].values()))
        sides = [abs(b - a) for a, b in zip(*ends, strict=True)]
        given |= {
            "D": _ball(max(sides)),
            "D_2": _ball(sum(s * s for s in sides)).sqrt(),
            "D_i": _balls(sides),
        }
        given["comparator"] = _balls(game["comparator"])
    else:
        pieces = _pieces(game)
        zeros = [(lo, hi, k - y / c) for lo, hi, k, _, y, c in pieces if c != 0]
        rest = [k for k, _ in game["knots"]]
        rest += [z for lo, hi, z in zeros if (lo is None or lo <= z) and (hi is None or z <= hi)]
        least = min(_exact_value(pieces, z) for z in rest)
        given |= {"L": _ball(max(abs(c) for *_, c in pieces)), "f_star": _ball(game["d"] * least)}
    return given


def _projection(game: dict[str, Any], given: dict[str, Any]) -> Callable[..., list[Any]]:
    if game["kind"] == "descent":
        return lambda point: point
    (kind, ends) = next(iter(game["set"].items()))
    begin, end = map(_balls, ends)
    if kind == "box":
        return lambda point: [u.max(a).min(b) for u, a, b in zip(point, begin, end, strict=True)]
    along = [b - a for a, b in zip(begin, end, strict=True)]

    def onto_segment(point: list[Any], metric: list[Any]) -> list[Any]:
        if all(w.is_zero() for w in metric):
            metric = [w + 1 for w in metric]  # no metric yet: the Euclidean projection
        size = sum(w * e * e for w, e in zip(metric, along, strict=True))
        if not size > 0:
            raise Undecided("the metric may vanish along the segment")
        s = sum(w * e * (u - a) for w, e, u, a in zip(metric, along, point, begin, strict=True)) / size
        s = s.max(s * 0).min(s * 0 + 1)
        return [a + s * e for a, e in zip(begin, along, strict=True)]

    return onto_segment


def _paths(game: dict[str, Any]) -> Iterator[tuple[Any, Callable[[int, list[Any]], tuple[Any, Any, Any]]]]:
    """Each path of the noise: its probability, and feed(t, x) -> (g_t, the gradient at x, the loss at x)."""
    if game["kind"] == "linear":
        lead, pattern = map(_balls, game["lead"]), map(_balls, game["pattern"])
        rows, cycle = list(lead), list(pattern)

        def linear(t: int, x: list[Any]) -> tuple[Any, Any, Any]:
            g = rows[t - 1] if t <= len(rows) else cycle[(t - 1 - len(rows)) % len(cycle)]
            return g, g, sum(a * b for a, b in zip(g, x, strict=True))

        yield _ball(Fraction(1)), linear
        return
    pieces = [tuple(None if q is None else _ball(q) for q in piece) for piece in _pieces(game)]
    letters = [(_balls(letter["noise"]), letter["probability"]) for letter in game["letters"]]
    for path in product(letters, repeat=game["horizon"] if len(letters) > 1 else 0):
        probability = Fraction(1)
        for _, p in path:
            probability *= p

        def descent(
            t: int, x: list[Any], path: Any = path or letters * game["horizon"]
        ) -> tuple[Any, Any, Any]:
            found = [_value_and_slope(pieces, u) for u in x]
            df = [slope for _, slope in found]
            return (
                [a + b for a, b in zip(df, path[t - 1][0], strict=True)],
                df,
                sum(value for value, _ in found),
            )

        yield _ball(probability), descent


def _pieces(game: dict[str, Any]) -> list[tuple[Any, Any, Fraction, Fraction, Fraction, Fraction]]:
    """(from, to, knot, value there, slope there, second derivative) of phi, from left to right."""
    (k, y), (left, right), height = game["knots"][0], game["outside"], Fraction(0)
    found: list[Any] = [(None, k, k, height, y, left)]
    for (k, y), (after, y_after) in pairwise(game["knots"]):
        found.append((k, after, k, height, y, (y_after - y) / (after - k)))
        height += (y + y_after) / 2 * (after - k)
    k, y = game["knots"][-1]
    return [*found, (k, None, k, height, y, right)]


def _exact_value(pieces: Any, u: Fraction) -> Fraction:
    k, h, y, c = next(piece[2:] for piece in pieces if piece[1] is None or u <= piece[1])
    value: Fraction = h + y * (u - k) + c * (u - k) ** 2 / 2
    return value


def _value_and_slope(pieces: list[Any], u: Any) -> tuple[Any, Any]:
    """phi and phi' on a ball: the union over every piece that the ball may touch, nothing is decided."""
    touched = [p for p in pieces if not ((p[0] is not None and u < p[0]) or (p[1] is not None and u > p[1]))]
    value: Any = None
    slope: Any = None
    for low, high, k, h, y, c in touched:
        v = u
        if len(touched) > 1:
            v = v if low is None else v.max(low)
            v = v if high is None else v.min(high)
        here, steep = h + (y + c * (v - k) / 2) * (v - k), y + c * (v - k)
        value, slope = (here, steep) if value is None else (value.union(here), slope.union(steep))
    return value, slope


def _certain(a: Any, relation: str, b: Any) -> bool:
    if {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[relation]:
        return True
    if {"<": a >= b, "<=": a > b, ">": a <= b, ">=": a < b}[relation]:
        return False
    raise Undecided(f"whether {a.str(8)} {relation} {b.str(8)} is open")


def _product(u: Any, count: int) -> Any:
    """u^count by multiplication: the library's power of a ball around 0 is not a number."""
    power = u
    for _ in range(count - 1):
        power = power * u
    return power


def _within(ranges: list[bool]) -> None:
    if not all(ranges):
        raise OutOfRange(f"condition {ranges.index(False) + 1} of `algorithm.ranges` does not hold")


def _sign(u: Any) -> Any:
    if u.is_zero() or u > 0 or u < 0:
        return u.sgn()
    raise Undecided(f"the sign of {u.str(8)} is open")


def _pinv(w: Any) -> Any:
    if w.is_zero():
        return w
    if w > 0 or w < 0:
        return 1 / w
    raise Undecided(f"whether {w.str(8)} is 0 is open")


def _largest(values: list[Any]) -> Any:
    first, *rest = values
    for value in rest:
        first = first.max(value)
    return first


_HELPERS = {
    "certain": _certain, "within": _within, "sign": _sign, "pinv": _pinv, "SumCoords": sum,
    "MaxCoords": _largest, "product": _product,
}  # fmt: skip
