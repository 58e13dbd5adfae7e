"""`regretcheck merge`: runs of several machines become one, and what disagrees is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from paper_checks.cli.main import main
from paper_checks.run.record import load_record
from paper_checks.run.store import record_path

TOYS = str(Path(__file__).parents[1] / "toys.py")


@pytest.fixture
def runs(tmp_path):
    """Two finished runs of different games."""
    assert main(["run", TOYS, "--out", str(tmp_path / "a"), "--jobs", "1"]) == 0
    assert main(["run", "one_round", "--out", str(tmp_path / "b"), "--jobs", "1"]) == 0
    return tmp_path


def merge(folder, *names):
    """The exit code of joining runs into c."""
    return main(["merge", *(str(folder / name) for name in names), "--out", str(folder / "c")])


def change(folder, name, **changes):
    """Change the first row of a stored record, as another machine could have written it."""
    path = record_path(folder, name)
    record = load_record(path.read_bytes())
    first = replace(record.results[0], **changes)
    path.write_bytes(replace(record, results=(first, *record.results[1:])).dumps())


def test_joined_runs_have_everything(runs, capsys):
    """Rows, plots and verdicts of both are there, and the report can be made again."""
    assert merge(runs, "a", "b") == 0
    capsys.readouterr()
    assert main(["report", str(runs / "c")]) == 0
    said = capsys.readouterr().out
    assert "toy.sgd" in said
    assert "Theorem 1: " in said
    assert (runs / "c" / "plots" / "toy_plain.toy.sgd.svg").exists()
    page = (runs / "c" / "report.html").read_text(encoding="utf-8")
    assert "toy_plain" in page
    assert "one_round" in page


def test_the_same_run_twice_is_one(runs, capsys):
    """A row that both have, with one verdict, is there once."""
    assert merge(runs, "b", "b") == 0
    capsys.readouterr()
    names = ("results.csv",)
    assert [(runs / "c" / n).read_bytes() for n in names] == [(runs / "b" / n).read_bytes() for n in names]


def test_rows_that_disagree_are_an_error(runs, capsys):
    """Another verdict on the same row is named."""
    main(["run", "one_round", "--out", str(runs / "d"), "--jobs", "1"])
    change(runs / "d", "one_round", verdict="HOLDS")
    capsys.readouterr()
    assert merge(runs, "b", "d") == 2
    said = capsys.readouterr().err
    assert "adal.theorem1.A on one_round differs" in said
    assert not (runs / "c").exists()


def test_other_versions_are_refused(runs, capsys):
    """Results of another version of the package are not joined."""
    versions = load_record(record_path(runs / "a", "toy_plain").read_bytes()).results[0].versions
    change(runs / "a", "toy_plain", versions={**versions, "regretcheck": "0.0.1"})
    assert merge(runs, "a", "b") == 2
    assert "has regretcheck 0.0.1" in capsys.readouterr().err


def test_other_statements_are_refused(runs, capsys):
    """One name with two formulas is not joined."""
    main(["run", TOYS, "--out", str(runs / "d"), "--jobs", "1"])
    path = record_path(runs / "d", "toy_plain")
    record = load_record(path.read_bytes())
    stated = record.section.statements[0]
    other = replace(stated, readings=({**stated.readings[0], "formula": "x"}, *stated.readings[1:]))
    section = replace(record.section, statements=(other,))
    path.write_bytes(replace(record, section=section).dumps())
    capsys.readouterr()
    assert merge(runs, "a", "d") == 2
    assert "state toy.sgd differently" in capsys.readouterr().err


def test_a_plot_that_was_changed_is_an_error(runs, capsys):
    """What a record vouches for is copied only as it was written."""
    plot = next((runs / "a" / "plots").iterdir())
    plot.write_bytes(plot.read_bytes() + b" ")
    assert merge(runs, "a", "b") == 2
    assert f"plots/{plot.name} was changed after it was written; run it again" in capsys.readouterr().err
