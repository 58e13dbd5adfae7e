r"""LaTeX of whole objects: an algorithm, a loss, a reading of a theorem, a proof step by step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sympy import Symbol

from theory.loss import Loss
from theory.parameters import ALPHA, BETA1, BETA2, EPS, Parameter
from theory.printing.latex import LatexPrinter
from theory.proof import Proof, Relation
from theory.quantities import is_vector
from theory.recurrence import Recurrence
from theory.statement import Theorem
from theory.symbols import t, x


@dataclass(frozen=True)
class StatementLatex:
    """The inequality in LaTeX; where: the definitions of its letters, one equation each."""

    formula: str
    where: tuple[str, ...]


def parameter_names(parameters: Iterable[Parameter]) -> dict[Symbol, str]:
    """The declared LaTeX of the parameters, by symbol."""
    return {p.symbol: p.latex for p in parameters}


def recurrence_latex(recurrence: Recurrence) -> tuple[str, ...]:
    """The lines of an algorithm for one coordinate, in order, one equation each; last the projected step."""
    timed = frozenset(symbol for symbol, _ in recurrence.steps)
    printer = LatexPrinter(names=parameter_names(recurrence.parameters), timed=timed, base="t")
    lines = [f"{printer.print(symbol)} = {printer.print(e)}" for symbol, e in recurrence.steps]
    metric = printer.print(recurrence.metric) if is_vector(recurrence.metric) else ""
    step = rf"P_{{X}}^{{{metric}}}" if metric else "P_{X}"
    lines.append(rf"x_{{t+1}} = {step}\left({printer.print(recurrence.point)}\right)")
    return tuple(lines)


def loss_latex(loss: Loss) -> str:
    """f_t(x) = value, with x the argument and a_t, b_t the data of the round."""
    names = parameter_names(loss.parameters)
    printer = LatexPrinter(names={**names, x: "x"}, base="t")
    return f"f_{{t}}(x) = {printer.print(loss.value)}"


def oracle_latex(loss: Loss) -> str | None:
    """g_t = oracle if the oracle does not return the true gradient, else None."""
    if loss.oracle is None:
        return None
    return f"g_{{t}} = {LatexPrinter(names=parameter_names(loss.parameters), base='t').print(loss.oracle)}"


def statement_latex(theorem: Theorem, reading: str, parameters: Iterable[Parameter] = ()) -> StatementLatex:
    """lhs <= rhs of a reading, seen from the horizon T, and the definitions of its letters.

    parameters: those whose LaTeX is not alpha, beta_1, beta_2 or epsilon. Raises ValueError for an unknown
    reading.
    """
    printer = LatexPrinter(names=parameter_names((ALPHA, BETA1, BETA2, EPS, *parameters)))
    sides = (theorem.lhs, theorem.reading(reading).rhs)
    # A letter may use earlier ones: go from the last to the first, and add those used in what is shown.
    shown = list(sides)
    where: list[str] = []
    for letter, meaning in reversed(theorem.letters):
        if any(e.has(letter) for e in shown):
            shown.append(meaning)
            where.insert(0, f"{printer.print(letter)} = {printer.print(meaning)}")
    left, right = (printer.print(side) for side in sides)
    return StatementLatex(rf"{left} \le {right}", tuple(where))


@dataclass(frozen=True)
class ProofLatex:
    """A proof in LaTeX. formulas: one relation for each step; where: the definitions of its letters."""

    formulas: tuple[str, ...]
    where: tuple[str, ...]


def proof_latex(proof: Proof, parameters: Iterable[Parameter] = ()) -> ProofLatex:
    """The steps of a proof and its letters, seen from the round t; vectors are shown for one coordinate.

    parameters: those whose LaTeX is not alpha, beta_1, beta_2 or epsilon.
    """
    # A letter changes from round to round if its definition does.
    timed = frozenset(letter for letter, e in proof.letters if e.has(t) or is_vector(e))
    names = parameter_names((ALPHA, BETA1, BETA2, EPS, *parameters))
    printer = LatexPrinter(names=names, timed=timed, base="t")
    signs = {Relation.EQUAL: "=", Relation.AT_MOST: r"\le"}
    formulas = []
    for step in proof.steps:
        own = replace(printer, coordinate="i" if step.vector else "")
        left, right = map(own.print, proof.in_letters(step))
        formulas.append(f"{left} {signs[step.relation]} {right}")
    where = tuple(f"{printer.print(letter)} = {printer.print(e)}" for letter, e in proof.letters)
    return ProofLatex(tuple(formulas), where)
