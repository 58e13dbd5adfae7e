"""Inequalities between algebraic expressions over ranges of their symbols, decided in exact arithmetic.

A symbol in a range is written with new symbols that are never negative: s in [a, b] is (a r + b u)/(r + u),
s >= a is a + w. A polynomial in those without a negative coefficient is never negative. Square roots are
removed by squaring: with P, Q polynomials and R = sqrt(N), P + Q R >= 0 if P, Q >= 0, if Q >= 0 and
Q^2 N >= P^2, or if P >= 0 and P^2 >= Q^2 N.

Two functions are replaced by symbols with textbook bounds: 0 <= log u <= 2 (sqrt(u) - 1) for u >= 1, and
1 + e y <= (1 + y)^e <= 1/(1 - e y) for y >= 0, e >= 1, e y < 1 (Bernoulli).

What is not decided so is not assumed: `Sides.at_least` is then false.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from sympy import (
    Abs,
    Dummy,
    Expr,
    Integer,
    Max,
    Min,
    Piecewise,
    Poly,
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

from theory.quantities import pinv

FACTORS = 4
"""How often a polynomial is multiplied by the sum of its symbols to make its coefficients nonnegative."""
SAMPLES = tuple(tuple((7 * i * i + 3 * i * j + j) % 11 / 4 for j in range(1, 40)) for i in range(1, 6))
"""Values of the symbols at which a vain search is given up."""
SURE = 1e-9
"""The value from which a float is taken to be negative there."""


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
        self.pairs: list[tuple[Symbol, Symbol]] = []
        self.roots: list[tuple[Symbol, Expr]] = []
        self.named: dict[Expr, Symbol] = {}
        self.known: dict[tuple[Expr, bool], bool] = {}
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
        self.pairs.append((down, up))
        return (low * down + high * up) / (down + up)

    def at_least(self, larger: Expr, smaller: Expr, *, strict: bool = False) -> bool:
        """Whether larger >= smaller is decided; strict: larger > smaller."""
        try:
            larger, smaller = (self._inside(sympify(e)) for e in (larger, smaller))
            for power in (1, 2, 4):
                if power > 1 and not (_is_product(larger) and _is_product(smaller)):
                    return False
                if power > 1 and not (self._sign(larger, False) and self._sign(smaller, False)):
                    return False
                if self._sign(larger**power - smaller**power, strict):
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
            if self._sign(larger - smaller, False):
                return larger
        raise Undecided(f"which of {one} and {other} is larger depends on the values")

    def _need(self, e: Expr, *, strict: bool = False) -> None:
        if not self._sign(e, strict):
            raise Undecided(f"{e} {'>' if strict else '>='} 0 is not decided")

    def _stand_in(self, e: Expr, low: Expr, high: Expr | None) -> Expr:
        self.named[e] = self._in_range(Between(Dummy("u"), low, high))
        return self.named[e]

    def _power(self, e: Pow) -> Expr:
        y, times = e.base - 1, e.exp
        self._need(y)
        self._need(times - 1)
        bent = together(1 - times * y)
        return self._stand_in(e, 1 + times * y, 1 / bent if self._sign(bent, True) else None)

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
                self.roots.append((root, inside))
            return (root / under) ** e.exp.p
        if e.exp.q == 4:
            return self._named(sqrt(self._named(sqrt(e.base)))) ** e.exp.p
        raise Undecided(f"{e} is neither a square root nor a fourth root")

    # -- signs of expressions in nonnegative symbols and roots ---------------------------------------------

    def _sign(self, e: Expr, strict: bool) -> bool:
        """Whether e >= 0 (e > 0) is decided, for an expression in nonnegative symbols and named roots."""
        over, under = fraction(together(e))
        for side in (1, -1):
            if under == 1 or self._polynomial((side * under).expand(), True):
                return self._polynomial((side * over).expand(), strict)
        return False

    def _polynomial(self, p: Expr, strict: bool) -> bool:
        if (p, strict) not in self.known:
            self.known[p, strict] = not self._fails_somewhere(p) and self._decide(p, strict)
        return self.known[p, strict]

    def _fails_somewhere(self, p: Expr) -> bool:
        """Whether it is negative at one of a few points: floats only save the time of a vain search."""
        needed = self._free(p)
        roots = [(root, inside) for root, inside in self.roots if root in needed]
        for numbers in SAMPLES:
            at = dict(zip(sorted(needed - {root for root, _ in roots}, key=str), numbers, strict=False))
            for root, inside in roots:
                at[root] = sqrt(inside.evalf(subs=at))
            value = p.evalf(subs=at)
            if value.is_real and value < -SURE:
                return True
        return False

    def _free(self, p: Expr) -> set[Symbol]:
        """The symbols of a polynomial and of its roots."""
        found = set(p.free_symbols)
        for root, inside in reversed(self.roots):
            if root in found:
                found |= inside.free_symbols
        return found

    def _decide(self, p: Expr, strict: bool) -> bool:
        if any(p.has(*pair) and self._by_pair(pair, p, strict) for pair in self.pairs):
            return True
        for root, inside in reversed(self.roots):
            if p.has(root):
                return self._without(root, inside, p, strict)
        if p.is_number:
            return bool(p.is_positive or (p.is_zero and not strict))
        if self._coefficients(p, strict):
            return True
        number, factors = Poly(p, *sorted(p.free_symbols, key=str)).factor_list()
        negative = bool(number < 0)
        for factor, times in factors:
            q = factor.as_expr()
            if times % 2 == 0 and not strict:
                continue
            if self._multiplied(q, strict):
                continue
            if not self._multiplied((-q).expand(), strict):
                return False
            negative ^= times % 2 == 1
        return not negative

    def _without(self, root: Symbol, inside: Expr, p: Expr, strict: bool) -> bool:
        """P + Q R > 0 or >= 0 by what P, Q and R^2 = N are."""
        even, odd = S.Zero, S.Zero
        for (power,), coefficient in Poly(p, root).terms():
            reduced = coefficient * inside ** (power // 2)
            even, odd = (even, odd + reduced) if power % 2 else (even + reduced, odd)
        even, odd = even.expand(), odd.expand()
        difference = (even**2 - odd**2 * inside).expand()
        is_ = self._polynomial
        if is_(even, strict) and is_(odd, False):
            return True
        if is_(odd, False) and is_((-difference).expand(), strict):
            return True
        if is_(even, False) and is_(difference, strict):
            return True
        return strict and is_(even, False) and is_(odd, True) and is_(inside, True)

    def _by_pair(self, pair: tuple[Symbol, Symbol], p: Expr, strict: bool) -> bool:
        """Whether the coefficients of a polynomial in a pair, of which one does not vanish, decide."""
        terms = Poly(p, *pair).terms()
        if not all(self._polynomial(c, False) for _, c in terms):
            return False
        # Where one of the pair vanishes, a term without it is positive; both never vanish.
        gone: list[tuple[int, ...]] = [(k,) for k in (0, 1) if not pair[k].is_positive] or [()]
        return not strict or all(
            any(not any(powers[k] for k in ks) and self._polynomial(c, True) for powers, c in terms)
            for ks in gone
        )

    def _multiplied(self, p: Expr, strict: bool) -> bool:
        """Whether the coefficients decide, after multiplication by what is positive."""
        pairs = [a + b for a, b in self.pairs if p.has(a, b)]
        alone = p.free_symbols - {s for pair in self.pairs for s in pair}
        whole = Integer(1)
        for part in (*pairs, *([1 + sum(alone, S.Zero)] if alone else [])):
            whole *= part
        for _ in range(FACTORS):
            if self._coefficients(p, strict):
                return True
            p = (p * whole).expand()
        return False

    def _coefficients(self, p: Expr, strict: bool) -> bool:
        symbols = sorted(p.free_symbols, key=str)
        if not symbols:
            return bool(p.is_positive or (p.is_zero and not strict))
        if any(s.is_nonnegative is None or s.is_nonnegative is False for s in symbols):
            return False
        terms = Poly(p, *symbols).terms()
        if not all(c.is_nonnegative for _, c in terms):
            return False
        return not strict or self._positive(symbols, [powers for powers, c in terms if c.is_positive])

    def _positive(self, symbols: list[Symbol], terms: list[tuple[int, ...]]) -> bool:
        """Whether, whichever symbols vanish, one of the terms does not."""
        pairs = [pair for pair in self.pairs if set(pair) & set(symbols)]
        paired = {s for pair in pairs for s in pair}
        alone = {s for s in symbols if s not in paired and not s.is_positive}
        choices = [[{s} for s in pair if not s.is_positive] or [set()] for pair in pairs]
        for chosen in product(*choices):
            gone = alone.union(*chosen)
            left = (all(not p or s not in gone for s, p in zip(symbols, term, strict=True)) for term in terms)
            if not any(left):
                return False
        return True


def _fresh(positive: bool) -> Symbol:
    return Dummy("w", positive=True) if positive else Dummy("w", nonnegative=True)


def _is_product(e: Expr) -> bool:
    return not e.is_Add
