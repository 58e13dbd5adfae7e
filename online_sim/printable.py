"""Text from files, messages and names as characters that a terminal shows and does not obey."""

from __future__ import annotations

import re

# What takes no room and yet counts as a letter, a mark or a symbol: joiners, fillers, variation selectors.
_INVISIBLE = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff"
)
# A run of anything that may have to be written otherwise: all but letters of ASCII, and visible blanks.
_SUSPECT = re.compile(r"[^ -~]")
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_BLANKS = frozenset(
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)


def printable(text: object, *, lines: bool = False) -> str:
    r"""The text with every character that does not print written as its number: `\x1b`, `\u202e`, `\udc80`.

    Control characters, escape sequences, changes of direction, zero-width characters and lone surrogates do
    not print. What is printable stays, in any script, and so do blanks of any width. lines: keep the ends of
    lines and tabs.
    """

    def shown(match: re.Match[str]) -> str:
        c = match[0]
        if c in _BLANKS or (lines and c in "\n\t") or (c.isprintable() and not _HIDDEN.match(c)):
            return c
        return _number(c)

    return _SUSPECT.sub(shown, str(text))


def _number(c: str) -> str:
    code = ord(c)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


__all__ = ["printable"]
