"""The cumulative loss at every checkpoint: the ways to sum the rounds of a stream.

Where there are links, all rows are laid out once, in the order in which they are first played, and a
checkpoint is the head of that table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.closed_forms import Quadratics
from online_sim.comparator.cumulative import Cumulative
from online_sim.comparator.quadratic_sums import over_rounds, over_table
from online_sim.comparator.tables import CompressedTable, Table, as_table, stacked
from online_sim.sparse_rows import SparseRows
from online_sim.streams.base import Stream

if TYPE_CHECKING:
    from online_sim.comparator.minimising import CompiledLoss

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
MANY_ROWS = 1024
"""The rows of a table up to which all are weighed at every checkpoint, which is the most accurate."""
REPEATED = 0.1
"""The share of equal rows in a table from which on they are counted as one."""


def no_data(dimension: int) -> LabelledRows:
    """The one row of a function that reads none."""
    return as_table(np.zeros((1, dimension))), np.zeros(1)


def fixed_sums(make: Make, rows: LabelledRows, ends: Rounds, weights: Array | None) -> Sums:
    """Of a function that is the same in every round."""
    for (c,) in _fixed_weights(len(rows[1]), ends, weights):
        yield make(*rows, c)


def table_sums(
    make: Make, stream: Stream, table: LabelledRows, ends: Rounds, weights: Array | None, *, links: bool
) -> Sums:
    """Of a stream over a finite table, from the total weight of every row."""
    rows, labels = table
    if not links:
        for each in _table_weights(stream, len(labels), ends, weights):
            yield from (make(rows, labels, c) for c in each)
        return
    place, leader = np.arange(len(labels)), _leaders(rows, labels)
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
        if checkpoint:
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


def quadratic_sums(
    compiled: CompiledLoss,
    centre: Array,
    stream: Stream | None,
    rows: LabelledRows | None,
    ends: Rounds,
    weights: Array | None,
) -> Quadratics:
    """Of a linear or separable quadratic loss, at all checkpoints at once.

    stream: None if the function is the same in every round. rows: its table, or that of the stream, if any.
    """
    if stream is not None and (rows is None or _large(len(rows[1]), ends)):
        played = _played(stream, ends[-1:], weights)
        return over_rounds(compiled, centre, ((v, b, c) for v, b, c, _ in played), ends)
    table, labels = rows or no_data(len(centre))
    if stream is None:
        each = _fixed_weights(len(labels), ends, weights)
    else:
        each = _table_weights(stream, len(labels), ends, weights)
    # Whole numbers of rounds are exact; other weights are added up one by one.
    added = 0 if weights is None else 2 * ends
    return over_table(compiled, centre, table, labels, each, added=added)


def _large(rows: int, ends: Rounds) -> bool:
    """Whether it is faster to add up the rounds than to weigh all rows of a table at every checkpoint."""
    return rows > MANY_ROWS and rows * len(ends) > 16 * int(ends[-1])


def _fixed_weights(count: int, ends: Rounds, weights: Array | None) -> Iterator[Array]:
    """The weight of every row of a mean over `count` rows, (1, count), at one checkpoint after the other."""
    totals = ends.astype(np.float64)
    if weights is not None:
        totals = np.cumsum(weights[: ends[-1]], dtype=np.longdouble)[ends - 1].astype(np.float64)
    for total in totals.tolist():
        yield np.full((1, count), total / count)


def _table_weights(stream: Stream, count: int, ends: Rounds, weights: Array | None) -> Iterator[Array]:
    """The weight of every row of a table of `count` rows, (checkpoints, count), for a few at a time."""
    # Extended precision: the total of a row is then right to one rounding whatever the number of rounds.
    totals = np.zeros(count, dtype=np.longdouble)
    some = max(1, BLOCK_NUMBERS // count)
    for first in range(0, len(ends), some):
        group = ends[first : first + some]
        begin = int(ends[first - 1]) if first else 0
        added = np.zeros((len(group), count), dtype=np.longdouble)
        for start, stop, _ in _pieces(group[-1:], BLOCK_NUMBERS, begin):
            index = stream.block(start, stop).index
            place = np.searchsorted(group, np.arange(start + 1, stop + 1)) * count + index
            if weights is None:
                added += np.bincount(place, minlength=added.size).reshape(added.shape)
            else:
                np.add.at(added.reshape(-1), place, weights[start:stop].astype(np.longdouble))
        each = totals + np.cumsum(added, axis=0)
        totals = each[-1]
        yield each.astype(np.float64)


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


def _pieces(ends: Rounds, size: int, start: int = 0) -> Iterator[tuple[int, int, bool]]:
    """(start, stop, whether `stop` is a checkpoint) of pieces of at most `size` rounds."""
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
