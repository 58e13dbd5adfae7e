"""`regretcheck experiment` on a toy."""

import pytest

from paper_checks.cli.main import main
from paper_checks.experiments import registry, results
from paper_checks.experiments.results import read_results
from toy_experiment import CONTENDERS, TOY


@pytest.fixture
def toy(monkeypatch, tmp_path):
    """The toy is the only experiment, and its results are stored in a folder."""
    folder = tmp_path / "stored"
    folder.mkdir()
    monkeypatch.setattr(registry, "experiments", lambda: {"toy": TOY})
    monkeypatch.setattr(results, "STORED", folder)
    return folder


def run(*words):
    """The exit code."""
    return main(["experiment", *map(str, words)])


def test_it_runs_and_draws(toy, tmp_path, capsys):
    """A line for each run, the results and a plot."""
    assert run("toy", "--out", tmp_path) == 0
    printed = capsys.readouterr()
    assert "10/10 final: plain, rate 0.5, seed 1" in printed.err or "10/10" in printed.err
    assert "diverged in step" in printed.err
    assert read_results(tmp_path / "toy.json", TOY).finished
    assert (tmp_path / "toy.svg").read_text().startswith("<?xml")


def test_a_limit_stops_and_resume_goes_on(toy, tmp_path, capsys):
    """What a user does who has little time."""
    assert run("toy", "--out", tmp_path, "--limit", 4) == 0
    assert "4 runs are stored" in capsys.readouterr().out
    assert run("toy", "--out", tmp_path) == 2
    assert "give --resume" in capsys.readouterr().err
    assert run("toy", "--out", tmp_path, "--resume") == 0
    assert read_results(tmp_path / "toy.json", TOY).finished


def test_the_list_shows_what_is_stored(toy, capsys):
    """Without results it says so, with results their number."""
    assert run("--list") == 0
    assert "not run" in capsys.readouterr().out
    assert run("toy", "--out", toy) == 0
    capsys.readouterr()
    assert run() == 0
    assert "10" in capsys.readouterr().out


def test_stored_runs_are_drawn_again(toy, tmp_path, capsys):
    """Without a run: the same plot; without stored runs one sentence with the command."""
    assert run("toy", "--stored", "--out", tmp_path / "again") == 2
    assert "regretcheck experiment toy" in capsys.readouterr().err
    assert run("toy", "--out", toy) == 0
    capsys.readouterr()
    assert run("toy", "--stored", "--out", tmp_path / "again") == 0
    assert "10 runs" in capsys.readouterr().out
    assert (tmp_path / "again" / "toy.svg").read_bytes() == (toy / "toy.svg").read_bytes()


def test_the_first_steps_are_compared(toy, capsys, monkeypatch):
    """The same steps are exit code 0; one contender with another step is named, with exit code 1."""
    assert run("toy", "--out", toy) == 0
    assert run("toy", "--smoke") == 0
    assert f"{len(CONTENDERS)} contenders, 20 steps each" in capsys.readouterr().out
    losses = type(TOY).losses

    def changed(toy, unit):
        wrong = 7 if unit.contender == "half" else None
        return [(1 + 2e-4 * (k == wrong)) * value for k, value in enumerate(losses(toy, unit))]

    monkeypatch.setattr(type(TOY), "losses", changed)
    assert run("toy", "--smoke") == 1
    printed = capsys.readouterr().out
    assert "DIFFERENT toy, half: step 8" in printed
    assert "plain" not in printed


def test_a_device_that_is_not_here_is_one_clear_error(toy, tmp_path, capsys):
    """Before any run."""
    pytest.importorskip("torch")
    assert run("toy", "--out", tmp_path, "--device", "cpuu") == 2
    assert "`device` = 'cpuu' is unknown; known: cpu, cuda" in capsys.readouterr().err
    assert not (tmp_path / "toy.json").exists()


def test_a_folder_is_used_by_one_run_at_a_time(toy, tmp_path, capsys):
    """A second run would lose the results of the first."""
    from threading import Thread

    from paper_checks.run.lock import locked

    codes = []
    with locked(tmp_path):
        other = Thread(target=lambda: codes.append(run("toy", "--out", tmp_path)))
        other.start()
        other.join()
    assert codes == [2]
    assert "error: " in capsys.readouterr().err


def test_an_unknown_name_is_one_clear_error(toy, capsys):
    """The nearest name is told."""
    assert run("toi") == 2
    assert "there is no experiment 'toi'; known: toy" in capsys.readouterr().err
