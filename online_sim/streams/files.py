"""Streams from files: LIBSVM text and CSV, plain or compressed (gzip, bzip2, xz, zip), rows in file order.

A file is read and checked whole, even where only its first rows are kept: a row does not depend on how many
are asked for.

File order matters: a stream recorded in time is replayed in time. Shuffle it explicitly with `Shuffled`.
"""

import csv
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from online_sim.streams.arrays import ArrayStream, PlayOrder
from online_sim.streams.data_files import (
    broken_file,
    find_file,
    foreign_byte,
    open_plain,
    short_name,
    text_lines,
)
from online_sim.streams.libsvm import read_sparse
from online_sim.streams.sparse import SparseStream
from theory.borders import flag, one_of, whole
from theory.printable import printable

DENSE_LIMIT = 1 << 28
"""Numbers in a dense table (2 GiB of float64) above which `libsvm_file` asks for sparse rows."""


def signs(labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Labels with exactly two distinct values mapped to -1 (the smaller) and +1; others unchanged."""
    distinct = np.unique(labels)
    return np.where(labels == distinct[1], 1.0, -1.0) if len(distinct) == 2 else labels


@overload
def libsvm_file(
    path: Path | str,
    *,
    zero_based: bool | Literal["auto"] = ...,
    dimension: int | None = ...,
    rows: int | None = ...,
    order: PlayOrder = ...,
    sparse: Literal[False] = ...,
) -> ArrayStream: ...


@overload
def libsvm_file(
    path: Path | str,
    *,
    zero_based: bool | Literal["auto"] = ...,
    dimension: int | None = ...,
    rows: int | None = ...,
    order: PlayOrder = ...,
    sparse: bool,
) -> ArrayStream | SparseStream: ...


def libsvm_file(
    path: Path | str,
    *,
    zero_based: bool | Literal["auto"] = "auto",
    dimension: int | None = None,
    rows: int | None = None,
    order: PlayOrder = "once",
    sparse: bool = False,
) -> ArrayStream | SparseStream:
    """A file in LIBSVM format (``label index:value ...``) as dense rows, or as they are written.

    Two distinct labels become -1 (the smaller) and +1; regression targets stay. A comment runs from # to the
    end of its line.

    Args:
        path: The file, or a path relative to the data folder, such as "libsvm/a9a.bz2".
        zero_based: Whether the first column is 0; "auto" takes 1 when no index 0 occurs in the file.
        dimension: The number of columns, to give a training and a test file the same; None for the largest
            index in the file.
        rows: How many of the first rows to keep; None for all. The whole file decides columns and labels.
        order: "once" or "cycle" (never ends).
        sparse: Whether to keep only the entries in the file (`SparseStream`), for many columns most of which
            are 0; the numbers are the same.

    Raises:
        ValueError: A missing, empty, truncated or malformed file, indices that do not ascend, NaN or inf. The
            message gives path, line number, reason and remedy.
    """
    one_of("zero_based", zero_based, (True, False, "auto"))
    flag("sparse", sparse)
    width = None if dimension is None else whole("dimension", dimension, least=1)
    limit = None if rows is None else whole("rows", rows, least=1)
    found = find_file(path)
    with open_plain(found) as stream:
        read = read_sparse(found, text_lines(found, stream), limit)
    if not read.labels:
        raise broken_file(found, "it has no rows", "fetch it again")
    least, line = read.smallest or (1, 0)
    base = int(not zero_based) if isinstance(zero_based, bool) else int(least > 0)
    if least < base:
        raise broken_file(found, f"line {line} has the index 0", "pass zero_based=True, or leave it out")
    largest, line = read.largest
    columns = width or largest + 1 - base
    if largest - base >= columns:
        what = f"line {line} has the index {largest}, and `dimension` is {columns}"
        raise broken_file(found, what, f"pass {largest + 1 - base} at least")
    if columns <= 0:
        raise broken_file(found, "its lines hold labels only", "name the columns with `dimension`")
    if read.not_finite is not None:
        line, row, index, value = read.not_finite
        what = f"line {line} holds {value} in row {row}, column {index - base} (counted from 0)"
        raise broken_file(found, what, "NaN and inf cannot be played: repair or remove the line")
    count, table = len(read.lengths), read.rows(base, columns)
    labels = signs(np.asarray(read.labels, dtype=np.float64))[:count]
    name = f"{short_name(found)}(n={count}, d={columns})"
    provenance = f"LIBSVM text file {printable(found.name)}, {count} rows in file order"
    if sparse:
        return SparseStream(table, labels, order=order, name=name, provenance=provenance)
    if count * columns > DENSE_LIMIT:
        what = f"{count} x {columns} numbers do not fit as a dense table"
        remedy = f"read fewer with `rows`, pass sparse=True, or look at line {line}, the widest"
        raise broken_file(found, what, remedy)
    dense = table.dense(np.arange(count))
    return ArrayStream(dense, labels, order=order, name=name, provenance=provenance)


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
    order: PlayOrder = "once",
) -> ArrayStream:
    """A CSV file, one round a line, in file order.

    Args:
        path: The file, or a path relative to the data folder, such as "streams/elec2.csv.bz2".
        label_column: A name from the header, or a number (negative from the right); None for labels 0.
        skip_columns: Names or numbers of columns to leave out.
        header: Whether the first line names the columns.
        delimiter: The character between cells.
        binary_labels: Whether to map two distinct labels to -1 (the smaller) and +1.
        standardise: Whether to shift and scale every column to mean 0 and variance 1 over all rows (this
            looks ahead in time; a constant column becomes 0).
        rows: How many of the first rows to keep; None for all. The whole file is read and checked.
        order: "once" or "cycle" (never ends).

    Raises:
        ValueError: A missing, empty, truncated or ragged file, or a cell that is empty, NaN, inf or not a
            number in a column that is kept. The message gives path, line number, reason and remedy.
    """
    limit = None if rows is None else whole("rows", rows, least=1)
    for name, value in (("header", header), ("binary_labels", binary_labels), ("standardise", standardise)):
        flag(name, value)
    if isinstance(skip_columns, (str, int)):
        raise ValueError(f"`skip_columns` is {skip_columns!r}; pass a list: [{skip_columns!r}]")
    if not (isinstance(delimiter, str) and len(delimiter) == 1 and delimiter not in '"\r\n'):
        raise ValueError(f"`delimiter` is {delimiter!r}; expected one character, such as ',' or ';'")
    found = find_file(path)
    with open_plain(found) as stream:
        reader = csv.reader(_decoded(found, stream), delimiter=delimiter, strict=True)
        try:
            table, label = _parse(found, reader, label_column, skip_columns, header)
        except csv.Error as error:
            raise broken_file(
                found, f"line {reader.line_num}: {error}", "expected CSV text in UTF-8"
            ) from error
    labels = None
    if label is not None:
        labels = table[:, label]
        table = np.delete(table, label, axis=1)
        if table.shape[1] == 0:
            raise broken_file(found, "no column is left besides the label", "keep one with `skip_columns`")
        if binary_labels and len(np.unique(labels)) != 2:
            what = f"the label column has {len(np.unique(labels))} distinct values"
            raise broken_file(found, what, "`binary_labels` needs exactly two")
        labels = (signs(labels) if binary_labels else labels)[:limit]
    elif binary_labels:
        raise ValueError("`binary_labels` is True without a `label_column`; name the column of the labels")
    table = (standardised(table) if standardise else table)[:limit]
    count, columns = table.shape
    return ArrayStream(
        table,
        labels,
        order=order,
        name=f"{short_name(found)}(n={count}, d={columns})",
        provenance=f"CSV file {printable(found.name)}, {count} rows in file order"
        + (", standardised" if standardise else ""),
    )


def standardised(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every column shifted to mean 0 and scaled to variance 1 (divisor n); a constant column becomes 0.

    Entries of any size will do: each column is first scaled by a power of two, which rounds nothing, so that
    no square overflows or vanishes.
    """
    constant = columns.max(axis=0) == columns.min(axis=0)
    with np.errstate(under="ignore"):  # entries far smaller than the largest of their column
        scaled = np.ldexp(columns, -np.frexp(np.abs(columns).max(axis=0))[1])
        centred: NDArray[np.float64] = scaled - scaled.mean(axis=0)
        centred[:, constant] = 0.0  # rounding of the mean would otherwise be blown up to size 1
        centred /= np.where(constant, 1.0, scaled.std(axis=0))
    return centred


def _decoded(path: Path, stream: IO[bytes]) -> Iterator[str]:
    """The lines of a file whose text is UTF-8 throughout."""
    for number, line in enumerate(text_lines(path, stream), 1):
        if not line.isascii() and (byte := foreign_byte(line)) is not None:
            what = f"line {number} holds the byte {byte}, which is not text in UTF-8"
            raise broken_file(path, what, "expected CSV text in UTF-8")
        yield line


def _parse(
    path: Path, reader: Any, label_column: str | int | None, skip_columns: Sequence[str | int], header: bool
) -> tuple[NDArray[np.float64], int | None]:
    """The kept columns as numbers, and the label's position among them."""
    columns: list[str] = []
    kept: list[int] = []
    label: int | None = None
    table = array("d")
    for fields in reader:
        if not fields or (len(columns) > 1 and len(fields) == 1 and not fields[0].strip()):
            continue
        if not columns:
            columns = [name.strip() for name in fields] if header else [str(i) for i in range(len(fields))]
            if header and all(_is_number(cell) for cell in fields):
                what = f"line {reader.line_num} should name the columns, but holds only numbers"
                raise broken_file(path, what, "pass header=False")
            label = None if label_column is None else _column(path, columns, label_column, "label_column")
            skipped = {_column(path, columns, name, "skip_columns") for name in skip_columns}
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
        for i in kept:
            try:
                table.append(_number(fields[i]))
            except ValueError as error:
                what = f"line {reader.line_num}, column {columns[i]!r} {error}"
                raise broken_file(
                    path, what, "repair it, or leave the column out by `skip_columns`"
                ) from None
    if not table or not kept:
        raise broken_file(path, "it has no rows of data" if kept else "no column is kept", "check the file")
    return np.asarray(table).reshape(-1, len(kept)), None if label is None else kept.index(label)


def _number(cell: str) -> float:
    """The cell as a finite float; the ValueError continues "column x ..."."""
    text = cell.strip()
    if not text:
        raise ValueError("is empty")
    try:  # float takes 1_000 and digits of any script, a CSV number does not
        value = float("no" if "_" in text or not text.isascii() else text)
    except ValueError:
        raise ValueError(f"holds {text[:40]!r}, not a number") from None
    if not np.isfinite(value):
        raise ValueError(f"holds {text!r}; NaN and inf cannot be played")
    return value


def _is_number(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        return False
    return True


def _column(path: Path, columns: list[str], wanted: str | int, argument: str) -> int:
    """The position of a column given by its name or its number."""
    if isinstance(wanted, str):
        if columns.count(wanted) == 1:
            return columns.index(wanted)
    elif not isinstance(wanted, bool) and wanted in range(-len(columns), len(columns)):
        return int(wanted) % len(columns)
    known = ", ".join([*columns[:40], *(["..."] * (len(columns) > 40))])
    raise broken_file(path, f"`{argument}` has {wanted!r}", f"expected one of (once in the header): {known}")
