"""The tree between schedule and text: what statements read and write, and how they are printed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from sympy import sqrt

from online_sim.engines.array.source import computed_in, print_rounds
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.program import Projection
from online_sim.engines.tree import (
    Cell,
    Line,
    Node,
    Suite,
    Value,
    alternatives,
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


def taken(nodes: Sequence[Node], *, holds: bool) -> list[str]:
    """The lines of the branches that run where the condition `c` holds, or where it does not."""
    out: list[str] = []
    branches = {"if c": holds, "else": not holds, "if not c": not holds}
    for node in nodes:
        if not isinstance(node, Suite) or node.head not in branches:
            out += lines([node])
        elif branches[node.head]:
            out += lines(node.body)
    return out


@pytest.mark.parametrize("gap", [0, 2])
def test_alternatives_do_one_or_the_other(gap: int) -> None:
    """Either way the statements of that list run in their order, whatever the two lists have in common."""
    rng = np.random.default_rng(4)
    shorter = 0
    for _ in range(200):
        word = rng.integers(0, 9, size=12)
        one, two = (word[rng.random(12) < 0.8] for _ in range(2))
        yes, no = (
            [Suite(f"for i in range({k})", [Line("pass")]) if k % 3 == 0 else Line(f"f({k})") for k in ks]
            for ks in (one, two)
        )
        both = alternatives("c", yes, no, gap=gap)
        assert taken(both, holds=True) == lines(yes)
        assert taken(both, holds=False) == lines(no)
        shorter += len(lines(both)) < len(lines(yes)) + len(lines(no))
    assert shorter > 150


def test_alternatives_share_what_is_the_same() -> None:
    """Equal statements stand once, and a branch has no empty body."""
    a, b, c, d = (Line(f"{name} = 0") for name in "abcd")
    assert alternatives("c", [a, b], [a, b]) == [a, b]
    assert lines(alternatives("c", [a, b, c], [a, c])) == ["a = 0", "if c:", "    b = 0", "c = 0"]
    assert lines(alternatives("c", [a, c], [a, b, c])) == ["a = 0", "if not c:", "    b = 0", "c = 0"]
    split = alternatives("c", [a, b, c, d], [b, d])
    assert lines(split) == ["if c:", "    a = 0", "b = 0", "if c:", "    c = 0", "d = 0"]
    joined = alternatives("c", [a, b, c, d, a], [a, c, a], gap=1)
    assert lines(joined) == [
        "a = 0", "if c:", "    b = 0", "    c = 0", "    d = 0", "else:", "    c = 0", "a = 0",
    ]  # fmt: skip
    begin = alternatives("c", [a, b, c], [b, d], gap=1)
    assert lines(begin) == ["if c:", "    a = 0", "    b = 0", "    c = 0", "else:", "    b = 0", "    d = 0"]
