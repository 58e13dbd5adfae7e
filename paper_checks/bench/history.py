"""The stored results of several runs: reading and checking them, and what changed from run to run."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from paper_checks.bench.measure import Standing
from paper_checks.bench.record import FORMAT
from paper_checks.bench.row import Goal
from paper_checks.run.selection import begins
from theory.borders import one_line, shown

NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{4}\.json")
"""The names of result files; another file of the folder is none of them."""


@dataclass(frozen=True)
class Line:
    """A contender in a run, with its name; it is empty for ours, whose own times have no ratio.

    time: the median, in seconds for one unit. ratio: the peer's time over ours. Both are None if it did not
    run.
    """

    case: str
    name: str
    unit: str
    time: float | None
    ratio: float | None
    goal: Goal | None
    outcome: Standing

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same line in another run."""
        return self.case, self.name

    @property
    def number(self) -> float | None:
        """What is compared from run to run: the ratio of a peer, our own time."""
        return self.ratio if self.name else self.time


@dataclass(frozen=True)
class StoredRun:
    """A run read from its file; place: the machine, its processors and the threads used, in words."""

    date: datetime
    version: str
    place: str
    quick: bool
    lines: Mapping[tuple[str, str], Line]


@dataclass(frozen=True)
class Change:
    """A line of the newest run, and the same one of the latest run before in the same place, if any."""

    after: Line
    date: datetime
    before: Line | None = None
    date_before: datetime | None = None

    @property
    def factor(self) -> float | None:
        """How many times the number before; None unless there are two."""
        last, first = self.after.number, None if self.before is None else self.before.number
        return None if last is None or first is None else last / first


def read_history(folder: Path) -> list[StoredRun]:
    """The runs of a folder from the oldest to the newest, smoke runs left out.

    Raises:
        ValueError: It is no folder, holds no such file, or one of them is damaged.
    """
    if not folder.is_dir():
        raise ValueError(f"`--history` = {shown(str(folder))} is no folder; name one that `--out` wrote to")
    paths = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    runs = [run for run in map(read_run, paths) if not run.quick]
    if not runs:
        raise ValueError(
            f"`--history` = {shown(str(folder))} holds no results; write some: "
            "regretcheck bench --out DIR (those of --quick are not compared)"
        )
    return sorted(runs, key=lambda run: run.date)


def read_run(path: Path) -> StoredRun:
    """One run; ValueError with the file, the place in it and the remedy if it is damaged."""
    try:
        return _run(json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as problem:
        what = f"it lacks {problem}" if isinstance(problem, KeyError) else one_line(problem)
        raise ValueError(
            f"the results {shown(path.name)} are damaged: {what}; restore the file or move it elsewhere"
        ) from None


def changes(runs: Sequence[StoredRun], names: Sequence[str] = ()) -> list[Change]:
    """Every line of the newest run beside the latest one before of the same place; names: as for `choose`."""
    *before, newest = runs
    found = []
    for key, line in newest.lines.items():
        if names and not any(begins(line.case, name) for name in names):
            continue
        earlier = [
            (run.date, run.lines[key])
            for run in before
            if run.place == newest.place and key in run.lines and run.lines[key].number is not None
        ]
        date, last = earlier[-1] if earlier else (None, None)
        found.append(Change(line, newest.date, last, date))
    if not found:
        known = dict.fromkeys(line.case for line in newest.lines.values())
        raise ValueError(
            f"the newest results hold none of {', '.join(map(shown, names))}; cases: {', '.join(known)}"
        )
    return found


def _run(content: Any) -> StoredRun:
    if content["format"] != FORMAT:
        raise ValueError(f"its format is {shown(content['format'])}, not {FORMAT!r}")
    machine, threads = content["machine"], content["threads"]
    place = f"{machine['cpu']}, {machine['cores']} cores, {threads} thread{'s' * (threads > 1)}"
    place += f", {machine['gpu']}" if machine["gpu"] else ""
    lines = {line.key: line for row in content["rows"] for line in _lines(row)}
    date = datetime.strptime(content["date"], "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)
    return StoredRun(date, content["versions"]["regretcheck"], place, bool(content["quick"]), lines)


def _lines(row: Any) -> Iterator[Line]:
    """Ours, then the others."""
    unit = row["unit"].removeprefix("seconds/")
    for one, name in ((row, ""), *((other, other["name"]) for other in row["beside"])):
        yield Line(
            row["id"], name, unit, _positive(one["time"] and one["time"]["median"], "a time"),
            _positive(one.get("ratio"), "a ratio"), Goal(**one["goal"]) if one["goal"] else None,
            Standing[one["outcome"]],
        )  # fmt: skip


def _positive(number: Any, what: str) -> float | None:
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < math.inf:
        raise ValueError(f"{what} is {shown(number)}, which is no positive number")
    return float(number)


def _no_number(name: str) -> Any:
    raise ValueError(f"it holds {name}, which is no number")
