"""One reading of a theorem as numbers: evaluate both sides and every condition, for all games.

A simulated trace, the two searches and the proof over boxes measure the nodes of a statement (a regret, a
norm, an expectation) in different ways. The rest is shared: `evaluated` puts the numbers into an expression,
and `Inequality.sides` evaluates both sides and the conditions in every round.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Dummy, Expr, Rel

from bounds.scope import decided_at_the_end, in_every_round, stated
from online_sim.borders import Floats
from online_sim.expressions import compiled
from theory.quantities import Quantity
from theory.statement import Theorem, ordered_sides

Bools = NDArray[np.bool_]

EPS = float(np.finfo(np.float64).eps)
OPERATIONS = 256
"""The number of operations whose rounding is ignored, besides those of the sums over rounds."""
RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Sides:
    """Both sides of C games at the rounds (K,): lhs, rhs, and whether every assumption holds, (C, K) each."""

    rounds: NDArray[np.int64]
    lhs: Floats
    rhs: Floats
    holds: Bools

    @classmethod
    def joined(cls, parts: Sequence[Sides]) -> Sides:
        """The games of all parts, one after the other."""
        lhs, rhs, holds = (np.concatenate([getattr(p, n) for p in parts]) for n in ("lhs", "rhs", "holds"))
        return cls(parts[0].rounds, lhs, rhs, holds)

    def __getitem__(self, chosen: slice) -> Sides:
        """Some of the games."""
        return Sides(self.rounds, self.lhs[chosen], self.rhs[chosen], self.holds[chosen])

    @property
    def said(self) -> Bools:
        """Where the statement applies, (C, K): every assumption holds and both sides are numbers."""
        return np.asarray(self.holds & np.isfinite(self.lhs) & np.isfinite(self.rhs))

    @cached_property
    def ratio(self) -> Floats:
        """lhs/rhs (C, K); -inf where the statement does not apply, inf where it exceeds a rhs <= 0.

        An excess within rounding does not count.
        """
        with np.errstate(all="ignore"):
            slack = (OPERATIONS + 4 * self.rounds) * EPS * (np.abs(self.lhs) + np.abs(self.rhs))
            exceeded = np.where(self.lhs > self.rhs + slack, np.inf, -np.inf)
            ratio = np.where(self.rhs > 0, self.lhs / self.rhs, exceeded)
        return np.where(self.said, ratio, -np.inf)


@dataclass(frozen=True)
class Inequality:
    """lhs <= rhs under conditions, with all letters spelled out; `in_rounds` makes one from a reading."""

    lhs: Expr
    rhs: Expr
    conditions: tuple[Expr, ...]

    @property
    def parts(self) -> tuple[Expr, ...]:
        """Both sides, then those of the conditions, except conditions that sympy has decided."""
        asked = (c.args for c in self.conditions if isinstance(c, Rel))
        return (self.lhs, self.rhs, *(side for sides in asked for side in sides))

    @property
    def nodes(self) -> tuple[Expr, ...]:
        """The nodes to measure, without duplicates."""
        return tuple(dict.fromkeys(node for part in self.parts for node in nodes(part)))

    @cached_property
    def lasting(self) -> tuple[bool, ...]:
        """Whether the last round decides a condition for all rounds before it, for each condition."""
        ordered = map(ordered_sides, self.conditions)
        return tuple(sides is not None and decided_at_the_end(*sides) for sides in ordered)

    def sides(
        self, rounds: NDArray[np.int64], games: int, value: Callable[[Expr], Any], *, paths: int = 1
    ) -> Sides:
        """Both sides of C games, each played on P paths of its noise.

        value: an expression as an array that broadcasts to (C, P, K). Both sides are those of the first path;
        a condition must hold on every path and in every round up to the one evaluated, unless the last one
        decides it.
        """
        shape = (games, paths, len(rounds))
        lhs, rhs = (np.broadcast_to(value(side), shape)[:, 0] for side in (self.lhs, self.rhs))
        holds = np.ones((games, len(rounds)), dtype=np.bool_)
        for condition, lasting in zip(self.conditions, self.lasting, strict=True):
            held = np.broadcast_to(_holds(condition, value), shape).all(axis=1)
            holds &= held if lasting else np.logical_and.accumulate(held, axis=1)
        return Sides(rounds, lhs, rhs, holds)


def in_rounds(theorem: Theorem, reading: str) -> Inequality:
    """A reading of a theorem as checked on games: with its conditions in every round up to T."""
    lhs, rhs, *conditions = stated(in_every_round(theorem), reading)
    return Inequality(lhs, rhs, tuple(conditions))


def nodes(e: Expr) -> list[Expr]:
    """The outermost nodes of the language, expectations and suprema kept whole."""
    if isinstance(e, Quantity):
        return [e]
    return list(dict.fromkeys(node for part in e.args for node in nodes(part)))


def evaluated(
    e: Expr,
    node: Callable[[Expr], Any],
    named: Mapping[str, Any],
    *,
    given: Mapping[Any, Any] | None = None,
    arithmetic: Callable[[Expr, Mapping[Any, Any]], Any] | None = None,
) -> Any:
    """An expression of the language with numbers for its nodes and its symbols.

    node: measures a node. named: values of symbols by name. given: values by symbol, which take precedence.
    arithmetic: computes with these values, by default in floats.
    """
    inner, measured, free = _opened(e)
    values = {**(given or {}), **{symbol: node(part) for symbol, part in measured.items()}}
    values |= {s: named[s.name] for s in free if s not in values and s.name in named}
    return (arithmetic or _in_floats)(inner, values)


# The searches evaluate the same few expressions for every batch of games.
@lru_cache(maxsize=512)
def _opened(e: Expr) -> tuple[Expr, Mapping[Any, Expr], tuple[Any, ...]]:
    """An expression with a symbol in place of each node, the nodes by their symbols, and its symbols."""
    symbols = {part: Dummy("q", real=True) for part in nodes(e)}
    # All at once and from the top, so that a node inside another one is left unchanged.
    inner = e.xreplace(symbols)
    return inner, {symbol: part for part, symbol in symbols.items()}, tuple(inner.free_symbols)


_compiled = lru_cache(maxsize=512)(compiled)


def _in_floats(e: Expr, values: Mapping[Any, Any]) -> Floats:
    return np.asarray(_compiled(e, tuple(values))(*values.values()), dtype=np.float64)


def _holds(condition: Expr, value: Callable[[Expr], Any]) -> Bools:
    if not isinstance(condition, Rel):  # sympy has decided it
        return np.asarray(bool(condition))
    return np.asarray(RELATIONS[condition.rel_op](value(condition.lhs), value(condition.rhs)))
