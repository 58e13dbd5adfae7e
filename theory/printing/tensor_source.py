"""What the printers for torch tensors and JAX arrays share."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from sympy import Expr, log

from theory.printing.base import SourcePrinter
from theory.printing.loop_source import LoopPrinter

if TYPE_CHECKING:
    from sympy.logic.boolalg import Boolean


class TensorPrinter(SourcePrinter):
    """Prints expressions of tensors without a branch on a value; `math` must be in scope.

    Constants are Python numbers, which take the precision of the tensors they are combined with.

    Attributes:
        module: The name of the library in the source.
    """

    module: ClassVar[str]

    def print(self, e: Expr | Boolean) -> str:
        """Source text; an expression without symbols is arithmetic on Python numbers."""
        if isinstance(e, Expr) and e.args and not e.free_symbols:
            return LoopPrinter().print(e)
        return super().print(e)

    @abstractmethod
    def at_least(self, u: str, number: str) -> str:
        """The larger of a tensor and a number."""

    def complement(self, base: Expr, exponent: Expr) -> str | None:
        """-expm1(exponent log base) for a base above 1/2; below, 1 - base**exponent loses no digits."""
        b, n = self.print(base), self.print(exponent)
        if not base.free_symbols:
            return f"(-{self.module}.expm1({n} * {self.print(log(base))}))" if base > 0 else None
        near = f"-{self.module}.expm1({n} * {self.module}.log({self.at_least(b, '0.5')}))"
        return f"{self.module}.where({b} > 0.5, {near}, 1 - {b} ** {n})"
