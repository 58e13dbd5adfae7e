"""Print a program as plain numpy, one statement per vector: the readable reference engine.

Nothing is hoisted or shared, and beta**t is a power: the arithmetic is independent of the loop kernel's, so
that the two can check each other. It works for any dtype, any Python loss and any set.
"""

from collections.abc import Sequence
from functools import lru_cache

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
    OfMatrix,
    Picked,
    Program,
    Reduced,
    Reduction,
    Stacked,
)
from online_sim.engines.tree import Cell, Line, Node, Suite, Value, assign, name_of, read, rendered
from theory.printing.array_source import ArrayPrinter
from theory.symbols import Scalar, a, b, coordinate, d, df, f, t, x, x_next, z_t

HEADER = '''"""Generated source: one game, round by round, on numpy arrays."""
import numpy as np

from online_sim.engines.fading import faded, fading
from online_sim.engines.mixing_kernel import uniform


def play(t_start, data, labels, order, parameters, VS, SS, lower, upper, project, oracle, real, pinv,
         vector_of, group_sum, mean_rows, matrices, checkpoints, OS, OV, SERIES):'''

PRINTER = ArrayPrinter(name_of)
REDUCED = {Reduction.SUM: "np.sum", Reduction.MAX: "np.max", Reduction.GROUP: "group_sum"}


def print_rounds(program: Program) -> str:
    """The source of `play` for one replicate; see `numpy_engine` for the arguments."""
    return "\n".join([HEADER, *(text for text, _ in _lines(program)), ""])


def computed_in(program: Program, number: int) -> Symbol | None:
    """The symbol assigned in line `number` (from 1) of the source, or None."""
    _, line = _lines(program)[number - 1 - len(HEADER.splitlines())]
    return next((s for s in line.writes if isinstance(s, Symbol)), None) if line is not None else None


@lru_cache(maxsize=256)
def _lines(program: Program) -> Sequence[tuple[str, Line | None]]:
    vectors, scalars = list(enumerate(program.vector_states)), list(enumerate(program.scalar_states))
    loop: list[Node] = [Line("t_now = t_start + step"), assign(t, Value("real(t_now)"))]
    if program.uses_stream or program.python_loss:
        loop += [assign(a, Value("data[order[step - 1]]")), assign(b, Value("labels[order[step - 1]]"))]
    if program.moving:
        loop.append(assign(z_t, Value("data[order[step - 1] + len(data) // 2]")))
    kinds = (("OS", program.scalar_records), ("OV", program.vector_records))
    records = [(Cell(name, ("k", str(k))), s) for name, kept in kinds for k, (_, s) in enumerate(kept)]
    full = [*_body(program, program.full), *(assign(cell, read(s)) for cell, s in records), Line("k += 1")]
    return rendered(
        [
            *(
                assign(Scalar(name), Value(f"real(parameters[{k}])"))
                for k, name in enumerate(program.parameters)
            ),
            *(assign(s.old, Value(f"VS[{k}].copy()")) for k, s in vectors),
            *(assign(s.old, Value(f"SS[{k}]")) for k, s in scalars),
            Line(f"{name_of(LOWER)}, {name_of(UPPER)} = lower, upper"),
            Line("d = VS.shape[1]"),
            assign(coordinate, Value("np.arange(d)")),
            assign(d, Value("real(d)")),
            Line("k = 0"),
            Suite(
                "for step in range(1, len(order) + 1)",
                (
                    *loop,
                    Suite("if k < len(checkpoints) and checkpoints[k] == t_now", full),
                    Suite("else", _body(program, program.lean)),
                    *_advance(program),
                ),
            ),
            *(assign(Cell("VS", (str(k),)), read(s.old)) for k, s in vectors),
            *(assign(Cell("SS", (str(k),)), read(s.old)) for k, s in scalars),
        ],
        level=1,
    )


def _body(program: Program, body: Body) -> list[Node]:
    """One round."""
    out: list[Node] = []
    for number, stage in enumerate(body.stages):
        if body.project_at == number:
            point, metric = name_of(POINT), name_of(METRIC)
            out.append(assign(x_next, Value(f"project(t_now, {point}, {metric})")))
        out += [line for definition in stage.definitions for line in _definition(definition)]
    return out


def _definition(definition: Definition) -> list[Line]:
    """The line of a definition; one call of a callback gives both value and gradient."""
    symbol = definition.symbol
    match definition:
        case Answered():
            call = ", ".join(map(name_of, (x, a, b)))
            pair = f"{name_of(f)}, {name_of(df)}"
            return [Line(f"{pair} = oracle(t_now, {call})", writes=(f, df))] if symbol == f else []
        case Picked(source=source, index=index):
            text = f"{name_of(source)}[{index}]"
        case Stacked(coordinates=coordinates):
            text = f"vector_of([{', '.join(map(PRINTER.print, coordinates))}], d)"
        case Averaged(factor=factor, point=point):
            function = f"lambda s_row_label, s_row_product: {PRINTER.print(factor)}"
            text = f"mean_rows({function}, {name_of(point)}, {definition.vector})"
        case OfMatrix(columns=columns, step=step, root=root):
            matrix = f"[{', '.join(map(name_of, columns))}]"
            if not step:
                text = f"matrices.trace_root({matrix})"
            else:
                centre, push = (f"vector_of({PRINTER.print(e)}, d)" for e in step[:2])
                text = f"matrices.step(t_now, {matrix}, {centre}, {push}, {PRINTER.print(step[2])}, {root})"
        case Reduced(how=how, expression=e):
            text = f"{REDUCED[how]}(vector_of({PRINTER.print(e)}, d))"
        case Assigned(expression=e):
            text = f"vector_of({PRINTER.print(e)}, d)" if definition.vector else PRINTER.print(e)
        case _:
            raise TypeError(f"no line computes {definition.what}")
    return [assign(symbol, Value(text))]


def _advance(program: Program) -> list[Node]:
    """Keep the series of the round, and replace the old values of the states by the new ones."""
    out: list[Node] = [
        assign(Cell("SERIES", ("step - 1", str(k))), read(s)) for k, (_, s) in enumerate(program.series)
    ]
    decaying = program.decaying
    for state in program.states:
        name = name_of(state.new)
        out.append(assign(state.old, Value(f"faded({name})" if state.new in decaying else name)))
    return out
