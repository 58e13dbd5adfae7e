"""Source for whole numpy arrays: one statement per vector, readable, for any dtype."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from theory.printing.base import SourcePrinter

if TYPE_CHECKING:
    from sympy import Expr, Rational


class ArrayPrinter(SourcePrinter):
    """Prints expressions for numpy arrays and numpy scalars.

    `np`, `pinv`, `real` and `fading` must be in scope. `real(p, q)` computes the constant p/q in the working
    precision, so that longdouble runs lose no digits.
    """

    functions: ClassVar[Mapping[str, str]] = {
        "sqrt": "np.sqrt", "exp": "np.exp", "log": "np.log", "log1p": "np.log1p", "sin": "np.sin",
        "cos": "np.cos", "Abs": "np.abs", "pi": "real.pi", "inf": "np.inf", "max": "np.maximum",
        "min": "np.minimum", "sign": "np.sign", "pinv": "pinv", "uniform": "uniform", "where": "np.where",
        "and": "&",
    }  # fmt: skip

    def number(self, q: Rational) -> str:
        """A rational constant; a fraction is computed in the working precision."""
        return super().number(q) if q.q == 1 else f"real({q.p}, {q.q})"

    def _call(self, name: str, *arguments: str) -> str:
        """A call with exact arguments: a bare integer would be computed in float64 in any precision."""
        return super()._call(name, *[self._exact(text) for text in arguments])

    def _exact(self, text: str) -> str:
        return f"real({text})" if text.strip("(-)").isdigit() else text

    def symbolic_power(self, base: str, exponent: str) -> str:
        """A call of the helper `fading`, in which the underflow of a decaying power is not reported."""
        return f"fading({base}, {exponent})"

    def complement(self, base: Expr, exponent: Expr) -> str | None:
        """-expm1(exponent log base) for a base above 1/2; below, 1 - base**exponent loses no digits."""
        b, n = self.print(base), self.print(exponent)
        near = f"np.log(np.maximum({self._exact(b)}, 0.5))"
        return f"np.where({b} > 0.5, -np.expm1({n} * {near}), 1 - fading({b}, {n}))"
