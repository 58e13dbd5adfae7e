"""The best fixed point in hindsight at every checkpoint: min over X of sum over t <= T_k of w_t f_t.

A stream over a finite table needs only the total weight of every distinct row; linear and separable
quadratic losses only sums over the rows; any other loss on a stream of fresh rows keeps the rows. Each
checkpoint starts from the answer of the one before.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.comparator.cumulative import Cumulative, Extent
from online_sim.comparator.matrices import Matrix, matrix_of
from online_sim.comparator.minimising import compile_loss, cumulative, enclose
from online_sim.comparator.minimum import Minimum
from online_sim.comparator.parts import EPS, QuadraticCoordinates
from online_sim.comparator.structure import structure_of
from online_sim.domains.base import Domain
from online_sim.streams.base import Stream
from theory.loss import Loss

Array = NDArray[np.float64]
Rounds = NDArray[np.int64]
Rows = tuple[Matrix, Array]
Make = Callable[[Matrix, Array, Array], Cumulative | None]
"""F of rows (vectors, labels, weights), None where all weights are 0."""
Sums = Iterator[Cumulative | None]
"""F at every checkpoint, None as long as all weights are 0."""
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

    def make(vectors: Matrix, labels: Array, c: Array) -> Cumulative | None:
        return cumulative(compiled, domain, vectors, labels, c) if c.any() else None

    if compiled.fixed:
        one = np.zeros((1, domain.dimension)), np.zeros(1)
        rows = _checked_table(loss, table, domain) if compiled.structure.over_table else one
        sums = _fixed_sums(make, rows, ends, weights)
    elif stream is None:
        raise ValueError(f"the loss {loss.name} needs data every round; give a `stream`")
    elif stream.table is not None:
        held = matrix_of(stream.table[0]), stream.table[1]
        sums = _table_sums(make, stream, held, ends, weights)
    elif compiled.structure.quadratic:
        sums = _statistics_sums(make, stream, ends, weights)
    else:
        sums = _stacked_sums(make, stream, ends, weights)
    found, extent = list[Minimum](), Extent.of(domain)
    for F in sums:
        if F is None:
            found.append(Minimum(domain.start(), 0.0, 0.0, "empty sum"))
            continue
        start = found[-1].point if found else None
        found.append(enclose(F, domain, extent, start=start, tolerance=tolerance))
    return found


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


def _fixed_sums(make: Make, rows: Rows, ends: Rounds, weights: Array | None) -> Sums:
    count = len(rows[1])
    for end in ends:
        total = float(end) if weights is None else float(np.sum(weights[:end], dtype=np.longdouble))
        yield make(*rows, np.full(count, total / count))


def _table_sums(make: Make, stream: Stream, table: Rows, ends: Rounds, weights: Array | None) -> Sums:
    # Extended precision: the total of a row is then right to one rounding whatever the number of rounds.
    totals = np.zeros(len(table[1]), dtype=np.longdouble)
    for start, stop, checkpoint in _pieces(ends, BLOCK_NUMBERS):
        index = stream.block(start, stop).index
        if weights is None:
            totals += np.bincount(index, minlength=len(totals))
        else:
            np.add.at(totals, index, weights[start:stop].astype(np.longdouble))
        if checkpoint:
            yield make(*table, totals.astype(np.float64))


def _statistics_sums(make: Make, stream: Stream, ends: Rounds, weights: Array | None) -> Sums:
    total: Cumulative | None = None
    for *rows, checkpoint in _played(stream, ends, weights):
        part = make(*rows)
        if part is not None:
            total = part if total is None else _add(total, part)
        if checkpoint:
            yield total


def _stacked_sums(make: Make, stream: Stream, ends: Rounds, weights: Array | None) -> Sums:
    last, count = int(ends[-1]), 0
    rows = np.empty((last, stream.dimension)), np.empty(last), np.empty(last)
    for vectors, labels, c, checkpoint in _played(stream, ends, weights):
        kept = c > 0.0
        stop = count + int(kept.sum())
        for whole, part in zip(rows, (vectors, labels, c), strict=True):
            whole[count:stop] = part[kept]
        count = stop
        if checkpoint:
            yield make(*(whole[:count] for whole in rows))


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
