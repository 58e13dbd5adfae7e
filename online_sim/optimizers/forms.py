"""How an expression of a rule becomes a list, one entry for each parameter tensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sympy import Mul, S

from online_sim.engines.program import Reduction
from online_sim.engines.tree import Node, Value, name_of, read
from theory.symbols import df

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from theory.printing.base import SourcePrinter


class Form(Protocol):
    """How an expression becomes a list."""

    def value(self, e: Expr, out: list[Node], *, free: Symbol | None = None) -> Value:
        """The value of an expression that is a list; statements that it needs first are added to `out`.

        free: an old state that is read here for the last time, so that the new one may overwrite it.
        """

    def number(self, e: Expr) -> Value:
        """A number for all tensors as a list of numbers."""

    def reduced(self, how: Reduction, e: Expr, out: list[Node]) -> Value:
        """The sums, or the maxima, over the coordinates of each tensor."""


@dataclass
class Scope:
    """What the symbols of a rule stand for while it is printed.

    Args:
        uniform: The symbols that are one number for all tensors.
        nonnegative: Those among them that cannot be negative.
        kept: The symbols whose tensors are overwritten at the end of the round.
        full: The symbols known to have the shape of the parameter; others may be a number to be spread.
    """

    uniform: frozenset[Symbol]
    nonnegative: frozenset[Symbol]
    kept: frozenset[Symbol]
    full: set[Symbol]

    def listed(self, e: Expr) -> list[Symbol]:
        """The symbols of an expression that are lists, in a fixed order."""
        return sorted(e.free_symbols - self.uniform, key=name_of)

    def split(self, e: Expr) -> tuple[Expr, Expr]:
        """A product as its number and its lists; any other expression has the number 1."""
        return e.as_independent(*self.listed(e), as_Add=False) if isinstance(e, Mul) else (S.One, e)

    def is_full(self, e: Expr) -> bool:
        """Whether the value is known to have the shape of the parameter."""
        return bool(e.free_symbols & self.full)


@dataclass(frozen=True)
class LoopForm:
    """One list comprehension for each expression: plain operations on tensors or arrays.

    Args:
        scope: What symbols stand for.
        printer: What prints an expression.
        copied: The text of a copy.
    """

    scope: Scope
    printer: SourcePrinter
    copied: str = "{}.clone()"

    def value(self, e: Expr, out: list[Node], *, free: Symbol | None = None) -> Value:
        """See `Form`."""
        if not self.scope.listed(e):
            return self.over(f"full_like({name_of(df)}, {self.printer.print(e)}, real)", e, df)
        if e.is_Symbol:
            return self.over(self.copied.format(name_of(e)), e) if e in self.scope.kept else read(e)
        return self.over(self.printer.print(e), e)

    def number(self, e: Expr) -> Value:
        """See `Form`."""
        return self.over(f"number_like({name_of(df)}, {self.printer.print(e)})", e, df)

    def reduced(self, how: Reduction, e: Expr, out: list[Node]) -> Value:
        """See `Form`."""
        text, name = self.printer.print(e), "largest" if how is Reduction.MAX else "total"
        if self.scope.is_full(e):
            return self.over(f"{name}({text})", e)
        return self.over(f"{name}(spread({text}, {name_of(df)}, real))", e, df)

    def over(self, text: str, e: Expr, *more: Symbol) -> Value:
        """A comprehension of the text over the lists that it reads."""
        symbols = list(dict.fromkeys([*self.scope.listed(e), *more]))
        names = ", ".join(map(name_of, symbols))
        source = names if len(symbols) == 1 else f"zip({names}, strict=True)"
        return Value(f"[{text} for {names} in {source}]", frozenset({*e.free_symbols, *more}))
