"""Streams of sparse rows: the rounds of the same rows in an array, read from scipy or from a file."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_array, csr_array

from online_sim.game import Game, fingerprint
from online_sim.sparse_rows import SparseRows, same_rows
from online_sim.streams import ArrayStream, Shuffled, SparseStream, check_stream, libsvm_file
from online_sim.streams.base import Block, Stream, Table
from online_sim.streams.conformance import ConformanceError
from sparse_data import documents
from theory.algorithms.sgd import SGD
from theory.losses.squared import SQUARED


@pytest.mark.parametrize("order", ["once", "cycle"])
def test_keeps_the_contract(order):
    """Both orders pass the conformance function, and so do random orders."""
    rows, labels = documents(37, 50, words=5)
    stream = SparseStream(rows, labels, order=order)
    check_stream(stream)
    check_stream(Shuffled(stream, seed=1))
    check_stream(Shuffled(stream, seed=1, with_replacement=False))


def test_plays_the_rounds_of_an_array():
    """Rows, labels and the mean of a random row are those of the dense stream."""
    rows, labels = documents(37, 50, words=5)
    sparse, dense = SparseStream(rows, labels), ArrayStream(rows.toarray(), labels)
    assert (sparse.length, sparse.dimension, sparse.seed) == (37, 50, None)
    assert np.array_equal(sparse.block(5, 30).played, dense.block(5, 30).played)
    for one, other in ((sparse, dense), (Shuffled(sparse, seed=3), Shuffled(dense, seed=3))):
        assert np.array_equal(one.block(0, 37).played, other.block(0, 37).played)
        assert np.array_equal(one.block(0, 37).index, other.block(0, 37).index)
    assert np.array_equal(Shuffled(sparse).mean, Shuffled(dense).mean)
    assert len(set(np.diff(rows.indptr))) > 3  # rows of several lengths


def test_entries_are_sorted_and_added_up():
    """A matrix may give its entries in any order, and twice."""
    rows = coo_array(([1.0, 2.0, 3.0], ([0, 0, 0], [2, 0, 2])), shape=(2, 3))
    stream = SparseStream(rows)
    assert stream.block(0, 2).played.tolist() == [[2.0, 0.0, 4.0], [0.0, 0.0, 0.0]]
    assert stream.rows.columns.tolist() == [0, 2]


def test_rows_are_read_only_copies():
    """Neither the caller's matrix nor the stream's arrays can change what is played."""
    rows = csr_array(np.eye(2))
    stream = SparseStream(rows)
    rows.data[:] = 9.0
    assert stream.rows.values.tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match="read-only"):
        stream.rows.values[0] = 7.0


def test_content_tells_streams_apart():
    """The fingerprint of a game depends on the place and the size of every entry."""

    def print_of(*entries: tuple[int, float]) -> str:
        columns, values = zip(*entries, strict=True)
        rows = csr_array((values, ([0] * len(values), columns)), shape=(1, 9))
        stream = SparseStream(rows, order="cycle")
        return fingerprint(Game(SGD, SQUARED, stream, horizon=3, parameters={"alpha": 1.0}))

    assert print_of((1, 2.0)) == print_of((1, 2.0))
    assert (
        len({print_of((1, 2.0)), print_of((1, 3.0)), print_of((2, 2.0)), print_of((1, 2.0), (2, 1.0))}) == 4
    )


def test_a_file_read_sparse_has_the_numbers_of_the_dense_one(tmp_path: Path):
    """Rows, labels, base of the indices and number of columns agree, with `rows` and `dimension` too."""
    path = tmp_path / "toy.svm"
    path.write_text("3 2:5 4:-1.5\n-1 1:0.25\n3 # nothing\n-1 4:1e-3\n")
    for given in ({}, {"rows": 2}, {"dimension": 9}, {"zero_based": True}, {"order": "cycle"}):
        dense, sparse = libsvm_file(path, **given), libsvm_file(path, sparse=True, **given)
        assert isinstance(sparse, SparseStream)
        assert (sparse.name, sparse.provenance, sparse.length) == (dense.name, dense.provenance, dense.length)
        count = len(dense.labels)
        assert np.array_equal(sparse.block(0, count).played, dense.vectors)
        assert np.array_equal(sparse.labels, dense.labels)


def test_many_columns_are_read_sparse_only(tmp_path: Path):
    """A dense table that does not fit is refused with the remedy, and the same file is played sparse."""
    path = tmp_path / "wide.svm"
    path.write_text("1 1:1\n-1 1000000000:2\n")
    with pytest.raises(ValueError, match=r"do not fit as a dense table; .*pass sparse=True"):
        libsvm_file(path)
    stream = libsvm_file(path, sparse=True)
    assert stream.dimension == 10**9
    assert stream.rows.columns.tolist() == [0, 10**9 - 1]
    with pytest.raises(ValueError, match="`sparse` = 1 must be True or False"):
        libsvm_file(path, sparse=1)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"columns": [3, 1, 0]}, "do not ascend"),
        ({"columns": [1, 1, 0]}, "do not ascend"),
        ({"columns": [1, 4, 0]}, r"leave 0\.\.3"),
        ({"columns": [-1, 1, 0]}, r"leave 0\.\.3"),
        ({"values": [1.0, np.nan, 2.0]}, "NaN or inf"),
        ({"starts": [0, 2, 2]}, "do not end where their entries do"),
        ({"starts": [0, 4, 3]}, "overlap"),
        ({"dimension": 5}, r"leave 0\.\.3"),
    ],
)
def test_rows_that_a_kernel_could_not_trust_are_found(changed, words):
    """The control of the conformance function: each mistake in the arrays has its sentence."""

    class Own(Stream):
        def __init__(self, rows: SparseRows) -> None:
            self.rows, self.labels = rows, np.zeros(2)

        name, dimension = "own", 4

        @property
        def table(self) -> Table:
            return self.rows, self.labels

        def _block(self, start: int, stop: int) -> Block:
            return Block(self.rows, self.labels, np.arange(start, stop) % 2)

    good = SparseRows(np.array([0, 2, 3]), np.array([1, 3, 0]), np.array([1.0, 5.0, 2.0]), 4)
    check_stream(Own(good))
    arrays = {name: np.array(part) if isinstance(part, list) else part for name, part in changed.items()}
    with pytest.raises(ConformanceError, match=words):
        check_stream(Own(dataclasses.replace(good, **arrays)))


def test_tables_are_compared_by_content():
    """Equal entries are equal rows; a dense table is another form."""
    rows, _ = documents(9, 20, words=3)
    one, two = SparseStream(rows).rows, SparseStream(rows.copy()).rows
    other = SparseStream(2.0 * rows).rows
    assert same_rows(one, two)
    assert not same_rows(one, other)
    assert not same_rows(one, rows.toarray())
    assert same_rows(rows.toarray(), rows.toarray())
