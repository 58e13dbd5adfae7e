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
