"""The rates of the power tail and the drifts of the half square, as docs/rates.md tells them."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from runpy import run_path

import numpy as np
import pytest
from sympy import Rational, lambdify, sqrt

from bounds.claimed_rate import Agreement, compare_rate
from bounds.drift import Settling, observed_mean
from bounds.evaluate import checks
from bounds.verdict import Verdict
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import AlphabetStream, skewed
from paper_checks.playing import play_plan
from paper_checks.rates.power_tail import ALPHA, POWERS, SETTING
from paper_checks.run.registry import scenarios
from paper_checks.scenario import Options
from theory.algorithms.adal import ADAL, ADAL_R1, ADAL_R2
from theory.algorithms.adam import ADAM_SQRT
from theory.algorithms.amsgrad import AMSGRAD, AMSGRAD_R2
from theory.losses.half_square import NOISY_HALF_SQUARE
from theory.losses.power_tail import MAXIMUM_AVERAGE, POWER_TAIL, TAIL, V, decay_exponent
from theory.order import Order
from theory.parameters import alpha
from theory.quantities import CumSum, Norm2Squared
from theory.symbols import T, df, x

TABLES = run_path(str(Path(__file__).resolve().parents[3] / "docs" / "tables" / "rates.py"))
"""What prints the tables of the page."""
drift, rate = TABLES["drift"], TABLES["rate"]
FOUND = {s.id: s for s in scenarios("paper_checks.rates")}
SQUARES = CumSum(Norm2Squared(df))
HORIZON = 1_000_000


def average(algorithm, q):
    """Rounds, and the average squared gradient up to each of them."""
    parameters = {**SETTING, "q": float(q)}
    game = Game(algorithm, POWER_TAIL, horizon=HORIZON, parameters=parameters, start=[0.0])
    trace = play(game, record=[SQUARES, x], checkpoints=200)
    return trace.rounds, trace[SQUARES] / trace.rounds


@pytest.mark.parametrize("q", POWERS, ids=str)
@pytest.mark.parametrize("algorithm", TABLES["CONTESTANTS"], ids=lambda pair: pair[0].name)
def test_the_exponents_are_those_of_theory(algorithm, q):
    """Already at a million rounds every contestant's exponent is consistent with -q/(kq + 1), or with -1."""
    recurrence, k = algorithm
    assert rate(recurrence, q, factor_power=k, horizon=HORIZON).agreement is Agreement.CONSISTENT


@pytest.mark.parametrize("q", POWERS, ids=str)
def test_the_maximum_misses_the_claimed_rate(q):
    """AdaL with a maximum is slower than T^{-1/2}, log T or not; AMSGrad on the same tail is not slower."""
    rounds, curve = average(ADAL_R1, q)
    for claimed in (Order(Rational(-1, 2)), Order(decay_exponent(q, factor_power=1))):
        assert compare_rate(rounds, curve, claimed).agreement is Agreement.SLOWER
    rounds, curve = average(AMSGRAD, q)
    assert compare_rate(rounds, curve, Order(Rational(-1, 2))).agreement is not Agreement.SLOWER


def test_the_exponent_of_another_tail_is_refused():
    """Must-fail control: each q's curve is told from the exponents of its neighbours."""
    for q, other in pairwise(POWERS):
        rounds, curve = average(ADAL_R1, q)
        wrong = Order(decay_exponent(other, factor_power=2))
        assert compare_rate(rounds, curve, wrong).agreement is Agreement.SLOWER
        rounds, curve = average(ADAL_R1, other)
        wrong = Order(decay_exponent(q, factor_power=2))
        assert compare_rate(rounds, curve, wrong).agreement is Agreement.FASTER


BOUND = lambdify([TAIL.symbol, alpha, V, T], MAXIMUM_AVERAGE)


@pytest.mark.parametrize("q", POWERS, ids=str)
def test_the_average_stays_above_the_proved_bound(q):
    """Proposition R1 with its constants, at every checkpoint, and of the same order; AMSGrad breaks it."""
    for algorithm, v in ((ADAL_R1, (1 - SETTING["beta2"]) ** 0.5), (ADAL_R2, 1.0)):
        rounds, curve = average(algorithm, q)
        proved = BOUND(float(q), ALPHA, v, rounds.astype(float))
        assert np.all(curve >= proved)
        assert curve[-1] < 10 * proved[-1]
    _, curve = average(AMSGRAD, q)
    assert curve[-1] < BOUND(float(q), ALPHA, (1 - SETTING["beta2"]) ** 0.5, float(HORIZON))


@pytest.mark.parametrize(("q", "exponent"), list(zip(POWERS, (17, 20, 28, 73), strict=True)), ids=str)
def test_theorem_2_is_crossed_in_the_end(q, exponent):
    """The proved bound exceeds the right side at T = 10^exponent, and does not at a million.

    G = M = |f'(0)| = 1, so that all readings agree; every other letter is known without a run.
    """
    label = f"q{float(q):g}".replace(".", "_")
    plan = FOUND[f"rates.maximum.{label}"].build(Options())
    trace = play_plan(plan)
    at, beta2, gap = float(q), SETTING["beta2"], 1 / (float(q) - 1) + 0.5

    def right(rounds):
        bracket = gap / ALPHA + 1 / np.sqrt(1 - beta2) + 1 / (4 * at * ALPHA)
        return (bracket + at * ALPHA * (1 + np.log(rounds)) / (1 - beta2)) / np.sqrt(rounds)

    def proved(rounds):
        return BOUND(at, ALPHA, np.sqrt(1 - beta2), rounds)

    for c in checks(plan.theorems[0], trace):
        # The formula above is the theorem's own: rounding of a dozen operations.
        formula = right(c.rounds.astype(float))
        assert np.all(c.rhs <= formula * (1 + 1e-14))
        assert np.all(c.rhs_upper >= formula * (1 - 1e-14))
        np.testing.assert_allclose(c.rhs, c.rhs_upper, rtol=1e-9)
    assert proved(1e6) < right(1e6)
    assert proved(10.0**exponent) > right(10.0**exponent)


