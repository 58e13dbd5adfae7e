"""All noise paths played: expectations are finite sums, checked against rational arithmetic."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from bounds.evaluate import check
from online_sim.paths import play_all_paths
from online_sim.play import play
from online_sim.streams.alphabet import NoiseAlphabet, rademacher, skewed
from theory.algorithms.sgd import SGD_CONSTANT
from theory.losses.half_square import NOISY_HALF_SQUARE
from theory.quantities import CumSum, Expectation, Norm2Squared
from theory.source import Source
from theory.statement import Reading, Theorem
from theory.symbols import T, df, x

MEAN = Theorem(
    id="toy", title="Toy", source=Source("zinkevich2003", "Theorem 1"), algorithms=("SGD",),
    lhs=Expectation(CumSum(Norm2Squared(df))) / T, readings=(Reading("A", T + 10**6, ""),),
)  # fmt: skip
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
    np.testing.assert_allclose(found.lhs_lower, exact, rtol=1e-14)
    np.testing.assert_allclose(found.lhs_upper, exact, rtol=1e-14)


def test_every_path_is_played_with_its_probability() -> None:
    """Replicate r is path r; the weights are the products of the letters' probabilities."""
    trace = play_all_paths(
        SGD_CONSTANT, NOISY_HALF_SQUARE, skewed(), start=[0.0], horizon=2, record=[x], engine="numpy",
        parameters={"alpha": 1.0}, checkpoints="all",
    )  # fmt: skip
    # x_2 = -xi_1 from x_1 = 0 with step 1.
    np.testing.assert_array_equal(trace[x][:, 1, 0], [-3, -3, 1, 1])
    assert trace.meta["path_weights"] == [1 / 16, 3 / 16, 3 / 16, 9 / 16]
    assert trace.meta["properties"]["UNBIASED_ORACLE"][0]


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


@pytest.mark.parametrize("weights", [[0.5], [0.5, 0.4], [1.5, -0.5], [0.5, 0.5 + 1e-12], [np.nan, 1.0]])
def test_weights_that_are_no_probabilities_are_refused(weights) -> None:
    """As many as replicates, not negative, of sum 1 up to rounding: before anything is played."""
    from online_sim.streams.alphabet import path_stream

    streams = [path_stream(skewed(), [0]), path_stream(skewed(), [1])]
    with pytest.raises(ValueError, match="path_weights"):
        play(
            SGD_CONSTANT,
            NOISY_HALF_SQUARE,
            streams,
            horizon=1,
            parameters={"alpha": 1.0},
            path_weights=weights,
        )
