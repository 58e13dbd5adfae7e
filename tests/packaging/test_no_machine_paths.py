"""No file of the project names a place that exists on one machine only, or a package index."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Spelled in pieces, so that this file passes its own test.
PLACES = {
    "work folder": "/" + "work/",
    "home of root": "/" + "root/",
    "home of a user": "/" + r"(?:home|Users)/[\w.-]+/",
    "local index": "/" + "opt/(?:pypi|wheels)",
    "package index": "|".join(
        re.escape(".".join(host))
        for host in (("pypi", "org"), ("files", "pythonhosted", "org"), ("download", "pytorch", "org"))
    ),
    "index option": "--(?:extra-)?" + "index-url|PIP_(?:EXTRA_)?" + "INDEX_URL|--find" + "-links",
}
# A place is an absolute path: `docs/work/` or a URL's path is none.
PATTERNS = {
    name: re.compile(rf"(?<![\w.:/-]){body}" if body.startswith("/") else body)
    for name, body in PLACES.items()
}


def found_in(text: str) -> set[str]:
    """Names of the patterns of `PLACES` that occur in `text`."""
    return {name for name, pattern in PATTERNS.items() if pattern.search(text)}


def project_files() -> list[Path]:
    """Files that are tracked or about to be: everything git does not ignore."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_machine_or_an_index() -> None:
    """Every file that git sees reads the same on any machine."""
    files = project_files()
    assert ROOT / "pyproject.toml" in files
    bad = {
        str(path.relative_to(ROOT)): sorted(names)
        for path in files
        if (names := found_in(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert bad == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("see " + "/work" + "/main/x.py", "work folder"),
        ("'/root" + "/.cache'", "home of root"),
        ("open('/home" + "/ada/data.csv')", "home of a user"),
        ("https://pypi" + ".org/simple", "package index"),
        ("pip install --index" + "-url x", "index option"),
    ],
)
def test_a_planted_place_is_found(text: str, name: str) -> None:
    """Each kind of place is reported where it occurs."""
    assert name in found_in(text)


@pytest.mark.parametrize("text", ["docs/work/page.md", "the square root/n", "https://example.org/home/ada/x"])
def test_an_innocent_text_passes(text: str) -> None:
    """Relative paths, prose and web addresses are no places on a machine."""
    assert found_in(text) == set()
