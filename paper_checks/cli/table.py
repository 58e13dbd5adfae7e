"""Verdicts on the terminal, as words with a sign and a colour, readable at 80 columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from paper_checks.cli.terminal import FOLD, RIGHT, TIGHT, Console, Text, table_of
from paper_checks.report.words import (
    CERTIFICATE_WORDS,
    CLAIM_WORDS,
    PROOF_WORDS,
    WORDS,
    Word,
    margin_text,
    tally,
)
from paper_checks.run.results import GameDetail, Result

WIDE = 120
"""The smallest number of columns with room for what was seen."""

Columns = Mapping[str, Mapping[str, Any]]


def show_results(
    rows: Sequence[Result],
    report: Path,
    claims: Sequence[Result] = (),
    audits: Sequence[Result] = (),
    certificates: Sequence[Result] = (),
) -> None:
    """Print a table per theorem, tables of certificates, audits and claims, errors, and the report's path."""
    console = Console()
    plain, wide = console.options.ascii_only, console.width >= WIDE

    def show(
        title: str, found: Iterable[Result], words: Mapping[str | None, Word], columns: Columns,
        cells: Callable[[Result], Sequence[str]],
    ) -> None:  # fmt: skip
        found = list(found)
        if not found:
            return
        console.print(Text(f"{title}: {tally((row.outcome for row in found), words)}", style="bold"))
        table = table_of(columns)
        for row in found:
            word = words[row.outcome]
            mark = Text(f"{word.ascii_sign if plain else word.sign} {word.short}", style=word.style)
            # Columns that a narrow table omits come last.
            table.add_row(mark, *map(Text, cells(row)[: len(columns) - 1]))
        console.print(table)

    games: Columns = {
        "Verdict": TIGHT, "Reading": TIGHT, "Scenario": FOLD, "Margin": RIGHT, "At round": RIGHT,
        **({"Finding": {**FOLD, "ratio": 1}} if wide else {}),
    }  # fmt: skip
    for theorem in sorted({row.theorem for row in rows}):
        mine = [row for row in rows if row.theorem == theorem]
        order = list(dict.fromkeys(row.id for row in mine))
        mine.sort(key=lambda row: order.index(row.id))
        show(theorem, mine, WORDS, games, lambda row: _game(row, plain=plain))
    show(
        "Counterexamples replayed in ball arithmetic", certificates, CERTIFICATE_WORDS,
        {"Outcome": TIGHT, "Refutes": FOLD, "In one line": FOLD},
        lambda row: (f"{row.theorem}.{row.played.variant['reading']}", row.reason),
    )  # fmt: skip
    show(
        "Proofs, step by step", audits, PROOF_WORDS,
        {"Verdict": TIGHT, "Proof of": FOLD, "Scenario": FOLD, "Finding": FOLD},
        lambda row: (row.theorem, row.scenario, row.reason),
    )  # fmt: skip
    show(
        "Claims of the paper", claims, CLAIM_WORDS,
        {
            "Verdict": TIGHT, "Claim": TIGHT, "The paper says": {**FOLD, "ratio": 1},
            **({"Finding": {**FOLD, "ratio": 2}} if wide else {}),
        },
        lambda row: (row.id, _ascii(row.title) if plain else row.title, row.reason),
    )  # fmt: skip
    crashed = {row.id: row.error for row in claims if row.error}
    crashed |= {row.scenario or row.id: row.error for row in (*rows, *audits, *certificates) if row.error}
    for name, error in crashed.items():
        console.print(Text(f"{name} crashed: {error}", style="bold red"), soft_wrap=True)
    console.print(Text.assemble("Report: ", (str(report), "bold")), soft_wrap=True)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _game(row: Result, *, plain: bool) -> Sequence[str]:
    """The cells of a reading on a game; a crash has no margin."""
    detail = row.detail if isinstance(row.detail, GameDetail) else GameDetail()
    margin, at = margin_text(detail.margin), "–" if detail.at is None else str(detail.at)
    cells = row.id[len(row.theorem) + 1 :] or "all", row.scenario, margin, at
    return (*(c.replace("×", "x").replace("–", "-") if plain else c for c in cells), row.reason)
