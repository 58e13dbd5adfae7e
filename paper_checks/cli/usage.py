"""Misuse of the command line: every error is one line that begins with ``error:``, with exit code 2."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import Any

import typer

from theory.borders import one_line, shown

# typer may bundle click under another name, so the base class comes from one of its errors.
UsageProblem: type[Any] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")

REPEATED = ("--fix", "--grid")
"""The options that may be repeated, once for each parameter."""
PATHS = ("--out", "--from", "--data", "--junit", "--baselines", "--history")
"""The options that name a file or a folder; Python would read empty text as the working folder."""

_NAMES = re.compile(r"'(--?[A-Za-z][\w-]*|[A-Z][A-Z|.]*)'|(?<![\w`'-])(--[a-z][\w-]*)(?![\w`'-])")


def check_words(words: Sequence[str]) -> None:
    """Raise ValueError for a repeated option, of which the last would win, and for an empty path."""
    before = list(takewhile(lambda word: word != "--", words))
    given = [word.partition("=") for word in before if word.startswith("--")]
    for name, times in Counter(name for name, _, _ in given).items():
        if times > 1 and name not in REPEATED:
            raise ValueError(f"`{name}` is given {times} times; give it once")
    alone = [(name, value) for name, sign, value in given if sign]
    for name, value in (*alone, *pairwise(before)):
        if name in PATHS and not value:
            raise ValueError(f"`{name}` = '' is empty; name a file or a folder, . for this one")


def complaint(problem: Any, words: Sequence[str]) -> str:
    """The error in the words of a command, in one line with the value and a pointer to the help."""
    said = _NAMES.sub(lambda found: f"`{found[1] or found[2]}`", one_line(problem.format_message(), 600))
    path = getattr(getattr(problem, "ctx", None), "command_path", "regretcheck")
    options = getattr(getattr(problem, "param", None), "opts", ())
    given = [w.partition("=") for w in words if w.startswith("--")]
    values = [value for name, sign, value in given if sign and name in options]
    values += [value for name, value in pairwise(words) if name in options]
    came = f", got {shown(values[-1])}" if values and shown(values[-1]) not in said else ""
    return f"{said.rstrip('.')}{came}; see {path} --help"
