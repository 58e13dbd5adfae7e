"""Print a program as one loop over rounds and coordinates, ready for numba.

Per-round scalars are hoisted out of the coordinate loop, constants out of the round loop, beta**t becomes
a running product (set to 0 below 1e-30: a denormal would make every later round twice as slow), and common
subexpressions are shared within a stage. The layout of the arguments is fixed; see `SIGNATURE`.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sympy import Add, Expr, Mul, Pow, Symbol, cse, numbered_symbols
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import Boolean

from online_sim.engines.mixing_kernel import uniform
from online_sim.engines.program import (
    LOWER,
    METRIC,
    POINT,
    UPPER,
    Body,
    Definition,
    Kind,
    Program,
    Projection,
    Stage,
)
from theory.printing.loop_source import LoopPrinter
from theory.quantities import is_vector
from theory.symbols import Scalar, Vector, a, coordinate, row, t, x, x_next

if TYPE_CHECKING:
    from online_sim.domains.base import ProjectionKernel

SIGNATURE = (
    "t_start", "vectors", "labels", "index", "parameters", "VS", "SS", "lower", "upper", "work", "set_data",
    "group", "table", "table_labels", "checkpoints", "OS", "OV", "SERIES",
)  # fmt: skip
"""Arguments of the generated `kernel`, in order:

t_start: rounds already played; vectors (Q, n, d), labels (Q, n), index (Q, m), each with Q = 1 or the
number of replicates R: the data; parameters (R, p); VS (R, vector states, d); SS (R, scalar states + powers);
lower, upper (d,): the box of a fused clip; work, set_data: scratch and numbers of a projection kernel;
group (d,): the group of each coordinate; table (n', d), table_labels (n',): the rows of MeanRows;
checkpoints (K,): rounds of this block to record at, increasing; OS (R, K, scalars), OV (R, K, vectors, d),
SERIES (R, m, series): outputs. Returns 0, or the round in which the projection failed."""


SIGNATURE_TYPES = (
    "_F, _I = types.float64, types.int64",
    "_in = lambda of, n: types.Array(of, n, 'C', readonly=True)",
    "_out = lambda n: types.Array(_F, n, 'C')",
    "TYPES = types.int64(_I, _in(_F, 3), _in(_F, 2), _in(_I, 2), _in(_F, 2), _out(3), _out(2),",
    "                    _in(_F, 1), _in(_F, 1), _out(1), _in(_F, 1), _in(_I, 1), _in(_F, 2), _in(_F, 1),",
    "                    _in(_I, 1), _out(3), _out(4), _out(3))",
)
"""One signature for every kernel: inputs may be read-only, so one compilation serves all callers."""


PARAMETER = "p__"
"""Prefix of a parameter's name inside the kernel."""


@dataclass
class Printed:
    """Generated source, and the bases of the running powers that follow the scalar states in SS."""

    text: str
    powers: tuple[Expr, ...]


def print_kernel(program: Program, projection: ProjectionKernel | None = None) -> Printed:
    """The self-contained source of `kernel` for a program (and its projection kernel, when it calls one)."""
    if program.projection is Projection.CALL and projection is None:
        raise ValueError("a program that calls a projection needs the kernel of the domain")
    return _KernelWriter(program, projection).write()


def is_round_free(e: Expr) -> bool:
    """Whether an expression holds only parameters, under the compiler's names for them."""
    return all(str(s).startswith(PARAMETER) for s in e.free_symbols)


