"""The sums that a linear or separable quadratic cumulative loss consists of, at every checkpoint.

Of every row of data, `_columns` holds the terms of these sums and the sizes that bound their rounding. They
are evaluated once for each row of a table, or once for each round, whatever the number of checkpoints.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.closed_forms import Quadratics
from online_sim.comparator.parts import CHUNK_NUMBERS, EPS, Array, QuadraticCoordinates
from online_sim.comparator.tables import Table

if TYPE_CHECKING:
    from online_sim.comparator.minimising import CompiledLoss

Played = Iterator[tuple[Array, Array, Array]]
"""(vectors (m, d), labels (m,), weights (m,)) of the rounds, row by row, in pieces."""
LONG_EPS = float(np.finfo(np.longdouble).eps)


def over_table(
    compiled: CompiledLoss,
    centre: Array,
    rows: Table,
    labels: Array,
    weights: Iterator[Array],
    *,
    added: NDArray[np.int64] | int = 0,
) -> Quadratics:
    """F at every checkpoint, from the weight of every row there.

    rows, labels: the table, (n, d) and (n,); weights: (checkpoints, n) for some checkpoints after others;
    added: how many rounded numbers, at most, a weight is the sum of in extended precision, (K,).
    """
    n, d = rows.shape
    most = min(n, max(1, CHUNK_NUMBERS // d))
    chunks = [(k, min(n, k + most)) for k in range(0, n, most)]

    def columns(start: int, stop: int) -> Array:
        return _columns(compiled, centre, rows.part(start, stop), labels[start:stop])

    one = columns(0, n) if len(chunks) == 1 else None
    found, counts, terms = list[Array](), list[Array](), list[NDArray[np.int64]]()
    for c in weights:
        total: Array | float = 0.0
        for start, stop in chunks:
            total = total + _weighted(c[:, start:stop], columns(start, stop) if one is None else one)
        found.append(np.asarray(total))
        counts.append(c.sum(axis=1))
        terms.append(np.count_nonzero(c, axis=1))
    # A row of weight 0 adds no rounding.
    used = np.concatenate(terms)
    add = (np.minimum(used, most) + np.minimum(used, len(chunks)) + 2) * EPS + added * LONG_EPS
    return _quadratics(centre, np.concatenate(found), add, np.concatenate(counts))


def over_rounds(compiled: CompiledLoss, centre: Array, played: Played, ends: NDArray[np.int64]) -> Quadratics:
    """F at every checkpoint, from the rows of the rounds.

    ends: the rounds of the checkpoints, increasing.
    """
    sums = np.zeros((len(ends), 7 * len(centre) + 3))
    counts, start, pieces = np.zeros(len(ends)), 0, np.zeros(len(ends))
    for vectors, labels, c in played:
        columns = np.where(c[:, None] > 0.0, _columns(compiled, centre, vectors, labels), 0.0) * c[:, None]
        first = int(np.searchsorted(ends, start + 1))
        inside = ends[first:][ends[first:] < start + len(c)] - start
        cuts = np.concatenate([[0], inside])
        at = slice(first, first + len(cuts))
        sums[at] += np.add.reduceat(columns, cuts, axis=0)
        counts[at] += np.add.reduceat(c, cuts)
        pieces[at] += 1
        start += len(c)
    # Extended precision, so that the sums of many checkpoints are right to a few roundings.
    total = np.cumsum(sums, axis=0, dtype=np.longdouble).astype(np.float64)
    longest = np.maximum.accumulate(np.diff(ends, prepend=0) + pieces)
    add = (longest + 3) * EPS + np.arange(len(ends)) * LONG_EPS
    return _quadratics(centre, total, add, np.cumsum(counts))


def _columns(compiled: CompiledLoss, centre: Array, vectors: Array, labels: Array) -> Array:
    """The terms of every row, (n, 7 d + 3).

    Of each coordinate at the centre: value, slope and curvature, bounds of the rounding of the first two, and
    their sizes. Then the part that does not depend on x: its value, the bound, the size.
    """
    n, d = vectors.shape
    f, link, zero = compiled.coordinate, compiled.link, np.zeros(n)
    with np.errstate(over="ignore", invalid="ignore"):
        parts = [
            function(centre, vectors, labels[:, None])
            for function in (f.value, f.slope, f.curvature, f.value_error, f.slope_error)
        ]
        parts += [np.abs(parts[0]), np.abs(parts[1])]
        rest = [link.value(zero, 0.0, labels), link.value_error(zero, 0.0, labels)]
        rest.append(np.abs(rest[0]))
    shaped = (np.broadcast_to(part, (n, d)) for part in parts)
    return np.concatenate([*chain(shaped, (np.broadcast_to(part, n)[:, None] for part in rest))], axis=1)


def _weighted(c: Array, columns: Array) -> Array:
    """The weighted sums of columns; rows of weight 0 may be undefined."""
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(columns).all():
            return c @ columns
        return np.array([w[w > 0.0] @ columns[w > 0.0] for w in c])


def _quadratics(centre: Array, sums: Array, add: Array, counts: Array) -> Quadratics:
    """F from the sums of `_columns`, each of which is rounded by `add`, (K,), times the sum of the sizes."""
    d, each = len(centre), add[:, None]
    level, slope, bend, level_error, slope_error, level_size, slope_size = (
        sums[:, k * d : (k + 1) * d] for k in range(7)
    )
    offset, offset_error, offset_size = sums[:, 7 * d :].T
    part = QuadraticCoordinates(
        centre, level, slope, bend, level_error + each * level_size, slope_error + each * slope_size,
        (each + 16.0 * EPS) * np.abs(bend),
    )  # fmt: skip
    return Quadratics(part, offset, offset_error + add * offset_size, counts > 0.0, counts)
