"""Plain output and error streams: what Python, a library or a theory file prints arrives as plain text."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from typing import Any, TextIO, cast

from theory.printable import printable


class PlainStream:
    """A text stream that writes only printable characters; otherwise it behaves like the wrapped stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def stream(self) -> TextIO:
        """The stream that receives the text."""
        return self._stream

    def write(self, text: str) -> int:
        """Write the text, replacing every unprintable character by its number."""
        if not isinstance(text, str):
            raise TypeError(f"expected a str, got {type(text).__name__}")
        self.stream.write(printable(text, lines=True))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of the lines."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        """Any other attribute of the stream except its buffer, through which click would bypass the guard."""
        if name == "buffer":
            raise AttributeError(name)
        return getattr(self.stream, name)


class Aside(PlainStream):
    """Standard output of a theory file: the error stream at the time of writing."""

    def __init__(self) -> None:
        """Start without a fixed stream."""

    @property
    def stream(self) -> TextIO:
        """The current error stream."""
        return sys.stderr

    @property
    def buffer(self) -> RawIOBase:
        """The stream for bytes."""
        return _AsideBytes()

    def isatty(self) -> bool:
        """False: the text is changed on its way to the terminal."""
        return False


class _AsideBytes(RawIOBase):
    """The counterpart of `Aside` for bytes."""

    def writable(self) -> bool:
        """Always true."""
        return True

    def write(self, content: Any) -> int:
        """Pass bytes on as text."""
        Aside().write(bytes(content).decode("utf-8", "replace"))
        return len(bytes(content))


@contextmanager
def plain_streams() -> Iterator[None]:
    """Let the output and error streams print only plain text."""
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, PlainStream(stream)) for stream in streams)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams
