"""What the comparator asks of its rows besides A z and s A: of an array, or of a sparse array of scipy."""

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from online_sim.sparse_rows import Rows, SparseRows

Array = NDArray[np.float64]
Matrix: TypeAlias = Any
"""An array (n, d), or a `scipy.sparse.csr_array`: both know A @ z, s @ A and A[mask]."""


def matrix_of(rows: Rows) -> Matrix:
    """The rows of a stream in this form."""
    return rows.csr if isinstance(rows, SparseRows) else rows


def is_sparse(A: Matrix) -> bool:
    """Whether the rows are a sparse array."""
    return not isinstance(A, np.ndarray)


def lengths(A: Matrix) -> Array:
    """The l2 norms of the rows, (n,)."""
    if is_sparse(A):
        found: Array = np.sqrt((A * A) @ np.ones(A.shape[1]))
    else:
        found = np.sqrt(np.einsum("ij,ij->i", A, A))
    return found


def adjoint(A: Matrix, s: Array) -> Array:
    """sum_j s_j a_j, in chunks of about sqrt(n) rows."""
    n = len(s)
    chunk = math.isqrt(n - 1) + 1
    if is_sparse(A):
        total = np.zeros(A.shape[1])
        for k in range(0, n, chunk):
            total += s[k : k + chunk] @ A[k : k + chunk]
        return total
    full = n // chunk * chunk
    parts = np.matmul(s[:full].reshape(-1, 1, chunk), A[:full].reshape(-1, chunk, A.shape[1]))
    found: Array = parts[:, 0].sum(axis=0)
    return found + s[full:] @ A[full:] if full < n else found


def squares(A: Matrix, s: Array) -> Array:
    """sum_j s_j a_j^2, coordinate by coordinate."""
    if is_sparse(A):
        found: Array = s @ (A * A)
    else:
        found = np.einsum("n,nd,nd->d", s, A, A)
    return found


def entries(A: Matrix) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """(row, column, number) of all entries; for an array those that are 0 too."""
    if is_sparse(A):
        triples = A.tocoo()
        return triples.row, triples.col, triples.data
    n, d = A.shape
    return np.repeat(np.arange(n), d), np.tile(np.arange(d), n), A.ravel()
