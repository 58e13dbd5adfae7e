"""Print a program as functions on torch tensors: one function plays one round of all replicates at once.

Expressions that depend only on the round and the parameters (beta**t, alpha/sqrt(t), a whole rectification
term) are computed for many rounds in advance, in float64, by the generated `table`; a round reads one row of
it. So no round waits for a number from the host, and no power is computed per coordinate. All other scalars
are float64 tensors (R, 1), narrowed to the working precision when combined with a vector (R, d). States are
overwritten.
"""

from collections.abc import Sequence

from sympy import Expr, Symbol

from online_sim.engines.early import EarlyScalars
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
from online_sim.engines.rewriting import replace_parts
from online_sim.engines.tree import Line, Node, Value, assign, frame, lines, name_of, printed, read, reads
from theory.printing.torch_source import TorchPrinter
from theory.quantities import UniformDraw, is_vector
from theory.symbols import Scalar, Vector, a, b, coordinate, t, x, x_next

HEADER = '''"""Generated source: the rounds of one game on torch tensors."""
import math

import torch

from online_sim.engines.torch.tools_kernel import choose, maximum, minimum, once, pinv, spread, uniform
'''
KEPT = Vector("x__kept")


def print_round(program: Program) -> str:
    """The source of `table`, `lean` and `full` for a program; comments in it explain their arguments.

    `table(t, d, parameters)` gives float64 (m, R, n) for rounds t (m, 1); `lean` and `full` play one round
    and return the recorded scalars (R, K) or None, the recorded vectors, and the series (R, S) or None.
    """
    return RoundWriter(program).write()


