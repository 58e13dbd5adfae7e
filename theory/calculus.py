"""Fold an expression of the language in an algebra of sizes: degrees under a scaling, orders in T.

One set of rules walks the expression; what a size is, and how sizes add and multiply, the algebra says. Nodes
are looked up by their exact class: what has no rule is refused, never guessed.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from sympy import Expr, Rational, S, sympify
from sympy.core.relational import Relational

from theory.printing.base import UnknownNodeError
from theory.quantities import Quantity

Size = TypeVar("Size")
Part = tuple[Expr, Size]
"""A part of a sum with its size."""


class Calculus(abc.ABC, Generic[Size]):
    """An algebra of sizes; `of` gives the size of an expression.

    Zero has no size, nor has an infinite branch (it stands for "no value"): they are left out of sums,
    extremes and branches, and alone they are `nothing`.
    """

    def of(self, e: Any) -> Size:
        """The size of an expression, or UnknownNodeError."""
        e = sympify(e)
        name = type(e).__name__
        if _sizeless(e):
            return self.nothing()
        if e.is_number and e.is_finite and not e.has(Quantity):
            return self.constant()
        rule: Callable[[Calculus[Size], Any], Size] | None = _RULES.get(name)
        if rule is None:
            raise UnknownNodeError(
                f"{type(self).__name__} has no rule for {name} in {e}; write it with {', '.join(_RULES)}"
            )
        return rule(self, e)

    @abc.abstractmethod
    def constant(self) -> Size:
        """The size of a number."""

    @abc.abstractmethod
    def symbol(self, e: Any) -> Size:
        """The size of a symbol."""

    @abc.abstractmethod
    def product(self, sizes: Sequence[Size]) -> Size:
        """The size of a product."""

    @abc.abstractmethod
    def power(self, e: Expr, size: Size, exponent: Rational) -> Size:
        """The size of a constant power of something of this size."""

    @abc.abstractmethod
    def symbolic_power(self, e: Expr) -> Size:
        """The size of base**exponent whose exponent is not a number."""

    @abc.abstractmethod
    def total(self, e: Expr, parts: Sequence[Part[Size]]) -> Size:
        """The size of a sum, or of one of these parts, whichever it happens to be."""

    @abc.abstractmethod
    def extreme(self, e: Expr, parts: Sequence[Part[Size]]) -> Size:
        """The size of the largest (Max) or smallest (Min) of these parts."""

    @abc.abstractmethod
    def logarithm(self, e: Expr, size: Size) -> Size:
        """The size of the logarithm of something of this size."""

    @abc.abstractmethod
    def transcendental(self, e: Expr, size: Size) -> Size:
        """The size of exp, sin, sigmoid and the like of something of this size."""

    @abc.abstractmethod
    def node(self, e: Quantity, size: Size) -> Size:
        """The size of a node of the language whose first argument has this size."""

    def nothing(self) -> Size:
        """The size of zero, where one is needed: that of a number unless the algebra has a better one."""
        return self.constant()

    def condition(self, e: Expr, parts: Sequence[Part[Size]]) -> None:
        """Look at the two nonzero sides of a relation that decides between branches."""

    def branches(self, e: Any) -> list[Expr]:
        """The branches of a Piecewise that count."""
        return [pair.expr for pair in e.args]

    def parts(self, expressions: Sequence[Expr]) -> list[Part[Size]]:
        """The expressions that have a size, with it."""
        return [(part, self.of(part)) for part in expressions if not _sizeless(part)]

    def _add(self, e: Any) -> Size:
        return self.total(e, self.parts(e.as_ordered_terms()))

    def _mul(self, e: Any) -> Size:
        return self.product([self.of(factor) for factor in e.args])

    def _pow(self, e: Any) -> Size:
        base, exponent = e.args
        return self.power(e, self.of(base), exponent) if exponent.is_Rational else self.symbolic_power(e)

    def _exp(self, e: Any) -> Size:
        return self.transcendental(e, self.of(e.args[0]))

    def _extreme(self, e: Any) -> Size:
        return self.extreme(e, self.parts(sorted(e.args, key=str)))

    def _same(self, e: Any) -> Size:
        return self.of(e.args[0])

    def _sign(self, e: Any) -> Size:
        self.of(e.args[0])
        return self.constant()

    def _inverse(self, e: Any) -> Size:
        return self.power(e, self.of(e.args[0]), S.NegativeOne)

    def _log(self, e: Any) -> Size:
        return self.logarithm(e, self.of(e.args[0]))

    def _log1p(self, e: Any) -> Size:
        argument = 1 + e.args[0]
        return self.logarithm(e, self.of(argument))

    def _piecewise(self, e: Any) -> Size:
        for pair in e.args:
            for relation in sorted(pair.cond.atoms(Relational), key=str):
                self.condition(relation, self.parts([relation.lhs, relation.rhs]))
        kept = self.parts(self.branches(e))
        return self.total(e, kept) if kept else self.nothing()

    def _node(self, e: Any) -> Size:
        return self.node(e, self.of(e.args[0]))

    def _discounted(self, e: Any) -> Size:
        self.transcendental(e, self.of(e.args[1]))
        return self.node(e, self.of(e.args[0]))


def _sizeless(e: Any) -> bool:
    return bool(e == 0 or e in (S.Infinity, S.NegativeInfinity))


_RULES: dict[str, Callable[[Calculus[Any], Any], Any]] = {
    **dict.fromkeys(("Symbol", "Vector", "Scalar", "Dummy"), lambda algebra, e: algebra.symbol(e)),
    "Add": Calculus._add,
    "Mul": Calculus._mul,
    "Pow": Calculus._pow,
    **dict.fromkeys(("exp", "sin", "cos", "softplus", "sigmoid"), Calculus._exp),
    **dict.fromkeys(("Max", "Min"), Calculus._extreme),
    "Abs": Calculus._same,
    "sign": Calculus._sign,
    "pinv": Calculus._inverse,
    "log": Calculus._log,
    "log1p": Calculus._log1p,
    "Piecewise": Calculus._piecewise,
    **dict.fromkeys(
        (
            "SumCoords",
            "GroupSum",
            "MaxCoords",
            "Prev",
            "CumSum",
            "CumMax",
            "Component",
            "Regret",
            "LossAt",
            "Expectation",
            "Supremum",
        ),
        Calculus._node,
    ),
    "Discounted": Calculus._discounted,
}
