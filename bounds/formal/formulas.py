"""The formulas of a certificate as Coq text: letters, conditions, lines of the algorithm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from sympy import Expr, Integer, Symbol

from bounds.formal.subject import NotFormalizable, Subject
from bounds.formal.words import wrapped
from theory.printing.coq_source import CoqPrinter, bare, beginnings, coq_names, equation
from theory.quantities import Prev, Quantity
from theory.symbols import T, Vector, t


@dataclass(frozen=True)
class Formulas:
    """What both sides and the conditions are written with.

    Args:
        subject: the statement, the algorithm and the game.
        sequences: the symbols that differ from round to round, vectors first.
        constants: the symbols that stay the same all game long.
        fixed: constants that are defined by others, each with its definition: the diameters of a set.
        path: the variable for the path of the noise; empty without noise.
    """

    subject: Subject
    sequences: Sequence[Symbol]
    constants: Sequence[Symbol]
    fixed: Mapping[Symbol, Expr] = field(default_factory=lambda: MappingProxyType({}))
    path: str = ""

    @property
    def bound(self) -> Expr:
        """The right side."""
        return self.subject.spelled_out(self.subject.reading.rhs)

    @property
    def conditions(self) -> list[tuple[Expr, Expr, bool]]:
        """The conditions as (smaller side, larger side, whether strictly)."""
        found = []
        for c in self.subject.conditions:
            low, high = (c.lhs, c.rhs) if c.rel_op[0] == "<" else (c.rhs, c.lhs)
            low, high = (self._one_round_back(self.subject.spelled_out(side)) for side in (low, high))
            found.append((low, high, len(c.rel_op) == 1))
        return found

    def _one_round_back(self, e: Expr) -> Expr:
        """An expression in which `Prev` of a formula is the formula with t - 1 and `Prev` of its sequences.

        `Prev` of a formula is 0 in round 1, so the new formula must be 0 there, whatever has no value before.
        """
        r = self.subject.recurrence
        moved: dict[Expr, Expr] = {}
        for node in (n for n in e.atoms(Prev) if not isinstance(n.args[0], Symbol)):
            (formula,) = node.args
            back = {s: Prev(s) for s in formula.free_symbols if s in self.sequences}
            moved[node] = formula.xreplace({t: t - 1, **back})
            before = {s: r.initial.get(s, Integer(0)) if s in r.states else s for s in back}
            if formula.has(Quantity) or formula.xreplace({t: Integer(0), **before}) != 0:
                raise NotFormalizable(
                    f"a condition has {node}, which cannot be written with the values of the round before"
                )
        return e.xreplace(moved)

    @property
    def condition_sides(self) -> list[Expr]:
        """Both sides of every condition."""
        return [side for low, high, _ in self.conditions for side in (low, high)]

    def letters_of(self, *expressions: Expr) -> list[tuple[Symbol, Expr]]:
        """The letters and the defined constants that expressions use, each after those that it uses."""
        needed = {s for e in expressions for s in e.free_symbols}
        found: list[tuple[Symbol, Expr]] = []
        for letter, meaning in reversed(self.subject.letters):
            if letter in needed:
                found.insert(0, (letter, self.subject.spelled_out(meaning)))
                needed |= found[0][1].free_symbols
        return [*((s, e) for s, e in self.fixed.items() if s in needed), *found]

    def printer(self, letters: Sequence[tuple[Symbol, Expr]] = (), round_: str = "t") -> CoqPrinter:
        """The printer of formulas in a round."""
        constants = [*self.constants, *(s for s, _ in letters)]
        return CoqPrinter(coq_names(self.sequences, constants, round=round_, path=self.path))

    def lets(self, letters: Sequence[tuple[Symbol, Expr]], round_: str) -> str:
        """The letters and what they stand for."""
        printer, text = self.printer(letters, round_), ""
        for s, meaning in letters:
            body = bare(printer.print(meaning))
            text += wrapped(f"let {s} := {f'fun i => {body}' if isinstance(s, Vector) else body} in", "  ")
            text += "\n"
        return text

    def side(self, e: Expr) -> str:
        """The body of the definition of a side, in the last round."""
        letters = self.letters_of(e)
        return self.lets(letters, "T") + wrapped(bare(self.printer(letters, "T").print(e)), "  ") + ".\n"

    def condition_text(self) -> str:
        """The body of the definition of the conditions."""
        letters = self.letters_of(*self.condition_sides)
        printer = self.printer(letters, "T")
        parts = [
            f"{bare(printer.print(low))} {'<' if strict else '<='} {bare(printer.print(high))}"
            for low, high, strict in self.conditions
        ]
        return self.lets(letters, "T") + wrapped(" /\\ ".join(parts) or "True", "  ") + ".\n"

    def lines(self) -> tuple[str, str, str, str]:
        """The algorithm: the equations of round 0, those of a round, the metric and the unprojected point."""
        r = self.subject.recurrence
        if any(e.has(T) for e in r.expressions()):
            raise NotFormalizable("a line of the algorithm uses the horizon T")
        printer = Formulas(self.subject, self.sequences, self.constants).printer()
        begin = " /\\ ".join(beginnings(r.initial, r.states, printer))
        equations = " /\\\n".join(wrapped(equation(s, e, printer), "      ") for s, e in r.steps)
        start = f"  (forall i, {begin}) /\\\n" if begin else ""
        return start, equations, bare(printer.print(r.metric)), bare(printer.print(r.point))
