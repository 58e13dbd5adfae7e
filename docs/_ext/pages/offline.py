"""What the pages of a built site load from other machines: it must be nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

_ELSEWHERE = re.compile(r"(?:[a-z]+:)?//")
_NAMED_BY_STYLE = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])([^'\")]+)")
_LOADING = {"script", "img", "iframe", "source", "embed", "video", "audio", "object", "input"}
_TOLD_ONLY = {"canonical", "search", "next", "prev"}
"""The relations of a `link` that loads nothing by itself."""


class Assets(HTMLParser):
    """Collects the addresses that a page loads: scripts, styles, fonts, images, frames."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of a tag that loads something."""
        given = {name: value or "" for name, value in attrs}
        if tag in _LOADING:
            self.found += [given[name] for name in ("src", "srcset", "data", "poster") if name in given]
        if tag == "link" and not _TOLD_ONLY & set(given.get("rel", "").split()):
            self.found.append(given.get("href", ""))
        self.found += _NAMED_BY_STYLE.findall(given.get("style", ""))
        self._inside_style = tag == "style"

    def handle_data(self, data: str) -> None:
        """Note what a style sheet inside the page names."""
        if self._inside_style:
            self.found += _NAMED_BY_STYLE.findall(data)


def loaded_from_elsewhere(site: Path) -> Mapping[str, list[str]]:
    """The pages and style sheets that load something from another machine, with the addresses.

    A link that a reader may follow is none of them.

    Args:
        site: the folder of the built site.
    """
    bad: dict[str, list[str]] = {}
    for path in sorted([*site.rglob("*.html"), *site.rglob("*.css")]):
        text = path.read_text(encoding="utf-8")
        assets = Assets()
        if path.suffix == ".html":
            assets.feed(text)
        found = assets.found if path.suffix == ".html" else _NAMED_BY_STYLE.findall(text)
        if elsewhere := [address for address in found if _ELSEWHERE.match(address.strip())]:
            bad[path.relative_to(site).as_posix()] = elsewhere
    return bad
