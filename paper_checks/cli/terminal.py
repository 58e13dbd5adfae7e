"""Tables, bars and coloured text of rich, made safe for text from files, messages and names."""

import re
from collections.abc import Iterable, Mapping
from typing import IO, Any

import rich.console
import rich.text
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.containers import Lines
from rich.segment import Segment
from rich.table import Column, Table

from paper_checks.run.plain_streams import PlainStream
from theory.printable import printable


class Text(rich.text.Text):
    """Text with only visible characters, cleaned before its width is measured."""

    def __init__(self, text: str = "", *arguments: Any, **options: Any) -> None:
        super().__init__(printable(text, lines=True), *arguments, **options)

    def wrap(self, console: rich.console.Console, width: int, **options: Any) -> Lines:
        """The lines of a width; a name too long for one is broken after a dot or a like sign."""
        if options.get("no_wrap") or (options.get("overflow") or self.overflow) != "fold":
            return super().wrap(console, width, **options)
        found = Lines()
        for line in self.split(allow_blank=True):
            for part in line.divide(breaks(line.plain, width)):
                found.extend(part.wrap(console, width, **options))
        return found


_WORD = re.compile(r"\S+\s*|\s+")
_PIECE = re.compile(r"[^._/\[\],=×]*[._/\[\],=×]+\s*|[^._/\[\],=×]+")
"""A part of a name, with the sign after which it may be broken."""


def breaks(line: str, width: int) -> list[int]:
    """The places at which a line is broken to fit a width, none of them inside a part of a name."""
    found: list[int] = []
    used = 0
    for word in _WORD.finditer(line):
        long = cell_len(word[0].rstrip()) > width
        place = word.start()
        for piece in _PIECE.findall(word[0]) if long else [word[0]]:
            if used and used + cell_len(piece.rstrip()) > width:
                found.append(place)
                used = 0
            used += cell_len(piece)
            place += len(piece)
    return found


class Console(rich.console.Console):
    """A console that obeys only rich: anything printed reaches the terminal as text and colours."""

    @property
    def file(self) -> IO[str]:
        """The output stream; rich's escape sequences pass its guard."""
        stream = rich.console.Console.file.fget(self)  # type: ignore[attr-defined]
        return stream.stream if isinstance(stream, PlainStream) else stream

    @file.setter
    def file(self, stream: IO[str]) -> None:
        rich.console.Console.file.fset(self, stream)  # type: ignore[attr-defined]

    def render(self, *arguments: Any, **options: Any) -> Iterable[Segment]:
        """The segments to print, each containing only text."""
        for piece in super().render(*arguments, **options):
            yield piece if piece.control else Segment(printable(piece.text, lines=True), piece.style)


def ascii_text(text: str) -> str:
    """The text for a terminal that knows ASCII only."""
    return text.encode("ascii", "replace").decode()


FOLD: Mapping[str, Any] = {"overflow": "fold"}
TIGHT: Mapping[str, Any] = {"no_wrap": True}
RIGHT: Mapping[str, Any] = {"no_wrap": True, "justify": "right"}
"""The options of a column for long text: break it or keep it on one line."""


def table_of(columns: Mapping[str, Mapping[str, Any]], **options: Any) -> Table:
    """A table with a rule under its header and no frame; columns: name -> options of rich's `Column`."""
    heads = (Column(name, **given) for name, given in columns.items())
    return Table(*heads, box=SIMPLE_HEAD, pad_edge=False, show_edge=False, **options)
