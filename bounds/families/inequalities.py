"""Inequalities between algebraic expressions over ranges of their symbols, decided in exact arithmetic.

A symbol in a range is written with new symbols that are never negative: s in [a, b] is (a r + b u)/(r + u),
s >= a is a + w. The sign of what results is decided by `bounds.families.signs`.

Two functions are replaced by symbols with textbook bounds: 0 <= log u <= 2 (sqrt(u) - 1) for u >= 1, and
1 + e y <= (1 + y)^e <= 1/(1 - e y) for y >= 0, e >= 1, e y < 1 (Bernoulli).

What is not decided so is not assumed: `Sides.at_least` is then false.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sympy import (
    Abs,
    Dummy,
    Expr,
    Max,
    Min,
    Piecewise,
    PolynomialError,
    Pow,
    S,
    Symbol,
    fraction,
    log,
    sqrt,
    sympify,
    together,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from bounds.families.signs import Signs
from theory.quantities import pinv


class Undecided(ValueError):
    """What was asked is not decided; the message says of which expression."""


@dataclass(frozen=True)
class Between:
    """A symbol with the ends of its range; an end may hold symbols that come before it.

    Args:
        symbol: The symbol.
        low: The lower end, or None.
        high: The upper end, or None.
        above: Whether it is larger than the lower end.
        below: Whether it is smaller than the upper end.
    """

    symbol: Symbol
    low: Expr | None = None
    high: Expr | None = None
    above: bool = False
    below: bool = False

    def where(self, given: Mapping[Symbol, Expr]) -> Between:
        """The range with symbols in its ends replaced."""
        low, high = (None if e is None else e.xreplace(given) for e in (self.low, self.high))
        return replace(self, low=low, high=high)


class Sides:
    """Decides which of two expressions is larger, for all values of their symbols in their ranges.

    Args:
        ranges: The symbols in order; a symbol without a range is in no inequality that is decided.
    """

    def __init__(self, ranges: Iterable[Between]) -> None:
        self.written: list[tuple[Symbol, Expr]] = []
        self.signs = Signs()
        self.named: dict[Expr, Symbol] = {}
        for r in ranges:
            self.written.append((r.symbol, self._in_range(r)))

    def _in_range(self, r: Between) -> Expr:
        """The symbol in new ones that are never negative."""
        low, high = (None if end is None else self._inside(end) for end in (r.low, r.high))
        if low is None and high is None:
            return r.symbol
        up = _fresh(r.above)
        if high is None:
            return low + up
        if low is None:
            return high - _fresh(r.below)
        if low == high:
            return low
        down = _fresh(r.below)
        self.signs.pairs.append((down, up))
        return (low * down + high * up) / (down + up)

    def at_least(self, larger: Expr, smaller: Expr, *, strict: bool = False) -> bool:
        """Whether larger >= smaller is decided; strict: larger > smaller."""
        try:
            larger, smaller = (self._inside(sympify(e)) for e in (larger, smaller))
            for power in (1, 2, 4):
                if power > 1 and not (_is_product(larger) and _is_product(smaller)):
                    return False
                if power > 1 and not (self.signs.sign(larger, False) and self.signs.sign(smaller, False)):
                    return False
                if self.signs.sign(larger**power - smaller**power, strict):
                    return True
        except (Undecided, PolynomialError):  # the latter for what is no polynomial in symbols and roots
            pass
        return False

    def equal(self, one: Expr, other: Expr) -> bool:
        """Whether one = other is decided."""
        return self.at_least(one, other) and self.at_least(other, one)

    def holds(self, relation: Any) -> bool:
        """Whether a relation a < b, a <= b, a > b or a >= b is decided to be true."""
        if isinstance(relation, BooleanAtom | bool):
            return bool(relation)
        if isinstance(relation, Relational) and relation.rel_op in {"<", "<=", ">", ">="}:
            larger, smaller = (relation.lhs, relation.rhs) if ">" in relation.rel_op else relation.args[::-1]
            return self.at_least(larger, smaller, strict="=" not in relation.rel_op)
        raise Undecided(f"{relation} is no inequality")

    def _inside(self, e: Expr) -> Expr:
        """The expression in nonnegative symbols, with cases resolved and roots and powers named."""
        for symbol, meaning in reversed(self.written):
            e = e.xreplace({symbol: meaning})
        return self._named(e)

    def _named(self, e: Expr) -> Expr:
        if isinstance(e, Piecewise):
            return self._branch(e)
        if not e.args or isinstance(e, Relational):
            return e
        made = e.func(*map(self._named, e.args))
        if made.func != e.func:  # sympy has split it: sqrt(4 w) is 2 sqrt(w)
            return self._named(made)
        e = made
        if e in self.named:
            return self.named[e]
        if isinstance(e, Abs):
            return self._larger(e.args[0], -e.args[0])
        if isinstance(e, Max | Min):
            chosen, *rest = e.args
            for other in rest:
                larger = self._larger(chosen, other)
                chosen = larger if isinstance(e, Max) else chosen + other - larger
            return chosen
        if isinstance(e, pinv):
            self._need(e.args[0], strict=True)
            return 1 / e.args[0]
        if isinstance(e, log):
            self._need(e.args[0] - 1)
            return self._stand_in(e, S.Zero, 2 * (self._named(sqrt(e.args[0])) - 1))
        if isinstance(e, Pow) and not e.exp.is_number:
            return self._power(e)
        if isinstance(e, Pow) and not e.exp.is_Integer:
            return self._root(e)
        return e

    def _branch(self, e: Piecewise) -> Expr:
        for value, written in e.args:
            condition = written.func(*map(self._named, written.args)) if written.args else written
            if self.holds(condition):
                return self._named(value)
            if condition is not S.false and not self.holds(condition.negated):
                raise Undecided(f"{condition} holds for some values and not for others")
        raise Undecided(f"{e} has no value")

    def _larger(self, one: Expr, other: Expr) -> Expr:
        for larger, smaller in ((one, other), (other, one)):
            if self.signs.sign(larger - smaller, False):
                return larger
        raise Undecided(f"which of {one} and {other} is larger depends on the values")

    def _need(self, e: Expr, *, strict: bool = False) -> None:
        if not self.signs.sign(e, strict):
            raise Undecided(f"{e} {'>' if strict else '>='} 0 is not decided")

    def _stand_in(self, e: Expr, low: Expr, high: Expr | None) -> Expr:
        self.named[e] = self._in_range(Between(Dummy("u"), low, high))
        return self.named[e]

    def _power(self, e: Pow) -> Expr:
        y, times = e.base - 1, e.exp
        self._need(y)
        self._need(times - 1)
        bent = together(1 - times * y)
        return self._stand_in(e, 1 + times * y, 1 / bent if self.signs.sign(bent, True) else None)

    def _root(self, e: Pow) -> Expr:
        if e.base.is_number and e.base.is_nonnegative:
            return e
        if e.exp.q == 2:
            over, under = fraction(together(e.base))
            self._need(under, strict=True)
            self._need(over)
            inside = (over * under).expand()
            root = self.named.get(sqrt(inside))
            if root is None:
                root = self.named[sqrt(inside)] = Dummy("R", nonnegative=True)
                self.signs.roots.append((root, inside))
            return (root / under) ** e.exp.p
        if e.exp.q == 4:
            return self._named(sqrt(self._named(sqrt(e.base)))) ** e.exp.p
        raise Undecided(f"{e} is neither a square root nor a fourth root")


def _fresh(positive: bool) -> Symbol:
    return Dummy("w", positive=True) if positive else Dummy("w", nonnegative=True)


def _is_product(e: Expr) -> bool:
    return not e.is_Add
