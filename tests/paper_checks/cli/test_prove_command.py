"""`regretcheck prove`: the table, the JSON, the counterexample in one line, and the exit codes."""

import json
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import pytest
from sympy import Rational

from bounds.games import Counterexample, ExactBox, LinearGame
from paper_checks.cli.prove import line, parse_fix, parse_number, prove_command
from theory.algorithms.sgd import SGD
from theory.quantities import Discounted, Norm2Squared
from theory.statement import Reading
from theory.symbols import g
from theory.theorems.ogd import SQRT

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch):
    """The width that a terminal has at least."""
    monkeypatch.setenv("COLUMNS", "80")


def test_a_proof_is_a_table(capsys):
    """Exit code 0; one row for each horizon, no line wider than the terminal."""
    assert prove_command("ogd.sqrt", horizon=3, fix=["alpha=1"]) == 0
    said = capsys.readouterr().out
    assert said.count("proved") == 3
    assert "ogd.sqrt.stated, SGD" in said
    assert "Mirror images play alike" in said
    assert max(map(len, said.splitlines())) <= 80


def test_a_proof_for_every_scale_says_so(capsys):
    """Theorem R, both readings: gradients of any size; the algorithm may be chosen."""
    fix = ["alpha=[1/10,1]", "beta1=1/2", "beta2=9/10"]
    name = "AdaL[eps=none, maximum=R2]"
    assert prove_command("repaired.theoremR", horizon=2, algorithm=name, fix=fix, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert [decided["reading"] for decided in found] == ["repaired.theoremR.D", "repaired.theoremR.D_i"]
    for decided in found:
        assert decided["algorithm"] == name
        assert decided["outcome"] == "PROVED"
        assert decided["scale_free"] is True
        assert "alpha in [1/10, 1]" in decided["region"]
        assert [r["horizon"] for r in decided["rounds"]] == [1, 2]
        assert decided["boxes"] == sum(r["boxes"] for r in decided["rounds"])
    assert prove_command("repaired.theoremR.D", horizon=1, algorithm=name, fix=fix) == 0
    assert "gradients of any size" in capsys.readouterr().out


def test_a_box_by_its_corners(capsys):
    """Each coordinate may have its own ends; the number of coordinates follows from them, or is an error."""
    box = {"lower": "-1, 0", "upper": "1,1/2"}
    assert prove_command("ogd.sqrt", horizon=1, fix=["alpha=1"], **box, as_json=True) == 0
    (decided,) = json.loads(capsys.readouterr().out)
    assert decided["region"].startswith("X = [-1, 1] x [0, 1/2], ")
    assert decided["one_corner"] is False
    with pytest.raises(ValueError, match="2 numbers; give one for each of the 3 coordinates"):
        prove_command("ogd.sqrt", horizon=1, fix=["alpha=1"], **box, dimension=3)
    with pytest.raises(ValueError, match="at most 8 numbers"):
        prove_command("ogd.sqrt", horizon=1, fix=["alpha=1"], lower=",".join(9 * "0"))


def test_a_false_theorem_is_refuted_in_one_line(capsys):
    """Exit code 1, every reading with a game in short numbers and both sides."""
    assert prove_command("adal.theorem1", horizon=1, fix=["alpha=1", "beta1=0", "beta2=1/2"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("counterexample") == 3
    assert said.count("T = 1, x_1 = 1, g = 1/") == 3
    assert said.count("against z = -1: lhs >= ") == 3
    assert "Mirror" not in said


def test_what_is_left_open_is_shown(capsys):
    """Exit code 3 at a tie; the worst box is named, and the JSON has it too; relaxing it proves it."""
    ask = {"horizon": 1, "fix": ["alpha=2"], "budget": 2000}
    assert prove_command("ogd.sqrt", **ask) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert "undecided" in said
    assert "lhs - rhs may reach" in said
    assert prove_command("ogd.sqrt", as_json=True, **ask) == 3
    (decided,) = json.loads(capsys.readouterr().out)
    (result,) = decided["rounds"]
    assert set(result["worst"]["ends"]) == {"g_1", "x_1"}
    assert 0 < result["undecided"] < 1
    assert prove_command("ogd.sqrt", relax="1/100", **ask) == 0
    assert "decided is lhs <= 101/100 rhs" in capsys.readouterr().out


def test_a_file_of_ones_own(capsys):
    """The example file: its bound is proved, half of it is refuted; the worse of the two is the exit code."""
    path = ROOT / "docs" / "examples" / "my_theorem.py"
    assert prove_command(str(path), horizon=2, fix=["alpha=3/2"], as_json=True) == 1
    found = json.loads(capsys.readouterr().out)
    assert {d["reading"]: d["outcome"] for d in found} == {
        "mine.theorem.full": "PROVED",
        "mine.theorem.half": "COUNTEREXAMPLE",
    }
    (first, _) = found[1]["rounds"]
    assert first["counterexample"].startswith("T = 1, x_1 = 1, g = 1, alpha = 3/2, against z = -1: lhs >= ")
    assert first["slack"] is None


def test_a_region_is_asked_for_in_options(capsys):
    """The box, the dimension and the range of the gradients are those given."""
    asked = {"lower": "0", "upper": "1/2", "dimension": 2, "gradient": "[1/2,1]"}
    assert prove_command("ogd.sqrt", horizon=1, fix=["alpha=1/4"], as_json=True, **asked) == 0
    (decided,) = json.loads(capsys.readouterr().out)
    assert decided["region"] == "X = [0, 1/2]^2, 1/2 <= |g_t,i| <= 1, every x_1, alpha = 1/4"
    assert decided["one_corner"] is True


def test_a_start_may_be_given(capsys):
    """x_1 in the box, one number for each coordinate; off the centre, both corners are asked."""
    ask = {"horizon": 1, "fix": ["alpha=1"], "lower": "-1", "upper": "3", "as_json": True}
    for start, one_corner in (("0", False), ("1", True)):
        assert prove_command("ogd.sqrt", start=start, **ask) == 0
        (decided,) = json.loads(capsys.readouterr().out)
        assert decided["region"] == f"X = [-1, 3], |g_t,i| <= 1, x_1 = {start}, alpha = 1"
        assert decided["one_corner"] is one_corner
    assert prove_command("ogd.sqrt", start="0, 1/2", dimension=2, **ask) == 0
    (decided,) = json.loads(capsys.readouterr().out)
    assert "x_1 = 0, 1/2" in decided["region"]
    assert [r["merged"] for r in decided["rounds"]] == [False]


def test_a_proof_round_by_round_says_so(capsys):
    """Eight rounds are too many for boxes of whole games."""
    assert prove_command("ogd.sqrt", horizon=8, fix=["alpha=1"], start="0") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Round by round, merging close states: T = " in said


def test_a_line_has_vectors_small_margins_and_statements_without_numbers():
    """Vectors stand in brackets; small margins are named; a side that no certificate can say is left out."""
    square = ExactBox((-1, -1), (1, 1))
    game = LinearGame.cyclic(SGD, {"alpha": 2}, square, (1, 1), ((1, F(1, 2)),), 1)
    assert line(Counterexample(SQRT, "stated", game, (-1, -1))).startswith(
        "T = 1, x_1 = (1, 1), g = (1, 1/2), alpha = 2, against z = (-1, -1): lhs/rhs - 1 >= -"
    )
    unsaid = Reading("unsaid", Discounted(Norm2Squared(g), Rational(1, 2)), "no certificate has this sum")
    one = LinearGame.cyclic(SGD, {"alpha": 2}, ExactBox((-1,), (1,)), (1,), ((1,),), 1)
    found = Counterexample(replace(SQRT, readings=(unsaid,)), "unsaid", one, (-1,))
    assert line(found).endswith("alpha = 2, against z = -1")


def test_numbers_are_read_exactly():
    """Decimals and fractions are exact; ranges are pairs; the rest is refused."""
    assert parse_number("0.1") == F(1, 10)
    assert parse_number(" [1/2, 2] ") == (F(1, 2), F(2))
    assert parse_fix(["beta1=9/10", "alpha=[1,2]"]) == {"beta1": F(9, 10), "alpha": (F(1), F(2))}
    for wrong in ("x", "[1,2", "[1]", "[1,2,3]", ""):
        with pytest.raises(ValueError, match=r"exact|range|rational"):
            parse_number(wrong)
    for wrong in ("alpha", "=1"):
        with pytest.raises(ValueError, match="--fix"):
            parse_fix([wrong])


@pytest.mark.parametrize(
    ("target", "changes", "words"),
    [
        ("ogd.sqt", {}, "ogd.sqrt"),
        ("ogd.sqrt", {"fix": []}, "`alpha` is missing"),
        ("ogd.sqrt", {"fix": ["alpha=1", "beta=2"]}, "unknown parameter `beta`"),
        ("ogd.sqrt", {"horizon": 0}, "`horizon`"),
        ("ogd.sqrt", {"start": "x"}, "--start"),
        ("ogd.sqrt", {"start": "2"}, "`start`"),
        ("ogd.sqrt", {"start": "0,0"}, "`start`"),
        ("adal.theorem2", {}, "linear losses on a box"),
        ("no_such_file.py", {}, "there is no file"),
    ],
)
def test_wrong_use_is_refused(target, changes, words):
    """A sentence that names what is wrong; the command line makes it exit code 2."""
    with pytest.raises(ValueError, match=words):
        prove_command(target, **{"horizon": 1, "fix": ["alpha=1"], **changes})
