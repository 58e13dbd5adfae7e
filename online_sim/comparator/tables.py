"""Tables of rows a_j, (n, d): plain ones, and those in compressed form (CSR) where most numbers are 0.

`adjoint` sums in chunks of about sqrt(n) rows in both forms, which is what `parts.sum_error` bounds; a
product with a row has at most d terms.
"""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
from numpy.typing import NDArray

from online_sim.sparse_rows import Rows, SparseRows

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Wholes = NDArray[np.int64]
COMPRESS = 1 << 14
"""A table of at least this many numbers is compressed where it is sparse; below, no compiler is needed."""
SPARSE = 0.25
"""The largest share of numbers other than 0 in a sparse table."""


class Table(abc.ABC):
    """The rows a_j of a cumulative loss."""

    @property
    @abc.abstractmethod
    def shape(self) -> tuple[int, int]:
        """(n, d)."""

    @cached_property
    @abc.abstractmethod
    def lengths(self) -> Array:
        """The l2 norms of the rows, shape (n,)."""

    @property
    @abc.abstractmethod
    def compressed(self) -> CompressedTable:
        """The same rows in compressed form."""

    @abc.abstractmethod
    def times(self, x: Array) -> Array:
        """<a_j, x>, shape (n,)."""

    @abc.abstractmethod
    def adjoint(self, s: Array) -> Array:
        """sum_j s_j a_j, shape (d,), in chunks of about sqrt(n) rows."""

    @abc.abstractmethod
    def gram(self, h: Array) -> Array:
        """sum_j h_j a_j a_j^T with h >= 0, shape (d, d)."""

    @abc.abstractmethod
    def squares(self, h: Array) -> Array:
        """The diagonal of `gram`, shape (d,)."""

    @abc.abstractmethod
    def head(self, count: int) -> Table:
        """The first rows, without a copy."""

    @abc.abstractmethod
    def taken(self, index: Wholes) -> Table:
        """The rows with these numbers."""

    def kept(self, mask: Mask) -> Table:
        """The rows where the mask, (n,), is true."""
        return self.taken(np.flatnonzero(mask))

    @abc.abstractmethod
    def entries(self) -> tuple[Wholes, Wholes, Array]:
        """(row, column, number) of all entries; of a plain table those that are 0 too."""

    @abc.abstractmethod
    def part(self, start: int, stop: int) -> Array:
        """Some rows as a plain table, (stop - start, d)."""


@final
@dataclass(frozen=True, eq=False)
class PlainTable(Table):
    """An array (n, d), C-contiguous; `whole` is the table of which these are the first rows, if any."""

    rows: Array
    whole: PlainTable | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """See `Table.shape`."""
        n, d = self.rows.shape
        return n, d

    @cached_property
    def lengths(self) -> Array:
        """See `Table.lengths`."""
        if self.whole is not None:
            return self.whole.lengths[: len(self.rows)]
        lengths: Array = np.sqrt(np.einsum("ij,ij->i", self.rows, self.rows))
        return lengths

    @cached_property
    def compressed(self) -> CompressedTable:
        """See `Table.compressed`."""
        from online_sim.comparator.kernels.rows import compressed

        if self.whole is not None:
            return self.whole.compressed.head(len(self.rows))
        numbers, columns, starts = compressed(self.rows)
        return CompressedTable(numbers, columns, starts, self.rows.shape[1])

    def times(self, x: Array) -> Array:
        """See `Table.times`."""
        return self.rows @ x

    def adjoint(self, s: Array) -> Array:
        """See `Table.adjoint`."""
        n, d = self.rows.shape
        chunk = math.isqrt(n - 1) + 1
        full = n // chunk * chunk
        parts = np.matmul(s[:full].reshape(-1, 1, chunk), self.rows[:full].reshape(-1, chunk, d))
        total: Array = parts[:, 0].sum(axis=0)
        return total + s[full:] @ self.rows[full:] if full < n else total

    def gram(self, h: Array) -> Array:
        """See `Table.gram`."""
        scaled = self.rows * np.sqrt(h)[:, None]
        gram: Array = scaled.T @ scaled
        return gram

    def squares(self, h: Array) -> Array:
        """See `Table.squares`."""
        squares: Array = np.einsum("n,nd,nd->d", h, self.rows, self.rows)
        return squares

    def head(self, count: int) -> Table:
        """See `Table.head`."""
        return PlainTable(self.rows[:count], self if self.whole is None else self.whole)

    def taken(self, index: Wholes) -> Table:
        """See `Table.taken`."""
        return PlainTable(self.rows[index])

    def entries(self) -> tuple[Wholes, Wholes, Array]:
        """See `Table.entries`."""
        n, d = self.rows.shape
        return np.repeat(np.arange(n), d), np.tile(np.arange(d), n), self.rows.ravel()

    def part(self, start: int, stop: int) -> Array:
        """See `Table.part`."""
        return self.rows[start:stop]


