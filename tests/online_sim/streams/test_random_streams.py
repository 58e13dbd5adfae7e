"""Shuffled, Gaussian and alphabet streams: the law of the draws, and independence of the blocks."""

import math

import numpy as np
import pytest

from online_sim.streams.adversarial import wrong_end
from online_sim.streams.alphabet import AlphabetStream, NoiseAlphabet, skewed
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.chunks import CHUNK_NUMBERS, StreamKind, chunk_generator
from online_sim.streams.conformance import check_stream
from online_sim.streams.gaussian import GaussianStream
from online_sim.streams.shuffled import Shuffled

TABLE = ArrayStream(np.arange(14.0).reshape(7, 2), np.arange(7.0))
FINE = NoiseAlphabet([0, 1], [f"1/{2**63}", f"{2**63 - 1}/{2**63}"])
LARGE = ArrayStream(np.arange(20_000.0).reshape(-1, 1))


@pytest.mark.parametrize(
    "stream",
    [
        Shuffled(TABLE, 4),
        Shuffled(TABLE, 4, with_replacement=False),
        Shuffled(LARGE, 4, with_replacement=False),
        Shuffled((np.eye(3), np.zeros(3)), 1),
        Shuffled(ArrayStream([[1.0]]), 2),
        GaussianStream(3, 5, planted=[1.0, -2.0, 0.5], noise=0.1),
        GaussianStream(40_000, 5),
        AlphabetStream(skewed(), 6),
        AlphabetStream(NoiseAlphabet([1, 2, 3], ["1/1000003", "2/1000003", "1000000/1000003"]), 6),
    ],
    ids=lambda stream: stream.name,
)
def test_keeps_the_contract(stream):
    """Every random stream passes the conformance function."""
    check_stream(stream, rounds=16 if stream.dimension > 1000 else 200)


@pytest.mark.parametrize(
    "make", [lambda: Shuffled(TABLE, 1), lambda: AlphabetStream(skewed(), 1), lambda: GaussianStream(2, 1)]
)
def test_blocks_across_chunks_are_pieces_of_one_sequence(make):
    """Cuts at, before and after a chunk's border give the rounds of one long block."""
    total = 3 * CHUNK_NUMBERS
    whole = make().block(0, total)
    rows = whole.vectors[whole.index]
    for cut in (1, CHUNK_NUMBERS - 1, CHUNK_NUMBERS, CHUNK_NUMBERS + 1, 2 * CHUNK_NUMBERS + 17):
        for start, stop in ((0, cut), (cut, total)):
            piece = make().block(start, stop)
            assert np.array_equal(piece.vectors[piece.index], rows[start:stop])


@pytest.mark.parametrize(("base", "first_epoch"), [(TABLE, 0), (TABLE, 2340), (TABLE, 5000), (LARGE, 3)])
def test_without_replacement_every_epoch_is_a_permutation(base, first_epoch):
    """Each epoch of n rounds plays every row exactly once, and epochs differ."""
    stream, n = Shuffled(base, 9, with_replacement=False), len(base.vectors)
    index = stream.block(first_epoch * n, (first_epoch + 4) * n).index.reshape(4, n)
    assert (np.sort(index, axis=1) == np.arange(n)).all()
    assert len(np.unique(index, axis=0)) > 1


def test_with_replacement_epochs_repeat_rows():
    """Must-fail control: independent draws are no permutations (7! / 7^7 < 1 % of epochs are)."""
    index = Shuffled(TABLE, 9).block(0, 700).index.reshape(100, 7)
    permutations = (np.sort(index, axis=1) == np.arange(7)).all(axis=1).sum()
    assert permutations < 10


@pytest.mark.parametrize("with_replacement", [True, False])
def test_every_row_is_equally_likely(with_replacement):
    """Counts at every position of an epoch stay within 5 standard deviations of uniform."""
    epochs, n = 7000, 7
    index = (
        Shuffled(TABLE, 2, with_replacement=with_replacement).block(0, epochs * n).index.reshape(epochs, n)
    )
    for position in range(n):
        counts = np.bincount(index[:, position], minlength=n)
        assert np.abs(counts - epochs / n).max() < 5 * np.sqrt(epochs / n * (1 - 1 / n))


def test_shuffling_ignores_the_order_of_the_base_and_keeps_labels():
    """A pattern is shuffled over its table, and labels travel with their rows."""
    assert Shuffled(wrong_end(2, 3)).table[0].tolist() == [[2.0], [-1.0], [-1.0], [-1.0]]
    block = Shuffled(TABLE, 5).block(100, 150)
    assert (block.vectors[block.index, 0] == 2 * block.labels[block.index]).all()


def test_a_stream_without_a_table_cannot_be_shuffled():
    """The error names the stream and a remedy."""
    with pytest.raises(ValueError, match=r"`base` is the stream gaussian\(d=2\), which has no finite table"):
        Shuffled(GaussianStream(2))


