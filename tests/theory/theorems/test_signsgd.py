"""The bound for signSGD on games that are computed by hand."""

from fractions import Fraction as F

import pytest

from bounds.games import DescentGame
from descent_games import corner, falls_with_less, in_floats, sides_of
from theory.losses.piecewise_quadratic import quadratic_slope
from theory.theorems.signsgd import EXACT_THEOREM1, SIGN_DESCENT, THEOREM1

# Steps of 1/sqrt(1 * 4): 3, 5/2, 2, 3/2 on the slope 1; f(3) = 5/2.
SLOPE = DescentGame(SIGN_DESCENT, {"L_1": 1, "N": 4}, corner(0), (3,), 4)
NOISY = DescentGame(
    SIGN_DESCENT, {"L_1": 1, "N": 1}, quadratic_slope(1), (1,), 1, (((F(2),), F(1, 2)), ((F(-2),), F(1, 2)))
)
"""One round: the gradient is 1, the deviation 2."""


def test_both_sides_are_those_by_hand() -> None:
    """Four rounds without noise; one with, where V = 4."""
    assert sides_of(EXACT_THEOREM1, SLOPE) == pytest.approx((1, 9 / 4), rel=1e-12)
    assert sides_of(THEOREM1, SLOPE) == pytest.approx((1, 9 / 4), rel=1e-12)
    assert sides_of(THEOREM1, NOISY) == pytest.approx((1, (1 + 2 * 2) ** 2), rel=1e-12)


@pytest.mark.slow
def test_before_the_last_round_it_says_nothing() -> None:
    """The left side is 0 before round N."""
    found = in_floats(EXACT_THEOREM1, SLOPE)
    assert found.rhs[0, -1] == pytest.approx(9 / 4)
    assert found.lhs[0].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(("theorem", "game"), [(EXACT_THEOREM1, SLOPE), (THEOREM1, NOISY)])
def test_a_smaller_constant_falls(theorem, game) -> None:
    """The same game refutes it, with a certificate that two replays confirm."""
    falls_with_less(theorem, game)


def test_it_is_attained() -> None:
    """In one round on x^2/2 from 1, where f(x_1) - f_* = 1/2, both sides are 1."""
    game = DescentGame(SIGN_DESCENT, {"L_1": 1, "N": 1}, quadratic_slope(1), (1,), 1)
    assert sides_of(EXACT_THEOREM1, game) == pytest.approx((1, 1), rel=1e-12)
