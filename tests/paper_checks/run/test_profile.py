"""Where a run's time went: the table and the file of `regretcheck run --profile`."""

import json
from pathlib import Path

import pytest

from online_sim.stopwatch import Spent, Stage, Stopwatch
from paper_checks.cli.main import main
from paper_checks.run.profile import REST, Profile

TOYS = str(Path(__file__).parents[1] / "toys.py")


def test_the_table_sums_stages_and_sorts_tasks():
    """Stages are summed over the tasks, and the longest task comes first."""
    own = Stopwatch()
    own.spent[Stage.WRITING] = Spent(1.0, 2.0)
    found = Profile(own)
    found.tasks["short"] = {Stage.PLAYING: Spent(1.0, 1.0)}
    found.tasks["long"] = {Stage.PLAYING: Spent(2.0, 3.0), Stage.WRITING: Spent(4.0, 5.0)}
    stages = found.stages()
    assert list(stages) == [Stage.PLAYING.value, Stage.WRITING.value, REST]  # in the order of `Stage`
    assert stages[Stage.PLAYING.value] == Spent(3.0, 4.0)
    assert stages[Stage.WRITING.value] == Spent(5.0, 7.0)
    assert list(found.by_task().items()) == [("long", Spent(6.0, 8.0)), ("short", Spent(1.0, 1.0))]
    lines = found.lines(jobs=2)
    assert "summed over 2 processes" in lines[0]
    assert [line.split()[0] for line in lines[-2:]] == ["long", "short"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_profiled_run_says_where_its_time_went(tmp_path, capsys, jobs):
    """The table names the stages that a game has; the file has the same for every task."""
    out = tmp_path / "out"
    assert main(["run", TOYS, "--out", str(out), "--jobs", jobs, "--no-cache", "--profile"]) == 0
    said = capsys.readouterr().out
    stored = json.loads((out / "profile.json").read_text())
    games = {row["scenario"] for row in json.loads((out / "results.json").read_text())}
    assert stored["tasks"].keys() == games
    needed = {s.value for s in (Stage.PLAYING, Stage.BOUNDS, Stage.PLOTS, Stage.WRITING, Stage.OTHER)}
    assert needed <= stored["stages"].keys()
    for name in [*needed, *games]:
        assert name in said
    for task in stored["tasks"].values():
        assert needed <= task["stages"].keys()
        # Each of the stages is rounded to a thousandth.
        assert sum(s["cpu"] for s in task["stages"].values()) == pytest.approx(task["cpu"], abs=0.01)


def test_a_run_without_the_option_keeps_no_profile(tmp_path):
    """Nobody asked."""
    assert main(["run", TOYS, "--out", str(tmp_path), "--jobs", "1", "--no-cache"]) == 0
    assert not (tmp_path / "profile.json").exists()


def test_a_run_that_reuses_everything_says_so(tmp_path, capsys):
    """No task was done, so none has a time."""
    arguments = ["run", TOYS, "--out", str(tmp_path), "--jobs", "1", "--no-cache"]
    assert main(arguments) == 0
    capsys.readouterr()
    assert main([*arguments, "--resume", "--profile"]) == 0
    assert "Every task was reused." in capsys.readouterr().out
    assert json.loads((tmp_path / "profile.json").read_text())["tasks"] == {}
