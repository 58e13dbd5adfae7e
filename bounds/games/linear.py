"""Games of linear losses over a set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any, ClassVar

from bounds.games.base import ExactGame
from bounds.games.rationals import Point, listing, point, points, texts
from bounds.games.sets import ExactBox, ExactSegment
from theory.borders import instance, whole
from theory.statement import Requires

SIMPLEX = {point((1, 0)), point((0, 1))}
"""The ends of the segment that is the probability simplex of R^2."""


def _middle(game: LinearGame) -> bool:
    begin, end = game.feasible.ends
    return all(2 * u == a + b for u, a, b in zip(game.start, begin, end, strict=True))


@dataclass(frozen=True)
class LinearGame(ExactGame):
    """f_t(x) = <g_t, x> over a set: the rows of `lead` once, then those of `pattern` cyclically.

    Args:
        recurrence: The algorithm.
        parameters: Name -> exact number, all of them.
        feasible: The set.
        start: x_1, a point of the set.
        pattern: Rows of d exact numbers.
        horizon: T >= 1.
        lead: Rows of d exact numbers, played first.

    Raises:
        ValueError: These do not fit together.
    """

    PROPERTIES: ClassVar[Mapping[Requires, Callable[[LinearGame], bool]]] = {
        Requires.CONVEX_LOSSES: lambda game: True,
        Requires.COMPACT_SET: lambda game: True,
        Requires.SEPARABLE_SET: lambda game: game.feasible.kind == "box",
        Requires.PROBABILITY_SIMPLEX: lambda game: (
            game.feasible.kind == "segment" and set(game.feasible.ends) == SIMPLEX
        ),
        Requires.BALL: lambda game: game.dimension == 1,
        Requires.CONTAINS_ORIGIN: lambda game: game.feasible.contains((Fraction(0),) * game.dimension),
        Requires.START_AT_ORIGIN: lambda game: not any(game.start),
        Requires.START_AT_CENTRE: _middle,
    }

    feasible: ExactBox | ExactSegment
    start: Point
    pattern: tuple[Point, ...]
    horizon: int
    lead: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        """Make the numbers exact and check that they fit."""
        super().__post_init__()
        object.__setattr__(self, "start", point(self.start, "start"))
        instance("feasible", self.feasible, (ExactBox, ExactSegment), "an ExactBox or an ExactSegment")
        for name in ("pattern", "lead"):
            object.__setattr__(self, name, points(getattr(self, name), name))
        whole("horizon", self.horizon, least=1)
        if not self.pattern:
            raise ValueError("`pattern` has no rows; give at least one gradient")
        if any(len(row) != self.dimension for row in (*self.pattern, *self.lead)):
            raise ValueError(f"`pattern` and `lead` must have rows of {self.dimension} numbers")
        if not self.feasible.contains(self.start):
            raise ValueError(f"`start` = {listing(self.start)} is not a point of the set; begin inside")

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return self.feasible.dimension

    def row(self, t: int) -> Point:
        """g_t, for t = 1, 2, ..."""
        k = t - 1
        return self.lead[k] if k < len(self.lead) else self.pattern[(k - len(self.lead)) % len(self.pattern)]

    @property
    def rows(self) -> tuple[Point, ...]:
        """g_1, ..., g_T."""
        return tuple(self.row(t) for t in range(1, self.horizon + 1))

    @property
    def period(self) -> int:
        """The length of the pattern."""
        return len(self.pattern)

    @property
    def gradients(self) -> tuple[Point, ...]:
        """The rows played, without duplicates."""
        rest = max(0, self.horizon - len(self.lead))
        return (*self.lead[: self.horizon], *self.pattern[:rest])

    def best_fixed_point(self) -> Point:
        """A point of the set that minimises the sum of the losses."""
        lead = self.lead[: self.horizon]
        times, rest = divmod(self.horizon - len(lead), len(self.pattern))
        played = [(row, 1) for row in (*lead, *self.pattern[:rest])] + [(row, times) for row in self.pattern]
        total = [sum((count * row[i] for row, count in played), Fraction(0)) for i in range(self.dimension)]
        return self.feasible.minimiser(total)

    def contains(self, x: Point) -> bool:
        """Whether x is a point of the set."""
        return self.feasible.contains(x)

    def extreme_points(self) -> list[Point]:
        """The extreme points of the set."""
        return self.feasible.extreme_points()

    @property
    def runs(self) -> list[Point]:
        """The rows of the lead and of the pattern, with consecutive equal rows merged."""
        return [row for rows in (self.lead, self.pattern) for row, _ in groupby(rows)]

    def written(self) -> tuple[int, int]:
        """The numbers of runs of equal rows and of rows."""
        return len(self.runs), len(self.lead) + len(self.pattern)

    def numbers(self) -> Iterator[Fraction]:
        """The parameters, the start, the ends of the set and one row of each run."""
        for rows in (self.parameters.values(), self.start), self.feasible.ends, self.runs:
            yield from (q for row in rows for q in row)

    def entry(self, comparator: Point | None) -> dict[str, Any]:
        """The game as text, with the comparator of its regret."""
        norms = [sum(map(abs, row), Fraction(0)) for row in (*self.lead, *self.pattern)]
        begin, end = self.feasible.ends
        return {
            "kind": "linear",
            "parameters": {name: str(value) for name, value in self.parameters.items()},
            "start": texts(self.start),
            "horizon": self.horizon,
            "set": {"kind": self.feasible.kind, "begin": texts(begin), "end": texts(end)},
            "lead": _listed(self.lead),
            "pattern": _listed(self.pattern),
            "norms": {"least": str(min(norms)), "most": str(max(norms))},
            "comparator": texts(comparator or self.start),
        }


def _listed(rows: Iterable[Point]) -> list[dict[str, Any]]:
    """A stream as a list of runs of equal rows with their lengths."""
    return [{"times": len(list(same)), "gradient": texts(row)} for row, same in groupby(rows)]
