"""What a certificate of a descent knows of its function: against the game, and in a second replay."""

import json
from dataclasses import replace
from fractions import Fraction as F

import pytest
from sympy import Integer

from bounds.certificates.certificate import certificate_bytes
from bounds.certificates.certify import certify
from bounds.certificates.checker import Refused, ReplayOutcome, check_certificate
from bounds.games import Counterexample, DescentGame
from independent.replay import confirms
from theory.losses.piecewise_quadratic import Slope, quadratic_slope
from theory.parameters import ALPHA, alpha
from theory.quantities import LossAt
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.symbols import G_f, f_star, g, x, x_gap, x_next

STEP = Recurrence("a step", Source("nesterov2018", "section 1.2"), (ALPHA,), (), x - alpha * g, Integer(1))
VALLEY = Slope(((F(-1), F(-2)), (F(1), F(0)), (F(3), F(0)), (F(4), F(1))), F(1), F(0))
FLAT = Slope(((F(0), F(-3)), (F(2), F(1, 3))), F(0), F(0))
ENDED = Slope(((F(0), F(0)), (F(1), F(2))), F(0), F(1))
HILL = Slope(((F(0), F(-1)), (F(1), F(1)), (F(2), F(0))), F(0), F(1))


def states(lhs, rhs, *requires: Requires) -> Theorem:
    """A statement lhs <= rhs about one step."""
    return Theorem(
        "own.constants", "constants of a function", Source("nesterov2018", "section 1.2"), (STEP,), lhs,
        (Reading("stated", rhs, "own"),), tuple(Assumption(r.value, r) for r in requires),
    )  # fmt: skip


def accepted(lhs, rhs, game: DescentGame, *requires: Requires) -> bool:
    """Whether lhs > rhs is certified, and confirmed by the second replay."""
    raw = certify(Counterexample(states(lhs, rhs, *requires), "stated", game))
    return check_certificate(raw).outcome is ReplayOutcome.CERTIFIED and confirms(raw)


@pytest.mark.parametrize("slope", [VALLEY, FLAT, ENDED, quadratic_slope(F(1, 3))])
@pytest.mark.parametrize("start", [(-5,), (0,), (F(1, 3),), (2,), (9,), (-7, F(7, 2))])
def test_the_distance_to_a_minimiser(slope, start) -> None:
    """It lies within a millionth of the game's, from both sides, on slopes, flat bottoms and flat ends."""
    game = DescentGame(STEP, {"alpha": 1}, slope, start, 1)
    distance = game.distance_squared
    near = F(1, 10**6)
    assert accepted(x_gap**2 + near, Integer(distance.numerator) / distance.denominator, game)
    assert accepted(Integer(distance.numerator) / distance.denominator + near, x_gap**2, game)


def test_the_largest_gradient() -> None:
    """The steepest slope plus the noise on its side: 3 + 2 here, and not 3 + 4."""
    game = DescentGame(STEP, {"alpha": 1}, FLAT, (0,), 1, (((4,), F(1, 3)), ((-2,), F(2, 3))))
    assert game.steepest == 5
    assert accepted(G_f, Integer(5) - Integer(1) / 10**6, game)
    assert accepted(Integer(5) + Integer(1) / 10**6, G_f, game)


def test_f_at_another_point() -> None:
    """At the next point, above the minimum: from 4 with slope 1 to 3, where f is minimal; from 5 to 4."""
    for start, value in ((5, F(1, 2)), (6, F(3, 2))):
        game = DescentGame(STEP, {"alpha": 1}, VALLEY, (start,), 1)
        above = LossAt(x_next) - f_star
        half = Integer(value.numerator) / value.denominator
        assert accepted(above, half - Integer(1) / 1000, game)
        assert accepted(half + Integer(1) / 1000, above, game)


def test_what_a_function_does_not_have_is_refused() -> None:
    """No distance without convexity, no largest gradient of a quadratic, no property that knots deny."""
    game = DescentGame(STEP, {"alpha": 1}, HILL, (5,), 1)
    for lhs, slope, requires, words in (
        (1 + x_gap, HILL, (), "x_gap"),
        (1 + G_f, HILL, (), "G_f"),
        (Integer(2), HILL, (Requires.CONVEX_LOSSES,), "CONVEX_LOSSES"),
        (Integer(2), VALLEY, (Requires.STRONGLY_CONVEX,), "STRONGLY_CONVEX"),
    ):
        with pytest.raises(Refused, match=words):
            certify(Counterexample(states(lhs, Integer(1), *requires), "stated", replace(game, slope=slope)))


def test_noise_that_is_added_later_is_noticed() -> None:
    """A certificate that requires exact gradients does not survive letters of noise, in both replays."""
    game = DescentGame(STEP, {"alpha": 1}, VALLEY, (5,), 1)
    theorem = states(Integer(2), Integer(1), Requires.EXACT_GRADIENTS, Requires.CONVEX_LOSSES)
    file = json.loads(certify(Counterexample(theorem, "stated", game)))
    assert confirms(certificate_bytes(file))
    file["game"]["letters"] = [{"noise": [w], "probability": "1/2"} for w in ("1", "-1")]
    with pytest.raises(Refused, match="EXACT_GRADIENTS"):
        check_certificate(certificate_bytes(file))
    assert not confirms(certificate_bytes(file))
