"""All theorems by id: a new theorem is one new file in this folder, nothing else to edit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from theory.discovery import collect, modules_of
from theory.statement import Theorem


@cache
def theorems() -> Mapping[str, Theorem]:
    """Every public module-level `Theorem` of this folder by its id; ValueError when two share one."""
    return MappingProxyType(collect(modules_of("theory.theorems"), Theorem, "theorems"))