def test_the_mean_of_a_row_where_rounds_share_one_law():
    """Known for iid rows, exact where the table's sum is exact, None where the past tells of the next row."""
    thirds = ArrayStream([[0.1, 1.0], [0.2, 1.0], [-0.3, 4.0]])
    assert Shuffled(thirds).mean.tolist() == [math.fsum([0.1, 0.2, -0.3]) / 3, 2.0]
    assert Shuffled(thirds, with_replacement=False).mean is None
    assert thirds.mean is None
    assert wrong_end(2, 3).mean is None
    assert GaussianStream(2, mean=[1.0, -3.0]).mean.tolist() == [1.0, -3.0]
    assert AlphabetStream(skewed()).mean.tolist() == [0.0]


def test_gaussian_moments():
    """Mean, standard deviation and correlation within 5 standard errors over 2e5 rows."""
    rounds = 200_000
    mean, std = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    rows = GaussianStream(2, 8, mean=mean, std=std).block(0, rounds).vectors
    z = (rows - mean) / std
    assert np.abs(z.mean(axis=0)).max() < 5 / np.sqrt(rounds)
    assert np.abs((z**2).mean(axis=0) - 1).max() < 5 * np.sqrt(2 / rounds)
    assert abs((z[:, 0] * z[:, 1]).mean()) < 5 / np.sqrt(rounds)
    assert abs((z[:-1] * z[1:]).mean()) < 5 / np.sqrt(2 * rounds)


def test_planted_labels():
    """Targets are <w, a>, classes their sign, noise adds the stated spread; the rows never change."""
    w = np.array([1.0, -2.0, 3.0])
    plain, exact = GaussianStream(3, 4).block(5, 20_005), GaussianStream(3, 4, planted=w).block(5, 20_005)
    classes = GaussianStream(3, 4, planted=w, classes=True).block(5, 20_005)
    noisy = GaussianStream(3, 4, planted=w, noise=0.5).block(5, 20_005)
    for other in (exact, classes, noisy):
        assert np.array_equal(plain.vectors, other.vectors)
    assert not plain.labels.any()
    assert exact.labels == pytest.approx(exact.vectors @ w, abs=1e-13)  # three products of size < 20
    assert np.array_equal(classes.labels, np.where(exact.labels >= 0, 1.0, -1.0))
    assert (noisy.labels - exact.labels).std() == pytest.approx(0.5, rel=5 / np.sqrt(2 * 20_000))


def test_reseed_keeps_the_problem():
    """Another seed changes the rows and keeps the law and the planted model."""
    stream = GaussianStream(
        2, 3, mean=1.0, std=2.0, planted=[1.0, 1.0], noise=0.25, classes=True, name="mine"
    )
    other = stream.reseed(99)
    assert (other.seed, other.name, other.noise, other.classes) == (99, "mine", 0.25, True)
    assert np.array_equal(other.planted, stream.planted)
    assert np.array_equal(other.std, stream.std)


def test_streams_share_no_randomness():
    """One seed in default_rng, another kind or another chunk gives other numbers."""
    draws = [chunk_generator(7, kind, number).random() for kind in StreamKind for number in (0, 1)]
    assert len({*draws, np.random.default_rng(7).random(), np.random.default_rng([7, 1]).random()}) == 10


def test_alphabet_frequencies():
    """Letter counts over 1.6e5 rounds within 5 standard deviations of the exact ones, both draw paths."""
    rounds = 160_000
    for chances in (["1/4", "3/4"], ["250001/1000003", "750002/1000003"]):
        index = AlphabetStream(NoiseAlphabet([3, -1], chances), 1).block(0, rounds).index
        assert abs((index == 0).sum() - rounds / 4) < 5 * np.sqrt(rounds * 3 / 16)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GaussianStream(0), "`dimension` = 0 must be a whole number, at least 1"),
        (lambda: GaussianStream(2, -1), "`seed` = -1 must be a whole number, at least 0"),
        (lambda: GaussianStream(2, std=-1.0), "`std` has the entry -1.0"),
        (lambda: GaussianStream(2, mean=[1.0]), r"`mean` has shape \(1,\); expected \(2,\)"),
        (lambda: GaussianStream(2, mean=np.nan), "`mean` .* holds NaN at index 0"),
        (lambda: GaussianStream(2, noise=1.0), "pass `planted`"),
        (
            lambda: GaussianStream(2, planted=[1, 2], noise=-1.0),
            "`noise` = -1.0 must be a finite number, at least 0",
        ),
        (lambda: Shuffled(TABLE, 1.5), "`seed` = 1.5 must"),
        (lambda: AlphabetStream(skewed(), None), "`seed` = None must"),
        (lambda: AlphabetStream(FINE), "common denominator"),
    ],
)
def test_bad_arguments_are_one_clear_error(make, message):
    """Every malformed argument is a ValueError with its name and what came."""
    with pytest.raises(ValueError, match=message):
        make()
