"""Source for whole arrays (numpy): one statement a vector, readable, any dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theory.printing.base import SourcePrinter

if TYPE_CHECKING:
    from sympy import Rational


class ArrayPrinter(SourcePrinter):
    """Prints expressions for numpy arrays and numpy scalars; `np`, `pinv` and `real` must be in scope.

    `real(p, q)` makes the constant p/q in the working precision, so that longdouble runs lose nothing.
    """

    functions = {
        "sqrt": "np.sqrt", "exp": "np.exp", "log": "np.log", "log1p": "np.log1p", "sin": "np.sin",
        "cos": "np.cos", "Abs": "np.abs", "pi": "real.pi", "inf": "np.inf",
    }  # fmt: skip

    def number(self, q: Rational) -> str:
        """An integer stays one; a fraction is made in the working precision."""
        return str(q.p) if q.q == 1 else f"real({q.p}, {q.q})"

    def power(self, base: str, exponent: Rational) -> str:
        """Numpy's power."""
        return f"{base} ** {self.number(exponent)}"

    def extreme(self, which: str, arguments: list[str]) -> str:
        """Nested binary calls."""
        text = arguments[0]
        for other in arguments[1:]:
            text = f"np.{which}imum({text}, {other})"
        return text

    def choose(self, condition: str, yes: str, no: str) -> str:
        """Elementwise choice."""
        return f"np.where({condition}, {yes}, {no})"

    def pseudo_inverse(self, w: str) -> str:
        """The helper of the numpy engine."""
        return f"pinv({w})"

    def signum(self, u: str) -> str:
        """Numpy's sign."""
        return f"np.sign({u})"

    def both(self, left: str, right: str) -> str:
        """Elementwise and."""
        return f"({left} & {right})"
