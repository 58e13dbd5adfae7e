"""What stands in the place of `<!-- generated: name -->` on a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from pages.gallery import algorithm_page, loss_page, theorem_page
from pages.gallery_of_data import set_page, stream_page
from pages.language import language_page
from pages.reference import FRONT_DOORS, command_page, front_door_page, schema_page
from pages.repository import citation_page, news_page, torch_note

MARK = re.compile(r"^<!-- generated: ([\w.]+) -->$", re.MULTILINE)
"""The line of a page that is replaced."""

PARTS: Mapping[str, Callable[[], list[str]]] = {
    "algorithms": algorithm_page,
    "losses": loss_page,
    "theorems": theorem_page,
    "sets": set_page,
    "streams": stream_page,
    "language": language_page,
    "commands": command_page,
    "schemas": schema_page,
    "news": news_page,
    "citation": citation_page,
    "torch": torch_note,
    **{f"api.{package}": partial(front_door_page, package) for package in FRONT_DOORS},
}
"""The parts by name; each gives the lines in Markdown."""


def filled(text: str) -> str:
    """A page in which every mark is replaced.

    Raises:
        ValueError: a mark names no part.
    """

    def part(mark: re.Match[str]) -> str:
        if mark[1] not in PARTS:
            raise ValueError(f"no part is called {mark[1]!r}; the parts are {', '.join(PARTS)}")
        return "\n".join(PARTS[mark[1]]())

    return MARK.sub(part, text)
