"""`regretcheck ci`: play, compare with the baselines, and report what changed in the mathematics."""

import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.table import Table

from online_sim.files import write_bytes
from paper_checks.ci.baseline import ALGORITHMS, SEED, text_of
from paper_checks.ci.baseline_file import CERTIFICATES, CLAIMS, line_of, write_baseline
from paper_checks.ci.comparison import Comparison, EntryStatus, updated
from paper_checks.ci.formats import annotates, comparison_json, details, github_lines, junit_xml
from paper_checks.ci.scopes import Scope, scopes_of
from paper_checks.cli.exit_codes import ExitCode
from paper_checks.cli.printable import say, write_json
from paper_checks.cli.progress import BarProgress
from paper_checks.cli.terminal import FOLD, TIGHT, Console, Text, table_of
from paper_checks.run.registry import scenarios
from paper_checks.run.repository import OwnFiles, own_files, shown
from paper_checks.run.results import Result, dump_json
from paper_checks.run.selection import Selection, choose
from paper_checks.scenario import Options

STYLES = {
    EntryStatus.CHANGED: "bold red",
    EntryStatus.NEW: "yellow",
    EntryStatus.MISSING: "yellow",
    EntryStatus.CRASHED: "bold red",
}

DATA_VARIABLE = "REGRETCHECK_DATA"


def ci_command(
    names: Sequence[str],
    *,
    update: bool,
    junit: Path | None,
    annotations: str,
    jobs: int | None,
    as_json: bool,
    baselines: Path | None,
) -> int:
    """Compare; the exit code is 0 if all is unchanged (or updated), 1 if not, 130 if interrupted.

    Without names, the repository's files are compared, or the package's baselines if it has none.
    """
    annotate = annotates(annotations, os.environ)
    own = OwnFiles() if names else own_files()
    chosen = _chosen(names, own)
    others = [name for name in names if not name.endswith(".py")]
    # Report everything that is wrong with the files before playing anything.
    scopes = scopes_of(chosen, others, scenarios(), own=own, folder=baselines)
    ended: list[str] = []
    rows = fresh_rows(chosen, jobs, ended)
    if rows is None:
        say("interrupted; no baseline was changed", err=True)
        return ExitCode.INTERRUPTED
    compared = [(scope, scope.compare(rows)) for scope in scopes]
    comparisons = sorted((c for _, cs in compared for c in cs), key=lambda c: (c.scenario, c.reading))
    if update:
        _update(compared)
    crashed = any(c.status is EntryStatus.CRASHED for c in comparisons)
    green = not crashed if update else all(c.status is EntryStatus.SAME for c in comparisons)
    # A comparison of nothing has checked nothing.
    green = green and bool(comparisons) and not ended
    if junit is not None:
        write_bytes(junit, junit_xml(comparisons))
    told = what_was_checked(compared, names, own)
    if annotate and not update:
        for line in github_lines(comparisons, _place):
            say(line, err=as_json)
    # The last line gives the result, so a command that ends before it is not mistaken for green.
    if as_json:
        write_json(dump_json(comparison_json(comparisons, green=green, checked=told)))
    else:
        show(comparisons, names=names, updated_files=update, checked=told)
    for reason in ended:
        say(f"error: {reason}", err=True)
    if ended:
        return ExitCode.MISUSE
    return ExitCode.DONE if green else ExitCode.FINDING


def _chosen(names: Sequence[str], own: OwnFiles) -> Selection:
    """What to run: the names, or else the repository's files, or else the package."""
    if not own:
        return choose(names)
    if not own.files:  # only baselines whose files are gone
        return Selection((), lambda _: True)
    return choose([str(path) for path in own.files])


def _place(c: Comparison) -> tuple[Path, int]:
    path = c.file or Path()
    return path, line_of(path, c.scenario, c.reading)


def fresh_rows(chosen: Selection, jobs: int | None, ended: list[str]) -> list[Result] | None:
    """Play with the fixed seed and without a data folder; None when interrupted.

    ended: receives a sentence for each scenario whose theory file ended the program.
    """
    from paper_checks.run.chosen import run_chosen
    from paper_checks.run.pool import available_cpus

    def wanted(scenario: str) -> bool:
        """Whether a whole scenario was asked for, not just one of its readings."""
        return chosen.wanted(Result("audit", "", "", scenario, "", None, ""))

    audited = tuple(audit for audit in chosen.audits if wanted(audit.scenario))
    with without_data_folder(), BarProgress() as progress:
        try:
            found = run_chosen(
                replace(chosen, audits=audited),
                Options(seed=SEED),
                jobs=jobs or available_cpus(),
                progress=progress,
            )
        except KeyboardInterrupt:
            return None
    ended += [f"{r.results[0].scenario}: {r.results[0].error}" for r in found.records if r.ended]
    played = (row for record in found.records for row in record.results if chosen.wanted(row))
    # Only the verdict is compared, not what a claim measures.
    claims = [replace(row, scenario=CLAIMS) for row in found.claims]
    certificates = (replace(row, scenario=CERTIFICATES) for row in found.certificates)
    return [*played, *found.audits, *claims, *certificates]


