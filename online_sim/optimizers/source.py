"""Print an update rule as functions on lists of tensors, one entry for each parameter tensor.

`update` computes u_t, a number that multiplies it, and the new states; `numbers` and `number_tensors` the
early scalars as Python floats or as tensors; `initial` the states before round 1. A vector is a list of
tensors, and so is a scalar that is not early: one number for each tensor. The loop form prints every line as
a list comprehension; how the foreach form prints an expression is in `online_sim.optimizers.foreach_source`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sympy import Pow, Rational, S

from online_sim.engines.program import Reduced, Reduction
from online_sim.engines.tree import Line, Node, assign, lines, name_of
from online_sim.optimizers.foreach_source import ForeachForm
from online_sim.optimizers.forms import Form, LoopForm, Scope
from online_sim.optimizers.rule import Rule, column
from theory.printing.jax_source import JaxPrinter
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
    choose, foreach_norm1, foreach_over, foreach_pinv, full_like, largest, maximum, minimum, number_like,
    pinv, spread, total,
)
'''
ARRAYS = '''"""Generated source: the update of {name} on lists of arrays."""
import math

import jax.numpy as jnp

from online_sim.optimizers.arrays_kernel import full_like, largest, number_like, pinv, spread, total
'''
LISTS = (x, df, f)
"""What comes in as a list, in the order of the arguments; the states follow."""


def print_rule(rule: Rule, *, foreach: bool, uniform: bool, shared: bool) -> str:
    """The source of the functions of a rule.

    Args:
        rule: What to print.
        foreach: Whether one call computes a line for all tensors.
        uniform: Whether the early scalars are Python floats, one for all tensors; otherwise each is a list.
        shared: Whether reductions run over more than one tensor: `update` is then a generator, which yields
            the sums of each tensor, and is sent those over all.
    """
    scope = _scope(rule, uniform=uniform)
    loop = LoopForm(scope, TorchPrinter(name_of, real="real"))
    form: Form = ForeachForm(loop) if foreach else loop
    return "\n".join(
        [
            HEADER.format(name=rule.name),
            "",
            *_early("numbers", rule, LoopPrinter(name_of)),
            *_early("number_tensors", rule, TorchPrinter(name_of)),
            *_initial(rule, LoopPrinter(name_of)),
            *_update(rule, form, scope, shared=shared),
        ]
    )


def print_arrays(rule: Rule, *, shared: bool) -> str:
    """The source of `numbers`, `initial` and `update` on lists of JAX arrays, in the loop form.

    Args:
        rule: What to print.
        shared: As for `print_rule`.
    """
    scope, printer = _scope(rule, uniform=True), JaxPrinter(name_of)
    return "\n".join(
        [
            ARRAYS.format(name=rule.name),
            "",
            *_early("numbers", rule, printer),
            *_initial(rule, printer),
            *_update(rule, LoopForm(scope, printer, copied="{}"), scope, shared=shared),
        ]
    )


def _scope(rule: Rule, *, uniform: bool) -> Scope:
    columns = {column(k): e for k, e in enumerate(rule.early)} if uniform else {}
    return Scope(
        uniform=frozenset(columns),
        nonnegative=frozenset(s for s, e in columns.items() if e.is_nonnegative or _is_root(e)),
        kept=frozenset({x, *(s.old for s in rule.states)}),
        full={x, df, *(s.old for s in rule.states if s.vector)},
    )


def _is_root(e: Expr) -> bool:
    return isinstance(e, Pow) and e.exp == Rational(1, 2)


def _early(name: str, rule: Rule, printer: SourcePrinter) -> list[str]:
    """The function of the round and the parameters that gives the early scalars."""
    arguments = ", ".join(name_of(s) for s in (t, *map(Scalar, rule.parameters)))
    return [f"def {name}({arguments}):", f"    return {listed(map(printer.print, rule.early))}", "", ""]


def listed(texts: Iterable[str]) -> str:
    """A list of texts."""
    return f"[{', '.join(texts)}]"


def _initial(rule: Rule, printer: SourcePrinter) -> list[str]:
    arguments = ", ".join(name_of(Scalar(name)) for name in rule.parameters)
    values = listed(printer.print(state.initial) for state in rule.states)
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
            if scope.listed(e) or isinstance(symbol, Vector):
                value = form.value(e, out, free=last.get(symbol))
            else:  # an early scalar that is a state
                value = form.number(e)
            out.append(assign(symbol, value))
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
