"""Polynomials and their quotients in symbols that are never negative, and in square roots: which are >= 0.

A polynomial without a negative coefficient is never negative. With polynomials P, Q and R = sqrt(N),
P + Q R >= 0 if P, Q >= 0, if Q >= 0 and Q^2 N >= P^2, or if P >= 0 and P^2 >= Q^2 N. What is not decided so
is not assumed.
"""

from __future__ import annotations

from itertools import product

from sympy import Expr, Integer, Poly, S, Symbol, fraction, sqrt, together

FACTORS = 4
"""How often a polynomial is multiplied by the sum of its symbols to make its coefficients nonnegative."""
SAMPLES = tuple(tuple((7 * i * i + 3 * i * j + j) % 11 / 4 for j in range(1, 40)) for i in range(1, 6))
"""Values of the symbols at which a vain search is given up."""
SURE = 1e-9
"""The value from which a float is taken to be negative there."""


class Signs:
    """Signs of expressions in nonnegative symbols.

    pairs: symbols of which one does not vanish. roots: a symbol for each square root, with the polynomial
    under it, which may hold earlier roots and is never negative.
    """

    def __init__(self) -> None:
        self.pairs: list[tuple[Symbol, Symbol]] = []
        self.roots: list[tuple[Symbol, Expr]] = []
        self.known: dict[tuple[Expr, bool], bool] = {}

    def sign(self, e: Expr, strict: bool) -> bool:
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