def test_the_drift_is_that_of_theory():
    """With a maximum x settles at 3 - 2 sqrt(3); the covariance at the minimiser is 3/2."""
    row = drift(ADAL_R2, "skewed", horizon=100_000)
    assert row.covariance == Rational(3, 2)
    assert row.zero == 3 - 2 * sqrt(3)
    assert row.found.settling is Settling.AWAY
    assert row.found.agrees


def test_the_printed_algorithm_drifts_nearly_as_far():
    """Its second moment forgets and shifts the point by less than a hundredth."""
    row = drift(ADAL, "skewed", horizon=100_000)
    assert row.found.settling is Settling.AWAY
    assert row.found.distance == pytest.approx(0.4587, abs=0.005)


def test_the_drift_is_not_adams():
    """Without the factor: AMSGrad's interval contains 0, Adam's own drift is about 0.01; no covariance."""
    row = drift(AMSGRAD_R2, "skewed", horizon=100_000)
    assert row.found.settling is Settling.UNDECIDED
    assert row.covariance == row.zero == 0
    row = drift(ADAM_SQRT, "skewed", horizon=100_000)
    assert row.covariance == 0
    assert row.found.distance < 0.02


def test_symmetric_noise_gives_no_drift():
    """Must-fail control: with +-1 nothing is detected, and 0 is the predicted point."""
    row = drift(ADAL_R2, "rademacher", horizon=100_000)
    assert row.covariance == row.zero == 0
    assert row.found.settling is Settling.UNDECIDED


def test_the_scenarios_are_registered_and_build():
    """Under the prefix of the package, with the theorems they announce, about what they play."""
    assert {s.partition(".")[0] for s in FOUND} == {"rates"}
    assert set(FOUND) <= {s.id for s in scenarios()}
    for name, scenario in FOUND.items():
        plan = scenario.build(Options())
        assert tuple(theorem.id for theorem in plan.theorems) == scenario.theorem_ids, name
        assert all(theorem.about(plan.game.recurrence.name)[0] for theorem in plan.theorems)
        assert scenario.build(Options(full=True)).game.horizon > plan.game.horizon


@pytest.mark.parametrize("name", FOUND)
def test_no_assumption_is_broken(name):
    """L and f(x_*) are known, the noise is unbiased, the statement is about the algorithm."""
    plan = FOUND[name].build(Options()).with_game(horizon=5)
    plan = dataclasses.replace(plan, engine="numpy", checkpoints="all")
    trace = play_plan(plan)
    for theorem in plan.theorems:
        for c in checks(theorem, trace, constants=plan.constants):
            assert c.verdict is not Verdict.ASSUMPTION_BROKEN, c.reason


@pytest.mark.slow
def test_skewed_noise_violates_theorem_2_with_a_maximum_too():
    """Every reading, after a few hundred thousand rounds; with symmetric noise (control) none."""
    for name, expected in (("rates.drift.skewed", True), ("rates.drift.symmetric", False)):
        plan = FOUND[name].build(Options())
        trace = play_plan(plan)
        for c in checks(plan.theorems[0], trace):
            assert (c.verdict is Verdict.VIOLATED) is expected


@pytest.mark.slow
@pytest.mark.parametrize("q", [Fraction(21, 20), Fraction(3, 2), Fraction(2)], ids=str)
def test_momentum_changes_no_exponent(q):
    """beta = (0.9, 0.999), ten million rounds: the same exponents within a hundredth."""
    trace = play(
        Game(
            ADAL_R2,
            POWER_TAIL,
            horizon=10_000_000,
            parameters={"alpha": ALPHA, "beta1": 0.9, "beta2": 0.999, "q": float(q)},
            start=[0.0],
        ),
        record=[SQUARES],
        checkpoints=200,
    )
    claimed = Order(decay_exponent(q, factor_power=2))
    found = compare_rate(trace.rounds, trace[SQUARES] / trace.rounds, claimed)
    assert found.slope.value == pytest.approx(float(claimed.p), abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("algorithm", "limit"), [(ADAL, 3 - 2 * 3**0.5), (ADAM_SQRT, 0.0)], ids=["AdaL", "Adam"]
)
def test_what_a_forgetting_second_moment_adds_vanishes_as_it_forgets_less(algorithm, limit):
    """beta2 = 0.999, two million rounds: within 0.002 of the zero of h, where beta2 = 0.99 is not."""
    distances = []
    for beta2 in (0.99, 0.999):
        trace = play(
            Game(
                algorithm,
                NOISY_HALF_SQUARE,
                AlphabetStream(skewed()),
                horizon=2_000_000,
                parameters={"alpha": 0.03, "beta1": 0.0, "beta2": beta2, "eps": 1e-8},
                start=[0.0],
                replicates=64,
            ),
            record=[x],
            checkpoints=400,
        )
        mean = observed_mean(trace)
        distances.append((max(abs(mean.lower[0] - limit), abs(mean.upper[0] - limit)), mean))
    assert distances[1][0] < 0.002
    assert not distances[0][1].lower[0] - 0.002 <= limit <= distances[0][1].upper[0] + 0.002
