"""Print a program as functions on torch tensors: one function plays one round of all replicates at once.

What depends on the round and the parameters alone (beta**t, alpha/sqrt(t), a whole rectification term) is
computed for many rounds ahead, in float64, by the generated `table`; a round reads one row of it. So no round
asks the host for a number, and no power is computed once a coordinate. The other scalars are float64
tensors (R, 1), narrowed to the working precision where they meet a vector (R, d). States are overwritten.
"""

from __future__ import annotations

import re
from typing import Any

from sympy import Add, Expr, Mul, Symbol
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import Boolean

from online_sim.engines.program import (
    LOWER,
    METRIC,
    POINT,
    UPPER,
    Assigned,
    Averaged,
    Body,
    Definition,
    Picked,
    Program,
    Reduced,
    Reduction,
    Stacked,
    Stage,
)
from theory.printing.torch_source import TorchPrinter
from theory.quantities import UniformDraw, is_vector
from theory.symbols import Scalar, Vector, a, b, coordinate, d, t, x, x_next

HEADER = '''"""Generated source: the rounds of one game on torch tensors."""
import math

import torch

from online_sim.engines.torch_kernel import choose, maximum, minimum, once, pinv, spread, uniform
'''


def print_round(program: Program) -> str:
    """The source of `table`, `lean` and `full` for a program; their arguments are explained in the text.

    `table(t, d, parameters)` gives float64 (m, R, n) for rounds t (m, 1); `lean` and `full` play one round
    and return the recorded scalars (R, K) or None, the recorded vectors, and the series (R, S) or None.
    """
    return _Writer(program).write()


