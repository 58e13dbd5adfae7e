"""LaTeX to MathML, so that pages and notebooks need no scripts or fonts; fail-closed.

The LaTeX comes from untrusted files. The converter's output is a tree, of which only listed elements,
attributes and values reach the page; text stays text.
"""

import re
from html import unescape
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from theory.printable import printable

MATHML = "http://www.w3.org/1998/Math/MathML"

ELEMENTS: dict[str, str] = {
    "math": "xmlns display",
    "mi": "mathvariant",
    "mn": "mathvariant",
    "mo": "accent fence form largeop lspace mathvariant maxsize minsize movablelimits rspace stretchy",
    "mtext": "mathvariant",
    "mspace": "depth height linebreak width",
    "mfrac": "linethickness",
    "mover": "accent",
    "munder": "accentunder",
    "munderover": "accent accentunder",
    "mtable": "columnalign columnlines columnspacing displaystyle rowlines rowspacing",
    "mtd": "columnalign",
    "mstyle": "displaystyle mathcolor mathsize mathvariant scriptlevel",
    "mpadded": "depth height lspace voffset width",
    **dict.fromkeys(["mphantom", "mroot", "mrow", "msqrt", "msub", "msubsup", "msup", "mtr"], ""),
}
"""The elements allowed in a formula, with their attributes; none of them loads, links or runs anything."""

VALUE = re.compile(r"[A-Za-z0-9 .%+#-]{0,60}")
"""A word, a number, a length or a colour, but no address, function or declaration."""

# Opening and closing brackets and groups, the signs between terms, and everything else.
_OPENING, _CLOSING = {"{", r"\left", r"\begin"}, {"}", r"\right", r"\end"}
_SIGNS = {" + ", " - ", " = ", r" \le "}
_TOKENS = re.compile(r" (?:\+|-|=|\\le) |\\[A-Za-z]+|.", re.DOTALL)
_BARE_AMPERSAND = re.compile(r"&(?!(#[0-9]+|#x[0-9A-Fa-f]+|[A-Za-z]+);)")
_MACRO = re.compile(r"\\(?:def|let|(?:re)?newcommand|providecommand|DeclareMathOperator)(?![A-Za-z])")
_INVISIBLE = dict.fromkeys([0x200B, *range(0x2061, 0x2065)])  # invisible operators
_LONGEST = 100_000


def mathml(latex: str, *, block: bool = False) -> str:
    """One formula as a MathML element; `block` sets it on its own line.

    Raises ValueError if the converter did not understand the LaTeX, which it would pass through silently, and
    for anything that does not belong in a page: an element, attribute or value that `ELEMENTS` does not list,
    or a character that cannot be shown.
    """
    try:
        text = _converted(latex, "block" if block else "inline")
        flaw = flaw_of(text)
    except Exception as error:  # the converter's errors have no common base; some are empty
        flaw = str(error) or type(error).__name__
    if flaw:
        raise ValueError(printable(f"the formula {latex[:200]!r} does not convert to MathML: {flaw}"))
    return text


def _converted(latex: str, display: str) -> str:
    from latex2mathml.converter import convert_to_element

    if len(latex) > _LONGEST:
        raise ValueError(f"it has {len(latex)} characters")
    if _MACRO.search(latex):
        raise ValueError("it defines commands")  # a dozen of them can expand to gigabytes
    root = _known(convert_to_element(latex, display=display))
    if display == "block":
        _limits_below(root)
    return ElementTree.tostring(root, encoding="unicode")


def _known(element: Element) -> Element:
    """A copy of the tree, which may hold only what `ELEMENTS` lists; ValueError for anything else."""
    if element.tag not in ELEMENTS:
        raise ValueError(f"the element {element.tag!r} is left")
    for name, value in element.attrib.items():
        known = value == MATHML if name == "xmlns" else VALUE.fullmatch(value)
        if name not in ELEMENTS[element.tag].split() or not known:
            raise ValueError(f"the attribute {name} = {value!r} is left")
    copy = Element(element.tag, element.attrib)
    copy.text = _plain(element.text)
    copy.tail = _plain(element.tail)
    copy.extend([_known(child) for child in element])
    return copy


def _plain(text: str | None) -> str:
    """The characters that the converter's text represents."""
    shown = unescape(text or "").translate(_INVISIBLE)
    if printable(shown, lines=True) != shown:
        raise ValueError(f"the text {shown!r} cannot be shown")
    return shown


def _limits_below(root: Element) -> None:
    """Move the subscripts of max and min below them, as for a sum."""
    for element in root.iter("msub"):
        if element[0].tag == "mo" and element[0].text in {"max", "min"}:
            element.tag = "munder"


def pieces(latex: str) -> list[str]:
    """A long relation, cut before each sign outside brackets so that lines can break there.

    An empty group before a sign keeps it a binary operator, with space on both sides.
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
    """The trace of a failed conversion, a leftover command or alignment mark; None if there is none."""
    if "\\" in text or "&#x0005C;" in text:
        return "a backslash is left"
    if _BARE_AMPERSAND.search(text) or "&amp;" in text or "&#x00026;" in text:
        return "an alignment mark is left"
    if "\u29f8" in text or "&#x029F8;" in text:
        return "a struck-out sign is left"
    return None
