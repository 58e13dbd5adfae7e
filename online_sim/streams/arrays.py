"""A stream that plays the rows of an array in their order: replayed data, or one path of a finite game."""

from dataclasses import dataclass, field
from typing import Literal, final, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.frozen import set_fields
from online_sim.streams.base import Block, DenseTable, Stream
from online_sim.streams.rows import frozen_numbers, frozen_rows
from theory.borders import one_of, text, title

PlayOrder = Literal["once", "cycle"]
"""Whether the rows of a table are played once, or again and again."""

_LEAST_TILE = 1024  # a copy of fewer numbers at a time is all overhead


def cycled_index(start: int, stop: int, count: int) -> NDArray[np.int64]:
    """The numbers start mod count, ..., (stop - 1) mod count, by copying: faster than a division a round."""
    period = (start % count + np.arange(min(count, stop - start), dtype=np.int64)) % count
    if len(period) < count:
        return period
    tile = np.tile(period, -(-_LEAST_TILE // count))
    index = np.empty(stop - start, dtype=np.int64)
    whole = len(index) // len(tile)
    index[: whole * len(tile)].reshape(whole, len(tile))[:] = tile
    index[whole * len(tile) :] = tile[: len(index) - whole * len(tile)]
    return index


@final
@dataclass(frozen=True, eq=False, init=False)
class ArrayStream(Stream):
    """The rows of an array, one a round, in their order.

    Args:
        vectors: Shape (n, d), any real dtype; kept as a read-only float64 copy.
        labels: Shape (n,); None for zeros.
        order: "once" (n rounds) or "cycle" (never ends: round t plays row (t - 1) mod n, counted from 0).
        name: A short stable name; built from n and d when left out.
        provenance: Where the rows come from, for reports.

    Raises:
        ValueError: A wrong shape, no rows or columns, an unknown order, or NaN or inf (the row is named).
    """

    vectors: NDArray[np.float64] = field(repr=False)
    labels: NDArray[np.float64] = field(repr=False)
    order: PlayOrder
    name: str = ""
    provenance: str = ""

    def __init__(
        self,
        vectors: ArrayLike,
        labels: ArrayLike | None = None,
        *,
        order: PlayOrder = "once",
        name: str = "",
        provenance: str = "",
    ) -> None:
        rows = frozen_rows(vectors, argument="vectors")
        count, dimension = rows.shape
        given = np.zeros(count) if labels is None else labels
        set_fields(
            self,
            vectors=rows,
            labels=frozen_numbers(given, count, argument="labels"),
            order=one_of("order", order, get_args(PlayOrder)),
            name=title("name", name) or f"array(n={count}, d={dimension}, {order})",
            provenance=text("provenance", provenance),
        )

    @property
    def dimension(self) -> int:
        """The number of columns d."""
        return int(self.vectors.shape[1])

    @property
    def length(self) -> int | None:
        """n for order "once", None for "cycle"."""
        return int(self.vectors.shape[0]) if self.order == "once" else None

    @property
    def table(self) -> DenseTable:
        """(vectors, labels)."""
        return self.vectors, self.labels

    def _block(self, start: int, stop: int) -> Block:
        """Rounds start+1..stop over the whole table (not copied); ValueError past the end of order "once"."""
        index = (
            np.arange(start, stop, dtype=np.int64)
            if self.order == "once"
            else cycled_index(start, stop, len(self.vectors))
        )
        return Block(self.vectors, self.labels, index)
