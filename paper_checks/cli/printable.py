"""Text from files, messages and names as characters that a terminal shows and does not obey."""

from __future__ import annotations


def printable(text: object, *, lines: bool = False) -> str:
    r"""The text with every character that does not print written as its number: `\x1b`, `\u202e`, `\udc80`.

    Control characters, escape sequences, changes of direction, zero-width characters and lone surrogates do
    not print. What is printable stays, in any script. lines: keep the ends of lines and tabs.
    """
    kept = "\n\t" if lines else ""
    return "".join(c if c.isprintable() or c in kept else _number(c) for c in str(text))


def _number(c: str) -> str:
    code = ord(c)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


__all__ = ["printable"]
