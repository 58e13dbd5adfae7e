"""All algorithms by name: a new algorithm is one new file in this folder, nothing else to edit."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType, ModuleType

from theory.borders import WrongType, must, shown
from theory.recurrence import Recurrence


@cache
def algorithms() -> Mapping[str, Recurrence]:
    """Every public module-level Recurrence of this folder by its name, in the order of files and lines.

    Files come in alphabetical order. Imports all of them on the first call. Raises ValueError when two
    different recurrences carry one name.
    """
    package = importlib.import_module("theory.algorithms")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__, "theory.algorithms."))
    return MappingProxyType(collect(importlib.import_module(name) for name in names))


def collect(modules: Iterable[ModuleType]) -> dict[str, Recurrence]:
    """The public module-level recurrences of these modules by name; importing one again adds nothing."""
    found: dict[str, Recurrence] = {}
    for module in modules:
        for attribute, value in vars(module).items():
            if not isinstance(value, Recurrence) or attribute.startswith("_"):
                continue
            if found.setdefault(value.name, value) != value:
                raise ValueError(
                    f"two algorithms are called `{value.name}`, one of them {module.__name__}.{attribute}; "
                    f"rename it"
                )
    return found


def algorithm(name: str | Recurrence) -> Recurrence:
    """The algorithm with this name, or a ValueError that lists the nearest names; a recurrence is its own."""
    if isinstance(name, Recurrence):
        return name
    known = algorithms()
    if not isinstance(name, str):
        raise WrongType(must("name", name, "a Recurrence, or the name of an algorithm"))
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.4) or list(known)
        raise ValueError(f"`name` = {shown(name)} is not an algorithm; nearest: {', '.join(near)}")
    return known[name]
