"""Noise alphabets: exact moments, and the enumeration of all paths."""

from fractions import Fraction

import numpy as np
import pytest

from online_sim.streams.all_paths import enumerate_paths, path_stream
from online_sim.streams.alphabet import NoiseAlphabet, rademacher, skewed
from online_sim.streams.conformance import check_stream


def test_moments_of_the_skewed_alphabet():
    """{+3 w.p. 1/4, -1 w.p. 3/4}: mean 0, variance 3, third moment 6, and E|xi| xi = 3/2."""
    noise = skewed()
    assert noise.mean == (0,)
    assert noise.variance == (3,)
    assert noise.third_central_moment == (6,)
    assert noise.l1_weighted_mean == (Fraction(3, 2),)
    assert noise.skewness == pytest.approx([6 / 3**1.5], rel=1e-15)  # one division and one power


@pytest.mark.parametrize("scale", [Fraction(1, 7), 200, 0.5])
def test_moments_scale(scale):
    """c xi has mean c E xi, variance c^2, E||xi||_1 xi c^2, and the skewness of xi."""
    scaled, factor = skewed(scale), Fraction(scale)
    assert scaled.mean == (0,)
    assert scaled.variance == (3 * factor**2,)
    assert scaled.l1_weighted_mean == (Fraction(3, 2) * factor**2,)
    assert scaled.skewness == pytest.approx(skewed().skewness, rel=1e-14)


def test_rademacher_has_no_skew():
    """A symmetric alphabet is unbiased for AdaL too: E||xi||_1 xi = 0."""
    noise = rademacher()
    assert (noise.mean, noise.variance, noise.l1_weighted_mean) == ((0,), (1,), (0,))
    assert noise.skewness.tolist() == [0.0]


def test_moments_in_two_dimensions():
    """The l1 norm is taken over the whole letter, so coordinates are coupled in E||xi||_1 xi."""
    noise = NoiseAlphabet([[1, 2], [-1, Fraction(-1, 3)]], ["1/3", "2/3"])
    assert noise.mean == (Fraction(-1, 3), Fraction(4, 9))
    # 1/3 * 3 * (1, 2) + 2/3 * 4/3 * (-1, -1/3)
    assert noise.l1_weighted_mean == (Fraction(1, 9), Fraction(46, 27))
    assert noise.values[1, 1] == -1 / 3


def test_floats_as_letters_are_exact_dyadics():
    """A float letter is the rational it is: 0.1 is not 1/10."""
    noise = NoiseAlphabet([0.1, np.float32(0.5)], [Fraction(1, 2), Fraction(1, 2)])
    assert noise.letters == ((Fraction(0.1),), (Fraction(1, 2),))
    assert noise.letters[0][0] != Fraction(1, 10)


@pytest.mark.parametrize("horizon", [1, 2, 5, 9])
def test_paths_are_all_different_and_their_weights_sum_to_one(horizon):
    """k^T distinct paths; weights are the exactly rounded products, so their sum is 1 to k^T roundings."""
    noise = NoiseAlphabet([3, 0, -1], ["1/4", "5/12", "1/3"])
    index, weights = enumerate_paths(noise, horizon)
    assert index.shape == (3**horizon, horizon)
    assert index.dtype == np.int64
    assert len(np.unique(index, axis=0)) == 3**horizon
    for path, weight in zip(index[::101], weights[::101], strict=True):
        exact = Fraction(1)
        for letter in path:
            exact *= noise.probabilities[letter]
        assert weight == float(exact)
    assert weights.sum() == pytest.approx(1, abs=2.0**-52 * 3**horizon)


def test_paths_give_exact_moments_of_a_sum():
    """E (xi_1 + ... + xi_T)^3 = T E xi^3 for centred noise, from the enumeration."""
    index, weights = enumerate_paths(skewed(), 6)
    total = skewed().values[index, 0].sum(axis=1)
    assert weights @ total == pytest.approx(0, abs=1e-14)  # 64 terms of size <= 18
    assert weights @ total**3 == pytest.approx(6 * 6, rel=1e-13)  # 64 terms of size <= 18^3


def test_a_single_letter_has_one_path():
    """k = 1 is no special case, whatever the horizon."""
    index, weights = enumerate_paths(NoiseAlphabet([2], [1]), 500)
    assert (index.shape, weights.tolist()) == ((1, 500), [1.0])


def test_too_many_paths_is_an_error_that_names_the_remedy():
    """Beyond the limit the message gives k^T, the limit and sampling as the way out."""
    with pytest.raises(
        ValueError, match=r"`horizon` is 40: an alphabet of 2 letters has 2\^40 paths.*sample"
    ):
        enumerate_paths(skewed(), 40)
    with pytest.raises(ValueError, match="limit of 7"):
        enumerate_paths(skewed(), 3, limit=7)
    assert len(enumerate_paths(skewed(), 3, limit=8)[1]) == 8


def test_a_path_is_a_stream():
    """A row of the enumeration plays its letters, once."""
    index, _ = enumerate_paths(skewed(), 4)
    stream = path_stream(skewed(), index[5])
    check_stream(stream)
    assert stream.vectors[:, 0].tolist() == [3.0, -1.0, 3.0, -1.0]
    assert (stream.length, stream.name) == (4, "path(skewed(), 0101)")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NoiseAlphabet([1, 2], [0.5, 0.5]), "`probabilities` holds 0.5; pass exact rationals"),
        (lambda: NoiseAlphabet([1, 2], ["1/2", "1/3"]), "sums to 5/6; it must be exactly 1"),
        (lambda: NoiseAlphabet([1, 2], [0, 1]), "drop letters of probability 0"),
        (lambda: NoiseAlphabet([1, 2], [1]), "has 1 entries for 2 letters"),
        (lambda: NoiseAlphabet([1, 2], ["a", "b"]), "holds 'a', which is not a rational number"),
        (lambda: NoiseAlphabet([1, 2], ["1/0", "1"]), "holds '1/0', which is not a rational number"),
        (lambda: NoiseAlphabet([1, np.nan], ["1/2", "1/2"]), "`values` .* holds NaN at index 1"),
        (lambda: NoiseAlphabet([], []), r"`values` has shape \(0,\)"),
        (lambda: path_stream(skewed(), [0, 2]), r"`path` leaves 0\.\.1"),
        (lambda: path_stream(skewed(), [0.0, 1.0]), "`path` = .* must be T >= 1 letter numbers"),
        (lambda: enumerate_paths(skewed(), 0), "`horizon` = 0 must"),
    ],
)
def test_bad_arguments_are_one_clear_error(make, message):
    """Every malformed argument is a ValueError with its name and what came."""
    with pytest.raises(ValueError, match=message):
        make()
