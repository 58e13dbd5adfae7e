"""A table of rows most of whose numbers are 0: only the others are kept, row after row (compressed rows)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from online_sim.borders import Floats
from online_sim.frozen import set_fields
from theory.borders import WrongType, must

Wholes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SparseRows:
    """n rows of d numbers, of which the entries in `values` are kept; the others are 0.

    Row k has the numbers values[starts[k] : starts[k + 1]], at the coordinates in the same part of `columns`,
    which ascend. A kept number may be 0.

    Args:
        starts: int64 (n + 1,), from 0 to the number of entries.
        columns: int64 (entries,), in 0..d-1.
        values: float64 (entries,), finite.
        dimension: d.
    """

    starts: Wholes = field(repr=False)
    columns: Wholes = field(repr=False)
    values: Floats = field(repr=False)
    dimension: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        set_fields(self, starts=self.starts, columns=self.columns, values=self.values)

    def __len__(self) -> int:
        """n."""
        return len(self.starts) - 1

    @property
    def shape(self) -> tuple[int, int]:
        """(n, d)."""
        return len(self), self.dimension

    @property
    def size(self) -> int:
        """The number of entries."""
        return len(self.values)

    @cached_property
    def csr(self) -> Any:
        """The same table as a `scipy.sparse.csr_array`, without a copy of its numbers."""
        from scipy.sparse import csr_array

        return csr_array((self.values, self.columns, self.starts), shape=self.shape)

    @cached_property
    def guarded(self) -> SparseRows:
        """The same rows with an entry 0 in each that leaves out a coordinate, at the first such coordinate.

        There a kernel that visits entries alone meets what is the same outside the row: 0 times a number of
        the round that is not finite.
        """
        row, lengths = self.row_numbers(), np.diff(self.starts)
        moved = np.flatnonzero(self.columns != np.arange(len(self.columns)) - self.starts[row])
        free = lengths.copy()  # 0, 1, ... up to the first coordinate that is left out
        np.minimum.at(free, row[moved], moved - self.starts[row[moved]])
        given = free < self.dimension
        at, column = (self.starts[:-1] + free)[given], free[given]
        return SparseRows(
            self.starts + np.concatenate([[0], np.cumsum(given)]),
            np.insert(self.columns, at, column),
            np.insert(self.values, at, 0.0),
            self.dimension,
        )

    def row_numbers(self) -> Wholes:
        """The number of the row of each entry."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def largest(self) -> Floats:
        """The largest size of a number in each row, (n,)."""
        found = np.zeros(len(self))
        np.maximum.at(found, self.row_numbers(), np.abs(self.values))
        return found

    def dense(self, index: Wholes) -> Floats:
        """The rows with these numbers as an array, (m, d)."""
        rows = np.zeros((len(index), self.dimension))
        counts = np.diff(self.starts)[index]
        ends = np.cumsum(counts)
        entries = np.arange(counts.sum()) + np.repeat(self.starts[index] - ends + counts, counts)
        place = np.repeat(np.arange(len(index)), counts)
        rows[place, self.columns[entries]] = self.values[entries]
        return rows


Rows: TypeAlias = Floats | SparseRows
"""A table of rows, (n, d)."""


def dense_rows(rows: Rows, index: Wholes) -> Floats:
    """The rows with these numbers as an array, (m, d)."""
    return rows.dense(index) if isinstance(rows, SparseRows) else rows[index]


def same_rows(first: Rows, second: Rows) -> bool:
    """Whether two tables hold the same numbers in the same form."""
    if isinstance(first, SparseRows) and isinstance(second, SparseRows):
        return first.shape == second.shape and (first.csr != second.csr).nnz == 0
    if isinstance(first, SparseRows) or isinstance(second, SparseRows):
        return False
    return np.array_equal(first, second)


def rows_of(name: str, given: object) -> SparseRows:
    """A sparse matrix of scipy as rows; entries given twice are added up.

    Raises:
        WrongType: Anything else than a sparse matrix of real numbers.
        ValueError: No rows, no columns, NaN or inf.
    """
    from scipy.sparse import issparse

    if isinstance(given, SparseRows):
        return given
    if not issparse(given):
        remedy = "wrap rows in scipy.sparse.csr_array(rows), or pass dense ones to ArrayStream"
        raise WrongType(must(name, given, "a sparse matrix of scipy, (n, d)", remedy))
    matrix: Any = given
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ValueError(f"`{name}` has shape {matrix.shape}; expected (n, d) with at least one of each")
    if matrix.dtype.kind not in "bfiu":
        raise WrongType(
            f"`{name}` holds {matrix.dtype}; expected real numbers: convert them with astype(float)"
        )
    rows = matrix.tocsr().copy()
    rows.sum_duplicates()
    found = SparseRows(
        rows.indptr.astype(np.int64), rows.indices.astype(np.int64), rows.data.astype(np.float64),
        int(rows.shape[1]),
    )  # fmt: skip
    bad = np.flatnonzero(~np.isfinite(found.values))
    if len(bad):
        row, column = int(found.row_numbers()[bad[0]]), int(found.columns[bad[0]])
        value = "NaN" if np.isnan(found.values[bad[0]]) else "inf"
        raise ValueError(
            f"`{name}` holds {value} in row {row}, column {column} (from 0); give finite numbers"
        )
    return found
