"""Every example in the README and the docs runs, in an empty folder, as a reader would run it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from pages.console import run_command

ROOT = Path(__file__).resolve().parents[2]
SKILL = Path(str(files("paper_checks"))) / "SKILL.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", SKILL, *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
PYTHON = [
    pytest.param(code, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, code in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
]
OUTPUT = re.compile(r"```python\n((?:(?!```).)*)```\n\n```text\n(.*?)```", re.DOTALL)
WITH_OUTPUT = [
    pytest.param(*pair, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, pair in enumerate(OUTPUT.findall(page.read_text(encoding="utf-8")))
]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECONDS = re.compile(r"\(\d+\.\d s\)$")
"""The end of a line of progress."""
FILE_AND_COMMAND = re.compile(r"```python\n(.*?)```\n\n```console\n\$ (.*?)\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("code", PYTHON)
def test_python_example_runs(code: str, tmp_path: Path, strict) -> None:
    """A block of Python on a page runs by itself, with warnings as errors."""
    done = strict.text(code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_there_are_examples() -> None:
    """The pattern above finds the README's examples: it cannot pass by finding nothing."""
    assert len(PYTHON) >= 2


@pytest.mark.parametrize(("code", "shown"), WITH_OUTPUT)
def test_an_example_prints_what_is_shown_below_it(code: str, shown: str, tmp_path: Path, strict) -> None:
    """A block of text right below a block of Python is its output, letter by letter."""
    assert strict.text(code, cwd=tmp_path).stdout == shown


def test_some_example_shows_its_output() -> None:
    """The pattern of such pairs finds one: the test above cannot pass by finding nothing."""
    assert WITH_OUTPUT


def test_the_theorem_of_the_readme_is_short_and_prints_what_is_shown(tmp_path: Path) -> None:
    """The README's own file has at most 25 lines; below it stand a command and what it prints."""
    match = FILE_AND_COMMAND.search(README)
    assert match is not None
    code, command, shown = match.groups()
    assert len(code.splitlines()) <= 25
    (tmp_path / "my_theorem.py").write_text(code, encoding="utf-8")
    assert output(command, tmp_path) == shown
    # A bound four times as large is not violated, and the output differs.
    other = code.replace("BOUND = (", "BOUND = 4 * (")
    assert other != code
    (tmp_path / "my_theorem.py").write_text(other, encoding="utf-8")
    assert "No violation" in output(command, tmp_path)


def output(command: str, folder: Path) -> str:
    """The end of what a command prints: the verdicts, without blanks at the ends of lines."""
    printed, code = run_command(command, folder)
    assert code == 0, printed
    return "".join(f"{line.rstrip()}\n" for line in printed.splitlines() if not SECONDS.search(line))


def test_the_readme_is_short() -> None:
    """At most 110 lines, so that it is read."""
    assert len(README.splitlines()) <= 110


def test_the_table_of_the_readme_is_what_its_program_prints() -> None:
    """The README holds what docs/tables/paper.py prints, to the letter; a changed digit would be seen."""
    program = ROOT / "docs" / "tables" / "paper.py"
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 2 + 6
    assert done.stdout in README
    assert done.stdout.replace("T=1,", "T=2,", 1) not in README


@pytest.mark.parametrize(
    ("row", "theorem", "readings"),
    [
        ("Theorem 1: ", "adal.theorem1", ("A", "B", "C")),
        ("Theorem 2, prefactor `1/sqrt(T M)`", "adal.theorem2", ("sqrtTM", "sqrtT_M")),
        ("Theorem 2, prefactor `1/sqrt(T)`", "adal.theorem2", ("sqrtT",)),
    ],
)
def test_the_table_counts_the_rounds_of_the_certificates(
    row: str, theorem: str, readings: tuple[str, ...]
) -> None:
    """Read from the files of the certificates: the fewest rounds in which each reading falls."""
    rounds: dict[str, int] = {}
    for path in (SKILL.parent / "certificates").glob("*.json"):
        certificate = json.loads(path.read_text(encoding="utf-8"))
        stated, game = certificate["statement"], certificate["game"]
        if stated["theorem"] == theorem and certificate["algorithm"]["name"] == "AdaL":
            known = rounds.get(stated["reading"], game["horizon"])
            rounds[stated["reading"]] = min(known, game["horizon"])
    (line,) = [line for line in README.splitlines() if line.startswith(f"| {row}")]
    (fewest,) = {rounds[reading] for reading in readings}
    assert f": {fewest} round" in line
    assert f"`AdaL: T={fewest}, " in line


def test_the_example_of_the_paper_is_the_printed_algorithm(tmp_path: Path, warm) -> None:
    """The AdaL that docs/paper.md writes out is the package's AdaL, line by line."""
    code = next(p.values[0] for p in PYTHON if "adal = Recurrence(" in str(p.values[0]))
    same = "assert (adal.steps, adal.point, adal.metric) == (ADAL.steps, ADAL.point, ADAL.metric)"
    check = f"{code}\nfrom theory.algorithms.adal import ADAL\n{same}\n"
    warm.text(check, cwd=tmp_path).check_returncode()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link and image of a page exists."""
    targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    missing = [t for t in targets if not (page.parent / t).exists()]
    assert not missing, f"{page.name} links to {missing}"
