"""The calibration scenarios give the verdicts that are known, quickly."""

from __future__ import annotations

import dataclasses

import pytest

from bounds.evaluate import checks
from bounds.verdict import Verdict
from paper_checks.playing import play_plan
from paper_checks.run.atlas import entries
from paper_checks.run.registry import scenarios
from paper_checks.scenario import Options
from theory.statement import Status
from theory.theorems.registry import theorems

FOUND = {s.id: s for s in scenarios("paper_checks.calibration")}
TIES = ("calibration.adal_one_round", "calibration.ogd_one_round", "calibration.ogd_walk")


def found(name, *, horizon=None, **changes):
    """The checks of a scenario."""
    plan = FOUND[name].build(Options())
    plan = dataclasses.replace(plan, **changes).with_game(horizon=horizon or plan.game.horizon)
    trace = play_plan(plan)
    return [(theorem, c) for theorem in plan.theorems for c in checks(theorem, trace)]


def test_every_scenario_is_registered() -> None:
    """Under the prefix of the package; every calibration theorem has a scenario."""
    assert all(s.startswith("calibration.") for s in FOUND)
    covered = {i for s in FOUND.values() for i in s.theorem_ids}
    families = ("ogd.", "adagrad.", "amsgrad.", "adam.", "nosadam.")
    # What the atlas states besides is searched there.
    assert {i for i in theorems() if i.startswith(families)} - set(entries()) <= covered


@pytest.mark.parametrize("name", FOUND)
def test_the_verdict_is_the_known_one(name) -> None:
    """HOLDS for what is proved, VIOLATED for what is false; one round says nothing new."""
    plan = FOUND[name].build(Options())
    assert tuple(theorem.id for theorem in plan.theorems) == FOUND[name].theorem_ids
    for theorem, c in found(name, horizon=min(plan.game.horizon, 2000), engine="numpy"):
        assert theorem.about(plan.game.recurrence.name)[0]
        if theorem.status is Status.FALSE:
            assert c.verdict is Verdict.VIOLATED
        elif plan.game.horizon == 1:
            assert c.verdict is Verdict.VACUOUS
        elif theorem.id != "amsgrad.reddi":  # its constants need a longer run, below
            assert c.verdict is Verdict.HOLDS, c.reason


@pytest.mark.parametrize("name", TIES)
def test_the_ties_are_exact(name) -> None:
    """Margin 1 to rounding."""
    for _, c in found(name, engine="numpy"):
        assert c.margin == pytest.approx(1, abs=1e-12)


def test_the_decaying_beta1_says_something_in_the_end() -> None:
    """30 000 rounds."""
    checked = found("calibration.amsgrad_decaying")
    assert [c.id for _, c in checked] == ["amsgrad.reddi.stated", "amsgrad.reddi.revision"]
    assert all(c.verdict is Verdict.HOLDS for _, c in checked)


@pytest.mark.parametrize("name", FOUND)
def test_the_long_form_is_the_same_game(name) -> None:
    """`--full` plays longer."""
    short, full = (FOUND[name].build(Options(full=flag)).game for flag in (False, True))
    assert full.horizon >= short.horizon
    assert full.recurrence is short.recurrence
