"""Running scenarios: rows, files, crashes, several processes, and going on after an interrupt."""

import json

import numpy as np
import pytest

from online_sim.trace import load_trace
from paper_checks.run.runner import run_records, run_scenarios
from paper_checks.run.store import fingerprint, record_path, trace_path
from paper_checks.scenario import Options


def verdicts(rows):
    """What each row says."""
    return [(row.scenario, row.id, row.verdict) for row in rows]


EXPECTED = [
    ("toy_plain", "toy.sgd.true", "HOLDS"),
    ("toy_plain", "toy.sgd.false", "VIOLATED"),
    ("toy_plain", "toy.sgd.loose", "VACUOUS"),
    ("toy_narrow", "toy.narrow.true", "ASSUMPTION_BROKEN"),
    ("toy_narrow", "toy.narrow.false", "ASSUMPTION_BROKEN"),
    ("toy_narrow", "toy.narrow.loose", "ASSUMPTION_BROKEN"),
]


def test_rows_say_what_was_played(toys):
    """Verdicts, margins and provenance of the toys; x_1 = 1, g = 1, so the first regret is exactly 2."""
    rows = run_scenarios(toys, Options(seed=7))
    assert verdicts(rows) == EXPECTED
    false = rows[1]
    found, played = false.detail, false.played
    assert found.first_violation == 1
    # The regret is 2 + 1 from round 2 on.
    assert found.margin == pytest.approx(np.sqrt(found.at) / 1000 / 3, rel=1e-12)
    assert (played.horizon, played.dimension, played.algorithm, played.loss) == (400, 1, "SGD", "linear")
    assert (played.engine, false.seed, played.parameters) == ("numpy", 7, {"alpha": 1.0})
    assert false.seconds > 0
    assert {"numpy", "python", "regretcheck"} <= set(false.versions)
    assert all(a["holds"] for a in found.assumptions)
    assert not all(a["holds"] for a in rows[3].detail.assumptions)


def test_nothing_is_written_without_a_folder(toys, tmp_path, monkeypatch):
    """Without `out` the rows are all there is."""
    monkeypatch.chdir(tmp_path)
    run_scenarios(toys[:1], Options())
    assert list(tmp_path.iterdir()) == []


def test_several_processes_give_the_same_rows(toys_with_crash, tmp_path):
    """Two processes return what one returns, crash included, in the same order."""
    alone = run_scenarios(toys_with_crash, Options(seed=3), out=tmp_path / "a")
    together = run_scenarios(toys_with_crash, Options(seed=3), out=tmp_path / "b", jobs=2)
    assert verdicts(together) == verdicts(alone)
    assert [row.detail.margin for row in together] == [row.detail.margin for row in alone]


def test_a_crash_stops_nobody_else(toys_with_crash, tmp_path):
    """The others finish, the crash says what happened, and its traceback is on disk."""
    rows = run_scenarios(toys_with_crash, Options(seed=5), out=tmp_path)
    assert verdicts(rows) == [*EXPECTED[:3], ("toy_broken", "toy.sgd", None), *EXPECTED[3:]]
    crash = rows[3]
    assert crash.error == "RuntimeError: deliberate <b>crash</b> [red] with seed 5"
    assert "deliberate" in (tmp_path / "partial" / "toy_broken.crash.txt").read_text()
    assert not record_path(tmp_path, "toy_broken").exists()


def test_resume_plays_only_what_is_missing(toys, tmp_path, calls):
    """A finished scenario is not played again; without `resume` it is."""
    first = run_records(toys, Options(), out=tmp_path)
    record_path(tmp_path, "toy_narrow").unlink()
    again = run_records(toys, Options(), out=tmp_path, resume=True)
    assert (calls("plain"), calls("narrow")) == (1, 2)
    assert verdicts(r for record in again for r in record.results) == EXPECTED
    assert again[0] == first[0]
    run_records(toys, Options(), out=tmp_path)
    assert calls("plain") == 2


@pytest.mark.parametrize("options", [Options(seed=1), Options(full=True)])
def test_resume_does_not_take_other_options(toys, tmp_path, calls, options):
    """Records made with another seed or length are played anew."""
    run_records(toys[:1], Options(), out=tmp_path)
    run_records(toys[:1], options, out=tmp_path, resume=True)
    assert calls("plain") == 2


@pytest.mark.parametrize("damage", [b"", b"{", None])
def test_resume_survives_damaged_files(toys, tmp_path, calls, damage):
    """A truncated record, or one whose trace is gone, is played anew."""
    run_records(toys[:1], Options(), out=tmp_path)
    if damage is None:
        trace_path(tmp_path, "toy_plain").unlink()
    else:
        record_path(tmp_path, "toy_plain").write_bytes(damage)
    run_records(toys[:1], Options(), out=tmp_path, resume=True)
    assert calls("plain") == 2


def test_the_fingerprint_sees_the_file_of_a_scenario(tmp_path):
    """A changed file of one's own is another scenario to `resume`."""
    from paper_checks.run.own_file import load_file

    path = tmp_path / "own.py"
    text = "from paper_checks.scenario import Scenario\nSCENARIO = Scenario('own', 'Own', ('t',), print)\n"
    path.write_text(text)
    scenario = load_file(path)[0]
    before = fingerprint(scenario, Options())
    assert before == fingerprint(scenario, Options())
    path.write_text(text + "# changed\n")
    assert fingerprint(scenario, Options()) != before


def test_traces_tell_where_they_come_from(toys, tmp_path):
    """A saved trace names its scenario, its theorems and its options, for drawing it again."""
    run_records(toys[:1], Options(seed=2), out=tmp_path)
    origin = load_trace(trace_path(tmp_path, "toy_plain")).run.scenario
    assert (origin["id"], origin["theorems"], origin["seed"]) == ("toy_plain", ["toy.sgd"], 2)
    assert json.loads(record_path(tmp_path, "toy_plain").read_bytes())["results"][0]["id"] == "toy.sgd.true"
    assert (tmp_path / "plots" / "toy_plain.toy.sgd.svg").stat().st_size > 1000


def test_no_half_written_file_is_left(toys, tmp_path):
    """After a run the folder holds whole files only."""
    run_records(toys, Options(), out=tmp_path)
    assert [p.name for p in tmp_path.rglob(".*")] == []


@pytest.mark.parametrize(("arguments", "message"), [({"jobs": 0}, "`jobs`"), ({"resume": True}, "`resume`")])
def test_wrong_use_is_refused(toys, arguments, message):
    """No processes, or going on from nowhere, is a clear error."""
    with pytest.raises(ValueError, match=message):
        run_records(toys, Options(), **arguments)
