"""Audits of the paper's games: how they are found and chosen, what they find, and their rows."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from paper_checks.audit import Audit
from paper_checks.cli.main import main
from paper_checks.run import audits as module
from paper_checks.run.audits import ProofVerdict, audit_game, examine_audit
from paper_checks.run.record import Record, load_record
from paper_checks.run.registry import audits, scenario, scenarios
from paper_checks.run.results import results_json
from paper_checks.run.selection import select
from paper_checks.scenario import Options

OPTIONS = Options()


@pytest.fixture(scope="module")
def found():
    """The rows of all audits of the paper, by (scenario, id)."""
    rows = [row for audit in audits() for row in examine_audit(audit, OPTIONS)]
    return {(row.scenario, row.id): row for row in rows}


def broken(row):
    """The keys of the steps that do not hold, in the order of the proof."""
    return [step["key"] for step in row.detail.audit["steps"] if step["outcome"] != "HOLDS"]


R, NEEDS, A = "audit.repaired.theoremR", "audit.adal.theorem1", "audit.repaired.theoremA"


def test_every_failure_of_theorem_1_is_found_where_it_is(found):
    """F1 on Reddi's stream, F2 at the wrong end, F3 with the printed epsilon on an l1 ball."""
    assert broken(found["reddi_stream", R]) == ["L5m", "T0"]
    assert broken(found["reddi_stream", NEEDS]) == ["F1"]
    assert broken(found["repaired.maximum.wrong_end", NEEDS]) == ["F2"]
    assert "F2" in broken(found["wrong_end", NEEDS])
    assert broken(found["diabetes", R])[:2] == ["L2", "L3"]
    assert found["diabetes", NEEDS].detail.audit["first_broken"] == "F3"


def test_with_the_maximum_no_step_breaks(found):
    """Theorem R on both streams, and Theorem A: nothing breaks; Theorem A needs no maximum itself."""
    for key in (
        ("repaired.maximum.reddi_stream", R),
        ("repaired.maximum.reddi_stream", NEEDS),
        ("repaired.maximum.wrong_end", R),
        ("repaired.cubic.rastrigin", A),
    ):
        assert (found[key].verdict, broken(found[key])) == ("INTACT", [])
    assert broken(found["rastrigin", A]) == ["L6m"]


def test_rows_say_what_was_found(found):
    """Each row has the verdict and the reason that fit its steps, and a formula for each."""
    assert len(found) == 12
    for row in found.values():
        assert row.error is None
        assert row.theorem == row.id.removeprefix("audit.")
        first = next(iter(broken(row)), None)
        assert row.verdict == ("INTACT" if first is None else "BREAKS")
        assert row.detail.audit["first_broken"] == first
        assert first is None or f"First to break: {first}, " in row.reason
        assert (row.detail.first_violation is None) == (first is None)
        assert {step["status"] for step in row.detail.audit["steps"]} <= {"CHECKED", "PARTLY", "CITED"}
        assert all(step["formula"] for step in row.detail.audit["steps"])
        assert row.played.horizon == 1000
        assert f"regretcheck audit {row.scenario} " in row.command


def test_the_table_in_the_docs_is_what_is_found(found):
    """docs/audit.md lists each audited game with the step that breaks first, and its round."""
    page = (Path(__file__).parents[3] / "docs" / "audit.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `([a-z_.]+)`[^|]*\|[^|]*\|([^|]*)\|([^|]*)\|$", page, re.MULTILINE)
    assert {name for name, _, _ in table} == {name for name, _ in found}
    for name, theorem, needs in table:
        proof = A if (name, A) in found else R
        for key, cell in ((proof, theorem), *(() if proof is A else ((NEEDS, needs),))):
            row = found[name, key]
            first, at = row.detail.audit["first_broken"], row.detail.first_violation
            assert cell.strip().startswith("nothing" if first is None else f"{first} in round {at}")


def test_rows_survive_the_way_to_json(found):
    """Strict JSON, and the same row again from the record of a run."""

    def refuse(constant):
        raise AssertionError(constant)

    for row in found.values():
        (content,) = json.loads(results_json([row]), parse_constant=refuse)
        assert row.to_json() == content
        assert load_record(Record("key", (row,), None).dumps()).results[0].to_json() == content