class _Writer:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.columns: dict[Expr, Symbol] = {}
        self.fixed: dict[Symbol, Expr] = {}
        self.parameters = set(program.parameters)
        self.scalar = TorchPrinter(_Names())
        self.vector = TorchPrinter(_Names(), real="real")
        self.column(t)  # `wide` has a column, and a projection the round that it may fail in

    def write(self) -> str:
        bodies = [
            line
            for name, body, record in (("lean", self.program.lean, False), ("full", self.program.full, True))
            for line in self.function(name, body, record=record)
        ]
        return "\n".join([HEADER, "", *self.table(), *bodies])

    def table(self) -> list[str]:
        """Every column that a body reads; printed last, placed first."""
        names = ", ".join(f"s_{name}" for name in self.program.parameters)
        columns = [self.scalar.print(e) for e in self.columns]
        return [
            "def table(s_t, s_d, parameters):",
            "    # s_t (m, 1), s_d (1, 1), parameters: one (1, R) each",
            *([f"    {names}, = parameters"] if names else []),
            "    shape = torch.broadcast_shapes(s_t.shape, *(p.shape for p in parameters))",
            f"    columns = [{', '.join(columns)}]",
            "    return torch.stack([c.expand(shape) for c in columns], dim=-1)",
            "",
            "",
        ]

    def function(self, name: str, body: Body, *, record: bool) -> list[str]:
        """One round: the columns it reads, the stages, what it hands back, the states."""
        inner = self.body(body, record=record)
        used = set(re.findall(r"\w+", "\n".join(inner)))
        vectors = [self.text(s.old) for s in self.program.vector_states]
        scalars = [self.text(s.old) for s in self.program.scalar_states]
        begin = [
            "real, zero = tools.real, wide[:, :1] * 0.0",
            f"{', '.join(vectors)}, = vectors",
            *(f"{name} = scalars[:, {k}:{k + 1}]" for k, name in enumerate(scalars)),
        ]
        for k in range(len(self.columns)):
            for prefix in ("wide", "narrow"):
                if f"s_{prefix}__{k}" in used:
                    begin.append(f"s_{prefix}__{k} = {prefix}[:, {k}:{k + 1}]")
        if self.text(coordinate) in used:
            begin.append(f"{self.text(coordinate)} = tools.coordinates()")
        if self.text(LOWER) in used:
            begin.append(f"{self.text(LOWER)}, {self.text(UPPER)} = tools.bounds")
        return [
            f"def {name}(wide, narrow, vectors, scalars, {self.text(a)}, {self.text(b)}, tools):",
            *_indent([*begin, *inner]),
            "",
            "",
        ]

    # -- one round ------------------------------------------------------------------------------------

    def body(self, body: Body, *, record: bool) -> list[str]:
        program = self.program
        out: list[str] = []
        kept = [s for _, s in program.vector_records] if record else []
        if x in kept:
            out.append("v_x__kept = v_x.clone()")
        updated: set[Symbol] = set()
        for number, stage in enumerate(body.stages):
            if body.project_at == number:
                point, metric, now = map(self.text, (POINT, METRIC, self.column(t)))
                out.append(f"{self.text(x_next)} = tools.project({point}, {metric}, {now})")
            out += self.stage(stage)
            for state in program.vector_states:
                done = body.stage_of(state.new) == number
                if state.old != state.new and done and body.in_place(state):
                    out += self.overwrite(state.old, state.new)
                    updated.add(state.new)
        names = ["v_x__kept" if s == x else self.text(s) for s in kept]
        scalars = [self.text(s) for _, s in program.scalar_records] if record else []
        out.append(f"records = {_columns(scalars)}")
        out.append(f"series = {_columns([self.text(s) for _, s in program.series])}")
        if program.scalar_states:
            out.append(f"scalars.copy_({_columns([self.text(s.new) for s in program.scalar_states])})")
        for state in program.vector_states:
            if state.old != state.new and state.new not in updated:
                out += self.overwrite(state.old, state.new)
        return [*out, f"return records, [{', '.join(names)}], series"]

    def overwrite(self, old: Symbol, new: Symbol) -> list[str]:
        """The new value takes the place of the old one, and is read from there."""
        return [f"{self.text(old)}.copy_({self.text(new)})", f"{self.text(new)} = {self.text(old)}"]

    def stage(self, stage: Stage) -> list[str]:
        out = [line for definition in stage.scalars for line in self.definition(definition)]
        hoisted: dict[Expr, Symbol] = {}
        vectors = [(v, self.narrow(self.known(v.expression), hoisted)) for v in stage.vectors]
        sums = [(r, self.narrow(self.known(r.expression), hoisted)) for r in stage.reductions]
        out += [f"{self.text(s)} = tools.narrow({self.late(e)})" for e, s in hoisted.items()]
        for v, narrow in vectors:
            out.append(f"{self.text(v.symbol)} = {self.vector_value(v.expression, narrow)}")
        out += self.reductions(sums)
        return out + [line for definition in stage.rows for line in self.definition(definition)]

    def late(self, e: Expr) -> str:
        text = f"zero + {self.scalar.print(self.early(e))}"
        return text if e.is_Symbol else f"once({text})"

    def vector_value(self, e: Expr, narrow: Expr) -> str:
        text = self.vector.print(narrow)
        if e.is_Symbol and is_vector(e):
            return f"{text}.clone()"  # the array it names may be overwritten
        if not is_vector(e):
            return f"spread({text}, v_x)"
        return f"tools.narrow({text})" if _is_exact(e) else text

    def reductions(self, sums: list[tuple[Reduced, Expr]]) -> list[str]:
        """All sums of a stage in one call: across processes they are one message."""
        texts = {
            r.symbol: f"{self.vector.print(e)}"
            if is_vector(r.expression)
            else f"spread({self.vector.print(e)}, v_x)"
            for r, e in sums
        }
        added = [r.symbol for r, _ in sums if r.how is Reduction.SUM]
        out = []
        if added:
            names, parts = (", ".join(map(f, added)) for f in (self.text, texts.__getitem__))
            out.append(f"{names}, = tools.total(tools.partial({parts}))")
        for r, _ in sums:
            if r.how is not Reduction.SUM:
                name = "largest" if r.how is Reduction.MAX else "group_sum"
                out.append(f"{self.text(r.symbol)} = tools.{name}({texts[r.symbol]})")
        return out

    def definition(self, definition: Definition) -> list[str]:
        """A scalar, or a vector that is not computed coordinate by coordinate."""
        name = self.text(definition.symbol)
        match definition:
            case Picked():
                return [
                    f"{name} = zero + tools.component({self.text(definition.source)}, {definition.index})"
                ]
            case Stacked():
                parts = ", ".join(
                    f"zero + {self.scalar.print(self.early(self.known(p)))}" for p in definition.coordinates
                )
                return [f"{name} = tools.stack([{parts}])"]
            case Averaged():
                inner = self.early(self.known(definition.factor))
                function = f"lambda s_row_label, s_row_product: {self.scalar.print(inner)}"
                point = self.text(definition.point)
                return [f"{name} = tools.mean_rows({function}, {point}, {definition.vector})"]
            case Assigned():
                e = self.known(definition.expression)
                if self.is_early(e):
                    self.fixed[definition.symbol] = e
                return [f"{name} = zero + {self.scalar.print(self.early(e))}"]
        raise ValueError("a Python loss has no source; use engine='numpy'")

    # -- expressions ----------------------------------------------------------------------------------

    def text(self, s: Symbol) -> str:
        return self.scalar.print(s)

    def known(self, e: Expr) -> Expr:
        """Scalars that are early themselves written out."""
        return e.xreplace({s: self.fixed[s] for s in e.free_symbols if s in self.fixed})

    def is_early(self, e: Any) -> bool:
        """Whether an expression depends on the round and the parameters alone."""
        return all(
            s in {t, d} or (isinstance(s, Scalar) and s.name in self.parameters) for s in e.free_symbols
        )

    def early(self, e: Expr) -> Expr:
        """The expression with its largest early parts replaced by columns of the table."""
        return self.replace(e, self.is_early, self.column)

    def column(self, e: Expr) -> Symbol:
        return self.columns.setdefault(e, Scalar(f"wide__{len(self.columns)}"))

    def narrow(self, e: Expr, hoisted: dict[Expr, Symbol]) -> Expr:
        """The expression with its largest scalar parts replaced by numbers in the working precision."""

        def replaced(part: Expr) -> Symbol:
            if self.is_early(part):
                column = self.column(part)
                return column if _is_exact(e) else Scalar(column.name.replace("wide", "narrow"))
            return hoisted.setdefault(part, Scalar(f"late__{len(hoisted)}"))

        return self.replace(e, lambda part: not is_vector(part), replaced)

    def replace(self, e: Any, wanted: Any, replacement: Any) -> Any:
        """Replace the largest parts that are wanted, numbers and conditions aside."""
        if isinstance(e, UniformDraw):
            # Its arguments are whole numbers: they stay in float64.
            return e.func(*[self.early(part) for part in e.args])
        if not e.free_symbols:
            return e
        condition = isinstance(e, Boolean | ExprCondPair) and not e.is_Symbol
        if not condition and wanted(e):
            return replacement(e)
        if isinstance(e, Add | Mul):
            inside = [part for part in e.args if part.free_symbols and wanted(part)]
            rest = [self.replace(part, wanted, replacement) for part in e.args if part not in inside]
            return e.func(*([replacement(e.func(*inside))] if inside else []), *rest)
        return e.func(*[self.replace(part, wanted, replacement) for part in e.args]) if e.args else e


class _Names(dict[Any, str]):
    """Scalars print as s_name, vectors as v_name: no clash with keywords or the frame's variables."""

    def get(self, s: Any, default: Any = None) -> str:
        return f"v_{s.name}" if isinstance(s, Vector) else f"s_{s.name}"


def _is_exact(e: Expr) -> bool:
    """Whether a vector may hold whole numbers beyond float32: it is computed in float64, then narrowed."""
    return bool(e.has(UniformDraw, coordinate))


def _columns(names: list[str]) -> str:
    """Scalars side by side, (R, n)."""
    return f"torch.cat([{', '.join(f'zero + {name}' for name in names)}], dim=1)" if names else "None"


def _indent(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]
