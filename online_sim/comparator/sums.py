"""The cumulative loss at every checkpoint: the ways to sum the rounds of a stream.

Where there are links, all rows are laid out once, in the order in which they are first played, and a
checkpoint is the head of that table.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.cumulative import Cumulative
from online_sim.comparator.parts import EPS, QuadraticCoordinates
from online_sim.comparator.tables import CompressedTable, Table, as_table, stacked
from online_sim.sparse_rows import SparseRows
from online_sim.streams.base import Stream

Array = NDArray[np.float64]
Rounds = NDArray[np.int64]
LabelledRows = tuple[Table, Array]
Make = Callable[[SparseRows | Array | Table, Array, Array], Cumulative | None]
"""F of rows (vectors, labels, weights), None where all weights are 0."""
Sums = Iterator[Cumulative | None]
"""F at every checkpoint, None as long as all weights are 0."""
BLOCK_NUMBERS = 1 << 18
"""Rows are fetched in blocks of about this many numbers."""
FEW_ROUNDS = 8
"""Rounds are counted one by one where this many times as many are fewer than the rows."""
REPEATED = 0.1
"""The share of equal rows in a table from which on they are counted as one."""


def fixed_sums(make: Make, rows: LabelledRows, ends: Rounds, weights: Array | None) -> Sums:
    """Of a function that is the same in every round."""
    count = len(rows[1])
    for end in ends:
        total = float(end) if weights is None else float(np.sum(weights[:end], dtype=np.longdouble))
        yield make(*rows, np.full(count, total / count))


def table_sums(
    make: Make, stream: Stream, table: LabelledRows, ends: Rounds, weights: Array | None, *, links: bool
) -> Sums:
    """Of a stream over a finite table, from the total weight of every row."""
    rows, labels = table
    whole, place = None, np.arange(len(labels))
    if links:
        leader = _leaders(rows, labels)
        order = _order(stream, leader, int(ends[-1]), weights)
        if not np.array_equal(order, place):
            rows, labels = rows.taken(order), labels[order]
            place[order] = np.arange(len(order))
            place = place[leader]
        whole = make(rows, labels, np.ones(len(labels)))
    # Extended precision: the total of a row is then right to one rounding whatever the number of rounds.
    totals, count = np.zeros(len(labels), dtype=np.longdouble), 0
    for start, stop, checkpoint in _pieces(ends, BLOCK_NUMBERS):
        index, w = stream.block(start, stop).index, None
        if weights is not None:
            w = weights[start:stop]
            index, w = index[w > 0.0], w[w > 0.0]
        index = place[index]
        if w is None and FEW_ROUNDS * len(index) > len(totals):
            totals += np.bincount(index, minlength=len(totals))
        else:
            np.add.at(totals, index, 1.0 if w is None else w)
        count = max(count, int(index.max(initial=-1)) + 1)
        if not checkpoint:
            continue
        if not links:
            yield make(rows, labels, totals.astype(np.float64))
            continue
        played = totals[:count].astype(np.float64)
        plain = bool(np.all(played == 1.0))
        yield None if whole is None or not count else whole.head(count, None if plain else played)


def _leaders(rows: Table, labels: Array) -> Rounds:
    """For each row of a table the one that stands for it, itself where few rows are equal."""
    alone = np.arange(len(labels))
    if not isinstance(rows, CompressedTable):
        return alone
    leaders = rows.leaders(labels)
    return leaders if np.count_nonzero(leaders != alone) >= REPEATED * len(labels) else alone


def _order(stream: Stream, leader: Rounds, last: int, weights: Array | None) -> Rounds:
    """The rows of a table that count up to the last round, in the order in which they first do."""
    new, parts = np.ones(len(leader), dtype=bool), list[Rounds]()
    left = int(np.count_nonzero(leader == np.arange(len(leader))))
    for start in range(0, last, BLOCK_NUMBERS):
        stop = min(last, start + BLOCK_NUMBERS)
        index = leader[stream.block(start, stop).index]
        index = index[new[index] if weights is None else new[index] & (weights[start:stop] > 0.0)]
        if np.any(np.diff(index) <= 0):
            index = index[np.sort(np.unique(index, return_index=True)[1])]
        parts.append(index)
        new[parts[-1]] = False
        left -= len(parts[-1])
        if left == 0:
            break
    return np.concatenate(parts)


def statistics_sums(make: Make, stream: Stream, ends: Rounds, weights: Array | None) -> Sums:
    """Of losses with sufficient statistics, from sums over the rounds."""
    total: Cumulative | None = None
    for *rows, checkpoint in _played(stream, ends, weights):
        part = make(*rows)
        if part is not None:
            total = part if total is None else _add(total, part)
        if checkpoint:
            yield total


def stacked_sums(make: Make, stream: Stream, ends: Rounds, weights: Array | None, *, links: bool) -> Sums:
    """Of any other loss on fresh rows, which are all kept."""
    last = int(ends[-1])
    labels, c, counts = np.empty(last), np.empty(last), np.zeros(last + 1, dtype=np.int64)
    plain, parts, count, done = np.empty((0, stream.dimension)), list[CompressedTable](), 0, 0
    for vectors, numbers, w, _ in _played(stream, np.array([last]), weights):
        kept = w > 0.0
        stop = count + int(kept.sum())
        rows = as_table(vectors[kept], compress=links and (not count or bool(parts)))
        if parts or isinstance(rows, CompressedTable):
            parts.append(rows.compressed)
        else:
            plain = plain if count else np.empty((last, stream.dimension))
            plain[count:stop] = vectors[kept]
        labels[count:stop], c[count:stop] = numbers[kept], w[kept]
        counts[done + 1 : done + len(kept) + 1] = count + np.cumsum(kept)
        count, done = stop, done + len(kept)
    table = stacked(parts) if parts else as_table(plain[:count], compress=links)
    whole = make(table, labels[:count], c[:count]) if links else None
    for end in map(int, ends):
        n = int(counts[end])
        if whole is not None and n:
            yield whole.head(n)
        else:
            yield make(plain[:n], labels[:n], c[:n])


def _pieces(ends: Rounds, size: int) -> Iterator[tuple[int, int, bool]]:
    """(start, stop, whether `stop` is a checkpoint) of pieces of at most `size` rounds."""
    start = 0
    for end in map(int, ends):
        while start < end:
            stop = min(end, start + size)
            yield start, stop, stop == end
            start = stop


def _played(
    stream: Stream, ends: Rounds, weights: Array | None
) -> Iterator[tuple[Array, Array, Array, bool]]:
    """(vectors, labels, weights, whether a checkpoint follows) of all rounds, row by row, in pieces."""
    for start, stop, checkpoint in _pieces(ends, max(1, BLOCK_NUMBERS // stream.dimension)):
        block = stream.block(start, stop)
        c = np.ones(stop - start) if weights is None else weights[start:stop]
        yield block.played, block.labels[block.index], c, checkpoint


def _add(first: Cumulative, second: Cumulative) -> Cumulative:
    """The sum of two F with sufficient statistics around the same centre; one rounding a number is added."""
    p, q = first.coordinates, second.coordinates
    if not (isinstance(p, QuadraticCoordinates) and isinstance(q, QuadraticCoordinates)):
        raise TypeError("only cumulative losses with sufficient statistics can be added")
    level, slope, bend = p.level + q.level, p.slope + q.slope, p.bend + q.bend
    part = QuadraticCoordinates(
        p.centre, level, slope, bend,
        p.level_error + q.level_error + EPS * np.abs(level),
        p.slope_error + q.slope_error + EPS * np.abs(slope),
        p.bend_error + q.bend_error + EPS * np.abs(bend),
    )  # fmt: skip
    offset = first.offset + second.offset
    return replace(
        first,
        coordinates=part,
        offset=offset,
        offset_error=first.offset_error + second.offset_error + EPS * abs(offset),
        weight=first.weight + second.weight,
    )
