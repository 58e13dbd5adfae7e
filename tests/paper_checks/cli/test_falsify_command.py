"""`regretcheck falsify`, `certify` and `verify` as a user runs them."""

import json
import os
import re
from fractions import Fraction
from pathlib import Path

import pytest

from bounds.certificates.certificate import certificate_bytes
from certificate_fields import with_field
from levels import mostly_slow
from paper_checks.cli.main import main
from paper_checks.gallery.exhibit import FOLDER
from warm_python import MAIN

FEW = ("--evaluations", "100000")
"""The same games on any machine, however busy it is."""
FEWER = ("--evaluations", "5000")
"""For what the same search, which another call has made with more games, says in another form."""

OWN = '''
"""A theorem that is false: the regret of gradient descent is at most one gradient norm."""

from sympy import Integer, S

from online_sim.domains import Box
from online_sim.game import Game
from online_sim.streams import constant
from paper_checks.scenario import Plan, Scenario
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.quantities import CumMax, Norm1, Regret
from theory.source import Source, add_source
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.symbols import g

add_source("hopeful", "A note of my own.")
MINE = Theorem(
    id="mine.hope", title="A hope", source=Source("hopeful", "page 1"), algorithms=(SGD.name,),
    lhs=Regret(S.One),
    readings=(Reading("hope", Integer(1) * CumMax(Norm1(g)), "as hoped"),),
    assumptions=(Assumption("X is compact", Requires.COMPACT_SET),),
)


def build(options):
    box = Box(-1, 1, dimension=1)
    game = Game(SGD, LINEAR, constant([1.0]), box, horizon=3, parameters={"alpha": 0.5}, start=[1.0])
    return Plan((MINE,), game, checkpoints="all")


SCENARIO = Scenario("mine", "A hope", ("mine.hope",), build)
'''


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    """The exit code and what was printed."""
    code = main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_counterexample_is_found_shrunk_and_certified(capsys, tmp_path: Path) -> None:
    """The command of the README: one line, a file that `verify` accepts, exit code 1."""
    fixed = ["--fix", "beta1=9/10", "--fix", "beta2=999/1000"]
    code, out, _ = run(
        capsys, "falsify", "adal.theorem1.C", *fixed, "--seconds", "120", "--out", str(tmp_path)
    )
    assert code == 1
    assert "false of AdaL: T=1, d=1" in " ".join(out.split())
    assert "beta1=9/10, beta2=999/1000" in " ".join(out.split())
    file = tmp_path / "adal.theorem1.C.json"
    code, out, _ = run(capsys, "verify", str(file), "--json")
    assert code == 0
    (row,) = json.loads(out)
    assert (row["outcome"], row["statement"]) == ("CERTIFIED", "STATED")


def test_the_largest_gradient_may_be_asked_to_be_one(capsys, tmp_path: Path) -> None:
    """Every gradient of the certificate is at most 1 and one of them is: it needs two rounds, not one."""
    code, out, _ = run(
        capsys, "falsify", "adal.theorem1.A", "--largest-one", "--seconds", "120", "--out", str(tmp_path)
    )
    assert code == 1
    assert "max_t ||g_t||_inf = 1" in " ".join(out.split())
    game = json.loads((tmp_path / "adal.theorem1.A.json").read_bytes())["game"]
    assert game["horizon"] == 2
    numbers = re.findall(r'"(-?[0-9]+(?:/[0-9]+)?)"', json.dumps(game["stream"]))
    assert max(abs(Fraction(q)) for q in numbers) == 1


def test_a_true_theorem_survives(capsys) -> None:
    """Nothing found: exit code 0, and the words that this is no proof."""
    code, out, _ = run(capsys, "falsify", "ogd.constant", *FEW, "--dimension", "1")
    assert code == 0
    assert "That is no proof" in out


