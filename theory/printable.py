"""Text from files, messages and names as characters that a terminal shows and does not obey.

`printable` escapes unprintable characters when foreign text is shown; `check_shown` and `check_file_name`
refuse them when an object is built.
"""

import re

# Characters without width that count as letters, marks or symbols: joiners, fillers, variation selectors.
_INVISIBLE = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff"
)
# Characters that may need an escape: all but printable ASCII.
_SUSPECT = re.compile(r"[^ -~]")
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_BLANKS = frozenset(
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)


def printable(text: object, *, lines: bool = False) -> str:
    r"""The text with every unprintable character escaped: `\x1b`, `\u202e`, `\udc80`.

    Control characters, escape sequences, changes of direction, zero-width characters and lone surrogates do
    not print. Printable characters of any script stay, and so do blanks of any width.

    Args:
        text: any object; its `str` is taken.
        lines: keep line ends and tabs.
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


def printable_line(text: object) -> str:
    """`printable` text on one line: each line end, with the blanks around it, becomes one blank."""
    first, *others = str(text).splitlines() or [""]
    return printable(" ".join([first.rstrip() if others else first, *filter(None, map(str.strip, others))]))


def check_shown(
    text: object, where: str, *, empty: bool = False, lines: bool = False, longest: int = 300
) -> None:
    """Raise ValueError, naming `where`, for a text that cannot be shown; TypeError for anything but text.

    empty: whether the text may be empty; lines: whether it may have several lines; longest: the most
    characters.
    """
    if not isinstance(text, str):
        raise TypeError(f"{where} is {text!a:.80}; expected a text in quotes")
    if not (empty or text.strip()):
        raise ValueError(f"{where} is {text!a:.80}; say something that can be shown")
    if len(text) > longest:
        raise ValueError(f"{where} has {len(text)} characters; {longest} are the most")
    if (shown := printable(text, lines=lines)) != text:
        bad = next(c for c in text if printable(c, lines=lines) != c)
        at = "" if len(shown) > 100 else f" in '{shown}'"
        raise ValueError(
            f"{where} holds the character '{printable(bad)}'{at}, which cannot be shown; remove it"
        )


def check_file_name(text: object, where: str, *, longest: int, more: str = "") -> None:
    """Raise ValueError, naming `where`, for a text that cannot be part of a file name; TypeError for no text.

    longest: the most characters; more: allowed characters other than letters, digits, '_', '-' and '.'.
    """
    if not isinstance(text, str):
        raise TypeError(f"{where} is {text!a:.80}; expected a text in quotes")
    if len(text) > longest:
        raise ValueError(f"{where} has {len(text)} characters; {longest} are the most, for it names files")
    known = all(c.isalnum() or c in f"_-.{more}" for c in text)
    if not (text.isascii() and text[:1].isalnum() and known and ".." not in text and text[-1:] != "."):
        raise ValueError(
            f"{where} is {text!a}, which cannot name a file; use letters, digits, '_' and '-', and single "
            f"dots between them"
        )
