"""One version everywhere, what a release does with the news, and an sdist that holds all of it."""

import re
import runpy
import tarfile
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import pytest
import yaml
from hatchling.builders.sdist import SdistBuilder

ROOT = Path(__file__).resolve().parents[2]
COLLECT = runpy.run_path(str(ROOT / "changes" / "collect.py"))
collected = COLLECT["collected"]
DAY = date(2026, 11, 29)
CHANGELOG = """# Changelog

## Unreleased

### Added

In words

- One.

## 0.1.0 (2026-01-01)

### Fixed

- Old.
"""
NEWS = {"a-b.added.md": "Two.\nIt has two lines.\n", "c-d.fixed.md": "Three.\n"}


def versions(root: Path) -> dict[str, str]:
    """The version by the file in which it stands; of the changelog the newest."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    found = {"pyproject.toml": project["version"], "CITATION.cff": str(citation["version"])}
    newest = re.search(r"^## (\d\S*) \(", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    if newest is not None:
        found["CHANGELOG.md"] = newest[1]
    return found


def test_the_version_is_the_same_everywhere() -> None:
    """The project, the citation and the newest part of the changelog agree."""
    assert len(set(versions(ROOT).values())) == 1


def test_another_version_is_seen(tmp_path: Path) -> None:
    """The control: a release that only one file knows."""
    for name in versions(ROOT):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG.replace("0.1.0", "9.9.9"), encoding="utf-8")
    assert len(set(versions(tmp_path).values())) == 2


def test_a_release_moves_the_news_under_a_version() -> None:
    """What was unreleased and the fragments are in the new part, and nothing is unreleased any more."""
    text = collected(CHANGELOG, NEWS, "0.2.0", DAY)
    assert text == CHANGELOG.replace(
        "### Added\n\nIn words\n",
        "## 0.2.0 (2026-11-29)\n\n### Added\n\n- Two.\n  It has two lines.\n\nIn words\n",
    ).replace("- One.\n", "- One.\n\n### Fixed\n\n- Three.\n")


def test_the_news_of_a_later_merge_join_their_version() -> None:
    """A second run with one version adds to its part and keeps its date; without news it changes nothing."""
    once = collected(CHANGELOG, NEWS, "0.2.0", DAY)
    assert collected(once, {}, "0.2.0", date(2027, 1, 1)) == once
    twice = collected(once, {"e-f.fixed.md": "Four.\n"}, "0.2.0", date(2027, 1, 1))
    assert twice == once.replace("- Three.\n", "- Four.\n- Three.\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("# Changelog\n", "no line '## Unreleased'"), ("\n## Unreleased\n\n### News\n\n- One.\n", "'News'")],
)
def test_a_changelog_of_another_form_is_refused(text: str, sentence: str) -> None:
    """Nothing is lost silently."""
    with pytest.raises(ValueError, match=sentence):
        collected(text, NEWS, "0.2.0", DAY)


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of an sdist built from the checkout, without the folder that they lie in."""
    folder = tmp_path_factory.mktemp("sdist")
    built = next(SdistBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    with tarfile.open(built) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def missing(files: set[str], root: Path = ROOT) -> list[str]:
    """What an sdist lacks of the files that building, testing and documenting need."""
    folders = ("theory", "online_sim", "bounds", "paper_checks", "tests", "docs", "changes", ".github")
    single = {"README.md", "LICENSE", "pyproject.toml", "constraints.txt", "Makefile", "CHANGELOG.md"}
    single |= {"CITATION.cff", "CONTRIBUTING.md", "SECURITY.md", "PKG-INFO"}
    inside = {
        path.relative_to(root).as_posix()
        for folder in folders
        for path in (root / folder).rglob("*")
        if path.is_file() and not {"__pycache__", "_build"} & set(path.parts)
        if path.suffix not in {".nbi", ".nbc"} and not path.name.startswith(".")
    }
    return sorted((single | inside) - files)


def test_the_sdist_has_all_that_building_and_testing_need(sdist: set[str]) -> None:
    """Packages, tests, pages, pins and licence are in it."""
    assert missing(sdist) == []
    assert missing(sdist - {"tests/conftest.py", "LICENSE"}) == ["LICENSE", "tests/conftest.py"]


def test_the_sdist_has_no_leftovers(sdist: set[str]) -> None:
    """No virtual environment, no result of a run and no cache."""
    assert [
        name for name in sdist if name.startswith((".venv", "out/", "dist/")) or "__pycache__" in name
    ] == []


WANTED = {
    "py.typed": "theory/py.typed",
    "stubs of the front doors": "bounds/__init__.pyi",
    "schemas": "paper_checks/bench/results.schema.json",
    "stored searches": "paper_checks/atlas/searched.json",
    "stored games": "paper_checks/atlas/played.json",
    "stored answers": "paper_checks/atlas/decided.json",
    "stored runs": "paper_checks/experiments/results/fig4_fair.json",
    "seconds of Coq": "paper_checks/gallery/coq.json",
    "certificates": "paper_checks/certificates/theorem1_one_round_A.json",
    "baselines": "paper_checks/baselines/adal.toml",
    "starting files": "paper_checks/starting_files/regret.py",
    "templates": "paper_checks/report/report.html.j2",
    "style": "paper_checks/report/style.css",
    "script": "paper_checks/report/page.js",
    "skill": "paper_checks/SKILL.md",
    "proofs by hand": "bounds/formal/theorem_r/_CoqProject",
}


def test_the_wheel_of_the_sdist_has_every_kind_of_file(tmp_path: Path) -> None:
    """Built from the sdist, not from the checkout: a file that the sdist lost would be missing here."""
    from hatchling.builders.wheel import WheelBuilder

    built = next(SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with tarfile.open(built) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    wheel = next(WheelBuilder(str(source)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata,) = [n for n in names if n.endswith(".dist-info/METADATA")]
        stated = archive.read(metadata).decode()
    assert {kind: name for kind, name in WANTED.items() if name not in names} == {}
    assert f"\nVersion: {versions(ROOT)['pyproject.toml']}\n" in stated
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    certificates = {p.name for p in (ROOT / "paper_checks" / "certificates").glob("*.json")}
    assert {Path(n).name for n in names if n.startswith("paper_checks/certificates/")} == certificates
