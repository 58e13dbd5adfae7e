"""Every command refuses wrong words: exit code 2, one line that begins with ``error:``, no file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from paper_checks.cli.main import main

ONE = ("prove", "adal.theorem1.C", "--horizon", "1")
FALSE = ("falsify", "adal.theorem1.C", "--seconds", "0.5")
PLAN = """
from paper_checks.scenario import Plan, Scenario

def build(options):
    steps = {{}}
    return {what}

SCENARIO = Scenario("mine", "Mine", ("toy.one",), build)
"""
RAISES = PLAN.format(what='steps["length"]')
NOTHING = PLAN.format(what="None")
WORDS = PLAN.format(what='Plan("a", 3)')
FILES = {
    "file.txt": "precious",
    "words.py": WORDS,
    "raises.py": RAISES,
    "nothing.py": NOTHING,
    "several.py": "SCENARIOS = 3\n",
    "one_id.py": RAISES.replace('("toy.one",)', '"toy.one"'),
    "number.py": RAISES.replace('"mine"', "3"),
    "long.py": RAISES.replace('"mine"', '"m" * 400'),
}

ROWS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    # An option that is given twice, of which the last would win.
    (("run", "one_round", "--seed", "1", "--seed", "2"), ("`--seed`", "once")),
    (("run", "one_round", "--out", "a", "--out=b"), ("`--out`", "once")),
    (("run", "one_round", "--grid", "alpha=1", "--grid", "alpha=2"), ("`--grid`", "'alpha'", "once")),
    (("run", "one_round", "--grid", "alpha=1", "--grid", " alpha =2"), ("`--grid`", "'alpha'", "once")),
    (("run", "one_round", "--seeds", "0:2", "--seeds", "0:3"), ("`--seeds`", "once")),
    (("run", "one_round", "--json", "--json"), ("`--json`", "once")),
    ((*FALSE, "--fix", "beta1=0", "--fix", "beta1=1/2"), ("`--fix`", "'beta1'", "once")),
    ((*FALSE, "--seconds", "1"), ("`--seconds`", "once")),
    ((*ONE, "--fix", "alpha=1", "--fix", "alpha=2"), ("`--fix`", "'alpha'", "once")),
    ((*ONE, "--horizon", "2"), ("`--horizon`", "once")),
    (("certify", "one_round", "--theorem", "a", "--theorem", "b"), ("`--theorem`", "once")),
    (("audit", "one_round", "--rounds", "1", "--rounds", "2"), ("`--rounds`", "once")),
    (("bench", "--device", "cpu", "--device", "cuda"), ("`--device`", "once")),
    # Paths without a character.
    (("run", "one_round", "--out", ""), ("`--out`", "empty", "name a file")),
    (("run", "one_round", "--out="), ("`--out`", "empty", "name a file")),
    (("run", "one_round", "--data", ""), ("`--data`", "empty", "name a file")),
    (("falsify", "adal.theorem1.C", "--out", ""), ("`--out`", "empty", "name a file")),
    (("certify", "one_round", "--out", ""), ("`--out`", "empty", "name a file")),
    (("certify", "gallery", "--out="), ("`--out`", "empty", "name a file")),
    (("plot", "one_round", "--out", ""), ("`--out`", "empty", "name a file")),
    (("plot", "one_round", "--from", ""), ("`--from`", "empty", "name a file")),
    (("bench", "--out", ""), ("`--out`", "empty", "name a file")),
    (("bench", "--cpu-time", "--threads", "2"), ("`--cpu-time`", "`--threads`", "2", "leave one out")),
    (("bench", "--history", ""), ("`--history`", "empty", "name a file")),
    (("bench", "--history="), ("`--history`", "empty", "name a file")),
    (("bench", "--history", "nowhere"), ("`--history`", "'nowhere'", "is no folder")),
    (("bench", "--history", "file.txt"), ("`--history`", "'file.txt'", "is no folder")),
    (("bench", "--history", "."), ("`--history`", "holds no results", "regretcheck bench --out DIR")),
    (("bench", "--history", ".", "--quick"), ("`--history`", "`--quick`", "leave one out")),
    (("ci", "--junit", ""), ("`--junit`", "empty", "name a file")),
    (("ci", "--baselines", ""), ("`--baselines`", "empty", "name a file")),
    # Paths that are something else.
    (("falsify", "adal.theorem1.C", "--out", "file.txt"), ("`--out`", "'file.txt'", "name a folder")),
    (("certify", "one_round", "--out", "file.txt"), ("`--out`", "'file.txt'", "name a folder")),
    (("run", "one_round", "--out", "file.txt"), ("`--out`", "'file.txt'", "name another folder")),
    (("run", "one_round", "--data", "nowhere"), ("`--data`", "nowhere", "does not exist")),
    (("plot", "one_round", "--out", "a.bmp"), ("`--out`", "'a.bmp'", ".svg")),
    (("plot", "nosuch"), ("no trace of 'nosuch'", "run it first")),
    # Counts.
    (("run", "one_round", "--seed", "-1"), ("`--seed`", "'-1'", "greater than or equal to 0")),
    (("run", "one_round", "--seed", "1.5"), ("`--seed`", "'1.5'", "integer")),
    (("run", "one_round", "--seed", "many"), ("`--seed`", "'many'", "integer")),
    (("run", "one_round", "--jobs", "0"), ("`--jobs`", "'0'", "greater than or equal to 1")),
    (("run", "one_round", "--threads", "0"), ("`--threads`", "'0'", "1")),
    (("run", "one_round", "--threads", "two"), ("`--threads`", "'two'", "integer")),
    (("run", "one_round", "--threads", "2", "--engine", "numpy"), ("`--threads`", "2", "leave it out")),
    (("run", "one_round", "--seeds", "0:1000000000"), ("`--seeds`", "1,000,000,000", "give fewer")),
    (("run", "one_round", "--seeds", "0:1000000000000000000000000"), ("`--seeds`", "give fewer")),
    (("run", "one_round", "--seeds", "5:5"), ("`--seeds`", "'5:5'", "FIRST:END")),
    (("run", "one_round", "--seeds", "5:2"), ("`--seeds`", "'5:2'", "FIRST:END")),
    (("run", "one_round", "--seeds", "-3:2"), ("`--seeds`", "'-3:2'", "FIRST:END")),
    (("run", "one_round", "--seeds", "a"), ("`--seeds`", "'a'", "FIRST:END")),
    (("run", "one_round", "--seeds", ""), ("`--seeds`", "''", "FIRST:END")),
    (("run", "one_round", "--seeds", "1,1"), ("`--seeds`", "'1'", "once")),
    (("run", "one_round", "--seeds", "0:60000", "--grid", "alpha=1,2"), ("`seeds`", "120,000", "fewer")),
    ((*FALSE, "--dimension", "0"), ("`--dimension`", "'0'", "greater than or equal to 1")),
    ((*FALSE, "--dimension", "17"), ("`--dimension`", "'17'", "less than or equal to 16")),
    ((*FALSE, "--rounds", "0"), ("`--rounds`", "'0'", "greater than or equal to 1")),
    (("falsify", "adal.theorem1.C", "--seconds", "0"), ("`--seconds`", "'0'", "greater than or equal to")),
    (("falsify", "adal.theorem1.C", "--seconds", "nan"), ("`--seconds`", "nan")),
    (("falsify", "adal.theorem1.C", "--seconds", "long"), ("`--seconds`", "'long'", "number")),
    (("prove", "adal.theorem1.C", "--horizon", "0"), ("`--horizon`", "'0'", "greater than or equal to 1")),
    (("prove", "adal.theorem1.C", "--horizon", "21"), ("`--horizon`", "'21'", "less than or equal to 20")),
    (("prove", "adal.theorem1.C"), ("Missing option", "`--horizon`")),
    ((*ONE, "--budget", "0"), ("`--budget`", "'0'", "greater than or equal to 1")),
    ((*ONE, "--dimension", "9"), ("`--dimension`", "'9'", "less than or equal to 8")),
    (("certify", "one_round", "--horizon", "0"), ("`--horizon`", "'0'", "greater than or equal to 1")),
    (("audit", "one_round", "--rounds", "0"), ("`--rounds`", "'0'", "greater than or equal to 1")),
    (("bench", "--threads", "0"), ("`--threads`", "'0'", "greater than or equal to 1")),
    (("verify", "x.json", "--work", "0"), ("`--work`", "'0'", "greater than or equal to 1")),
    (("verify", "x.json", "--precision", "1"), ("`--precision` = 1", "32 <=")),
    (("verify", "x.json", "--precision", "64", "--highest", "32"), ("`--highest` = 32", "<= h")),
    (("verify", "x.json", "--highest", "1000000"), ("`--highest` = 1000000", "65536")),
    # Numbers and forms.
    (("run", "one_round", "--grid", "alpha"), ("`--grid`", "'alpha'", "NAME=NUMBER")),
    (("run", "one_round", "--grid", "alpha="), ("`--grid`", "'alpha='", "NAME=NUMBER")),
    (("run", "one_round", "--grid", "=1"), ("`--grid`", "'=1'", "NAME=NUMBER")),
    (("run", "one_round", "--grid", "alpha=a"), ("`--grid`", "'alpha=a'", "NAME=NUMBER")),
    (("run", "one_round", "--grid", "alpha=1,,2"), ("`--grid`", "'alpha=1,,2'", "NAME=NUMBER")),
    (("run", "one_round", "--grid", "alpha=1/0"), ("`--grid`", "'alpha=1/0'", "NAME=NUMBER")),
    (("run", "one_round", "--grid", "alpha=1e999"), ("`--grid`", "'alpha=1e999'", "NAME=NUMBER")),
    (("run", "one_round", "--grid", "alhpa=1"), ("`grid`", "'alhpa'", "did you mean alpha?")),
    ((*FALSE, "--fix", "beta1"), ("`--fix`", "'beta1'", "NAME=NUMBER")),
    ((*FALSE, "--fix", "beta1="), ("`--fix`", "'beta1='", "NAME=NUMBER")),
    ((*FALSE, "--fix", "=1"), ("`--fix`", "'=1'", "NAME=NUMBER")),
    ((*FALSE, "--fix", "beta1=a"), ("`--fix beta1`", "'a'", "write it as 2/5")),
    ((*FALSE, "--fix", "beta1=1/0"), ("`--fix beta1`", "'1/0'", "write it as 2/5")),
    ((*FALSE, "--fix", "btea1=0"), ("`fixed`", "'btea1'", "did you mean beta1")),
    ((*FALSE, "--fix", "beta1=2"), ("`beta1` = 2", "must lie in")),
    ((*FALSE, "--scale-free", "--largest-one"), ("`--scale-free`", "`--largest-one`", "give one of them")),
    ((*ONE, "--fix", "alpha=[1,2,3]"), ("`--fix alpha`", "'[1,2,3]'", "[1/2,2]")),
    ((*ONE, "--fix", "alpha=[2,1]"), ("`alpha`", "[2, 1]", "lower end first")),
    ((*ONE, "--fix", "alpha=1", "--fix", "alhpa=1"), ("`alhpa`", "did you mean alpha?")),
    ((*ONE, "--lower", "a"), ("`--lower`", "'a'", "write it as 2/5")),
    ((*ONE, "--upper", ""), ("`--upper`", "''", "write it as 2/5")),
    ((*ONE, "--gradient", "big"), ("`--gradient`", "'big'", "write it as 2/5")),
    ((*ONE, "--gradient", "[1]"), ("`--gradient`", "'[1]'", "[1/2,2]")),
    ((*ONE, "--relax", "nan"), ("`--relax`", "'nan'", "write it as 2/5")),
    ((*ONE, "--fix", "alpha=1", "--relax", "-1"), ("`relax`", "at least 0")),
    ((*ONE, "--fix", "alpha=1", "--lower", "2"), ("`lower` = 2", "less than")),
    # Names.
    (("nosuch",), ("nosuch", "--help")),
    (("falsfy", "x"), ("falsfy", "Did you mean 'falsify'")),
    (("run", "one_roun"), ("'one_roun'", "did you mean one_round")),
    (("run", "one_round", "--sede", "1"), ("`--sede`", "`--seed`")),
    (("run", "one_round", "--engine", "nunba"), ("`--engine`", "'nunba'", "known: auto, numba")),
    (("falsify", "adal.theorm1"), ("'adal.theorm1'", "did you mean adal.theorem1")),
    (("falsify", ""), ("''", "list --theorems")),
    (("falsify", "adal.theorem1.C", "--algorithm", "AdaLl"), ("`name`", "'AdaLl'", "nearest: AdaL")),
    (("falsify", "nosuch.py"), ("nosuch.py", "there is no file")),
    (("prove", "adal.theorm1", "--horizon", "1"), ("'adal.theorm1'", "did you mean")),
    ((*ONE, "--algorithm", "nope"), ("`name`", "'nope'", "nearest")),
    (
        ("certify", "one_round", "--theorem", "nope"),
        ("`--theorem`", "'nope'", "unknown", "known: adal.theorem1.A"),
    ),
    (
        ("certify", "one_round", "--theorem", "adal.theorm1.C"),
        ("`--theorem`", "did you mean adal.theorem1.C"),
    ),
    (("certify", "gallery", "--theorem", "nope"), ("`--theorem`", "'nope'", "unknown")),
    (("certify", "gallery", "--horizon", "3"), ("`--horizon` = 3", "leave it out")),
    (("certify", "nosuch"), ("'nosuch'", "list")),
    (("audit", "nosuch"), ("'nosuch'", "list")),
    (("audit", "--algorithm", "nosuch"), ("nosuch",)),
    (("audit", "one_round", "--algorithm", "AdaL"), ("`--algorithm`", "either")),
    (("audit",), ("`--algorithm`", "either")),
    (("bench", "rond"), ("'rond'", "did you mean round")),
    (("bench", "--device", "gpu"), ("`--device`", "'gpu'", "known: auto, cpu, cuda")),
    (("bench", "--device", "cud"), ("`--device`", "'cud'", "did you mean cuda")),
    (("list", "everything"), ("everything", "--help")),
    (("verify",), ("Missing argument", "`FILE`")),
    (("verify", "--allow-foreign=3", "x.json"), ("`--allow-foreign`", "does not take a value")),
    # A user's own file, of which the line is said.
    (("falsify", "raises.py"), ("KeyError", "'length'", "raises.py, line 6")),
    (("prove", "raises.py", "--horizon", "1"), ("KeyError", "raises.py, line 6")),
    (("certify", "raises.py"), ("KeyError", "raises.py, line 6")),
    (("audit", "raises.py"), ("KeyError", "raises.py, line 6")),
    (("run", "raises.py", "--grid", "alpha=1"), ("KeyError", "raises.py, line 6")),
    (("falsify", "nothing.py"), ("`build` of mine", "None", "return a Plan", "nothing.py, line 4")),
    (("certify", "nothing.py"), ("`build` of mine", "None", "return a Plan", "nothing.py, line 4")),
    (("run", "several.py"), ("SCENARIOS", "int", "a tuple of Scenarios", "several.py, line 1")),
    (("run", "one_id.py"), ("`theorem_ids`", "'toy.one'", "a tuple", "one_id.py, line 8")),
    (("run", "number.py"), ("`id`", "is 3", "a text", "number.py, line 8")),
    (("run", "long.py"), ("`id`", "400 characters", "120 are the most", "long.py, line 8")),
    (("falsify", "words.py"), ("`theorems`", "'a'", "a Theorem", "words.py, line 6")),
)
"""(the words of a command, what its one line of error must hold)."""


def complaint(
    command: Callable[[], int], read: Callable[[], tuple[str, str]], words: Sequence[str]
) -> str | None:
    """What is wrong with the way in which a command refuses, None where all is well.

    read: gives what it wrote on standard output and on standard error.
    """
    code = command()
    out, err = read()
    if code != 2:
        return f"exit code {code}: {out}{err}"
    if out:
        return f"standard output: {out}"
    lines = err.splitlines()
    if len(lines) != 1 or not lines[0].startswith("error: "):
        return f"no single line that begins with error: {err}"
    missing = [word for word in words if word not in lines[0]]
    return f"it does not hold {missing}: {err}" if missing else None


@pytest.mark.parametrize(("words", "held"), ROWS, ids=lambda part: " ".join(part)[:60])
def test_wrong_words_are_one_clear_error(
    words: tuple[str, ...], held: tuple[str, ...], tmp_path: Path, monkeypatch, capsys
) -> None:
    """Exit code 2, nothing on standard output, one line with the name, the value and the remedy, no file."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REGRETCHECK_DATA", raising=False)
    assert complaint(lambda: main(words), lambda: tuple(capsys.readouterr()), held) is None
    left = {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()}
    assert left == FILES
    assert [path for path in tmp_path.iterdir() if path.is_dir() and path.name != "__pycache__"] == []


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("run", "--help"),
        ("list", "--algorithms"),
        (*ONE, "--fix", "alpha=1", "--fix", "beta1=0", "--budget", "10"),
        ("certify", "one_round", "--theorem", "adal.theorem1.C", "--out", "certificates"),
    ],
    ids=" ".join,
)
def test_right_words_are_understood(words: tuple[str, ...], tmp_path: Path, monkeypatch, capsys) -> None:
    """The borders do not refuse everything: no other code than 2 is an error of use."""
    monkeypatch.chdir(tmp_path)
    assert main(words) != 2
    assert "error:" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("code", "out", "err", "found"),
    [
        (0, "", "error: `--out` is empty\n", "exit code 0"),
        (2, "[]", "error: `--out` is empty\n", "standard output"),
        (2, "", "Usage: regretcheck\nerror: `--out` is empty\n", "no single line"),
        (2, "", "`--out` is empty\n", "no single line"),
        (2, "", "error: it is empty\n", "does not hold"),
    ],
)
def test_a_command_without_a_check_is_noticed(code: int, out: str, err: str, found: str) -> None:
    """The control: another code, more lines, output, or another sentence do not count."""
    assert found in str(complaint(lambda: code, lambda: (out, err), ["`--out`"]))