def test_a_file_of_ones_own_is_falsified_and_certified(capsys, tmp_path: Path) -> None:
    """Nothing inside the package is touched: its theorem is the file's own, and the certificate says so."""
    own = tmp_path / "my_theorem.py"
    own.write_text(OWN, encoding="utf-8")
    code, out, _ = run(capsys, "falsify", str(own), "--seconds", "120", "--out", str(tmp_path), "--json")
    assert code == 1
    (row,) = json.loads(out)
    assert row["found"]
    assert row["line"].startswith("false of SGD: T=1, d=1")
    code, out, _ = run(capsys, "verify", row["file"], "--json")
    (foreign,) = json.loads(out)
    assert (code, foreign["statement"], foreign["accepted"]) == (1, "FOREIGN", False)
    code, out, _ = run(capsys, "verify", row["file"], "--allow-foreign")
    assert code == 0
    assert "foreign" in out
    code, out, _ = run(capsys, "certify", str(own), "--out", str(tmp_path))
    assert code == 0
    assert (tmp_path / "mine.mine.hope.hope.json").exists()


@pytest.mark.parametrize(
    ("domain", "first", "kind"),
    [
        ("Simplex(3)", "[1.0, 0, 0]", "simplex"),
        ("L2Ball(2, centre=[0.5, 0])", "[1.5, 0]", "ball"),
        ("L1Ball(2, centre=[0.5, 0])", "[1.5, 0]", "l1_ball"),
    ],
)
def test_a_played_game_on_another_set_is_certified(capsys, tmp_path: Path, domain, first, kind) -> None:
    """`certify` writes a simplex and balls, `verify` accepts them, and another radius is noticed."""
    own = tmp_path / "my_theorem.py"
    text = OWN.replace("import Box", "import L1Ball, L2Ball, Simplex").replace(
        "Box(-1, 1, dimension=1)", domain
    )
    own.write_text(text.replace("[1.0]", first), encoding="utf-8")
    assert run(capsys, "certify", str(own), "--out", str(tmp_path))[0] == 0
    path = tmp_path / "mine.mine.hope.hope.json"
    file = json.loads(path.read_bytes())
    assert file["game"]["set"]["kind"] == kind
    assert run(capsys, "verify", str(path), "--allow-foreign")[0] == 0
    file["game"]["set"] |= {"total": "2"} if kind == "simplex" else {"radius": "1/2"}
    path.write_text(json.dumps(file), encoding="utf-8")
    assert run(capsys, "verify", str(path), "--allow-foreign")[0] == 2


def test_a_theorem_about_gradients_is_falsified(capsys) -> None:
    """The same command finds noise for Theorem 2."""
    code, out, _ = run(capsys, "falsify", "adal.theorem2.sqrtT_M", "--seconds", "120", "--json")
    assert code == 1
    assert json.loads(out)[0]["line"].startswith("false of AdaL: T=")


HEDGE = '''
"""Hedge on the simplex of R^2: a true bound, a false one, and statements that do not say what they mean."""

from sympy import Abs, Integer, S, exp, log, true

from online_sim.domains import Simplex
from online_sim.game import Game
from online_sim.streams import constant
from paper_checks.scenario import Plan, Scenario
from theory.losses.linear import LINEAR
from theory.parameters import ALPHA, alpha
from theory.quantities import CumMax, MaxCoords, Regret, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source, add_source
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.symbols import T, d, g, x

add_source("hedge_notes", "A note of my own.")
weight = x * exp(-alpha * g)
NOTE = Source("hedge_notes", "page 1")
HEDGE = Recurrence("Hedge", NOTE, (ALPHA,), (), weight / SumCoords(weight), Integer(1))
UNIT = (
    Assumption("losses at most 1", CumMax(MaxCoords(g)) <= 1),
    Assumption("losses at least 0", CumMax(MaxCoords(-g)) <= 0),
)
SIMPLEX = (
    Assumption("X is the probability simplex", Requires.PROBABILITY_SIMPLEX),
    Assumption("x_1 is uniform", Requires.START_AT_CENTRE),
)
ON_IT = (
    Assumption("X is compact", Requires.COMPACT_SET),
    Assumption("x is On the simplex", CumMax(Abs(SumCoords(x) - 1)) <= 0),
    Assumption("and far from it", CumMax(MaxCoords(Abs(x))) < 0),
)


def stated(name, factor, *assumptions):
    bound = factor * (log(d) / alpha + alpha * T / 8)
    return Theorem(
        "hedge." + name, "Hedge", NOTE, ("Hedge",), Regret(S.One), (Reading("stated", bound, ""),),
        assumptions,
    )


ALL = {
    "true": stated("true", 1, *SIMPLEX, *UNIT),
    "false": stated("false", S(4) / 5, *SIMPLEX, *UNIT),
    "words": stated("words", 1, Assumption("X is the simplex", true), *UNIT),
    "anywhere": stated("anywhere", 1, *UNIT),
    "relation": stated("relation", 1, *ON_IT),
}
THEOREMS = tuple(ALL[name] for name in ASKED)


def build(options):
    stream = constant([1.0, 0.0])
    return Plan(THEOREMS, Game(HEDGE, LINEAR, stream, Simplex(2), horizon=10, parameters={"alpha": 0.5}))


SCENARIO = Scenario("hedge", "Hedge", tuple(t.id for t in THEOREMS), build)
'''


