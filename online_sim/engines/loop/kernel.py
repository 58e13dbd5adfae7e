"""Print a program as one loop over rounds and coordinates, ready for numba.

`loop.expressions` avoids repeated computation. One writer makes the tree for either placement: one replicate
after the other, or many side by side. The arguments are fixed; see `style.SIGNATURE`.

Only a sum over coordinates may be computed in another order than printed (`plus`), so that it can run in
vector registers. Reassociating products as well would let the compiler undo the hoisting, and divide at every
coordinate instead of once. A product and a sum may be fused (`contract`). Neither is allowed in a
reproducible kernel or in doubled precision.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from sympy import Symbol

from online_sim.engines.loop.expressions import POWER_CUT
from online_sim.engines.loop.placement import OneByOne, Placement, SideBySide, needed
from online_sim.engines.loop.recompute import recompute
from online_sim.engines.loop.segments import segments
from online_sim.engines.loop.stage import Places, Stages
from online_sim.engines.loop.style import BOUNDS, Printed, Style
from online_sim.engines.mixing_kernel import uniform
from online_sim.engines.program import METRIC, POINT, Assigned, Body, Program, Projection
from online_sim.engines.tree import (
    Cell,
    Line,
    Node,
    Value,
    assign,
    block,
    frame,
    lines,
    name_of,
    printed,
    read,
)
from theory.printing.double_double_source import DoubleDoublePrinter
from theory.printing.loop_source import LoopPrinter
from theory.symbols import a, x, x_next, z_t

if TYPE_CHECKING:
    from types import ModuleType

    from online_sim.domains.base import ProjectionKernel
    from theory.printing.base import SourcePrinter

OWN = "online_sim.domains.kernels."
"""The modules of the package's own projections."""


def print_kernel(
    program: Program, projection: ProjectionKernel | None = None, style: Style | None = None
) -> Printed:
    """The self-contained source of `kernel` for a program (and its projection kernel, if it calls one).

    The text depends only on the content of the arguments, and is cached.
    """
    called = (projection.module, projection.entry) if projection is not None else None
    style = style or Style()
    return _printed(program, called, style, DoubleDoublePrinter if style.double_double else LoopPrinter)


@lru_cache(maxsize=512)
def _printed(
    program: Program, called: tuple[ModuleType, str] | None, style: Style, printer: type[SourcePrinter]
) -> Printed:
    return KernelWriter(program, called, style, printer(name_of)).write()


