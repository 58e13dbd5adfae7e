"""Print an update rule as functions on lists of tensors, one entry for each parameter tensor.

`update` computes u_t, a number that multiplies it, and the new states; `numbers` and `number_tensors` the
early scalars as Python floats or as tensors; `initial` the states before round 1. A vector is a list of
tensors, and so is a scalar that is not early: one number for each tensor. The loop form prints every line as
a list comprehension; how the foreach form prints an expression is in `online_sim.optimizers.foreach_source`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sympy import Mul, Pow, Rational, S

from online_sim.engines.program import Reduced, Reduction
from online_sim.engines.tree import Line, Node, Value, assign, lines, name_of, read
from online_sim.optimizers.rule import Rule, column
from theory.printing.loop_source import LoopPrinter
from theory.printing.torch_source import TorchPrinter
from theory.symbols import Scalar, Vector, df, f, t, x

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from theory.printing.base import SourcePrinter

HEADER = '''"""Generated source: the update of {name} on lists of tensors."""
import math

import torch

from online_sim.optimizers.tensors_kernel import (
    choose, foreach_over, foreach_pinv, full_like, largest, maximum, minimum, pinv, spread, total
)
'''
LISTS = (x, df, f)
"""What comes in as a list, in the order of the arguments; the states follow."""


class Form(Protocol):
    """How an expression becomes a list."""

    def value(self, e: Expr, out: list[Node], *, free: Symbol | None = None) -> Value:
        """The value of an expression that is a list; statements that it needs first are added to `out`.

        free: an old state that is read here for the last time, so that the new one may overwrite it.
        """

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
    """One list comprehension for each expression: plain tensor operations."""

    scope: Scope
    printer: SourcePrinter = field(default_factory=lambda: TorchPrinter(name_of, real="real"))

    def value(self, e: Expr, out: list[Node], *, free: Symbol | None = None) -> Value:
        """See `Form`."""
        if not self.scope.listed(e):
            return self.over(f"full_like({name_of(x)}, {self.printer.print(e)}, real)", e, x)
        if e.is_Symbol:
            return self.over(f"{name_of(e)}.clone()", e) if e in self.scope.kept else read(e)
        return self.over(self.printer.print(e), e)

    def reduced(self, how: Reduction, e: Expr, out: list[Node]) -> Value:
        """See `Form`."""
        text, name = self.printer.print(e), "largest" if how is Reduction.MAX else "total"
        if self.scope.is_full(e):
            return self.over(f"{name}({text})", e)
        return self.over(f"{name}(spread({text}, {name_of(x)}, real))", e, x)

    def over(self, text: str, e: Expr, *more: Symbol) -> Value:
        """A comprehension of the text over the lists that it reads."""
        symbols = list(dict.fromkeys([*self.scope.listed(e), *more]))
        names = ", ".join(map(name_of, symbols))
        source = names if len(symbols) == 1 else f"zip({names}, strict=True)"
        return Value(f"[{text} for {names} in {source}]", frozenset({*e.free_symbols, *more}))


def print_rule(rule: Rule, *, foreach: bool, uniform: bool, shared: bool) -> str:
    """The source of the functions of a rule.

    Args:
        rule: What to print.
        foreach: Whether one call computes a line for all tensors.
        uniform: Whether the early scalars are Python floats, one for all tensors; otherwise each is a list.
        shared: Whether reductions run over more than one tensor: `update` is then a generator, which yields
            the sums of each tensor, and is sent those over all.
    """
    from online_sim.optimizers.foreach_source import ForeachForm

    columns = {column(k): e for k, e in enumerate(rule.early)} if uniform else {}
    scope = Scope(
        uniform=frozenset(columns),
        nonnegative=frozenset(s for s, e in columns.items() if e.is_nonnegative or _is_root(e)),
        kept=frozenset({x, *(s.old for s in rule.states)}),
        full={x, df, *(s.old for s in rule.states if s.vector)},
    )
    form: Form = ForeachForm(LoopForm(scope)) if foreach else LoopForm(scope)
    return "\n".join(
        [
            HEADER.format(name=rule.name),
            "",
            *early_function("numbers", rule, LoopPrinter(name_of)),
            *early_function("number_tensors", rule, TorchPrinter(name_of)),
            *_initial(rule),
            *_update(rule, form, scope, shared=shared),
        ]
    )


def _is_root(e: Expr) -> bool:
    return isinstance(e, Pow) and e.exp == Rational(1, 2)


def early_function(name: str, rule: Rule, printer: SourcePrinter) -> list[str]:
    """The function of the round and the parameters that gives the early scalars."""
    arguments = ", ".join(name_of(s) for s in (t, *map(Scalar, rule.parameters)))
    return [f"def {name}({arguments}):", f"    return {listed(map(printer.print, rule.early))}", "", ""]


def listed(texts: Iterable[str]) -> str:
    """A list of texts."""
    return f"[{', '.join(texts)}]"


def _initial(rule: Rule) -> list[str]:
    arguments = ", ".join(name_of(Scalar(name)) for name in rule.parameters)
    values = listed(LoopPrinter(name_of).print(state.initial) for state in rule.states)
    return [f"def initial({arguments}):", f"    return {values}", "", ""]


def _update(rule: Rule, form: Form, scope: Scope, *, shared: bool) -> list[str]:
    """The passes, the update and the new states."""
    out: list[Node] = []
    for symbols, source in (
        ([s.old for s in rule.states], "states"),
        ([column(k) for k in range(len(rule.early))], "columns"),
    ):
        if symbols:
            out.append(Line(f"{', '.join(map(name_of, symbols))}, = {source}", writes=tuple(symbols)))
    last = _last_reads(rule)
    for one in rule.passes:
        for symbol, e in one.lines:
            out.append(assign(symbol, form.value(e, out, free=last.get(symbol))))
            if isinstance(symbol, Vector) and scope.is_full(e):
                scope.full.add(symbol)
        out += _reductions(one.reductions, form, shared=shared)
    number, rest = scope.split(rule.update)
    if not scope.listed(rest):
        number, rest = S.One, rule.update
    value = form.value(rest, out)
    states = listed(name_of(s.new) for s in rule.states)
    out.append(Line(f"return {value.text}, {LoopPrinter(name_of).print(number)}, {states}", value.reads))
    arguments = ", ".join([*map(name_of, LISTS), "states", "columns", "real"])
    return [f"def update({arguments}):", *lines(out, 1), ""]


def _last_reads(rule: Rule) -> dict[Symbol, Symbol]:
    """The new states whose line is the last one to read the old state, which it reads once: new -> old."""
    steps = [(s, e) for one in rule.passes for s, e in one.lines]
    reduced = [r.expression for one in rule.passes for r in one.reductions]
    found: dict[Symbol, Symbol] = {}
    for state in rule.states:
        readers = [(s, e) for s, e in steps if state.old in e.free_symbols]
        others = [*reduced, rule.update]
        if readers and not any(state.old in e.free_symbols for e in others):
            symbol, e = readers[-1]
            if symbol == state.new and e.count(state.old) == 1:
                found[symbol] = state.old
    return found


def _reductions(reductions: Sequence[Reduced], form: Form, *, shared: bool) -> list[Node]:
    """Each tensor's own sums, then those over all tensors that share them; a group sum is a tensor's own."""
    out: list[Node] = []
    together = [r for r in reductions if shared and r.how is not Reduction.GROUP]
    for r in reductions:
        out.append(assign(r.symbol, form.reduced(r.how, r.expression, out)))
    if together:
        names = ", ".join(name_of(r.symbol) for r in together)
        pairs = ", ".join(f"({r.how is Reduction.MAX}, {name_of(r.symbol)})" for r in together)
        symbols = tuple(r.symbol for r in together)
        out.append(Line(f"{names}, = yield [{pairs}]", frozenset(symbols), symbols))
    return out
