"""Hedge, multiplicative weights and exponentiated gradient: both sides by hand and in numpy, and controls."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from bounds.certificates.certify import certain_sides
from bounds.games import Counterexample, ExactSegment, LinearGame
from bounds.verdict import Verdict
from point_games import assert_sides, found, normalised
from theory.loss import Loss, Shape
from theory.quantities import Component
from theory.source import Source
from theory.symbols import x
from theory.theorems.bubeck_mirror import THEOREM4_2, THEOREM4_2_REGRET
from theory.theorems.experts import HEDGE, MULTIPLICATIVE, MWU
from theory.theorems.orabona import THEOREM6_11, THEOREM6_11_CONSTANT

ROWS = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.25], [1.0, 1.0, 0.0], [0.5, 0.0, 1.0]])
THIRDS = np.full(3, 1 / 3)
SLOPE = np.array([1.0, 0.0, 0.5])
SECOND = np.array([0.0, 1.0, 0.0])
HALVES = {"start": [0.5, 0.5], "z": [1, 0]}
BEST = float(np.sqrt(2 * np.log(2)))
"""The step for which both terms of the entropic bounds agree in one round."""
FIXED = Loss(
    "fixed", Source("bubeck2015", "Theorem 4.2"), Component(x, 0) + Component(x, 2) / 2, Shape.CONVEX
)
# (theorem, reading, a row and a game with lhs/rhs above the factor in one round, the factor)
EDGE = [
    (HEDGE, "stated", [0, 1], {"eta": 1.0}, "2/5"),
    (HEDGE, "sharp", [0, 1], {"eta": 1.0}, "3/5"),
    (MWU, "stated", [-1, 1], {"eta": 0.5}, "1/2"),
    (THEOREM6_11, "stated", [-1, 1], {"alpha": BEST, "power": 0.5}, "21/25"),
    (THEOREM6_11_CONSTANT, "stated", [-1, 1], {"alpha": BEST}, "21/25"),
    (THEOREM4_2_REGRET, "stated", [-1, 1], {"alpha": BEST * (1 - 1e-9)}, "21/25"),
]


@pytest.mark.parametrize(
    ("theorem", "reading", "row", "given", "factor"), EDGE, ids=[f"{e[0].id}.{e[1]}" for e in EDGE]
)
def test_one_round_comes_as_near_as_its_ratio(theorem, reading, row, given, factor) -> None:
    """The bound is not violated, and falls when it is multiplied by the factor."""
    game = {"reading": reading, **HALVES, **given}
    assert found(theorem, [row], **game).verdict is not Verdict.VIOLATED
    assert found(theorem, [row], factor=factor, **game).verdict is Verdict.VIOLATED


def test_both_sides_of_hedge() -> None:
    """Three experts; the best one in hindsight is found by the package."""
    points = normalised(lambda t, row: np.exp(-0.5 * row), ROWS, THIRDS)
    left = (ROWS * points[:-1]).sum() - ROWS.sum(axis=0).min()
    for key, share in (("stated", 2), ("sharp", 8)):
        shown = found(HEDGE, ROWS, reading=key, start=THIRDS, z=SECOND, eta=0.5)
        assert_sides(shown, left, np.log(3) / 0.5 + 0.5 * 4 / share)


def test_both_sides_of_multiplicative_weights() -> None:
    """Costs of both signs, against the second expert."""
    rows = 2 * ROWS - 1
    points = normalised(lambda t, row: 1 - 0.25 * row, rows, THIRDS)
    left = (rows * points[:-1]).sum() - rows[:, 1].sum()
    shown = found(MWU, rows, start=THIRDS, z=SECOND, eta=0.25)
    assert_sides(shown, left, 0.25 * np.abs(rows[:, 1]).sum() + np.log(3) / 0.25)


def test_multiplicative_weights_are_rational() -> None:
    """In balls the left side of a rational game is a rational number, rounded down to 12 digits."""
    game = LinearGame.cyclic(
        MULTIPLICATIVE, {"eta": Fraction(1, 2)}, ExactSegment((1, 0), (0, 1)), (Fraction(1, 2),) * 2,
        pattern=((1, -1),), horizon=2,
    )  # fmt: skip
    left, _ = certain_sides(Counterexample(MWU, "stated", game, (0, 1)), digits=12)
    # x_2 = (1/4, 3/4): 0 + 1/4 - 3/4, minus -2 for the second expert.
    assert float(left) == pytest.approx(1.5, abs=2e-11)  # a unit of the last digit


@pytest.mark.parametrize(("power", "theorem"), [(0.5, THEOREM6_11), (0.0, THEOREM6_11_CONSTANT)])
def test_both_sides_of_mirror_descent(power, theorem) -> None:
    """The divergence is the largest one for decreasing steps, the first one for a constant step."""
    eta = 0.7 * np.arange(1, 5) ** -power
    points = normalised(lambda t, row: np.exp(-eta[t - 1] * row), ROWS, [0.2, 0.3, 0.5])
    distances = -np.log(points[:-1, 1])
    given = {"alpha": 0.7} if power == 0 else {"alpha": 0.7, "power": power}
    shown = found(theorem, ROWS, start=[0.2, 0.3, 0.5], z=SECOND, **given)
    far = distances[0] if power == 0 else distances.max()
    left = (ROWS * (points[:-1] - SECOND)).sum()
    assert_sides(shown, left, far / eta[-1] + (eta * np.abs(ROWS).max(axis=1) ** 2).sum() / 2)


def test_the_average_point_on_a_fixed_loss() -> None:
    """f(x) = x_1 + x_3/2, five rounds, against its minimum 0."""
    alpha = np.sqrt(2 * np.log(3) / 5) * (1 - 1e-9)
    points = normalised(lambda t, row: np.exp(-alpha * row), np.tile(SLOPE, (5, 1)), THIRDS)
    shown = found(THEOREM4_2, np.zeros((5, 3)), loss=FIXED, start=THIRDS, z=SECOND, alpha=float(alpha))
    assert_sides(shown, (points[:-1] @ SLOPE).mean(), 2 * np.log(3) / (alpha * 5))
    assert shown.verdict is not Verdict.VIOLATED


@pytest.mark.parametrize(
    ("theorem", "row", "game"),
    [
        (HEDGE, [-1, 1], {"eta": 1.0, **HALVES}),
        (HEDGE, [0, 1], {"eta": 1.0, "start": [0.25, 0.75], "z": [1, 0]}),
        (MWU, [2, 0], {"eta": 0.5, **HALVES}),
        (MWU, [1, 0], {"eta": 0.5, **HALVES, "z": [2.5, -1.5]}),
        (THEOREM4_2_REGRET, [0, 1], {"alpha": 2.0, **HALVES}),
    ],
)
def test_outside_the_assumptions_nothing_is_said(theorem, row, game) -> None:
    """A negative loss, another start, a large cost, a point outside X, a step too large for L."""
    assert found(theorem, [row], **game).verdict is Verdict.ASSUMPTION_BROKEN


def test_the_normalised_step_is_refused_on_a_box() -> None:
    """There it is no mirror descent, so nothing is played."""
    with pytest.raises(ValueError, match="exact on the probability simplex only"):
        found(THEOREM6_11, [[1]], alpha=1.0, power=0.0, start=[0.5], z=[1])
