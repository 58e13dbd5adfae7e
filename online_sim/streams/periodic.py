"""A deterministic pattern repeated forever, after rows that are played once: the structured adversaries."""

from dataclasses import dataclass, field
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.frozen import set_fields
from online_sim.streams.arrays import cycled_index
from online_sim.streams.base import Block, Stream, Table
from online_sim.streams.rows import frozen_rows
from theory.borders import title

_LONGEST_NAMED = 8  # a longer pattern is named by its size, so that names stay short


def format_number(value: float) -> str:
    """The shortest decimal that gives `value` back, without a trailing ``.0``."""
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


def _listing(rows: NDArray[np.float64]) -> str:
    if rows.shape[1] == 1 and len(rows) <= _LONGEST_NAMED:
        return ", ".join(format_number(value) for value in rows[:, 0])
    return f"n={rows.shape[0]}, d={rows.shape[1]}"


@final
@dataclass(frozen=True, eq=False, init=False)
class Periodic(Stream):
    """The rows of `lead` once, then the rows of `pattern` again and again; labels are 0; never ends.

    Args:
        pattern: Shape (n, d), or n numbers for d = 1; a Fraction is rounded to the nearest double.
        lead: Shape (p, d), or p numbers for d = 1; None for no lead.
        name: A short stable name; built from the numbers when left out.

    Raises:
        ValueError: Wrong shapes, or NaN or inf (the row is named).
    """

    pattern: NDArray[np.float64] = field(repr=False)
    lead: NDArray[np.float64] | None = field(repr=False)
    _labels: NDArray[np.float64] = field(init=False, repr=False)
    _vectors: NDArray[np.float64] = field(init=False, repr=False)
    name: str = ""

    def __init__(self, pattern: ArrayLike, *, lead: ArrayLike | None = None, name: str = "") -> None:
        rows = frozen_rows(pattern, argument="pattern", promote=True)
        first = None if lead is None else frozen_rows(lead, argument="lead", promote=True)
        if first is not None and first.shape[1] != rows.shape[1]:
            raise ValueError(
                f"`lead` has {first.shape[1]} columns and `pattern` {rows.shape[1]}; both need the same d"
            )
        vectors = rows if first is None else np.concatenate([first, rows])
        listing = _listing(rows) if first is None else f"{_listing(rows)}; lead {_listing(first)}"
        set_fields(
            self,
            pattern=rows,
            lead=first,
            name=title("name", name) or f"periodic({listing})",
            _vectors=vectors,
            _labels=np.zeros(len(vectors)),
        )

    @property
    def dimension(self) -> int:
        """The number of columns d."""
        return int(self.pattern.shape[1])

    @property
    def table(self) -> Table:
        """(the rows of `lead`, then those of `pattern`; zeros)."""
        return self._vectors, self._labels

    def _block(self, start: int, stop: int) -> Block:
        """Rounds start+1..stop over the whole table (not copied)."""
        vectors, labels = self.table
        led = len(vectors) - len(self.pattern)
        index = np.empty(stop - start, dtype=np.int64)
        split = min(max(led - start, 0), stop - start)  # rounds of the block that are still in `lead`
        index[:split] = np.arange(start, start + split)
        if split < len(index):
            index[split:] = led + cycled_index(start + split - led, stop - led, len(self.pattern))
        return Block(vectors, labels, index)