@contextmanager
def without_data_folder() -> Iterator[None]:
    """Hide the folder of real data: a baseline must not depend on the data on a machine."""
    hidden = os.environ.pop(DATA_VARIABLE, None)
    try:
        yield
    finally:
        if hidden is not None:
            os.environ[DATA_VARIABLE] = hidden


def _update(compared: Sequence[tuple[Scope, Sequence[Comparison]]]) -> None:
    for scope, comparisons in compared:
        homes = {c.file for c in comparisons if c.file is not None}
        for path in {*scope.stored, *homes}:
            entries = scope.stored.get(path, {})
            fresh = updated(entries, [c for c in comparisons if c.file == path])
            if fresh != entries:
                write_baseline(path, fresh)


def what_was_checked(
    compared: Sequence[tuple[Scope, Sequence[Comparison]]], names: Sequence[str], own: OwnFiles
) -> list[str]:
    """Sentences on what a comparison covers and what it leaves out."""
    told = [f"checked: {scope.title} ({len(found)} entries)" for scope, found in compared]
    if not names and not own:
        told.append(
            "this repository has no theory file with a baseline of its own: name one "
            "(`regretcheck ci FILE.py`), or list it under [tool.regretcheck] in pyproject.toml"
        )
    left = sum(scope.passed_over(found) for scope, found in compared if not scope.whole)
    if left:
        told.append(f"only what was asked for; not compared: {left} other stored entries")
    told += [
        f"not checked: {shown(path)}, whose file [tool.regretcheck] does not list" for path in own.unlisted
    ]
    return told


def show(
    comparisons: Sequence[Comparison],
    *,
    names: Sequence[str],
    updated_files: bool,
    checked: Sequence[str] = (),
) -> None:
    """Print the table of changes, what the runs saw, what was checked, and what to do."""
    console = Console()
    red = [c for c in comparisons if c.status is not EntryStatus.SAME]
    if red:
        console.print(_table(red))
        for c in red:
            if c.status is EntryStatus.CRASHED:
                console.print(Text("\n".join(details(c)), style="bold red"), soft_wrap=True)
            elif c.status in {EntryStatus.CHANGED, EntryStatus.MISSING} and not updated_files:
                console.print(Text("\n".join(details(c))), soft_wrap=True)
    counts = {status: sum(c.status is status for c in comparisons) for status in EntryStatus}
    tally = ", ".join(f"{n} {status.value}" for status, n in counts.items() if n)
    played = len({c.scenario for c in comparisons} - {ALGORITHMS})
    total = f"{len(comparisons)} entries of {played} scenario{'s' * (played != 1)}: {tally}"
    console.print(Text("\n".join(checked)), soft_wrap=True)
    if updated_files and red:
        console.print("The baselines are updated, but for what crashed: review their diff.", soft_wrap=True)
    elif red:
        again = shlex.join(["regretcheck", "ci", *names, "--update"])
        console.print(f"If this is meant, accept it and say why in the changelog: {again}", soft_wrap=True)
    console.print(Text(total if comparisons else "nothing was compared", style="bold"), soft_wrap=True)


def _table(red: Sequence[Comparison]) -> Table:
    table = table_of({
        "EntryStatus": TIGHT, "Scenario": FOLD, "Reading": FOLD, "What": FOLD, "Was": FOLD, "Is": FOLD,
    })  # fmt: skip
    for c in red:
        cells: list[tuple[str, str, str]] = [(x.field, x.old, x.new) for x in c.changes]
        if c.status is not EntryStatus.CHANGED:
            now = "crashed" if c.status is EntryStatus.CRASHED else text_of(c.new)
            cells = [("entry", text_of(c.old), now)]
        for k, (what, old, new) in enumerate(cells):
            head = (Text(c.status.value, style=STYLES[c.status]), Text(c.scenario), Text(c.reading))
            table.add_row(*(head if k == 0 else ("", "", "")), Text(what), Text(old), Text(new))
    return table
