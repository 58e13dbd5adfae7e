"""All algorithms by name; adding an algorithm takes one new file in this folder and no other edit."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from theory.borders import WrongType, must, nearest, shown
from theory.discovery import collect, modules_called, modules_of
from theory.recurrence import Recurrence


@cache
def algorithms() -> Mapping[str, Recurrence]:
    """Every public module-level `Recurrence` in this folder by name, in the order of files and lines.

    The first call imports all files. Raises ValueError if two recurrences have the same name.
    """
    return MappingProxyType(collect(modules_of("theory.algorithms"), Recurrence, "algorithms", key="name"))


def algorithm(name: str | Recurrence) -> Recurrence:
    """Return the algorithm with this name; a `Recurrence` is returned unchanged.

    Args:
        name: a key of `algorithms()`, or a recurrence.

    Raises:
        ValueError: no algorithm has this name; the error lists the nearest names.
    """
    if isinstance(name, Recurrence):
        return name
    if not isinstance(name, str):
        raise WrongType(must("name", name, "a Recurrence, or the name of an algorithm"))
    # `AdaL[eps=adam]` is in `adal.py`: loading one file saves a sixth of a second.
    own = modules_called(name.partition("[")[0].lower(), "theory.algorithms")
    there = collect(own, Recurrence, "algorithms", key="name")
    if name in there:
        return there[name]
    known = algorithms()
    if name not in known:
        near = nearest(name, known, cutoff=0.4) or list(known)
        raise ValueError(f"`name` = {shown(name)} is not an algorithm; nearest: {', '.join(near)}")
    return known[name]
