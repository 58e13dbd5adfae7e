"""The history of the benchmark: stored runs are read, compared and drawn, and a damaged one is refused."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest

from paper_checks.bench.history import changes, read_history, read_run
from paper_checks.bench.history_plot import history_plot
from paper_checks.bench.measure import MeasuredCase, Standing, Timed, Timing
from paper_checks.bench.record import dumps, record
from paper_checks.bench.row import Goal, Settings
from paper_checks.cli.bench_history import markdown
from paper_checks.cli.main import main

DAYS = ("2026-01-01T0900", "2026-02-01T0900", "2026-03-01T0900")
AMD, INTEL = "a processor of AMD", "a processor of Intel"


def timed(name, seconds, ratio=None, goal=None, outcome=Standing.MEASURED):
    """A contender whose quartiles are its median; without seconds it did not run."""
    timing = None if seconds is None else Timing(seconds, seconds, seconds, 3)
    return Timed(name, False, goal, timing, ratio, None, outcome, "")


def write(folder, name, *, ours, ratio, cpu=AMD, quick=False, more=()):
    """A result file of one case with one peer, and of others."""
    peer = timed("peer", ours and ours * (ratio or 1), ratio, Goal(faster=3.0), Standing.MET)
    found = (MeasuredCase("toy.1", "a toy", "step", timed("ours", ours), (peer,)), *more)
    content = record(found, Settings(quick=quick), command="regretcheck bench toy", threads=1)
    content["date"] = f"{name[:10]} {name[11:13]}:{name[13:]} UTC"
    content["machine"] = {**content["machine"], "cpu": cpu, "cores": 2, "gpu": None}
    path = folder / f"{name}.json"
    path.write_bytes(dumps(content))
    return path


@pytest.fixture
def folder(tmp_path):
    """Three runs in one place: a ratio of 2, of 4, then of 5."""
    for name, ours, ratio in zip(DAYS, (2e-6, 1e-6, 5e-7), (2.0, 4.0, 5.0), strict=True):
        write(tmp_path, name, ours=ours, ratio=ratio)
    return tmp_path


def test_runs_are_read_from_the_oldest_on(folder):
    """Each file is a run with its date; files of other names are none."""
    (folder / "scaling.json").write_text("no results")
    runs = read_history(folder)
    assert [run.date for run in runs] == [datetime(2026, month, 1, 9, tzinfo=UTC) for month in (1, 2, 3)]
    assert [run.lines["toy.1", "peer"].ratio for run in runs] == [2.0, 4.0, 5.0]
    assert runs[0].lines["toy.1", ""].time == 2e-6
    assert runs[0].lines["toy.1", "peer"].goal == Goal(faster=3.0)


def test_before_is_the_latest_run_before(folder):
    """Ratios of peers and our own times are compared with the last run but one."""
    ours, peer = changes(read_history(folder))
    assert (peer.before.ratio, peer.after.ratio, peer.factor) == (4.0, 5.0, 1.25)
    assert (ours.before.time, ours.after.time, ours.factor) == (1e-6, 5e-7, 0.5)
    assert peer.date_before == datetime(2026, 2, 1, 9, tzinfo=UTC)


def test_another_machine_is_not_before(folder):
    """A run on another processor, or one of `--quick`, is compared with nothing."""
    write(folder, "2026-03-02T0900", ours=1e-9, ratio=9.0, quick=True)
    write(folder, "2026-04-01T0900", ours=1e-7, ratio=8.0, cpu=INTEL)
    runs = read_history(folder)
    assert len(runs) == 4
    assert [(one.before, one.factor) for one in changes(runs)] == [(None, None)] * 2
    write(folder, "2026-05-01T0900", ours=1e-7, ratio=10.0)
    _, peer = changes(read_history(folder))
    assert (peer.before.ratio, peer.after.ratio) == (5.0, 10.0)


def test_a_contender_that_did_not_run_is_passed_over(folder):
    """A run without its time is no run before."""
    write(folder, "2026-03-02T0900", ours=None, ratio=None)
    write(folder, "2026-04-01T0900", ours=1e-7, ratio=10.0)
    assert changes(read_history(folder))[1].before.ratio == 5.0


def test_names_choose(folder):
    """A prefix chooses cases; one that no case has is an error with the cases."""
    runs = read_history(folder)
    assert len(changes(runs, ["toy"])) == 2
    with pytest.raises(ValueError, match=r"the newest results hold none of 'tay'; cases: toy\.1"):
        changes(runs, ["tay"])


def broken(change):
    """The bytes of a run after a change of its content."""

    def apply(path):
        content = json.loads(path.read_text(encoding="utf-8"))
        change(content)
        path.write_text(json.dumps(content), encoding="utf-8")

    return apply


DAMAGE = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:300]),
    "not text": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "a list": lambda path: path.write_text("[]"),
    "another format": broken(lambda content: content.update(format="else")),
    "no rows": broken(lambda content: content.pop("rows")),
    "no date": broken(lambda content: content.update(date="yesterday")),
    "no median": broken(lambda content: content["rows"][0]["time"].pop("median")),
    "a negative time": broken(lambda content: content["rows"][0]["time"].update(median=-1.0)),
    "a ratio in words": broken(lambda content: content["rows"][0]["beside"][0].update(ratio="fast")),
    "a ratio of NaN": broken(lambda content: content["rows"][0]["beside"][0].update(ratio=float("nan"))),
    "two goals": broken(lambda content: content["rows"][0]["beside"][0]["goal"].update(below=1.0)),
    "an unknown outcome": broken(lambda content: content["rows"][0].update(outcome="GREAT")),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_refused(folder, damage, capsys):
    """One error line names the file and the remedy, whatever is wrong with it; nothing is written."""
    DAMAGE[damage](folder / f"{DAYS[1]}.json")
    assert main(["bench", "--history", str(folder), "--out", str(folder / "new")]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert shown.err.startswith(f"error: the results '{DAYS[1]}.json' are damaged: ")
    assert "restore the file or move it elsewhere" in shown.err
    assert not (folder / "new").exists()


def test_the_same_file_undamaged_is_read(folder):
    """The control of the damages: what each of them changes was accepted."""
    assert read_run(folder / f"{DAYS[1]}.json").lines["toy.1", "peer"].ratio == 4.0


def test_the_command_shows_and_writes(folder, capsys):
    """The table is shown, and written with a plot for each case."""
    other = MeasuredCase("lost", "not here", "step", timed("ours", None, outcome=Standing.ABSENT))
    write(folder, DAYS[2], ours=5e-7, ratio=5.0, more=(other,))
    out = folder / "new"
    assert main(["bench", "--history", str(folder), "--out", str(out)]) == 0
    shown = capsys.readouterr()
    assert "Before: 2026-02-01 09:00. After: 2026-03-01 09:00 (UTC)" in shown.out
    assert "2 plots of 3 runs" in shown.err
    assert sorted(path.name for path in out.iterdir()) == ["history.md", "lost.svg", "toy.1.svg"]
    assert (out / "history.md").read_text(encoding="utf-8") == markdown(changes(read_history(folder)))
    assert "| toy.1 | peer | ≥ 3x | 4x | 5x | met |\n" in markdown(changes(read_history(folder)))


def test_the_changes_as_json(folder, capsys):
    """`--json` prints numbers, and nothing else."""
    assert main(["bench", "--history", str(folder), "--json"]) == 0
    ours, peer = json.loads(capsys.readouterr().out)
    assert (ours["name"], ours["unit"], ours["factor"]) == (None, "seconds/step", 0.5)
    assert (peer["before"], peer["after"], peer["unit"], peer["outcome"]) == (4.0, 5.0, "ratio", "MET")


SVG = "{http://www.w3.org/2000/svg}"


def points(svg):
    """How many markers a plot draws inside its panels."""
    return sum(len(g.findall(f"{SVG}use")) for g in ET.fromstring(svg).iter(f"{SVG}g") if g.get("clip-path"))


def words(svg):
    """The texts of a plot."""
    return {"".join(e.itertext()).strip() for e in ET.fromstring(svg).iter(f"{SVG}text")}


def test_a_plot_has_a_point_for_each_run(folder):
    """Three runs with one peer are six points, with their names; a fourth run adds two."""
    drawn = history_plot("toy.1", read_history(folder))
    assert {"toy.1", "peer", "its time / ours", "2026-01-01"} <= words(drawn)
    assert points(drawn) == 6
    write(folder, "2026-04-01T0900", ours=1e-7, ratio=8.0, cpu=INTEL)
    again = history_plot("toy.1", read_history(folder))
    assert points(again) == 8
    assert any(INTEL in text for text in words(again))
    assert not any(INTEL in text for text in words(drawn))


def test_the_same_runs_are_the_same_plot(folder):
    """No date and no random name is in the file."""
    runs = read_history(folder)
    assert history_plot("toy.1", runs) == history_plot("toy.1", runs)


@pytest.mark.parametrize("option", [("--quick",), ("--cpu-time",), ("--threads", "2"), ("--device", "cuda")])
def test_an_option_of_measurements_is_refused(folder, option, capsys):
    """Nothing is measured, so that how to measure is a mistake."""
    assert main(["bench", "--history", str(folder), *option]) == 2
    assert f"has no use for `{option[0]}`" in capsys.readouterr().err


def test_a_folder_without_results_is_refused(tmp_path, capsys):
    """No folder, an empty one, and one with smoke runs only: what to do is said."""
    write(tmp_path, DAYS[0], ours=1e-6, ratio=2.0, quick=True)
    for path, said in ((tmp_path / "no", "is no folder"), (tmp_path, "holds no results")):
        assert main(["bench", "--history", str(path)]) == 2
        assert said in capsys.readouterr().err
