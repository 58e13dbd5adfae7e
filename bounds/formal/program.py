"""A game as a program for Coq: the lines of a round, its constants, and their places.

Beside the algorithm's lines a program holds the point, the gradient, one line for each sum or maximum over
the rounds that a statement needs, and the next point. All are lines of the same kind, computed in order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sympy import Expr, Symbol

from bounds.formal.subject import NotFormalizable
from bounds.formal.terms import Meaning, Place, TermPrinter
from bounds.formal.words import prelude
from theory.quantities import CumMax, CumSum, is_vector

NEXT = "x_next"
"""The line of the next point."""
_DEFINITION = re.compile(r"^(?:Definition|Lemma|Theorem|Fixpoint|Inductive|Module) (\w+)", re.MULTILINE)
_OWN = """
    algorithm left_side right_side conditions statement gradient game constants start bits after
    always final inner letters lengths bends F dF w computed plays left_is right_is at_the_end game_violates
"""
DEFINED = frozenset(
    name
    for file in (
        "definitions",
        "noise",
        "segment",
        "projection",
        "segment_projection",
        "enclosures",
        "verdict",
        "descent",
        "paths",
    )
    for name in _DEFINITION.findall(prelude(file))
) | frozenset(_OWN.split())
"""Names that the prelude or the file itself defines."""


@dataclass(frozen=True)
class Line:
    """A line of a program.

    Args:
        name: its name, by which other lines refer to it.
        vector: whether it differs from coordinate to coordinate.
        meaning: the expression of a line of the algorithm, or the node of a sum or a maximum over the rounds;
            or, for lines that this package adds, the term.
        start: its value in round 0; empty for 0.
    """

    name: str
    vector: bool
    meaning: Expr | str
    start: tuple[Fraction, ...] = ()


@dataclass(frozen=True)
class Program:
    """The lines of a round and the constants, each by its name.

    Args:
        lines: the lines in order.
        constants: numbers (one entry) and points.
        meanings: what letters and the diameters of the set stand for.
    """

    lines: tuple[Line, ...]
    constants: Mapping[str, tuple[Fraction, ...]]
    meanings: Mapping[Symbol, Meaning] = field(default_factory=dict)

    @property
    def sums(self) -> dict[Expr, str]:
        """The name of the line that holds each sum and each maximum over the rounds."""
        return {line.meaning: line.name for line in self.lines if isinstance(line.meaning, CumSum | CumMax)}

    def position(self, name: str) -> int:
        """Where a line lies in the state after a round: the newest line comes first."""
        names = [line.name for line in self.lines]
        return len(names) - 1 - names.index(name)

    def printer(self, line: int | None = None, *, over: Sequence[Expr] = ()) -> TermPrinter:
        """The printer for the line of this number, or for a formula after the last round.

        Args:
            line: the number of the line.
            over: the expectations and suprema that the environment holds first, after the last round.
        """
        return TermPrinter(
            self._place(line, len(over)), self.meanings, self.sums, over=over, last=line is None
        )

    def _place(self, line: int | None, first: int) -> Place:
        done = [entry.name for entry in self.lines[:line]] if line is not None else []
        constants = list(self.constants)

        def place(name: str, before: bool) -> int:
            if name in done and not before:
                return len(done) - 1 - done.index(name)
            if name in constants and not before:
                return first + len(done) + constants.index(name)
            if name in {entry.name for entry in self.lines} and (before or line is None):
                return first + len(done) + len(constants) + self.position(name)
            raise ValueError(f"`{name}` is used before it is computed, or is not a line of the game")

        return place

    def term(self, line: int) -> str:
        """The term of a line."""
        entry, printer = self.lines[line], self.printer(line)
        if isinstance(entry.meaning, str):
            return entry.meaning
        if not isinstance(entry.meaning, CumSum | CumMax):
            return printer.print(entry.meaning)
        old = printer.entry(entry.name, vector=entry.vector, before=True)
        new = printer.print(entry.meaning.args[0])
        if isinstance(entry.meaning, CumSum):
            return f"(Plus {old} {new})"
        return f"(InRoundOne {new} (Larger {old} {new}))"


def sums_in(e: Expr) -> list[Expr]:
    """The sums and maxima over the rounds in an expression, inner ones first, each once."""
    found: dict[Expr, None] = {}
    for argument in e.args:
        found |= dict.fromkeys(sums_in(argument))
    if isinstance(e, CumSum | CumMax):
        found[e] = None
    return list(found)


def sum_lines(expressions: list[Expr], known: dict[Expr, str]) -> list[Line]:
    """Lines for the sums and maxima that have none yet; `known` gets their names."""
    made = []
    for node in (node for e in expressions for node in sums_in(e)):
        if node not in known:
            known[node] = f"{'sum' if isinstance(node, CumSum) else 'most'}{len(known) + 1}"
            made.append(Line(known[node], is_vector(node), node))
    return made


def check_names(program: Program) -> None:
    """NotFormalizable if a line or a constant has a name that the file defines otherwise."""
    names = [*(line.name for line in program.lines), *program.constants]
    for name in names:
        if name in DEFINED or names.count(name) > 1:
            raise NotFormalizable(f"the name `{name}` has another meaning in the file")
