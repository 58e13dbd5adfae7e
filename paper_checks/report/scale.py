"""The scale of a picture, checked before a page hands it to its script: see `bounds.plot_scale.scale_of`."""

import json
import math
from typing import Any
from xml.etree.ElementTree import Element

from theory.printable import printable_line

DESCRIPTION = ".//{http://purl.org/dc/elements/1.1/}description"

MOST_CURVES = 50


def scale_in(root: Element) -> str | None:
    """The scale that an SVG describes, as JSON for an attribute; None if there is none or it is not one."""
    try:
        return _checked(json.loads(root.findtext(DESCRIPTION) or "null"))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _checked(said: dict[str, Any]) -> str:
    """The scale with nothing but finite numbers and printable names; raises an error if it is no scale."""
    left, top, right, bottom = _numbers(said["frame"])
    (first, last), (low, high) = _numbers(said["rounds"]), _numbers(said["values"])
    if not (left < right and top < bottom and 0 < first < last and 0 < low < high):
        raise ValueError("the ends are not in order")
    names = said["curves"]
    if not isinstance(names, list) or not 0 < len(names) <= MOST_CURVES:
        raise ValueError("no curves")
    return json.dumps(
        {
            "frame": [left, top, right, bottom],
            "rounds": [first, last],
            "values": [low, high],
            "curves": [printable_line(str(name)) for name in names],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _numbers(given: Any) -> list[float]:
    found = [float(value) for value in given]
    if not all(map(math.isfinite, found)):
        raise ValueError("not a number")
    return found
