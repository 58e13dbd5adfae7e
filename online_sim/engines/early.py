"""Early scalars: numbers that depend only on the round and the parameters, such as beta**t or alpha/sqrt(t).

Where a vector is a tensor they are computed apart from the vectors: no power is computed a coordinate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, final

from online_sim.engines.rewriting import replace_parts
from theory.symbols import Scalar, d, t

if TYPE_CHECKING:
    from sympy import Expr, Symbol


@final
class EarlyScalars:
    """Which scalars of a program are early; `fixed` grows while its lines are read in order.

    Args:
        parameters: The names of the program's parameters.
    """

    def __init__(self, parameters: Iterable[str]) -> None:
        self.parameters = frozenset(parameters)
        self.fixed: dict[Symbol, Expr] = {}

    def learn(self, symbol: Symbol, expression: Expr) -> bool:
        """Whether a line is early; if so, its symbol stands for the expression from now on."""
        e = self.known(expression)
        if not isinstance(symbol, Scalar) or not self.is_early(e):
            return False
        self.fixed[symbol] = e
        return True

    def known(self, e: Expr) -> Expr:
        """The expression with all early scalars in it expanded."""
        return e.xreplace({s: self.fixed[s] for s in e.free_symbols if s in self.fixed})

    def is_early(self, e: Any) -> bool:
        """Whether an expression depends only on the round and the parameters."""
        return all(
            s in {t, d} or (isinstance(s, Scalar) and s.name in self.parameters) for s in e.free_symbols
        )

    def replaced(self, e: Expr, column: Callable[[Expr], Symbol]) -> Expr:
        """The expression with its largest early parts that hold a symbol replaced by those of `column`."""
        return replace_parts(e, lambda part: part.free_symbols and self.is_early(part), column)
