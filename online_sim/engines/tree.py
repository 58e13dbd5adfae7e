"""A small typed tree between what a round computes and the text of its program.

A value is printed from symbols and remembers them. Code that arranges statements (what a loop loads, which
stores are never read, which columns of a table a round needs) therefore asks the nodes and never parses text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import Symbol

from theory.symbols import Vector

if TYPE_CHECKING:
    from theory.printing.base import SourcePrinter


@dataclass(frozen=True)
class Cell:
    """An element of an array, given by the texts of its indices: `V[i, at_x, l]`."""

    array: str
    index: tuple[str, ...]


Target: TypeAlias = Symbol | Cell
"""The target of an assignment, or a source of a value."""


@dataclass(frozen=True)
class Value:
    """The text of a value, and the symbols and cells that it reads."""

    text: str
    reads: frozenset[Target] = frozenset()


@dataclass(frozen=True)
class Line:
    """A statement: its text, what it reads, and what it writes."""

    text: str
    reads: frozenset[Target] = frozenset()
    writes: tuple[Target, ...] = ()


@dataclass(frozen=True)
class Suite:
    """A loop or a condition, `head:`, with statements as its body."""

    head: str
    body: Sequence[Node]


Node: TypeAlias = Line | Suite


def name_of(s: Any, scalar: str = "s") -> str:
    """s_name for a scalar, v_name for a vector, so that no name clashes with keywords or frame variables."""
    return f"{'v' if isinstance(s, Vector) else scalar}_{s.name}"


ALONG = "for i in range(d)"
"""The head of a pass over the coordinates."""


def text_of(target: Target) -> str:
    """The name of a symbol, or the text of a cell."""
    if isinstance(target, Cell):
        return f"{target.array}[{', '.join(target.index)}]"
    return name_of(target)


def read(target: Target) -> Value:
    """The value that a symbol or a cell holds."""
    return Value(text_of(target), frozenset({target}))


def printed(printer: SourcePrinter, e: Any) -> Value:
    """The value of an expression."""
    return Value(printer.print(e), frozenset(e.free_symbols))


def assign(target: Target, value: Value, sign: str = "=") -> Line:
    """`target = value`, or `target += value`."""
    found = value.reads if sign == "=" else value.reads | {target}
    return Line(f"{text_of(target)} {sign} {value.text}", found, (target,))


def frame(*texts: str) -> list[Node]:
    """Statements of the frame, as plain text."""
    return [Line(text) for text in texts]


def block(head: str, body: Sequence[Node]) -> list[Node]:
    """A block, or nothing if its body is empty."""
    return [Suite(head, body)] if body else []


def walk(nodes: Iterable[Node]) -> Iterator[Line]:
    """Every statement, in the order of the text."""
    for node in nodes:
        if isinstance(node, Suite):
            yield from walk(node.body)
        else:
            yield node


def reads(nodes: Iterable[Node]) -> set[Target]:
    """Everything that the statements read."""
    return set().union(*(line.reads for line in walk(nodes)))


def without(nodes: Iterable[Node], dropped: set[Target]) -> list[Node]:
    """The tree without the assignments to dropped targets."""
    kept = [node for node in nodes if isinstance(node, Suite) or not dropped.intersection(node.writes)]
    return [Suite(n.head, without(n.body, dropped)) if isinstance(n, Suite) else n for n in kept]


def alternatives(condition: str, yes: Sequence[Node], no: Sequence[Node], *, gap: int = 0) -> list[Node]:
    """Statements that do `yes` if a condition holds, else `no`; what both do is there only once.

    gap: the most lines that are repeated in the branches before and after them, which saves a branch.
    """
    one, two = (["\n".join(lines([node])) for node in nodes] for nodes in (yes, no))
    runs: list[tuple[bool, Sequence[Node], Sequence[Node]]] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        outer = a == c == 0 or (b, d) == (len(yes), len(no))
        short = d - c <= gap and all(isinstance(node, Line) for node in no[c:d])
        runs.append((kind == "equal" and (outer or not short), yes[a:b], no[c:d]))
    out: list[Node] = []
    for common, group in groupby(runs, key=itemgetter(0)):
        _, first, second = (list(part) for part in zip(*group, strict=True))
        done, otherwise = list(chain(*first)), list(chain(*second))
        if common:
            out += done
        elif done:
            out += [Suite(f"if {condition}", done), *block("else", otherwise)]
        else:
            out += block(f"if not {condition}", otherwise)
    return out


def rendered(nodes: Iterable[Node], level: int = 0) -> list[tuple[str, Line | None]]:
    """The lines of the text, each with its statement, or None for the head of a block."""
    pad, found = "    " * level, list[tuple[str, Line | None]]()
    for node in nodes:
        if isinstance(node, Suite):
            found += [(f"{pad}{node.head}:", None), *rendered(node.body, level + 1)]
        else:
            found.append((pad + node.text, node))
    return found


def lines(nodes: Iterable[Node], level: int = 0) -> list[str]:
    """The lines of the text."""
    return [line for line, _ in rendered(nodes, level)]
