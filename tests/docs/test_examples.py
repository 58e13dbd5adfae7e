"""Every example in the README and the docs runs, in an empty folder, as a reader would run it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
PYTHON = [
    pytest.param(code, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, code in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize("code", PYTHON)
def test_python_example_runs(code: str, tmp_path: Path, strict) -> None:
    """A block of Python on a page runs by itself, with warnings as errors."""
    done = strict.text(code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_there_are_examples() -> None:
    """The pattern above finds the README's examples: it cannot pass by finding nothing."""
    assert len(PYTHON) >= 2


def test_the_readme_shows_what_its_first_example_prints(tmp_path: Path) -> None:
    """The lines below the README's first example are its output, letter by letter."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    match = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", page, re.DOTALL)
    assert match is not None
    code, shown = match.groups()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == shown


def test_the_readme_example_is_the_printed_algorithm(tmp_path: Path, warm) -> None:
    """The README's AdaL is the package's AdaL, line by line."""
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
