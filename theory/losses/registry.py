"""All losses by name: a new loss is one new file in this folder, nothing else to edit."""

from functools import cache

from theory.discovery import collect, modules_of
from theory.loss import Loss


@cache
def losses() -> tuple[Loss, ...]:
    """Every public module-level `Loss` of this folder, by name; ValueError when two share one."""
    found = collect(modules_of("theory.losses"), Loss, "losses", key="name")
    return tuple(found[name] for name in sorted(found))
