"""`regretcheck ci`: play, compare with the baselines, say what changed in the mathematics."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from online_sim.files import write_bytes
from paper_checks.baseline import SEED, Comparison, Entry, Key, Status, compare, text_of, updated
from paper_checks.baseline_file import (
    CERTIFICATES,
    CERTIFICATES_FILE,
    CLAIMS,
    CLAIMS_FILE,
    FOLDER,
    baseline_path,
    line_of,
    read_baseline,
    write_baseline,
)
from paper_checks.cli.ci_formats import annotates, comparison_json, details, github_lines, junit_xml
from paper_checks.cli.progress import BarProgress
from paper_checks.cli.run import INTERRUPTED, choose
from paper_checks.registry import Selection
from paper_checks.results import Result, dump_json
from paper_checks.scenario import Options

STYLES = {
    Status.CHANGED: "bold red",
    Status.NEW: "yellow",
    Status.MISSING: "yellow",
    Status.CRASHED: "bold red",
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
    """Compare; the exit code is 0 where all is unchanged (or updated), 1 where not, 130 interrupted."""
    annotate = annotates(annotations, os.environ)
    chosen = choose(names)
    paths = {s.id: baseline_path(s, baselines) for s in chosen.scenarios}
    if chosen.claims:
        paths[CLAIMS] = (baselines or FOLDER) / CLAIMS_FILE
    if chosen.certificates:
        paths[CERTIFICATES] = (baselines or FOLDER) / CERTIFICATES_FILE
    files = dict.fromkeys(paths.values())
    if not names:
        files |= dict.fromkeys(sorted((baselines or FOLDER).glob("*.toml")))
    # Everything that can be wrong with the files is said before anything is played.
    stored = {path: read_baseline(path) for path in files}
    homes = {key: path for path, entries in stored.items() for key in entries}
    rows = _rows(chosen, jobs)
    if rows is None:
        typer.echo("interrupted; no baseline was changed", err=True)
        return INTERRUPTED
    everything = {key: entry for entries in stored.values() for key, entry in entries.items()}
    comparisons = compare(everything, rows, expected=lambda key: _expected(key, names, chosen))
    place = {(c.scenario, c.reading): _home(c, paths, homes) for c in comparisons}
    if update:
        _update(comparisons, stored, place)
    crashed = any(c.status is Status.CRASHED for c in comparisons)
    green = not crashed if update else all(c.status is Status.SAME for c in comparisons)
    if junit is not None:
        write_bytes(junit, junit_xml(comparisons))
    if as_json:
        sys.stdout.write(dump_json(comparison_json(comparisons, green=green)).decode())
    else:
        show(comparisons, names=names, updated_files=update)
    if annotate and not update:

        def where(c: Comparison) -> tuple[Path, int]:
            path = place[c.scenario, c.reading]
            return path, line_of(path, c.scenario, c.reading)

        for line in github_lines(comparisons, where):
            typer.echo(line, err=as_json)
    return int(not green)


def _rows(chosen: Selection, jobs: int | None) -> list[Result] | None:
    """Play under the fixed seed and without a data folder; None when interrupted."""
    from paper_checks.chosen import run_chosen
    from paper_checks.pool import available_cpus

    with without_data_folder(), BarProgress() as progress:
        try:
            found = run_chosen(
                replace(chosen, audits=()), Options(seed=SEED), jobs=jobs or available_cpus(),
                progress=progress,
            )  # fmt: skip
        except KeyboardInterrupt:
            return None
    played = (row for record in found.records for row in record.results if chosen.wanted(row))
    # A verdict is all that is compared: what a claim measures is its own affair.
    claims = [replace(e.row, scenario=CLAIMS) for e in found.claims]
    return [*played, *claims, *(replace(row, scenario=CERTIFICATES) for row in found.certificates)]


@contextmanager
def without_data_folder() -> Iterator[None]:
    """Hide the folder of real data: a baseline must not depend on what a machine has."""
    hidden = os.environ.pop(DATA_VARIABLE, None)
    try:
        yield
    finally:
        if hidden is not None:
            os.environ[DATA_VARIABLE] = hidden


def _expected(key: Key, names: Sequence[str], chosen: Selection) -> bool:
    """Whether a stored entry belongs to what was asked for."""
    scenario, reading = key
    if not names:
        return True
    if scenario == CLAIMS:
        return any(claim.id == reading for claim in chosen.claims)
    if scenario == CERTIFICATES:
        return any(f"certificate.{entry.name}" == reading for entry in chosen.certificates)
    known = {s.id for s in chosen.scenarios}
    theorem = reading.rpartition(".")[0]
    return scenario in known and chosen.wanted(Result(reading, theorem, "", scenario, "", None, ""))


def _home(c: Comparison, paths: Mapping[str, Path], homes: Mapping[Key, Path]) -> Path:
    """The file of an entry: where it stands, else where its scenario's entries go."""
    key = (c.scenario, c.reading)
    return homes[key] if c.old is not None else paths[c.scenario]


def _update(
    comparisons: Sequence[Comparison],
    stored: Mapping[Path, Mapping[Key, Entry]],
    place: Mapping[Key, Path],
) -> None:
    for path, entries in stored.items():
        mine = [c for c in comparisons if place[c.scenario, c.reading] == path]
        fresh = updated(entries, mine)
        if fresh != entries:
            write_baseline(path, fresh)


def show(comparisons: Sequence[Comparison], *, names: Sequence[str], updated_files: bool) -> None:
    """The table of what changed, what the runs saw, and what to do."""
    console = Console()
    red = [c for c in comparisons if c.status is not Status.SAME]
    if red:
        console.print(_table(red))
        for c in red:
            if c.status is Status.CRASHED:
                console.print(Text("\n".join(details(c)), style="bold red"), soft_wrap=True)
            elif c.status is Status.CHANGED and not updated_files:
                console.print(Text("\n".join(details(c))), soft_wrap=True)
    counts = {status: sum(c.status is status for c in comparisons) for status in Status}
    tally = ", ".join(f"{n} {status.value}" for status, n in counts.items() if n)
    scenarios = len({c.scenario for c in comparisons})
    total = f"{len(comparisons)} entries of {scenarios} scenario{'s' * (scenarios != 1)}: {tally}"
    console.print(Text(total, style="bold"), soft_wrap=True)
    if updated_files and red:
        console.print("The baselines are updated, but for what crashed: review their diff.", soft_wrap=True)
    elif red:
        again = shlex.join(["regretcheck", "ci", *names, "--update"])
        console.print(f"If this is meant, accept it and say why in the changelog: {again}", soft_wrap=True)


def _table(red: Sequence[Comparison]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
    for column in ("Status", "Scenario", "Reading", "What", "Was", "Is"):
        table.add_column(column, overflow="fold", no_wrap=column == "Status")
    for c in red:
        cells: list[tuple[str, str, str]] = [(x.field, x.old, x.new) for x in c.changes]
        if c.status is not Status.CHANGED:
            now = "crashed" if c.status is Status.CRASHED else text_of(c.new)
            cells = [("entry", text_of(c.old), now)]
        for k, (what, old, new) in enumerate(cells):
            head = (Text(c.status.value, style=STYLES[c.status]), Text(c.scenario), Text(c.reading))
            table.add_row(*(head if k == 0 else ("", "", "")), Text(what), Text(old), Text(new))
    return table


__all__ = ["ci_command", "show", "without_data_folder"]
