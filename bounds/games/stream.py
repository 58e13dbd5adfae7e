"""Streams of gradients as blocks: a pattern of rows, played a number of times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, repeat
from typing import Any

from bounds.games.rationals import Point, points, texts
from theory.borders import items, whole

Rows = tuple[Point, ...]
SHORT = 256
"""The most rounds of a block that are compared row by row with its neighbours."""
LONGEST_PERIOD = 64
"""The longest period that is looked for in rows."""


@dataclass(frozen=True)
class Block:
    """The rows of a pattern, played in this order, and so on a number of times.

    Args:
        pattern: Rows of d exact numbers, at least one.
        times: At least 1.

    Raises:
        ValueError: The pattern is empty or the count is not positive.
    """

    pattern: Rows
    times: int = 1

    def __post_init__(self) -> None:
        """Make the numbers exact."""
        object.__setattr__(self, "pattern", points(self.pattern, "pattern"))
        whole("times", self.times, least=1)
        if not self.pattern:
            raise ValueError("`pattern` has no rows; give at least one gradient")

    @property
    def rounds(self) -> int:
        """The number of rounds that it lasts."""
        return self.times * len(self.pattern)

    def until(self, rounds: int) -> Blocks:
        """Its first rounds, at most as many as it has: whole patterns, and then what begins another."""
        times, rest = divmod(min(rounds, self.rounds), len(self.pattern))
        whole_ones = (Block(self.pattern, times),) if times else ()
        return (*whole_ones, Block(self.pattern[:rest])) if rest else whole_ones


Blocks = tuple[Block, ...]


def cyclic(pattern: object, horizon: int, lead: object = ()) -> Blocks:
    """The rows of `lead` once, then those of `pattern` again and again, `horizon` rounds in all."""
    whole("horizon", horizon, least=1)
    first, again = points(lead, "lead"), Block(points(pattern, "pattern"))
    led = Block(first).until(horizon) if first else ()
    rest = horizon - length(led)
    return (*led, *Block(again.pattern, rest // len(again.pattern) + 1).until(rest))


def length(blocks: Iterable[Block]) -> int:
    """The number of rounds of a stream."""
    return sum(block.rounds for block in blocks)


def first_rounds(blocks: Blocks, horizon: int) -> Blocks:
    """The stream up to a round, at least 1."""
    kept, left = list[Block](), whole("horizon", horizon, least=1)
    for block in blocks:
        kept += block.until(left)
        left = max(0, left - block.rounds)
    return tuple(kept)


def rows_of(blocks: Iterable[Block]) -> Iterator[Point]:
    """g_1, g_2, ..."""
    return chain.from_iterable(pattern for block in blocks for pattern in repeat(block.pattern, block.times))


def stream_text(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """A stream as a certificate writes it."""
    return [{"times": b.times, "pattern": [texts(row) for row in b.pattern]} for b in blocks]


def compressed(blocks: Sequence[Block]) -> Blocks:
    """The same rounds in few blocks.

    A pattern that is played once, and a block of up to `SHORT` rounds, are written out and searched for
    periods together with their neighbours. A longer block keeps its pattern, cut to its shortest period, and
    takes in the patterns that continue it on either side.
    """
    found: list[Block] = []
    blocks = items("blocks", blocks, Block, "a Block")
    rounds = length(blocks)
    for written_out, part in groupby(blocks, key=lambda b: b.times == 1 or b.rounds <= SHORT):
        if written_out:
            rows = tuple(rows_of(part))
            if found:
                found[-1], rows = _continued(found[-1], rows)
            found += _folded(rows, alone=len(rows) == rounds)
            continue
        for block in map(_primitive, part):
            times, size = block.times, len(block.pattern)
            while found and found[-1].times == 1 and found[-1].pattern[-size:] == block.pattern:
                found[-1:] = found[-1].until(found[-1].rounds - size)
                times += 1
            if found and found[-1].pattern == block.pattern:
                times += found.pop().times
            found.append(Block(block.pattern, times))
    return tuple(found)


def _continued(block: Block, rows: Rows) -> tuple[Block, Rows]:
    """A block with the whole patterns that follow it, and the rest of the rows."""
    size, more = len(block.pattern), 0
    while rows[more * size : (more + 1) * size] == block.pattern:
        more += 1
    return Block(block.pattern, block.times + more), rows[more * size :]


def _primitive(block: Block) -> Block:
    """The same rounds with the shortest pattern."""
    rows, size = block.pattern, len(block.pattern)
    for period in range(1, size // 2 + 1):
        if size % period == 0 and rows == rows[:period] * (size // period):
            return Block(rows[:period], block.times * size // period)
    return block


def _folded(rows: Rows, *, alone: bool) -> list[Block]:
    """Rows as blocks: from the left the repetition that saves the most rows, else a row as it stands.

    A repetition must save two rows, or be all of a stream that these rows are alone: otherwise a block is
    longer than its rows.
    """
    number: dict[Point, int] = {}
    names = [number.setdefault(row, len(number)) for row in rows]
    again, seen = [len(names)] * len(names), dict[int, int]()
    for k in reversed(range(len(names))):
        again[k], seen[names[k]] = seen.get(names[k], len(names)), k
    found, plain, at = list[Block](), 0, 0
    while at < len(rows):
        tried = _repetitions(names, again, at)
        times, period = max(tried, default=(1, 1), key=lambda r: ((r[0] - 1) * r[1], -r[1]))
        saved, all_of_it = (times - 1) * period, alone and times > 1 and times * period == len(rows)
        if saved < 2 and not all_of_it:
            at += 1
            continue
        found += [Block(rows[plain:at])] if plain < at else []
        found.append(Block(rows[at : at + period], times))
        plain = at = at + times * period
    return [*found, Block(rows[plain:])] if plain < len(rows) else found


def _repetitions(names: list[int], again: list[int], at: int) -> Iterator[tuple[int, int]]:
    """How often the next rows repeat, for each period; again: where the row at a place occurs next."""
    other = again[at]
    while other < len(names) and other - at <= LONGEST_PERIOD:
        period, end = other - at, at
        while end + period < len(names) and names[end] == names[end + period]:
            end += 1
        if end - at >= period:
            yield (end - at) // period + 1, period
        other = again[other]
