"""Online gradient descent in Hazan's and Orabona's books: both sides by hand and in numpy, and controls."""

from __future__ import annotations

import numpy as np
import pytest

from bounds.evaluate import check
from bounds.verdict import Verdict
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from point_games import assert_sides, clipped, found
from theory.losses.quadratic import QUADRATIC
from theory.scaling import degrees
from theory.theorems.hazan import OGD_STRONG, THEOREM3_1, THEOREM3_3, THEOREM3_3_GAP
from theory.theorems.orabona import (
    THEOREM2_13,
    THEOREM2_13_CONSTANT,
    THEOREM4_14,
    THEOREM4_30,
    THEOREM4_30_SQUARES,
)

ROWS = np.array([[1.0, -2.0], [0.5, 1.0], [-2.0, 0.0], [1.0, 1.0], [0.25, -1.0]])
SQUARED = (ROWS**2).sum(axis=1)
Z = np.array([-1.0, 0.5])
START = np.array([0.5, 0.25])
DIAMETER = np.sqrt(5.0)
WALK = {"start": [1], "z": [-1]}
# (theorem, a game of one round with lhs/rhs above the factor, the factor)
EDGE = [
    (THEOREM3_1, {**WALK, "D_bar": 2.0, "G_bar": 1.0}, "33/50"),
    (THEOREM3_3_GAP, {**WALK, "mu": 0.5}, "99/100"),
    (THEOREM2_13, {**WALK, "alpha": 2.0, "power": 0.5}, "99/100"),
    (THEOREM2_13_CONSTANT, {**WALK, "alpha": 2.0}, "99/100"),
    (THEOREM4_14, {**WALK, "D_bar": 2.0}, "7/10"),
    (THEOREM4_30_SQUARES, {"start": [-1], "z": [1], "D_bar": 2.0, "lam": 1.0}, "3/25"),
]


@pytest.mark.parametrize(("theorem", "game", "factor"), EDGE, ids=[e[0].id for e in EDGE])
def test_one_round_comes_as_near_as_its_ratio(theorem, game, factor) -> None:
    """The bound is not violated, and falls when it is multiplied by the factor."""
    assert found(theorem, [[1.0]], **game).verdict is not Verdict.VIOLATED
    assert found(theorem, [[1.0]], factor=factor, **game).verdict is Verdict.VIOLATED


def gap(points, rows=ROWS):
    """sum_t <g_t, x_t - z>."""
    return (rows * (points[:-1] - Z)).sum()


def test_both_sides_with_nonincreasing_steps() -> None:
    """alpha/t^power for power 1/3; the term with x_{T+1} stands on the left."""
    eta = 0.4 * np.arange(1, 6) ** (-1 / 3)
    points = clipped(lambda t, x, seen: x - eta[t - 1] * seen[-1], ROWS, START)
    last = ((points[-1] - Z) ** 2).sum() / (2 * eta[-1])
    assert_sides(
        found(THEOREM2_13, ROWS, start=START, z=Z, alpha=0.4, power=1 / 3),
        gap(points) + last,
        5 / (2 * eta[-1]) + (eta * SQUARED).sum() / 2,
    )


def test_without_a_projection_the_constant_step_is_an_equality() -> None:
    """Small steps stay inside the box."""
    points = clipped(lambda t, x, seen: x - 0.01 * seen[-1], ROWS, START)
    assert np.abs(points[:, 1]).max() < 0.5
    right = ((Z - START) ** 2).sum() / 0.02 + 0.005 * SQUARED.sum()
    left = gap(points) + ((points[-1] - Z) ** 2).sum() / 0.02
    assert left == pytest.approx(right, rel=1e-12)
    assert_sides(found(THEOREM2_13_CONSTANT, ROWS, start=START, z=Z, alpha=0.01), left, right)


def test_both_sides_with_adaptive_steps() -> None:
    """D/sqrt(2 sum ||g||^2)."""
    points = clipped(lambda t, x, seen: x - DIAMETER / np.sqrt(2 * (seen**2).sum()) * seen[-1], ROWS, START)
    assert_sides(
        found(THEOREM4_14, ROWS, start=START, z=Z, D_bar=DIAMETER),
        gap(points),
        DIAMETER * np.sqrt(2 * SQUARED.sum()),
    )


