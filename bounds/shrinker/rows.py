"""Shorter lists of rows, and lists with fewer runs of equal rows."""

from collections.abc import Iterator
from itertools import chain, groupby, repeat

from bounds.games import Point

Rows = tuple[Point, ...]
PIECES = 64
"""The approximate number of pieces of a long list, whose rows are not tried one by one."""


def shorter(length: int) -> list[int]:
    """Lengths below this one, in increasing order: 1, ..., 8, L/7, L/5, L/3, L - L/2, L - L/4, ..., L - 1.

    If a property holds from some length on, this reaches that length in few steps.
    """
    tried = {*range(1, 9), *(length // k for k in (3, 5, 7))}
    tried |= {length - (length >> k) for k in range(1, length.bit_length())}
    return sorted(n for n in tried if 1 <= n < length)


def without_some(rows: Rows) -> Iterator[Rows]:
    """Some neighbouring rows left out: half of all, a quarter, ..., down to one row or one piece."""
    for length in (len(rows) >> k for k in range(1, min(len(rows), PIECES).bit_length())):
        for first in range(0, len(rows) - length + 1, length):
            yield rows[:first] + rows[first + length :]


def merged(rows: Rows) -> Iterator[Rows]:
    """A run of equal rows replaced by the row before it, or by the one after it."""
    runs = [(row, len(list(equal))) for row, equal in groupby(rows)]
    for k, (_, count) in enumerate(runs[:PIECES]):
        for row, _ in (*runs[max(0, k - 1) : k], *runs[k + 1 : k + 2]):
            changed = (*runs[:k], (row, count), *runs[k + 1 :])
            yield tuple(chain.from_iterable(repeat(row, times) for row, times in changed))
