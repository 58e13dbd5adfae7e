"""The Hessian A^T diag(h) A + diag(bend) of a cumulative loss: dense, or as products for many coordinates."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.matrices import Matrix, is_sparse, squares

Array = NDArray[np.float64]
DENSE = 500
"""Up to this many coordinates the matrix is formed."""
POWER_STEPS = 40


@dataclass(frozen=True, eq=False)
class Hessian:
    """rows: A, (n, d), maybe sparse; curvature: h >= 0, (n,); bend: (d,) >= 0."""

    rows: Matrix
    curvature: Array
    bend: Array

    @cached_property
    def matrix(self) -> Array | None:
        """The matrix, or None where it is not formed."""
        d = len(self.bend)
        if d > DENSE:
            return None
        scaled = self.rows * np.sqrt(self.curvature)[:, None]
        product = scaled.T @ scaled
        matrix: Array = product.toarray() if is_sparse(product) else product
        matrix[np.diag_indices(d)] += self.bend
        return matrix

    @cached_property
    def diagonal(self) -> Array:
        """Its diagonal, shape (d,)."""
        if self.matrix is not None:
            return np.diag(self.matrix)
        return self.bend + squares(self.rows, self.curvature)

    def times(self, v: Array) -> Array:
        """The product with v."""
        if self.matrix is not None:
            return self.matrix @ v
        product: Array = (self.curvature * (self.rows @ v)) @ self.rows + self.bend * v
        return product

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
