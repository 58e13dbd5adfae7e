"""The best fixed point in hindsight at every checkpoint: min over X of sum over t <= T_k of w_t f_t.

A stream over a finite table needs only the total weight of every distinct row; linear and separable
quadratic losses only sums over the rows; any other loss on a stream of fresh rows keeps the rows. Each
checkpoint starts from the answer of the one before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.comparator.cumulative import EPS, Cumulative, QuadraticCoordinates
from online_sim.comparator.functions import Functions
from online_sim.comparator.minimising import compile_structure, cumulative, enclose
from online_sim.comparator.minimum import Minimum
from online_sim.comparator.structure import Structure, structure_of
from online_sim.domains.base import Domain
from online_sim.streams.base import Stream
from theory.loss import Loss

Array = NDArray[np.float64]
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

    loss, parameters, domain: as in `minimise`; stream: the data of the rounds, None for a fixed function;
    rounds: (K,) whole numbers, increasing, from 1; round_weights: (T,) numbers w_t >= 0 with T >=
    rounds[-1], None for ones; table: ((n, d), (n,)) rows of a loss that averages over a table; tolerance:
    as in `minimise`. A checkpoint before which every weight is 0 gets the enclosure [0, 0] at the domain's
    start.

    Raises ValueError as `minimise` does, and for rounds or weights that do not fit.
    """
    structure = structure_of(loss)
    functions = compile_structure(structure, loss, parameters)
    ends = _checked_rounds(rounds, stream)
    weights = _checked_weights(round_weights, int(ends[-1]))
    if stream is not None and stream.dimension != domain.dimension:
        raise ValueError(
            f"the stream {stream.name} has d = {stream.dimension}, {domain.name} has d = {domain.dimension}"
        )
    sums = _sums(structure, functions, domain, stream, ends, weights, table, loss)
    found: list[Minimum] = []
    for F in sums:
        if F is None:
            found.append(Minimum(domain.start(), 0.0, 0.0, "empty sum"))
            continue
        start = found[-1].point if found else None
        found.append(enclose(F, domain, start=start, tolerance=tolerance))
    return found


def rows_to_keep(loss: Loss, stream: Stream | None, rounds: int) -> int:
    """How many rows `best_in_hindsight` keeps in memory: none, unless the last case above is the only one."""
    structure = structure_of(loss)
    fresh = stream is not None and stream.table is None and loss.uses_stream
    return rounds if fresh and not structure.over_table and not structure.quadratic else 0


def _sums(
    structure: Structure,
    functions: tuple[Functions, Functions],
    domain: Domain,
    stream: Stream | None,
    ends: NDArray[np.int64],
    weights: Array | None,
    table: tuple[ArrayLike, ArrayLike] | None,
    loss: Loss,
) -> Iterator[Cumulative | None]:
    """F at every checkpoint; None while all weights are 0."""
    fixed = structure.over_table or not (
        structure.has_link or functions[0].uses_data or functions[1].uses_data
    )
    if fixed:
        rows = _fixed_rows(loss, structure, table, domain)
        yield from _fixed_sums(structure, functions, domain, rows, ends, weights)
    elif stream is None:
        raise ValueError(f"the loss {loss.name} needs data every round; give a `stream`")
    elif stream.table is not None:
        yield from _table_sums(structure, functions, domain, stream, stream.table, ends, weights)
    elif structure.quadratic:
        yield from _statistics_sums(structure, functions, domain, stream, ends, weights)
    else:
        yield from _stacked_sums(structure, functions, domain, stream, ends, weights)


def _fixed_rows(
    loss: Loss, structure: Structure, table: tuple[ArrayLike, ArrayLike] | None, domain: Domain
) -> tuple[Array, Array]:
    if not structure.over_table:
        return np.zeros((1, domain.dimension)), np.zeros(1)
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


def _fixed_sums(
    structure: Structure,
    functions: tuple[Functions, Functions],
    domain: Domain,
    rows: tuple[Array, Array],
    ends: NDArray[np.int64],
    weights: Array | None,
) -> Iterator[Cumulative | None]:
    count = len(rows[1])
    for end in ends:
        total = float(end) if weights is None else float(np.sum(weights[:end], dtype=np.longdouble))
        shares = np.full(count, total / count)
        yield cumulative(structure, functions, *rows, shares, domain) if total > 0.0 else None


def _table_sums(
    structure: Structure,
    functions: tuple[Functions, Functions],
    domain: Domain,
    stream: Stream,
    table: tuple[Array, Array],
    ends: NDArray[np.int64],
    weights: Array | None,
) -> Iterator[Cumulative | None]:
    vectors, labels = table
    # Extended precision: the total of a row is then right to one rounding whatever the number of rounds.
    totals = np.zeros(len(labels), dtype=np.longdouble)
    played = 0
    for end in ends:
        while played < end:
            stop = min(int(end), played + BLOCK_NUMBERS)
            index = stream.block(played, stop).index
            if weights is None:
                totals += np.bincount(index, minlength=len(labels))
            else:
                np.add.at(totals, index, weights[played:stop].astype(np.longdouble))
            played = stop
        c = totals.astype(np.float64)
        yield cumulative(structure, functions, vectors, labels, c, domain) if c.any() else None


def _segments(
    stream: Stream, start: int, end: int, weights: Array | None
) -> Iterator[tuple[int, Array, Array, Array]]:
    """(first round, vectors, labels, weights) of the rounds start+1..end, row by row."""
    size = max(1, BLOCK_NUMBERS // stream.dimension)
    while start < end:
        stop = min(end, start + size)
        block = stream.block(start, stop)
        c = np.ones(stop - start) if weights is None else weights[start:stop]
        yield start, block.vectors[block.index], block.labels[block.index], c
        start = stop


def _statistics_sums(
    structure: Structure,
    functions: tuple[Functions, Functions],
    domain: Domain,
    stream: Stream,
    ends: NDArray[np.int64],
    weights: Array | None,
) -> Iterator[Cumulative | None]:
    total: Cumulative | None = None
    played = 0
    for end in ends:
        for _, vectors, labels, c in _segments(stream, played, int(end), weights):
            if c.any():
                part = cumulative(structure, functions, vectors, labels, c, domain)
                total = part if total is None else _add(total, part)
        played = int(end)
        yield total


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


@dataclass
class _Rows:
    """Rows kept so far, in arrays with room for all of them."""

    vectors: Array
    labels: Array
    weights: Array
    count: int = 0


def _stacked_sums(
    structure: Structure,
    functions: tuple[Functions, Functions],
    domain: Domain,
    stream: Stream,
    ends: NDArray[np.int64],
    weights: Array | None,
) -> Iterator[Cumulative | None]:
    last = int(ends[-1])
    rows = _Rows(np.empty((last, stream.dimension)), np.empty(last), np.empty(last))
    played = 0
    for end in ends:
        for _, vectors, labels, c in _segments(stream, played, int(end), weights):
            kept = c > 0.0
            stop = rows.count + int(kept.sum())
            rows.vectors[rows.count : stop] = vectors[kept]
            rows.labels[rows.count : stop] = labels[kept]
            rows.weights[rows.count : stop] = c[kept]
            rows.count = stop
        played = int(end)
        n = rows.count
        if n == 0:
            yield None
        else:
            yield cumulative(
                structure, functions, rows.vectors[:n], rows.labels[:n], rows.weights[:n], domain
            )


def _checked_rounds(rounds: ArrayLike, stream: Stream | None) -> NDArray[np.int64]:
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
