"""HOLDS is about every round, or says that it is not: a spike between two recorded rounds is found."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import S, sqrt

from bounds.evaluate import check
from bounds.verdict import Verdict
from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.quadratic import QUADRATIC
from theory.quantities import CumMax, CumSum, Norm1, NormInf
from theory.statement import Assumption
from theory.symbols import D, T, g
from toy_theorem import theorem


def game(rows, made, *, domain=None, loss=LINEAR, checkpoints=(1, 50), **options):
    """SGD on given gradients, two rounds recorded."""
    array = np.asarray(rows, dtype=float)
    domain = domain or Box(-1.0, 1.0, dimension=array.shape[1])
    played = Game(SGD, loss, ArrayStream(array), domain, horizon=len(array), parameters={"alpha": 0.01})
    return play(played, record=made.quantities, checkpoints=list(checkpoints), **options)


SPIKE = np.r_[np.full(30, 1.0), np.full(70, -1.0)][:, None]
"""The regret is about 30 in round 30, and falls to 0 and below on the way to round 60."""
INTERPRETED = NumbaEngine(interpreted=True, reproducible=True)
ENGINES = ["numpy", "numba", "torch", pytest.param(INTERPRETED, id="interpreted")]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_bound_that_is_exceeded_between_two_recorded_rounds_is_violated(engine) -> None:
    """Only rounds 1, 60 and 100 are recorded; the bound 20 is first exceeded in round 21 or so."""
    made = theorem(S(20))
    trace = game(SPIKE, made, checkpoints=(1, 60, 100), engine=engine)
    found = check(made, "A", trace)
    assert found.verdict is Verdict.VIOLATED
    dense = game(SPIKE, made, checkpoints=range(1, 101), engine=engine)
    assert found.first_violation == check(made, "A", dense).first_violation
    assert 15 < found.first_violation < 31


def test_a_bound_that_holds_in_every_round_says_so() -> None:
    """The same bound is qualified where the run cannot keep the regret."""
    made = theorem(S(200))
    box = check(made, "A", game(SPIKE, made))
    assert (box.every_round, box.coverage) == (True, "every round")
    ball = check(made, "A", game(SPIKE, made, domain=L2Ball(1, radius=1.0)))
    assert ball.every_round is False
    assert ball.coverage == "3 recorded rounds of 100"
    if ball.verdict is Verdict.HOLDS:
        assert "at the 3 recorded rounds of 100" in ball.reason
        assert "3 recorded rounds of 100" in ball.sentence


def test_all_rounds_recorded_is_every_round() -> None:
    """Whatever the set and the loss."""
    made = theorem(S(10) ** 6)
    trace = game(SPIKE[:9], made, domain=L2Ball(1, radius=1.0), loss=LOGISTIC, checkpoints=range(1, 10))
    assert check(made, "A", trace).every_round


def test_what_the_run_keeps_is_what_dense_checkpoints_show() -> None:
    """The largest lhs - rhs over all rounds, on random games of both kinds of losses, up to its own bound."""
    from online_sim.excess import error_of_key, fine_key, largest_key

    rng = np.random.default_rng(3)
    made = theorem(D * sqrt(T) + CumMax(Norm1(g)) + sqrt(CumSum(Norm1(g) ** 2)) / 3)
    node = made.excesses[0]
    for loss in (LINEAR, QUADRATIC):
        rows = rng.normal(size=(60, 3))
        domain = Box(-rng.uniform(0.1, 2, 3), rng.uniform(0.1, 2, 3))
        sparse = game(rows, made, domain=domain, loss=loss, checkpoints=(60,))
        dense = check(made, "A", game(rows, made, domain=domain, loss=loss, checkpoints=range(1, 61)))
        exact = np.max((dense.lhs_lower + dense.lhs_upper) / 2 - dense.rhs)
        kept, error = (sparse.scalars[key(node)][0, -1] for key in (largest_key, error_of_key))
        assert abs(kept - exact) <= error + 1e-12
        assert error < 1e-10
        below = dense.lhs_upper < dense.rhs
        assert sparse.scalars[fine_key(node)][0, -1] == (60 if below.all() else np.argmin(below))


@pytest.mark.parametrize("rows", [[[100.0], *[[1.0]] * 99], [*[[1.0]] * 50, [100.0], *[[1.0]] * 49]])
def test_a_condition_holds_in_every_round(rows) -> None:
    """|g_t| <= 2 fails in one round that is not recorded: the statement does not apply."""
    made = theorem(S(10) ** 6, assumptions=(Assumption("bounded gradients", NormInf(g) <= 2),))
    found = check(made, "A", game(rows, made, checkpoints=(90, 100)))
    assert found.verdict is Verdict.ASSUMPTION_BROKEN
    at = 1 + int(np.argmax(np.abs(np.ravel(rows)) > 2))
    assert f"from round {at} on" in found.reason


def test_a_condition_that_is_reached_exactly_holds() -> None:
    """|g_t| <= 2 with gradients of exactly 2."""
    made = theorem(S(10) ** 6, assumptions=(Assumption("bounded gradients", NormInf(g) <= 2),))
    found = check(made, "A", game(np.full((100, 1), 2.0), made))
    assert found.verdict is not Verdict.ASSUMPTION_BROKEN


def test_conditions_between_parameters_are_decided_in_decimals() -> None:
    """0.1 <= 1 - 0.9 holds, although 1 - 0.9 < 0.1 in floats; 0.1 < 1 - 0.9 does not."""
    from theory.algorithms.adal import ADAL
    from theory.parameters import alpha, beta1

    for relation, holds in ((alpha <= 1 - beta1, True), (alpha < 1 - beta1, False)):
        made = theorem(S(10) ** 6, assumptions=(Assumption("small steps", relation),))
        trace = play(
            Game(
                ADAL,
                LINEAR,
                ArrayStream(SPIKE),
                Box(-1.0, 1.0, dimension=1),
                horizon=5,
                parameters={"alpha": 0.1, "beta1": 0.9},
            ),
            checkpoints="all",
            record=made.quantities,
            engine="numpy",
        )
        found = check(made, "A", trace).assumptions[0]
        assert found.holds is holds
        assert "0.1 <= 0.1" in found.detail or "0.1 < 0.1" in found.detail
