"""A theorem, an algorithm, a loss or a claim of the package, as the pages show it."""

from __future__ import annotations

from pages.markdown import code, escaped, formula, table
from paper_checks.ci.baseline_file import CLAIMS_FILE, FOLDER, read_baseline
from paper_checks.report.words import CLAIM_WORDS
from paper_checks.run.registry import claims
from theory.algorithms.registry import algorithm
from theory.loss import Loss
from theory.parameters import Parameter
from theory.printing.latex_objects import loss_latex, oracle_latex, recurrence_latex, statement_latex
from theory.source import BIBLIOGRAPHY, Source
from theory.theorems.registry import theorem


def source_line(source: Source) -> str:
    """Where something is printed, and whether that text itself was read."""
    told = " (not read itself, only a transcription or a retelling)" if source.secondary else ""
    return f"{escaped(BIBLIOGRAPHY[source.key].rstrip('.'))}; {escaped(source.place)}{told}."


def theorem_lines(name: str) -> list[str]:
    """A statement: every reading as a formula, its letters, its assumptions, and what is known of it."""
    stated = theorem(name)
    lines = [f"**{escaped(stated.title)}** ({code(stated.id)})", "", source_line(stated.source), ""]
    where: dict[str, None] = {}
    for reading in stated.readings:
        latex = statement_latex(stated, reading.key, stated.parameters)
        lines += [f"Reading {code(reading.key)}: {escaped(reading.note)}", "", *formula(latex.formula)]
        where |= dict.fromkeys(latex.where)
    if where:
        lines += ["where", ""]
        for line in where:
            lines += formula(line)
    if stated.assumptions:
        lines += ["Assumptions:", "", *(f"- {escaped(a.text)}" for a in stated.assumptions), ""]
    return [*lines, f"Known before any run: {escaped(stated.status.value)}.", ""]


def algorithm_lines(name: str) -> list[str]:
    """An algorithm: its lines for one coordinate, and its parameters."""
    recurrence = algorithm(name)
    lines = [source_line(recurrence.source), ""]
    for line in recurrence_latex(recurrence):
        lines += formula(line)
    return [*lines, *parameter_lines(recurrence.parameters)]


def loss_lines(loss: Loss) -> list[str]:
    """A loss: its value, the gradient handed out where that is another one, and what is known of it."""
    lines = [source_line(loss.source), "", *formula(loss_latex(loss))]
    oracle = oracle_latex(loss)
    if oracle is not None:
        lines += ["The algorithm is handed", "", *formula(oracle)]
    known = [loss.shape.value]
    known += [f"L = {code(str(loss.smoothness))}"] if loss.smoothness is not None else []
    known += [f"least value {code(str(loss.minimum))}"] if loss.minimum is not None else []
    return [*lines, f"Declared: {', '.join(known)}.", "", *parameter_lines(loss.parameters)]


def parameter_lines(parameters: tuple[Parameter, ...]) -> list[str]:
    """A table of parameters: name, meaning, range, default."""
    if not parameters:
        return []
    rows = [
        (
            code(p.name),
            escaped(p.meaning),
            code(p.range_text),
            "" if p.default is None else code(f"{p.default:g}"),
        )
        for p in parameters
    ]
    return table(("parameter", "meaning", "range", "default"), rows)


def claim_lines(name: str) -> list[str]:
    """A claim: the quotation, its formal meaning, and the verdict that `regretcheck ci` keeps.

    Raises:
        ValueError: no claim has this id.
    """
    found = {c.id: c for c in claims()}
    if name not in found:
        raise ValueError(f"`name` = {name!r} is not a claim; `regretcheck list --claims` lists them")
    claim = found[name]
    kept = {reading: entry.verdict for (_, reading), entry in read_baseline(FOLDER / CLAIMS_FILE).items()}
    verdict = CLAIM_WORDS[kept.get(name)].short
    return [
        f"**{escaped(claim.quote)}** ({escaped(str(claim.source))}, {code(claim.id)})",
        "",
        f"Formally: {escaped(claim.statement)}",
        "",
        f"Verdict: **{verdict}**. {code(f'regretcheck run {claim.id}')} computes it again.",
        "",
    ]
