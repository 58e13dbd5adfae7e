"""Source for torch tensors: one statement per vector, without branching on or reading back a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from theory.printing.tensor_source import TensorPrinter


class TorchPrinter(TensorPrinter):
    """Prints expressions of tensors; `torch`, `math` and the helpers of the torch engine must be in scope.

    Constants are Python numbers, which take the precision of the tensors they are combined with; a constant
    expression such as sqrt(2) is computed in float64 when the source runs. real: the text of the precision of
    a choice between two constants.
    """

    module = "torch"
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

    def at_least(self, u: str, number: str) -> str:
        """See `TensorPrinter`."""
        return f"torch.clamp({u}, min={number})"

    def choose(self, condition: str, yes: str, no: str) -> str:
        """An elementwise choice by a helper that also accepts constants."""
        return f"choose({condition}, {yes}, {no}, {self.real})"
