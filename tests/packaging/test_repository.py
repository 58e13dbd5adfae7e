"""The files that the repository itself offers: citation, news fragments, templates, workflows."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CHANGES = ROOT / "changes"
COLLECT = runpy.run_path(str(CHANGES / "collect.py"))
KINDS, FRAGMENT = COLLECT["KINDS"], COLLECT["FRAGMENT"]


def test_the_citation_agrees_with_the_project() -> None:
    """CITATION.cff has the keys that its format requires, and the version and license of pyproject.toml."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert str(citation["version"]) == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert citation["authors"] == PROJECT["authors"]
    assert citation["keywords"] == PROJECT["keywords"]


def test_every_fragment_has_a_name_of_a_known_kind() -> None:
    """`changes/` holds its README and fragments `<name>.<kind>.md`, none of them empty."""
    fragments = [path for path in CHANGES.iterdir() if path.name not in {"README.md", "collect.py"}]
    assert [path.name for path in fragments if not FRAGMENT.fullmatch(path.name)] == []
    assert [path.name for path in fragments if not path.read_text(encoding="utf-8").strip()] == []


@pytest.mark.parametrize("name", ["shorter-reports.md", "shorter-reports.removed.md", "Reports.added.md"])
def test_a_wrong_name_of_a_fragment_is_seen(name: str) -> None:
    """A fragment without a kind, of an unknown kind, or with another kind of name does not pass."""
    assert FRAGMENT.fullmatch("shorter-reports.changed.md")
    assert not FRAGMENT.fullmatch(name)


def test_the_changelog_is_grouped_by_the_kinds_of_fragments() -> None:
    """The README of `changes/` explains each kind; each part of the changelog has their headings in order."""
    explained = re.findall(
        r"^\| `(\w+)` \|", (CHANGES / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert explained == list(KINDS)
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for part in text.split("\n## ")[1:]:
        headings = re.findall(r"^### (.*)$", part, re.MULTILINE)
        assert headings == [title for title in KINDS.values() if title in headings]
        assert headings or part.startswith("Unreleased\n")


def test_templates_and_workflows_can_be_read() -> None:
    """Each issue template has a name and a purpose, and CI tests the Pythons that the project names."""
    templates = list((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.md"))
    assert templates
    for path in templates:
        head = yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])
        assert head["name"]
        assert head["about"]
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    versions = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert PROJECT["requires-python"] == f">={versions[0]}"
    tested = "\n".join(f"Programming Language :: Python :: {version}" for version in versions)
    assert tested in "\n".join(PROJECT["classifiers"])
    assert workflow["jobs"]["wheel"]["steps"]
