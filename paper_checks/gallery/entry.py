"""An entry of the gallery, and the list of all, found by looking: a module offers its GALLERY."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bounds.games import Counterexample

FOLDER = Path(__file__).resolve().parents[1] / "certificates"
"""Where the certificates of the gallery are kept."""


@dataclass(frozen=True)
class Entry:
    """A counterexample with a name for its file and one line that says what it shows."""

    name: str
    title: str
    counterexample: Counterexample

    @property
    def path(self) -> Path:
        """The file of its certificate."""
        return FOLDER / f"{self.name}.json"


@cache
def gallery() -> tuple[Entry, ...]:
    """Every entry, in the order of files and lines; ValueError when two share a name."""
    package = importlib.import_module("paper_checks.gallery")
    found: dict[str, Entry] = {}
    for name in sorted(m.name for m in pkgutil.iter_modules(package.__path__, "paper_checks.gallery.")):
        for entry in getattr(importlib.import_module(name), "GALLERY", ()):
            if entry.name in found:
                raise ValueError(f"two entries of the gallery are called {entry.name!r}; rename one")
            found[entry.name] = entry
    return tuple(found.values())


__all__ = ["FOLDER", "Entry", "gallery"]
