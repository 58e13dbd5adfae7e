"""Small HTML pages, such as a notebook shows below a cell.

Every text is escaped, and formulas are MathML, so that nothing is loaded. Colours are those of the notebook,
light or dark. A page is well-formed XML.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real

from theory.printable import printable_line
from theory.printing.mathml import mathml

LONGEST = 1000
"""The most characters of a text."""


# In a font without large signs brackets do not stretch.
_MATH = "font-family:Cambria Math,STIX Two Math,Latin Modern Math,DejaVu Math TeX Gyre,math"
_FORMULA = "display:flex;overflow:auto hidden;padding:0.3em 0"


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def escaped(part: object) -> Html:
    """A part of a page as HTML: as it is if it is HTML, a number in six digits, any other text escaped."""
    if isinstance(part, Html):
        return part
    text = f"{part:.6g}" if isinstance(part, float) else printable_line(part)
    return Html(html.escape(text if len(text) <= LONGEST else f"{text[:LONGEST]}..."))


def element(tag: str, *parts: object, style: str = "") -> Html:
    """An element with its parts one after the other."""
    inside = "".join(map(escaped, parts))
    return Html(f'<{tag} style="{style}">{inside}</{tag}>' if style else f"<{tag}>{inside}</{tag}>")


def page(title: str, aside: str, *parts: Html) -> Html:
    """A page: its title in bold with a remark, and the parts below."""
    head = element("p", element("strong", title), *([" ", element("small", aside)] if aside else []))
    return Html(f'<div class="regretcheck">{head}{"".join(parts)}</div>')


def paragraph(*parts: object) -> Html:
    """A paragraph."""
    return element("p", *parts)


def formulas(lines: Iterable[str]) -> Html:
    """Lines of LaTeX, one below the other; a formula that cannot be converted is shown as its LaTeX."""
    return Html("".join(element("div", _formula(line), style=_FORMULA) for line in lines))


def _formula(latex: str) -> Html:
    try:
        return Html(mathml(latex, block=True).replace("<math", f'<math style="{_MATH}"', 1))
    except ValueError:
        return element("code", latex)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Html:
    """A table; numbers stand at the right of their cells, texts at the left."""
    lines = [list(row) for row in rows]
    # A name stands above its column as the first cell does.
    first = lines[0] if lines else head
    names = [_cell(name, like=part, tag="th") for name, part in zip(head, first, strict=True)]
    body = (element("tr", *map(_cell, line)) for line in lines)
    return _wide(element("thead", element("tr", *names)), element("tbody", *body))


def facts(pairs: Mapping[str, object]) -> Html:
    """A table of names and what they are; a fact that is empty is left out."""
    rows = [(name, part) for name, part in pairs.items() if part not in ("", None)]
    lines = (element("tr", _cell(name, tag="th"), _cell(part, like="")) for name, part in rows)
    return _wide(element("tbody", *lines)) if rows else Html("")


def _wide(*parts: Html) -> Html:
    """A table in a box of its own, which scrolls where the page is narrow."""
    return element("div", element("table", *parts, style="margin:0.3em 0"), style="overflow-x:auto")


def _cell(part: object, *, like: object = None, tag: str = "td") -> Html:
    side = "right" if isinstance(part if like is None else like, Real) else "left"
    wrap = "" if tag == "td" and side == "left" else ";white-space:nowrap"
    return element(
        tag, part, style=f"text-align:{side};vertical-align:baseline;padding:0.2em 1em 0.2em 0{wrap}"
    )


def points(texts: Iterable[object]) -> Html:
    """A list of points."""
    lines = [element("li", text) for text in texts]
    return element("ul", *lines) if lines else Html("")
