"""All theorems by id; adding a theorem takes one new file in this folder and no other edit."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from theory.borders import WrongType, listed, must, shown
from theory.discovery import collect, modules_of
from theory.statement import Theorem


@cache
def theorems() -> Mapping[str, Theorem]:
    """Every public module-level `Theorem` in this folder, by id.

    Raises:
        ValueError: two different theorems have one id.
    """
    return MappingProxyType(collect(modules_of("theory.theorems"), Theorem, "theorems"))


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
    known = theorems()
    if name not in known:
        raise ValueError(f"`name` = {shown(name)} is not a theorem; {listed(name, known)}")
    return known[name]
