"""The experiments by name: a new one is one new file in `designs`."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from paper_checks.experiments.experiment import Experiment
from theory.borders import nearest
from theory.discovery import collect, modules_of

Kind = TypeVar("Kind", bound=Experiment)


@cache
def experiments() -> Mapping[str, Experiment]:
    """Every experiment by its name, in the order of the files."""
    found = modules_of("paper_checks.experiments.designs")
    # mypy refuses an abstract class where `type[T]` is asked for, though nothing is made from it.
    kind: type[Experiment] = Experiment  # type: ignore[type-abstract]
    return MappingProxyType(collect(found, kind, "experiments", key="name", name="EXPERIMENT"))


def experiment(name: str) -> Experiment:
    """The experiment with this name.

    Raises:
        ValueError: there is none; the error lists the nearest names.
    """
    known = experiments()
    if name not in known:
        near = ", ".join(nearest(name, known) or known)
        raise ValueError(f"there is no experiment {name!r}; known: {near}")
    return known[name]


def experiment_of(name: str, kind: type[Kind]) -> Kind:
    """The experiment with this name, which must be of a kind.

    Raises:
        ValueError: there is none.
        TypeError: it is of another kind.
    """
    found = experiment(name)
    if not isinstance(found, kind):
        raise TypeError(f"{name} is a {type(found).__name__}; name one of the kind {kind.__name__}")
    return found
