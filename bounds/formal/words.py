"""Pieces of Coq text: numbers, lists, binders, the gradients of a game, and text wrapped to a width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from importlib.resources import files
from itertools import groupby
from typing import Any

from sympy import Symbol

from theory.symbols import Vector

WIDTH = 112
"""Characters of a line."""


def prelude(name: str) -> str:
    """The text of a file of `bounds/formal/prelude`, written by hand and the same for every certificate."""
    return files("bounds.formal").joinpath("prelude", f"{name}.v").read_text(encoding="utf-8")


def rational(q: Fraction) -> str:
    """An exact number, such as `-2 # 5`."""
    return f"{q.numerator} # {q.denominator}"


def point(values: Iterable[Fraction]) -> str:
    """A list of exact numbers."""
    return f"[{'; '.join(rational(q) for q in values)}]"


def real(q: Fraction) -> str:
    """A real number, such as `Q2R (-2 # 5)`."""
    return f"Q2R ({rational(q)})"


def binder(symbols: Sequence[Symbol], of: str = "") -> str:
    """The variables that stand for sequences, vectors first: `(x g : nat -> point) (beta1_t : nat -> R)`.

    Args:
        symbols: the symbols.
        of: what else a sequence is a function of, such as `list point -> `.
    """
    parts = []
    for kind, chosen in (
        ("nat -> point", [s for s in symbols if isinstance(s, Vector)]),
        ("nat -> R", [s for s in symbols if not isinstance(s, Vector)]),
    ):
        if chosen:
            parts.append(f"({' '.join(map(str, chosen))} : {of}{kind})")
    return " ".join(parts)


def ordered(symbols: Sequence[Symbol]) -> list[Symbol]:
    """The symbols in the order of `binder`."""
    return sorted(symbols, key=lambda s: not isinstance(s, Vector))


def wrapped(text: str, indent: str) -> str:
    """A long formula over several lines."""
    return textwrap.fill(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def comment(text: str) -> str:
    """A comment, without what would end it."""
    safe = text.replace("(*", "( *").replace("*)", "* )").replace('"', "'")
    return wrapped(f"(* {safe} *)", "").replace("\n  ", "\n   ")


def gradients(game: Mapping[str, Any]) -> str:
    """The gradients of a linear game as a function of the round: each block up to its last round."""
    *blocks, last = game["stream"]
    text, before = "", 0
    for block in blocks:
        end = before + block["times"] * len(block["pattern"])
        text += f"  if (t <=? {end})%N then {_pattern(block['pattern'], before, nested=True)} else\n"
        before = end
    return f"Definition gradient (t : N) : list Q :=\n{text}  {_pattern(last['pattern'], before)}.\n"


def _pattern(rows: Sequence[Sequence[Fraction]], before: int, *, nested: bool = False) -> str:
    """The gradient in round t of a block of these rows again and again, after as many rounds."""
    runs = [(len(list(same)), row) for row, same in groupby(rows)]
    if len(runs) == 1:
        return point(rows[0])
    text, within = f"let s := ((t - {before + 1}) mod {len(rows)})%N in\n", 0
    for times, row in runs[:-1]:
        within += times
        text += f"  if (s <? {within})%N then {point(row)} else\n"
    text += f"  {point(rows[-1])}"
    return f"({text})" if nested else text
