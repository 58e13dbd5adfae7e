"""`regretcheck audit`: the table, the JSON, and the exit codes."""

import json

import pytest

from paper_checks.cli.main import main


def test_a_scenario_is_audited_as_json(capsys):
    """On Reddi's stream the first broken step is V_t never decreases, in Theorem R's proof and as F1."""
    assert main(["audit", "reddi_stream", "--rounds", "30", "--json"]) == 0
    proof, needs = json.loads(capsys.readouterr().out)
    assert (proof["first_broken"], needs["first_broken"]) == ("L5m", "F1")
    assert proof["game"] == "reddi_stream"
    assert proof["rounds"] == 30
    steps = {step["key"]: step for step in proof["steps"]}
    assert steps["L5m"]["outcome"] == "BREAKS"
    assert steps["L5m"]["at"] == 2
    assert steps["L1"]["status"] == "CHECKED"
    assert steps["L2"]["outcome"] == "HOLDS"


def test_a_scenario_is_audited_as_a_table(capsys):
    """A break is a finding: exit code 0, and the step is named under the table."""
    assert main(["audit", "reddi_stream", "--rounds", "30"]) == 0
    said = capsys.readouterr().out
    assert "First to break: L5m, V_t never decreases, in round 2." in said
    assert "First to break: F1" in said


@pytest.mark.slow
def test_an_algorithm_is_audited_on_a_box_and_a_ball(capsys):
    """AdaL as printed breaks F1 on the box; on the ball its epsilon breaks the projected step first."""
    assert main(["audit", "--algorithm", "AdaL", "--rounds", "100", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [audited["first_broken"] for audited in found] == ["L5m", "F1", "L2", "F3"]


def test_a_scenario_without_a_set_is_held_against_theorem_a(capsys):
    """Rastrigin: the certificate is intact, only A_t rises."""
    assert main(["audit", "rastrigin", "--rounds", "150", "--json"]) == 0
    (audited,) = json.loads(capsys.readouterr().out)
    assert audited["first_broken"] == "L6m"
    assert [step["key"] for step in audited["steps"] if step["outcome"] != "HOLDS"] == ["L6m"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["audit"], "either a scenario or"),
        (["audit", "reddi_stream", "--algorithm", "AdaL"], "either a scenario or"),
        (["audit", "no_such_scenario"], "no scenario"),
        (["audit", "--algorithm", "Adam"], "is not AdaL"),
    ],
)
def test_wrong_use_is_refused(arguments, words, capsys):
    """Exit code 2 and one sentence."""
    assert main(arguments) == 2
    assert words in capsys.readouterr().err
