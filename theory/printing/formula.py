"""Formulas as plain text for people and parsers: `alpha/sqrt(t)`, `SumCoords(abs(g))`.

The text is a Python expression of names, integers and calls, with the node names of the theorem language. A
fraction is a quotient of integers, so nothing is rounded. docs/certificates.md documents its readers.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from theory.printing.base import SourcePrinter, UnknownNodeError
from theory.quantities import (
    CumMax,
    CumSum,
    Discounted,
    Expectation,
    LossAt,
    MaxCoords,
    Prev,
    Quantity,
    Regret,
    SumCoords,
    Supremum,
)

_NODES = (CumMax, CumSum, Discounted, Expectation, LossAt, MaxCoords, Prev, Regret, SumCoords, Supremum)


class FormulaPrinter(SourcePrinter):
    """Prints an expression of the theorem language, including quantities; symbols print as their names."""

    functions: ClassVar[Mapping[str, str]] = {
        "sqrt": "sqrt", "exp": "exp", "log": "log", "log1p": "log1p", "sin": "sin", "cos": "cos",
        "Abs": "abs", "pi": "pi", "sign": "sign", "pinv": "pinv", "where": "where", "and": "and",
    }  # fmt: skip

    def print(self, e: Any) -> str:
        """Source text, or UnknownNodeError."""
        if isinstance(e, Quantity):
            if type(e) not in _NODES:
                raise UnknownNodeError(f"{type(e).__name__} has no place in a formula as text: {e}")
            return f"{type(e).__name__}({', '.join(self.print(argument) for argument in e.args)})"
        return super().print(e)

    def extreme(self, which: str, arguments: list[str]) -> str:
        """One call with all arguments."""
        return f"{which}({', '.join(arguments)})"

    def _pow(self, e: Any) -> str:
        """A power stays a power, unlike in compiled code, which multiplies."""
        base, exponent = e.args
        if exponent.is_Integer and exponent > 0:
            return self.power(self.print(base), exponent)
        return super()._pow(e)


@lru_cache(maxsize=4096, typed=True)
def formula(e: Any) -> str:
    """The text of an expression or a relation; UnknownNodeError for a node that has none."""
    # Python's parser removes redundant parentheses.
    return ast.unparse(ast.parse(FormulaPrinter().print(e), mode="eval"))
