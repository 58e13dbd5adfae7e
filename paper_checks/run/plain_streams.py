"""Plain output and error streams: what Python, a library or a theory file prints by itself is text there."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from typing import Any, TextIO, cast

from theory.printable import printable


class PlainStream:
    """A text stream that prints nothing but what a terminal shows; everything else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def stream(self) -> TextIO:
        """What it writes to."""
        return self._stream

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


class Aside(PlainStream):
    """Standard output of a theory file: whatever the error stream is when something is written."""

    def __init__(self) -> None:
        """It has no stream of its own."""

    @property
    def stream(self) -> TextIO:
        """Where texts go."""
        return sys.stderr

    @property
    def buffer(self) -> RawIOBase:
        """Where bytes are written to."""
        return _AsideBytes()

    def isatty(self) -> bool:
        """It is not a terminal: what is written is changed on the way."""
        return False


class _AsideBytes(RawIOBase):
    """The same for bytes."""

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, content: Any) -> int:
        """Pass bytes on as text."""
        Aside().write(bytes(content).decode("utf-8", "replace"))
        return len(bytes(content))


@contextmanager
def plain_streams() -> Iterator[None]:
    """Let the output and the error stream print plain text alone."""
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, PlainStream(stream)) for stream in streams)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams
