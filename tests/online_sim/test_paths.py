"""All noise paths played: expectations are finite sums, checked against rational arithmetic."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from sympy import S

from bounds.evaluate import check
from online_sim.paths import play_all_paths
from online_sim.simulate import play
from online_sim.streams.alphabet import (
    AlphabetStream,
    Enumeration,
    NoiseAlphabet,
    enumerate_paths,
    path_stream,
    rademacher,
    skewed,
)
from online_sim.streams.arrays import ArrayStream
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
    trace = play_all_paths(
        SGD_CONSTANT, NOISY_HALF_SQUARE, alphabet, start=[0.5], horizon=horizon, record=MEAN.quantities,
        parameters={"alpha": 0.25}, checkpoints="all", engine="numpy",
    )  # fmt: skip
    assert trace.replicates == alphabet.size**horizon
    found = check(MEAN, "A", trace)
    exact = [float(e) for e in exact_mean(alphabet, horizon, Fraction(1, 2), Fraction(1, 4))]
    # The points themselves are floats with dyadic steps: a few eps of rounding besides the enclosed sum.
    assert np.all(found.lhs_lower <= exact)
    assert np.all(found.lhs_upper >= exact)
    np.testing.assert_allclose(found.lhs_lower, found.lhs_upper, rtol=1e-13)


def test_every_path_is_played_with_its_probability() -> None:
    """Replicate r is path r; the weights are the products of the letters' probabilities."""
    trace = play_all_paths(
        SGD_CONSTANT, NOISY_HALF_SQUARE, skewed(), start=[0.0], horizon=2, record=[x], engine="numpy",
        parameters={"alpha": 1.0}, checkpoints="all",
    )  # fmt: skip
    # x_2 = -xi_1 from x_1 = 0 with step 1.
    np.testing.assert_array_equal(trace[x][:, 1, 0], [-3, -3, 1, 1])
    assert trace.run.path_weights == [1 / 16, 3 / 16, 3 / 16, 9 / 16]
    assert trace.run.properties["UNBIASED_ORACLE"][0]


def test_a_biased_alphabet_is_refused() -> None:
    """Its mean is named, and the remedy."""
    with pytest.raises(ValueError, match="shift its letters to mean zero"):
        play_all_paths(
            SGD_CONSTANT, NOISY_HALF_SQUARE, NoiseAlphabet([1, 0], ["1/2", "1/2"]), horizon=2,
            parameters={"alpha": 1.0},
        )  # fmt: skip


def test_too_many_paths_are_refused() -> None:
    """2^64 games are not played."""
    with pytest.raises(ValueError, match="paths, above the limit"):
        play_all_paths(SGD_CONSTANT, NOISY_HALF_SQUARE, skewed(), horizon=64, parameters={"alpha": 1.0})


def test_weights_of_ones_own_are_refused() -> None:
    """Neither by name nor in the place of the enumeration, however right they are."""
    streams = [path_stream(skewed(), [0]), path_stream(skewed(), [1])]
    options = {"horizon": 1, "parameters": {"alpha": 1.0}}
    with pytest.raises(TypeError, match="path_weights"):
        play(SGD_CONSTANT, NOISY_HALF_SQUARE, streams, path_weights=[0.25, 0.75], **options)
    with pytest.raises(ValueError, match="must be an Enumeration"):
        play(SGD_CONSTANT, NOISY_HALF_SQUARE, streams, enumeration=[0.25, 0.75], **options)


def test_an_enumeration_makes_its_own_weights() -> None:
    """Paths and weights come from the alphabet; neither can be given, replaced or written to."""
    whole = Enumeration(THREE, 3)
    assert sum(map(Fraction, whole.weights.tolist())) == pytest.approx(1, abs=1e-15)
    np.testing.assert_array_equal(whole.paths, enumerate_paths(THREE, 3)[0])
    for change in ({"weights": whole.weights}, {"paths": whole.paths[:5]}):
        with pytest.raises((TypeError, ValueError)):
            replace(whole, **change)
    with pytest.raises(ValueError, match="read-only"):
        whole.weights[0] = 1.0
    with pytest.raises(ValueError, match="`alphabet`"):
        Enumeration([1, -1], 3)


WHOLE = Enumeration(skewed(), 2)
DRAWN = [AlphabetStream(skewed(), seed=s) for s in range(4)]


@pytest.mark.parametrize(
    ("streams", "horizon", "message"),
    [
        (DRAWN, 2, "does not play path 0"),
        (WHOLE.streams[:3], 2, "4 paths, the game 3 streams"),
        (WHOLE.streams[::-1], 2, "does not play path 0"),
        ([*WHOLE.streams[:3], WHOLE.streams[2]], 2, "does not play path 3"),
        (WHOLE.streams, 1, "the paths of 2 rounds"),
        (Enumeration(rademacher(), 2).streams, 2, "does not play path 0"),
        ([ArrayStream(s.vectors, [1.0, 0.0]) for s in WHOLE.streams], 2, "does not play path 0"),
        ([ArrayStream(s.vectors[:, :1], order="cycle") for s in WHOLE.streams], 2, ""),
    ],
    ids=[
        "random draws",
        "a part",
        "another order",
        "a path twice",
        "fewer rounds",
        "letters",
        "labels",
        "same",
    ],
)
def test_an_enumeration_is_that_of_the_streams_played(streams, horizon, message) -> None:
    """Random draws are no enumeration, nor is a part of the paths; other objects that play the same are."""
    options = {"horizon": horizon, "parameters": {"alpha": 1.0}, "start": [0.0], "engine": "numpy"}
    if not message:
        trace = play(SGD_CONSTANT, NOISY_HALF_SQUARE, streams, enumeration=WHOLE, **options)
        assert trace.run.path_weights == WHOLE.weights.tolist()
        return
    with pytest.raises(ValueError, match=message):
        play(SGD_CONSTANT, NOISY_HALF_SQUARE, streams, enumeration=WHOLE, **options)


def test_paths_of_linear_losses_are_averaged_too() -> None:
    """E of the sum of the data themselves: exactly the sum of their means, path by path."""
    made = replace(MEAN, lhs=Expectation(CumSum(SumCoords(g))), readings=(Reading("A", S(1), ""),))
    trace = play_all_paths(
        SGD_CONSTANT, LINEAR, skewed(), start=[0.0], horizon=4, record=made.quantities, engine="numpy",
        parameters={"alpha": 1.0}, checkpoints="all",
    )  # fmt: skip
    found = check(made, "A", trace)
    # Sums of 16 products of at most 12, within a few eps.
    np.testing.assert_allclose(found.lhs_lower, 0, atol=1e-13)
    np.testing.assert_allclose(found.lhs_upper, 0, atol=1e-13)
