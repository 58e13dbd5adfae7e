"""The end of a run on the terminal: of each statement the verdict and what shows it, as in the report."""

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.padding import Padding
from rich.table import Table

from paper_checks.cli.terminal import FOLD, TIGHT, Console, Text, ascii_text
from paper_checks.paper import Paper
from paper_checks.report.answers import Answer, answers_of
from paper_checks.report.words import CERTIFICATE_WORDS, CLAIM_WORDS, PROOF_WORDS, WORDS, tally
from paper_checks.run.chosen import RunOutput
from paper_checks.run.results import CertificateDetail, Result


def show_verdicts(
    found: RunOutput, wanted: Callable[[Result], bool], report: Path, papers: Sequence[Paper]
) -> None:
    """Print the answers of the report's first screen, what else was checked, and the report's path."""
    console = Console()
    plain = console.options.ascii_only
    records = [record for record in found.records if any(wanted(row) for row in record.results)]
    games = found.games(wanted)
    told = answers_of(papers, records, games, found.certificates)
    for answer in told:
        _show(console, answer, plain=plain)
    # Beside a paper's statements, other theorems are counted only, as on the first screen of its report.
    for name in sorted({row.theorem for row in games} - {answer.statement.theorem for answer in told}):
        count = tally((row.outcome for row in games if row.theorem == name), WORDS)
        console.print(Text(f"{name}: {count}", overflow="fold"))
    others = (
        ("Counterexamples replayed in ball arithmetic", found.certificates, CERTIFICATE_WORDS),
        ("Proofs, step by step", found.audits, PROOF_WORDS),
        ("Claims of the paper", found.claims, CLAIM_WORDS),
    )
    for title, rows, words in others:
        if rows:
            console.print(Text(f"{title}: {tally((row.outcome for row in rows), words)}"))
    show_errors(console, found.rows(wanted))
    console.print(Text.assemble("Report: ", (str(report), "bold")), soft_wrap=True)


def show_errors(console: Console, rows: Sequence[Result]) -> None:
    """Print the error of each scenario, claim or certificate that has one."""
    for name, error in {row.scenario or row.id: row.error for row in rows if row.error}.items():
        console.print(Text(f"{name} crashed: {error}", style="bold red"), soft_wrap=True)


def _show(console: Console, answer: Answer, *, plain: bool) -> None:
    """Print the statement, its verdict, the shortest counterexample, and what is true instead."""
    said, word = answer.statement, answer.word
    about = "" if said.says == said.name else f": {said.says}"
    console.print(Text.assemble((said.name, "bold"), ascii_text(about) if plain else about))
    sign = word.ascii_sign if plain else word.sign
    short = "false" if answer.falls else word.short
    lines = [(f"{sign} {short}", answer.sentence, word.style)]
    if answer.shortest is not None:
        lines.append(("counterexample", _rounds(answer.shortest), ""))
    elif answer.game is not None:
        lines.append(("counterexample", f"the game {answer.game.scenario}: {answer.game.reason}", ""))
    if answer.falls and said.instead:
        lines.append(("true instead", said.instead, ""))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(**{**TIGHT, "min_width": 14})
    grid.add_column(**FOLD)
    for head, text, style in lines:
        grid.add_row(Text(head, style=style or "dim"), Text(ascii_text(text) if plain else text))
    console.print(Padding(grid, (0, 0, 0, 2), expand=False))


def _rounds(row: Result) -> str:
    """The line of a certificate, which begins with its rounds after the name of the algorithm."""
    detail = row.detail
    at = detail.at if isinstance(detail, CertificateDetail) else None
    return row.reason if at is None or f"T={at}," in row.reason else f"T={at}: {row.reason}"
