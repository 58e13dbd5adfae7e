"""One conformance function for every stream: `check_stream` says which promise of `Stream` is broken."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from online_sim.contract import ConformanceError, overridden
from online_sim.sparse_rows import SparseRows, same_rows
from online_sim.streams.base import Block, DenseTable, Stream, Table

FAR = (8_150, 16_300, 65_500, 10**6, 10**9)
"""Starts of the windows checked besides round 1: around the usual chunk sizes, and far out."""


def check_stream(stream: Stream, *, rounds: int = 200) -> None:
    """Check `stream` against the contract of `Stream`.

    Dtypes, shapes, contiguity and finiteness of blocks; index in range; the same rounds however the horizon
    is cut, in any order of asking; results that the caller may overwrite without harm; the same rounds again
    under the same seed and others under another seed (a deterministic stream stays itself); blocks over
    exactly the table, when there is one. It looks at finitely many rounds: a pass is evidence, not a proof.

    Args:
        stream: The stream to check.
        rounds: The length of each window of rounds, >= 8.

    Raises:
        ConformanceError: A promise is broken; the message says which.
    """
    _check_description(stream)
    windows = _windows(stream, rounds)
    for start, stop in windows:
        _check_cuts(stream, start, stop)
    _check_seed(stream, windows)
    _check_overwriting(stream, *windows[0])


def _fail(stream: Stream, sentence: str) -> ConformanceError:
    return ConformanceError(f"{type(stream).__name__} {stream.name!r}: {sentence}")


def _check_description(stream: Stream) -> None:
    if not isinstance(stream, Stream):
        raise ConformanceError(f"{stream!r} is not a Stream; subclass online_sim.streams.base.Stream")
    if (method := overridden(stream, Stream)) is not None:
        raise _fail(stream, f"{method}() is final and checks the range of rounds; define _{method}()")
    if not (isinstance(stream.name, str) and stream.name):
        raise ConformanceError(
            f"{type(stream).__name__}: `name` is {stream.name!r}, expected a nonempty string"
        )
    if not (isinstance(stream.dimension, int) and stream.dimension >= 1):
        raise _fail(stream, f"`dimension` is {stream.dimension!r}, expected an int >= 1")
    if not (stream.length is None or (isinstance(stream.length, int) and stream.length >= 1)):
        raise _fail(stream, f"`length` is {stream.length!r}, expected an int >= 1 or None")
    if not (stream.seed is None or isinstance(stream.seed, int)):
        raise _fail(stream, f"`seed` is {stream.seed!r}, expected an int or None")
    if stream.table is not None:
        vectors, labels = stream.table
        _check_arrays(stream, "`table`", vectors, labels)
    mean = stream.mean
    if mean is not None and not (
        isinstance(mean, np.ndarray) and mean.shape == (stream.dimension,) and np.isfinite(mean).all()
    ):
        raise _fail(stream, f"`mean` is {mean!r}, expected None or {stream.dimension} finite numbers")


def _check_arrays(stream: Stream, where: str, vectors: object, labels: object) -> None:
    if isinstance(vectors, SparseRows):
        _check_sparse(stream, where, vectors)
    count = len(vectors) if isinstance(vectors, SparseRows) else len(np.asarray(vectors))
    for array, kind in ((vectors, "vectors"), (labels, "labels")):
        if isinstance(array, SparseRows):
            continue
        if not isinstance(array, np.ndarray) or array.dtype != np.float64:
            found = getattr(array, "dtype", type(array).__name__)
            raise _fail(stream, f"the {kind} of {where} are {found}, expected a float64 array")
        if not array.flags.c_contiguous:
            raise _fail(stream, f"the {kind} of {where} are not C-contiguous")
        if not np.isfinite(array).all():
            raise _fail(stream, f"the {kind} of {where} hold NaN or inf")
        expected = (len(array), stream.dimension) if kind == "vectors" else (count,)
        if array.shape != expected:
            raise _fail(stream, f"the {kind} of {where} have shape {array.shape}, expected {expected}")


def _check_sparse(stream: Stream, where: str, rows: SparseRows) -> None:
    """The engines read entries without looking: places must exist, and ascend within a row."""
    ends, columns = rows.starts, rows.columns
    if not (len(ends) > 1 and ends[0] == 0 and ends[-1] == len(columns) == len(rows.values)):
        raise _fail(stream, f"the rows of {where} do not end where their entries do")
    if np.any(np.diff(ends) < 0) or not np.isfinite(rows.values).all():
        raise _fail(stream, f"the rows of {where} overlap, or hold NaN or inf")
    place = rows.row_numbers() * rows.dimension + columns
    inside = columns.size == 0 or (columns.min() >= 0 and columns.max() < stream.dimension == rows.dimension)
    if not inside or np.any(np.diff(place) <= 0):
        raise _fail(
            stream, f"the columns of {where} do not ascend in a row, or leave 0..{stream.dimension - 1}"
        )


def _windows(stream: Stream, rounds: int) -> list[tuple[int, int]]:
    if rounds < 8:
        raise ValueError(f"`rounds` is {rounds}; at least 8 are needed to cut a window in several ways")
    length = stream.length
    if length is None:
        return [(start, start + rounds) for start in (0, *FAR)]
    starts = {0, max(0, length - rounds)} | {start for start in FAR if start < length}
    return [(start, min(start + rounds, length)) for start in sorted(starts)]


def _ask(stream: Stream, start: int, stop: int) -> DenseTable:
    """The rows and labels played in rounds start+1..stop, checked for form."""
    where = f"block({start}, {stop})"
    block = stream.block(start, stop)
    if not isinstance(block, Block):
        raise _fail(stream, f"{where} returned {type(block).__name__}, expected a Block")
    table = stream.table
    if table is None or block.vectors is not table[0] or block.labels is not table[1]:
        _check_arrays(stream, where, block.vectors, block.labels)
        # Comparators count how often each row of the table was played: the index must mean its rows.
        if table is not None and not _same(table, (block.vectors, block.labels)):
            raise _fail(stream, f"{where} is not over the rows of `table`, so counts of rows would mislead")
    index = block.index
    if not isinstance(index, np.ndarray) or index.dtype != np.int64 or not index.flags.c_contiguous:
        raise _fail(stream, f"the index of {where} is not a C-contiguous int64 array")
    if index.shape != (stop - start,):
        raise _fail(stream, f"the index of {where} has shape {index.shape}, expected ({stop - start},)")
    if index.min() < 0 or index.max() >= len(block.vectors):
        raise _fail(stream, f"the index of {where} leaves 0..{len(block.vectors) - 1}, the rows of its table")
    return block.played, block.labels[index]


def _same(first: Table, second: Table) -> bool:
    return same_rows(first[0], second[0]) and np.array_equal(first[1], second[1])


def _join(pieces: Sequence[DenseTable]) -> DenseTable:
    return np.concatenate([piece[0] for piece in pieces]), np.concatenate([piece[1] for piece in pieces])


def _check_cuts(stream: Stream, start: int, stop: int) -> None:
    whole = _ask(stream, start, stop)
    if not _same(whole, _ask(stream, start, stop)):
        raise _fail(stream, f"block({start}, {stop}) differs when asked a second time")
    size = stop - start
    for step in {1, max(1, size // 7), max(1, size // 2)}:
        cuts = [*range(start, stop, step), stop]
        pieces = [_ask(stream, a, b) for a, b in pairwise(cuts)]
        if not _same(whole, _join(pieces)):
            raise _fail(stream, f"rounds {start + 1}..{stop} change when cut into blocks of {step}")
    # From round 1, so that a position relative to the call's own start cannot pass for the absolute one.
    numbers = stop if stream.table is not None else stop * stream.dimension
    if start > 0 and numbers <= 100_000:
        rows, labels = _ask(stream, 0, stop)
        if not _same(whole, (rows[start:], labels[start:])):
            raise _fail(stream, f"rounds {start + 1}..{stop} differ from the end of block(0, {stop})")


def _check_seed(stream: Stream, windows: Sequence[tuple[int, int]]) -> None:
    again = stream.reseed(0 if stream.seed is None else stream.seed)
    if again.seed != stream.seed:
        raise _fail(stream, f"reseed with its own seed {stream.seed} gave a stream of seed {again.seed}")
    mine = _join([_ask(stream, *window) for window in windows])
    if not _same(mine, _join([_ask(again, *window) for window in windows])):
        raise _fail(stream, "reseed with the same seed plays other rounds")
    other = stream.reseed(1 if stream.seed is None else stream.seed + 1)
    theirs = _join([_ask(other, *window) for window in windows])
    if stream.seed is None:
        if not _same(mine, theirs):
            raise _fail(stream, "`seed` is None, but reseed changes the rounds")
        return
    if other.seed != stream.seed + 1:
        raise _fail(stream, f"reseed({stream.seed + 1}) gave a stream of seed {other.seed}")
    # An almost sure letter can fill every window under both seeds: that proves nothing.
    varies = any((array != array[0]).any() for array in mine)
    if varies and _same(mine, theirs):
        raise _fail(stream, f"the rounds are the same under the seeds {stream.seed} and {stream.seed + 1}")
    if (other.dimension, other.length) != (stream.dimension, stream.length):
        raise _fail(stream, "reseed changes the dimension or the length")


def _check_overwriting(stream: Stream, start: int, stop: int) -> None:
    """What a caller writes into a block (where it may write at all) must not reach later blocks."""
    before = _ask(stream, start, stop)
    block = stream.block(start, stop)
    vectors = block.vectors
    held = (vectors.columns, vectors.values) if isinstance(vectors, SparseRows) else (vectors,)
    for array in (*held, block.labels, block.index):
        if array.flags.writeable:
            array[...] = 0
    try:
        unharmed = _same(before, _ask(stream, start, stop))
    except ConformanceError:
        unharmed = False
    if not unharmed:
        raise _fail(stream, "writing into a block changes later blocks; hand out copies or read-only arrays")
