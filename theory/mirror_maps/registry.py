"""All mirror maps by name: a new map is one new file in this folder, nothing else to edit."""

from functools import cache

from theory.discovery import collect, modules_of
from theory.mirror_maps.mirror_map import MirrorMap


@cache
def mirror_maps() -> tuple[MirrorMap, ...]:
    """Every public module-level `MirrorMap` of this folder, by name; ValueError when two share one."""
    found = collect(modules_of("theory.mirror_maps"), MirrorMap, "mirror maps", key="name")
    return tuple(found[name] for name in sorted(found))
