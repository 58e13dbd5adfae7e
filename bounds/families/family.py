"""A family of games on an interval, one for each n = 1, 2, ..., and what is claimed of their rounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeAlias

from sympy import Expr, Integer, Interval, S, Symbol, sympify

from bounds.games import Block, ExactBox, LinearGame
from bounds.games.rationals import exact
from theory.borders import formula, instance, items, mapping, settle, text
from theory.recurrence import Recurrence
from theory.statement import Theorem
from theory.symbols import Scalar

n = Scalar("n")
"""The number of a game in its family."""
k = Scalar("k")
"""How often the pattern of a stretch has been played before."""
regret = Scalar("regret")
"""The sum of g_s (x_s - z) over the rounds so far, z the comparator of the family; at most the regret."""

Claims: TypeAlias = Mapping[Any, tuple[Any, Any]]
"""What is claimed -> its lower and its upper end, formulas, or None for no end."""


@dataclass(frozen=True)
class Turn:
    """A round of a pattern.

    Args:
        gradient: Its gradient, a formula in the family's symbols.
        before: What is claimed before the round, as value or (lower end, upper end), None for no end, of `x`,
            of a line of the algorithm (its value in the round before), of `regret` or of a `CumSum` node. A
            formula may hold the family's symbols, n, k, the round t, and what is claimed above it.
        within: What is claimed of lines in the round itself; the rest of the round is judged by these claims
            alone, which makes short inequalities of long ones.
    """

    gradient: Expr
    before: Mapping[Expr, Any] = field(default_factory=dict)
    within: Mapping[Expr, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the formulas sympy's."""
        settle(
            self,
            gradient=formula("gradient", self.gradient),
            before=claims_of("before", self.before),
            within=claims_of("within", self.within),
        )


@dataclass(frozen=True)
class Stretch:
    """Turns in this order, and so on a number of times.

    Args:
        turns: At least one.
        times: A polynomial in n with integer coefficients, at least 1.
    """

    turns: tuple[Turn, ...]
    times: Expr = S.One

    def __post_init__(self) -> None:
        """Check the turns."""
        settle(self, turns=items("turns", self.turns, Turn, "a Turn"), times=formula("times", self.times))
        if not self.turns:
            raise ValueError("`turns` is empty; a stretch has at least one round")

    @property
    def rounds(self) -> Expr:
        """The number of rounds that it lasts."""
        return self.times * len(self.turns)


@dataclass(frozen=True)
class GameFamily:
    """Games of linear losses on an interval, and claims about their rounds.

    Two things can be claimed. Of a statement lhs <= rhs about the regret: at_least <= regret and
    rhs <= at_most, with a quotient that grows like a power of n. Of a statement -regret <= rhs: that it holds
    in every round of every game.

    Args:
        name: Its name.
        title: The games in one line.
        theorem: The statement, about `Regret(1)` or `-Regret(1)`.
        reading: The key of one of its readings.
        recurrence: The algorithm.
        parameters: Name -> formula in the family's symbols, all of them.
        stretches: The rounds.
        final: What is claimed after the last round.
        ends: The ends of the interval.
        start: x_1.
        comparator: The fixed point z of the regret.
        ranges: The family's symbols, besides n >= 1, with their ranges; an end may hold earlier ones.
        at_least: A lower bound of the regret in the last round.
        at_most: Upper bounds, one for each term of the right side; empty where the statement is to hold.

    Raises:
        ValueError: A part is of a wrong kind.
    """

    name: str
    title: str
    theorem: Theorem
    reading: str
    recurrence: Recurrence
    parameters: Mapping[str, Expr]
    stretches: tuple[Stretch, ...]
    final: Mapping[Expr, Any]
    ends: tuple[Expr, Expr]
    start: Expr
    comparator: Expr
    at_least: Expr
    at_most: tuple[Expr, ...] = ()
    ranges: Mapping[Symbol, Interval] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the formulas sympy's and check the parts."""
        text("name", self.name, empty=False)
        text("title", self.title, empty=False)
        instance("theorem", self.theorem, Theorem, "a Theorem", "take one of theory.theorems")
        instance("recurrence", self.recurrence, Recurrence, "a Recurrence", "take one of theory.algorithms")
        self.theorem.reading(self.reading)
        given = mapping("parameters", self.parameters, "name -> formula")
        if set(given) != set(self.recurrence.parameter_names):
            raise ValueError(
                f"`parameters` names {', '.join(map(str, given))}; {self.recurrence.name} needs "
                f"{', '.join(self.recurrence.parameter_names)}"
            )
        ranges = mapping("ranges", self.ranges, "symbol -> Interval")
        for symbol, values in ranges.items():
            instance("ranges", symbol, Symbol, "symbols with their ranges")
            instance("ranges", values, Interval, "an Interval of sympy", "Interval.open(0, 1) say")
        stretches = items("stretches", self.stretches, Stretch, "a Stretch")
        if not stretches:
            raise ValueError("`stretches` is empty; a game has at least one round")
        low, high = self.ends
        settle(
            self,
            parameters=MappingProxyType({p: formula(p, e) for p, e in given.items()}),
            stretches=stretches,
            final=claims_of("final", self.final),
            ends=(formula("ends", low), formula("ends", high)),
            at_most=tuple(formula("at_most", e) for e in self.at_most),
            ranges=MappingProxyType(dict(ranges)),
            **{name: formula(name, getattr(self, name)) for name in ("start", "comparator", "at_least")},
        )

    @cached_property
    def horizon(self) -> Expr:
        """T as a formula in n."""
        return sum((s.rounds for s in self.stretches), Integer(0)).expand()

    def game(self, values: Mapping[Symbol, object]) -> LinearGame:
        """One game of the family.

        Args:
            values: n and every symbol of `ranges` -> an exact number in its range.

        Raises:
            ValueError: A value is missing, or a number of the game is irrational.
        """
        known = {symbol: sympify(str(value)) for symbol, value in values.items()}
        low, high = (_number(e.subs(known), "ends") for e in self.ends)
        blocks = (
            Block(
                tuple((_number(turn.gradient.subs(known), "gradient"),) for turn in s.turns),
                int(s.times.subs(known)),
            )
            for s in self.stretches
        )
        return LinearGame(
            self.recurrence,
            {p: _number(e.subs(known), p) for p, e in self.parameters.items()},
            ExactBox((low,), (high,)),
            (_number(self.start.subs(known), "start"),),
            tuple(blocks),
        )


def _number(value: Expr, name: str) -> Fraction:
    if not value.is_Rational:
        raise ValueError(f"`{name}` = {value} is not rational; give each symbol of the family another number")
    return exact(str(value), name)


def claims_of(name: str, given: Mapping[Expr, Any]) -> Claims:
    """Claims with both ends, in order."""
    found: dict[Expr, tuple[Any, Any]] = {}
    for what, claim in mapping(name, given, "a symbol -> its value, or its two ends").items():
        low, high = claim if isinstance(claim, tuple) else (claim, claim)
        where = f"{name}[{what}]"
        found[what] = (
            None if low is None else formula(where, low),
            None if high is None else formula(where, high),
        )
    return MappingProxyType(found)
