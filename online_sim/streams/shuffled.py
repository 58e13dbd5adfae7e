"""A stochastic order over a finite table: iid draws of its rows, or reshuffled epochs."""

import math
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import final

import numpy as np
from numpy.typing import NDArray

from online_sim.frozen import set_fields
from online_sim.sparse_rows import SparseRows
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.base import Block, DenseTable, Stream, Table, as_seed
from online_sim.streams.chunks import CHUNK_NUMBERS, StreamKind, chunk_generator, gather
from theory.borders import WrongType, flag, shown, title


@lru_cache(maxsize=4)
def _draws(seed: int, number: int, rows: int) -> NDArray[np.int64]:
    """Chunk `number` of the iid uniform row numbers."""
    draws = chunk_generator(seed, StreamKind.SHUFFLED, number).integers(0, rows, size=CHUNK_NUMBERS)
    draws.flags.writeable = False
    return draws


@lru_cache(maxsize=2)  # a caller who asks for few rounds at a time must not pay for a whole epoch each time
def _epochs(seed: int, number: int, rows: int, epochs: int) -> NDArray[np.int64]:
    """Chunk `number` of the reshuffled order: `epochs` permutations one after the other."""
    generator = chunk_generator(seed, StreamKind.SHUFFLED, number)
    order = np.tile(np.arange(rows, dtype=np.int64), (epochs, 1))
    order = generator.permuted(order, axis=1).reshape(-1)
    order.flags.writeable = False
    return order


def _table(base: object) -> DenseTable:
    if not (isinstance(base, tuple | list) and len(base) == 2):
        raise WrongType(
            f"`base` is {shown(base)}; expected a stream, or a pair (vectors (n, d), labels (n,))"
        )
    return base[0], base[1]


@final
@dataclass(frozen=True, eq=False)
class Shuffled(Stream):
    """Rows of `base` in random order; never ends.

    The order of `base` itself (once, cycle, a pattern) does not matter: every row of its table is equally
    likely.

    Args:
        base: A stream with a finite table, or the pair (vectors (n, d), labels (n,)).
        seed: A whole number >= 0.
        with_replacement: True for independent uniform draws, False for epochs of n rounds, each a fresh
            uniform permutation.
        name: A short stable name; built from that of `base` when left out.

    Raises:
        ValueError: `base` has no finite table.
    """

    base: Stream | DenseTable = field(repr=False)
    seed: int = 0
    with_replacement: bool = field(default=True, kw_only=True)
    name: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        """Checks the arguments and names the stream."""
        source = self.base if isinstance(self.base, Stream) else ArrayStream(*_table(self.base))
        if source.table is None:
            raise ValueError(
                f"`base` is the stream {source.name}, which has no finite table to shuffle; "
                "it is random already, or cut a table from it with block(0, n)"
            )
        set_fields(self, base=source, seed=as_seed(self.seed))
        flag("with_replacement", self.with_replacement)
        title("name", self.name)
        how = "with" if self.with_replacement else "without"
        set_fields(self, name=self.name or f"shuffled({source.name}, {how} replacement)")

    @property
    def dimension(self) -> int:
        """The number of columns d of the table."""
        return int(self.table[0].shape[1])

    @property
    def table(self) -> Table:
        """The table of `base`."""
        table = self.base.table if isinstance(self.base, Stream) else None
        if table is None:
            raise ValueError("`base` no longer has a table")
        return table

    @property
    def mean(self) -> NDArray[np.float64] | None:
        """The mean of the table's rows, summed exactly and rounded; None without replacement.

        Within an epoch the rows already played tell something of the next one, so there the mean of a row,
        given the past, is not the mean of the table.
        """
        vectors, _ = self.table
        if not self.with_replacement:
            return None
        if isinstance(vectors, SparseRows):
            columns = vectors.csr.tocsc()
            parts = (columns.data[begin:end] for begin, end in pairwise(columns.indptr))
            return np.array([math.fsum(part) / len(vectors) for part in parts])
        return np.array([math.fsum(column) / len(vectors) for column in vectors.T])

    @property
    def draws_uniformly(self) -> bool:
        """With replacement, every round draws any row of the table with equal chance."""
        return self.with_replacement

    def _block(self, start: int, stop: int) -> Block:
        """Rounds start+1..stop over the whole table (not copied)."""
        vectors, labels = self.table
        rows = len(vectors)
        if self.with_replacement:
            index = gather(start, stop, CHUNK_NUMBERS, lambda number: _draws(self.seed, number, rows))
        else:
            epochs = -(-CHUNK_NUMBERS // rows)
            index = gather(
                start, stop, epochs * rows, lambda number: _epochs(self.seed, number, rows, epochs)
            )
        return Block(vectors, labels, index)
