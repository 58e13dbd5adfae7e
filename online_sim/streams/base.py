"""The contract of a stream: where the data of the losses come from, one row a round.

A stream knows nothing of losses. In round t it hands out a vector `a_t` of shape (d,) and a number `b_t`
(a label, a target; 0 where there is none). It hands them out in blocks, so that a horizon of 1e8 rounds
needs no memory: a block is a table of rows and, for every round of the block, the row it plays. The public
`block` is final: it checks the range of rounds, once, and a stream defines `_block`.
"""

from __future__ import annotations

import abc
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self, final

import numpy as np
from numpy.typing import NDArray

from online_sim.sparse_rows import Rows, dense_rows
from theory.borders import whole

if TYPE_CHECKING:
    from sympy import Expr

DenseTable = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Rows (n, d) as an array, and their labels (n,)."""
Table = tuple[Rows, NDArray[np.float64]]
"""Rows (n, d), which may be sparse, and their labels (n,)."""


@dataclass(frozen=True)
class Block:
    """The data of rounds start+1 .. start+len(index).

    vectors: float64 (n, d), C-contiguous, or sparse rows; labels: float64 (n,); index: int64 (m,) with values
    in 0..n-1.
    """

    vectors: Rows
    labels: NDArray[np.float64]
    index: NDArray[np.int64]

    @property
    def played(self) -> NDArray[np.float64]:
        """The rows played, round after round, (m, d)."""
        return dense_rows(self.vectors, self.index)


class Stream(abc.ABC):
    """A reproducible sequence of data rows. Every subclass is a frozen dataclass (eq=False) and final."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """A short stable name with the defining numbers, such as ``periodic(3, -1, -1)``."""

    @property
    @abc.abstractmethod
    def dimension(self) -> int:
        """The number of coordinates d >= 1 of a row."""

    @property
    def length(self) -> int | None:
        """How many rounds the stream can play; None when it never ends."""
        return None

    @property
    def seed(self) -> int | None:
        """The seed of a random stream, None for a deterministic one."""
        return None

    @property
    def table(self) -> Table | None:
        """(rows (n, d), labels (n,)) when all rounds draw from one finite table, else None."""
        return None

    @property
    def mean(self) -> NDArray[np.float64] | None:
        """The exact mean (d,) of a row when all rounds share one known law, else None."""
        return None

    @property
    def draws_uniformly(self) -> bool:
        """Whether every round draws a row of `table` uniformly, independently of the past."""
        return False

    @property
    def formula(self) -> tuple[Expr, Expr] | None:
        """(a_t, b_t) as expressions of t, the coordinate and the seed, when the stream is one, else None."""
        return None

    @final
    def block(self, start: int, stop: int) -> Block:
        """Rounds start+1..stop (0 <= start < stop), the same however the caller cuts the horizon into blocks.

        Raises ValueError naming the length and the remedy when `stop` exceeds it.
        """
        begin, end = whole("start", start, least=0), whole("stop", stop, least=1)
        if end <= begin:
            raise ValueError(f"`stop` is {end} and `start` is {begin}; a block needs start < stop")
        if self.length is not None and end > self.length:
            raise ValueError(
                f"`stop` is {end}, but the stream {self.name} ends after {self.length} rounds; ask for at "
                f'most {self.length}, play the rows again with order="cycle", or draw from them with Shuffled'
            )
        return self._block(begin, end)

    @abc.abstractmethod
    def _block(self, start: int, stop: int) -> Block:
        """See `block`; the range is checked."""

    def reseed(self, seed: int) -> Self:
        """The same stream under another seed (itself when it is deterministic)."""
        return self if self.seed is None else replace(self, seed=seed)  # type: ignore[type-var]


def as_seed(value: object) -> int:
    """A seed: a whole number >= 0 of any size."""
    return whole("seed", value, least=0, most=None)
