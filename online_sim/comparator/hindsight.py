"""The best fixed point in hindsight at every checkpoint: min over X of sum over t <= T_k of w_t f_t.

A stream over a finite table needs only the total weight of every distinct row; linear and separable
quadratic losses only sums over the rows; any other loss on a stream of fresh rows keeps the rows. Each
checkpoint starts from the answer of the one before.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.comparator.cumulative import Extent
from online_sim.comparator.minimising import compile_loss, cumulative, enclose, enclose_quadratics
from online_sim.comparator.minimum import Minimum
from online_sim.comparator.quadratic_sums import over_rounds, over_table
from online_sim.comparator.structure import structure_of
from online_sim.domains.base import Domain
from online_sim.streams.base import Stream
from theory.loss import Loss

Array = NDArray[np.float64]
Rounds = NDArray[np.int64]
Rows = tuple[Array, Array]
Played = Iterator[tuple[Array, Array, Array, bool]]
"""(vectors, labels, weights, whether a checkpoint follows) of rounds, row by row, in pieces."""
MANY_ROWS = 1024
"""The rows of a table up to which all are weighed at every checkpoint, which is the most accurate."""
BLOCK_NUMBERS = 1 << 18
"""Rows are fetched in blocks of about this many numbers."""


def best_in_hindsight(
    loss: Loss,
    parameters: Mapping[str, float],
    domain: Domain,
    stream: Stream | None,
    rounds: ArrayLike,
    *,
    round_weights: ArrayLike | None = None,
    table: tuple[ArrayLike, ArrayLike] | None = None,
    tolerance: float | None = None,
) -> list[Minimum]:
    """Enclosures of min over z in X of sum_{t <= T} w_t f_t(z), one for each T in `rounds`.

    A checkpoint before which every weight is 0 gets the enclosure [0, 0] at the domain's start.

    Args:
        loss: Convex, of the form that `minimise` asks for.
        parameters: The values of its parameters, by name.
        domain: The set X.
        stream: The data of the rounds; None for a fixed function.
        rounds: The checkpoints, shape (K,): increasing whole numbers >= 1.
        round_weights: Numbers w_t >= 0, shape (T,) with T >= rounds[-1]; None for ones.
        table: ((n, d), (n,)) rows of a loss that averages over a table.
        tolerance: The gap asked for; see `minimise`.

    Raises:
        ValueError: As `minimise`, and for rounds or weights that do not fit.
    """
    compiled, ends = compile_loss(loss, parameters), _checked_rounds(rounds, stream)
    weights = _checked_weights(round_weights, int(ends[-1]))
    if stream is not None and stream.dimension != domain.dimension:
        raise ValueError(
            f"the stream {stream.name} has d = {stream.dimension}, {domain.name} has d = {domain.dimension}"
        )

    extent, quadratic = Extent.of(domain), compiled.structure.quadratic
    rows: Rows | None = None
    each: Iterator[Array] = iter(())
    stacked: Iterator[tuple[Array, Array, Array]]
    if compiled.fixed:
        one = np.zeros((1, domain.dimension)), np.zeros(1)
        rows = _checked_table(loss, table, domain) if compiled.structure.over_table else one
        each = _fixed_weights(len(rows[1]), ends, weights)
    elif stream is None:
        raise ValueError(f"the loss {loss.name} needs data every round; give a `stream`")
    elif stream.table is not None and not (quadratic and _large(len(stream.table[1]), ends)):
        rows = stream.table
        each = _table_weights(stream, len(rows[1]), ends, weights)
    elif quadratic:
        played = _played(stream, ends[-1:], weights)
        sums = over_rounds(compiled, domain.start(), ((v, b, c) for v, b, c, _ in played), ends)
        return enclose_quadratics(sums, domain, extent, tolerance=tolerance)
    else:
        stacked = _stacked(_played(stream, ends, weights), int(ends[-1]), domain.dimension)
    if quadratic and rows is not None:
        # Whole numbers of rounds are exact; other weights are added up one by one.
        added = 0 if weights is None else 2 * ends
        sums = over_table(compiled, domain.start(), *rows, each, added=added)
        return enclose_quadratics(sums, domain, extent, tolerance=tolerance)
    if rows is not None:
        stacked = ((*rows, c) for group in each for c in group)
    found = list[Minimum]()
    for vectors, labels, c in stacked:
        if not c.any():
            found.append(Minimum(domain.start(), 0.0, 0.0, "empty sum"))
            continue
        start = found[-1].point if found else None
        F = cumulative(compiled, domain, vectors, labels, c)
        found.append(enclose(F, domain, extent, start=start, tolerance=tolerance))
    return found


def _large(rows: int, ends: Rounds) -> bool:
    """Whether it is faster to add up the rounds than to weigh all rows of a table at every checkpoint."""
    return rows > MANY_ROWS and rows * len(ends) > 16 * int(ends[-1])


def rows_to_keep(loss: Loss, stream: Stream | None, rounds: int) -> int:
    """How many rows `best_in_hindsight` keeps in memory: none, unless the last case above is the only one."""
    structure = structure_of(loss)
    fresh = stream is not None and stream.table is None and loss.uses_stream
    return rounds if fresh and not structure.over_table and not structure.quadratic else 0


def _checked_table(loss: Loss, table: tuple[ArrayLike, ArrayLike] | None, domain: Domain) -> Rows:
    if table is None:
        raise ValueError(
            f"the loss {loss.name} averages over a table; give `table`=(vectors (n, d), labels (n,))"
        )
    rows = np.ascontiguousarray(table[0], dtype=np.float64)
    labels = np.ascontiguousarray(table[1], dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] != domain.dimension or labels.shape != (len(rows),) or len(rows) == 0:
        raise ValueError(
            f"`table` has shapes {rows.shape} and {labels.shape}; "
            f"expected (n, {domain.dimension}) and (n,) with n >= 1"
        )
    if not (np.all(np.isfinite(rows)) and np.all(np.isfinite(labels))):
        raise ValueError("`table` holds NaN or inf; clean the data first")
    return rows, labels


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


def _stacked(played: Played, last: int, dimension: int) -> Iterator[tuple[Array, Array, Array]]:
    """The rows of all rounds up to each checkpoint, with their weights."""
    count = 0
    rows = np.empty((last, dimension)), np.empty(last), np.empty(last)
    for vectors, labels, c, checkpoint in played:
        kept = c > 0.0
        stop = count + int(kept.sum())
        for whole, part in zip(rows, (vectors, labels, c), strict=True):
            whole[count:stop] = part[kept]
        count = stop
        if checkpoint:
            yield rows[0][:count], rows[1][:count], rows[2][:count]


def _pieces(ends: Rounds, size: int, start: int = 0) -> Iterator[tuple[int, int, bool]]:
    """(start, stop, whether `stop` is a checkpoint) of pieces of at most `size` rounds."""
    for end in map(int, ends):
        while start < end:
            stop = min(end, start + size)
            yield start, stop, stop == end
            start = stop


def _played(stream: Stream, ends: Rounds, weights: Array | None) -> Played:
    """All rounds up to the last checkpoint."""
    for start, stop, checkpoint in _pieces(ends, max(1, BLOCK_NUMBERS // stream.dimension)):
        block = stream.block(start, stop)
        c = np.ones(stop - start) if weights is None else weights[start:stop]
        yield block.vectors[block.index], block.labels[block.index], c, checkpoint


def _checked_rounds(rounds: ArrayLike, stream: Stream | None) -> Rounds:
    given = np.asarray(rounds)
    if given.ndim != 1 or given.size == 0 or not np.issubdtype(given.dtype, np.integer):
        raise ValueError(f"`rounds` must be a nonempty list of whole numbers, got {rounds!r}")
    ends = given.astype(np.int64)
    if ends[0] < 1 or np.any(np.diff(ends) <= 0):
        raise ValueError(f"`rounds` must increase and start at 1 or later, got {rounds!r}")
    if stream is not None and stream.length is not None and ends[-1] > stream.length:
        raise ValueError(
            f"`rounds` ends at {ends[-1]}, but the stream {stream.name} has {stream.length} rounds"
        )
    return ends


def _checked_weights(round_weights: ArrayLike | None, horizon: int) -> Array | None:
    if round_weights is None:
        return None
    weights = np.asarray(round_weights, dtype=np.float64)
    if weights.ndim != 1 or len(weights) < horizon:
        raise ValueError(
            f"`round_weights` has shape {weights.shape}; expected at least ({horizon},), one for each round"
        )
    if not np.all(np.isfinite(weights)) or weights.min() < 0.0:
        raise ValueError("`round_weights` must be finite and >= 0 in every round")
    return weights
