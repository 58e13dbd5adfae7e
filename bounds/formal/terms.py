"""Formulas as data for Coq: the terms of `prelude/enclosures.v`, which are computed in intervals.

A term is printed from the same expression and in the same order as `CoqPrinter` prints it over the reals, so
that Coq sees by computation that both mean the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, ClassVar, TypeAlias

from sympy import Expr, Integer, Rational, Symbol

from theory.printing.base import SourcePrinter, UnknownNodeError
from theory.printing.coq_source import comparison
from theory.quantities import CumMax, CumSum, MaxCoords, Prev, Quantity, SumCoords, is_vector
from theory.symbols import T, Vector, d, t

Place = Callable[[str, bool], int]
"""Where a line or a constant lies in the environment: its name, and whether the round before is meant."""
Meaning: TypeAlias = "Expr | Callable[[TermPrinter], str]"
"""What a letter stands for: an expression, or a term written by hand."""


class TermPrinter(SourcePrinter):
    """Prints an expression as a term of `prelude/enclosures.v`.

    Args:
        place: where lines and constants lie.
        meanings: what letters and the diameters of the set stand for.
        sums: the line that holds each `CumSum` and `CumMax`.
        over: the expectations and suprema that the environment holds first.
        last: whether the round is the last one, T.
    """

    functions: ClassVar[Mapping[str, str]] = {
        "sqrt": "Root", "exp": "Expo", "log": "Log", "Abs": "Size", "max": "Larger", "min": "Smaller",
        "pinv": "Inverse",
    }  # fmt: skip

    def __init__(
        self,
        place: Place,
        meanings: Mapping[Symbol, Meaning],
        sums: Mapping[Expr, str],
        *,
        over: Sequence[Expr] = (),
        last: bool = False,
    ) -> None:
        super().__init__()
        self.place, self.meanings, self.sums, self.over, self.last = place, meanings, sums, over, last

    def print(self, e: Any) -> str:
        """A term, or UnknownNodeError."""
        if e in self.over:
            return f"(Number {self.over.index(e)})"
        if isinstance(e, CumSum | CumMax) and e in self.sums:
            return self.entry(self.sums[e], vector=is_vector(e))
        if isinstance(e, SumCoords | MaxCoords):
            return f"({'Sum' if isinstance(e, SumCoords) else 'Most'} {self.print(e.args[0])})"
        if isinstance(e, Prev) and isinstance(e.args[0], Symbol):
            return self.entry(str(e.args[0]), vector=isinstance(e.args[0], Vector), before=True)
        if isinstance(e, Quantity):
            raise UnknownNodeError(f"TermPrinter has no rule for {type(e).__name__} in {e}")
        return super().print(e)

    def entry(self, name: str, *, vector: bool, before: bool = False) -> str:
        """A line or a constant: the current coordinate of a vector, or a number."""
        return f"({'Coord' if vector else 'Number'} {self.place(name, before)})"

    def number(self, q: Rational) -> str:
        """An integer, or a quotient of two."""
        if q.q == 1:
            return f"(Int {q.p})" if q.p >= 0 else f"(Int ({q.p}))"
        return f"(Over {self.number(Integer(q.p))} {self.number(Integer(q.q))})"

    def power(self, base: str, exponent: Rational) -> str:
        """A power with a natural exponent."""
        if exponent.q != 1 or exponent < 0:
            raise UnknownNodeError(f"TermPrinter has no power with exponent {exponent}")
        return f"(Power {base} {exponent})"

    def extreme(self, which: str, arguments: list[str]) -> str:
        """Nested terms of two."""
        return reduce(lambda u, w: f"({self._name(which)} {u} {w})", arguments)

    def total(self, plus: list[str], minus: list[str]) -> str:
        """Nested terms of two, from left to right."""
        first, *rest = plus or [self.opposite(minus[0])]
        text = reduce(lambda u, w: f"(Plus {u} {w})", rest, first)
        return reduce(lambda u, w: f"(Minus {u} {w})", minus if plus else minus[1:], text)

    def product(self, above: list[str], below: list[str]) -> str:
        """Nested terms of two, from left to right."""
        text = reduce(lambda u, w: f"(Times {u} {w})", above) if above else "(Int 1)"
        return f"(Over {text} {self.product(below, [])})" if below else text

    def opposite(self, u: str) -> str:
        """A term."""
        return f"(Neg {u})"

    def choose(self, condition: str, yes: str, no: str) -> str:
        """A term; the condition is that the round is the first one, or compares two terms."""
        return f"({condition} {yes} {no})"

    def _relation(self, e: Any) -> str:
        if e.rel_op == "<" and e.lhs == t and e.rhs == 2:
            return "InRoundOne"
        sides = comparison(e)
        if sides is None:
            raise UnknownNodeError(f"TermPrinter has no rule for the condition {e}; write t < 2, or a <= b")
        low, high = sides
        return f"IfAtMost {self.print(low)} {self.print(high)}"

    def _symbol(self, e: Any) -> str:
        if e in self.meanings:
            meaning = self.meanings[e]
            return self.print(meaning) if isinstance(meaning, Expr) else meaning(self)
        if e == t or (e == T and self.last):
            return "Round"
        return "Dim" if e == d else self.entry(str(e), vector=isinstance(e, Vector))

    def _pow(self, e: Any) -> str:
        base, exponent = e.args
        if exponent.is_number:
            if exponent.is_Integer and exponent > 0:
                return self.power(self.print(base), exponent)
            return super()._pow(e)
        if exponent == t or (exponent == T and self.last):
            return f"(PowerRound {self.print(base)})"
        if exponent == t - 1:
            return f"(PowerBefore {self.print(base)})"
        raise UnknownNodeError(f"TermPrinter has no power with exponent {exponent}")

    def _call(self, name: str, *arguments: str) -> str:
        return f"({' '.join([self._name(name), *arguments])})"
