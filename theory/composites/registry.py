"""All composite terms by name: a new term is one new file in this folder, nothing else to edit."""

from functools import cache

from theory.composites.composite import Composite
from theory.discovery import collect, modules_of


@cache
def composites() -> tuple[Composite, ...]:
    """Every public module-level `Composite` of this folder, by name; ValueError when two share one."""
    found = collect(modules_of("theory.composites"), Composite, "composite terms", key="name")
    return tuple(found[name] for name in sorted(found))
