"""A fail-closed printer from sympy to source text: an unknown node is refused, never guessed.

Rules are looked up by the exact class of a node, so a new class never gets a parent's method or name.
A concrete printer names the target's functions, and overrides whatever its target writes differently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, ClassVar, NamedTuple

from sympy import (
    Abs,
    Add,
    And,
    Dummy,
    Expr,
    GreaterThan,
    Integer,
    LessThan,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    S,
    StrictGreaterThan,
    StrictLessThan,
    Symbol,
    cos,
    exp,
    log,
    sign,
    sin,
)
from sympy.codegen.cfunctions import log1p

from theory.quantities import UniformDraw, pinv, sigmoid, softplus
from theory.symbols import Scalar, Vector


class UnknownNodeError(ValueError):
    """An expression contains a node for which this printer has no rule."""


class SourcePrinter:
    """Prints one scalar expression (or one coordinate of a vector expression) as source text."""

    functions: ClassVar[Mapping[str, str]] = {}
    """The target's names for the functions that this printer allows: sqrt, exp, log, log1p, sin, cos, Abs,
    pi, inf, max, min, sign, pinv, uniform (the mixer), "where" (condition, yes, no), and "and", the operator
    between two conditions."""

    def __init__(self, name: Callable[[Any], str] = str) -> None:
        """`name` gives the text for a symbol; by default the symbol's name."""
        self.name = name

    def print(self, e: Any) -> str:
        """Source text of an expression, or UnknownNodeError."""
        method = RULES.get(type(e))
        if method is None:
            raise UnknownNodeError(
                f"{type(self).__name__} has no rule for {type(e).__name__} in {e}; "
                f"write it with {', '.join(sorted(c.__name__ for c in RULES))}"
            )
        rule: Callable[[Any], str] = getattr(self, method)
        return rule(e)

    def number(self, q: Rational) -> str:
        """A rational constant: an integer, or a quotient of two integers."""
        if q.q == 1:
            return str(q.p) if q.p >= 0 else f"({q.p})"
        return f"({q.p} / {q.q})"

    def power(self, base: str, exponent: Rational) -> str:
        """base**exponent for a rational exponent other than small integers and halves."""
        return f"({base} ** {self.number(exponent)})"

    def extreme(self, which: str, arguments: list[str]) -> str:
        """The largest ("max") or smallest ("min") of two or more arguments: nested calls of two."""
        name = self._name(which)
        return reduce(lambda u, w: f"{name}({u}, {w})", arguments)

    def choose(self, condition: str, yes: str, no: str) -> str:
        """`yes` where the condition holds, else `no`."""
        return f"{self._name('where')}({condition}, {yes}, {no})"

    def signum(self, u: str) -> str:
        """-1, 0 or 1."""
        return self._call("sign", u)

    def uniform(self, arguments: list[str]) -> str:
        """The number in [0, 1) into which (seed, k, t, coordinate) are mixed, if the target has the mixer."""
        return f"{self._name('uniform')}({', '.join(arguments)})"

    def symbolic_power(self, base: str, exponent: str) -> str:
        """base**exponent for an exponent that is not a constant, such as beta**t."""
        return f"({base} ** {exponent})"

    def total(self, plus: list[str], minus: list[str]) -> str:
        """The sum of the first terms minus the second ones, from left to right; one list may be empty."""
        text = " + ".join(plus)
        for term in minus:
            text = f"{text} - {term}" if text else f"-{term}"
        return f"({text})"

    def product(self, above: list[str], below: list[str]) -> str:
        """The product of the first factors divided by that of the second ones, from left to right."""
        text = " * ".join(above) if above else self.number(Integer(1))
        if not below:
            return f"({text})"
        return f"({text} / {below[0]})" if len(below) == 1 else f"({text} / ({' * '.join(below)}))"

    def opposite(self, u: str) -> str:
        """The negative."""
        return f"(-{u})"

    def compare(self, left: str, sign: str, right: str) -> str:
        """A relation; its sign is one of <, <=, >, >=."""
        return f"({left} {sign} {right})"

    def complement(self, base: Expr, exponent: Expr) -> str | None:
        """1 - base**exponent without cancellation for a base near 1; None to print it unchanged."""
        return None

    def _symbol(self, e: Any) -> str:
        return self.name(e)

    def _rational(self, e: Any) -> str:
        return self.number(Rational(e))

    def _pi(self, _: Any) -> str:
        return self._name("pi")

    def _infinity(self, e: Any) -> str:
        return self._name("inf") if e > 0 else f"(-{self._name('inf')})"

    def _add(self, e: Any) -> str:
        found = complement_in(e)
        text = None if found is None else self.complement(found.base, found.exponent)
        if found is None or text is None:
            return self._sum(e)
        if found.sign < 0:
            text = f"(-{text})"
        return text if found.rest == 0 else f"({self.print(found.rest)} + {text})"

    def _sum(self, e: Any) -> str:
        positive: list[Expr] = []
        negative: list[Expr] = []
        for term in e.as_ordered_terms():
            (negative if term.could_extract_minus_sign() else positive).append(term)
        return self.total([self.print(term) for term in positive], [self.print(-term) for term in negative])

    def _mul(self, e: Any) -> str:
        coefficient, rest = e.as_coeff_Mul()
        if coefficient == -1:
            return self.opposite(self.print(rest))
        above: list[str] = []
        below: list[str] = []
        if coefficient.p != 1:
            above.append(self.number(Rational(coefficient.p)))
        if coefficient.q != 1:
            below.append(self.number(Rational(coefficient.q)))
        for factor in rest.as_ordered_factors():
            base, exponent = factor.as_base_exp()
            if exponent.is_Rational and exponent < 0 and type(factor).__name__ == "Pow":
                below.append(self.print(base**-exponent))
            else:
                above.append(self.print(factor))
        return self.product(above, below)

    def _pow(self, e: Any) -> str:
        base, exponent = e.args
        if not exponent.is_Rational:
            return self.symbolic_power(self.print(base), self.print(exponent))
        if exponent < 0:
            return self.product([], [self.print(base**-exponent)])
        inner = self.print(base)
        if exponent == Rational(1, 2):
            return self._call("sqrt", inner)
        if exponent == Rational(3, 2):
            return self.product([inner, self._call("sqrt", inner)], [])
        if exponent.is_Integer and exponent <= 4 and inner.isidentifier():
            return self.product([inner] * int(exponent), [])
        return self.power(inner, exponent)

    def _call(self, name: str, *arguments: str) -> str:
        return f"{self._name(name)}({', '.join(arguments)})"

    def _name(self, function: str) -> str:
        if function not in self.functions:
            raise UnknownNodeError(f"{type(self).__name__} has no function {function}")
        return self.functions[function]

    def _elementary(self, e: Any) -> str:
        return self._call(type(e).__name__, *[self.print(argument) for argument in e.args])

    def _extreme(self, e: Any) -> str:
        which = "max" if isinstance(e, Max) else "min"
        return self.extreme(which, [self.print(argument) for argument in _ordered(e.args)])

    def _sign(self, e: Any) -> str:
        return self.signum(self.print(e.args[0]))

    def _uniform(self, e: Any) -> str:
        return self.uniform([self.print(argument) for argument in e.args])

    def _stable(self, e: Any) -> str:
        return self.print(e.stable())

    def _piecewise(self, e: Any) -> str:
        *first, last = e.args
        if last.cond != True:  # noqa: E712 - sympy's true is not the singleton
            raise UnknownNodeError(
                f"{e} is undefined where none of its conditions holds; end it with (value, True)"
            )
        text = self.print(last.expr)
        for pair in reversed(first):
            text = self.choose(self.print(pair.cond), self.print(pair.expr), text)
        return text

    def _relation(self, e: Any) -> str:
        return self.compare(self.print(e.lhs), e.rel_op, self.print(e.rhs))

    def _and(self, e: Any) -> str:
        conditions = [self.print(argument) for argument in _ordered(e.args)]
        return reduce(lambda u, w: f"({u} {self._name('and')} {w})", conditions)


