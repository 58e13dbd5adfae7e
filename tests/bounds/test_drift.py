"""Where a biased method settles: exact mean directions, exact zeros, and wide intervals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational, S, sqrt

from bounds.drift import (
    Settling,
    check_drift,
    mean_field,
    observed_mean,
    settling_gradient,
    settling_gradient_near,
    settling_points,
)
from bounds.expectation import asymptotic_sequence
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import AlphabetStream, NoiseAlphabet, rademacher, skewed
from theory.algorithms.adal import ADAL_R2
from theory.losses.half_square import HALF_SQUARE, NOISY_HALF_SQUARE
from theory.losses.noise import with_noise
from theory.losses.power_tail import POWER_TAIL
from theory.losses.rosenbrock import ROSENBROCK
from theory.quantities import Norm1
from theory.symbols import g, x

PLANE = NoiseAlphabet([[3, 1], [-1, 1], [-1, -3]], ["1/4", "1/2", "1/4"], name="plane")


def test_the_bias_of_the_skewed_noise_is_three_halves():
    """At the minimiser E||g||_1 times the gradient is 0, and the covariance 3/2 is all of the direction."""
    field = mean_field(NOISY_HALF_SQUARE, skewed(), [0], factor=Norm1(g))
    assert (field.gradient, field.mean_factor, field.covariance) == ((0,), Rational(3, 2), (Rational(3, 2),))
    assert field.direction == field.covariance == tuple(map(S, skewed().l1_weighted_mean))
    assert field.biased


def test_without_the_factor_there_is_no_bias():
    """With phi = 1, Adam's and AMSGrad's, the same noise moves nothing at the minimiser."""
    field = mean_field(NOISY_HALF_SQUARE, skewed(), [0], factor=S.One)
    assert field.direction == field.covariance == (0,)
    assert not field.biased


def test_symmetric_noise_has_no_bias():
    """Control: for +-1 covariance and drift point are 0 at the minimiser."""
    assert not mean_field(NOISY_HALF_SQUARE, rademacher(), [0], factor=Norm1(g)).biased
    assert settling_gradient(rademacher()) == 0
    assert settling_points(NOISY_HALF_SQUARE, rademacher()) == (0,)


def test_the_drift_point_of_the_skewed_noise():
    """(sqrt(3) - 3)/(1 + sqrt(3)) = 3 - 2 sqrt(3), the one zero of the mean direction."""
    (point,) = settling_points(NOISY_HALF_SQUARE, skewed())
    assert (point - (sqrt(3) - 3) / (1 + sqrt(3))).simplify() == 0
    assert mean_field(NOISY_HALF_SQUARE, skewed(), [point], factor=Norm1(g)).direction[0].expand() == 0
    assert float(point**2) == pytest.approx(0.21539, abs=1e-5)
    # No zero at a point nearby: the direction changes its sign there.
    near = [mean_field(NOISY_HALF_SQUARE, skewed(), [point + k], factor=Norm1(g)) for k in (-1, 1)]
    below, above = (field.direction[0] for field in near)
    assert below < 0 < above


@pytest.mark.parametrize("scale", [2, Fraction(1, 3), -1])
def test_the_drift_scales_with_the_noise(scale):
    """Noise times c moves the zero to c times the zero, reflections included; the bias goes with c |c|."""
    assert (settling_gradient(skewed(scale)) - S(scale) * settling_gradient(skewed())).simplify() == 0
    bias = mean_field(NOISY_HALF_SQUARE, skewed(scale), [0], factor=Norm1(g)).covariance[0]
    assert bias == Rational(3, 2) * S(scale) * abs(S(scale))


def test_a_translated_alphabet_moves_the_zero_with_it():
    """xi + c has its zero at a - c; one letter alone is cancelled exactly."""
    moved = NoiseAlphabet([3 + 5, -1 + 5], ["1/4", "3/4"])
    assert (settling_gradient(moved) - (settling_gradient(skewed()) - 5)).simplify() == 0
    assert settling_gradient(NoiseAlphabet([7], [1])) == -7


def test_a_zero_at_a_kink_is_exact():
    """Three letters whose zero is where one of them changes its sign."""
    assert settling_gradient(NoiseAlphabet([-1, 0, 1], ["1/4", "1/2", "1/4"])) == 0


def test_the_vector_case_agrees_with_the_exact_one():
    """In one coordinate the numeric zero is the exact one; in two the exact direction there is 0."""
    # scipy's default accuracy is 1.5e-8 relative.
    assert settling_gradient_near(skewed()) == pytest.approx([3 - 2 * np.sqrt(3)], rel=1e-7)
    found = settling_gradient_near(PLANE)
    assert np.abs(found).max() > 0.1
    field = mean_field(NOISY_HALF_SQUARE, PLANE, [Fraction(float(v)) for v in found], factor=Norm1(g))
    assert max(abs(float(h)) for h in field.direction) < 1e-8
    assert mean_field(NOISY_HALF_SQUARE, PLANE, [0, 0], factor=Norm1(g)).biased


def test_the_mean_field_agrees_with_a_sum_by_hand():
    """Two coordinates, a point off the minimum: the definition, term by term."""
    at = np.array([0.5, -2.0])
    field = mean_field(NOISY_HALF_SQUARE, PLANE, [Fraction(1, 2), -2], factor=Norm1(g))
    seen = at + PLANE.values
    chances = np.array([0.25, 0.5, 0.25])
    norm = np.abs(seen).sum(axis=1)
    # Dyadic numbers: float arithmetic is exact here.
    assert [float(h) for h in field.direction] == list((chances * norm) @ seen)
    assert float(field.mean_factor) == chances @ norm
    assert [float(v) for v in field.gradient] == list(at)


def test_other_losses_have_their_own_points():
    """On the power tail slope a < 0 is met on both sides of the hill; Rosenbrock's gradient is exact."""
    noisy = with_noise(POWER_TAIL)
    points = settling_points(noisy, skewed(), parameters={"q": 2})
    assert len(points) == 3
    assert float(points[0]) < -3 - 1 < float(points[1]) < 0 < float(points[2])
    for point in points:
        found = mean_field(noisy, skewed(), [point], parameters={"q": 2}, factor=Norm1(g))
        assert abs(found.direction[0].evalf(40)) < 1e-35
    field = mean_field(with_noise(ROSENBROCK), PLANE, [1, 1], factor=Norm1(g))
    assert field.gradient == (0, 0)


