"""All noise paths played: expectations are finite sums, checked against rational arithmetic."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from sympy import S

from bounds.evaluate import check
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.all_paths import AllPaths, enumerate_paths
from online_sim.streams.alphabet import AlphabetStream, NoiseAlphabet, rademacher, skewed
from theory.algorithms.sgd import SGD_CONSTANT
from theory.losses.half_square import NOISY_HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.quantities import CumSum, Expectation, Norm2Squared, SumCoords
from theory.statement import Reading
from theory.symbols import T, df, g, x
from toy_theorem import theorem

MEAN = theorem(T + 10**6, lhs=Expectation(CumSum(Norm2Squared(df))) / T)
THREE = NoiseAlphabet([2, 0, -1], ["1/6", "1/2", "1/3"])


def exact_mean(alphabet, horizon, start, step):
    """E (1/T) sum x_t^2 for x_{t+1} = x_t - step (x_t + xi_t), over all paths in rationals."""
    found = [Fraction(0)] * horizon
    letters = list(zip(alphabet.letters, alphabet.probabilities, strict=True))
    for path in product(letters, repeat=horizon):
        point, weight, total = Fraction(start), Fraction(1), Fraction(0)
        squares = []
        for (letter, chance), n in zip(path, range(1, horizon + 1), strict=True):
            total += point**2
            squares.append(total / n)
            point -= Fraction(step) * (point + letter[0])
            weight *= chance
        found = [f + weight * s for f, s in zip(found, squares, strict=True)]
    return found


@pytest.mark.parametrize("alphabet", [skewed(), rademacher(3), THREE], ids=lambda a: a.name)
@pytest.mark.parametrize("horizon", [1, 3, 5])
def test_the_expectation_is_the_exact_finite_sum(alphabet, horizon) -> None:
    """Every round, from x_1 = 1/2 with step 1/4: the interval contains the rational mean and is narrow."""
    trace = play(
        Game(
            SGD_CONSTANT,
            NOISY_HALF_SQUARE,
            AllPaths(alphabet),
            horizon=horizon,
            parameters={"alpha": 0.25},
            start=[0.5],
        ),
        record=MEAN.quantities,
        checkpoints="all",
        engine="numpy",
    )
    assert trace.replicates == alphabet.size**horizon
    found = check(MEAN, "A", trace)
    exact = [float(e) for e in exact_mean(alphabet, horizon, Fraction(1, 2), Fraction(1, 4))]
    # The points themselves are floats with dyadic steps: a few eps of rounding besides the enclosed sum.
    assert np.all(found.lhs_lower <= exact)
    assert np.all(found.lhs_upper >= exact)
    np.testing.assert_allclose(found.lhs_lower, found.lhs_upper, rtol=1e-13)


def test_every_path_is_played_with_its_probability() -> None:
    """Replicate r is path r; the weights are the products of the letters' probabilities."""
    trace = play(
        Game(
            SGD_CONSTANT,
            NOISY_HALF_SQUARE,
            AllPaths(skewed()),
            horizon=2,
            parameters={"alpha": 1.0},
            start=[0.0],
        ),
        record=[x],
        engine="numpy",
        checkpoints="all",
    )
    # x_2 = -xi_1 from x_1 = 0 with step 1.
    np.testing.assert_array_equal(trace[x][:, 1, 0], [-3, -3, 1, 1])
    assert trace.run.path_weights == [1 / 16, 3 / 16, 3 / 16, 9 / 16]
    assert trace.run.properties["UNBIASED_ORACLE"][0]


def test_a_biased_alphabet_breaks_the_assumption_of_an_unbiased_oracle() -> None:
    """Its mean is 1/2: it is played, and theorems about unbiased gradients do not apply."""
    noise = AllPaths(NoiseAlphabet([1, 0], ["1/2", "1/2"]))
    trace = play(Game(SGD_CONSTANT, NOISY_HALF_SQUARE, noise, horizon=2, parameters={"alpha": 1.0}))
    assert trace.run.properties["UNBIASED_ORACLE"] == (False, "the noise has a mean")


def test_too_many_paths_are_refused() -> None:
    """2^64 games are not played."""
    with pytest.raises(ValueError, match="paths, above the limit"):
        play(Game(SGD_CONSTANT, NOISY_HALF_SQUARE, AllPaths(skewed()), horizon=64, parameters={"alpha": 1.0}))


def test_weights_cannot_be_given() -> None:
    """They come from the alphabet, are rounded once, and cannot be written to."""
    whole = AllPaths(THREE)
    weights = whole.weights(3)
    assert sum(map(Fraction, weights.tolist())) == pytest.approx(1, abs=1e-15)
    np.testing.assert_array_equal(weights, enumerate_paths(THREE, 3)[1])
    with pytest.raises(ValueError, match="read-only"):
        weights[0] = 1.0
    with pytest.raises(TypeError, match="weights"):
        replace(whole, weights=weights)
    with pytest.raises(ValueError, match="`alphabet`"):
        AllPaths([1, -1])


def test_the_streams_are_the_paths_in_their_order() -> None:
    """Stream r plays path r, whatever the horizon."""
    for horizon in (1, 3):
        for stream, path in zip(
            AllPaths(THREE).streams(horizon), enumerate_paths(THREE, horizon)[0], strict=True
        ):
            np.testing.assert_array_equal(stream.block(0, horizon).vectors, THREE.values[path])


def test_sampled_paths_have_no_weights() -> None:
    """Random draws are no enumeration, nor are the streams of one without it, nor a part of a game."""
    setting = {"horizon": 2, "parameters": {"alpha": 1.0}}
    whole = Game(SGD_CONSTANT, NOISY_HALF_SQUARE, AllPaths(skewed()), **setting)
    assert play(whole).run.path_weights == AllPaths(skewed()).weights(2).tolist()
    drawn = [AlphabetStream(skewed(), seed=s) for s in range(4)]
    for game in (replace(whole, stream=drawn), replace(whole, stream=whole.streams), whole.first(3)):
        assert play(game).run.path_weights is None


def test_paths_of_linear_losses_are_averaged_too() -> None:
    """E of the sum of the data themselves: exactly the sum of their means, path by path."""
    made = replace(MEAN, lhs=Expectation(CumSum(SumCoords(g))), readings=(Reading("A", S(1), ""),))
    trace = play(
        Game(SGD_CONSTANT, LINEAR, AllPaths(skewed()), horizon=4, parameters={"alpha": 1.0}, start=[0.0]),
        record=made.quantities,
        engine="numpy",
        checkpoints="all",
    )
    found = check(made, "A", trace)
    # Sums of 16 products of at most 12, within a few eps.
    np.testing.assert_allclose(found.lhs_lower, 0, atol=1e-13)
    np.testing.assert_allclose(found.lhs_upper, 0, atol=1e-13)
