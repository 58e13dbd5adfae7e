"""`regretcheck tighten` as a user runs it."""

import json
from pathlib import Path

import pytest

from bounds.tightener.forms import homogeneous_forms
from paper_checks.cli.main import main
from theory.algorithms.adal import ADAL, ADAL_R2
from theory.quantities import Norm1, Regret
from theory.symbols import g

SMALL = ("--evaluations", "4000", "--rounds", "2", "--dimension", "1")


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    """The exit code and what was printed."""
    code = main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_factors_of_a_proved_bound(capsys, tmp_path: Path) -> None:
    """Each term with its factor, a certificate that `verify` accepts, and the pairs of factors."""
    out, plot = tmp_path / "out", tmp_path / "pairs.svg"
    code, said, _ = run(capsys, "tighten", "ogd.sqrt", *SMALL, "--out", str(out), "--plot", str(plot))
    assert code == 0
    assert said.count("factor needed: more than 0.99") == 3
    assert said.count("enough: 1 (proved)") == 3
    assert "1 : 3: (" in said
    assert plot.read_bytes().startswith(b"<?xml")
    files = sorted(out.glob("*.json"))
    assert len(files) == 8
    assert run(capsys, "verify", *map(str, files))[0] == 1
    assert run(capsys, "verify", "--allow-foreign", *map(str, files))[0] == 0


def test_json_has_exact_numbers(capsys) -> None:
    """Every factor is an exact decimal, and the budget is that of the option."""
    code, said, _ = run(capsys, "tighten", "adagrad.theorem5.D", *SMALL, "--json")
    (reading,) = json.loads(said)
    assert code == 0
    assert reading["evidence"]
    assert not reading["false"]
    assert [entry["upper"] for entry in reading["factors"]] == ["1", "1", "1"]
    assert reading["factors"][1]["needs"] in {"499/1000", "249/500"}
    assert len(reading["pairs"]) == 5
    assert all(4000 <= entry["evaluations"] < 6000 for entry in reading["factors"])
    assert [bool(term["text"] and term["latex"]) for term in reading["terms"]] == [True, True]


def test_the_same_seed_has_the_same_answer(capsys) -> None:
    """Budgets are numbers of games, so that nothing depends on the machine."""
    first, second = (run(capsys, "tighten", "ogd.constant", *SMALL, "--json")[1] for _ in range(2))
    assert first == second


def two_forms(theorem, reading, recurrence):
    """The forms about the weighted regret, of AdaL as it is and of the one that Theorem R is about."""
    return tuple(
        form
        for form in homogeneous_forms(theorem, reading, recurrence)
        if form.theorem.lhs == Regret(Norm1(g)) and form.recurrence in (ADAL, ADAL_R2)
    )


@pytest.mark.parametrize("which", ["two", pytest.param("all", marks=pytest.mark.slow)])
def test_a_false_bound_gets_forms(capsys, monkeypatch, which) -> None:
    """Scaling leaves no factor for the bound, and forms are proposed, none of them as proved.

    In the plain tests of two forms, one of which is false: each has a search of its own to compile.
    """
    if which == "two":
        monkeypatch.setattr("bounds.tightener.forms.homogeneous_forms", two_forms)
    code, said, _ = run(
        capsys,
        "tighten",
        "adal.theorem1.C",
        "--evaluations",
        "30000",
        "--rounds",
        "12",
        "--dimension",
        "1",
        "--json",
    )
    (reading,) = json.loads(said)
    assert code == 1
    assert reading["false"]
    assert not reading["factors"]
    assert any("small losses break it" in sentence for sentence in reading["breaks"])
    found = {form["algorithm"]: form for form in reading["forms"] if form["lhs"] == "Regret(Norm1(g))"}
    form = found["AdaL[eps=none, maximum=R2]"]
    assert "repaired.theoremR" in form["related"]
    assert form["proved"] is None
    assert "not proved" in form["label"]
    assert "AdaL" not in found


def test_a_statement_about_gradients(capsys) -> None:
    """Descents are searched with the same derived statement; forms are for a plain regret only."""
    code, said, _ = run(capsys, "tighten", "adal.theorem2.sqrtTM", *SMALL)
    assert code == 1
    assert "No factors are enough: f -> c f" in said
    assert "No forms: forms are generated for a plain regret only" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("adal.theorm1",), ("'adal.theorm1'", "did you mean adal.theorem1")),
        (("ogd.sqrt", "--fix", "alhpa=1"), ("'alhpa'", "did you mean alpha")),
        (("ogd.sqrt", "--plot", "pairs.txt"), ("`--plot`", "'pairs.txt'", ".svg")),
        (("adal.theorem1", "--plot", "pairs.svg"), ("`--plot`", "one reading", "adal.theorem1.A")),
        (("hazan.theorem3_1", *SMALL, "--plot", "pairs.svg"), ("`--plot`", "two terms")),
        (("orabona.theorem4_30", *SMALL), ("orabona.theorem4_30", "negative value")),
        (("ogd.sqrt", "--evaluations", "0"), ("`--evaluations`", "'0'")),
    ],
)
def test_wrong_words_are_refused_in_one_sentence(capsys, words, told) -> None:
    """Exit code 2, one line with the value and the remedy."""
    code, _, said = run(capsys, "tighten", *words)
    assert code == 2
    lines = [line for line in said.splitlines() if line.startswith("error:")]
    assert len(lines) == 1
    assert all(part in lines[0] for part in told)


def test_help_has_the_exit_codes(capsys) -> None:
    """As every command."""
    code, said, _ = run(capsys, "tighten", "--help")
    assert code == 0
    assert "not a proof" in " ".join(said.split())
