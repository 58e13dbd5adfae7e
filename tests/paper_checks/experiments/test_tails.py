"""The estimators of tails on laws whose answer is known, to derived accuracy."""

import math

import numpy as np
import pytest

from paper_checks.experiments.tails import (
    LAWS,
    averaged_kurtosis,
    controls,
    kurtosis,
    moving,
    stable_sample,
    standardised,
    tail_index,
)

MINIBATCHES, COORDINATES = 350, 2_000


@pytest.fixture(scope="module")
def table():
    """The controls by name."""
    return {c.name: c for c in controls(minibatches=MINIBATCHES, coordinates=COORDINATES)}


def pooled(log_mean, deviation, group=100):
    """The index that numbers of finite variance read, were their sums exactly normal."""
    below = math.log(deviation) - log_mean - (np.euler_gamma + math.log(2)) / 2
    return 1 / (0.5 + below / math.log(group))


def test_the_controls_are_the_known_laws(table):
    """One row for each law, with its true answers."""
    assert list(table) == list(LAWS)
    assert {c.true_index for c in table.values()} == {1.5, 2.0}


@pytest.mark.parametrize("name", ["Gaussian", "Gaussian with log-normal scales"])
def test_a_gaussian_has_kurtosis_3_whatever_its_scales(table, name):
    """The mean of a coordinate's estimate is 3 (n - 1)/(n + 1), its variance at most 24/n."""
    expected = 3 * (MINIBATCHES - 1) / (MINIBATCHES + 1)
    error = math.sqrt(24 / MINIBATCHES / COORDINATES)
    assert table[name].kurtosis == pytest.approx(expected, abs=4 * error)


def test_laplace_noise_has_kurtosis_6(table):
    """The ratio of means of x^4 and x^2, squared, has the bias 6 (3 * 5 - 2 * 14)/n = -78/n at first order.

    Here 5 and 14 are the relative variance of x^2 and its covariance with x^4; 100 leaves room for the rest.
    """
    assert 6 - 100 / MINIBATCHES < table["Laplace"].kurtosis < 6


@pytest.mark.parametrize("name", ["Gaussian", "stable, index 1.5"])
def test_the_index_of_a_stable_law_is_found(table, name):
    """Where the model of the estimator holds, it is right within four standard errors."""
    found = table[name].raw
    assert abs(found.index - table[name].true_index) < 4 * found.error
    assert found.error < 0.02


def test_the_pooled_index_of_different_scales_is_not_2(table):
    """E log|X| of scales exp(Z) is that of Z alone, and the variance e^2: 1.39 if sums were normal.

    Standardising the coordinates repairs it.
    """
    control = table["Gaussian with log-normal scales"]
    gaussian = -(np.euler_gamma + math.log(2)) / 2
    # Sums of 100 such numbers are not yet normal, which raises the reading a little.
    assert pooled(gaussian, math.e) < control.raw.index + 4 * control.raw.error
    assert control.raw.index < 1.45
    assert abs(control.standardised.index - 2) < 4 * control.standardised.error


def test_the_pooled_index_of_laplace_noise_is_not_2(table):
    """E log|X| = -gamma and the variance is 2: 1.777, though the true index is 2."""
    found = table["Laplace"].raw
    # The excess kurtosis of a sum of 100 is 0.03, which moves E log|sum| by its 1/24 or so: nothing here.
    assert abs(found.index - pooled(-np.euler_gamma, math.sqrt(2))) < 4 * found.error
    assert found.index < 2 - 10 * found.error


def test_a_finite_variance_can_read_below_2(table):
    """Student's t with 3 degrees of freedom has the index 2 and reads below 1.85."""
    for found in (table["Student's t, 3 degrees of freedom"].raw, table["Laplace"].standardised):
        assert found.index < 1.85


def test_the_standard_error_is_the_spread_of_estimates():
    """Over 60 samples of Laplace noise, within three standard deviations of a spread from 60."""
    found = [tail_index(np.random.default_rng(k).laplace(size=(100, 100))) for k in range(60)]
    spread = np.std([f.index for f in found], ddof=1)
    assert spread == pytest.approx(np.mean([f.error for f in found]), rel=3 / math.sqrt(2 * 59))


def test_estimates_do_not_depend_on_the_scale():
    """c noise, and its mirror image, have the same kurtosis and the same index."""
    noise = stable_sample(1.7, np.random.default_rng(1), 20_000).reshape(100, 200)
    for scaled in (1e-7 * noise, -3 * noise):
        assert kurtosis(scaled) == pytest.approx(kurtosis(noise), rel=1e-10)
        assert tail_index(scaled).index == pytest.approx(tail_index(noise).index, rel=1e-10)


def test_still_coordinates_are_found_and_refused():
    """A constant, even one that is rounded, is still; the error says how many there are."""
    noise = np.random.default_rng(0).standard_normal((50, 4))
    noise[:, 1], noise[:, 3] = 0.0, 0.1
    assert moving(noise).tolist() == [True, False, True, False]
    with pytest.raises(ValueError, match="2 coordinates of `noise`"):
        standardised(noise)


def test_standardised_coordinates_have_mean_0_and_variance_1():
    """To rounding."""
    scaled = standardised(np.random.default_rng(0).lognormal(size=(50, 7)))
    assert scaled.mean(axis=0) == pytest.approx(np.zeros(7), abs=1e-14)
    assert (scaled**2).mean(axis=0) == pytest.approx(np.ones(7), rel=1e-13)


def test_too_few_values_are_refused():
    """Zeros do not count."""
    with pytest.raises(ValueError, match="has 150 numbers that are not 0"):
        tail_index(np.concatenate([np.ones(150), np.zeros(100)]))


def test_the_kurtosis_of_a_mean_follows_from_its_weights():
    """The sums over 2 000 weights, for several decays."""
    for decay in (0.0, 0.5, 0.9, 0.99):
        w = decay ** np.arange(2_000.0)
        expected = 3 + 2.5 * (w**4).sum() / (w**2).sum() ** 2
        assert averaged_kurtosis(5.5, decay) == pytest.approx(expected, rel=1e-10)