class Complement(NamedTuple):
    """A sum sign * (1 - base**exponent) + rest whose exponent is not a number."""

    base: Expr
    exponent: Expr
    sign: int
    rest: Expr


def complement_in(e: Expr) -> Complement | None:
    """The terms 1 - base**exponent of a sum, or their negative, which lose digits if the base is near 1."""
    terms = Add.make_args(e)
    for one in (1, -1):
        if Integer(one) in terms:
            for term in terms:
                node = -one * term
                if isinstance(node, Pow) and not node.exp.is_number:
                    rest = Add(*[other for other in terms if other is not term and other != one])
                    return Complement(node.base, node.exp, one, rest)
    return None


def _ordered(arguments: Any) -> list[Expr]:
    """The arguments of a symmetric function in an order that does not depend on the process.

    Numbers come last, because a compiled max(u, 0) returns a NaN only from its first argument.
    """
    return sorted(arguments, key=lambda e: (bool(e.is_number), str(e)))


RULES: dict[type, str] = {
    **dict.fromkeys((Symbol, Vector, Scalar, Dummy), "_symbol"),
    **dict.fromkeys((Integer, Rational, *map(type, (S.Half, S.One, S.Zero, S.NegativeOne))), "_rational"),
    **dict.fromkeys((exp, log, log1p, sin, cos, Abs, pinv), "_elementary"),
    **dict.fromkeys((StrictLessThan, LessThan, StrictGreaterThan, GreaterThan), "_relation"),
    **dict.fromkeys((type(S.Infinity), type(S.NegativeInfinity)), "_infinity"),
    **dict.fromkeys((softplus, sigmoid), "_stable"),
    type(S.Pi): "_pi",
    Add: "_add",
    Mul: "_mul",
    Pow: "_pow",
    **dict.fromkeys((Max, Min), "_extreme"),
    sign: "_sign",
    UniformDraw: "_uniform",
    Piecewise: "_piecewise",
    And: "_and",
}