def hedge(folder: Path, *asked: str) -> str:
    """A file with some of the statements about Hedge."""
    own = folder / f"hedge_{'_'.join(asked)}.py"
    own.write_text(HEDGE.replace("ASKED", repr(asked)), encoding="utf-8")
    return str(own)


def test_a_theorem_about_the_simplex_is_searched_on_the_simplex(capsys, tmp_path: Path) -> None:
    """The true bound is spared, the false one falls inside its assumptions; never on an interval."""
    own = hedge(tmp_path, "true", "false")
    code, out, _ = run(capsys, "falsify", own, *FEW, "--json", "--out", str(tmp_path))
    spared, refuted = json.loads(out)
    assert code == 1
    assert (spared["found"], spared["evidence"]) == (False, True)
    assert refuted["line"].startswith("false of Hedge: T=1, d=2, X=the segment from (1, 0) to (0, 1)")
    assert refuted["certified"] is (refuted["file"] is not None)
    code, out, _ = run(capsys, "falsify", hedge(tmp_path, "true"), *FEWER)
    assert code == 0
    assert "the probability simplex of R^2" in " ".join(out.split())


def test_a_search_that_could_not_look_is_no_pass(capsys, tmp_path: Path) -> None:
    """No game inside the assumptions: said in words and in JSON, exit code 2, no ratio of -inf."""
    own = hedge(tmp_path, "relation")
    code, out, _ = run(capsys, "falsify", own, *FEW)
    said = " ".join(out.split())
    assert code == 2
    assert "No game tried satisfied the assumptions (X is compact; x is On the simplex" in said
    assert "this is no evidence" in said
    assert "inf" not in said
    assert "No violation found" not in said
    code, out, _ = run(capsys, "falsify", own, *FEWER, "--json")
    (row,) = json.loads(out)
    assert (code, row["evidence"], row["found"]) == (2, False, False)
    assert "this is no evidence" in row["searched"][-1]


def test_what_is_refused_is_listed_and_the_rest_is_searched(capsys, tmp_path: Path) -> None:
    """One reading that is words only does not stop the others; the exit code says that one was refused."""
    own = hedge(tmp_path, "true", "words", "anywhere")
    code, out, _ = run(capsys, "falsify", own, *FEW)
    said = " ".join(out.split())
    assert code == 2
    assert "No violation found" in said
    assert "'X is the simplex' of `hedge.words` is only words" in said
    assert "`hedge.anywhere` is about a regret and does not say for which sets it is meant" in said
    code, out, _ = run(capsys, "falsify", own, *FEWER, "--json")
    assert code == 2
    assert [bool(row["refused"]) for row in json.loads(out)] == [False, True, True]


@pytest.mark.parametrize(
    ("command", "name", "words"),
    [
        ("falsify", "words", "is only words"),
        ("falsify", "anywhere", "for which sets"),
        ("prove", "words", "is only words"),
        ("prove", "anywhere", "for which sets"),
        ("prove", "relation", "the assumptions of hedge.relation hold nowhere in the region"),
    ],
)
def test_where_everything_is_refused_one_sentence_says_so(
    capsys, tmp_path: Path, command: str, name: str, words: str
) -> None:
    """Exit code 2, no traceback."""
    more = ["--fix", "alpha=1", "--horizon", "1"] if command == "prove" else FEW
    code, out, err = run(capsys, command, hedge(tmp_path, name), *more)
    assert (code, out) == (2, "")
    assert words in " ".join(err.split())


