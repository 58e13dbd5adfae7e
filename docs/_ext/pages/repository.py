"""What pages show of the repository's own files: the changes, the citation, whether torch is here."""

from __future__ import annotations

import runpy
from importlib.util import find_spec
from pathlib import Path

from pages.markdown import code, escaped
from pages.reference import ROOT

CHANGES = ROOT / "changes"


def news_page(changes: Path = CHANGES) -> list[str]:
    """The fragments of `changes/` by kind, if there are any, and what CHANGELOG.md says under its title."""
    waiting: list[str] = []
    for kind, title in runpy.run_path(str(CHANGES / "collect.py"))["KINDS"].items():
        texts = [p.read_text(encoding="utf-8") for p in sorted(changes.glob(f"*.{kind}.md"))]
        if texts:
            waiting += [f"### {title}", "", *(f"- {' '.join(text.split())}" for text in texts), ""]
    lines = ["## Not yet released", "", *waiting] if waiting else []
    released = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("\n## Unreleased\n")[2]
    text = "\n".join([*lines, released.strip()])
    # Their links start at the root of the repository, those of a page at its own folder.
    return text.replace("](docs/", "](").replace("](changes/", "](../changes/").splitlines()


def citation_page() -> list[str]:
    """CITATION.cff as a sentence and as BibTeX."""
    import yaml

    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    authors = " and ".join(author["name"] for author in cited["authors"])
    entry = [
        "@software{regretcheck,",
        f"  author = {{{{{authors}}}}},",
        f"  title = {{{cited['title']}}},",
        f"  version = {{{cited['version']}}},",
        "}",
    ]
    return [
        escaped(cited["message"]),
        "",
        "```bibtex",
        *entry,
        "```",
        "",
        f"{code('CITATION.cff')} has the same.",
        "",
    ]


def torch_note() -> list[str]:
    """A sentence where torch is absent, so that the cells of the page are not executed; else nothing."""
    if find_spec("torch") is not None:
        return []
    missing = "torch is not installed where this site was built, so the cells of this page were not executed."
    return ["```{note}", missing, "```", ""]
