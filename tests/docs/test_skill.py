"""What paper_checks/SKILL.md tells a coding assistant is so: its commands, exit codes and error messages."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from warm_python import MAIN

TEXT = (files("paper_checks") / "SKILL.md").read_text(encoding="utf-8")
FILE = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[0]
COMMANDS = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
LINE = re.compile(r"regretcheck (.*?) +# (\d): (.*)")


def test_the_head_names_and_describes_it() -> None:
    """The front matter has the name and a description; the file is short."""
    head = yaml.safe_load(TEXT.split("---\n")[1])
    assert head["name"] == "regretcheck"
    assert 100 < len(head["description"]) < 1024
    assert len(TEXT.splitlines()) <= 150
    assert len(FILE.splitlines()) <= 25


def test_the_commands_end_with_the_codes_that_it_states(tmp_path: Path, warm) -> None:
    """One after the other, in a folder that holds the file; a line without a code would be seen."""
    (tmp_path / "my_theorem.py").write_text(FILE, encoding="utf-8")
    lines = "".join(COMMANDS).splitlines()
    printed = {}
    for line in lines:
        command, code, _ = LINE.fullmatch(line).groups()
        done = warm.text(MAIN, *command.split(), cwd=tmp_path)
        assert (line, done.returncode) == (line, int(code)), done.stdout + done.stderr
        printed[command.split()[0]] = done.stdout
    assert {"run", "falsify", "verify", "prove", "tighten", "certify", "audit", "ci"} == set(printed)
    # What the comments say besides.
    assert "No violation of mine on 1 game" in printed["run"]
    printed_reading, half = printed["falsify"].split("mine.half, descent")
    assert "No violation found. That is no proof" in printed_reading
    assert "certified" in half
    proved, falls = printed["prove"].split("mine.half, descent")
    assert proved.count("proved") == 2
    assert "counterexample" not in proved
    assert "counterexample" in falls


ERRORS = [
    ("run", "BOUND / 2", "0.5 * BOUND", "reading `half` holds a float"),
    ("run", 'Source("mine"', 'Source("mein"', "is not in the bibliography"),
    ("run", "SCENARIO = ", "GAME = ", "defines neither SCENARIO nor SCENARIOS"),
    ("run", '("mine",), game', '("other",), game', "names 'other', which its plan does not hold"),
    ("run", '{"alpha": 0.5}', '{"lr": 0.5}', "unknown parameter `lr`"),
    ("falsify", ", Requires.COMPACT_SET)", ",)", "does not say for which sets it is meant"),
    ("falsify", "SETTING)\n", 'SETTING + (Assumption("bounded", True),))\n', "is only words"),
    ("falsify", "SETTING)\n", 'SETTING + (Assumption("small", D_2 <= -1),))\n', "No game tried satisfied"),
    ("prove", "SCENARIO = ", "SCENARIO = ", "`alpha` is missing"),
]
OPTIONS = {
    "run": ["--jobs", "1"],
    "falsify": ["--evaluations", "200", "--at-most", "4"],
    "prove": ["--horizon", "1"],
}


@pytest.mark.parametrize(("command", "before", "after", "message"), ERRORS, ids=[e[-1] for e in ERRORS])
def test_a_mistake_gives_the_message_that_it_lists(
    command: str, before: str, after: str, message: str, tmp_path: Path, warm
) -> None:
    """The message is in the output and, with its remedy, in the table."""
    assert before in FILE
    (tmp_path / "my_theorem.py").write_text(FILE.replace(before, after, 1), encoding="utf-8")
    done = warm.text(MAIN, command, "my_theorem.py", *OPTIONS[command], cwd=tmp_path)
    assert done.returncode in {1, 2}
    said = " ".join((done.stdout + done.stderr).split())
    assert message in said
    rows = [line for line in TEXT.splitlines() if line.startswith("| ")]
    assert any(message.replace("`half`", "`printed`") in row for row in rows)


def test_every_word_of_a_verdict_is_explained() -> None:
    """Each verdict of a game stands in the table of what may be said."""
    from bounds import Verdict

    table = TEXT.partition("## What you may say")[2].partition("\n## ")[0]
    assert [verdict.name for verdict in Verdict if verdict.name not in table] == []