class RoundWriter:
    """Writes the functions of a program; `columns` grows during writing."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.columns: dict[Expr, int] = {}
        self.scalars = EarlyScalars(program.parameters)
        self.known, self.is_early = self.scalars.known, self.scalars.is_early
        self.scalar = TorchPrinter(name_of)
        self.vector = TorchPrinter(name_of, real="real")
        self.column(t)  # so that `wide` has a column, and a projection knows the round in which it fails

    def write(self) -> str:
        """The whole file; the table comes first but is written last, when all its columns are known."""
        bodies = [*self.function("lean", record=False), *self.function("full", record=True)]
        return "\n".join([HEADER, "", *self.table(), *bodies])

    def table(self) -> list[str]:
        """Every column that a body reads."""
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

    def function(self, name: str, *, record: bool) -> list[str]:
        """One round: the columns it reads, its stages, its return values, and the states."""
        inner = self.body(self.program.full if record else self.program.lean, record=record)
        used = reads(inner)
        states = ", ".join(name_of(s.old) for s in self.program.vector_states)
        begin: list[Node] = frame("real, zero = tools.real, wide[:, :1] * 0.0", f"{states}, = vectors")
        for k, state in enumerate(self.program.scalar_states):
            begin.append(assign(state.old, Value(f"scalars[:, {k}:{k + 1}]")))
        for k in self.columns.values():
            for kind in ("wide", "narrow"):
                if _column(kind, k) in used:
                    begin.append(assign(_column(kind, k), Value(f"{kind}[:, {k}:{k + 1}]")))
        if coordinate in used:
            begin.append(assign(coordinate, Value("tools.coordinates()")))
        if LOWER in used:
            begin.append(Line(f"{name_of(LOWER)}, {name_of(UPPER)} = tools.bounds"))
        arguments = f"wide, narrow, vectors, scalars, {name_of(a)}, {name_of(b)}, tools"
        return [f"def {name}({arguments}):", *lines([*begin, *inner], 1), "", ""]

    # -- one round ------------------------------------------------------------------------------------

    def body(self, body: Body, *, record: bool) -> list[Node]:
        """The stages, the records and the states; a state is overwritten once it is no longer read."""
        program = self.program
        kept = [s for _, s in program.vector_records] if record else []
        out: list[Node] = [assign(KEPT, _from("{}.clone()", read(x)))] if x in kept else []
        waiting = [state for state in program.vector_states if state.old != state.new]
        for number, stage in enumerate(body.stages):
            if body.project_at == number:
                parts = map(read, (POINT, METRIC, self.column(t)))
                out.append(assign(x_next, _from("tools.project({}, {}, {})", *parts)))
            out += self.stage(stage)
            done = [s for s in waiting if body.stage_of(s.new) == number and body.in_place(s)]
            out += [line for state in done for line in _overwrite(state.old, state.new)]
            waiting = [state for state in waiting if state not in done]
        out.append(_side_by_side("records = {}", [s for _, s in program.scalar_records] if record else []))
        out.append(_side_by_side("series = {}", [s for _, s in program.series]))
        if program.scalar_states:
            out.append(_side_by_side("scalars.copy_({})", [s.new for s in program.scalar_states]))
        out += [line for state in waiting for line in _overwrite(state.old, state.new)]
        names = ", ".join(name_of(KEPT if s == x else s) for s in kept)
        return [*out, Line(f"return records, [{names}], series")]

    def stage(self, stage: Stage) -> list[Node]:
        """Scalars in order, narrowed scalars for the vectors, the vectors, the sums, the rows."""
        out = [self.definition(line) for line in stage.scalars]
        hoisted: dict[Expr, Symbol] = {}
        vectors = [(v, self.narrow(self.known(v.expression), hoisted)) for v in stage.vectors]
        sums = [(r, self.narrow(self.known(r.expression), hoisted)) for r in stage.reductions]
        for e, s in hoisted.items():
            # The compiler would recompute cheap-looking scalars at every coordinate.
            form = "tools.narrow({})" if e.is_Symbol else "tools.narrow(once({}))"
            out.append(assign(s, _from(form, self.wide(e))))
        out += [assign(v.symbol, self.vector_value(v.expression, narrow)) for v, narrow in vectors]
        return [*out, *self.reductions(sums), *map(self.definition, stage.rows)]

    def vector_value(self, e: Expr, narrow: Expr) -> Value:
        """The value of a vector; `narrow` is its expression in numbers of the working precision."""
        value = printed(self.vector, narrow)
        if e.is_Symbol and is_vector(e):
            return _from("{}.clone()", value)  # the original may be overwritten
        if not is_vector(e):
            return _from("spread({}, {})", value, read(x))
        return _from("tools.narrow({})", value) if _is_exact(e) else value

    def reductions(self, sums: list[tuple[Reduced, Expr]]) -> list[Node]:
        """All sums of a stage in one call, which is a single message across processes."""
        values = {
            r: printed(self.vector, e)
            if is_vector(r.expression)
            else _from("spread({}, {})", printed(self.vector, e), read(x))
            for r, e in sums
        }
        added = [r for r in values if r.how is Reduction.SUM]
        out: list[Node] = []
        if added:
            total = _from("tools.total(tools.partial({}))", _listed([values[r] for r in added]))
            names = ", ".join(name_of(r.symbol) for r in added)
            out.append(Line(f"{names}, = {total.text}", total.reads, tuple(r.symbol for r in added)))
        for r, value in values.items():
            if r.how is not Reduction.SUM:
                name = "largest" if r.how is Reduction.MAX else "group_sum"
                out.append(assign(r.symbol, _from(f"tools.{name}({{}})", value)))
        return out

    def definition(self, definition: Definition) -> Node:
        """A scalar, or a vector that is not computed coordinate by coordinate."""
        match definition:
            case Picked(source=source, index=index):
                value = _from(f"zero + tools.component({{}}, {index})", read(source))
            case Stacked(coordinates=coordinates):
                value = _from("tools.stack([{}])", _listed([self.wide(self.known(e)) for e in coordinates]))
            case Averaged(factor=factor, point=point):
                inner = printed(self.scalar, self.early(self.known(factor)))
                form = f"tools.mean_rows(lambda s_row_label, s_row_product: {{}}, {{}}, {definition.vector})"
                value = _from(form, inner, read(point))
            case Assigned(expression=expression):
                self.scalars.learn(definition.symbol, expression)
                value = self.wide(self.known(expression))
            case _:
                raise ValueError("a Python loss has no source; use engine='numpy'")
        return assign(definition.symbol, value)

    # -- expressions ----------------------------------------------------------------------------------

    def wide(self, e: Expr) -> Value:
        """A scalar as a float64 tensor (R, 1)."""
        return _from("zero + {}", printed(self.scalar, self.early(e)))

    def early(self, e: Expr) -> Expr:
        """The expression with its largest early parts replaced by columns of the table."""
        return self.scalars.replaced(e, self.column)

    def column(self, e: Expr, kind: str = "wide") -> Symbol:
        """The symbol of a column of the table, in float64 or narrowed."""
        return _column(kind, self.columns.setdefault(e, len(self.columns)))

    def narrow(self, e: Expr, hoisted: dict[Expr, Symbol]) -> Expr:
        """The expression with its largest scalar parts replaced by numbers in the working precision."""

        def replaced(part: Expr) -> Symbol:
            if self.is_early(part):
                return self.column(part, "wide" if _is_exact(e) else "narrow")
            return hoisted.setdefault(part, Scalar(f"late__{len(hoisted)}"))

        return replace_parts(e, lambda part: part.free_symbols and not is_vector(part), replaced)


def _column(kind: str, number: int) -> Symbol:
    return Scalar(f"{kind}__{number}")


def _is_exact(e: Expr) -> bool:
    """Whether a vector may involve integers beyond float32, and so is computed in float64, then narrowed."""
    return bool(e.has(UniformDraw, coordinate))


def _from(form: str, *values: Value) -> Value:
    """A value made from others, whose texts fill the form."""
    return Value(form.format(*(v.text for v in values)), frozenset().union(*(v.reads for v in values)))


def _listed(values: Sequence[Value]) -> Value:
    return _from(", ".join(["{}"] * len(values)), *values)


def _overwrite(old: Symbol, new: Symbol) -> list[Node]:
    """Copy the new value over the old one, and read it from there."""
    return [Line(f"{name_of(old)}.copy_({name_of(new)})", frozenset({old, new})), assign(new, read(old))]


def _side_by_side(form: str, scalars: Sequence[Symbol]) -> Line:
    """A statement on scalars side by side, (R, n), or on None if there are none."""
    parts = _listed([_from("zero + {}", read(s)) for s in scalars])
    return Line(form.format(f"torch.cat([{parts.text}], dim=1)" if scalars else "None"), parts.reads)
