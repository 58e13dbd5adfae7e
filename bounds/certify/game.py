"""Games in exact rationals: what a counterexample consists of before it is written down.

Two kinds are enough. Linear losses over a set refute a regret bound whenever any convex losses do: to replace
f_t by <g_t, .>, with g_t a subgradient of f_t at x_t, keeps the trajectory and every quantity made of
gradients, and can only raise the regret. A bound on gradient averages speaks of one smooth f and of noise;
here f is a sum over coordinates of one function whose slope is piecewise linear, so that its smoothness
constant and its minimum are exact, and the noise has finitely many letters, so that an expectation is a
finite sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from numbers import Rational
from types import MappingProxyType
from typing import Any

from theory.borders import (
    SHOWN,
    WrongType,
    as_index,
    instance,
    mapping,
    must,
    one_line,
    pairs,
    shown,
    whole,
)
from theory.losses.piecewise_quadratic import Slope
from theory.recurrence import Recurrence
from theory.statement import Theorem

Point = tuple[Fraction, ...]
Number = int | str | Fraction


def exact(value: Number, name: str = "value") -> Fraction:
    """A rational from an int, a Fraction, or text such as "2/5" or "0.001"; ValueError for anything else.

    name: what an error calls it.
    """
    if type(value) is Fraction:  # the searches ask this all the time
        return value
    if isinstance(value, str):
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            raise ValueError(
                f"`{name}` = {shown(value)} is no rational number; write it as 2/5 or 0.4"
            ) from None
    if isinstance(value, Rational) and not isinstance(value, bool):
        return Fraction(int(value.numerator), int(value.denominator))
    number = as_index(value)
    if number is None:
        raise WrongType(
            f"`{name}` = {shown(value)} is no exact number; give an int, a Fraction or text such as 2/5"
        )
    return Fraction(number)


def point(values: Iterable[Number], name: str = "value") -> Point:
    """A point with exact coordinates; name: what an error calls it."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise WrongType(must(name, values, "a list of exact numbers, such as (1, '1/2')"))
    return tuple(exact(value, name) for value in values)


@dataclass(frozen=True)
class ExactBox:
    """{x : lower <= x <= upper}, (d,) each; ValueError where it is empty."""

    lower: Point
    upper: Point

    def __post_init__(self) -> None:
        """Make the numbers exact."""
        object.__setattr__(self, "lower", point(self.lower, "lower"))
        object.__setattr__(self, "upper", point(self.upper, "upper"))
        if len(self.lower) != len(self.upper) or not self.lower:
            raise ValueError(f"`lower` and `upper` have {len(self.lower)} and {len(self.upper)} coordinates")
        if any(low > high for low, high in zip(self.lower, self.upper, strict=True)):
            raise ValueError(
                f"`lower` = {listing(self.lower)} exceeds `upper` = {listing(self.upper)}: the box is empty"
            )

    @property
    def ends(self) -> tuple[Point, Point]:
        """The two points that the box is written down by."""
        return self.lower, self.upper

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return len(self.lower)

    def minimiser(self, direction: Sequence[Any]) -> Point:
        """A point of the box at which <direction, x> is smallest, for real numbers `direction`."""
        return tuple(
            low if c > 0 else high for low, high, c in zip(self.lower, self.upper, direction, strict=True)
        )

    def extreme_points(self) -> list[Point]:
        """The corners."""
        return list(product(*zip(self.lower, self.upper, strict=True)))

    def contains(self, x: Point) -> bool:
        """Whether x lies in the box, exactly."""
        return len(x) == self.dimension and all(
            low <= u <= high for low, u, high in zip(self.lower, x, self.upper, strict=True)
        )


@dataclass(frozen=True)
class ExactSegment:
    """{u + s (v - u) : 0 <= s <= 1}: the simplest set whose projection depends on the metric.

    begin, end: u and v, (d,) each, different.
    """

    begin: Point
    end: Point

    def __post_init__(self) -> None:
        """Make the numbers exact."""
        object.__setattr__(self, "begin", point(self.begin, "begin"))
        object.__setattr__(self, "end", point(self.end, "end"))
        if len(self.begin) != len(self.end) or self.begin == self.end:
            raise ValueError(
                f"`begin` = {listing(self.begin)} and `end` = {listing(self.end)} must be two points of "
                "one R^d"
            )

    @property
    def ends(self) -> tuple[Point, Point]:
        """The two points that the segment is written down by."""
        return self.begin, self.end

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return len(self.begin)

    def minimiser(self, direction: Sequence[Any]) -> Point:
        """The end at which <direction, x> is smaller."""
        rise = sum(c * (b - a) for c, a, b in zip(direction, self.begin, self.end, strict=True))
        return self.begin if rise > 0 else self.end

    def extreme_points(self) -> list[Point]:
        """The two ends."""
        return [self.begin, self.end]

    def contains(self, x: Point) -> bool:
        """Whether x lies on the segment, exactly."""
        if len(x) != self.dimension:
            return False
        steps = [b - a for a, b in zip(self.begin, self.end, strict=True)]
        i = next(k for k, step in enumerate(steps) if step != 0)
        s = (x[i] - self.begin[i]) / steps[i]
        return 0 <= s <= 1 and all(a + s * step == u for a, step, u in zip(self.begin, steps, x, strict=True))


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