class KernelWriter:
    """Writes the kernel of a program: the frame of its file, the rounds, and the states they pass on."""

    def __init__(
        self, program: Program, called: tuple[ModuleType, str] | None, style: Style, printer: SourcePrinter
    ) -> None:
        self.program, self.called, self.style, self.printer = program, called, style, printer
        self.placement: Placement = (SideBySide if style.lanes else OneByOne)(program, style)
        self.stages = Stages(program, style, self.placement, printer)
        self.expressions = self.stages.expressions

    def write(self) -> Printed:
        """The whole file."""
        program = self.program
        lean, full = program.lean, program.full
        if not self.style.strict:
            recorded = [s for _, s in program.vector_records]
            lean, full = (recompute(body, program.states, recorded) for body in (lean, full))
        rounds = self.rounds(self.body(lean, record=False), self.body(full, record=True))
        value = "float(np.float32(parameters[rep, {}]))" if self.style.single else "parameters[rep, {}]"
        given = [(s, value.format(k)) for k, s in enumerate(self.expressions.by_name.values())]
        constants = [assign(s, printed(self.printer, e)) for e, s in self.expressions.constants.items()]
        played = [Line("t_now = t_start"), *rounds]
        replicates = self.placement.replicates(given, self.kept_scalars(), constants, played)
        tree = needed([*self.sizes(), *self.placement.memory(), *replicates, Line("return 0")])
        fast = "" if self.style.strict else ', fastmath={"contract"}'
        decorator = f'@njit(TYPES, cache=True, nogil=True, error_model="numpy"{fast})'
        head = f"def kernel({', '.join(self.style.signature)}):"
        text = [*self.header(), decorator, head, *lines(tree, 1), ""]
        found = self.expressions
        return Printed("\n".join(text), tuple(found.powers), tuple(found.complements))

    # -- the frame ------------------------------------------------------------------------------------

    def header(self) -> list[str]:
        """Imports, the signature and the functions that the kernel calls."""
        out = [
            '"""Generated source: one game, all rounds, all replicates."""',
            "import math",
            "import numpy as np",
            "from numba import njit, types",
            "",
            f"_V, _D, _S = {', '.join(f'types.{name}' for name in self.style.types)}",
            *self.style.signature_types,
            "",
        ]
        if self.style.double_double:
            from online_sim.engines import sealed_kernels

            sealed_kernels.install()  # before that module asks numba for its cache
            from online_sim.engines import double_double_kernel

            out += [_imported(double_double_kernel), ""]
        else:
            out += [
                '@njit(cache=True, error_model="numpy")',
                "def pinv(w):",
                f"    return {self.stages.real('1.0')} / w if w != 0.0 else {self.stages.real('0.0')}",
                "",
            ]
        if not self.style.strict:
            out += [
                '@njit(cache=True, fastmath={"reassoc"})',
                "def plus(total, term):  # in any order: a sum over coordinates",
                "    return total + term",
                "",
            ]
        if self.program.uses_uniform:
            out += ["@njit", inspect.getsource(uniform), ""]
        if self.called is not None and self.program.projection is Projection.CALL:
            out += [self.called_source(*self.called), ""]
        return [*out, *self.placement.declarations()]

    def called_source(self, module: ModuleType, entry: str) -> str:
        """The projection: one of the package's own is compiled once for all kernels, if it may be fast."""
        if not self.style.strict and module.__name__.startswith(OWN):
            return _imported(module, entry)
        source = inspect.getsource(module).replace("from __future__ import annotations\n", "")
        return _as_printed(source) if self.style.strict else source

    def sizes(self) -> list[Node]:
        """Numbers that are constant during a block."""
        bounds = BOUNDS if self.style.uniform_box and self.program.projection is Projection.CLIP else {}
        return [
            *frame(
                "d = VS.shape[2]",
                "s_d = float(d)",
                "m_rounds = index.shape[1]",
                "n_checkpoints = checkpoints.shape[0]",
            ),
            *(assign(s, Value(self.stages.real(f"{name}[0]"))) for s, name in bounds.items()),
        ]

    def kept_scalars(self) -> list[Symbol]:
        """The content of SS: the scalar states, the running powers, and two numbers for each complement."""
        found = self.expressions
        pairs = [s for pair in found.complements.values() for s in pair]
        return [*(s.old for s in self.program.scalar_states), *found.powers.values(), *pairs]

    def rounds(self, lean: list[Node], full: list[Node]) -> list[Node]:
        """The loop over the rounds, with the full body in rounds that are recorded."""
        begin = [*frame("t_now += 1", "s_t = float(t_now)"), *self.placement.once(self.steps())]
        begin += self.placement.row() if self.program.reads_rows else []
        return segments(begin, lean, full)

    def steps(self) -> list[Line]:
        """base**t and 1 - base**t, updated from the previous round; see `loop.expressions`."""
        out: list[Line] = []
        for base, s in self.expressions.powers.items():
            name = name_of(s)
            product = self.printer.product([name, self.printer.print(base)], [])
            cut = f"{name} if abs({name}) > {POWER_CUT[False]} else 0.0"
            if self.style.double_double:
                cut = f"faded({name}, {POWER_CUT[True]})"
            out.append(assign(s, Value(product, frozenset({s, *base.free_symbols}))))
            out.append(assign(s, Value(cut, frozenset({s}))))
        for base, (s, lost) in self.expressions.complements.items():
            rest = self.expressions.constant(1 - base)
            total, error = name_of(s), name_of(lost)
            more = f"more = {self.printer.print(rest)} * (1.0 - {total}) - {error}"
            # A base above 1 grows without bound; inf - inf must not spoil it.
            left = f"({total} - before) - more if abs({total}) < 1e300 else 0.0"
            out += [
                Line(more, frozenset({s, lost, *rest.free_symbols})),
                Line(f"before = {total}", frozenset({s})),
                assign(s, Value(f"{total} + more", frozenset({s}))),
                assign(lost, Value(left, frozenset({s}))),
            ]
        return out

    # -- one round ------------------------------------------------------------------------------------

    def body(self, body: Body, *, record: bool) -> list[Node]:
        """All stages of a round, its records, and the states it passes on."""
        place = self.places(body)
        program, placement = self.program, self.placement
        if isinstance(placement, OneByOne):
            placement.entries = self.style.sparse and not record
        out = self.vector_records(place, at_start=True) if record else []
        for number, stage in enumerate(body.stages):
            if body.project_at == number:
                out += self.projection(place)
            out += self.stages.stage(number, stage, place)
        if record:
            out += self.scalar_records("OS", "segment", program.scalar_records)
            out += self.vector_records(place, at_start=False)
        out += self.scalar_records("SERIES", "t_now - t_start - 1", program.series)
        out += placement.copies(self.carried(place), out=False)
        return placement.whole(out) if record else out

    def places(self, body: Body) -> dict[Symbol, str]:
        """The array that holds each stored vector of this body."""
        program, vector = self.program, self.placement.vector
        self.placement.shared = {s.new: s.old for s in program.scalar_states if body.in_place(s)}
        place: dict[Symbol, str] = dict(BOUNDS)
        if program.uses_stream:
            place[a] = "arr_a"
        if program.moving:
            place[z_t] = f"arr_{z_t.name}"
        for state in program.vector_states:
            place[state.old] = vector(state.old, state=True)
            overwrites = self.overwrites(body) if state.new == x_next else body.in_place(state)
            place[state.new] = place[state.old] if overwrites else vector(state.new, state=False)
        whole = [line.symbol for line in body.definitions if line.vector and not isinstance(line, Assigned)]
        for s in (*(s for s in sorted(body.stored, key=str) if s not in place), *whole):
            place[s] = vector(s, state=False)
        return place

    def overwrites(self, body: Body) -> bool:
        """Whether the next point, projected or not, may overwrite the point at once."""
        if body.project_at is None:
            return body.in_place(next(s for s in self.program.states if s.new == x_next))
        later = [line for stage in body.stages[body.project_at :] for line in stage.definitions]
        return not any(x in line.dependencies for line in later)

    def projection(self, place: Places) -> list[Node]:
        """The call of the projection kernel; if it fails, the number of the round is returned."""
        if self.called is None:
            raise ValueError("a program that calls a projection needs the kernel of the domain")
        call = f"{self.called[1]}({place[POINT]}, {place[METRIC]}, {place[x_next]}, work, set_data)"
        begin: list[Node] = []
        if place[x_next] != place[x]:  # a projection may start from the previous point
            begin = self.placement.along([assign(Cell(place[x_next], ("i",)), read(Cell(place[x], ("i",))))])
        return [*begin, *block(f"if {call} != 0", frame("return t_now"))]

    def vector_records(self, place: Places, *, at_start: bool) -> list[Node]:
        """Copy the recorded vectors: the point before the round changes it, the others at its end."""
        at, output = self.placement.at, self.placement.output
        copies = [
            assign(output("OV", "segment", str(k), "i"), read(at(place[s])))
            for k, (_, s) in enumerate(self.program.vector_records)
            if (s == x) == at_start
        ]
        return self.placement.copies(copies, out=True)

    def scalar_records(self, name: str, number: str, records: Sequence[tuple[str, Symbol]]) -> list[Node]:
        """Write the scalars of a checkpoint or of a round."""
        scalar, output = self.placement.scalar, self.placement.output
        copies = [assign(output(name, number, str(k)), read(scalar(s))) for k, (_, s) in enumerate(records)]
        return self.placement.copies(copies, out=True)

    def carried(self, place: Places) -> list[Line]:
        """Copies of the new values of the states over the old ones, unless already in place."""
        scalar, at = self.placement.scalar, self.placement.at
        pairs = [
            (at(place[s.old]), at(place[s.new])) if s.vector else (scalar(s.old), scalar(s.new))
            for s in self.program.states
            if s.old != s.new
        ]
        return [assign(old, read(new)) for old, new in pairs if old != new]


def _imported(module: ModuleType, *names: str) -> str:
    """An import of compiled functions, by default of all; a digest stands for their source.

    The compiler takes the code that it kept of them, so that no kernel compiles them again.
    """
    source = inspect.getsource(module)
    functions = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    wanted = names or [name for name in functions if not name.startswith("_")]
    digest = hashlib.sha256(source.encode()).hexdigest()
    return f"from {module.__name__} import {', '.join(wanted)}  # {digest[:20]}"


def _as_printed(source: str) -> str:
    """The source of a projection without leave to fuse operations or to reorder sums."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(decorator, ast.Call):
                decorator.keywords = [word for word in decorator.keywords if word.arg != "fastmath"]
    return ast.unparse(tree)
