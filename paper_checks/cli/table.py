"""Verdicts on the terminal: words with a sign and a colour, readable at 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from paper_checks.claim import Examined
from paper_checks.cli.terminal import Console, Text
from paper_checks.report.words import CERTIFICATE_WORDS, CLAIM_WORDS, PROOF_WORDS, WORDS, margin_text, tally
from paper_checks.run.results import Result

WIDE = 120
"""From this many columns on there is room for what was seen."""


def show_results(
    rows: Sequence[Result],
    report: Path,
    claims: Sequence[Examined] = (),
    audits: Sequence[Result] = (),
    certificates: Sequence[Result] = (),
) -> None:
    """One table per theorem, of the certificates, audits and claims; the errors; where the report is."""
    console = Console()
    plain = console.options.ascii_only
    for theorem in sorted({row.theorem for row in rows}):
        mine = [row for row in rows if row.theorem == theorem]
        console.print(Text(f"{theorem}: {tally(row.outcome for row in mine)}", style="bold"))
        console.print(_table(mine, wide=console.width >= WIDE, plain=plain))
    if certificates:
        said = tally((row.verdict for row in certificates), CERTIFICATE_WORDS)
        console.print(Text(f"Counterexamples replayed in ball arithmetic: {said}", style="bold"))
        console.print(_certificates_table(certificates, plain=plain))
    if audits:
        said = tally((row.verdict for row in audits), PROOF_WORDS)
        console.print(Text(f"Proofs, step by step: {said}", style="bold"))
        console.print(_audits_table(audits, plain=plain))
    if claims:
        said = tally((e.row.verdict for e in claims), CLAIM_WORDS)
        console.print(Text(f"Claims of the paper: {said}", style="bold"))
        console.print(_claims_table(claims, wide=console.width >= WIDE, plain=plain))
    for e in claims:
        if e.row.error:
            console.print(Text(f"{e.claim.id} crashed: {e.row.error}", style="bold red"), soft_wrap=True)
    for scenario, error in {
        row.scenario: row.error for row in (*rows, *audits, *certificates) if row.error
    }.items():
        console.print(Text(f"{scenario} crashed: {error}", style="bold red"), soft_wrap=True)
    console.print(Text.assemble("Report: ", (str(report), "bold")), soft_wrap=True)


def _certificates_table(certificates: Sequence[Result], *, plain: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
    table.add_column("Outcome", no_wrap=True)
    table.add_column("Refutes", overflow="fold")
    table.add_column("In one line", overflow="fold")
    for row in certificates:
        word = CERTIFICATE_WORDS[row.verdict]
        mark = Text(f"{word.ascii_sign if plain else word.sign} {word.short}", style=word.style)
        table.add_row(mark, Text(f"{row.theorem}.{row.variant['reading']}"), Text(row.reason))
    return table


def _audits_table(audits: Sequence[Result], *, plain: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
    table.add_column("Verdict", no_wrap=True)
    for column in ("Proof of", "Scenario", "Finding"):
        table.add_column(column, overflow="fold")
    for row in audits:
        word = PROOF_WORDS[row.verdict]
        mark = Text(f"{word.ascii_sign if plain else word.sign} {word.short}", style=word.style)
        table.add_row(mark, Text(row.theorem), Text(row.scenario), Text(row.reason))
    return table


def _claims_table(claims: Sequence[Examined], *, wide: bool, plain: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Claim", no_wrap=True)
    table.add_column("The paper says", ratio=1, overflow="fold")
    if wide:
        table.add_column("Finding", ratio=2, overflow="fold")
    for e in claims:
        word = CLAIM_WORDS[e.row.verdict]
        mark = Text(f"{word.ascii_sign if plain else word.sign} {word.short}", style=word.style)
        quote = e.claim.quote.encode("ascii", "replace").decode() if plain else e.claim.quote
        table.add_row(mark, Text(e.claim.id), Text(quote), *([Text(e.row.reason)] if wide else []))
    return table


def _table(rows: Sequence[Result], *, wide: bool, plain: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Reading", no_wrap=True)
    table.add_column("Scenario", overflow="fold")
    table.add_column("Margin", justify="right", no_wrap=True)
    table.add_column("At round", justify="right", no_wrap=True)
    if wide:
        table.add_column("Finding", ratio=1, overflow="fold")
    order = {key: k for k, key in enumerate(dict.fromkeys(row.id for row in rows))}
    for row in sorted(rows, key=lambda row: order[row.id]):
        word = WORDS[row.outcome]
        margin = margin_text(row.margin)
        cells = [
            Text(f"{word.ascii_sign if plain else word.sign} {word.short}", style=word.style),
            Text(row.id[len(row.theorem) + 1 :] or "all"),
            Text(row.scenario),
            Text(margin.replace("×", "x").replace("–", "-") if plain else margin),
            Text(str(row.at) if row.at is not None else ("-" if plain else "–")),
        ]
        table.add_row(*cells, *([Text(row.reason)] if wide else []))
    return table
