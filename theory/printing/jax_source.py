"""Source for JAX arrays: one statement per array, without branching on a value, so that it can be traced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from sympy import Expr, log

from theory.printing.base import SourcePrinter
from theory.printing.loop_source import LoopPrinter

if TYPE_CHECKING:
    from sympy.logic.boolalg import Boolean


class JaxPrinter(SourcePrinter):
    """Prints expressions of arrays; `jnp`, `math` and `pinv` must be in scope.

    Constants are Python numbers, which take the precision of the arrays they are combined with. XLA replaces
    subnormal numbers by 0.
    """

    functions: ClassVar[Mapping[str, str]] = {
        "sqrt": "jnp.sqrt", "exp": "jnp.exp", "log": "jnp.log", "log1p": "jnp.log1p", "sin": "jnp.sin",
        "cos": "jnp.cos", "Abs": "jnp.abs", "pi": "math.pi", "inf": "math.inf", "max": "jnp.maximum",
        "min": "jnp.minimum", "sign": "jnp.sign", "pinv": "pinv", "where": "jnp.where", "and": "&",
    }  # fmt: skip

    def print(self, e: Expr | Boolean) -> str:
        """Source text; an expression without symbols is arithmetic on Python numbers."""
        if isinstance(e, Expr) and e.args and not e.free_symbols:
            return LoopPrinter().print(e)
        return super().print(e)

    def complement(self, base: Expr, exponent: Expr) -> str | None:
        """-expm1(exponent log base) for a base above 1/2; below, 1 - base**exponent loses no digits."""
        b, n = self.print(base), self.print(exponent)
        if not base.free_symbols:
            return f"(-jnp.expm1({n} * {self.print(log(base))}))" if base > 0 else None
        return f"jnp.where({b} > 0.5, -jnp.expm1({n} * jnp.log(jnp.maximum({b}, 0.5))), 1 - {b} ** {n})"