def run(alphabet, *, replicates=32):
    """AdaL with a maximum from the minimiser of the half square, 32 replicates."""
    game = Game(
        ADAL_R2, NOISY_HALF_SQUARE, AlphabetStream(alphabet), horizon=30_000, start=[0.0],
        parameters={"alpha": 0.1, "beta1": 0.0, "beta2": 0.99}, replicates=replicates,
    )  # fmt: skip
    return play(game, record=[x])


def test_a_run_with_skewed_noise_settles_away():
    """The interval leaves 0 out and contains the exact drift point."""
    found = check_drift(
        observed_mean(run(skewed())), stationary=[0], predicted=settling_points(NOISY_HALF_SQUARE, skewed())
    )
    assert found.settling is Settling.AWAY
    assert found.agrees
    assert found.distance == pytest.approx(0.464, abs=0.01)


def test_a_run_with_symmetric_noise_says_nothing():
    """Must-fail control: the interval contains the stationary point, and leaves the other drift point out."""
    found = check_drift(observed_mean(run(rademacher())), stationary=[0], predicted=[-0.4641])
    assert found.settling is Settling.UNDECIDED
    assert found.agrees is False


def test_an_interval_that_straddles_says_nothing():
    """Even when the estimate lies far away: few replicates with a wide spread."""
    wide = asymptotic_sequence([-3.0, 1.0, -2.5, 1.5], level=0.99)
    assert abs(float(wide.estimate)) > 0.5
    assert check_drift(wide).settling is Settling.UNDECIDED
    assert check_drift(wide).agrees is None


def test_wrong_arguments_are_named():
    """Floats, other oracles, wrong dimensions, single replicates."""
    with pytest.raises(ValueError, match="`point`"):
        mean_field(NOISY_HALF_SQUARE, skewed(), [0.5], factor=Norm1(g))
    with pytest.raises(ValueError, match="2 coordinates"):
        mean_field(NOISY_HALF_SQUARE, skewed(), [0, 0], factor=Norm1(g))
    with pytest.raises(ValueError, match="`loss` = half_square must"):
        mean_field(HALF_SQUARE, skewed(), [0], factor=Norm1(g))
    with pytest.raises(ValueError, match="`factor`"):
        mean_field(NOISY_HALF_SQUARE, skewed(), [0], factor=Norm1(g) * g)
    with pytest.raises(ValueError, match="`parameters`"):
        settling_points(with_noise(POWER_TAIL), skewed())
    with pytest.raises(ValueError, match="`alphabet`"):
        settling_gradient(PLANE)
    with pytest.raises(ValueError, match="replicate"):
        observed_mean(run(skewed(), replicates=1))
    with pytest.raises(ValueError, match="`decades`"):
        observed_mean(run(skewed()), decades=-1)
