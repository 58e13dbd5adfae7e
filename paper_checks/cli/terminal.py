"""Tables, bars and coloured text: rich's own, made safe for text from files, messages and names."""

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
    """Text whose characters are all shown: cleaned before its width is measured."""

    def __init__(self, text: str = "", *arguments: Any, **options: Any) -> None:
        super().__init__(printable(text, lines=True), *arguments, **options)


class Console(rich.console.Console):
    """A console that obeys rich and nobody else: what is printed reaches the terminal as text and colours."""

    @property
    def file(self) -> IO[str]:
        """Where it writes; rich's escape sequences pass the guard of the stream."""
        stream = rich.console.Console.file.fget(self)  # type: ignore[attr-defined]
        return stream.stream if isinstance(stream, PlainStream) else stream

    @file.setter
    def file(self, stream: IO[str]) -> None:
        rich.console.Console.file.fset(self, stream)  # type: ignore[attr-defined]

    def render(self, *arguments: Any, **options: Any) -> Iterable[Segment]:
        """The pieces of whatever is printed, each with nothing but text in it."""
        for piece in super().render(*arguments, **options):
            yield piece if piece.control else Segment(printable(piece.text, lines=True), piece.style)


FOLD: Mapping[str, Any] = {"overflow": "fold"}
TIGHT: Mapping[str, Any] = {"no_wrap": True}
RIGHT: Mapping[str, Any] = {"no_wrap": True, "justify": "right"}
"""What a column does with long text: break it, or keep it on one line."""


def table_of(columns: Mapping[str, Mapping[str, Any]], **options: Any) -> Table:
    """A table with a rule under its head and no frame; columns: name -> the options of rich's `Column`."""
    heads = (Column(name, **given) for name, given in columns.items())
    return Table(*heads, box=SIMPLE_HEAD, pad_edge=False, show_edge=False, **options)