@dataclass
class _KernelWriter:
    program: Program
    projection: ProjectionKernel | None
    constants: dict[Expr, Symbol] = field(default_factory=dict)
    powers: dict[Expr, Symbol] = field(default_factory=dict)
    buffers: dict[Symbol, str] = field(default_factory=dict)
    temporaries: int = 0

    def __post_init__(self) -> None:
        self.parameters = {Scalar(f"{PARAMETER}{n}"): n for n in self.program.parameters}
        self.by_name = {n: s for s, n in self.parameters.items()}
        self.printer = LoopPrinter(_Names())

    def write(self) -> Printed:
        lean = self.body(self.program.lean, record=False)
        full = self.body(self.program.full, record=True)
        lines = [*self.prologue(), *self.rounds(lean, full), *self.epilogue()]
        header = [
            '"""Generated source: one game, all rounds, all replicates."""',
            "import math",
            "import numpy as np",
            "from numba import njit, types",
            "",
            *SIGNATURE_TYPES,
            "",
            '@njit(cache=True, error_model="numpy")',
            "def pinv(w):",
            "    return 1.0 / w if w != 0.0 else 0.0",
            "",
        ]
        if self.program.uses_uniform:
            header += ["@njit", inspect.getsource(uniform), ""]
        if self.projection is not None and self.program.projection is Projection.CALL:
            header += [
                inspect.getsource(self.projection.module).replace("from __future__ import annotations\n", ""),
                "",
            ]
        decorator = '@njit(TYPES, cache=True, error_model="numpy", fastmath={"reassoc", "nsz", "contract"})'
        text = "\n".join([*header, decorator, f"def kernel({', '.join(SIGNATURE)}):", *lines, ""])
        return Printed(text, tuple(self.powers))

    # -- the frame ------------------------------------------------------------------------------------

    def prologue(self) -> list[str]:
        program = self.program
        out = [
            "    d = VS.shape[2]",
            "    s_d = float(d)",
            "    m_rounds = index.shape[1]",
            "    n_checkpoints = checkpoints.shape[0]",
        ]
        out += [f"    {name} = np.empty(d)" for name in self.buffers.values()]
        if program.uses_groups:
            out.append("    n_groups = group.max() + 1")
        out.append("    for rep in range(VS.shape[0]):")
        if program.uses_stream:
            out += [
                "        data = vectors[rep if vectors.shape[0] > 1 else 0]",
                "        data_labels = labels[rep if labels.shape[0] > 1 else 0]",
                "        order = index[rep if index.shape[0] > 1 else 0]",
            ]
        out += [f"        {self.text(s)} = parameters[rep, {k}]" for k, s in enumerate(self.parameters)]
        out += [f"        arr_{s.old.name} = VS[rep, {k}]" for k, s in enumerate(program.vector_states)]
        out += [f"        {self.text(s.old)} = SS[rep, {k}]" for k, s in enumerate(program.scalar_states)]
        first = len(program.scalar_states)
        out += [f"        {self.text(s)} = SS[rep, {first + k}]" for k, s in enumerate(self.powers.values())]
        out += [f"        {self.text(s)} = {self.printer.print(e)}" for e, s in self.constants.items()]
        return [*out, "        t_now = t_start"]

    def rounds(self, lean: list[str], full: list[str]) -> list[str]:
        begin = ["t_now += 1", "s_t = float(t_now)"]
        begin += [line for base, s in self.powers.items() for line in self.power_step(base, s)]
        if self.program.uses_stream:
            begin += ["row_now = order[t_now - t_start - 1]"]
            begin += ["s_b = data_labels[row_now]", "arr_a = data[row_now]"]
        return [
            "        for segment in range(n_checkpoints + 1):",
            "            stop = checkpoints[segment] - 1 if segment < n_checkpoints else t_start + m_rounds",
            "            while t_now < stop:",
            *_indent(begin + lean, 4),
            "            if segment < n_checkpoints:",
            *_indent(begin + full, 4),
        ]

    def epilogue(self) -> list[str]:
        out = [f"        SS[rep, {k}] = {self.text(s.old)}" for k, s in enumerate(self.program.scalar_states)]
        first = len(self.program.scalar_states)
        out += [f"        SS[rep, {first + k}] = {self.text(s)}" for k, s in enumerate(self.powers.values())]
        return [*out, "    return 0"]

    def power_step(self, base: Expr, s: Symbol) -> list[str]:
        name = self.text(s)
        return [
            f"{name} = {name} * {self.printer.print(base)}",
            f"{name} = {name} if abs({name}) > 1e-30 else 0.0",
        ]

    # -- one round ------------------------------------------------------------------------------------

    def body(self, body: Body, *, record: bool) -> list[str]:
        out: list[str] = []
        place = self.places(body)
        if record:
            out += self.record_points()
        for number, stage in enumerate(body.stages):
            if body.project_at == number:
                out += self.call_projection(place)
            out += self.stage(stage, place)
        if record:
            out += self.record(place)
        out += [
            f"SERIES[rep, t_now - t_start - 1, {k}] = {self.text(s)}"
            for k, (_, s) in enumerate(self.program.series)
        ]
        for state in self.program.states:
            if state.old == state.new:
                continue
            if not state.vector:
                out.append(f"{self.text(state.old)} = {self.text(state.new)}")
            elif not body.in_place(state):
                out += ["for i in range(d):", f"    arr_{state.old.name}[i] = {place[state.new]}[i]"]
        return out

    def places(self, body: Body) -> dict[Symbol, str]:
        """The array that holds each stored vector of this body."""
        place: dict[Symbol, str] = {LOWER: "lower", UPPER: "upper"}
        if self.program.uses_stream:
            place[a] = "arr_a"
        for state in self.program.vector_states:
            place[state.old] = f"arr_{state.old.name}"
            if body.in_place(state):
                place[state.new] = f"arr_{state.old.name}"
            else:
                place[state.new] = self.buffer(state.new)
        for s in sorted(body.stored, key=str):
            place.setdefault(s, self.buffer(s) if s not in place else place[s])
        for stage in body.stages:
            for definition in stage.definitions:
                if definition.kind in {Kind.STACK, Kind.GROUP} or (
                    definition.kind is Kind.ROWS and definition.vector
                ):
                    place[definition.symbol] = self.buffer(definition.symbol)
        return place

    def buffer(self, s: Symbol) -> str:
        self.buffers[s] = f"buf_{s.name}"
        return self.buffers[s]

    def call_projection(self, place: dict[Symbol, str]) -> list[str]:
        if self.projection is None:
            raise ValueError("a program that calls a projection needs the kernel of the domain")
        call = f"{self.projection.entry}({place[POINT]}, {place[METRIC]}, {place[x_next]}, work, set_data)"
        return [f"if {call} != 0:", "    return t_now"]

    def record_points(self) -> list[str]:
        out = []
        for k, (_, s) in enumerate(self.program.vector_records):
            if s == x:
                out += ["for i in range(d):", f"    OV[rep, segment, {k}, i] = arr_x[i]"]
        return out

    def record(self, place: dict[Symbol, str]) -> list[str]:
        out = [
            f"OS[rep, segment, {k}] = {self.text(s)}" for k, (_, s) in enumerate(self.program.scalar_records)
        ]
        for k, (_, s) in enumerate(self.program.vector_records):
            if s != x:
                out += ["for i in range(d):", f"    OV[rep, segment, {k}, i] = {place[s]}[i]"]
        return out

    # -- one stage ------------------------------------------------------------------------------------

    def stage(self, stage: Stage, place: dict[Symbol, str]) -> list[str]:
        out: list[str] = []
        for definition in stage.scalars:
            out += self.scalar(definition, place)
        hoisted: dict[Expr, Symbol] = {}
        vectors = [(x_.symbol, self.hoist(self.prepare(x_.expression), hoisted)) for x_ in stage.vectors]
        sums = [(x_, self.hoist(self.prepare(x_.expression), hoisted)) for x_ in stage.reductions]
        out += [f"{self.text(s)} = {self.printer.print(self.constant(e))}" for e, s in hoisted.items()]
        for definition, _ in sums:
            out += self.clear(definition, place)
        if vectors or sums:
            out += ["for i in range(d):", *_indent(self.coordinates(vectors, sums, place), 1)]
        for definition in stage.rows:
            out += self.rows(definition, place)
        return out

    def scalar(self, definition: Definition, place: dict[Symbol, str]) -> list[str]:
        if definition.kind is Kind.COMPONENT:
            vector, k = definition.expression
            return [f"{self.text(definition.symbol)} = {place[vector]}[{k}]"]
        if definition.kind is Kind.STACK:
            target = place[definition.symbol]
            parts = [self.printer.print(self.constant(self.prepare(e))) for e in definition.expression]
            return [f"{target}[{k}] = {text}" for k, text in enumerate(parts)]
        text = self.printer.print(self.constant(self.prepare(definition.expression)))
        return [f"{self.text(definition.symbol)} = {text}"]

    def clear(self, definition: Definition, place: dict[Symbol, str]) -> list[str]:
        if definition.kind is Kind.GROUP:
            target = place[definition.symbol]
            return ["for i in range(n_groups):", f"    {target}[i] = 0.0"]
        return [f"{self.text(definition.symbol)} = {'0.0' if definition.kind is Kind.SUM else '-math.inf'}"]

    def coordinates(
        self,
        vectors: list[tuple[Symbol, Expr]],
        sums: list[tuple[Definition, Expr]],
        place: dict[Symbol, str],
    ) -> list[str]:
        """One pass over the coordinates: loads, shared subexpressions, assignments, stores, sums."""
        shared, reduced = cse(
            [e for _, e in vectors] + [e for _, e in sums], symbols=self.names("e"), order="none"
        )
        needed = set().union(*(e.free_symbols for e in reduced), *(e.free_symbols for _, e in shared))
        local = {s for s, _ in (*vectors, *shared)}
        stored = [s for s in sorted(needed, key=str) if isinstance(s, Vector) and s not in local]
        out = [f"{self.text(s)} = {self.load(s, place)}" for s in stored]
        pending = list(shared)
        for k, (symbol, _) in enumerate(vectors):
            out += self.flush(pending, reduced[k].free_symbols)
            out.append(f"{self.text(symbol)} = {self.printer.print(reduced[k])}")
        out += self.flush(pending, None)
        for k, (definition, _) in enumerate(sums):
            out += self.accumulate(definition, self.printer.print(reduced[len(vectors) + k]), place)
        return out + [f"{place[symbol]}[i] = {self.text(symbol)}" for symbol, _ in vectors if symbol in place]

    def flush(self, pending: list[tuple[Symbol, Expr]], needed: set[Any] | None) -> list[str]:
        """Emit the shared subexpressions up to the last one that is needed now (all of them for None)."""
        last = len(pending) - 1
        if needed is not None:
            last = max((k for k, (s, _) in enumerate(pending) if s in needed), default=-1)
        out = [f"{self.text(s)} = {self.printer.print(e)}" for s, e in pending[: last + 1]]
        del pending[: last + 1]
        return out

    def load(self, s: Symbol, place: dict[Symbol, str]) -> str:
        groups = {
            d.symbol
            for body in (self.program.lean, self.program.full)
            for stage in body.stages
            for d in stage.reductions
            if d.kind is Kind.GROUP
        }
        if s == coordinate:
            return "i"
        return f"{place[s]}[group[i]]" if s in groups else f"{place[s]}[i]"

    def accumulate(self, definition: Definition, text: str, place: dict[Symbol, str]) -> list[str]:
        name = self.text(definition.symbol)
        if definition.kind is Kind.GROUP:
            return [f"{place[definition.symbol]}[group[i]] += {text}"]
        if definition.kind is Kind.MAX:
            return [f"{name} = max({name}, {text})"]
        return [f"{name} += {text}"]

    def rows(self, definition: Definition, place: dict[Symbol, str]) -> list[str]:
        """Mean over the table: one inner product a row, a scalar function of it, and the row times it."""
        name = self.text(definition.symbol)
        e = self.constant(self.prepare(definition.expression[0]))
        scalar = e / row if definition.vector else e
        inner = [
            "s_row_label = table_labels[j]",
            "s_row_product = 0.0",
            "for i in range(d):",
            f"    s_row_product += table[j, i] * {place[definition.expression[1]]}[i]",
            f"factor = {self.printer.print(scalar)}",
        ]
        if not definition.vector:
            loop = ["for j in range(table.shape[0]):", *_indent([*inner, f"{name} += factor"], 1)]
            return [f"{name} = 0.0", *loop, f"{name} = {name} / table.shape[0]"]
        target = place[definition.symbol]
        inner += ["for i in range(d):", f"    {target}[i] += factor * table[j, i] / table.shape[0]"]
        return [
            "for i in range(d):",
            f"    {target}[i] = 0.0",
            "for j in range(table.shape[0]):",
            *_indent(inner, 1),
        ]

    # -- expressions ----------------------------------------------------------------------------------

    def text(self, s: Symbol) -> str:
        return self.printer.print(s)

    def names(self, prefix: str) -> Any:
        self.temporaries += 1
        return numbered_symbols(f"{prefix}{self.temporaries}__", cls=Vector)

    def prepare(self, e: Expr) -> Expr:
        """Parameters by name, and beta**t as a running product."""
        e = e.xreplace(
            {
                s: self.by_name[s.name]
                for s in e.free_symbols
                if s.name in self.by_name and isinstance(s, Scalar)
            }
        )
        return e.replace(
            lambda node: isinstance(node, Pow) and node.exp == t and is_round_free(node.base),
            lambda node: self.power(node.base),
        )

    def power(self, base: Expr) -> Symbol:
        if base not in self.powers:
            self.powers[base] = Scalar(f"power__{len(self.powers)}")
        return self.powers[base]

    def constant(self, e: Expr) -> Expr:
        """Replace maximal subexpressions of parameters alone by constants computed once a replicate."""
        if not e.args or e.is_number:
            return e
        if _is_condition(e):
            return e.func(*[self.constant(x_) for x_ in e.args])
        if is_round_free(e):
            return self.constants.setdefault(e, Scalar(f"const__{len(self.constants)}"))
        if isinstance(e, Add | Mul):
            fixed = [x_ for x_ in e.args if is_round_free(x_)]
            rest = [self.constant(x_) for x_ in e.args if not is_round_free(x_)]
            return e.func(self.constant(e.func(*fixed)), *rest)
        return e.func(*[self.constant(x_) for x_ in e.args])

    def hoist(self, e: Expr, hoisted: dict[Expr, Symbol]) -> Expr:
        """Replace maximal scalar subexpressions of a coordinate's expression by per-round scalars."""
        if _is_condition(e) and e.args:
            return e.func(*[self.hoist(x_, hoisted) for x_ in e.args])
        if not is_vector(e):
            if not e.args or e.is_Symbol or e.is_number:
                return e
            if is_round_free(e):
                return self.constant(e)
            return hoisted.setdefault(e, Scalar(f"h{self.temporaries}__{len(hoisted)}"))
        if isinstance(e, Add | Mul):
            fixed = [x_ for x_ in e.args if not is_vector(x_)]
            rest = [self.hoist(x_, hoisted) for x_ in e.args if is_vector(x_)]
            return e.func(self.hoist(e.func(*fixed), hoisted), *rest) if fixed else e.func(*rest)
        return e.func(*[self.hoist(x_, hoisted) for x_ in e.args]) if e.args else e


def _is_condition(e: Any) -> bool:
    """Whether a node is a condition or one case of a choice: it has no value to keep, its parts may have."""
    return isinstance(e, Boolean | ExprCondPair)


class _Names(dict[Any, str]):
    """Scalars print as s_name, coordinates as v_name: no clash with keywords or the frame's variables."""

    def get(self, s: Any, default: Any = None) -> str:
        return f"v_{s.name}" if isinstance(s, Vector) else f"s_{s.name}"


def _indent(lines: list[str], levels: int) -> list[str]:
    return [" " * (4 * levels) + line for line in lines]
