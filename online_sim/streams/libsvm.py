"""LIBSVM text, line by line: every line is read and checked, however many rows are kept.

scikit-learn's reader is faster by half, but names no line, passes NaN labels on, and guesses the base of the
indices from the part that it is given.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from online_sim.sparse_rows import SparseRows
from online_sim.streams.data_files import broken_file, foreign_byte

# Possessive, so that no line takes longer than its length to refuse.
_NUMBER = r"[+-]?+(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?+[0-9]++)?+|[+-]?+(?:nan|infinity|inf)"
_PAIR = rf"[0-9]{{1,18}}+:(?:{_NUMBER})"
_LINE = re.compile(rf"(?:{_NUMBER})(?P<qid>[ \t]++qid:[0-9]++)?+(?:[ \t]++{_PAIR})*+", re.IGNORECASE)
_LABEL = re.compile(_NUMBER, re.IGNORECASE)
_REMEDY = "expected lines `label index:value ...` in LIBSVM format, indices ascending"


@dataclass
class Sparse:
    """What a file holds: the numbers of the rows that are kept, and the labels and the width of all.

    smallest, largest: the indices as they are written, with the line of either; not_finite: the line, row,
    index and value of the first entry that is not a finite number.
    """

    labels: array[float] = field(default_factory=lambda: array("d"))
    lengths: array[int] = field(default_factory=lambda: array("q"))
    indices: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))
    smallest: tuple[int, int] | None = None
    largest: tuple[int, int] = (-1, 0)
    not_finite: tuple[int, int, int, float] | None = None

    def rows(self, base: int, columns: int) -> SparseRows:
        """The kept rows, (n, columns); index `base` is the first column."""
        starts = np.concatenate([[0], np.cumsum(_numbers(self.lengths), dtype=np.int64)])
        return SparseRows(starts, _numbers(self.indices) - base, np.array(self.values), columns)


def read_sparse(path: Path, lines: Iterable[str], limit: int | None) -> Sparse:
    """All of a LIBSVM text, with the numbers of its first `limit` rows.

    Raises ValueError with path and line number for a line that is malformed, or whose label is not finite.
    """
    found = Sparse()
    for number, line in enumerate(lines, 1):
        body = line.partition("#")[0].strip(" \t\r\n\v\f")
        if body:
            try:
                _take(found, number, body, limit)
            except ValueError as error:
                raise broken_file(path, f"line {number} {error}", _REMEDY) from None
    return found


def _take(found: Sparse, number: int, body: str, limit: int | None) -> None:
    """Add one line that holds data; the ValueError continues "line 3 ..."."""
    if (match := _LINE.fullmatch(body)) is None:
        raise ValueError(_flaw(body))
    fields = body.replace(match["qid"] or "", "", 1).replace(":", " ").split()
    label, indices, values = float(fields[0]), [*map(int, fields[1::2])], [*map(float, fields[2::2])]
    if not isfinite(label):
        raise ValueError(f"has the label {fields[0]!r}; a label is a finite number")
    if indices != sorted(set(indices)):
        later = next(k for k in range(1, len(indices)) if indices[k] <= indices[k - 1])
        raise ValueError(f"has the index {indices[later]} after {indices[later - 1]}")
    if found.not_finite is None and not isfinite(sum(values)):  # a sum of finite numbers may overflow
        bad = (k for k, value in enumerate(values) if not isfinite(value))
        if (k := next(bad, None)) is not None:
            found.not_finite = number, len(found.labels), indices[k], values[k]
    if indices:
        if found.smallest is None or indices[0] < found.smallest[0]:
            found.smallest = indices[0], number
        found.largest = max(found.largest, (indices[-1], number), key=lambda seen: seen[0])
    found.labels.append(label)
    if limit is None or len(found.labels) <= limit:
        found.lengths.append(len(indices))
        found.indices.extend(indices)
        found.values.extend(values)


def _flaw(body: str) -> str:
    """What is wrong with a line that does not match; continues "line 3 ..."."""
    if (byte := foreign_byte(body)) is not None:
        return f"holds the byte {byte}, which is not text in UTF-8"
    label, *pairs = re.split(r"[ \t]+", body)
    if _LABEL.fullmatch(label) is None:
        return f"has the label {_shown(label)}: could not convert it to a number"
    for pair in pairs:
        index, colon, value = pair.partition(":")
        if not (colon and index.isascii() and index.isdigit() and len(index) <= 18):
            return f"holds {_shown(pair)}, where an index, a colon and a number belong"
        if _LABEL.fullmatch(value) is None:
            return f"holds {_shown(pair)}: could not convert {_shown(value)} to a number"
    return f"is {_shown(body)}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}...")


def _numbers(values: Any) -> NDArray[Any]:
    return np.asarray(values)  # an array.array is a buffer
