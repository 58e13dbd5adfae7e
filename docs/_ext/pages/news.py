"""The page of changes: the news fragments that wait for a release, then the changelog."""

from __future__ import annotations

from pages.reference import ROOT

KINDS = {"verdict": "Verdicts that changed", "added": "Added", "changed": "Changed", "fixed": "Fixed"}


def news_page() -> list[str]:
    """The fragments of `changes/` by kind, and what CHANGELOG.md says under its title."""
    lines = ["## Not yet released", ""]
    for kind, title in KINDS.items():
        texts = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "changes").glob(f"*.{kind}.md"))]
        if texts:
            lines += [f"### {title}", "", *(f"- {' '.join(text.split())}" for text in texts), ""]
    released = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("\n## Unreleased\n")[2]
    text = "\n".join([*lines, "## In the changelog", "", released.strip()])
    # Their links start at the root of the repository, those of a page at its own folder.
    return text.replace("](docs/", "](").replace("](changes/", "](../changes/").splitlines()
