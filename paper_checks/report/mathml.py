"""LaTeX to MathML, so that the report needs no script and no font of its own; fail-closed."""

from __future__ import annotations

import re
from xml.etree import ElementTree

MATHML = "http://www.w3.org/1998/Math/MathML"

# What opens and closes a bracket or a group, the signs between terms, and whatever else there is.
_OPENING, _CLOSING = {"{", r"\left", r"\begin"}, {"}", r"\right", r"\end"}
_SIGNS = {" + ", " - ", " = ", r" \le "}
_TOKENS = re.compile(r" (?:\+|-|=|\\le) |\\[A-Za-z]+|.", re.DOTALL)
_BARE_AMPERSAND = re.compile(r"&(?!(#[0-9]+|#x[0-9A-Fa-f]+|[A-Za-z]+);)")


def mathml(latex: str, *, block: bool = False) -> str:
    """One formula as a MathML element; `block` sets it on its own line.

    Raises ValueError where the converter did not understand the LaTeX, which it otherwise passes through
    in silence.
    """
    from latex2mathml.converter import convert

    text = str(convert(latex, display="block" if block else "inline"))
    if flaw := flaw_of(text):
        raise ValueError(f"the formula {latex!r} does not convert to MathML: {flaw}")
    return _limits_below(text) if block else text


def _limits_below(text: str) -> str:
    """Set what stands beside max and min under them, as for a sum."""
    ElementTree.register_namespace("", MATHML)
    root = ElementTree.fromstring(text)
    for element in root.iter(f"{{{MATHML}}}msub"):
        if element[0].tag == f"{{{MATHML}}}mo" and element[0].text in {"max", "min"}:
            element.tag = f"{{{MATHML}}}munder"
    return ElementTree.tostring(root, encoding="unicode")


def pieces(latex: str) -> list[str]:
    """A long relation cut before each sign that stands in no bracket, so that lines can break there.

    An empty group before a sign keeps it between two things, with its space on both sides.
    """
    found, depth = [""], 0
    for token in _TOKENS.findall(latex):
        depth += token in _OPENING
        depth -= token in _CLOSING
        if depth == 0 and token in _SIGNS:
            found.append("{}")
        found[-1] += token
    return [piece.strip() for piece in found]


def flaw_of(text: str) -> str | None:
    """What betrays a failed conversion: a command or an alignment mark still there; None if nothing does."""
    if "\\" in text or "&#x0005C;" in text:
        return "a backslash is left"
    if _BARE_AMPERSAND.search(text) or "&amp;" in text or "&#x00026;" in text:
        return "an alignment mark is left"
    if "\u29f8" in text or "&#x029F8;" in text:
        return "a struck-out sign is left"
    return None