def test_both_sides_for_squares_in_two_ways() -> None:
    """Theorem 4.30 on ||x - a_t||^2/2, and its version for linear games that hand out a_t."""
    total = [0.0]

    def step(t, x, seen):
        gradient = x - seen[-1]
        total[0] += (gradient**2).sum()
        return x - DIAMETER / np.sqrt(2 * total[0]) * gradient

    points = clipped(step, ROWS, START)
    losses = ((points[:-1] - ROWS) ** 2).sum() / 2
    least = ((Z - ROWS) ** 2).sum() / 2
    right = 4 * 5 + 2 * DIAMETER * np.sqrt(least)
    for theorem, more in ((THEOREM4_30, {"loss": QUADRATIC}), (THEOREM4_30_SQUARES, {"lam": 1.0})):
        shown = found(theorem, ROWS, start=START, z=Z, D_bar=DIAMETER, **more)
        assert_sides(shown, losses - least, right)
        assert shown.verdict in {Verdict.HOLDS, Verdict.VACUOUS}


def test_linear_losses_are_not_self_bounded() -> None:
    """Theorem 4.30 is silent about them."""
    assert found(THEOREM4_30, ROWS, start=START, z=Z, D_bar=3.0).verdict is Verdict.ASSUMPTION_BROKEN


def strongly(mu, horizon=300):
    """Theorem 3.3 on quadratics of modulus 1 in the interval [-1, 1]."""
    rows = np.random.default_rng(0).uniform(-1, 1, (horizon, 1))
    game = Game(
        OGD_STRONG, QUADRATIC, ArrayStream(rows), Box(-1.0, 1.0, dimension=1), horizon=horizon,
        parameters={"mu": mu}, start=[1.0],
    )  # fmt: skip
    return rows, play(game, record=THEOREM3_3.quantities, checkpoints="all", engine="numpy")


def test_strongly_convex_losses_have_logarithmic_regret() -> None:
    """Steps for a modulus of 4/5, below that of the losses: with 1 the first round is a tie."""
    rows, trace = strongly(0.8)
    shown = check(THEOREM3_3, "stated", trace)
    assert shown.verdict is Verdict.HOLDS
    points = clipped(lambda t, x, seen: x - (x - seen[-1]) / (0.8 * t), rows, [1.0])[:-1, 0]
    mean = rows.mean()
    regret = ((points - rows[:, 0]) ** 2).sum() / 2 - ((mean - rows[:, 0]) ** 2).sum() / 2
    # The sum of 300 losses loses a few digits more than `assert_sides` allows.
    assert shown.lhs_lower[-1] - 1e-10 <= regret <= shown.lhs_upper[-1] + 1e-10
    largest = np.max((points - rows[:, 0]) ** 2)
    assert shown.rhs[-1] == pytest.approx(largest / 1.6 * (1 + np.log(300)), rel=1e-12)


def test_a_modulus_that_the_losses_lack_is_refused() -> None:
    """mu = 2 for losses of modulus 1."""
    assert check(THEOREM3_3, "stated", strongly(2.0, 3)[1]).verdict is Verdict.ASSUMPTION_BROKEN


def test_the_version_in_gradients_is_the_regret_of_quadratics() -> None:
    """sum <g_t, x_t - z> - (1/2) ||x_t - z||^2 on the gradients that the quadratics hand out."""
    rows, _ = strongly(1.0, 20)
    points = np.concatenate([[1.0], np.cumsum(rows)[:-1] / np.arange(1, 20)])
    gradients = points - rows[:, 0]
    shown = found(THEOREM3_3_GAP, gradients[:, None], start=[1], z=[0.25], mu=1.0)
    regret = ((points - rows[:, 0]) ** 2 - (0.25 - rows[:, 0]) ** 2).sum() / 2
    assert_sides(shown, regret, np.max(gradients**2) / 2 * (1 + np.log(20)))


def test_a_bound_on_gradients_must_hold() -> None:
    """||g||_2 = 2 with G_bar = 1 is outside Theorem 3.1, as is a set wider than D_bar."""
    for rows, width in (([[2.0]], 2.0), ([[1.0]], 1.0)):
        shown = found(THEOREM3_1, rows, D_bar=width, G_bar=1.0, **WALK)
        assert shown.verdict is Verdict.ASSUMPTION_BROKEN


@pytest.mark.parametrize("theorem", [THEOREM2_13_CONSTANT, THEOREM4_14], ids=lambda th: th.id)
def test_the_bounds_scale_like_a_regret(theorem) -> None:
    """f -> c f and x -> x/s."""
    recurrence = theorem.algorithms[0]
    table = degrees(theorem, "stated", recurrence)
    assert all(f.homogeneous for f in table.findings[:2])
