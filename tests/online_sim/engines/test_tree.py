"""The tree between schedule and text: what statements read and write, and how they are printed."""

from __future__ import annotations

from sympy import sqrt

from online_sim.engines.array.source import computed_in, print_rounds
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.program import Projection
from online_sim.engines.tree import (
    Cell,
    Line,
    Suite,
    Value,
    assign,
    lines,
    name_of,
    printed,
    read,
    reads,
    without,
)
from theory.algorithms.adal import ADAL
from theory.losses.linear import LINEAR
from theory.printing import LoopPrinter
from theory.symbols import Scalar, f, g, m, t, x

TOTAL = Scalar("total")
KEPT = Cell("S", ("of_total", "l"))
TREE = [
    assign(TOTAL, Value("0.0")),
    Suite(
        "for i in range(d)",
        (
            assign(m, printed(LoopPrinter(name_of), g / sqrt(t))),
            assign(TOTAL, read(m), "+="),
            assign(KEPT, read(TOTAL)),
        ),
    ),
    Line("records = stacked(s_f)", frozenset({f})),
]


def test_reads_come_from_the_symbols() -> None:
    """An expression's symbols, what is added to, and what a call is given; never a word of the text."""
    assert reads(TREE) == {g, t, m, TOTAL, f}
    assert x not in reads([assign(m, Value("v_x"))])


def test_a_tree_is_printed_with_its_statements_in_place() -> None:
    """Blocks are indented; a statement that is left out leaves the rest as it was."""
    text = [
        "s_total = 0.0",
        "for i in range(d):",
        "    v_m = (v_g / math.sqrt(s_t))",
        "    s_total += v_m",
        "    S[of_total, l] = s_total",
        "records = stacked(s_f)",
    ]
    assert lines(TREE) == text
    assert lines(without(TREE, {KEPT})) == [line for line in text if "S[" not in line]


def test_the_node_says_what_a_line_computes() -> None:
    """The symbol of every line of the reference that assigns one is the name on its left."""
    program = compile_program(Request(ADAL, LINEAR, projection=Projection.CLIP, record=[f, g]))
    found = set()
    for number, text in enumerate(print_rounds(program).splitlines(), 1):
        if " = " in text and text.startswith("    "):
            symbol = computed_in(program, number)
            found.add(symbol)
            assert symbol is None or text.strip().startswith(f"{name_of(symbol)} = ")
    assert {m, t} <= found
