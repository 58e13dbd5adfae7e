"""`regretcheck new`: every kind of starting file runs as it is, and a false bound put into it is found."""

import re

import pytest

from levels import mostly_slow
from paper_checks.cli.main import main
from paper_checks.cli.new import kinds

FALSIFIABLE = {
    "regret": ("(D_2**2 / (2 * alpha) + alpha) *", "(D_2**2 / (2 * alpha) + alpha) / 2 *"),
    "nonconvex": ("2 * (First(f) - f_star)", "(First(f) - f_star)"),
    "last-iterate": ("(2 * alpha * T)", "(8 * alpha * T)"),
    "mirror": (") / alpha + alpha", ") / (4 * alpha) + alpha"),
}
"""By kind, a part of the bound, and what makes it false."""


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    """Files are written into an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("kind", kinds())
def test_a_starting_file_runs_as_it_is(kind, capsys, tmp_path):
    """Its name is the user's everywhere, and its statement stands on its games."""
    assert main(["new", "streeter", "--kind", kind]) == 0
    text = (tmp_path / "streeter.py").read_text()
    assert "my_theorem" not in text
    assert main(["run", "streeter.py", "--jobs", "1"]) == 0
    out = capsys.readouterr().out
    assert "no violation" in out
    assert not re.search("crashed|VIOLATED|vacuous|not applicable|where recorded", out)


@pytest.mark.parametrize(
    "kind", mostly_slow(sorted(FALSIFIABLE), lambda _, kind: kind in {"mirror", "nonconvex"})
)
def test_a_false_bound_in_a_starting_file_is_refuted(kind, capsys, tmp_path):
    """Must-fail control: the search finds a counterexample to the bound made smaller."""
    assert main(["new", "streeter", "--kind", kind]) == 0
    path = tmp_path / "streeter.py"
    true, false = FALSIFIABLE[kind]
    assert true in path.read_text()
    path.write_text(path.read_text().replace(true, false))
    assert main(["falsify", "streeter.py", "--seconds", "60"]) == 1
    assert "false of streeter" in capsys.readouterr().out


def test_a_file_that_is_there_stays_as_it_is(capsys, tmp_path):
    """One clear error, and not a byte changed."""
    (tmp_path / "mine.py").write_text("# mine\n")
    assert main(["new", "mine"]) == 2
    assert "mine.py is there already" in capsys.readouterr().err
    assert (tmp_path / "mine.py").read_text() == "# mine\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["new", "3x"], "`NAME` = '3x'"),
        (["new", "class"], "`NAME` = 'class'"),
        (["new", "a__b"], "`NAME` = 'a__b'"),
        (["new", "mine", "--kind", "regert"], "did you mean regret"),
        (["new", "mine", "--out", "nowhere"], "`--out` = 'nowhere' is not a folder"),
    ],
)
def test_what_cannot_be_is_one_clear_error(words, told, capsys, tmp_path):
    """It names the argument, the value and the remedy; nothing is written."""
    assert main(words) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_help_names_every_kind(capsys):
    """A new starting file is not forgotten in the help."""
    assert main(["new", "--help"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert all(kind in out for kind in kinds())
