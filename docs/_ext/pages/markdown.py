"""Plain text and docstrings as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|$&#~!^])")
_CODE = re.compile(r"(``[^`]+``|`[^`]+`)")


def escaped(text: str) -> str:
    """A sentence in which Markdown sees no mark-up but code between backticks; one line."""
    parts = _CODE.split(" ".join(text.split()))
    return "".join(
        code(part.strip("`")) if _CODE.fullmatch(part) else _SPECIAL.sub(r"\\\1", part) for part in parts
    )


def code(text: str) -> str:
    """Text in the font of code, which may stand in a cell of a table."""
    return f"`{text}`".replace("|", r"\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; a cell is Markdown already."""
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows), ""]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def formula(latex: str) -> list[str]:
    """The lines of a formula of its own line."""
    return ["```{math}", latex, "```", ""]


def formula_in_cell(latex: str) -> str:
    """A formula in a cell of a table, where a bar would end the cell."""
    return f"${latex.replace(chr(92) + '|', chr(92) + 'Vert ')}$"


def first_sentence(described: object) -> str:
    """The first paragraph of a docstring, in one line."""
    return " ".join((inspect.getdoc(described) or "").partition("\n\n")[0].split())


def arguments_of(described: object) -> dict[str, str]:
    """The entries of `Args:` in a docstring: name -> what it is, in one line."""
    found: dict[str, str] = {}
    inside, name = False, ""
    for line in (inspect.getdoc(described) or "").splitlines():
        if line == "Args:":
            inside = True
        elif inside and line and not line.startswith(" "):
            inside = False
        elif inside and (entry := re.match(r"    (\w+): (.*)", line)):
            name = entry[1]
            found[name] = entry[2]
        elif inside and name and line.strip():
            found[name] += f" {line.strip()}"
    return found
