"""Replayed rows: order, immutability and the border checks."""

from fractions import Fraction

import numpy as np
import pytest

from online_sim.streams.arrays import ArrayStream
from online_sim.streams.conformance import check_stream


@pytest.mark.parametrize("order", ["once", "cycle"])
def test_keeps_the_contract(order):
    """Both orders pass the conformance function."""
    rows = np.random.default_rng(3).normal(size=(37, 4))
    check_stream(ArrayStream(rows, rows[:, 0] > 0, order=order))


def test_once_plays_the_rows_in_their_order():
    """Round t plays row t - 1 and its label."""
    stream = ArrayStream([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [1, -1, 1])
    block = stream.block(1, 3)
    assert block.vectors[block.index].tolist() == [[3.0, 4.0], [5.0, 6.0]]
    assert block.labels[block.index].tolist() == [-1.0, 1.0]
    assert (stream.length, stream.dimension, stream.seed) == (3, 2, None)


def test_cycle_starts_again():
    """Order "cycle" plays row (t - 1) mod n, far out too."""
    stream = ArrayStream([[1.0], [2.0], [3.0]], order="cycle")
    assert stream.length is None
    assert stream.block(2, 7).index.tolist() == [2, 0, 1, 2, 0]
    assert stream.block(3 * 10**15 + 1, 3 * 10**15 + 3).index.tolist() == [1, 2]


def test_the_end_is_an_error_that_names_length_and_remedy():
    """Asking past the last row says how many rounds there are and what to do."""
    stream = ArrayStream([[1.0], [2.0]], name="short")
    with pytest.raises(ValueError, match=r"`stop` is 3, but the stream short ends after 2 rounds.*cycle"):
        stream.block(0, 3)


def test_rows_are_read_only_copies():
    """Neither the caller's array nor the stream's can change what is played."""
    source = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(3, 2))
    stream = ArrayStream(source)
    source[:] = -1
    assert stream.vectors.flags.c_contiguous
    assert stream.vectors.dtype == np.float64
    assert stream.vectors.tolist() == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
    with pytest.raises(ValueError, match="read-only"):
        stream.vectors[0, 0] = 7.0


def test_fractions_are_rounded_to_doubles():
    """Rationals are accepted and become the nearest doubles."""
    assert ArrayStream([[Fraction(1, 3)]]).vectors[0, 0] == 1 / 3


@pytest.mark.parametrize(
    ("vectors", "labels", "message"),
    [
        ([[1.0], [np.nan]], None, r"`vectors` .* holds NaN at index \(1, 0\)"),
        ([[1.0, np.inf]], None, r"`vectors` .* holds inf at index \(0, 1\)"),
        ([[1.0], [2.0]], [0.0, np.nan], r"`labels` .* holds NaN at index 1"),
        ([1.0, 2.0], None, r"`vectors` has shape \(2,\); expected \(n, d\)"),
        (np.zeros((0, 3)), None, r"shape \(0, 3\); expected \(n, d\), at least one row"),
        (np.zeros((3, 0)), None, r"shape \(3, 0\); expected \(n, d\), at least one row and one column"),
        ([[1.0], [2.0]], [1.0], r"`labels` has shape \(1,\); expected \(2,\)"),
        ([[1.0], [2.0, 3.0]], None, r"`vectors` = .* must be an array of real numbers"),
        ([["a"]], None, r"`vectors` = .* must be an array of real numbers"),
        ([[1j]], None, r"`vectors` = .* must be an array of real numbers"),
        ([[10**400]], None, r"`vectors` = .* must be an array of real numbers"),
    ],
)
def test_bad_input_is_one_clear_error(vectors, labels, message):
    """Every malformed argument is a ValueError with its name and what came."""
    with pytest.raises(ValueError, match=message):
        ArrayStream(vectors, labels)


def test_unknown_order_is_refused():
    """A misspelt order lists the known ones."""
    with pytest.raises(ValueError, match="`order` = 'loop' is unknown; known: once, cycle"):
        ArrayStream([[1.0]], order="loop")


@pytest.mark.parametrize(("start", "stop"), [(-1, 1), (0, 0), (2, 1), (0.5, 1), (True, 2)])
def test_bad_ranges_are_refused(start, stop):
    """A block needs whole numbers 0 <= start < stop."""
    with pytest.raises(ValueError, match=r"`(start|stop)` (is|=)"):
        ArrayStream([[1.0], [2.0]]).block(start, stop)
