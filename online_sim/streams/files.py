"""Streams from files: LIBSVM text and CSV, plain or compressed with gzip or bzip2, rows in file order.

File order matters: a stream recorded in time is replayed in time. Shuffle it explicitly with `Shuffled`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from online_sim.streams._checks import whole_number
from online_sim.streams._files import broken_file, find_file, open_plain
from online_sim.streams.arrays import ArrayStream

DENSE_LIMIT = 1 << 28
"""Numbers in a dense table (2 GiB of float64) above which `libsvm_file` asks for fewer rows."""

Order = Literal["once", "cycle"]


def signs(labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Labels with exactly two distinct values mapped to -1 (the smaller) and +1; others unchanged."""
    distinct = np.unique(labels)
    return np.where(labels == distinct[1], 1.0, -1.0) if len(distinct) == 2 else labels


def _short_name(path: Path) -> str:
    return path.name.split(".bz2")[0].split(".gz")[0]


def libsvm_file(
    path: Path | str,
    *,
    zero_based: bool | Literal["auto"] = "auto",
    dimension: int | None = None,
    rows: int | None = None,
    order: Order = "once",
) -> ArrayStream:
    """A file in LIBSVM format (``label index:value ...``) as dense rows.

    path: the file, or a path relative to the data folder, such as "libsvm/a9a.bz2". zero_based: whether the
    first column is 0; "auto" takes 1 when no index 0 occurs. dimension: the number of columns, to give a
    training and a test file the same; the largest index decides when left out. rows: only the first so many.
    Two distinct labels become -1 (the smaller) and +1; regression targets stay.

    Raises ValueError with path, reason and remedy for a missing, empty, truncated or malformed file.
    """
    from sklearn.datasets import load_svmlight_file

    found = find_file(path)
    limit = None if rows is None else whole_number(rows, argument="rows", least=1)
    with open_plain(found) as stream:
        text = b"".join(stream if limit is None else _first_lines(stream, limit))
    if not any(_holds_data(line) for line in text.splitlines()):
        raise broken_file(found, "it has no rows", "fetch it again")
    try:
        sparse, labels = load_svmlight_file(io.BytesIO(text), n_features=dimension, zero_based=zero_based)
    except (ValueError, IndexError, OverflowError) as error:
        raise broken_file(found, error, "expected lines `label index:value ...` in LIBSVM format") from error
    count, columns = sparse.shape
    if count * columns > DENSE_LIMIT:
        raise broken_file(
            found, f"{count} x {columns} numbers do not fit as a dense table", "read fewer with `rows`"
        )
    name = _short_name(found)
    try:
        return ArrayStream(
            sparse.toarray(),
            signs(np.asarray(labels, dtype=np.float64)),
            order=order,
            name=f"{name}(n={count}, d={columns})",
            provenance=f"LIBSVM text file {found.name}, {count} rows in file order",
        )
    except ValueError as error:
        raise broken_file(found, error, "repair the file, or name the columns with `dimension`") from error


def _holds_data(line: bytes) -> bool:
    return bool(line.partition(b"#")[0].strip())


def _first_lines(stream: Iterable[bytes], rows: int) -> Iterator[bytes]:
    """The lines up to and including the `rows`-th that holds data."""
    for line in stream:
        yield line
        rows -= _holds_data(line)
        if rows == 0:
            return


