"""Texts as the report shows them: names that may break, numbers of rounds, mathematics in words."""

import re
from typing import Any

_MATHEMATICS = (
    (re.compile(r"\balpha\b"), "α"),
    (re.compile(r"\bbeta(?=[12]?\b)"), "β"),
    (re.compile(r"\bgamma\b"), "γ"),
    (re.compile(r"\bdelta\b"), "δ"),
    (re.compile(r"\beta\b"), "η"),
    (re.compile(r"\bepsilon\b|\beps\b"), "ε"),
    (re.compile(r"\bvhat\b|\bvhat(?=_)"), "v̂"),
    (re.compile(r"\bgrad f\b"), "∇f"),
    (re.compile(r"\bsqrt(?=\()"), "√"),
    (re.compile(r"√\((\w)\)"), r"√\1"),
    (re.compile(r"\|\|([^|]+)\|\|"), r"‖\1‖"),
    (re.compile(r" ?:= ?"), " = "),
    (re.compile(r"\*\*"), "^"),
    (re.compile(r"<="), "≤"),
    (re.compile(r"->"), "→"),
    (re.compile(r"\binfinity\b"), "∞"),
    (re.compile(r"(?<![\w.])1e([+-]?)0*(\d+)\b"), r"10^\1\2"),
    (re.compile(r"(?<=\d)e([+-]?)0*(\d+)\b"), r"·10^\1\2"),
    (re.compile(r"10\^\+"), "10^"),
    (re.compile(r"(?<=[\w\])}])=(?=[\w\[({-])"), " = "),
)
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_POWER = re.compile(r"\^(-?\d+)(?![\d.])")
_INDEX = re.compile(r"(?:(?<=\b[A-Za-z])|(?<=[‖\u0302]))_(\d+)(?![\w])|(?<=β)([12])\b")
_MINUS = re.compile(r"-(?=\d)")


def spoken(line: str) -> str:
    """A line of plain text with the signs that a reader of mathematics expects: β₁, ‖g‖₁, √(T), 10⁻⁸."""
    for pattern, written in _MATHEMATICS:
        line = pattern.sub(written, line)
    line = _INDEX.sub(lambda found: (found[1] or found[2]).translate(_LOWERED), line)
    line = _POWER.sub(lambda found: found[1].translate(_RAISED), line)
    return _MINUS.sub("\N{MINUS SIGN}", line)


def counterexample_text(line: str) -> str:
    """The line of a counterexample, under a heading that says what is false."""
    line = re.sub(r"^false of (?=[^:]+: )", "", line)
    return spoken(re.sub(r"(?<=\d) > (?=[\d.e-]+$)", " > bound ", line))


def anchor(text: str) -> str:
    """The fragment name for a text."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)


def breakable(name: str) -> Any:
    """A name that may break across lines after a dot or an underscore."""
    from markupsafe import Markup, escape

    return Markup("").join(
        Markup("{}<wbr>").format(part) if part in "._" else escape(part)
        for part in re.split(r"([._])", name)
        if part
    )


def rounds_text(number: int | None) -> str:
    """A round for people: thin spaces between thousands, or a dash for None."""
    return "–" if number is None else f"{number:,}".replace(",", "\u202f")


def capitalised(text: str) -> str:
    """The text with its first letter raised."""
    return text[:1].upper() + text[1:]


def first_sentence(text: str) -> str:
    """The first sentence, with thin spaces in long numbers."""
    said = text.split(". ")[0].removesuffix(".") + "."
    return re.sub(r"(?<![\d.])\d{5,}(?![\d.]*\d)", lambda found: rounds_text(int(found[0])), said)


def spell_seconds(seconds: float) -> str:
    """A time for people: "42 s", "12 min", "3.4 h"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
