"""Source for one coordinate inside a compiled loop (numba): scalar float64 arithmetic only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from theory.printing.base import SourcePrinter

if TYPE_CHECKING:
    from sympy import Expr, Rational


class LoopPrinter(SourcePrinter):
    """Prints expressions of float64 scalars; `math` and `pinv` must be in scope.

    Choices are conditional expressions on values already computed, which the compiler turns into selects.
    single: whether constants are float32, because one float64 number would make its expression float64.
    """

    functions: ClassVar[Mapping[str, str]] = {
        "sqrt": "math.sqrt", "exp": "math.exp", "log": "math.log", "log1p": "math.log1p", "sin": "math.sin",
        "cos": "math.cos", "Abs": "abs", "pi": "math.pi", "inf": "math.inf", "max": "max", "min": "min",
        "pinv": "pinv", "uniform": "uniform", "and": "and",
    }  # fmt: skip

    def __init__(self, name: Callable[[Any], str] = str, *, single: bool = False) -> None:
        """See `SourcePrinter`."""
        super().__init__(name)
        self.single = single

    def number(self, q: Rational) -> str:
        """A float constant; a fraction is divided in float64 (correctly rounded up to 2^53)."""
        text = f"({q.p}.0 / {q.q}.0)" if q.q != 1 else f"{q.p}.0" if q.p >= 0 else f"({q.p}.0)"
        return f"np.float32({text})" if self.single else text

    def complement(self, base: Expr, exponent: Expr) -> str | None:
        """-expm1(exponent log base) for a base above 1/2; below, 1 - base**exponent loses no digits."""
        b, n = self.print(base), self.print(exponent)
        return f"(-math.expm1({n} * math.log({b})) if {b} > 0.5 else 1.0 - {b} ** {n})"

    def choose(self, condition: str, yes: str, no: str) -> str:
        """A conditional expression."""
        return f"({yes} if {condition} else {no})"

    def signum(self, u: str) -> str:
        """A difference of comparisons, without a branch."""
        return f"(({u} > 0.0) * 1.0 - ({u} < 0.0) * 1.0)"
