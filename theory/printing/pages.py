"""The pages that notebooks show of an algorithm and of a theorem."""

from __future__ import annotations

from theory.parameters import Parameter
from theory.printing.html import Html, element, escaped, formulas, page, paragraph, points, table
from theory.printing.latex_objects import recurrence_latex, statement_latex
from theory.recurrence import Recurrence
from theory.statement import Theorem


def theorem_formulas(theorem: Theorem) -> tuple[str, ...]:
    """What a theorem states: its readings, then the definitions of their letters."""
    printed = [statement_latex(theorem, reading.key, theorem.parameters) for reading in theorem.readings]
    letters = dict.fromkeys(line for one in printed for line in one.where)
    return (*(one.formula for one in printed), *letters)


def algorithm_page(recurrence: Recurrence) -> Html:
    """The lines of an algorithm, the values they begin with, and its parameters."""
    begin = [f"{s} in round 0: {value}" for s, value in sorted(recurrence.initial.items(), key=str)]
    return page(
        recurrence.name,
        str(recurrence.source),
        formulas(recurrence_latex(recurrence)),
        points(begin),
        parameter_table(recurrence.parameters),
    )


def theorem_page(theorem: Theorem) -> Html:
    """The readings of a theorem with their letters, its assumptions, and what is known before any run."""
    parts: list[Html] = []
    letters: dict[str, None] = {}
    for reading in theorem.readings:
        printed = statement_latex(theorem, reading.key, theorem.parameters)
        note = f": {reading.note}" if reading.note else ""
        parts += [paragraph(f"Reading {reading.key}{note}"), formulas([printed.formula])]
        letters |= dict.fromkeys(printed.where)
    if letters:
        parts += [paragraph("where"), formulas(letters)]
    if theorem.assumptions:
        parts += [paragraph("Assumptions:"), points(a.text for a in theorem.assumptions)]
    about = ", ".join(theorem.algorithm_names) or "any algorithm"
    known = paragraph(element("small", f"About {about}. Known before any run: {theorem.status.value}."))
    return page(theorem.title, f"{theorem.id}; {theorem.source}", *parts, known)


def parameter_table(parameters: tuple[Parameter, ...]) -> Html:
    """The parameters with their meaning, range and default; nothing if there are none."""
    rows = [
        (element("code", p.name), p.meaning, p.range_text, "" if p.default is None else p.default)
        for p in parameters
    ]
    return table(("parameter", "meaning", "range", "default"), rows) if rows else escaped("")
