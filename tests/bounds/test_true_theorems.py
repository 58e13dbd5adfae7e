"""Controls: true statements hold on the games that break the printed ones, and fail with a constant cut."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Rational, S, log, sqrt

from bounds.evaluate import check, checks
from bounds.verdict import Verdict
from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.adversarial import constant, reddi, wrong_end
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL_R2
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumMax, CumSum, Norm1, Norm2Squared, Regret, SumCoords
from theory.statement import Assumption, Requires, Theorem
from theory.symbols import D_2, D, T, g, ghat, vhat
from theory.theorems.adal import THEOREM1
from toy_games import INTERVAL, on_interval
from toy_theorem import theorem

WEIGHTED = Regret(Norm1(g))


def theorem_r(first=S.One) -> Theorem:
    """What the analysis proves: the ||g_t||_1-weighted regret of AdaL with the maximum (R2), eps = 0."""
    gamma = beta1**2 / beta2
    distance = (2 - beta1) * D**2 * sqrt(T) / (4 * alpha * (1 - beta1)) * SumCoords(sqrt(vhat))
    noise = (1 + beta1) / 2 * alpha * sqrt(1 + log(T)) / sqrt((1 - beta2) * (1 - gamma))
    noise *= SumCoords(sqrt(CumSum(ghat**2)))
    return theorem(
        first * distance + noise,
        lhs=WEIGHTED,
        assumptions=(Assumption("convex", Requires.CONVEX_LOSSES), Assumption("gamma < 1", gamma < 1)),
    )


ADVERSARIES = [
    (reddi(3), {"alpha": 1.0, "beta1": 0.0, "beta2": 1 / 82}, 1.0),
    (wrong_end(2, 3), {"alpha": 0.7, "beta1": 0.5, "beta2": 0.9}, -1.0),
]


@pytest.mark.parametrize(("stream", "given", "start"), ADVERSARIES, ids=["reddi", "wrong end"])
def test_the_true_weighted_statement_holds_where_it_should(stream, given, start) -> None:
    """Theorem R on the streams that break the printed one: it holds, and is not vacuous."""
    made = theorem_r()
    trace = on_interval(
        stream, 3000, made.quantities, recurrence=ADAL_R2, start=[start], checkpoints=40, **given
    )
    found = check(made, "A", trace)
    assert found.verdict is Verdict.HOLDS
    assert found.margin >= 1


@pytest.mark.parametrize(("stream", "given", "start"), ADVERSARIES, ids=["reddi", "wrong end"])
def test_the_true_statement_with_a_constant_cut_is_violated(stream, given, start) -> None:
    """Without its first term and with small steps, from the far end, the same statement fails."""
    small = {**given, "alpha": 0.01}
    for first, verdict in ((S.One, Verdict.VACUOUS), (S.Zero, Verdict.VIOLATED)):
        made = theorem_r(first=first)
        trace = on_interval(
            stream, 300, made.quantities, recurrence=ADAL_R2, start=[1.0], checkpoints=20, **small
        )
        assert check(made, "A", trace).verdict is verdict


@pytest.mark.parametrize(("stream", "given", "start"), ADVERSARIES, ids=["reddi", "wrong end"])
def test_the_printed_statement_is_violated_on_the_same_streams(stream, given, start) -> None:
    """Plain regret of the algorithm as printed, every reading: linear, far beyond the bound in the end."""
    trace = on_interval(stream, 10_000, THEOREM1.quantities, start=[start], checkpoints=40, **given)
    for found in checks(THEOREM1, trace):
        assert found.verdict is Verdict.VIOLATED
        assert found.margin < 0.8


OGD = theorem(
    D_2**2 * sqrt(T) / (2 * alpha) + alpha * (sqrt(T) - Rational(1, 2)) * CumMax(Norm2Squared(g)),
    assumptions=(Assumption("convex", Requires.CONVEX_LOSSES),),
)


def play_ogd(stream, horizon, *, alpha=2.0, domain=INTERVAL, start=(1.0,), loss=LINEAR):
    """Online gradient descent with steps alpha/sqrt(t)."""
    return play(
        Game(SGD, loss, stream, domain, horizon=horizon, parameters={"alpha": alpha}, start=start),
        record=OGD.quantities,
        checkpoints="all",
        engine="numpy",
    )


def test_a_game_with_room_between_regret_and_bound_holds() -> None:
    """A true statement that says more than doing nothing does."""
    found = check(OGD, "A", play_ogd(constant([1.0]), 20))
    assert found.verdict is Verdict.HOLDS
    assert found.first_violation is None
    assert "at T = 20" in found.reason


def test_the_bound_of_gradient_descent_is_tight_in_round_one() -> None:
    """D2 = 2, g = 1, alpha = D2/G from the far end: regret 2 = bound; a billionth less is a violation."""
    trace = play_ogd(constant([1.0]), 10)
    found = check(OGD, "A", trace)
    assert found.verdict is Verdict.HOLDS
    assert found.at == 1
    assert found.margin == pytest.approx(1.0, abs=1e-13)  # the comparator encloses to 200 eps
    cut = theorem(OGD.readings[0].rhs * Rational(10**9 - 1, 10**9))
    assert check(cut, "A", trace).verdict is Verdict.VIOLATED
    assert check(cut, "A", trace).first_violation == 1


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_of_gradient_descent_holds_on_random_games(seed) -> None:
    """Boxes, balls and simplices, linear and quadratic losses: never violated, never open."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 5))
    domain = [Box(-1.0, 1.0, dimension=d), L2Ball(d, radius=1.0), Simplex(d)][seed % 3]
    for loss in (LINEAR, QUADRATIC):
        trace = play_ogd(
            ArrayStream(rng.normal(size=(200, d))), 200, alpha=rng.uniform(0.1, 2), domain=domain, start=None,
            loss=loss,
        )  # fmt: skip
        assert check(OGD, "A", trace).verdict in {Verdict.HOLDS, Verdict.VACUOUS}
        assert check(theorem(OGD.readings[0].rhs / 1000), "A", trace).verdict is Verdict.VIOLATED