def _rows(rows: object, name: str) -> tuple[Point, ...]:
    if isinstance(rows, str) or not isinstance(rows, Iterable):
        raise WrongType(must(name, rows, "a list of rows of exact numbers, such as ((1, -1), (0, 1))"))
    return tuple(point(row, name) for row in rows)


def _letters(letters: object) -> tuple[tuple[Point, Fraction], ...]:
    found = pairs("letters", letters, "(noise vector, probability)")
    return tuple((point(u, "letters"), exact(p, "letters")) for u, p in found)


def listing(values: Iterable[object], most: int = SHOWN) -> str:
    """Exact numbers as people write them, (1/2, -1), cut after so many characters."""
    return one_line(f"({', '.join(map(str, values))})", most)


@dataclass(frozen=True)
class LinearGame:
    """f_t(x) = <g_t, x> over a set: the rows of `lead` once, then those of `pattern` again and again.

    recurrence: the algorithm; parameters: name -> exact number, all of them; start: x_1, a point of the set;
    pattern, lead: rows of d exact numbers; horizon: T >= 1. ValueError where these do not fit together.
    """

    recurrence: Recurrence
    parameters: Mapping[str, Fraction]
    feasible: ExactBox | ExactSegment
    start: Point
    pattern: tuple[Point, ...]
    horizon: int
    lead: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        """Make the numbers exact and check that they fit."""
        object.__setattr__(self, "parameters", _parameters(self.recurrence, self.parameters))
        object.__setattr__(self, "start", point(self.start, "start"))
        instance("feasible", self.feasible, (ExactBox, ExactSegment), "an ExactBox or an ExactSegment")
        for name in ("pattern", "lead"):
            object.__setattr__(self, name, _rows(getattr(self, name), name))
        whole("horizon", self.horizon, least=1)
        if not self.pattern:
            raise ValueError("`pattern` has no rows; give at least one gradient")
        if any(len(row) != self.dimension for row in (*self.pattern, *self.lead)):
            raise ValueError(f"`pattern` and `lead` must have rows of {self.dimension} numbers")
        if not self.feasible.contains(self.start):
            raise ValueError(f"`start` = {listing(self.start)} is no point of the set; begin inside")

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


@dataclass(frozen=True)
class DescentGame:
    """One smooth f(x) = sum_i phi(x_i) without a set, and gradients with noise from a finite alphabet.

    slope: phi' (see `Slope`); letters: (noise vector, its probability), of mean zero and sum 1; one letter 0
    of probability 1 means no noise; start: x_1; horizon: T >= 1. Every path of the noise is played.
    """

    recurrence: Recurrence
    parameters: Mapping[str, Fraction]
    slope: Slope
    start: Point
    horizon: int
    letters: tuple[tuple[Point, Fraction], ...] = field(default=())

    def __post_init__(self) -> None:
        """Make the numbers exact and check that they fit."""
        object.__setattr__(self, "parameters", _parameters(self.recurrence, self.parameters))
        object.__setattr__(self, "start", point(self.start, "start"))
        instance("slope", self.slope, Slope, "a Slope", "quadratic_slope(1) say")
        letters = self.letters or ((tuple(Fraction(0) for _ in self.start), Fraction(1)),)
        object.__setattr__(self, "letters", _letters(letters))
        whole("horizon", self.horizon, least=1)
        if any(len(u) != self.dimension or p <= 0 for u, p in self.letters):
            raise ValueError(f"`letters` must hold vectors of {self.dimension} numbers, of probability > 0")
        if sum(p for _, p in self.letters) != 1:
            raise ValueError(
                f"the probabilities of `letters` sum to {sum(p for _, p in self.letters)}, not 1"
            )
        if any(sum(p * u[i] for u, p in self.letters) != 0 for i in range(self.dimension)):
            raise ValueError("the noise of `letters` does not have mean zero; shift its vectors")

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return len(self.start)


@dataclass(frozen=True)
class Counterexample:
    """A reading of a theorem, and a game on which it is claimed to fail at the last round.

    comparator: for a regret, the point z that the left side is compared with, a point of the set; None leaves
    the choice to whoever writes the certificate.
    """

    theorem: Theorem
    reading: str
    game: LinearGame | DescentGame
    comparator: Point | None = None

    def __post_init__(self) -> None:
        """Refuse a reading that the theorem lacks and a comparator outside the set."""
        instance("theorem", self.theorem, Theorem, "a Theorem", "take one of theory.theorems")
        instance("game", self.game, (LinearGame, DescentGame), "a LinearGame or a DescentGame")
        self.theorem.reading(self.reading)
        if self.comparator is None:
            return
        object.__setattr__(self, "comparator", point(self.comparator, "comparator"))
        game = self.game
        if not isinstance(game, LinearGame) or not game.feasible.contains(self.comparator or ()):
            raise ValueError(
                f"`comparator` = {listing(self.comparator or ())} is no point of the set of the game"
            )


__all__ = [
    "Counterexample",
    "DescentGame",
    "ExactBox",
    "ExactSegment",
    "LinearGame",
    "Number",
    "Point",
    "exact",
    "point",
]
