"""Verdicts on the terminal, as words with a sign and a colour, readable at 80 columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from paper_checks.cli.terminal import FOLD, RIGHT, TIGHT, Console, Text, ascii_text, table_of
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
"""The smallest number of columns with room for a column of margins."""

Columns = Mapping[str, Mapping[str, Any]]


def show_results(
    rows: Sequence[Result],
    claims: Sequence[Result] = (),
    audits: Sequence[Result] = (),
    certificates: Sequence[Result] = (),
) -> None:
    """Print a table per theorem, and tables of certificates, audits and claims."""
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
            table.add_row(mark, *map(Text, cells(row)))
        console.print(table)

    # A narrow table has the same content in fewer columns.
    numbers: Columns = {"Margin": RIGHT, "At round": RIGHT} if wide else {}
    games: Columns = {
        "Verdict": TIGHT if wide else {**FOLD, "max_width": 16}, "Reading": TIGHT if wide else FOLD,
        "Scenario": FOLD, **numbers, "Finding": {**FOLD, "ratio": 1},
    }  # fmt: skip
    for theorem in sorted({row.theorem for row in rows}):
        mine = [row for row in rows if row.theorem == theorem]
        order = list(dict.fromkeys(row.id for row in mine))
        mine.sort(key=lambda row: order.index(row.id))
        show(theorem, mine, WORDS, games, lambda row: _game(row, plain=plain, wide=wide))
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
            "Verdict": TIGHT if wide else {**FOLD, "max_width": 13}, "Claim": TIGHT if wide else FOLD,
            "The paper says": {**FOLD, "ratio": 1 if wide else 2}, "Finding": {**FOLD, "ratio": 2},
        },
        lambda row: (row.id, ascii_text(row.title) if plain else row.title, row.reason),
    )  # fmt: skip


def _game(row: Result, *, plain: bool, wide: bool) -> Sequence[str]:
    """The cells of a reading on a game; a crash has no margin."""
    detail = row.detail if isinstance(row.detail, GameDetail) else GameDetail()
    margin, at = margin_text(detail.margin), "–" if detail.at is None else str(detail.at)
    cells = [row.id[len(row.theorem) + 1 :] or "all", row.scenario, margin, at, row.reason]
    if not wide:
        said = [] if detail.margin is None else [f"margin {margin} at round {at}"]
        cells[2:] = ["; ".join([*said, row.reason])]
    return [ascii_text(c.replace("×", "x").replace("–", "-")) if plain else c for c in cells]
