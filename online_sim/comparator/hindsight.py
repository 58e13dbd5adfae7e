"""The best fixed point in hindsight at every checkpoint: min over X of sum over t <= T_k of w_t f_t.

A stream over a finite table needs only the total weight of every distinct row; linear and separable
quadratic losses only sums over the rows; any other loss on a stream of fresh rows keeps the rows. Each
checkpoint starts from the answer of the one before.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.comparator.ball_ascent import Shares
from online_sim.comparator.cumulative import Cumulative, Extent
from online_sim.comparator.minimising import compile_loss, cumulative, enclose, enclose_quadratics
from online_sim.comparator.minimum import Minimum
from online_sim.comparator.structure import structure_of
from online_sim.comparator.sums import (
    LabelledRows,
    fixed_sums,
    no_data,
    quadratic_sums,
    stacked_sums,
    table_sums,
)
from online_sim.comparator.tables import Table, as_table
from online_sim.domains.base import Domain
from online_sim.sparse_rows import SparseRows
from online_sim.streams.base import Stream
from theory.loss import Loss

Array = NDArray[np.float64]
Rounds = NDArray[np.int64]


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

    extent, links = Extent.of(domain), compiled.structure.has_link
    source = None if compiled.fixed else stream
    rows: LabelledRows | None = None
    if compiled.structure.over_table:
        rows = _checked_table(loss, table, domain)
    elif source is None and not compiled.fixed:
        raise ValueError(f"the loss {loss.name} needs data every round; give a `stream`")
    elif source is not None and source.table is not None:
        rows = as_table(source.table[0], compress=links), source.table[1]
    if compiled.structure.quadratic:
        quadratics = quadratic_sums(compiled, domain.start(), source, rows, ends, weights)
        return enclose_quadratics(quadratics, domain, extent, tolerance=tolerance)

    def make(vectors: SparseRows | Array | Table, labels: Array, c: Array) -> Cumulative | None:
        return cumulative(compiled, domain, vectors, labels, c) if c.any() else None

    if source is None:
        sums = fixed_sums(make, rows or no_data(domain.dimension), ends, weights)
    elif rows is not None:
        sums = table_sums(make, source, rows, ends, weights, links=links)
    else:
        sums = stacked_sums(make, source, ends, weights, links=links)
    found, shares = list[Minimum](), Shares()
    for F in sums:
        if F is None:
            found.append(Minimum(domain.start(), 0.0, 0.0, "empty sum"))
            continue
        start = found[-1].point if found else None
        found.append(enclose(F, domain, extent, start=start, tolerance=tolerance, shares=shares))
    return found


def rows_to_keep(loss: Loss, stream: Stream | None, rounds: int) -> int:
    """How many rows `best_in_hindsight` keeps in memory: none, unless the last case above is the only one."""
    structure = structure_of(loss)
    fresh = stream is not None and stream.table is None and loss.uses_stream
    return rounds if fresh and not structure.over_table and not structure.quadratic else 0


def _checked_table(loss: Loss, table: tuple[ArrayLike, ArrayLike] | None, domain: Domain) -> LabelledRows:
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
    return as_table(rows), labels


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
