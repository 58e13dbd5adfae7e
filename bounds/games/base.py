"""The interface of every exact game."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar

from bounds.games.rationals import Number, Point, exact
from bounds.scope import required
from theory.borders import instance, mapping
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem


@dataclass(frozen=True)
class ExactGame(ABC):
    """An algorithm with exact parameters, and the losses that it faces.

    recurrence: the algorithm; parameters: name -> exact number, all of them. A kind of game adds the start
    x_1, the losses and the horizon T.
    """

    PROPERTIES: ClassVar[Mapping[Requires, Callable[[Any], bool]]]
    """The properties that can be decided for this kind of game; it has no others."""

    recurrence: Recurrence
    parameters: Mapping[str, Fraction]

    def __post_init__(self) -> None:
        """Make the parameters exact."""
        object.__setattr__(self, "parameters", _parameters(self.recurrence, self.parameters))

    def has(self, asked: Requires) -> bool:
        """Whether the game has a property that a statement may require."""
        return asked in self.PROPERTIES and self.PROPERTIES[asked](self)

    def lacks(self, theorem: Theorem) -> Requires | None:
        """The first property that a statement requires and the game lacks; None if it has all."""
        return next((asked for asked in required(theorem) if not self.has(asked)), None)

    @property
    @abstractmethod
    def dimension(self) -> int:
        """The number of coordinates d."""

    @property
    def period(self) -> int:
        """Rounds after which the losses may repeat."""
        return 1

    @property
    @abstractmethod
    def repetitions(self) -> tuple[int, ...]:
        """How often each part of the game is played."""

    @abstractmethod
    def with_repetitions(self, k: int, times: int) -> ExactGame:
        """The game with another count for its k-th part; ValueError if no round is left."""

    @abstractmethod
    def until(self, horizon: int) -> ExactGame:
        """The game up to a round, at most T."""

    @property
    def gradients(self) -> tuple[Point, ...]:
        """The gradients that the game lists; empty if it lists none."""
        return ()

    def contains(self, x: Point) -> bool:
        """Whether x is a point of the set of comparators; false without a set."""
        return False

    def best_fixed_point(self) -> Point | None:
        """A point of the set that minimises the sum of the losses; None without a set."""
        return None

    def extreme_points(self) -> list[Point]:
        """The extreme points of the set; empty without a set."""
        return []

    @abstractmethod
    def written(self) -> tuple[int, int]:
        """The numbers of parts and of rows to write down."""

    @abstractmethod
    def numbers(self) -> Iterator[Fraction]:
        """Every number to write down, except the horizon and the lengths of runs."""

    @abstractmethod
    def entry(self, comparator: Point | None) -> dict[str, Any]:
        """The game as the text of a certificate."""


def _parameters(recurrence: Recurrence, given: Mapping[str, Number]) -> Mapping[str, Fraction]:
    """Every parameter of the recurrence, exact and in its range."""
    instance("recurrence", recurrence, Recurrence, "a Recurrence", "take one of theory.algorithms")
    mapping("parameters", given, "name -> exact number")
    if set(given) != set(recurrence.parameter_names):
        raise ValueError(
            f"`parameters` names {', '.join(map(str, given))}; {recurrence.name} needs "
            f"{', '.join(recurrence.parameter_names)}"
        )
    values = {p.name: exact(given[p.name], p.name) for p in recurrence.parameters}
    for p in recurrence.parameters:
        p.validate(values[p.name])
    return MappingProxyType(values)
