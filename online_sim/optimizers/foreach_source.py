"""Print expressions in torch's foreach operations: one call for the tensors of all parameters.

A value made on the way belongs to its statement, so the next operation may write into it. What torch has no
foreach operation for becomes a list comprehension.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sympy import Abs, Add, Expr, Max, Min, Mul, Pow, Rational, S, Symbol, cos, exp, log, sign, sin
from sympy.codegen.cfunctions import log1p

from online_sim.engines.program import Reduction
from online_sim.engines.tree import Line, Node, Value, assign, name_of, read
from online_sim.optimizers.forms import LoopForm
from theory.printing.loop_source import LoopPrinter
from theory.quantities import pinv
from theory.symbols import Vector

UNARY: dict[type, str] = {
    Abs: "abs", exp: "exp", log: "log", log1p: "log1p", sin: "sin", cos: "cos", sign: "sign",
}  # fmt: skip
EXTREME: dict[type, tuple[str, str]] = {Max: ("maximum", "clamp_min"), Min: ("minimum", "clamp_max")}


@dataclass(frozen=True)
class Item:
    """A list in the making.

    Args:
        name: Its text.
        own: Whether the statement made it, so that it may be overwritten.
        full: Whether its tensors are known to have the shapes of the parameters.
    """

    name: str
    own: bool
    full: bool


@dataclass(frozen=True)
class ForeachForm:
    """Foreach calls where torch has them; `loop` prints the rest."""

    loop: LoopForm
    made: list[Vector] = field(default_factory=list)
    free: set[Symbol] = field(default_factory=set)

    def value(self, e: Expr, out: list[Node], *, free: Symbol | None = None) -> Value:
        """See `Form`."""
        if e.is_Symbol or not self.loop.scope.listed(e):
            return self.loop.value(e, out)
        self.free.update({free} if free is not None else ())
        item = self.item(e, out)
        self.free.clear()
        return Value(item.name, frozenset(e.free_symbols))

    def number(self, e: Expr) -> Value:
        """See `Form`."""
        return self.loop.number(e)

    def reduced(self, how: Reduction, e: Expr, out: list[Node]) -> Value:
        """See `Form`."""
        full = self.loop.scope.is_full(e)
        if full and how is not Reduction.MAX and isinstance(e, Abs):
            inner = self.item(e.args[0], out)
            return Value(f"foreach_norm1({inner.name})", frozenset(e.free_symbols))
        if full and not e.is_Symbol:
            inner = self.item(e, out)
            name = "largest" if how is Reduction.MAX else "total"
            return Value(f"[{name}(w) for w in {inner.name}]", frozenset(e.free_symbols))
        return self.loop.reduced(how, e, out)

    # -- expressions ----------------------------------------------------------------------------------

    def item(self, e: Expr, out: list[Node]) -> Item:
        """The list that an expression of lists is, after the statements that make it."""
        if e.is_Symbol:
            return Item(name_of(e), e in self.free, self.loop.scope.is_full(e))
        rules: dict[type, Callable[[Expr, list[Node]], Item]] = {
            Add: self.sum, Mul: self.product, Pow: self.power, pinv: self.inverse,
            **dict.fromkeys(EXTREME, self.extreme),
        }  # fmt: skip
        if type(e) in UNARY:
            return self.call(UNARY[type(e)], self.item(e.args[0], out), out)
        return rules.get(type(e), self.comprehension)(e, out)

    def sum(self, e: Expr, out: list[Node]) -> Item:
        """Terms added one after the other; a term's number is the factor `alpha` of the addition."""
        numbers, terms = self.split(e)
        pairs = [self.split(term) for term in terms]
        # First what may be overwritten, an old state before all; products last: they are added in one call.
        pairs.sort(key=lambda pair: (not self.free & Mul(*pair[1]).free_symbols, len(_factors(pair[1]))))
        (number, factors), *rest = pairs
        found = self.times(self.item(Mul(*factors), out), number, out)
        for number, factors in rest:
            two = _factors(factors)
            if len(two) == 2 and found.own and found.full:
                made = {u: self.item(u, out).name for u in dict.fromkeys(two)}
                names = ", ".join(made[u] for u in two)
                value = "" if number == 1 else f", value={self.text(number)}"
                found = self.call("addcmul", found, out, f"{names}{value}")
                continue
            part = self.item(Mul(*factors), out)
            alpha = "" if number == 1 else f", alpha={self.text(number)}"
            found = self.call("add", found, out, f"{part.name}{alpha}", full=part.full)
        return found if numbers == 0 else self.call("add", found, out, self.text(numbers))

    def product(self, e: Expr, out: list[Node]) -> Item:
        """Factors, then divisors, then pseudo-inverses, then the number."""
        number, factors = self.split(e)
        above = [u for u in factors if not isinstance(u, pinv) and not _divides(u)]
        below = [u**-1 for u in factors if _divides(u)]
        inverses = [u for u in factors if isinstance(u, pinv)]
        items = [self.item(u, out) for u in above]
        items.sort(key=lambda item: (not item.full, not item.own))
        if items:
            found, rest = items[0], items[1:]
        elif inverses:
            found, rest = self.inverse(inverses.pop(), out), []
        else:
            found, rest = self.call("reciprocal", self.item(below.pop(), out), out), []
        for item in rest:
            found = self.call("mul", found, out, item.name, full=item.full)
        for u in below:
            item = self.item(u, out)
            found = self.call("div", found, out, item.name, full=item.full)
        for u in inverses:
            item = self.item(u.args[0], out)
            found = self.made_by(
                f"foreach_over({found.name}, {item.name}, {self.known_of(u.args[0])})",
                out,
                full=found.full or item.full,
            )
        return self.times(found, number, out)

    def power(self, e: Expr, out: list[Node]) -> Item:
        """Squares and roots by their own operations."""
        base, exponent = e.args
        if not exponent.is_Rational:
            return self.comprehension(e, out)
        inner = self.item(base, out)
        if exponent == 2:
            return self.call("mul", inner, out, inner.name)
        if exponent == Rational(1, 2):
            return self.call("sqrt", inner, out)
        if exponent == -1:
            return self.call("reciprocal", inner, out)
        return self.call("pow", inner, out, self.text(exponent))

    def inverse(self, e: Expr, out: list[Node]) -> Item:
        """The pseudo-inverse."""
        inner = self.item(e.args[0], out)
        return self.made_by(f"foreach_pinv({inner.name}, {self.known_of(e.args[0])})", out, full=inner.full)

    def extreme(self, e: Expr, out: list[Node]) -> Item:
        """Maxima and minima, with a number last: it is a clamp."""
        together, alone = EXTREME[type(e)]
        scope = self.loop.scope
        numbers = [u for u in e.args if not scope.listed(u)]
        found, *rest = [self.item(u, out) for u in sorted(set(e.args) - set(numbers), key=str)]
        for item in rest:
            found = self.call(together, found, out, item.name, full=item.full)
        for u in sorted(numbers, key=str):
            found = self.call(alone, found, out, self.text(u))
        return found

    def comprehension(self, e: Expr, out: list[Node]) -> Item:
        """What torch has no foreach operation for."""
        return self.made_by(self.loop.value(e, out).text, out, full=self.loop.scope.is_full(e))

    # -- statements -----------------------------------------------------------------------------------

    def times(self, item: Item, number: Expr, out: list[Node]) -> Item:
        """The list times a number."""
        if number == 1:
            return item
        if number == -1:
            return self.call("neg", item, out)
        return self.call("mul", item, out, self.text(number))

    def call(
        self, operation: str, item: Item, out: list[Node], other: str = "", *, full: bool = False
    ) -> Item:
        """An operation on a list, in place if the list is the statement's own and keeps its shape.

        other: the text of the second operand; full: whether that one has the shapes of the parameters.
        """
        arguments = item.name if not other else f"{item.name}, {other}"
        if item.own and (item.full or not full):
            out.append(Line(f"torch._foreach_{operation}_({arguments})"))
            return item
        return self.made_by(f"torch._foreach_{operation}({arguments})", out, full=item.full or full)

    def made_by(self, text: str, out: list[Node], *, full: bool) -> Item:
        """A new list."""
        symbol = Vector(f"w__{len(self.made)}")
        self.made.append(symbol)
        out.append(assign(symbol, Value(text)))
        return Item(read(symbol).text, True, full)

    def split(self, e: Expr) -> tuple[Expr, tuple[Expr, ...]]:
        """The number in a sum or product, and its terms or factors that are lists."""
        kind = Add if isinstance(e, Add) else Mul
        lists = [u for u in kind.make_args(e) if self.loop.scope.listed(u)]
        numbers = [u for u in kind.make_args(e) if not self.loop.scope.listed(u)]
        return kind(*numbers), tuple(lists)

    def text(self, e: Expr) -> str:
        """A number for all tensors, in arithmetic of Python floats."""
        return LoopPrinter(name_of).print(e)

    def known_of(self, e: Expr) -> str:
        """What is known of a pseudo-inverse's argument: the number beside a root, as epsilon is, or None."""
        number, terms = self.split(e) if isinstance(e, Add) else (S.Zero, (e,))
        return self.text(number) if all(map(self.is_root, terms)) else "None"

    def is_root(self, e: Expr) -> bool:
        """Whether a term is a root, or one times a number that cannot be negative."""
        number, factors = self.split(e)
        known = number == 1 or number in self.loop.scope.nonnegative
        return known and all(isinstance(u, Pow) and u.exp == Rational(1, 2) for u in factors)


def _factors(factors: tuple[Expr, ...]) -> list[Expr]:
    """The factors of a product, a square as two of them; none if one of them is a divisor."""
    if any(_divides(u) or isinstance(u, pinv) for u in factors):
        return []
    return [w for u in factors for w in ([u.base] * 2 if isinstance(u, Pow) and u.exp == 2 else [u])]


def _divides(e: Expr) -> bool:
    return isinstance(e, Pow) and e.exp.is_Rational and e.exp < 0
