"""What a notebook is shown: the page of an object as a tree, and what no page may hold."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from theory.printing.mathml import ELEMENTS

PLAIN = {"div", "p", "strong", "small", "code", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"}
HOSTILE = "<script>alert('a & \"b\"')</script>"
"""A text that would run if it were not escaped."""


def flaws(page: str) -> list[str]:
    """What is wrong with a page: unknown elements and attributes, a colour, an address."""
    root = ElementTree.fromstring(page)
    tags = [str(e.tag).rpartition("}")[2] for e in root.iter()]
    found = [f"<{tag}>" for tag in tags if tag not in PLAIN | set(ELEMENTS)]
    for e in root.iter():
        if "}" not in str(e.tag):
            found += [name for name in e.attrib if name not in {"class", "style"}]
        style = e.get("style", "")
        found += re.findall(r"color|background|url|#[0-9a-f]{3}", style)
    found += re.findall(r"https?:(?!//www\.w3\.org/1998/Math/MathML\b)[^\s\"<]*", page)
    return found


def page_of(shown: Any) -> str:
    """The HTML of an object, without flaws."""
    page = shown._repr_html_()
    assert isinstance(page, str)
    assert flaws(page) == []
    assert len(page) < 30_000
    return page


def words(page: str) -> str:
    """All text of a page."""
    return " ".join(ElementTree.fromstring(page).itertext())


def rows(page: str) -> list[list[str]]:
    """The cells of the last table of a page, its head first."""
    table = list(ElementTree.fromstring(page).iter("table"))[-1]
    return [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]
