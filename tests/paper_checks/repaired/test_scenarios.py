"""The repaired theorems on the paper's games: derived, not typed again, and never violated."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from bounds.evaluate import checks
from bounds.verdict import Verdict
from paper_checks.playing import play_plan
from paper_checks.repaired.derive import Derived, derived, original
from paper_checks.run.registry import scenarios
from paper_checks.run.runner import CONTRADICTION, run_records
from paper_checks.scenario import Options, Scenario
from theory.statement import Status
from theory.theorems.registry import theorems
from theory.theorems.repaired import R

FOUND = scenarios("paper_checks.repaired")
BY_ID = {s.id: s for s in FOUND}
DERIVED = [s for s in FOUND if isinstance(s.build, Derived)]
PLANNED = ("checkpoints", "region", "constants")
ARRAYS = ("starts", "rows", "row_labels", "group")


def found(name, *, horizon=None, **changes):
    """Reading -> its check, with some fields of the plan replaced."""
    plan = BY_ID[name].build(Options())
    plan = dataclasses.replace(plan, **changes).with_game(horizon=horizon or plan.game.horizon)
    trace = play_plan(plan)
    return {c.id: c for theorem in plan.theorems for c in checks(theorem, trace, constants=plan.constants)}


def test_every_scenario_is_registered_once() -> None:
    """Among all scenarios, under the prefix of the package; its theorems exist."""
    assert len(FOUND) >= 20
    assert {s.id for s in FOUND} <= {s.id for s in scenarios()}
    assert all(s.id.startswith("repaired.") for s in FOUND)
    assert {i for s in FOUND for i in s.theorem_ids} <= set(theorems())


@pytest.mark.parametrize("name", BY_ID)
def test_a_scenario_builds_what_it_announces(name) -> None:
    """Its theorems, for a recurrence that they are about; all of them proved."""
    plan = BY_ID[name].build(Options(seed=3))
    assert tuple(theorem.id for theorem in plan.theorems) == BY_ID[name].theorem_ids
    for theorem in plan.theorems:
        assert theorem.status.proved
        assert theorem.about(plan.game.recurrence.name)[0]


@pytest.mark.parametrize("scenario", DERIVED, ids=lambda s: s.id)
def test_the_game_is_that_of_the_paper(scenario) -> None:
    """Everything but the statements, the recurrence and the parameters it lacks is the original's."""
    mine = scenario.build(Options(seed=3))
    theirs = original(scenario.build.original).build(Options(seed=3))
    for name in PLANNED:
        assert getattr(mine, name) == getattr(theirs, name), name
    game, paper = mine.game, theirs.game
    for name in ARRAYS:
        assert np.array_equal(getattr(game, name), getattr(paper, name)), name
    assert (game.horizon, game.loss.name) == (paper.horizon, paper.loss.name)
    for one, other in ((game.domain, paper.domain), (mine.twin, theirs.twin)):
        assert getattr(one, "name", None) == getattr(other, "name", None)
    assert [s.name for s in game.streams] == [s.name for s in paper.streams]
    assert all(paper.parameters[k] == v for k, v in game.parameters.items() if k in paper.parameters)


@pytest.mark.parametrize("name", BY_ID)
def test_a_short_run_violates_nothing(name) -> None:
    """At a tiny horizon, interpreted: no assumption is broken, no proved theorem violated."""
    plan = BY_ID[name].build(Options())
    for c in found(name, horizon=min(plan.game.horizon, 6), engine="numpy", checkpoints="all").values():
        assert c.verdict in {Verdict.HOLDS, Verdict.VACUOUS}, (c.id, c.reason)


@pytest.mark.parametrize("name", ["repaired.maximum.reddi_stream", "repaired.maximum.wrong_end"])
def test_the_repair_is_informative_where_the_printed_theorem_is_violated(name) -> None:
    """On both streams of linear regret the weighted regret stays below a bound that says something."""
    for c in found(name).values():
        assert c.verdict is Verdict.HOLDS


def test_a_violated_proved_theorem_fails_the_run(tmp_path) -> None:
    """The control: a theorem that is falsely called proved makes its row an error, and the trace is kept."""
    wrong = dataclasses.replace(
        R, readings=tuple(dataclasses.replace(r, rhs=r.rhs / 1000) for r in R.readings[:1]), id="toy.proved"
    )
    plan = BY_ID["repaired.maximum.reddi_stream"].build(Options())
    short = dataclasses.replace(plan, theorems=(wrong,), engine="numpy").with_game(horizon=50)
    scenario = Scenario("toy_proved", "Toy", ("toy.proved",), lambda _: short)
    (record,) = run_records([scenario], Options(), out=tmp_path)
    (row,) = record.results
    assert row.verdict == "VIOLATED"
    assert CONTRADICTION in row.error
    assert record.crashed
    assert (tmp_path / "traces" / "toy_proved.npz").exists()
    printed = dataclasses.replace(short, theorems=(dataclasses.replace(wrong, status=Status.PRINTED),))
    (record,) = run_records([dataclasses.replace(scenario, build=lambda _: printed)], Options())
    assert record.results[0].error is None


def test_parameters_that_the_recurrence_lacks_are_dropped() -> None:
    """A recurrence without epsilon gets none; a further one can be given."""
    from theory.algorithms.adal import ADAL_R1

    made = derived("toy", "wrong_end", ("repaired.theoremR",), lambda: (ADAL_R1, (R,)), note="mine")
    plan = made.build(Options())
    assert set(plan.game.parameters) == {"alpha", "beta1", "beta2"}
    assert plan.note == "mine"
    assert made.id == "repaired.toy.wrong_end"
