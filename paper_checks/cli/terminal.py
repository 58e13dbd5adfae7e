"""Tables, bars and coloured text of rich, made safe for text from files, messages and names."""

from collections.abc import Iterable, Mapping
from typing import IO, Any

import rich.console
import rich.text
from rich.box import SIMPLE_HEAD
from rich.segment import Segment
from rich.table import Column, Table

from paper_checks.run.plain_streams import PlainStream
from theory.printable import printable


class Text(rich.text.Text):
    """Text with only visible characters, cleaned before its width is measured."""

    def __init__(self, text: str = "", *arguments: Any, **options: Any) -> None:
        super().__init__(printable(text, lines=True), *arguments, **options)


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


FOLD: Mapping[str, Any] = {"overflow": "fold"}
TIGHT: Mapping[str, Any] = {"no_wrap": True}
RIGHT: Mapping[str, Any] = {"no_wrap": True, "justify": "right"}
"""The options of a column for long text: break it or keep it on one line."""


def table_of(columns: Mapping[str, Mapping[str, Any]], **options: Any) -> Table:
    """A table with a rule under its header and no frame; columns: name -> options of rich's `Column`."""
    heads = (Column(name, **given) for name, given in columns.items())
    return Table(*heads, box=SIMPLE_HEAD, pad_edge=False, show_edge=False, **options)
