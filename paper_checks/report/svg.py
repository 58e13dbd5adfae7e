"""Pictures inside a page: one SVG file made fit to stand beside others in one HTML document."""

from __future__ import annotations

import re
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def inline_svg(content: bytes, *, prefix: str, label: str) -> str:
    """The picture as an element for an HTML page.

    Every id gets the prefix, so that two pictures cannot take each other's parts; the size is left to the
    page; `label` is read to those who do not see it. Scripts, links to the outside and metadata are
    dropped. Raises ValueError when `content` is no SVG.
    """
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise ValueError(f"this is no SVG picture: {error}") from error
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError(f"this is no SVG picture: its root is {root.tag!r}")
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {
                f"{{{SVG}}}{name}" for name in ("metadata", "script", "foreignObject", "title", "desc")
            }:
                parent.remove(child)
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            local = name.rsplit("}", 1)[-1]
            if local == "id":
                element.set(name, f"{prefix}-{value}")
            elif local == "href":
                if value.startswith("#"):
                    element.set(name, f"#{prefix}-{value[1:]}")
                elif not value.startswith("data:"):
                    del element.attrib[name]
            elif local.startswith("on"):
                del element.attrib[name]
            elif "url(#" in value:
                element.set(name, _REFERENCE.sub(rf"url(#{prefix}-\1)", value))
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-label", label)
    return ElementTree.tostring(root, encoding="unicode")
