"""Print one stage of a round: its scalars, one pass over the coordinates, and the rows of a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sympy import Expr, Symbol

from online_sim.engines.loop_expressions import Expressions
from online_sim.engines.loop_layout import SMALLEST, Layout, Line, Names, RoundedNames, indent, single
from online_sim.engines.program import (
    LOWER,
    UPPER,
    Assigned,
    Averaged,
    Picked,
    Program,
    Reduced,
    Reduction,
    Stacked,
    Stage,
    decays,
)
from theory.symbols import Vector, coordinate

if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from theory.printing.base import SourcePrinter


@dataclass
class StageWriter:
    """Writes the stages of a program's rounds; a layout says where things are."""

    program: Program
    called: tuple[ModuleType, str] | None
    layout: Layout
    printer_class: type[SourcePrinter]
    buffers: dict[Symbol, str] = field(default_factory=dict)
    printer: SourcePrinter = field(init=False)
    inner: SourcePrinter = field(init=False)
    """Prints what is computed at a coordinate, `printer` what is computed once a round."""

    def __post_init__(self) -> None:
        """The rewriter and the printer."""
        self.expressions = Expressions(
            self.program.parameters,
            share=not self.layout.reproducible,
            complement=not self.layout.double_double,
        )
        self.printer = self.inner = self.printer_class(Names())
        if self.layout.single:
            self.inner = single(self.printer_class)(RoundedNames())
        bodies = (self.program.lean, self.program.full)
        self.group_sums = {
            d.symbol
            for body in bodies
            for stage in body.stages
            for d in stage.reductions
            if d.how is Reduction.GROUP
        }
        self.decaying = {
            d.symbol
            for body in bodies
            for stage in body.stages
            for d in stage.vectors
            for state in self.program.vector_states
            if state.new == d.symbol and decays(d, state)
        }

    def stage(self, stage: Stage, place: dict[Symbol, str]) -> list[str]:
        """The scalars, one pass over the coordinates, then those over the rows of the table."""
        expressions = self.expressions
        lines = [line for definition in stage.scalars for line in self.scalar(definition, place)]
        hoisted: dict[Expr, Symbol] = {}
        vectors = [(v, expressions.inner(v.expression, hoisted)) for v in stage.vectors]
        sums = [(r, expressions.inner(r.expression, hoisted)) for r in stage.reductions]
        lines += [self.assignment(s, expressions.constant(e)) for e, s in hoisted.items()]
        lines += [self.cleared(x_) for x_ in stage.reductions if not x_.vector]
        out = self.scalars(lines, place)
        for definition in stage.reductions:
            if definition.vector:
                out += ["for i in range(n_groups):", f"    {place[definition.symbol]}[i] = 0.0"]
        if vectors or sums:
            out += self.coordinates(self.coordinate_lines(vectors, sums, place), place)
        for mean in stage.rows:
            out += self.rows(mean, place)
        return out

    def scalar(self, definition: Any, place: dict[Symbol, str]) -> list[Line]:
        """A scalar of the round, or a vector given coordinate by coordinate."""
        if isinstance(definition, Picked):
            value = self.element(place[definition.source], str(definition.index))
            return [Line(f"{self.text(definition.symbol)} = {value}", frozenset(), definition.symbol)]
        if isinstance(definition, Stacked):
            target = place[definition.symbol]
            parts = [self.expressions.scalar(e) for e in definition.coordinates]
            return [
                Line(f"{self.element(target, str(k))} = {self.printer.print(e)}", frozenset(e.free_symbols))
                for k, e in enumerate(parts)
            ]
        return [self.assignment(definition.symbol, self.expressions.scalar(definition.expression))]

    def assignment(self, s: Symbol, e: Expr) -> Line:
        """s = e."""
        printer = self.inner if isinstance(s, Vector) else self.printer
        return Line(f"{self.text(s)} = {printer.print(e)}", frozenset(e.free_symbols), s)

    def cleared(self, definition: Reduced) -> Line:
        """A sum or maximum before its first term."""
        start = "0.0" if definition.how is Reduction.SUM else "-math.inf"
        return Line(f"{self.text(definition.symbol)} = {start}", frozenset(), definition.symbol)

    def scalars(self, lines: list[Line], place: dict[Symbol, str]) -> list[str]:
        """Scalars one after the other."""
        return [line.text for line in lines]

    def coordinates(self, lines: list[Line], place: dict[Symbol, str]) -> list[str]:
        """One pass over the coordinates."""
        rounded = []
        if self.layout.single:
            read = {s for line in lines for s in line.reads if not isinstance(s, Vector)}
            names = sorted(map(self.inner.print, read))
            rounded = [f"{name} = np.float32(s{name[1:]})" for name in names]
        return [*rounded, "for i in range(d):", *indent([line.text for line in lines], 1)]

    def coordinate_lines(
        self,
        vectors: list[tuple[Assigned, Expr]],
        sums: list[tuple[Reduced, Expr]],
        place: dict[Symbol, str],
    ) -> list[Line]:
        """What happens at a coordinate: loads, shared subexpressions, assignments, sums, stores."""
        shared, reduced = self.expressions.shared([e for _, e in (*vectors, *sums)])
        needed = set().union(*(e.free_symbols for e in reduced), *(e.free_symbols for _, e in shared))
        local = {*(x_.symbol for x_, _ in vectors), *(s for s, _ in shared)}
        if self.layout.uniform_box:
            local |= {LOWER, UPPER}
        stored = [s for s in sorted(needed, key=str) if isinstance(s, Vector) and s not in local]
        out = [Line(f"{self.text(s)} = {self.load(s, place)}", frozenset(), s) for s in stored]
        pending = list(shared)
        for (definition, _), e in zip(vectors, reduced, strict=False):
            out += self.flush(pending, e.free_symbols)
            out.append(self.assignment(definition.symbol, e))
        out += self.flush(pending, None)
        out += [self.added(x_, e, place) for (x_, _), e in zip(sums, reduced[len(vectors) :], strict=True)]
        kept = [x_.symbol for x_, _ in vectors if x_.symbol in place]
        return out + [Line(f"{self.element(place[s], 'i')} = {self.stored(s)}") for s in kept]

    def stored(self, s: Symbol) -> str:
        """The value of a vector as it is kept: 0 for a denormal number of a state that fades away."""
        return self.cut(self.text(s), SMALLEST[self.layout.single]) if s in self.decaying else self.text(s)

    def cut(self, name: str, least: str) -> str:
        """A value, or 0 where it is smaller than `least`."""
        if self.layout.double_double:
            return f"faded({name}, {least})"
        # Asked this way a NaN stays one.
        return f"{name} if not abs({name}) < {self.real(least)} else {self.real('0.0')}"

    def flush(self, pending: list[tuple[Symbol, Expr]], needed: set[Any] | None) -> list[Line]:
        """Emit the shared subexpressions up to the last one that is needed now (all of them for None)."""
        last = len(pending) - 1
        if needed is not None:
            last = max((k for k, (s, _) in enumerate(pending) if s in needed), default=-1)
        out = [self.assignment(s, e) for s, e in pending[: last + 1]]
        del pending[: last + 1]
        return out

    def load(self, s: Symbol, place: dict[Symbol, str]) -> str:
        """The stored value of a vector at this coordinate."""
        text = "i" if s == coordinate else self.element(place[s], "group[i]" if s in self.group_sums else "i")
        return self.real(text) if s in {coordinate, LOWER, UPPER} or s in self.group_sums else text

    def added(self, definition: Reduced, e: Expr, place: dict[Symbol, str]) -> Line:
        """One more term of a sum or maximum."""
        term, reads = self.inner.print(e), frozenset(e.free_symbols)
        if definition.vector:
            return Line(self.increased(f"{place[definition.symbol]}[group[i]]", term), reads)
        return Line(self.accumulated(self.total(definition.symbol), definition.how, term), reads)

    def total(self, s: Symbol) -> str:
        """Where a sum is kept while it grows."""
        return self.text(s)

    def accumulated(self, total: str, how: Reduction, term: str) -> str:
        """total + term, or the larger one."""
        if how is Reduction.MAX:
            return f"{total} = {self.printer.extreme('max', [total, term])}"
        if self.layout.strict or self.layout.lanes:
            return self.increased(total, term)
        return f"{total} = plus({total}, {term})"

    def increased(self, total: str, term: str) -> str:
        """total + term, in the order of the terms."""
        if self.layout.double_double:
            return f"{total} = {self.printer.total([total, term], [])}"
        return f"{total} += {term}"

    def rows(self, definition: Averaged, place: dict[Symbol, str]) -> list[str]:
        """Mean over the table: one inner product a row, a scalar function of it, and the row times it."""
        name = self.text(definition.symbol)
        scalar = self.expressions.scalar(definition.factor)
        point = place[definition.point]
        product, count = self.printer.product, "table.shape[0]"
        each = product(["table[j, i]", f"{point}[i]"], [])
        inner = [
            "s_row_label = table_labels[j]",
            "s_row_product = 0.0",
            "for i in range(d):",
            f"    {self.accumulated('s_row_product', Reduction.SUM, each)}",
            f"factor = {self.printer.print(scalar)}",
        ]
        if not definition.vector:
            loop = [f"for j in range({count}):", *indent([*inner, self.increased(name, "factor")], 1)]
            return [f"{name} = 0.0", *loop, f"{name} = {product([name], [count])}"]
        target = place[definition.symbol]
        term = product(["factor", "table[j, i]"], [])
        inner += [f"factor = {product(['factor'], [count])}"]
        inner += ["for i in range(d):", f"    {self.increased(f'{target}[i]', term)}"]
        return [
            "for i in range(d):",
            f"    {target}[i] = 0.0",
            f"for j in range({count}):",
            *indent(inner, 1),
        ]

    def text(self, s: Symbol) -> str:
        """The name of a symbol."""
        return self.printer.print(s)

    def element(self, array: str, index: str) -> str:
        """One coordinate of an array."""
        return f"{array}[{index}]"

    def real(self, number: str) -> str:
        """A number in the precision of the coordinates."""
        return f"np.float32({number})" if self.layout.single else number
