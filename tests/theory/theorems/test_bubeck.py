"""Bubeck's rates on games that are computed by hand; a smaller constant falls, and so does no true one."""

from dataclasses import replace
from fractions import Fraction as F
from math import exp

import pytest

from bounds.certificates.certify import certify
from bounds.certificates.checker import Refused
from bounds.falsifier.search import falsify_descent
from bounds.games import Counterexample, DescentGame
from descent_games import corner, falls_with_less, in_floats, sides_of, with_share
from theory.losses.piecewise_quadratic import Slope, quadratic_slope
from theory.scaling import inhomogeneous
from theory.statement import Requires
from theory.theorems import bubeck

QUADRATIC = quadratic_slope(1)
FAR = DescentGame(bubeck.DESCENT, {"beta": 1}, corner(9), (0,), 5)
"""The function on which gradient descent is slowest for T = 5."""
STRONG = DescentGame(bubeck.DESCENT_STRONG, {"beta": 3, "mu": 1}, quadratic_slope(3), (1,), 2)
"""A step of 2/(1 + 3) on 3 x^2/2 multiplies x by -1/2."""
CASES = [
    # 2, 1/2, -1/4, 1/8 with the step 3/2; R = 3, the distance from 2 to -1.
    (
        bubeck.THEOREM3_2,
        DescentGame(bubeck.SUBGRADIENT, {"low": 1, "high": 2, "G_bar": 1, "N": 4}, corner(0), (2,), 4),
        (19 / 32) ** 2 / 2,
        3 / 2,
    ),
    (bubeck.THEOREM3_3, FAR, 9 / 2, 2 * 81 / 4),
    # 1/2, then the end -1, then -1/3 + 2/3.
    (
        bubeck.THEOREM3_8,
        DescentGame(bubeck.FRANK_WOLFE, {"low": 1, "high": 1}, QUADRATIC, (F(1, 2),), 2),
        1 / 18,
        2,
    ),
    (bubeck.THEOREM3_12, STRONG, 3 / 2 / 16, 3 / 2 * exp(-2)),
    # y = 1, 3/4, 1/2 with the momentum 1/3.
    (
        bubeck.THEOREM3_18,
        DescentGame(bubeck.NESTEROV_STRONG, {"beta": 4, "mu": 1}, QUADRATIC, (1,), 3),
        1 / 8,
        5 / 2 * exp(-1),
    ),
    # c_1 = 0, so y = 1, 1/2, 1/4.
    (bubeck.THEOREM3_19, DescentGame(bubeck.NESTEROV_SMOOTH, {"beta": 2}, QUADRATIC, (1,), 3), 1 / 32, 4 / 9),
]
RATES = pytest.mark.parametrize(("theorem", "game", "lhs", "rhs"), CASES, ids=[c[0].id for c in CASES])


@RATES
def test_both_sides_are_those_by_hand(theorem, game, lhs, rhs) -> None:
    """Points, values and constants of a few rounds."""
    assert sides_of(theorem, game) == pytest.approx((lhs, rhs), rel=1e-12)


@pytest.mark.slow
@RATES
def test_the_search_computes_the_same(theorem, game, lhs, rhs) -> None:
    """In floats, up to a few roundings; every condition holds."""
    found = in_floats(theorem, game)
    assert found.holds.all()
    assert (found.lhs[0, -1], found.rhs[0, -1]) == pytest.approx((lhs, rhs), rel=1e-12)


@RATES
def test_a_smaller_constant_falls(theorem, game, lhs, rhs) -> None:
    """The same game refutes a bound below its left side, with a certificate that two replays confirm."""
    falls_with_less(theorem, game)


@RATES
def test_both_sides_scale_alike(theorem, game, lhs, rhs) -> None:
    """In the unit of f, the unit of length and the number of coordinates."""
    assert inhomogeneous(theorem) == ()


@pytest.mark.slow
def test_the_least_constant_of_gradient_descent() -> None:
    """A Huber function attains beta ||x_1 - x_*||^2/(4T - 2), 4/36 of the bound at T = 5; no game more."""
    lhs, rhs = sides_of(bubeck.THEOREM3_3, FAR)
    assert lhs / rhs == pytest.approx(4 / 36, rel=1e-12)
    sharp = with_share(bubeck.THEOREM3_3, F(4, 36))
    fixed_rounds = falsify_descent(sharp, "less", bubeck.DESCENT, horizon=5, evaluations=400)
    assert 0.999 < fixed_rounds.ratio < 1 + 1e-9
    assert not fixed_rounds.violated


def test_a_nonconvex_function_refutes_nothing() -> None:
    """Its game does not satisfy the theorem, and no certificate of it is accepted, whatever the bound."""
    hill = Slope(((F(0), F(-1)), (F(1), F(1)), (F(2), F(0)), (F(3), F(0)), (F(4), F(1))), F(0), F(0))
    assert hill.modulus < 0
    theorem = with_share(bubeck.THEOREM3_3, F(1, 10_000))
    game = replace(FAR, slope=hill, start=(F(3),))
    assert game.lacks(theorem) is Requires.CONVEX_LOSSES
    with pytest.raises(Refused, match="CONVEX_LOSSES"):
        certify(Counterexample(theorem, "less", game))
    assert certify(Counterexample(theorem, "less", FAR))


def test_a_step_that_is_too_large_refutes_nothing() -> None:
    """With beta below L the points may run away: the assumption fails, and the certificate with it."""
    theorem = with_share(bubeck.THEOREM3_3, F(1, 10_000))
    with pytest.raises(ValueError, match="a condition fails"):
        certify(Counterexample(theorem, "less", replace(FAR, parameters={"beta": F(1, 4)})))


def test_a_modulus_that_is_too_large_refutes_nothing() -> None:
    """mu above the least slope of phi' is not a modulus of f."""
    theorem = with_share(bubeck.THEOREM3_12, F(1, 10_000))
    game = replace(STRONG, slope=quadratic_slope(F(1, 2)))
    assert game.lacks(theorem) is Requires.STRONGLY_CONVEX
    with pytest.raises(Refused, match="STRONGLY_CONVEX"):
        certify(Counterexample(theorem, "less", game))
