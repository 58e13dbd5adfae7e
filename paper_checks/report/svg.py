"""Pictures inside a page: SVG files made safe to share one HTML document.

A picture is copied element by element, and only listed elements, attributes and values are copied.
"""

import re
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from bounds.plot_scale import CURVE
from paper_checks.report.scale import scale_in
from theory.printable import printable

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

_ID = r"[A-Za-z_][\w.-]*"
_REFERENCE = re.compile(rf"url\(#({_ID})\)", re.ASCII)
_NAME = re.compile(_ID, re.ASCII)
_CURVE = re.compile(rf"{CURVE}\d+", re.ASCII)
_NUMBERS = re.compile(r"[0-9eE .,%+\s-]*(?:px|pt|em)?")
_PATH = re.compile(r"[0-9A-Za-z.,+\s-]*")
_TRANSFORM = re.compile(r"(?:(?:matrix|rotate|scale|skewX|skewY|translate)\([0-9eE.,+\s-]*\)[\s,]*)*")
_LONG = re.compile(r"-?\d+\.\d{3,}(?![\d.]*[eE])")
_SPACES = re.compile(r"\s+")
_WORDS = re.compile(rf"[\w#.,%'\"+\s-]*|{_REFERENCE.pattern}", re.ASCII)

STYLES = frozenset(
    {
        "clip-path", "clip-rule", "fill", "fill-opacity", "fill-rule", "font", "font-family", "font-size",
        "font-stretch", "font-style", "font-variant", "font-weight", "opacity", "stop-color", "stop-opacity",
        "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin",
        "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-anchor", "visibility",
    }
)  # fmt: skip
"""The style properties allowed as attributes or in a `style`: words, numbers and `url(#part)`."""

_NUMERIC = ("x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry", "width", "height",
            "viewBox", "points", "offset")  # fmt: skip

VALUES = {
    **dict.fromkeys(_NUMERIC, _NUMBERS),
    **dict.fromkeys(STYLES, _WORDS),
    **dict.fromkeys(("clipPathUnits", "gradientUnits", "preserveAspectRatio", "version"), _WORDS),
    "d": _PATH,
    "transform": _TRANSFORM,
}
"""The attributes allowed on any element, with the pattern of their values, besides id, href and style."""

_COORDINATES = frozenset({"d", "points", "x", "y"})

ELEMENTS = frozenset(
    {
        "circle", "clipPath", "defs", "ellipse", "g", "line", "linearGradient", "path", "polygon", "polyline",
        "radialGradient", "rect", "stop", "text", "tspan", "use",
    }
)  # fmt: skip
"""The elements allowed in the root `svg`; no script, style sheet, picture, link, animation or HTML."""

_SHAPES = frozenset({"circle", "ellipse", "line", "path", "polygon", "polyline", "rect"})


def inline_svg(content: bytes, *, prefix: str, label: str) -> str:
    """The picture as an element for an HTML page.

    Every id gets the prefix, so that pictures cannot use each other's parts. The page sets the size; `label`
    is the text for screen readers. The attribute `data-scale` says how to read values off the curves.
    Anything that `ELEMENTS`, `VALUES` and `STYLES` do not list is dropped: an element with its content, an
    attribute, a style declaration. So is a reference to anything but a part of the same picture, and a `use`
    of anything but a single shape. Raises ValueError when `content` is not an SVG.
    """
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = _parsed(content)
    # Nested `use` of groups can expand to more shapes than any browser can draw.
    shapes = {e.get("id", "") for e in root.iter() if _local(e) in _SHAPES}
    used = {name for e in root.iter() for value in e.attrib.values() for name in _named(value)}
    try:
        copy = _Copier(prefix, frozenset(shapes), frozenset(used)).copied(root)
    except RecursionError as error:
        raise ValueError("this is no SVG picture: its elements are nested too deep") from error
    for name in ("width", "height"):
        copy.attrib.pop(name, None)
    # matplotlib's style sheet for all elements; the sheet itself would apply to the whole page.
    copy.set("stroke-linejoin", "round")
    copy.set("stroke-linecap", "butt")
    copy.set("role", "img")
    copy.set("aria-label", printable(label))
    if (scale := scale_in(root)) is not None:
        copy.set("data-scale", scale)
    return ElementTree.tostring(copy, encoding="unicode")


def _parsed(content: bytes) -> Element:
    """The root of a picture; ValueError if it is not SVG or names entities, which can expand to gigabytes."""
    try:
        text = content.decode("utf-8-sig")
        if "<!ENTITY" in text:
            raise ValueError("it names entities")
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise ValueError(printable(f"this is no SVG picture: {error}")) from error
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError(printable(f"this is no SVG picture: its root is {root.tag!r}"))
    return root


def _named(value: str) -> list[str]:
    """The names of parts to which an attribute may refer."""
    return [value[1:]] if value[:1] == "#" else _REFERENCE.findall(value)


def _local(element: Element) -> str:
    """The local name of an SVG element; empty for any other element."""
    tag = element.tag
    return tag.removeprefix(f"{{{SVG}}}") if isinstance(tag, str) and tag.startswith(f"{{{SVG}}}") else ""


@dataclass(frozen=True)
class _Copier:
    """Copies what is listed; shapes: ids that a `use` may refer to; used: ids that anything refers to."""

    prefix: str
    shapes: frozenset[str]
    used: frozenset[str]

    def copied(self, element: Element) -> Element:
        copy = Element(element.tag)
        for name, value in element.attrib.items():
            if (kept := self.value(name, value)) is not None:
                copy.set(name, kept)
        texts = _local(element) in {"text", "tspan"}
        copy.text = printable(element.text, lines=True) if texts and element.text else None
        for child in element:
            if _local(child) in ELEMENTS:
                part = self.copied(child)
                part.tail = printable(child.tail, lines=True) if texts and child.tail else None
                copy.append(part)
        return copy

    def value(self, name: str, value: str) -> str | None:
        """An attribute's value as allowed in the page; None drops the attribute."""
        if name == "id":
            wanted = value in self.used or _CURVE.fullmatch(value)
            return f"{self.prefix}-{value}" if wanted and _NAME.fullmatch(value) else None
        if name in {"href", f"{{{XLINK}}}href"}:
            known = value[:1] == "#" and value[1:] in self.shapes and _NAME.fullmatch(value[1:])
            return f"#{self.prefix}-{value[1:]}" if known else None
        if name == "style":
            pairs = [declaration.partition(":") for declaration in value.split(";")]
            kept = [
                f"{key.strip()}: {shown}"
                for key, _, given in pairs
                if key.strip() in STYLES and (shown := self.plain(given.strip(), _WORDS)) is not None
            ]
            return "; ".join(kept) or None
        if name in _COORDINATES:
            # A hundredth of a point cannot be seen, and digits are a third of a picture.
            value = _SPACES.sub(" ", _LONG.sub(lambda found: f"{float(found[0]):.2f}", value)).strip()
        return self.plain(value, VALUES[name]) if name in VALUES else None

    def plain(self, value: str, pattern: re.Pattern[str]) -> str | None:
        """A value that matches its pattern, with the prefix before the name of a part."""
        if pattern.fullmatch(value) is None:
            return None
        return _REFERENCE.sub(rf"url(#{self.prefix}-\1)", value)
