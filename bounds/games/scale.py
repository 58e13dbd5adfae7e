"""Requirements on the sizes of gradients, and what a search does with them."""

from collections.abc import Sequence
from enum import Enum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bounds.games.rationals import Point
from online_sim.borders import Floats


class Scale(Enum):
    """A requirement on the sizes of gradients; the value is the sentence to show."""

    FREE = "gradients of any size"
    AT_LEAST_ONE = "gradients with ||g_t||_1 >= 1 in every round"
    MAX_ONE = "gradients with max_t ||g_t||_inf = 1"

    def kept(self, rows: Sequence[Point]) -> bool:
        """Whether gradients have the required size; true if there are none."""
        if self is Scale.AT_LEAST_ONE:
            return all(sum(map(abs, row)) >= 1 for row in rows)
        return self is Scale.FREE or not rows or max(abs(u) for row in rows for u in row) == 1

    def reached(self, rows: Floats, rounds: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the first T' rows alone have the required size, (R, K) for K rounds T'; rows: (R, n, d)."""
        if self is not Scale.MAX_ONE:
            return np.ones((len(rows), len(rounds)), dtype=np.bool_)
        largest = np.maximum.accumulate(np.max(np.abs(rows), axis=2), axis=1)
        return np.asarray(largest[:, np.minimum(rounds, largest.shape[1]) - 1] == 1)

    def scaled(self, rows: Floats) -> Floats:
        """Rows (R, n, d) scaled to the required size."""
        if self is Scale.FREE:
            return rows
        if self is Scale.MAX_ONE:
            largest = np.max(np.abs(rows), axis=(1, 2), keepdims=True)
            return np.asarray(np.where(largest > 0, rows / np.where(largest > 0, largest, 1.0), 1.0))
        norms = np.sum(np.abs(rows), axis=2, keepdims=True)
        one = np.zeros(rows.shape[2])
        one[0] = 1.0
        raised = np.where(norms > 0, rows / np.where(norms > 0, norms, 1.0), one)
        return np.where(norms < 1, raised, rows)

    def mended(self, rows: list[Point]) -> list[Point]:
        """Rows that lost the required size by rounding, restored to it."""
        if self is Scale.FREE:
            return rows
        if self is Scale.MAX_ONE:
            return [tuple(min(max(u, Fraction(-1)), Fraction(1)) for u in row) for row in rows]
        return [_lengthened(row) for row in rows]


def _lengthened(row: Point) -> Point:
    """The row with its largest coordinate moved away from 0 until the l1 norm is 1."""
    short = 1 - sum(map(abs, row), Fraction(0))
    if short <= 0:
        return row
    i = max(range(len(row)), key=lambda k: abs(row[k]))
    return tuple(u + (short if u >= 0 else -short) if k == i else u for k, u in enumerate(row))
