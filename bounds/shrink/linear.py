"""Simpler games of linear losses: every way in which one may try to make such a game smaller or rounder.

A pass offers changes of fields; most of the games they make violate nothing, some are no simpler, and some
do not even fit together. The driver (`bounds.shrink.shrink`) finds out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from operator import mul
from typing import Any

from bounds.certify.game import ExactBox, ExactSegment, LinearGame, Point
from bounds.shrink.complexity import TEXTBOOK, rounder

Changes = Mapping[str, Any]
"""Fields of a game and their new values."""
EXPLICIT = 64
"""Up to so many rounds the rows are tried one by one."""

LOUD = tuple(map(Fraction, ("1", "2", "3", "5", "10", "1/2", "1/3", "2/5", "1/4", "1/5", "1/10")))
"""Sizes of the largest number of a stream that are tried."""


def fewer_rounds(game: LinearGame, keep: frozenset[str]) -> Iterator[Changes]:
    """Stop earlier; leave out rounds."""
    T = game.horizon
    tried = [*range(1, min(T, 9)), T // 2, 3 * T // 4, 7 * T // 8, 15 * T // 16]
    tried += [T - len(game.pattern), T - 2, T - 1]
    for horizon in dict.fromkeys(t for t in tried if 1 <= t < T):
        yield {"horizon": horizon}
    if T <= EXPLICIT:
        rows = game.rows
        for length in dict.fromkeys((T // 2, T // 4, 2, 1)):
            for first in range(0, T - length + 1, max(1, length)):
                left = rows[:first] + rows[first + length :]
                if length and left:
                    yield {"lead": (), "pattern": left, "horizon": len(left)}


def fewer_and_louder(game: LinearGame, keep: frozenset[str]) -> Iterator[Changes]:
    """Fewer rounds or coordinates and a stream of another size at once: where one alone goes too far."""
    for changes in (*fewer_rounds(game, keep), *fewer_coordinates(game, keep)):
        streams = {name: changes.get(name, getattr(game, name)) for name in ("lead", "pattern")}
        largest = max(abs(q) for rows in streams.values() for row in rows for q in row)
        for size in LOUD if largest > 0 else ():
            louder = {
                name: tuple(tuple(size / largest * q for q in row) for row in rows)
                for name, rows in streams.items()
            }
            yield {**changes, **louder}


def fewer_coordinates(game: LinearGame, keep: frozenset[str]) -> Iterator[Changes]:
    """Leave one coordinate out."""
    for i in range(game.dimension if game.dimension > 1 else 0):

        def cut(x: Point, i: int = i) -> Point:
            return x[:i] + x[i + 1 :]

        yield {
            "feasible": _mapped(game, cut), "start": cut(game.start), "lead": tuple(map(cut, game.lead)),
            "pattern": tuple(map(cut, game.pattern)),
        }  # fmt: skip


def simpler_pattern(game: LinearGame, keep: frozenset[str]) -> Iterator[Changes]:
    """A constant stream, a short period, a short lead before it, or one magnitude only."""
    rows = game.rows if game.horizon <= EXPLICIT else (*game.lead, *game.pattern)
    for row in dict.fromkeys(rows):
        yield {"lead": (), "pattern": (row,)}
    if game.horizon > EXPLICIT:
        return
    for total in range(2, len(game.lead) + len(game.pattern) + 1):
        for led in range(total):
            yield {"lead": rows[:led], "pattern": rows[led:total] or rows[:1]}
    sizes = sorted({abs(q) for row in rows for q in row if q != 0})
    for size in sizes:
        even = tuple(tuple(size * ((q > 0) - (q < 0)) for q in row) for row in game.pattern)
        lead = tuple(tuple(size * ((q > 0) - (q < 0)) for q in row) for row in game.lead)
        yield {"lead": lead, "pattern": even}


def simpler_set(game: LinearGame, keep: frozenset[str]) -> Iterator[Changes]:
    """The usual boxes, an end or the middle for the start, and the whole game in another unit of length."""
    if isinstance(game.feasible, ExactBox):
        sides = [high - low for low, high in zip(game.feasible.lower, game.feasible.upper, strict=True)]
        for low, high in ((-1, 1), (0, 1)):
            box = ExactBox((Fraction(low),) * game.dimension, (Fraction(high),) * game.dimension)
            # From the same place in the new box, and in the unit of length that goes with it.
            place = tuple(
                low + (high - low) * (u - a) / side if side else Fraction(high)
                for u, a, side in zip(game.start, game.feasible.lower, sides, strict=True)
            )
            yield {"feasible": box, "start": place}
            if "alpha" in game.parameters and "alpha" not in keep and max(sides) > 0:
                scaled = {**game.parameters, "alpha": game.parameters["alpha"] * (high - low) / max(sides)}
                yield {"feasible": box, "start": place, "parameters": scaled}
    else:
        first, last = ([Fraction(i == k) for i in range(game.dimension)] for k in (0, game.dimension - 1))
        between_axes = ExactSegment(tuple(first if game.dimension > 1 else [Fraction(0)]), tuple(last))
        for end in between_axes.extreme_points():
            yield {"feasible": between_axes, "start": end}
    for corner in game.feasible.extreme_points():
        yield {"start": corner}


def simpler_parameters(game: LinearGame, keep: frozenset[str]) -> Iterator[Changes]:
    """Textbook values, then rounder ones."""
    for name, value in game.parameters.items():
        if name not in keep:
            for tried in (*TEXTBOOK.get(name, ()), *rounder(value)):
                if tried != value:
                    yield {"parameters": {**game.parameters, name: tried}}


def rounder_numbers(game: LinearGame, keep: frozenset[str]) -> Iterator[Changes]:
    """The stream in another unit; equal numbers together; numbers one by one; the ends of the set."""
    rows = (*game.lead, *game.pattern)
    entries = list(dict.fromkeys(abs(q) for row in rows for q in row if q != 0))
    for size in entries:
        for target in (Fraction(1), *rounder(size)[:4]):
            if target > 0:
                yield _each(game, partial(mul, target / size))
    yield _mirrored(game)
    for size in entries:
        for target in rounder(size):
            yield _each(game, partial(_resized, size, target))
    for k, row in enumerate(rows[:EXPLICIT]):
        for i, q in enumerate(row):
            for target in rounder(q):
                changed = (*row[:i], target, *row[i + 1 :])
                new = (*rows[:k], changed, *rows[k + 1 :])
                yield {"lead": new[: len(game.lead)], "pattern": new[len(game.lead) :]}
    for i, u in enumerate(game.start):
        for target in rounder(u):
            yield {"start": (*game.start[:i], target, *game.start[i + 1 :])}
    for value in dict.fromkeys(q for x in game.feasible.extreme_points() for q in x):
        for target in rounder(value):

            def moved(x: Point, value: Fraction = value, target: Fraction = target) -> Point:
                return tuple(target if q == value else q for q in x)

            yield {"feasible": _mapped(game, moved), "start": moved(game.start)}


PASSES: tuple[Callable[[LinearGame, frozenset[str]], Iterator[Changes]], ...] = (
    fewer_rounds, fewer_coordinates, simpler_pattern, simpler_set, simpler_parameters, rounder_numbers,
    fewer_and_louder,
)  # fmt: skip


def _resized(size: Fraction, target: Fraction, q: Fraction) -> Fraction:
    """q with the size `target` where its size is `size`."""
    return q if abs(q) != size else target if q > 0 else -target


def _mapped(game: LinearGame, change: Callable[[Point], Point]) -> ExactBox | ExactSegment:
    """The set with its ends changed, or the set itself where that would be empty or a point."""
    try:
        return type(game.feasible)(*map(change, game.feasible.ends))
    except ValueError:
        return game.feasible


def _each(game: LinearGame, change: Callable[[Fraction], Fraction]) -> Changes:
    """Every number of the stream changed."""
    return {
        name: tuple(tuple(change(q) for q in row) for row in getattr(game, name))
        for name in ("lead", "pattern")
    }


def _mirrored(game: LinearGame) -> Changes:
    """The game in the mirror at the middle of the set: the same set, g -> -g."""
    start = tuple(a + b - u for a, b, u in zip(*game.feasible.ends, game.start, strict=True))
    return {**_each(game, partial(mul, Fraction(-1))), "start": start}


__all__ = ["PASSES", "Changes"]
