"""Every scenario of the AdaL paper builds, plays, and gives a verdict; the short ones give the proved one."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from dataclasses import replace

import numpy as np
import pytest

import paper_checks.adal
from bounds.evaluate import checks
from bounds.verdict import Verdict
from online_sim.simulate import play
from paper_checks.playing import play_plan
from paper_checks.scenario import Options, Scenario
from theory.quantities import CumMax, NormInf, Regret
from theory.symbols import x

NAMES = sorted(
    m.name for m in pkgutil.iter_modules(paper_checks.adal.__path__) if not m.ispkg and m.name != "paper"
)


def scenario(name: str) -> Scenario:
    """The scenario of a file."""
    found: Scenario = importlib.import_module(f"paper_checks.adal.{name}").SCENARIO
    return found


def verdicts(name, *, horizon=None, **changes):
    """Reading -> its check, for a scenario with some fields of its plan replaced."""
    plan = scenario(name).build(Options())
    plan = dataclasses.replace(plan, **changes).with_game(horizon=horizon or plan.game.horizon)
    trace = play_plan(plan)
    return {c.id: c for theorem in plan.theorems for c in checks(theorem, trace, constants=plan.constants)}


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_carries_the_name_of_its_file_and_of_its_theorems(name) -> None:
    """So that it can be chosen without being built; its seed changes nothing but the data."""
    found = scenario(name)
    assert found.id == name
    assert found.title
    assert tuple(theorem.id for theorem in found.build(Options(seed=3)).theorems) == found.theorem_ids


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_plays_and_gives_a_verdict(name) -> None:
    """At a tiny horizon, interpreted: no assumption of any theorem is broken."""
    plan = scenario(name).build(Options())
    short = min(plan.game.horizon, 6)
    found = verdicts(name, horizon=short, engine="numpy", checkpoints="all")
    assert len(found) == sum(len(theorem.readings) for theorem in plan.theorems)
    for c in found.values():
        assert isinstance(c.verdict, Verdict)
        assert c.verdict is not Verdict.ASSUMPTION_BROKEN, c.reason
        assert c.rounds.tolist() == list(range(1, short + 1))
        assert np.all(c.lhs_lower <= c.lhs_upper)


@pytest.mark.parametrize("name", NAMES)
def test_the_long_form_differs_from_the_short_one_in_its_size_only(name) -> None:
    """`--full` is the same game for longer, or with more replicates."""
    short, full = (scenario(name).build(Options(full=flag)).game for flag in (False, True))
    assert full.horizon >= short.horizon
    assert full.replicates >= short.replicates
    assert full.parameters == short.parameters
    assert full.recurrence is short.recurrence


def test_one_round_violates_every_reading() -> None:
    """S1, certified."""
    found = verdicts("one_round")
    assert {c.verdict for c in found.values()} == {Verdict.VIOLATED}
    assert [round(1 / c.margin, 2) for c in found.values()] == [1.65, 1.18, 1.46]


def test_one_step_violates_the_reading_with_M_outside_the_root() -> None:
    """CE1, certified: 16 against 14; the reading without M is not violated."""
    found = verdicts("one_step")
    assert found["adal.theorem2.sqrtT_M"].verdict is Verdict.VIOLATED
    assert found["adal.theorem2.sqrtT_M"].margin == pytest.approx(14 / 16, rel=1e-12)
    assert found["adal.theorem2.sqrtTM"].verdict is not Verdict.VIOLATED
    assert found["adal.theorem2.sqrtT"].verdict is not Verdict.VIOLATED


def test_four_rounds_violate_both_readings_with_M() -> None:
    """Certified: E LHS = 8529.54 against 5827.92 and 404.4; all paths, so that it is no estimate."""
    found = verdicts("four_rounds")
    for key, ratio in (("sqrtTM", 5827.92 / 8529.54), ("sqrtT_M", 404.4 / 8529.54)):
        c = found[f"adal.theorem2.{key}"]
        assert c.verdict is Verdict.VIOLATED
        assert c.rhs[-1] / c.lhs_lower[-1] == pytest.approx(ratio, rel=2e-4)  # four digits of 404.4
    # From the minimiser doing nothing is perfect: a bound of 0 in round 1, up to rounding, says no more.
    assert found["adal.theorem2.sqrtT"].verdict is Verdict.VACUOUS


@pytest.mark.parametrize(("name", "slope"), [("reddi_stream", 2 / 3), ("wrong_end", 1 / 2)])
def test_linear_regret_violates_every_reading(name, slope) -> None:
    """Proved: 2 (C - 2) every three rounds at least, D (k - a) every four rounds exactly."""
    found = verdicts(name)
    for c in found.values():
        assert c.verdict is Verdict.VIOLATED
        assert c.lhs_lower[-1] >= slope * c.rounds[-1] * (1 - 1e-6)
        # Once violated the gap only grows: the last round is the worst.
        assert c.at == c.rounds[-1]


def test_the_iterates_of_rosenbrock_stay_in_the_region_of_their_constant() -> None:
    """L is valid on |x_i| <= REGION only; a larger region would only raise it."""
    plan = scenario("rosenbrock").build(Options())
    trace = play(plan.game, record=[CumMax(NormInf(x))], checkpoints=1)
    assert trace[CumMax(NormInf(x))][0] <= plan.region


def test_the_two_forms_of_one_set_give_one_trajectory() -> None:
    """The capped simplex by cvxpy and by its Newton projection: the same points."""
    plan = scenario("capped_simplex").build(Options())
    points = [
        play(replace(plan.game, domain=domain, horizon=20), record=[x, Regret(1)], checkpoints="all")[x]
        for domain in (plan.game.domain, plan.twin)
    ]
    assert np.ptp(points[1], axis=0).min() > 1e-3
    # An interior-point method ends at about 1e-8 relative to the set's size, in each of 20 projections.
    np.testing.assert_allclose(points[0], points[1], atol=1e-6)


@pytest.mark.slow
def test_skewed_noise_violates_every_reading_in_the_end() -> None:
    """CE4, proved: the average squared gradient tends to 0.21 while every reading tends to 0."""
    found = verdicts("skewed_noise")
    for c in found.values():
        assert c.verdict is Verdict.VIOLATED
        # 64 runs of a quantity in [0, 1] leave the upper end wide; the lower one does the work.
        assert 0.15 < c.lhs_lower[-1] < 0.2154 < c.lhs_upper[-1] < 0.4
