"""The bounds for AdaGrad and Adam with sums, on games that are computed by an independent loop."""

from fractions import Fraction as F
from itertools import product
from math import log, sqrt

import pytest

from bounds.certificates.certify import certify
from bounds.games import Counterexample, DescentGame
from descent_games import corner, in_floats, sides_of, with_share
from theory.losses.piecewise_quadratic import quadratic_slope
from theory.scaling import inhomogeneous
from theory.theorems import defossez

COIN = (((F(-2),), F(1, 3)), ((F(1),), F(2, 3)))
ADAGRAD = DescentGame(defossez.ADAGRAD_SUMS, {"alpha": F(1, 2), "eps": F(1, 4)}, corner(2), (0,), 3, COIN)
ADAM = DescentGame(
    defossez.ADAM_SUMS, {"alpha": F(1, 2), "beta2": F(3, 4), "eps": F(1, 4)}, corner(2), (0,), 3, COIN
)
MOMENTUM = DescentGame(
    defossez.ADAM_SUMS_MOMENTUM,
    {"alpha": F(1, 2), "beta1": F(1, 2), "beta2": F(3, 4), "eps": F(1, 4)}, corner(2), (0,), 3, COIN,
)  # fmt: skip
R = 3 + 1 / 2
"""|phi'| <= 1 and |noise| <= 2, plus the root of eps."""
START = 3 / 2
"""f(0) - f_*: one unit of slope 1, then half of a unit square."""
GROWN = log(1 + R**2 / (1 / 16))


def mean_square(game: DescentGame) -> float:
    """The expected squared gradient at the random round, path by path."""
    p = {name: float(value) for name, value in game.parameters.items()}
    beta1, beta2 = p.get("beta1", 0.0), p.get("beta2", 1.0)
    total = 0.0
    for path in product(game.letters, repeat=game.horizon):
        chance, x, m, v, kept = 1.0, 0.0, 0.0, 0.0, 0.0
        for t, ((noise,), probability) in enumerate(path, start=1):
            slope = max(-1.0, min(1.0, x - 2))
            weight = 1 - beta1 ** (game.horizon - t + 1)
            chance, kept = chance * float(probability), kept + weight * slope**2
            g = slope + float(noise)
            m, v = beta1 * m + g, beta2 * v + g * g
            grown = sqrt((1 - beta2**t) / (1 - beta2)) if beta2 < 1 else 1.0
            x -= p["alpha"] * (1 - beta1) * grown * m / sqrt(p["eps"] + v)
        total += chance * kept
    return total / sum(1 - beta1**k for k in range(1, game.horizon + 1))


CASES = [
    (
        defossez.THEOREM1,
        ADAGRAD,
        2 * R * START / (sqrt(3) / 2) + (4 * R**2 + R / 2) * log(1 + 3 * R**2 * 4) / sqrt(3),
    ),
    (defossez.THEOREM2, ADAM, 2 * R * START / 1.5 + (4 * R**2 * 2 + R / 2 * 4) * (GROWN / 3 - log(0.75))),
    # 1 - beta1/beta2 = 1/3, T' = 2.
    (
        defossez.THEOREM4,
        MOMENTUM,
        2 * R * START
        + (R / 2 * 0.5 / (1 / 12) + 12 * R**2 * sqrt(0.5) * 3**1.5 * 2 + 2 * 0.25 * 0.5 * 3 * 8)
        * (GROWN / 2 - 1.5 * log(0.75)),
    ),
]
BOUNDS = pytest.mark.parametrize(("theorem", "game", "rhs"), CASES, ids=[c[0].id for c in CASES])


@pytest.mark.parametrize(("theorem", "game", "rhs"), CASES[:2], ids=[c[0].id for c in CASES[:2]])
def test_both_sides_are_those_of_a_loop(theorem, game, rhs) -> None:
    """All eight paths of three rounds; the right side with its numbers written in."""
    assert sides_of(theorem, game) == pytest.approx((mean_square(game), rhs), rel=1e-12)


@pytest.mark.slow
@BOUNDS
def test_the_search_computes_the_same(theorem, game, rhs) -> None:
    """In floats; Theorem 4 too, whose discounted sum no certificate can state."""
    found = in_floats(theorem, game)
    assert found.holds.all()
    assert (found.lhs[0, -1], found.rhs[0, -1]) == pytest.approx((mean_square(game), rhs), rel=1e-12)


@BOUNDS
def test_both_sides_scale_alike(theorem, game, rhs) -> None:
    """In the unit of f, the unit of length and the number of coordinates."""
    assert inhomogeneous(theorem) == ()


@pytest.mark.parametrize(("theorem", "game"), [case[:2] for case in CASES[:2]])
def test_a_constant_much_smaller_falls(theorem, game) -> None:
    """A thousandth of the right side is below the left one, and a certificate shows it."""
    lhs, rhs = sides_of(theorem, game)
    assert rhs / 1000 < lhs < rhs
    assert certify(Counterexample(with_share(theorem, F(1, 1000)), "less", game))


@pytest.mark.slow
def test_unbounded_gradients_are_outside() -> None:
    """On a quadratic R is infinite, so the statement says nothing, and no certificate knows its constant."""
    game = DescentGame(defossez.ADAGRAD_SUMS, {"alpha": 1, "eps": 1}, quadratic_slope(1), (1,), 2)
    assert not in_floats(defossez.THEOREM1, game).said.any()
    with pytest.raises(ValueError, match="G_f"):
        certify(Counterexample(with_share(defossez.THEOREM1, F(1, 1000)), "less", game))


@pytest.mark.slow
def test_too_few_rounds_for_the_momentum_are_outside() -> None:
    """Theorem 4 needs T > beta1/(1 - beta1): with beta1 = 3/4 it says nothing before round 4."""
    parameters = {"alpha": 1, "beta1": F(3, 4), "beta2": F(9, 10), "eps": 1}
    game = DescentGame(defossez.ADAM_SUMS_MOMENTUM, parameters, corner(2), (0,), 5)
    assert in_floats(defossez.THEOREM4, game).said[0].tolist() == [False, False, False, True, True]