def test_an_error_becomes_a_row():
    """A scenario that does not exist, and one whose algorithm no proof is about, are rows with an error."""
    (unknown,) = examine_audit(Audit("no_such_scenario", "no note"), OPTIONS)
    assert (unknown.verdict, unknown.detail.audit) == (None, None)
    assert "there is no scenario 'no_such_scenario'" in unknown.error
    (other,) = examine_audit(Audit("calibration.ogd_walk", "no note"), OPTIONS)
    assert "is not AdaL" in other.error
    assert other.title == scenario("calibration.ogd_walk").title


def test_what_is_not_finite_is_no_verdict(monkeypatch):
    """A game whose numbers overflow is UNDEFINED: it neither breaks nor holds, and JSON stays strict."""
    from online_sim.streams import constant

    game = scenario("repaired.maximum.reddi_stream").build(OPTIONS).game
    huge = replace(game, stream=constant([1e160]))
    monkeypatch.setattr(module, "audit_game", lambda name, _, rounds, **given: audit_game(name, huge, rounds))
    rows = examine_audit(Audit("repaired.maximum.reddi_stream", "overflow", rounds=3), OPTIONS)
    assert {row.verdict for row in rows} == {"UNDEFINED"}
    assert "neither holds nor breaks: L0, L1, L2, " in rows[0].reason
    assert b"NaN" not in results_json(rows)


def test_every_verdict_can_be_reached_and_shown():
    """There is a word for each verdict and each outcome, none without."""
    from bounds.audit import StepOutcome
    from paper_checks.report.words import PROOF_WORDS, STEP_WORDS

    assert set(PROOF_WORDS) == {None, *(v.name for v in ProofVerdict)}
    assert set(STEP_WORDS) == {o.name for o in StepOutcome}


def test_each_audit_is_of_a_scenario_of_the_package():
    """The files of the paper name scenarios that exist, each once, and say what to look at."""
    known = {s.id for s in scenarios()}
    assert len(audits()) >= 5
    assert {audit.scenario for audit in audits()} <= known
    assert all(audit.note.endswith(".") for audit in audits())


@pytest.mark.parametrize(
    ("names", "chosen"),
    [((), {"one", "two"}), (("one",), {"one"}), (("adal.theorem1",), {"one"}), (("three",), set())],
)
def test_the_audits_of_chosen_scenarios_are_chosen(names, chosen):
    """Without a name all of them, else those whose scenario is among the chosen."""
    from paper_checks.scenario import Scenario

    known = [
        Scenario(name, name, (theorem,), lambda _: None)
        for name, theorem in (("one", "adal.theorem1"), ("two", "adal.theorem2"), ("three", "ogd.theorem"))
    ]
    offered = (Audit("one", "."), Audit("two", "."), Audit("gone", "."))
    assert {audit.scenario for audit in select(names, known, audited=offered).audits} == chosen


def test_a_module_must_offer_an_audit(monkeypatch):
    """An AUDIT that is something else, and two of one scenario, are one clear error each."""
    import paper_checks.audited.diabetes as diabetes

    monkeypatch.setattr(diabetes, "AUDIT", 3)
    with pytest.raises(ValueError, match="is a int; make it an Audit"):
        audits()
    monkeypatch.setattr(diabetes, "AUDIT", Audit("reddi_stream", "twice."))
    with pytest.raises(ValueError, match="two audits have the scenario 'reddi_stream'"):
        audits()


def test_a_run_writes_the_audits_of_its_scenarios(tmp_path, capsys):
    """The table, the results and the report of a run have them; a scenario that is not audited has none."""
    assert main(["run", "reddi_stream", "--out", str(tmp_path), "--jobs", "1"]) == 0
    assert "Proofs, step by step: 2 broken" in capsys.readouterr().out
    rows = json.loads((tmp_path / "results.json").read_text())
    assert {row["id"]: row["audit"]["first_broken"] for row in rows if row["audit"]} == {
        R: "L5m",
        NEEDS: "F1",
    }
    assert 'id="proofs"' in (tmp_path / "report.html").read_text()
    assert main(["run", "one_round", "--out", str(tmp_path), "--jobs", "1"]) == 0
    assert 'id="proofs"' not in (tmp_path / "report.html").read_text()


def test_a_crashed_audit_fails_the_run(tmp_path, monkeypatch, capsys):
    """Must-fail control: exit code 1, and the error is shown."""

    def refuse(*_, **__):
        raise RuntimeError("planted")

    monkeypatch.setattr(module, "audit_game", refuse)
    assert main(["run", "reddi_stream", "--out", str(tmp_path), "--jobs", "1"]) == 1
    assert "reddi_stream crashed: RuntimeError: planted" in capsys.readouterr().out
