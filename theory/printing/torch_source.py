"""Source for torch tensors: one statement per vector, without branching on or reading back a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from sympy import Expr, log

from theory.printing.base import SourcePrinter
from theory.printing.loop_source import LoopPrinter

if TYPE_CHECKING:
    from sympy.logic.boolalg import Boolean


class TorchPrinter(SourcePrinter):
    """Prints expressions of tensors; `torch`, `math` and the helpers of the torch engine must be in scope.

    Constants are Python numbers, which take the precision of the tensors they are combined with; a constant
    expression such as sqrt(2) is computed in float64 when the source runs. real: the text of the precision of
    a choice between two constants.
    """

    functions: ClassVar[Mapping[str, str]] = {
        "sqrt": "torch.sqrt", "exp": "torch.exp", "log": "torch.log", "log1p": "torch.log1p",
        "sin": "torch.sin", "cos": "torch.cos", "Abs": "torch.abs", "pi": "math.pi", "inf": "math.inf",
        "max": "maximum", "min": "minimum", "sign": "torch.sign", "pinv": "pinv", "uniform": "uniform",
        "and": "&",
    }  # fmt: skip

    def __init__(self, name: Callable[[Any], str] = str, *, real: str = "torch.float64") -> None:
        """See `SourcePrinter`."""
        super().__init__(name)
        self.real = real

    def print(self, e: Expr | Boolean) -> str:
        """Source text; an expression without symbols is arithmetic on Python numbers."""
        if isinstance(e, Expr) and e.args and not e.free_symbols:
            return LoopPrinter().print(e)
        return super().print(e)

    def complement(self, base: Expr, exponent: Expr) -> str | None:
        """-expm1(exponent log base) for a base above 1/2; below, 1 - base**exponent loses no digits."""
        b, n = self.print(base), self.print(exponent)
        if not base.free_symbols:
            return f"(-torch.expm1({n} * {self.print(log(base))}))" if base > 0 else None
        near = f"torch.log(torch.clamp({b}, min=0.5))"
        return f"torch.where({b} > 0.5, -torch.expm1({n} * {near}), 1 - {b} ** {n})"

    def choose(self, condition: str, yes: str, no: str) -> str:
        """An elementwise choice by a helper that also accepts constants."""
        return f"choose({condition}, {yes}, {no}, {self.real})"
