"""A stream that plays rows most of whose numbers are 0, such as words in documents."""

from dataclasses import dataclass, field
from typing import Any, final, get_args

import numpy as np
from numpy.typing import ArrayLike

from online_sim.borders import Floats
from online_sim.frozen import set_fields
from online_sim.sparse_rows import SparseRows, rows_of
from online_sim.streams.arrays import PlayOrder, cycled_index
from online_sim.streams.base import Block, Stream, Table
from online_sim.streams.rows import frozen_numbers
from theory.borders import one_of, text, title


@final
@dataclass(frozen=True, eq=False, init=False)
class SparseStream(Stream):
    """The rows of a sparse matrix, one a round, in their order; no dense table is made of them.

    Where an algorithm leaves a coordinate alone whose gradient is 0, a round costs as much as its row has
    numbers; elsewhere it costs d (`online_sim.engines.sparse` decides which). The numbers are those of the
    same rows in an `ArrayStream`.

    Args:
        rows: A sparse matrix or array of scipy, (n, d), of any real dtype; kept as a read-only copy.
        labels: Shape (n,); None for zeros.
        order: "once" (n rounds) or "cycle" (never ends: round t plays row (t - 1) mod n, counted from 0).
        name: A short stable name; built from n, d and the number of entries when left out.
        provenance: Where the rows come from, for reports.

    Raises:
        ValueError: No rows or columns, an unknown order, or NaN or inf (the row is named).
        WrongType: `rows` is no sparse matrix.
    """

    rows: SparseRows
    labels: Floats = field(repr=False)
    order: PlayOrder
    name: str = ""
    provenance: str = ""

    def __init__(
        self,
        rows: Any,
        labels: ArrayLike | None = None,
        *,
        order: PlayOrder = "once",
        name: str = "",
        provenance: str = "",
    ) -> None:
        kept = rows_of("rows", rows)
        count, dimension = kept.shape
        given = np.zeros(count) if labels is None else labels
        built = f"sparse(n={count}, d={dimension}, entries={len(kept.values)}, {order})"
        set_fields(
            self,
            rows=kept,
            labels=frozen_numbers(given, count, argument="labels"),
            order=one_of("order", order, get_args(PlayOrder)),
            name=title("name", name) or built,
            provenance=text("provenance", provenance),
        )

    @property
    def dimension(self) -> int:
        """The number of columns d."""
        return self.rows.dimension

    @property
    def length(self) -> int | None:
        """n for order "once", None for "cycle"."""
        return len(self.rows) if self.order == "once" else None

    @property
    def table(self) -> Table:
        """(rows, labels)."""
        return self.rows, self.labels

    def _block(self, start: int, stop: int) -> Block:
        """Rounds start+1..stop over the whole table (not copied)."""
        once = self.order == "once"
        count = len(self.rows)
        index = np.arange(start, stop, dtype=np.int64) if once else cycled_index(start, stop, count)
        return Block(self.rows, self.labels, index)
