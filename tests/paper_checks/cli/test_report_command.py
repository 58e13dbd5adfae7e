"""`regretcheck report`: the files of a finished run once more, from its records alone."""

from pathlib import Path

import pytest

from paper_checks.cli.main import main
from paper_checks.run import runner

TOYS = str(Path(__file__).parents[1] / "toys.py")
WRITTEN = ("report.html", "results.json", "results.csv", "run.json")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder of a finished run."""
    out = tmp_path_factory.mktemp("run") / "out"
    assert main(["run", TOYS, "--out", str(out), "--jobs", "1"]) == 0
    return out


def test_the_same_files_come_out_again(finished, monkeypatch, capsys):
    """Byte for byte, with the time of the run, and nothing is played."""
    before = {name: (finished / name).read_bytes() for name in WRITTEN}
    (finished / "report.html").unlink()
    monkeypatch.setattr(runner, "play_task", None)
    assert main(["report", "--out", str(finished)]) == 0
    assert {name: (finished / name).read_bytes() for name in WRITTEN} == before
    assert str(finished / "report.html") in capsys.readouterr().out


def test_the_table_of_results_is_one_line_a_row(finished):
    """A header, and as many rows as results.json has."""
    lines = (finished / "results.csv").read_text().splitlines()
    assert lines[0].startswith("id,theorem,scenario,title,verdict,reason")
    assert sum(line.startswith("toy.sgd.") for line in lines) >= 3


def test_a_folder_without_a_run_is_one_clear_error(tmp_path, capsys):
    """It names the option and the remedy."""
    assert main(["report", "--out", str(tmp_path)]) == 2
    assert "holds no finished run (run.json); make one with `regretcheck run`" in capsys.readouterr().err


def test_a_damaged_record_is_one_clear_error(finished, capsys):
    """Must-fail control: a verdict edited by hand is not shown."""
    path = next((finished / "partial").glob("*.json"))
    whole = path.read_text()
    assert '"VIOLATED"' in whole or '"ASSUMPTION_BROKEN"' in whole
    try:
        path.write_text(whole.replace('"VIOLATED"', '"HOLDS"').replace('"ASSUMPTION_BROKEN"', '"HOLDS"'))
        assert main(["report", "--out", str(finished)]) == 2
    finally:
        path.write_text(whole)
    error = capsys.readouterr().err
    assert path.name in error
    assert "--resume" in error
