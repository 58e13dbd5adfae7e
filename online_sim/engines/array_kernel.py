"""Print a program as plain numpy, one statement a vector: the readable reference engine.

Nothing is hoisted and nothing is shared, beta**t is a power: the arithmetic is independent of the loop
kernel's, so that the two can check each other. Any dtype, any Python loss, any set.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sympy import Symbol

from online_sim.engines.program import (
    LOWER,
    METRIC,
    POINT,
    UPPER,
    Answered,
    Assigned,
    Averaged,
    Body,
    Definition,
    Picked,
    Program,
    Reduced,
    Reduction,
    Stacked,
    State,
    decays,
)
from theory.printing.array_source import ArrayPrinter
from theory.symbols import Vector, coordinate, x_next

HEADER = '''"""Generated source: one game, round by round, on numpy arrays."""
import numpy as np

from online_sim.engines.fading import faded, fading
from online_sim.engines.mixing_kernel import uniform


def play(t_start, data, labels, order, parameters, VS, SS, lower, upper, project, oracle, real, pinv,
         vector_of, group_sum, mean_rows, checkpoints, OS, OV, SERIES):'''


@lru_cache(maxsize=256)
def print_rounds(program: Program) -> str:
    """The source of `play` for one replicate; see `numpy_engine` for the arguments."""
    return _Writer(program).write()


class _Writer:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.printer = ArrayPrinter(_Names())

    def write(self) -> str:
        program = self.program
        setup = [
            f"{self.text_name(name)} = real(parameters[{k}])" for k, name in enumerate(program.parameters)
        ]
        setup += [f"{self.text(s.old)} = VS[{k}].copy()" for k, s in enumerate(program.vector_states)]
        setup += [f"{self.text(s.old)} = SS[{k}]" for k, s in enumerate(program.scalar_states)]
        setup += [
            f"{self.text(LOWER)}, {self.text(UPPER)} = lower, upper",
            "d = VS.shape[1]",
            f"{self.text(coordinate)} = np.arange(d)",
            "s_d = real(d)",
            "k = 0",
        ]
        finish = [f"VS[{k}] = {self.text(s.old)}" for k, s in enumerate(program.vector_states)]
        finish += [f"SS[{k}] = {self.text(s.old)}" for k, s in enumerate(program.scalar_states)]
        loop = ["t_now = t_start + step", "s_t = real(t_now)"]
        if program.uses_stream or program.python_loss:
            loop += ["v_a = data[order[step - 1]]", "s_b = labels[order[step - 1]]"]
        lines = [
            *setup,
            "for step in range(1, len(order) + 1):",
            *_indent(loop),
            "    if k < len(checkpoints) and checkpoints[k] == t_now:",
            *_indent(_indent([*self.body(program.full), *self.record(), "k += 1"])),
            "    else:",
            *_indent(_indent(self.body(program.lean))),
            *_indent(self.advance()),
            *finish,
        ]
        return "\n".join([HEADER, *_indent(lines), ""])

    def body(self, body: Body) -> list[str]:
        out: list[str] = []
        for number, stage in enumerate(body.stages):
            if body.project_at == number:
                out.append(f"{self.text(x_next)} = project(t_now, {self.text(POINT)}, {self.text(METRIC)})")
            for definition in stage.definitions:
                out += self.definition(definition)
        return out

    def definition(self, definition: Definition) -> list[str]:
        name = self.text(definition.symbol)
        match definition:
            case Answered():
                return ["s_f, v_df = oracle(t_now, v_x, v_a, s_b)"] if not definition.vector else []
            case Picked():
                return [f"{name} = {self.text(definition.source)}[{definition.index}]"]
            case Stacked():
                parts = ", ".join(self.printer.print(e) for e in definition.coordinates)
                return [f"{name} = vector_of([{parts}], d)"]
            case Averaged():
                function = f"lambda s_row_label, s_row_product: {self.printer.print(definition.factor)}"
                point = self.text(definition.point)
                return [f"{name} = mean_rows({function}, {point}, {definition.vector})"]
            case Reduced():
                way = {Reduction.SUM: "np.sum", Reduction.MAX: "np.max", Reduction.GROUP: "group_sum"}
                text = self.printer.print(definition.expression)
                return [f"{name} = {way[definition.how]}(vector_of({text}, d))"]
            case Assigned():
                text = self.printer.print(definition.expression)
                return [f"{name} = vector_of({text}, d)" if definition.vector else f"{name} = {text}"]
        raise TypeError(f"no rule prints {definition.what}")

    def record(self) -> list[str]:
        out = [f"OS[k, {k}] = {self.text(s)}" for k, (_, s) in enumerate(self.program.scalar_records)]
        return out + [f"OV[k, {k}] = {self.text(s)}" for k, (_, s) in enumerate(self.program.vector_records)]

    def advance(self) -> list[str]:
        out = [f"SERIES[step - 1, {k}] = {self.text(s)}" for k, (_, s) in enumerate(self.program.series)]
        fading = [s for s in self.program.vector_states if s.old != s.new and self.fades(s)]
        return out + [
            f"{self.text(s.old)} = {f'faded({self.text(s.new)})' if s in fading else self.text(s.new)}"
            for s in self.program.states
        ]

    def fades(self, state: State) -> bool:
        """Whether the line of a state scales its old value: without gradients it then fades away."""
        lines = [
            line for stage in self.program.lean.stages for line in stage.vectors if line.symbol == state.new
        ]
        return any(decays(line, state) for line in lines)

    def text(self, s: Symbol) -> str:
        return self.printer.print(s)

    def text_name(self, name: str) -> str:
        return f"s_{name}"


class _Names(dict[Any, str]):
    """Scalars print as s_name, vectors as v_name: no clash with keywords or the frame's variables."""

    def get(self, s: Any, default: Any = None) -> str:
        return f"v_{s.name}" if isinstance(s, Vector) else f"s_{s.name}"


def _indent(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]
