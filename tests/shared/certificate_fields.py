"""Certificates that differ from a good one in one field."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any


def with_field(file: dict, path: Sequence[str | int], value: Any) -> dict:
    """A copy with one field set, where a path such as ["game", "start"] leads."""
    copied = copy.deepcopy(file)
    *above, last = path
    place: Any = copied
    for key in above:
        place = place[key]
    place[last] = value
    return copied


def with_rounds(file: dict, rounds: int) -> dict:
    """A copy with another horizon; a linear game repeats its first gradient for as long."""
    copied = with_field(file, ["game", "horizon"], rounds)
    if "stream" in copied["game"]:
        copied["game"]["stream"] = [{"times": rounds, "pattern": copied["game"]["stream"][0]["pattern"][:1]}]
    return copied
