"""Plain output and error streams: what Python, a library or a theory file prints by itself is text there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from theory.printable import printable


class PlainStream:
    """A text stream that prints nothing but what a terminal shows; everything else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write the text, with every character that does not print as its number."""
        if not isinstance(text, str):
            raise TypeError(f"expected a str, got {type(text).__name__}")
        self.stream.write(printable(text, lines=True))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of the lines."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        """Whatever else the stream has, but for its bytes: click would write them past the guard."""
        if name == "buffer":
            raise AttributeError(name)
        return getattr(self.stream, name)


@contextmanager
def plain_streams() -> Iterator[None]:
    """Let the output and the error stream print plain text alone."""
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, PlainStream(stream)) for stream in streams)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams
