"""All theorems by id: a new theorem is one new file in this folder, nothing else to edit."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from theory.statement import Theorem


@cache
def theorems() -> Mapping[str, Theorem]:
    """Every module-level `Theorem` of this folder by its id; the first of each id is the one as printed."""
    parent = importlib.import_module("theory.theorems")
    found: dict[str, Theorem] = {}
    for name in sorted(m.name for m in pkgutil.iter_modules(parent.__path__, "theory.theorems.")):
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, Theorem):
                found.setdefault(value.id, value)
    return MappingProxyType(found)
