"""Fold an expression of the theorem language into a size: a degree under a scaling, or an order in T.

One set of rules walks the expression; the algebra defines what a size is, and how sizes add and multiply.
Rules are looked up by the exact class of a node: a node without a rule is refused, never guessed.
"""

import abc
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from sympy import (
    Abs,
    Add,
    Dummy,
    Expr,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
    cos,
    exp,
    log,
    sign,
    sin,
    sympify,
)
from sympy.codegen.cfunctions import log1p
from sympy.core.relational import Relational

from theory.printing.base import UnknownNodeError
from theory.quantities import (
    REDUCTIONS,
    Component,
    CumSum,
    Discounted,
    Expectation,
    LinearMinimiser,
    LossAt,
    Prev,
    Quantity,
    Regret,
    Supremum,
    pinv,
    sigmoid,
    softplus,
)
from theory.symbols import Scalar, Vector

Size = TypeVar("Size")
Sized = tuple[Expr, Size]
"""A term of a sum with its size."""


class Calculus(abc.ABC, Generic[Size]):
    """An algebra of sizes; `of` gives the size of an expression.

    Zero has no size, and neither does an infinite branch (it stands for "no value"): they are left out of
    sums, extremes and branches; on their own they have the size `nothing()`.
    """

    def of(self, e: Any) -> Size:
        """The size of an expression, or UnknownNodeError."""
        e = sympify(e)
        if _sizeless(e):
            return self.nothing()
        if e.is_number and e.is_finite and not e.has(Quantity):
            return self.constant()
        rule: Callable[[Calculus[Size], Any], Size] | None = _RULES.get(type(e))
        if rule is None:
            known = ", ".join(kind.__name__ for kind in _RULES)
            raise UnknownNodeError(
                f"{type(self).__name__} has no rule for {type(e).__name__} in {e}; write it with {known}"
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
        """The size of base**exponent for an exponent that is not a number."""

    @abc.abstractmethod
    def total(self, e: Expr, parts: Sequence[Sized[Size]]) -> Size:
        """The size of a sum of these parts, or of any one of them (for a Piecewise)."""

    def extreme(self, e: Expr, parts: Sequence[Sized[Size]]) -> Size:
        """The size of the largest (Max) or smallest (Min) of these parts; by default that of a sum."""
        return self.total(e, parts)

    def logarithm(self, e: Expr, size: Size) -> Size:
        """The size of the logarithm of something of this size; by default that of `transcendental`."""
        return self.transcendental(e, size)

    @abc.abstractmethod
    def transcendental(self, e: Expr, size: Size) -> Size:
        """The size of exp, sin, sigmoid and the like of something of this size."""

    @abc.abstractmethod
    def node(self, e: Quantity, size: Size) -> Size:
        """The size of a quantity node whose first argument has this size."""

    def nothing(self) -> Size:
        """The size of zero where one is needed; by default that of a number."""
        return self.constant()

    def condition(self, e: Expr, parts: Sequence[Sized[Size]]) -> None:
        """Check the nonzero sides of a relation that decides between branches."""

    def branches(self, e: Any) -> list[Expr]:
        """The branches of a Piecewise that matter."""
        return [pair.expr for pair in e.args]

    def parts(self, expressions: Sequence[Expr]) -> list[Sized[Size]]:
        """The expressions that have a size, each with its size."""
        return [(part, self.of(part)) for part in expressions if not _sizeless(part)]

    def _pow(self, e: Any) -> Size:
        base, exponent = e.args
        return self.power(e, self.of(base), exponent) if exponent.is_Rational else self.symbolic_power(e)

    def _sign(self, e: Any) -> Size:
        self.of(e.args[0])
        return self.constant()

    def _piecewise(self, e: Any) -> Size:
        for pair in e.args:
            for relation in sorted(pair.cond.atoms(Relational), key=str):
                self.condition(relation, self.parts([relation.lhs, relation.rhs]))
        kept = self.parts(self.branches(e))
        return self.total(e, kept) if kept else self.nothing()

    def _node(self, e: Any) -> Size:
        return self.node(e, self.of(e.args[0]))

    def _regret(self, e: Any) -> Size:
        weight, *phi = e.args
        size = self.node(e, self.of(weight))
        if not phi:
            return size
        counted = CumSum(weight * phi[0])
        return self.total(e, [(Regret(weight), size), (counted, self.of(counted))])

    def _discounted(self, e: Any) -> Size:
        self.transcendental(e, self.of(e.args[1]))
        return self._node(e)


def _sizeless(e: Any) -> bool:
    return bool(e == 0 or e in (S.Infinity, S.NegativeInfinity))


_RULES: dict[type, Callable[[Calculus[Any], Any], Any]] = {
    **dict.fromkeys((Symbol, Vector, Scalar, Dummy), lambda algebra, e: algebra.symbol(e)),
    Add: lambda algebra, e: algebra.total(e, algebra.parts(e.as_ordered_terms())),
    Mul: lambda algebra, e: algebra.product([algebra.of(factor) for factor in e.args]),
    Pow: Calculus._pow,
    **dict.fromkeys(
        (exp, sin, cos, softplus, sigmoid),
        lambda algebra, e: algebra.transcendental(e, algebra.of(e.args[0])),
    ),
    **dict.fromkeys(
        (Max, Min), lambda algebra, e: algebra.extreme(e, algebra.parts(sorted(e.args, key=str)))
    ),
    Abs: lambda algebra, e: algebra.of(e.args[0]),
    sign: Calculus._sign,
    pinv: lambda algebra, e: algebra.power(e, algebra.of(e.args[0]), S.NegativeOne),
    log: lambda algebra, e: algebra.logarithm(e, algebra.of(e.args[0])),
    log1p: lambda algebra, e: algebra.logarithm(e, algebra.of(1 + e.args[0])),
    Piecewise: Calculus._piecewise,
    **dict.fromkeys(
        (*REDUCTIONS, Prev, Component, LossAt, Expectation, Supremum, LinearMinimiser), Calculus._node
    ),
    Discounted: Calculus._discounted,
    Regret: Calculus._regret,
}
