"""Simpler games of linear losses: all attempts to make such a game smaller or rounder.

A pass offers changes of fields. Most of the resulting games violate nothing, some are not simpler, and some
are not even consistent; the driver (`bounds.shrinker.shrink`) checks them.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from math import gcd, lcm
from operator import mul
from typing import Any

from bounds.games import Block, ExactBox, ExactPolytope, ExactSegment, ExactSet, LinearGame, Point, cyclic
from bounds.games.stream import Blocks, first_rounds
from bounds.shrinker.complexity import TEXTBOOK, rounder
from bounds.shrinker.rows import merged, shorter, without_some

Changes = Mapping[str, Any]
"""The changed fields of a game with their new values."""
EXPLICIT = 64
"""The most rounds at which rows are tried one by one and two changes at once, since a replay is quick."""
FEW = 12
"""The most rounds and rows at which every first row and period is tried, or another parameter as well."""
LOUD = tuple(map(Fraction, ("1", "2", "3", "5", "10", "1/2", "1/3", "2/5", "1/4", "1/5", "1/10")))
"""The sizes to try for the largest number of a stream."""
FACTORS = tuple(map(Fraction, ("1/1000", "1/100", "1/10", "1/2", "2", "10")))
"""The changes of a parameter that may compensate for a lost round."""


def fewer_rounds(game: LinearGame) -> Iterator[Changes]:
    """Stop early; start later or leave out rounds of a short game. The driver bisects the horizon."""
    T = game.horizon
    for horizon in shorter(T) if T <= EXPLICIT else range(1, 9):
        yield {"blocks": first_rounds(game.blocks, horizon)}
    if T > EXPLICIT:
        return
    rows = game.rows
    for fewer in (*(rows[k:] for k in range(1, T)), *without_some(rows)):
        yield {"blocks": (Block(fewer),)}


def fewer_and_louder(game: LinearGame) -> Iterator[Changes]:
    """Fewer rounds or coordinates, a textbook parameter or a longer set, and a stream of another size.

    For cases where either change alone goes too far.
    """
    if game.horizon > EXPLICIT:
        return
    longer = [_lengths(game, Fraction(factor)) for factor in (2, 3)]
    smaller = (*fewer_rounds(game), *fewer_coordinates(game), *_textbook(game), *longer)
    for changes in smaller:
        blocks = changes.get("blocks", game.blocks)
        of = len(changes.get("start", game.start))
        largest = max(abs(q) for block in blocks for row in block.pattern for q in row[:of])
        for size in LOUD if largest > 0 else ():
            yield {**changes, **_each(blocks, of, partial(mul, size / largest))}


def fewer_at_another_parameter(game: LinearGame) -> Iterator[Changes]:
    """Fewer rounds and a parameter much smaller or larger at once, in a game of few rounds."""
    for changes in fewer_rounds(game) if game.horizon <= FEW else ():
        for name, value in game.parameters.items():
            for factor in FACTORS if value != 0 else ():
                yield {**changes, "parameters": {**game.parameters, name: value * factor}}


def fewer_coordinates(game: LinearGame) -> Iterator[Changes]:
    """Leave one coordinate out."""
    for i in range(game.dimension if game.dimension > 1 else 0):

        def cut(row: Point, i: int = i) -> Point:
            return tuple(q for k, q in enumerate(row) if k % game.dimension != i)

        yield {
            "feasible": _or_same(game, partial(game.feasible.without, i)),
            "start": cut(game.start),
            "blocks": _rows(game.blocks, cut),
        }


def simpler_pattern(game: LinearGame) -> Iterator[Changes]:
    """A constant stream, one spike before it, fewer phases or shorter periods, fewer rows, one magnitude."""
    T = game.horizon
    rows = game.rows if T <= EXPLICIT else game.gradients
    kinds = list(dict.fromkeys(rows))[:EXPLICIT]
    for row in kinds:
        yield {"blocks": (Block((row,), T),)}
    for spike in dict.fromkeys((rows[0], max(rows, key=lambda row: sum(map(abs, row))))):
        for row in kinds:
            yield {"blocks": cyclic((row,), T, (spike,))}
    for k in range(len(game.blocks)):
        yield from ({"blocks": blocks} for blocks in _shorter_part(game.blocks, k))
    # The first row of a phase represents the whole phase.
    for total in range(2, min(len(rows), FEW) + 1):
        for led in range(total):
            yield {"blocks": cyclic(rows[led:total], T, rows[:led])}
    for size in sorted({abs(q) for row in kinds for q in row[: game.dimension] if q != 0}):
        yield _gradients(game, lambda q, size=size: size * ((q > 0) - (q < 0)))  # type: ignore[misc]


def _shorter_part(blocks: Blocks, k: int) -> Iterator[Blocks]:
    """The k-th block with a shorter or simpler pattern in the same rounds.

    If the pattern is played once, the longest of the other blocks may instead take the rounds left free.
    """
    block = blocks[k]
    others = [j for j, other in enumerate(blocks) if j != k and other.times > 1]
    longest = max(others, key=lambda j: blocks[j].rounds, default=None)
    for neighbour in (*blocks[max(0, k - 1) : k], *blocks[k + 1 : k + 2]):
        yield (*blocks[:k], *cyclic(neighbour.pattern, block.rounds), *blocks[k + 1 :])
    lengths = (block.pattern[:length] for length in shorter(len(block.pattern)))
    for pattern in (*lengths, *without_some(block.pattern), *merged(block.pattern)):
        yield (*blocks[:k], *cyclic(pattern, block.rounds), *blocks[k + 1 :])
        if block.times == 1 and longest is not None:
            rounds = blocks[longest].rounds + block.rounds - len(pattern)
            changed = {k: (Block(pattern),), longest: cyclic(blocks[longest].pattern, rounds)}
            yield tuple(b for j, old in enumerate(blocks) for b in changed.get(j, (old,)))


def simpler_set(game: LinearGame) -> Iterator[Changes]:
    """The usual boxes, an end or the middle for the start, and the whole game in another unit of length."""
    if isinstance(game.feasible, ExactBox):
        lower, upper = game.feasible.ends
        sides = [high - low for low, high in zip(lower, upper, strict=True)]
        for low, high in ((-1, 1), (0, 1)):
            box = ExactBox((Fraction(low),) * game.dimension, (Fraction(high),) * game.dimension)

            # From the same place in the new box, and in its unit of length.
            def placed(point: Point, low: int = low, high: int = high) -> Point:
                ends = zip(point, lower, sides, strict=True)
                return tuple(low + (high - low) * (u - a) / s if s else Fraction(high) for u, a, s in ends)

            inside = {"feasible": box, "start": placed(game.start), **_points(game, placed)}
            yield inside
            if "alpha" in game.parameters and max(sides) > 0:
                scaled = {**game.parameters, "alpha": game.parameters["alpha"] * (high - low) / max(sides)}
                yield {**inside, "parameters": scaled}
    elif isinstance(game.feasible, ExactSegment):
        first, last = ([Fraction(i == k) for i in range(game.dimension)] for k in (0, game.dimension - 1))
        between_axes = ExactSegment(tuple(first if game.dimension > 1 else [Fraction(0)]), tuple(last))
        for end in between_axes.extreme_points():
            yield {"feasible": between_axes, "start": end}
    elif isinstance(game.feasible, ExactPolytope):
        for k in range(len(game.feasible.corners)):
            fewer = game.feasible.corners[:k] + game.feasible.corners[k + 1 :]
            yield {"feasible": _or_same(game, partial(ExactPolytope, fewer))}
    corners = game.feasible.extreme_points()
    for start in (*corners, game.feasible.centre):
        yield {"start": start}
    for point in dict.fromkeys(row[game.dimension :] for row in game.gradients if game.moving):
        for other in (*corners, game.start):
            yield _points(game, lambda p, point=point, other=other: other if p == point else p)  # type: ignore[misc]
    for size in dict.fromkeys(abs(q) for x in corners for q in x if q != 0):
        yield _lengths(game, 1 / size)
        if "alpha" in game.parameters:
            scaled = {**game.parameters, "alpha": game.parameters["alpha"] / size}
            yield {**_lengths(game, 1 / size), "parameters": scaled}


def simpler_parameters(game: LinearGame) -> Iterator[Changes]:
    """Textbook parameters, then rounder ones."""
    yield from _textbook(game)
    for name, value in game.parameters.items():
        for tried in rounder(value):
            yield {"parameters": {**game.parameters, name: tried}}


def rounder_numbers(game: LinearGame) -> Iterator[Changes]:
    """The stream in another unit; equal numbers together; numbers one by one; the ends of the set."""
    rows, blocks = game.gradients, game.blocks
    numbers = [q for row in rows for q in row[: game.dimension]]
    entries = list(dict.fromkeys(abs(q) for q in numbers if q != 0))
    for size in entries:
        for target in (Fraction(1), *rounder(size)[:4]):
            if target > 0:
                yield _gradients(game, partial(mul, target / size))
    if entries:
        whole = Fraction(lcm(*(q.denominator for q in entries)), gcd(*(q.numerator for q in entries)))
        yield _gradients(game, partial(mul, whole))
        longer = _lengths(game, whole)
        yield {**longer, **_each(longer.get("blocks", blocks), game.dimension, partial(mul, whole))}
    yield from _mirrored(game)
    for change, values in ((_resized, entries), (_replaced, dict.fromkeys(numbers))):
        for value in values:
            for target in rounder(value):
                yield _gradients(game, partial(change, value, target))
    places = [(k, n) for k, block in enumerate(blocks) for n in range(len(block.pattern))]
    for k, n in places[:EXPLICIT]:
        pattern = blocks[k].pattern
        for i, q in enumerate(pattern[n]):
            for target in rounder(q):
                row = (*pattern[n][:i], target, *pattern[n][i + 1 :])
                changed = Block((*pattern[:n], row, *pattern[n + 1 :]), blocks[k].times)
                yield {"blocks": (*blocks[:k], changed, *blocks[k + 1 :])}
    for i, u in enumerate(game.start):
        for target in rounder(u):
            yield {"start": (*game.start[:i], target, *game.start[i + 1 :])}
    for value in dict.fromkeys(game.feasible.numbers()):
        for target in rounder(value):
            yield _moved(game, partial(_replaced, value, target))


PASSES: tuple[Callable[[LinearGame], Iterator[Changes]], ...] = (
    fewer_rounds, fewer_coordinates, simpler_pattern, simpler_set, simpler_parameters, rounder_numbers,
    fewer_and_louder, fewer_at_another_parameter,
)  # fmt: skip


def _textbook(game: LinearGame) -> Iterator[Changes]:
    """One parameter with a textbook value."""
    for name in game.parameters:
        for value in TEXTBOOK.get(name, ()):
            yield {"parameters": {**game.parameters, name: value}}


def _resized(size: Fraction, target: Fraction, q: Fraction) -> Fraction:
    """q with the size `target` where its size is `size`."""
    return q if abs(q) != size else target if q > 0 else -target


def _replaced(value: Fraction, target: Fraction, q: Fraction) -> Fraction:
    return target if q == value else q


def _or_same(game: LinearGame, change: Callable[[], ExactSet]) -> ExactSet:
    """Another set, or the set itself if the other would be empty or a point."""
    try:
        return change()
    except ValueError:
        return game.feasible


def _rows(blocks: Blocks, change: Callable[[Point], Point]) -> Blocks:
    """Every row of the stream changed."""
    return tuple(Block(tuple(map(change, block.pattern)), block.times) for block in blocks)


def _each(blocks: Blocks, dimension: int, change: Callable[[Fraction], Fraction]) -> Changes:
    """Every number of the gradients changed; the points that follow them stay."""
    return {"blocks": _rows(blocks, lambda row: (*map(change, row[:dimension]), *row[dimension:]))}


def _gradients(game: LinearGame, change: Callable[[Fraction], Fraction]) -> Changes:
    """Every number of the game's gradients changed."""
    return _each(game.blocks, game.dimension, change)


def _points(game: LinearGame, change: Callable[[Point], Point]) -> Changes:
    """Every point z_t changed; nothing if there are none."""
    d = game.dimension
    return {"blocks": _rows(game.blocks, lambda row: (*row[:d], *change(row[d:])))} if game.moving else {}


def _moved(game: LinearGame, change: Callable[[Fraction], Fraction]) -> Changes:
    """Every number of the set, of the start and of the points changed."""

    def changed(point: Point) -> Point:
        return tuple(map(change, point))

    feasible = _or_same(game, partial(game.feasible.changed, change))
    return {"feasible": feasible, "start": changed(game.start), **_points(game, changed)}


def _lengths(game: LinearGame, factor: Fraction) -> Changes:
    """The set, the start and the points, larger by this factor."""
    return _moved(game, partial(mul, factor))


def _mirrored(game: LinearGame) -> Iterator[Changes]:
    """The game mirrored at the centre of the set, if it is symmetric: the same set, g -> -g."""
    start = game.feasible.mirrored(game.start)
    if start is not None:
        points = _points(game, lambda point: game.feasible.mirrored(point) or point)
        blocks = points.get("blocks", game.blocks)
        yield {**_each(blocks, game.dimension, partial(mul, Fraction(-1))), "start": start}
