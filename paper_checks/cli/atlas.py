"""`regretcheck atlas`: which published theorems stand as printed, which fall, and what is true instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from paper_checks.cli.printable import say, write_json
from paper_checks.cli.progress import waiting
from paper_checks.cli.terminal import FOLD, TIGHT, Console, Text, table_of
from paper_checks.report.words import ATLAS_WORDS
from paper_checks.run.results import dump_json
from theory.borders import nearest, shown

if TYPE_CHECKING:
    from paper_checks.run.atlas import AtlasRow

WIDE = 120
"""The smallest number of columns with room for a column of what is true instead."""
STYLES = {str(name): (word.short, word.style) for name, word in ATLAS_WORDS.items()}
"""A word and a style for each verdict."""


def atlas_command(names: Sequence[str], *, as_json: bool) -> int:
    """Print the table of the readings that names select.

    Returns 1 if a certificate is not accepted, or a proved statement has a violation; otherwise 0.
    """
    from paper_checks.run.atlas import statements

    known = statements()
    with waiting("the atlas", quiet=as_json) as tell:
        chosen = []
        for name in _chosen(list(known), names):
            tell(name)
            chosen.append(known[name]())
    if as_json:
        write_json(dump_json([{**asdict(row), "verdict": row.verdict.name} for row in chosen]))
    else:
        _show(chosen)
    return int(any(row.error for row in chosen))


def search_command(names: Sequence[str], *, evaluations: int, seed: int, out: Path | None) -> int:
    """Search for violations of the readings that names select, and store what was found."""
    from bounds.scope import OutOfScope
    from paper_checks.atlas.searched import STORED, read_outcomes, readings, search, write_outcomes
    from paper_checks.run.atlas import entries

    path = STORED if out is None else out / STORED.name
    outcomes = dict(read_outcomes(path))
    known = {f"{e.id}.{key}": (e, key) for e, key in readings(entries()) if not e.why_not_searched}
    for name in _chosen(list(known), names):
        entry, key = known[name]
        with waiting(name) as tell:
            tell("searching")
            try:
                found = search(entry, key, evaluations=evaluations, seed=seed)
            except OutOfScope as problem:
                say(f"{name}: not searched: {problem}", err=True)
                continue
        outcomes[name] = found
        write_outcomes(outcomes, path)
        said = "violated" if found.violated else "no violation"
        say(f"{name}: {said}, largest left/right {found.ratio} in {found.evaluations} games")
    return 0


def play_command(names: Sequence[str], *, out: Path | None) -> int:
    """Check the bounds that names select, with all their readings, on natural games, and store it.

    Returns 1 if a proved reading is violated; otherwise 0.
    """
    from bounds.scope import OutOfScope
    from bounds.verdict import Verdict
    from paper_checks.atlas.played import STORED, play_entry, read_played
    from paper_checks.atlas.searched import readings
    from paper_checks.atlas.stored import write_rows
    from paper_checks.run.atlas import entries

    path, wrong = STORED if out is None else out / STORED.name, 0
    known = {f"{e.id}.{key}": e for e, key in readings(entries())}
    chosen = {known[name].id: known[name] for name in _chosen(list(known), names)}
    games = {**read_played(path)}
    for entry in chosen.values():
        with waiting(entry.id) as tell:
            tell("playing")
            try:
                found = play_entry(entry)
            except OutOfScope as problem:
                say(f"{entry.id}: not played: {problem}", err=True)
                continue
        for reading in entry.theorem.readings:
            full = f"{entry.id}.{reading.key}"
            games[full] = [row for row in found if row.reading == full]
            violated = any(row.verdict == Verdict.VIOLATED.name for row in games[full])
            wrong += violated and reading.key in entry.proved
        write_rows(path, (row for full in sorted(games) for row in games[full]))
        for row in found:
            say(f"{row.reading}: {row.verdict.lower()}, largest left/right {row.ratio} on {row.game}")
    return int(wrong > 0)


def prove_command(names: Sequence[str], *, out: Path | None) -> int:
    """Ask `prove` about the readings that names select, unless the stored answer still counts, and store it.

    Returns 1 if a proved reading has a counterexample; otherwise 0.
    """
    from paper_checks.atlas.decided import STORED, counts, decide, read_decided
    from paper_checks.atlas.searched import readings
    from paper_checks.atlas.stored import write_rows
    from paper_checks.run.atlas import entries

    path = STORED if out is None else out / STORED.name
    known = {f"{e.id}.{key}": (e, key) for e, key in readings(entries())}
    answers, wrong = read_decided(path), 0
    for name in _chosen(list(known), names):
        entry, key = known[name]
        found = answers.get(name)
        # What was refused takes no time to ask again, and `prove` may have learnt it.
        if found is None or found.ended == "refused" or not counts(found, entry, key):
            with waiting(name) as tell:
                tell("proving")
                found = answers[name] = decide(entry, key)
            write_rows(path, (answers[full] for full in sorted(answers)))
        wrong += found.ended == "counterexample" and key in entry.proved
        say(f"{name}: {found.told}")
    return int(wrong > 0)


def _chosen(known: Sequence[str], names: Sequence[str]) -> list[str]:
    """The readings that names select, all for no name; ValueError for a name that selects none."""
    from paper_checks.run.selection import begins

    chosen = {name: [full for full in known if begins(full, name)] for name in names}
    for name, found in chosen.items():
        if not found:
            near = nearest(name, known, cutoff=0.4)
            hint = f"did you mean {', '.join(near)}?" if near else "`regretcheck atlas` shows them"
            raise ValueError(f"no statement of the atlas is called {shown(name)}; {hint}")
    return list(dict.fromkeys(full for found in chosen.values() for full in found)) if names else list(known)


def _show(found: Sequence[AtlasRow]) -> None:
    console = Console()
    wide = console.width >= WIDE
    columns = {"Verdict": TIGHT, "Statement": FOLD, "Finding": {**FOLD, "ratio": 2}}
    if wide:
        columns["What is true instead"] = {**FOLD, "ratio": 1}
    table = table_of(columns)
    for row in found:
        word, style = STYLES[row.verdict.name]
        lines = [row.finding, *([f"Small horizons: {row.small}."] if row.small else [])]
        lines += [f"Instead: {row.instead}"] if row.instead and not wide else []
        cells = [row.reading, "\n".join(lines), *([row.instead] if wide else [])]
        table.add_row(Text(word, style=style), *map(Text, cells))
    console.print(table)
    counts = {name: sum(row.verdict.name == name for row in found) for name in STYLES}
    told = ", ".join(f"{counts[name]} {word}" for name, (word, _) in STYLES.items() if counts[name])
    console.print(Text(f"{len(found)} reading{'s' * (len(found) != 1)}: {told}.", style="bold"))
    for row in found:
        if row.error:
            console.print(Text(f"{row.reading}: {row.error}", style="bold red"))
