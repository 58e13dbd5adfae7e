"""Polyak's step on games that are computed by hand; smaller constants fall."""

from fractions import Fraction as F

import pytest

from bounds.certificates.certify import certify
from bounds.games import Counterexample, DescentGame
from descent_games import corner, falls_with_less, in_floats, sides_of
from theory.losses.piecewise_quadratic import quadratic_slope
from theory.scaling import inhomogeneous
from theory.statement import Requires
from theory.theorems.polyak import CONVEX, POLYAK, POLYAK_STRONG, STRONG

# On x^2/2 a step halves x: 1, 1/2, 1/4.
HALVED = DescentGame(POLYAK, {"f_min": 0}, quadratic_slope(1), (1,), 3)
MODULUS = DescentGame(POLYAK_STRONG, {"f_min": 0, "mu": F(1, 2)}, quadratic_slope(1), (1,), 3)
CASES = [
    (CONVEX, "lipschitz", HALVED, 1 / 32, 1 / 3**0.5),
    (CONVEX, "smooth", HALVED, 1 / 32, 2 / 3),
    (STRONG, "lipschitz", MODULUS, 1 / 32, 2),
    (STRONG, "smooth", MODULUS, 1 / 32, (7 / 8) ** 3),
]
READINGS = pytest.mark.parametrize(
    ("theorem", "reading", "game", "lhs", "rhs"), CASES, ids=[f"{c[0].id}.{c[1]}" for c in CASES]
)


@READINGS
def test_both_sides_are_those_by_hand(theorem, reading, game, lhs, rhs) -> None:
    """The best of three points."""
    assert sides_of(theorem, game, reading) == pytest.approx((lhs, rhs), rel=1e-12)


@pytest.mark.slow
@READINGS
def test_the_search_computes_the_same(theorem, reading, game, lhs, rhs) -> None:
    """In floats, up to a few roundings; every condition holds."""
    found = in_floats(theorem, game, reading)
    assert found.holds.all()
    assert (found.lhs[0, -1], found.rhs[0, -1]) == pytest.approx((lhs, rhs), rel=1e-12)


@READINGS
def test_a_smaller_constant_falls(theorem, reading, game, lhs, rhs) -> None:
    """The same game refutes it, with a certificate that two replays confirm."""
    falls_with_less(theorem, game, reading)


def test_on_a_corner_the_first_step_arrives() -> None:
    """From a flat end, f/|f'| is the way to where the tangent vanishes: 4 + 1/2 from 0 for a corner at 5."""
    game = DescentGame(POLYAK, {"f_min": 0}, corner(5), (0,), 2)
    lhs, _ = sides_of(CONVEX, game, "smooth")
    assert lhs == pytest.approx(1 / 8, rel=1e-12)


def test_another_minimum_refutes_nothing() -> None:
    """A step that believes in the wrong minimum is not Polyak's."""
    game = DescentGame(POLYAK, {"f_min": F(1, 4)}, quadratic_slope(1), (1,), 3)
    with pytest.raises(ValueError, match="a condition fails"):
        certify(Counterexample(CONVEX, "smooth", game))


def test_what_scales_and_what_is_told() -> None:
    """The convex bounds are homogeneous; for the others only the relation to L tells that mu changes."""
    assert inhomogeneous(CONVEX) == ()
    told = [finding for _, finding in inhomogeneous(STRONG)]
    assert told
    assert all("mu <= L" in str(finding.sentence) for finding in told)


def test_noise_is_no_part_of_it() -> None:
    """A game with noise lacks a property that the statement requires."""
    noisy = DescentGame(
        POLYAK, {"f_min": 0}, quadratic_slope(1), (1,), 2, (((1,), F(1, 2)), ((-1,), F(1, 2)))
    )
    assert noisy.lacks(CONVEX) is Requires.EXACT_GRADIENTS
    assert HALVED.lacks(CONVEX) is None
