"""The Hessian A^T diag(h) A + diag(bend) of a cumulative loss: dense, or as products for many coordinates."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.tables import COMPRESS, CompressedTable, Table, Wholes

Array = NDArray[np.float64]
DENSE = 500
"""Up to this many coordinates the matrix is formed."""
POWER_STEPS = 40


@dataclass(frozen=True, eq=False)
class Hessian:
    """rows: the table A, (n, d), or None; curvature: h >= 0, (n,); bend: (d,) >= 0."""

    rows: Table | None
    curvature: Array
    bend: Array

    @cached_property
    def matrix(self) -> Array | None:
        """The matrix, or None where it is not formed."""
        d = len(self.bend)
        if d > DENSE:
            return None
        matrix = np.zeros((d, d)) if self.rows is None else self.rows.gram(self.curvature)
        matrix[np.diag_indices(d)] += self.bend
        return matrix

    @property
    def large(self) -> bool:
        """Whether there are so many numbers that compiled products pay, and a form of H for them."""
        if self.rows is None:
            return False
        n, d = self.rows.shape
        return isinstance(self.rows, CompressedTable) or (d <= DENSE and max(n, d) * d >= COMPRESS)

    @property
    def arguments(self) -> tuple[Array, Wholes, Wholes, Array, Array, Array]:
        """(numbers, columns, starts, curvature, bend, matrix) for kernels: rows, or else the matrix.

        The matrix is formed where a product with it takes less time than one with the rows.
        """
        d, rows = len(self.bend), self.rows
        if isinstance(rows, CompressedTable) and (d > DENSE or d * d > rows.numbers.size):
            return *rows.data, self.curvature, self.bend, np.zeros((0, 0))
        none, matrix = np.zeros(0, dtype=np.int64), self.matrix
        return (
            np.zeros(0),
            none,
            none,
            np.zeros(0),
            self.bend,
            np.diag(self.bend) if matrix is None else matrix,
        )

    @cached_property
    def diagonal(self) -> Array:
        """Its diagonal, shape (d,)."""
        if self.matrix is not None:
            return np.diag(self.matrix)
        return self.bend if self.rows is None else self.bend + self.rows.squares(self.curvature)

    def times(self, v: Array) -> Array:
        """The product with v."""
        if self.matrix is not None:
            product: Array = self.matrix.dot(v)  # the same call of BLAS as @, begun twice as fast
            return product
        bent = self.bend * v
        return bent if self.rows is None else bent + self.rows.adjoint(self.curvature * self.rows.times(v))

    def largest(self, weight: Array) -> float:
        """A little more than the largest eigenvalue in the metric diag(weight)."""
        root = np.sqrt(weight)
        if self.matrix is not None:
            return 1.001 * float(np.linalg.eigvalsh(self.matrix / np.outer(root, root))[-1])
        v = 1.0 + np.arange(len(root)) / len(root)
        value = 0.0
        for _ in range(POWER_STEPS):
            v = v / np.linalg.norm(v)
            image = self.times(v / root) / root
            value = float(np.linalg.norm(image))
            v = image
        return 1.1 * value
