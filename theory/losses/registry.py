"""Every loss of this package, found by looking: a new file with a module-level `Loss` is listed at once."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import theory.losses
from theory.loss import Loss


@cache
def losses() -> tuple[Loss, ...]:
    """All `Loss` objects of the modules of `theory.losses`, by name; ValueError when two share one."""
    found: dict[str, Loss] = {}
    for module_info in pkgutil.iter_modules(theory.losses.__path__):
        if module_info.name == "registry":
            continue
        module = importlib.import_module(f"theory.losses.{module_info.name}")
        for value in vars(module).values():
            if not isinstance(value, Loss):
                continue
            if found.setdefault(value.name, value) != value:
                raise ValueError(
                    f"two losses are named {value.name!r}; the second is in {module.__name__}: rename it"
                )
    return tuple(found[name] for name in sorted(found))
