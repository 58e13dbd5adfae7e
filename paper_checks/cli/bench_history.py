"""`regretcheck bench --history`: what changed between stored runs, as a table, and a plot for each case."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from paper_checks.bench.history import Change, Line, changes, read_history
from paper_checks.bench.row import Settings
from paper_checks.cli.bench_table import STYLES, goal_text, ratio_text, seconds_text
from paper_checks.cli.printable import say, write_json
from paper_checks.cli.terminal import FOLD, RIGHT, TIGHT, Console, Text, table_of

TABLE = "history.md"
"""The name of the file that holds the table."""
HEAD = ("row", "compared with", "goal", "before", "after", "")


def history_command(
    folder: Path, names: Sequence[str], settings: Settings, *, threads: int, out: Path | None, as_json: bool
) -> int:
    """Show the changes, and write them and the plots into a folder; nothing is measured.

    ValueError for an option that only a measurement has.
    """
    for option, given in (
        ("--quick", settings.quick), ("--cpu-time", settings.cpu),
        ("--device", settings.device != "auto"), ("--threads", threads != 1)
    ):  # fmt: skip
        if given:
            raise ValueError(f"`--history` measures nothing and has no use for `{option}`; leave one out")
    runs = read_history(folder)
    found = changes(runs, names)
    if as_json:
        write_json((json.dumps([_row(one) for one in found], indent=1, ensure_ascii=False) + "\n").encode())
    else:
        show(found)
    if out is not None:
        from online_sim.files import write_bytes
        from paper_checks.bench.history_plot import history_plot
        from paper_checks.cli.run import make_writable

        make_writable(out)
        write_bytes(out / TABLE, markdown(found).encode())
        cases = list(dict.fromkeys(one.after.case for one in found))
        for case in cases:
            write_bytes(out / f"{case}.svg", history_plot(case, runs))
        said = f"{len(cases)} plot{'s' * (len(cases) != 1)} of {len(runs)} run{'s' * (len(runs) != 1)}"
        say(f"{said}, and {TABLE}: {out}", err=True)
    return 0


def markdown(found: Sequence[Change]) -> str:
    """The table in Markdown."""
    rows = [_cells(one) for one in found]
    lines = [HEAD, ("---",) * len(HEAD), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def show(found: Sequence[Change], console: Console | None = None) -> None:
    """The table on the terminal."""
    console = console or Console()
    plain = console.options.ascii_only
    columns = {
        "Row": FOLD,
        "Compared with": FOLD,
        "Goal": RIGHT,
        "Before": RIGHT,
        "After": RIGHT,
        "Outcome": TIGHT,
    }
    table = table_of(columns)
    for one in found:
        *cells, word = _cells(one, plain=plain)
        table.add_row(*map(Text, cells), Text(word, style=STYLES[one.after.outcome]))
    console.print(table)
    dates = dict.fromkeys(one.date_before for one in found if one.date_before is not None)
    before = ", ".join(f"{date:%Y-%m-%d %H:%M}" for date in sorted(dates)) or "no run in the same place"
    console.print(Text(f"Before: {before}. After: {found[0].date:%Y-%m-%d %H:%M} (UTC)"))


def number_text(line: Line | None, *, plain: bool = False) -> str:
    """The ratio of a peer, or our time."""
    if line is None or line.number is None:
        return "-"
    return ratio_text(line.number) if line.name else seconds_text(line.number, plain=plain)


def _cells(one: Change, *, plain: bool = False) -> tuple[str, ...]:
    last = one.after
    word = "" if last.goal is None else last.outcome.value
    numbers = (number_text(line, plain=plain) for line in (one.before, last))
    return (
        last.case,
        last.name or f"our time, per {last.unit}",
        goal_text(last.goal, plain=plain),
        *numbers,
        word,
    )


def _row(one: Change) -> dict[str, object]:
    last, before = one.after, one.before
    return {
        "id": last.case, "name": last.name or None, "unit": "ratio" if last.name else f"seconds/{last.unit}",
        "before": None if before is None else before.number, "after": last.number, "factor": one.factor,
        "outcome": last.outcome.name,
    }  # fmt: skip