WRONG = [
    (["falsify", "adal.theorem9"], "did you mean"),
    (["falsify", "adal.theorem1.C", "--fix", "beta1"], "NAME=NUMBER"),
    (["falsify", "adal.theorem1.C", "--fix", "beta1=x"], "not a rational"),
    (["falsify", "adal.theorem1.C", "--fix", "beta3=1"], "beta3"),
    (["falsify", "adal.theorem1.C", "--fix", "beta1=1"], "out of range"),
    (["falsify", "adal.theorem1.C", "--algorithm", "Adamm"], "nearest"),
    (["falsify", "adal.theorem2.sqrtT", "--scale-free"], "mean nothing"),
    (["falsify", "adal.theorem2.sqrtT", "--largest-one"], "mean nothing"),
    (["falsify", "adal.theorem1.A", "--largest-one", "--scale-free"], "give one of them"),
    (["falsify", "adal.theorem2.sqrtT", "--set", "l2"], "mean nothing"),
    (["falsify", "adal.theorem2.sqrtT", "--start", "origin"], "mean nothing"),
    (["falsify", "ogd.sqrt", "--set", "l3"], "known: box, segment, simplex, l2, l1, triangle, polytope"),
    (["falsify", "ogd.sqrt", "--set", "simplex:x"], "simplex:3"),
    (["falsify", "ogd.sqrt", "--set", "l2", "--box"], "give one of them"),
    (["falsify", "ogd.sqrt", "--set", "(1,2"], "in parentheses"),
    (["falsify", "ogd.sqrt", "--set", "(1,a),(0,1)"], "not a rational number"),
    (["falsify", "ogd.sqrt", "--start", "middle"], "known: centre, origin"),
    (["falsify", "ogd.sqrt", "--set", "box", "--start", "(1,1)"], "needs one set"),
    (["falsify", "ogd.sqrt", "--set", "simplex:3", "--start", "(1,0)"], "`--start` has 2 coordinates"),
    (["falsify", "ogd.sqrt", "--set", "simplex", "--start", "(1,1)"], "is not a point of"),
    (["falsify", "hedge.sharp", "--set", "l2"], "asks that X is the probability simplex"),
    (["certify", "breast_cancer"], "no certificate can hold"),
    (["verify", __file__], "refused"),
]


@pytest.mark.parametrize(
    ("arguments", "says"), WRONG, ids=lambda part: " ".join(part) if isinstance(part, list) else ""
)
def test_wrong_use_is_said_in_one_sentence(capsys, arguments: list[str], says: str) -> None:
    """Exit code 2 and what to do."""
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert says in " ".join((out + err).split())


def test_verify_says_which_file_is_wrong(capsys, tmp_path: Path) -> None:
    """A changed claim is refuted, a changed statement altered; the others are still checked; exit code 1."""
    good = FOLDER / "theorem1_one_round_C.json"
    file = json.loads(good.read_bytes())
    file["claim"]["rhs_at_most"] = "1/2"
    (tmp_path / "claim.json").write_text(json.dumps(file), encoding="utf-8")
    file = json.loads(good.read_bytes())
    file["statement"]["rhs"] = "1/2"
    (tmp_path / "statement.json").write_text(json.dumps(file), encoding="utf-8")
    paths = [str(good), str(tmp_path / "claim.json"), str(tmp_path / "statement.json")]
    code, out, _ = run(capsys, "verify", *paths, "--json")
    assert code == 1
    found = json.loads(out)
    assert [row["accepted"] for row in found] == [True, False, False]
    assert found[1]["outcome"] == "REFUTED"
    assert found[2]["differences"] == ["statement.rhs"]
    code, out, _ = run(capsys, "verify", *paths)
    assert "1 of 3 accepted" in out
    assert "statement.rhs" in out


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_the_table_fits_the_terminal(columns: int, warm) -> None:
    """No line is wider than the window, and every certificate is in it."""
    names = ["theorem1_one_round_A", "theorem2_skewed_round"]
    files = [str(FOLDER / f"{name}.json") for name in names]
    done = warm.text(MAIN, "verify", *files, environment={**os.environ, "COLUMNS": str(columns)})
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= columns
    assert "2 of 2 accepted" in done.stdout


def test_a_bound_against_a_point_is_searched_like_a_regret(capsys) -> None:
    """The left side compares with z: games of linear losses are played, not descents."""
    code, out, _ = run(capsys, "falsify", "orabona.theorem2_13_constant", *FEWER, "--json")
    (found,) = json.loads(out)
    assert code == 0
    assert found["evidence"]
    assert found["refused"] is None