@final
@dataclass(frozen=True, eq=False)
class CompressedTable(Table):
    """numbers[k] in column columns[k] of row j for starts[j] <= k < starts[j + 1]; writable arrays.

    whole: the table of which these are the first rows, if any.
    """

    numbers: Array
    columns: Wholes
    starts: Wholes
    dimension: int
    whole: CompressedTable | None = None

    @property
    def data(self) -> tuple[Array, Wholes, Wholes]:
        """(numbers, columns, starts), what kernels begin with."""
        return self.numbers, self.columns, self.starts

    @property
    def shape(self) -> tuple[int, int]:
        """See `Table.shape`."""
        return len(self.starts) - 1, self.dimension

    @cached_property
    def lengths(self) -> Array:
        """See `Table.lengths`."""
        from online_sim.comparator.kernels.rows import row_squares

        if self.whole is not None:
            return self.whole.lengths[: len(self.starts) - 1]
        lengths: Array = np.sqrt(row_squares(self.numbers, self.starts))
        return lengths

    @property
    def compressed(self) -> CompressedTable:
        """See `Table.compressed`."""
        return self

    def times(self, x: Array) -> Array:
        """See `Table.times`."""
        from online_sim.comparator.kernels.rows import times

        product: Array = times(*self.data, x)
        return product

    def adjoint(self, s: Array) -> Array:
        """See `Table.adjoint`."""
        from online_sim.comparator.kernels.rows import adjoint

        chunk = math.isqrt(max(len(s) - 1, 0)) + 1
        total: Array = adjoint(*self.data, s, self.dimension, chunk)
        return total

    def gram(self, h: Array) -> Array:
        """See `Table.gram`."""
        from online_sim.comparator.kernels.rows import gram

        matrix: Array = gram(*self.data, h, self.dimension)
        return matrix

    def squares(self, h: Array) -> Array:
        """See `Table.squares`."""
        weights = np.repeat(h, np.diff(self.starts)) * self.numbers**2
        squares: Array = np.bincount(self.columns, weights, minlength=self.dimension).astype(np.float64)
        return squares

    def head(self, count: int) -> CompressedTable:
        """See `Table.head`."""
        end, whole = int(self.starts[count]), self if self.whole is None else self.whole
        starts = self.starts[: count + 1]
        return CompressedTable(self.numbers[:end], self.columns[:end], starts, self.dimension, whole)

    def leaders(self, labels: Array) -> Wholes:
        """For each row the number of the first one that equals it, label included, (n,).

        Rows whose products with a drawn vector are equal are compared; equal rows have equal products.
        """
        from online_sim.comparator.kernels.rows import leaders

        keys = self.times(np.random.default_rng(0).standard_normal(self.dimension))
        found: Wholes = leaders(*self.data, np.ascontiguousarray(labels), np.lexsort((labels, keys)))
        return found

    def taken(self, index: Wholes) -> CompressedTable:
        """See `Table.taken`."""
        counts = np.diff(self.starts)[index]
        ends = np.cumsum(counts)
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(
            self.starts[index] - ends + counts, counts
        )
        starts = np.concatenate(([0], ends))
        return CompressedTable(self.numbers[places], self.columns[places], starts, self.dimension)

    def entries(self) -> tuple[Wholes, Wholes, Array]:
        """See `Table.entries`."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.starts)), self.columns, self.numbers

    def part(self, start: int, stop: int) -> Array:
        """See `Table.part`."""
        stop = min(stop, len(self.starts) - 1)
        table = np.zeros((stop - start, self.dimension))
        first, last = int(self.starts[start]), int(self.starts[stop])
        which = np.repeat(np.arange(stop - start), np.diff(self.starts[start : stop + 1]))
        table[which, self.columns[first:last]] = self.numbers[first:last]
        return table


def as_table(rows: Rows, *, compress: bool = True) -> Table:
    """The rows as a table; a large array most of whose numbers are 0 is compressed, unless told not to."""
    if isinstance(rows, SparseRows):
        # Read-only arrays are other types to the compiler.
        return CompressedTable(rows.values.copy(), rows.columns.copy(), rows.starts.copy(), rows.dimension)
    plain = PlainTable(np.ascontiguousarray(rows, dtype=np.float64))
    size = plain.rows.size
    return plain.compressed if compress and size >= COMPRESS and _sparse(plain.rows) else plain


def _sparse(rows: Array) -> bool:
    return int(np.count_nonzero(rows)) <= SPARSE * rows.size


def stacked(tables: list[CompressedTable]) -> CompressedTable:
    """The rows of all tables, one after the other."""
    if len(tables) == 1:
        return tables[0]
    counts = np.concatenate([np.diff(table.starts) for table in tables])
    return CompressedTable(
        np.concatenate([table.numbers for table in tables]),
        np.concatenate([table.columns for table in tables]),
        np.concatenate(([0], np.cumsum(counts))),
        tables[0].dimension,
    )
