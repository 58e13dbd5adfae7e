"""All theorems by id; adding a theorem takes one new file in this folder and no other edit."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from theory.borders import WrongType, listed, must, shown
from theory.discovery import collect, modules_called, modules_of, modules_that_write
from theory.statement import Theorem

_FOLDER = "theory.theorems"


@cache
def theorems() -> Mapping[str, Theorem]:
    """Every public module-level `Theorem` in this folder, by id.

    Raises:
        ValueError: two different theorems have one id.
    """
    return MappingProxyType(collect(modules_of(_FOLDER), Theorem, "theorems"))


def find(name: str) -> Theorem | None:
    """Return the theorem with this id, or None.

    It is looked for first in the file that the id begins with, in those that write the id, and in those whose
    name begins like it, because loading all files takes seconds.
    """
    there = theorems_beside(name)
    family = f"{name.partition('.')[0]}_"
    for near in (modules_that_write(name, _FOLDER), modules_of(_FOLDER, start=family)):
        there = there if name in there else collect(near, Theorem, "theorems")
    return there[name] if name in there else theorems().get(name)


def theorems_beside(name: str) -> Mapping[str, Theorem]:
    """The theorems in the file that a name begins with, such as `adal.py` for `adal.theorem1.A`."""
    return collect(modules_called(name.partition(".")[0], _FOLDER), Theorem, "theorems")


def theorem(name: str | Theorem) -> Theorem:
    """Return the theorem with this id; a `Theorem` is returned unchanged.

    Args:
        name: a key of `theorems()`, such as "adal.theorem1", or a theorem.

    Raises:
        ValueError: no theorem has this id; the error lists the known ones.
    """
    if isinstance(name, Theorem):
        return name
    if not isinstance(name, str):
        raise WrongType(must("name", name, "a Theorem, or the id of one"))
    found = find(name)
    if found is None:
        raise ValueError(f"`name` = {shown(name)} is not a theorem; {listed(name, theorems())}")
    return found
