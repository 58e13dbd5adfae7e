"""One stage of a round as a tree: its scalars, one pass over the coordinates, and the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from sympy import Expr, Symbol

from online_sim.engines.loop.expressions import Expressions
from online_sim.engines.loop.style import SMALLEST
from online_sim.engines.program import (
    LOWER,
    ROW_PRODUCT,
    UPPER,
    Assigned,
    Averaged,
    Picked,
    Program,
    Reduced,
    Reduction,
    Stacked,
    Stage,
)
from online_sim.engines.tree import (
    ALONG,
    Cell,
    Line,
    Node,
    Suite,
    Target,
    Value,
    assign,
    block,
    name_of,
    printed,
    read,
    text_of,
)
from theory.printing.loop_source import LoopPrinter
from theory.symbols import Scalar, Vector, coordinate, row_label

if TYPE_CHECKING:
    from online_sim.engines.loop.placement import Placement
    from online_sim.engines.loop.style import Style
    from theory.printing.base import SourcePrinter

Places = Mapping[Symbol, str]
"""The array that holds each stored vector of a body."""
COUNT = "table.shape[0]"


class Stages:
    """Writes the stages of a program's rounds; the placement determines where numbers are kept.

    printer: for expressions computed once per round; `inner` is for those computed at each coordinate.
    """

    def __init__(self, program: Program, style: Style, placement: Placement, printer: SourcePrinter) -> None:
        self.style, self.placement, self.printer = style, placement, printer
        self.inner = LoopPrinter(partial(name_of, scalar="r"), single=True) if style.single else printer
        self.expressions = Expressions(
            program.parameters, share=not style.reproducible, complement=not style.double_double
        )
        self.group_sums, self.decaying = program.group_sums, program.decaying

    def stage(self, number: int, stage: Stage, place: Places) -> list[Node]:
        """The scalars, one pass over the coordinates, then the passes over the rows of the table."""
        expressions = self.expressions
        expressions.stage = number
        scalars = [line for definition in stage.scalars for line in self.scalar(definition, place)]
        hoisted: dict[Expr, Symbol] = {}
        vectors = [(v, expressions.inner(v.expression, hoisted)) for v in stage.vectors]
        sums = [(r, expressions.inner(r.expression, hoisted)) for r in stage.reductions]
        scalars += [self.assignment(s, expressions.constant(e)) for e, s in hoisted.items()]
        scalars += [
            assign(r.symbol, Value("0.0" if r.how is Reduction.SUM else self.placement.least))
            for r in stage.reductions
            if r.how is not Reduction.GROUP
        ]
        out = self.placement.once(scalars)
        for r in stage.reductions:
            if r.how is Reduction.GROUP:
                total = Cell(place[r.symbol], ("i",))
                out += block("for i in range(n_groups)", [assign(total, Value("0.0"))])
        lines = self.at_coordinate(vectors, sums, place) if vectors or sums else []
        out += self.rounded(lines) if self.style.single else []
        out += self.placement.along(lines)
        return [*out, *(node for mean in stage.rows for node in self.rows(mean, place))]

    def scalar(self, definition: object, place: Places) -> list[Line]:
        """A scalar of the round, or a vector given coordinate by coordinate."""
        match definition:
            case Picked():
                value = read(self.placement.at(place[definition.source], str(definition.index)))
                return [assign(definition.symbol, value)]
            case Stacked():
                array = place[definition.symbol]
                return [
                    assign(self.placement.at(array, str(k)), self.once(e))
                    for k, e in enumerate(definition.coordinates)
                ]
            case Assigned():
                return [assign(definition.symbol, self.once(definition.expression))]
        raise ValueError("a Python loss has no source; use engine='numpy'")

    def once(self, e: Expr) -> Value:
        """A scalar expression of a round."""
        return printed(self.printer, self.expressions.constant(self.expressions.prepare(e)))

    def assignment(self, s: Symbol, e: Expr) -> Line:
        """The assignment of a rewritten expression to a scalar of the round or a value at a coordinate."""
        return assign(s, printed(self.inner if isinstance(s, Vector) else self.printer, e))

    def rounded(self, lines: list[Line]) -> list[Node]:
        """The scalars of a pass except its totals, rounded to the precision of the coordinates."""
        totals = {s for line in lines for s in line.writes}
        used = {s for line in lines for s in line.reads - totals if isinstance(s, Scalar)}
        names = sorted((self.inner.print(s), name_of(s)) for s in used)
        return [Line(f"{rounded} = np.float32({name})") for rounded, name in names]

    # -- the pass over the coordinates ----------------------------------------------------------------

    def at_coordinate(
        self, vectors: list[tuple[Assigned, Expr]], sums: list[tuple[Reduced, Expr]], place: Places
    ) -> list[Line]:
        """The statements at a coordinate: loads, shared subexpressions, assignments, sums, stores."""
        pending, reduced = self.expressions.shared([e for _, e in (*vectors, *sums)])
        needed = set().union(*(e.free_symbols for e in reduced), *(e.free_symbols for _, e in pending))
        local = {*(v.symbol for v, _ in vectors), *(s for s, _ in pending)}
        if self.style.uniform_box:
            local |= {LOWER, UPPER}
        loaded = [s for s in sorted(needed, key=str) if isinstance(s, Vector) and s not in local]
        out: list[Line] = [assign(s, self.load(s, place)) for s in loaded]
        for (v, _), e in zip(vectors, reduced, strict=False):
            # Shared subexpressions are computed no earlier than needed.
            last = max((k for k, (s, _) in enumerate(pending) if s in e.free_symbols), default=-1)
            out += [self.assignment(*pair) for pair in pending[: last + 1]]
            out.append(self.assignment(v.symbol, e))
            pending = pending[last + 1 :]
        out += [self.assignment(*pair) for pair in pending]
        out += [self.added(r, e, place) for (r, _), e in zip(sums, reduced[len(vectors) :], strict=True)]
        kept = [v.symbol for v, _ in vectors if v.symbol in place]
        return out + [assign(self.placement.at(place[s]), self.stored(s)) for s in kept]

    def load(self, s: Symbol, place: Places) -> Value:
        """The stored value of a vector at this coordinate."""
        if s == coordinate:
            return Value(self.real("i"))
        cell = self.placement.at(place[s], "group[i]" if s in self.group_sums else "i")
        text = text_of(cell)
        exact = s in {LOWER, UPPER} or s in self.group_sums
        return Value(self.real(text) if exact else text, frozenset({cell}))

    def stored(self, s: Symbol) -> Value:
        """The value of a vector as it is stored: 0 for a very small number of a decaying state."""
        name, least = name_of(s), SMALLEST[self.style.single]
        if s not in self.decaying:
            return read(s)
        if self.style.double_double:
            return Value(f"faded({name}, {least})", frozenset({s}))
        # This form of the condition keeps NaN.
        text = f"{name} if not abs({name}) < {self.real(least)} else {self.real('0.0')}"
        return Value(text, frozenset({s}))

    def added(self, r: Reduced, e: Expr, place: Places) -> Line:
        """Add one term to a sum or maximum."""
        term = printed(self.inner, e)
        if r.how is Reduction.GROUP:
            return self.increased(Cell(place[r.symbol], ("group[i]",)), term)
        total = self.placement.scalar(r.symbol)
        if r.how is Reduction.SUM:
            return self.summed(total, term)
        text = self.printer.extreme("max", [text_of(total), term.text])
        return assign(total, Value(text, term.reads | {total}))

    def summed(self, total: Target, term: Value) -> Line:
        """total + term, with any order of the terms if that is allowed."""
        if self.style.strict or self.style.lanes:
            return self.increased(total, term)
        return assign(total, Value(f"plus({text_of(total)}, {term.text})", term.reads | {total}))

    def increased(self, total: Target, term: Value) -> Line:
        """total + term, in the order of the terms."""
        if self.style.double_double:
            text = self.printer.total([text_of(total), term.text], [])
            return assign(total, Value(text, term.reads | {total}))
        return assign(total, term, "+=")

    # -- the rows of a table --------------------------------------------------------------------------

    def rows(self, mean: Averaged, place: Places) -> list[Node]:
        """The mean over a table: per row an inner product, a scalar function of it, perhaps times the row."""
        product = self.printer.product
        point = Value(product(["table[j, i]", f"{place[mean.point]}[i]"], []))
        inner: list[Node] = [
            assign(row_label, Value("table_labels[j]")),
            assign(ROW_PRODUCT, Value("0.0")),
            *block(ALONG, [self.summed(ROW_PRODUCT, point)]),
            Line(f"factor = {self.once(mean.factor).text}"),
        ]
        if not mean.vector:
            each = Suite(f"for j in range({COUNT})", [*inner, self.increased(mean.symbol, Value("factor"))])
            share = Value(product([text_of(mean.symbol)], [COUNT]), frozenset({mean.symbol}))
            return [assign(mean.symbol, Value("0.0")), each, assign(mean.symbol, share)]
        target = Cell(place[mean.symbol], ("i",))
        inner += [Line(f"factor = {product(['factor'], [COUNT])}")]
        term = Value(product(["factor", "table[j, i]"], []))
        inner += block(ALONG, [self.increased(target, term)])
        return [*block(ALONG, [assign(target, Value("0.0"))]), *block(f"for j in range({COUNT})", inner)]

    def real(self, number: str) -> str:
        """A number in the precision of the coordinates."""
        return f"np.float32({number})" if self.style.single else number
