"""All theorems by id: a new theorem is one new file in this folder, nothing else to edit."""

from collections.abc import Mapping
from functools import cache

from theory.discovery import discovered
from theory.statement import Theorem


@cache
def theorems() -> Mapping[str, Theorem]:
    """Every public module-level `Theorem` of this folder by its id.

    Raises:
        ValueError: two different theorems have one id.
    """
    return discovered("theory.theorems", Theorem, "theorems", key="id")
