"""Source for one coordinate in a compiled loop in doubled precision: every operation is a call."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, ClassVar

from theory.printing.base import SourcePrinter, UnknownNodeError

if TYPE_CHECKING:
    from sympy import Rational


def two_floats(q: Fraction) -> tuple[float, float]:
    """hi, the float nearest to q, and lo, the float nearest to q - hi; OverflowError out of range."""
    high = float(q)
    return high, float(q - Fraction(high))


class DoubleDoublePrinter(SourcePrinter):
    """Prints expressions in numbers hi + lo; the functions of `double_double_kernel` must be in scope.

    A constant p/q is printed as two floats, with a relative error below 2^-106.
    """

    functions: ClassVar[Mapping[str, str]] = {
        "sqrt": "root", "exp": "exponential", "log": "logarithm", "log1p": "logarithm1p", "Abs": "absolute",
        "pi": "complex(3.141592653589793, 1.2246467991473532e-16)", "inf": "math.inf",
        "max": "larger", "min": "smaller", "sign": "signum", "pinv": "pinv", "and": "and",
    }  # fmt: skip

    def number(self, q: Rational) -> str:
        """Two floats, or one if it is exact."""
        try:
            high, low = two_floats(Fraction(int(q.p), int(q.q)))
        except OverflowError:
            high, low = math.inf, 0.0
        if math.isinf(high) or (high == 0) != (q == 0):
            raise UnknownNodeError(f"the constant {q} is out of the range of floats")
        return f"({high!r})" if low == 0 else f"complex({high!r}, {low!r})"

    def total(self, plus: list[str], minus: list[str]) -> str:
        """Nested calls, from left to right."""
        first, *rest = plus or [f"neg({minus[0]})"]
        text = reduce(lambda u, w: f"add({u}, {w})", rest, first)
        return reduce(lambda u, w: f"sub({u}, {w})", minus if plus else minus[1:], text)

    def product(self, above: list[str], below: list[str]) -> str:
        """Nested calls, from left to right."""
        first, *rest = above or ["1.0"]
        text = reduce(lambda u, w: f"mul({u}, {w})", rest, first)
        return f"div({text}, {self.product(below, [])})" if below else text

    def opposite(self, u: str) -> str:
        """A call."""
        return f"neg({u})"

    def compare(self, left: str, sign: str, right: str) -> str:
        """A call, with the larger side second."""
        first, second = (left, right) if sign[0] == "<" else (right, left)
        return f"{'at_most' if sign.endswith('=') else 'less'}({first}, {second})"

    def power(self, base: str, exponent: Rational) -> str:
        """A call."""
        return self.symbolic_power(base, self.number(exponent))

    def symbolic_power(self, base: str, exponent: str) -> str:
        """A call."""
        return f"power({base}, {exponent})"

    def choose(self, condition: str, yes: str, no: str) -> str:
        """A conditional expression."""
        return f"({yes} if {condition} else {no})"

    def uniform(self, arguments: list[str]) -> str:
        """A call of the mixer, which must be in scope; its arguments are integers, without a low part."""
        return f"uniform({', '.join(f'complex({text}).real' for text in arguments)})"
