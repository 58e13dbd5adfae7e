"""Checks of arguments: the objects of a statement and the numbers of a search."""

from enum import Enum
from typing import Any, TypeVar

from theory.borders import function, instance, items, one_of, real, whole
from theory.recurrence import Recurrence
from theory.statement import Theorem

Member = TypeVar("Member", bound=Enum)
MOST_COORDINATES = 64
"""The largest number of coordinates with which a search or a proof can still finish."""


def check_stated(theorem: object, reading: str | None = None, *recurrences: object) -> None:
    """Raise WrongType unless these are a theorem and recurrences; ValueError for a reading it lacks."""
    instance("theorem", theorem, Theorem, "a Theorem", "take one of theory.theorems")
    for recurrence in recurrences:
        instance("recurrence", recurrence, Recurrence, "a Recurrence", "take one of theory.algorithms")
    if reading is not None:
        theorem.reading(reading)  # type: ignore[attr-defined]


def checked_budget(
    *, seed: object, seconds: object, evaluations: object, enough: object, progress: object
) -> None:
    """Refuse an invalid search budget; None means no limit."""
    whole("seed", seed, least=0)
    if seconds is not None:
        real("seconds", seconds, above=0, finite=False)
    if evaluations is not None:
        whole("evaluations", evaluations, least=1)
    real("enough", enough, above=0, finite=False)
    if progress is not None:
        function("progress", progress, "called with (games so far, where the search is, the largest lhs/rhs)")


def proper_share(name: str, value: object, remedy: str) -> float:
    """A number strictly between 0 and 1; WrongType or ValueError for anything else."""
    number = real(name, value)
    if not 0 < number < 1:
        raise ValueError(f"`{name}` = {number!r} must lie strictly between 0 and 1, {remedy} say")
    return number


def counts(name: str, value: object, *, most: int | None = None) -> tuple[int, ...]:
    """A list of whole numbers >= 1 as a tuple; WrongType or ValueError for anything else."""
    found = items(name, value, object, "a whole number >= 1")
    limit: dict[str, Any] = {} if most is None else {"most": most}
    return tuple(whole(f"{name}[{k}]", n, least=1, **limit) for k, n in enumerate(found))


def member(name: str, value: object, kind: type[Member]) -> Member:
    """A member of an enumeration, or the member with this lower-case name."""
    if isinstance(value, kind):
        return value
    known = {one.name.lower(): one for one in kind}
    return known[one_of(name, value.lower() if isinstance(value, str) else value, known)]
