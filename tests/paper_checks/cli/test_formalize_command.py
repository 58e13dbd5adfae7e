"""`regretcheck formalize` as a user runs it: files for Coq, or a sentence that says why there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bounds.formal import HOW_TO_GET_COQ, Compiled
from paper_checks.cli.formalize import coq_name
from paper_checks.cli.main import main
from paper_checks.gallery.exhibit import FOLDER

GOOD = FOLDER / "theorem1_one_round_C.json"
CREEP = FOLDER / "theorem2_maximum_R1.json"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code and what was printed."""
    code = main(["formalize", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_file_is_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One line says where the file is, and the file ends with the theorem."""
    code, out, _ = run(capsys, str(GOOD), "--out", str(tmp_path))
    assert code == 0
    assert "T = 1" in out
    assert "1 certificates: 1 formalised" in out
    assert "Theorem statement_is_false" in (tmp_path / "theorem1_one_round_C.v").read_text(encoding="utf-8")


def test_what_cannot_be_formalised_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A named certificate without a file gives exit code 2, and the others are written all the same."""
    own = tmp_path / "own.json"
    own.write_text(GOOD.read_text(encoding="utf-8").replace("adal.theorem1", "mine"), encoding="utf-8")
    written = tmp_path / "out"
    code, out, err = run(capsys, str(GOOD), str(own), __file__, "--out", str(written))
    assert code == 2
    assert "own.json: not formalised: the statement or the algorithm is the file's own" in err
    assert "it is not a certificate" in err
    assert "3 certificates: 1 formalised" in out
    assert [file.name for file in written.iterdir()] == ["theorem1_one_round_C.v"]


def test_long_games_are_left_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`--longest` says which games are too long."""
    code, _, err = run(capsys, str(CREEP), "--longest", "25", "--out", str(tmp_path))
    assert code == 2
    assert "T = 10000 is longer than `--longest` = 25" in err


def test_the_answer_of_coq_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal gives exit code 1, an acceptance the seconds; JSON says the same."""
    answers = iter([Compiled(True, 2.5, ""), Compiled(False, 1.0, "Error:\n no")])
    monkeypatch.setattr("bounds.formal.coq.coq_compiler", lambda: "coqc")
    monkeypatch.setattr("bounds.formal.compile_file", lambda _: next(answers))
    code, out, _ = run(capsys, str(GOOD), "--compile", "--out", str(tmp_path))
    assert (code, "checked by Coq in 2.5 s" in out) == (0, True)
    code, out, _ = run(capsys, str(GOOD), "--compile", "--out", str(tmp_path), "--json")
    assert code == 1
    assert json.loads(out)[0]["reason"] == "Error: no"


def test_without_coq_the_remedy_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--compile` without Coq says how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    code, _, err = run(capsys, str(GOOD), "--compile", "--out", str(tmp_path))
    assert code == 2
    assert HOW_TO_GET_COQ in " ".join(err.split())


@pytest.mark.parametrize("arguments", [[], [str(GOOD), "--gallery"]])
def test_files_or_the_gallery(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """One of the two must be named, and not both."""
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert "--gallery" in err


@pytest.mark.parametrize(
    ("stem", "name"),
    [("theorem1_A", "theorem1_A"), ("my-game.1", "my_game_1"), ("1x", "game_1x"), ("", "game_")],
)
def test_names_that_coq_accepts(stem: str, name: str) -> None:
    """Coq wants an identifier as the name of a file."""
    assert coq_name(stem) == name
