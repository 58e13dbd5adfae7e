"""The objects that the files of a folder hold: a new algorithm, loss or theorem is one new file."""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from types import MappingProxyType, ModuleType
from typing import TypeVar

Kind = TypeVar("Kind")


def discovered(package: str, kind: type[Kind], what: str, *, key: str = "name") -> Mapping[str, Kind]:
    """`collect` from every module of a package, in alphabetical order; imports them all."""
    parent = importlib.import_module(package)
    names = sorted(module.name for module in pkgutil.iter_modules(parent.__path__, f"{package}."))
    return MappingProxyType(collect(map(importlib.import_module, names), kind, what, key=key))


def collect(
    modules: Iterable[ModuleType], kind: type[Kind], what: str, *, key: str = "name"
) -> dict[str, Kind]:
    """The public module-level objects of a kind, in the order of modules and lines.

    An object that a second module imports counts once.

    what: what they are, in the plural, for the error; key: the attribute that names an object. Raises
    ValueError when two different objects have one name.
    """
    found: dict[str, Kind] = {}
    for module in modules:
        for attribute, value in vars(module).items():
            if not isinstance(value, kind) or attribute.startswith("_"):
                continue
            name = getattr(value, key)
            if found.setdefault(name, value) != value:
                raise ValueError(
                    f"two {what} are called `{name}`, one of them {module.__name__}.{attribute}; rename it"
                )
    return found
