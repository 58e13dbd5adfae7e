"""Print a program as one loop over rounds and coordinates, ready for numba.

What is computed once instead of again and again: see `loop_expressions`. Two layouts are printed from the
same program: this file writes the loop that plays one replicate after the other, `lane_kernel` the one that
plays many side by side. The layout of the arguments is fixed; see `SIGNATURE`.

Only a sum over coordinates may be taken in another order than printed (`plus`): that is what lets it run in
vector registers. Where the compiler may pair the factors of a product anew, it also undoes what was hoisted,
dividing every coordinate by what was divided by once. A product and a sum may be fused (`contract`). Neither
is allowed in a reproducible kernel, or in one of doubled precision.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sympy import Symbol

from online_sim.engines.loop_expressions import POWER_CUT
from online_sim.engines.loop_layout import BOUNDS, SIGNATURE, SIGNATURE_TYPES, Layout, Line, Printed, indent
from online_sim.engines.loop_stage import StageWriter
from online_sim.engines.mixing_kernel import uniform
from online_sim.engines.program import (
    METRIC,
    POINT,
    Averaged,
    Body,
    Program,
    Projection,
    Reduced,
    Stacked,
    State,
)
from online_sim.engines.recompute import recompute
from theory.printing.double_double_source import DoubleDoublePrinter
from theory.printing.loop_source import LoopPrinter
from theory.symbols import a, b, x, x_next

if TYPE_CHECKING:
    from types import ModuleType

    from online_sim.domains.base import ProjectionKernel
    from theory.printing.base import SourcePrinter


def print_kernel(
    program: Program, projection: ProjectionKernel | None = None, layout: Layout | None = None
) -> Printed:
    """The self-contained source of `kernel` for a program (and its projection kernel, when it calls one).

    The text depends on the arguments' content alone, and is printed once for each.
    """
    if program.projection is Projection.CALL and projection is None:
        raise ValueError("a program that calls a projection needs the kernel of the domain")
    called = (projection.module, projection.entry) if projection is not None else None
    layout = layout or Layout()
    return _printed(program, called, layout, DoubleDoublePrinter if layout.double_double else LoopPrinter)


@lru_cache(maxsize=512)
def _printed(
    program: Program, called: tuple[ModuleType, str] | None, layout: Layout, printer: type[SourcePrinter]
) -> Printed:
    if layout.lanes:
        from online_sim.engines.lane_kernel import LaneWriter

        return LaneWriter(program, called, layout, printer).write()
    return KernelWriter(program, called, layout, printer).write()


@dataclass
class KernelWriter(StageWriter):
    """Writes the kernel that plays one replicate after the other."""

    def write(self) -> Printed:
        """The whole file."""
        lean, full = self.bodies(self.program)
        rounds = self.rounds(self.body(lean, record=False), self.body(full, record=True))
        lines = self.needed([*self.prologue(), *rounds, *self.epilogue()])
        fast = "" if self.layout.strict else ', fastmath={"contract"}'
        decorator = f'@njit(TYPES, cache=True, error_model="numpy"{fast})'
        text = "\n".join([*self.header(), decorator, f"def kernel({', '.join(SIGNATURE)}):", *lines, ""])
        return Printed(text, tuple(self.expressions.powers), tuple(self.expressions.complements))

    def bodies(self, program: Program) -> list[Body]:
        """The two bodies, with what is cheaper to compute than to store."""
        pair = [program.lean, program.full]
        if self.layout.strict:
            return pair
        recorded = [s for _, s in program.vector_records]
        return [recompute(body, program.states, recorded) for body in pair]

    def needed(self, lines: list[str]) -> list[str]:
        """The lines without what only this layout would do in vain."""
        return lines

    # -- the frame ------------------------------------------------------------------------------------

    def header(self) -> list[str]:
        """Imports, the signature and the helpers."""
        out = [
            '"""Generated source: one game, all rounds, all replicates."""',
            "import math",
            "import numpy as np",
            "from numba import njit, types",
            "",
            f"_V, _D, _S = {', '.join(f'types.{name}' for name in self.layout.types)}",
            *SIGNATURE_TYPES,
            "",
        ]
        if self.layout.double_double:
            from online_sim.engines import sealed_kernels

            sealed_kernels.install()  # before that module asks numba where to keep it
            from online_sim.engines import double_double_kernel

            out += [inspect.getsource(double_double_kernel), ""]
        else:
            out += [
                '@njit(cache=True, error_model="numpy")',
                "def pinv(w):",
                f"    return {self.real('1.0')} / w if w != 0.0 else {self.real('0.0')}",
                "",
            ]
        if not self.layout.strict:
            out += [
                '@njit(cache=True, fastmath={"reassoc"})',
                "def plus(total, term):  # in any order: a sum over coordinates",
                "    return total + term",
                "",
            ]
        if self.program.uses_uniform:
            out += ["@njit", inspect.getsource(uniform), ""]
        if self.called is not None and self.program.projection is Projection.CALL:
            source = inspect.getsource(self.called[0])
            out += [source.replace("from __future__ import annotations\n", ""), ""]
        return out

    def prologue(self) -> list[str]:
        """What comes before the rounds of a replicate."""
        program, printer = self.program, self.printer
        out = [*self.sizes()]
        for s, name in self.buffers.items():
            vectors, _, scalars = self.layout.types
            kind = scalars if s in self.group_sums else vectors
            out.append(f"    {name} = np.empty(d, dtype=np.{kind})")
        if program.uses_groups:
            out.append("    n_groups = group.max() + 1")
        out.append("    for rep in range(VS.shape[0]):")
        if program.uses_stream:
            out += [
                "        data = vectors[rep if vectors.shape[0] > 1 else 0]",
                "        data_labels = labels[rep if labels.shape[0] > 1 else 0]",
                "        order = index[rep if index.shape[0] > 1 else 0]",
            ]
        named = self.expressions.by_name.values()
        value = "float(np.float32(parameters[rep, {}]))" if self.layout.single else "parameters[rep, {}]"
        out += [f"        {self.text(s)} = {value.format(k)}" for k, s in enumerate(named)]
        out += [f"        arr_{s.old.name} = VS[rep, {k}]" for k, s in enumerate(program.vector_states)]
        out += [f"        {self.text(s)} = SS[rep, {k}]" for k, s in enumerate(self.kept_scalars())]
        constants = self.expressions.constants
        out += [f"        {self.text(s)} = {printer.print(e)}" for e, s in constants.items()]
        return [*out, "        t_now = t_start"]

    def sizes(self) -> list[str]:
        """Numbers that stay the same all block long."""
        out = [
            "    d = VS.shape[2]",
            "    s_d = float(d)",
            "    m_rounds = index.shape[1]",
            "    n_checkpoints = checkpoints.shape[0]",
        ]
        if self.layout.uniform_box and self.program.projection is Projection.CLIP:
            out += [f"    {self.text(s)} = {self.real(f'{name}[0]')}" for s, name in BOUNDS.items()]
        return out

    def kept_scalars(self) -> list[Symbol]:
        """What SS holds: the scalar states, then the running powers and the two numbers of a complement."""
        found = self.expressions
        pairs = [s for pair in found.complements.values() for s in pair]
        return [*(s.old for s in self.program.scalar_states), *found.powers.values(), *pairs]

    def rounds(self, lean: list[str], full: list[str]) -> list[str]:
        """The loop over the rounds, with the full body where something is recorded."""
        begin = self.begin()
        return [
            "        for segment in range(n_checkpoints + 1):",
            "            stop = checkpoints[segment] - 1 if segment < n_checkpoints else t_start + m_rounds",
            "            while t_now < stop:",
            *indent(begin + lean, 4),
            "            if segment < n_checkpoints:",
            *indent(begin + full, 4),
        ]

    def begin(self) -> list[str]:
        """The round's number, its powers and its data."""
        out = ["t_now += 1", "s_t = float(t_now)"]
        out += self.scalars(self.steps(), {})
        if self.program.uses_stream:
            out += ["row_now = order[t_now - t_start - 1]"]
            out += [f"{self.text(b)} = data_labels[row_now]", "arr_a = data[row_now]"]
        return out

    def steps(self) -> list[Line]:
        """base**t and 1 - base**t from those of the round before; see `loop_expressions`."""
        out = []
        for base, s in self.expressions.powers.items():
            name = self.text(s)
            product = self.printer.product([name, self.printer.print(base)], [])
            cut = f"{name} if abs({name}) > {POWER_CUT[False]} else 0.0"
            if self.layout.double_double:
                cut = f"faded({name}, {POWER_CUT[True]})"
            out += [
                Line(f"{name} = {product}", frozenset({s, *base.free_symbols}), s),
                Line(f"{name} = {cut}", frozenset({s}), s),
            ]
        for base, (s, lost) in self.expressions.complements.items():
            rest = self.expressions.constant(1 - base)
            total, error = self.text(s), self.text(lost)
            out += [
                Line(
                    f"more = {self.printer.print(rest)} * (1.0 - {total}) - {error}",
                    frozenset({s, lost, *rest.free_symbols}),
                ),
                Line(f"before = {total}", frozenset({s})),
                Line(f"{total} = {total} + more", frozenset({s}), s),
                # A base above 1 grows without bound; inf - inf must not spoil it.
                Line(
                    f"{error} = ({total} - before) - more if abs({total}) < 1e300 else 0.0",
                    frozenset({s}),
                    lost,
                ),
            ]
        return out

    def epilogue(self) -> list[str]:
        """What is handed on to the next block."""
        out = [f"        SS[rep, {k}] = {self.text(s)}" for k, s in enumerate(self.kept_scalars())]
        return [*out, "    return 0"]

    # -- one round ------------------------------------------------------------------------------------

    def body(self, body: Body, *, record: bool) -> list[str]:
        """All stages of a round, what it records, and the states it hands on."""
        out: list[str] = []
        place = self.places(body)
        if record:
            out += self.record_vectors(place, at_start=True)
        for number, stage in enumerate(body.stages):
            if body.project_at == number:
                out += self.call_projection(place)
            out += self.stage(stage, place)
        if record:
            out += self.record_scalars(place) + self.record_vectors(place, at_start=False)
        return out + self.record_series(place) + self.carry(body, place)

    def places(self, body: Body) -> dict[Symbol, str]:
        """The array that holds each stored vector of this body."""
        place: dict[Symbol, str] = dict(BOUNDS)
        if self.program.uses_stream:
            place[a] = "arr_a"
        for state in self.program.vector_states:
            place[state.old] = self.array(state.old)
            place[state.new] = place[state.old] if self.overwrites(body, state) else self.buffer(state.new)
        for s in sorted(body.stored, key=str):
            if s not in place:
                place[s] = self.buffer(s)
        for stage in body.stages:
            for definition in stage.definitions:
                if definition.vector and isinstance(definition, Stacked | Reduced | Averaged):
                    place[definition.symbol] = self.buffer(definition.symbol)
        return place

    def overwrites(self, body: Body, state: State) -> bool:
        """Whether a new value may take the place of the old one at once; a projected point too."""
        if state.new == x_next and body.project_at is not None:
            later = body.stages[body.project_at :]
            return not any(x in x_.dependencies for stage in later for x_ in stage.definitions)
        return body.in_place(state)

    def array(self, s: Symbol) -> str:
        """The array of a state."""
        return f"arr_{s.name}"

    def buffer(self, s: Symbol) -> str:
        """The array of a vector that lives for one round."""
        self.buffers[s] = f"buf_{s.name}"
        return self.buffers[s]

    def call_projection(self, place: dict[Symbol, str]) -> list[str]:
        """The projection kernel; the round's number is returned where it fails."""
        if self.called is None:
            raise ValueError("a program that calls a projection needs the kernel of the domain")
        call = f"{self.called[1]}({place[POINT]}, {place[METRIC]}, {place[x_next]}, work, set_data)"
        begin = []
        if place[x_next] != place[x]:  # a projection may begin from the point it left
            begin = ["for i in range(d):", f"    {place[x_next]}[i] = {place[x]}[i]"]
        return [*begin, f"if {call} != 0:", "    return t_now"]

    def record_vectors(self, place: dict[Symbol, str], *, at_start: bool) -> list[str]:
        """Copy the recorded vectors: the point before the round changes it, the others at its end."""
        out = []
        for k, (_, s) in enumerate(self.program.vector_records):
            if (s == x) == at_start:
                out += ["for i in range(d):", f"    OV[rep, segment, {k}, i] = {place[s]}[i]"]
        return out

    def record_scalars(self, place: dict[Symbol, str]) -> list[str]:
        """Write the scalars of a checkpoint."""
        scalars = enumerate(self.program.scalar_records)
        return [f"OS[rep, segment, {k}] = {self.text(s)}" for k, (_, s) in scalars]

    def record_series(self, place: dict[Symbol, str]) -> list[str]:
        """Write the scalars of a round."""
        series = enumerate(self.program.series)
        return [f"SERIES[rep, t_now - t_start - 1, {k}] = {self.text(s)}" for k, (_, s) in series]

    def carry(self, body: Body, place: dict[Symbol, str]) -> list[str]:
        """The new values of the states take the place of the old ones."""
        out = []
        for state in self.program.states:
            if state.old == state.new:
                continue
            if not state.vector:
                out.append(f"{self.text(state.old)} = {self.text(state.new)}")
            elif place[state.old] != place[state.new]:
                out += ["for i in range(d):", f"    {place[state.old]}[i] = {place[state.new]}[i]"]
        return out