def csv_file(
    path: Path | str,
    *,
    label_column: str | int | None = None,
    skip_columns: Sequence[str | int] = (),
    header: bool = True,
    delimiter: str = ",",
    binary_labels: bool = False,
    standardise: bool = False,
    rows: int | None = None,
    order: Order = "once",
) -> ArrayStream:
    """A CSV file, one round a line, in file order.

    path: the file, or a path relative to the data folder, such as "streams/elec2.csv.bz2". label_column,
    skip_columns: names from the header, or numbers (negative from the right); without a label column the
    labels are 0. header: whether the first line names the columns. binary_labels: map two distinct labels to
    -1 (the smaller) and +1. standardise: shift and scale every column to mean 0 and variance 1 over the rows
    read (this looks ahead in time; a constant column becomes 0). rows: only the first so many.

    Raises ValueError with path, line number, reason and remedy for a missing, empty, truncated or ragged
    file, and for a cell that is empty, NaN, inf or no number in a column that is not skipped.
    """
    found = find_file(path)
    limit = None if rows is None else whole_number(rows, argument="rows", least=1)
    with open_plain(found) as stream:
        try:
            reader = csv.reader(
                io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""), delimiter=delimiter, strict=True
            )
            table, label = _parse(found, reader, label_column, skip_columns, header, limit)
        except (csv.Error, UnicodeDecodeError) as error:
            raise broken_file(found, error, "expected CSV text in UTF-8") from error
    labels = None
    if label is not None:
        labels = table[:, label]
        table = np.delete(table, label, axis=1)
        if table.shape[1] == 0:
            raise broken_file(found, "no column is left beside the label", "keep one with `skip_columns`")
        if binary_labels and len(np.unique(labels)) != 2:
            what = f"the label column has {len(np.unique(labels))} distinct values"
            raise broken_file(found, what, "`binary_labels` needs exactly two")
        labels = signs(labels) if binary_labels else labels
    if standardise:
        table = standardised(table)
    count, columns = table.shape
    return ArrayStream(
        table,
        labels,
        order=order,
        name=f"{_short_name(found)}(n={count}, d={columns})",
        provenance=f"CSV file {found.name}, {count} rows in file order"
        + (", standardised" if standardise else ""),
    )


def standardised(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every column shifted to mean 0 and scaled to variance 1 (divisor n); a constant column becomes 0."""
    centred: NDArray[np.float64] = columns - columns.mean(axis=0)
    constant = columns.max(axis=0) == columns.min(axis=0)
    centred[:, constant] = 0.0  # rounding of the mean would otherwise be blown up to size 1
    centred /= np.where(constant, 1.0, columns.std(axis=0))
    return centred


def _parse(
    path: Path,
    reader: Any,
    label_column: str | int | None,
    skip_columns: Sequence[str | int],
    header: bool,
    limit: int | None,
) -> tuple[NDArray[np.float64], int | None]:
    """The kept columns as numbers, and the label's position among them."""
    columns: list[str] = []
    kept: list[int] = []
    label: int | None = None
    table: list[list[float]] = []
    for fields in reader:
        if not fields:
            continue
        if not columns:
            columns = [name.strip() for name in fields] if header else [str(i) for i in range(len(fields))]
            if header and all(_is_number(cell) for cell in fields):
                what = f"line {reader.line_num} should name the columns, but holds only numbers"
                raise broken_file(path, what, "pass header=False")
            label = None if label_column is None else _column(columns, label_column, "label_column")
            skipped = {_column(columns, name, "skip_columns") for name in skip_columns}
            if label in skipped:
                raise ValueError(
                    f"`skip_columns` names the label column {columns[label]!r}; drop it from one"
                )
            kept = [i for i in range(len(columns)) if i not in skipped]
            if header:
                continue
        if len(fields) != len(columns):
            what = f"line {reader.line_num} has {len(fields)} fields, the first line has {len(columns)}"
            raise broken_file(path, what, "repair or remove the line, or pass the right `delimiter`")
        row: list[float] = []
        for i in kept:
            try:
                row.append(_number(fields[i]))
            except ValueError as error:
                what = f"line {reader.line_num}, column {columns[i]!r} {error}"
                raise broken_file(
                    path, what, "repair it, or leave the column out by `skip_columns`"
                ) from None
        table.append(row)
        if len(table) == limit:
            break
    if not table or not kept:
        raise broken_file(path, "it has no rows of data" if kept else "no column is kept", "check the file")
    return np.array(table), None if label is None else kept.index(label)


def _number(cell: str) -> float:
    """The cell as a finite float; the ValueError continues "column x ..."."""
    text = cell.strip()
    if not text:
        raise ValueError("is empty")
    try:
        value = float("no" if "_" in text else text)  # float takes 1_000, a CSV number does not
    except ValueError:
        raise ValueError(f"holds {text!r}, not a number") from None
    if not np.isfinite(value):
        raise ValueError(f"holds {text!r}; NaN and inf cannot be played")
    return value


def _is_number(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        return False
    return True


def _column(columns: list[str], wanted: str | int, argument: str) -> int:
    """The position of a column given by its name or its number."""
    if isinstance(wanted, str):
        if columns.count(wanted) == 1:
            return columns.index(wanted)
    elif -len(columns) <= wanted < len(columns):
        return wanted % len(columns)
    raise ValueError(
        f"`{argument}` has {wanted!r}; expected one of (once in the header): {', '.join(columns)}"
    )