BALL = {"centre": ["0", "0"], "radius": "2"}
CHOSEN = {
    "l2": ("l2:2", ["--diameter", "4", "--start", "(0,2)"], "x_1=(0, 2)", {"kind": "ball", **BALL}),
    "simplex": ("simplex:3", [], "d=3", {"kind": "simplex"}),
    "l1": ("l1:2", ["--diameter", "4", "--start", "(0,2)"], "x_1=(0, 2)", {"kind": "l1_ball", **BALL}),
    "corners": ("(0,0),(4,0),(0,4)", [], "", {"corners": [["0", "0"], ["4", "0"], ["0", "4"]]}),
}
"""By kind: the set, more options, what the line holds, the set that is told, or a part of it."""


# The other two are searched, with their certificates, by other tests here.
@pytest.mark.parametrize("kind", mostly_slow(CHOSEN, lambda _, kind: kind in {"l2", "corners"}))
def test_sets_and_starts_are_chosen_and_told(capsys, tmp_path: Path, kind: str) -> None:
    """The counterexample of a hope lies in the set and begins at the start that were asked for."""
    own = tmp_path / "my_theorem.py"
    own.write_text(OWN, encoding="utf-8")
    asked, more, said, expected = CHOSEN[kind]
    arguments = ["falsify", str(own), "--evaluations", "20000", "--json", "--set", asked, *more]
    code, out, _ = run(capsys, *arguments)
    (found,) = json.loads(out)
    assert (code, found["certified"]) == (1, True)
    assert said in found["line"]
    told = found["set"] if "radius" in expected else {name: found["set"][name] for name in expected}
    assert told == expected


def test_what_falls_over_l1_balls_is_certified(capsys, tmp_path: Path) -> None:
    """`falsify` writes the file, `verify` accepts it, but not with another ball, start or gradient."""
    own = tmp_path / "my_theorem.py"
    own.write_text(OWN, encoding="utf-8")
    asked = ["falsify", str(own), "--set", "l1:3", "--evaluations", "20000", "--out", str(tmp_path), "--json"]
    code, out, _ = run(capsys, *asked)
    (found,) = json.loads(out)
    assert (code, found["certified"], found["set"]["kind"]) == (1, True, "l1_ball")
    path = Path(found["file"])
    code, out, _ = run(capsys, "verify", str(path), "--allow-foreign", "--json")
    (verified,) = json.loads(out)
    assert (code, verified["accepted"], verified["games"]) == (0, True, "linear losses over an l1 ball")
    file = json.loads(path.read_bytes())
    radius = Fraction(file["game"]["set"]["radius"])
    for place, value in (
        (["set", "radius"], str(radius / 2)),
        (["set", "radius"], "0"),
        (["set", "centre"], [str(-2 * radius), "0", "0"]),
        (["start"], [str(radius)] * 3),
        (["comparator"], [str(radius)] * 3),
        (["stream", 0, "pattern", 0], ["0", "0", "0"]),
    ):
        path.write_bytes(certificate_bytes(with_field(file, ["game", *place], value)))
        assert run(capsys, "verify", str(path), "--allow-foreign")[0] != 0, place


INTERRUPTED = f"""
import os, signal
from bounds.falsifier.driver import Arm

play = Arm.play

def played(arm, games, kinds):
    found = play(arm, games, kinds)
    if arm.search.evaluations > 1000:
        Arm.play = play
        os.kill(os.getpid(), signal.SIGINT)
    return found

Arm.play = played
{MAIN}
"""
"""The command line with an interrupt in a search, after its first thousand games."""


def test_an_interrupted_search_tells_the_best_game_so_far(warm) -> None:
    """An interrupt prints how many games were played and the best of them, and ends with exit code 130."""
    # Games of two rounds: those of all lengths are so many that kernels would be compiled for them.
    words = ("falsify", "repaired.theoremR.D", "--seconds", "100", "--horizon", "2")
    done = warm.text(INTERRUPTED, *words)
    assert done.returncode == 130, done.stderr
    said = " ".join(done.stdout.split())
    assert "repaired.theoremR.D: interrupted after " in said
    assert "best game so far, left/right " in said
    assert "(no violation so far" in said
    assert "AdaL[eps=none" in said
    assert "Traceback" not in done.stderr
