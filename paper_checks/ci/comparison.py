"""A run compared with the stored entries: every entry of either side with its status."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from paper_checks.ci.baseline import ALGORITHMS, Change, Entry, Key, differences, entry_of, text_of
from paper_checks.run.results import Result


class EntryStatus(Enum):
    """How an entry compares; the value is the word to show."""

    SAME = "unchanged"
    CHANGED = "changed"
    NEW = "new"
    MISSING = "missing"
    CRASHED = "crashed"


@dataclass(frozen=True)
class Comparison:
    """One entry compared with its baseline.

    old, new: None if missing. changes: what differs, empty unless both exist. reason: what the run saw, or
    the error it crashed with. command: repeats the scenario. seconds: its wall time. file: the baseline that
    holds, or should hold, the entry.
    """

    scenario: str
    reading: str
    status: EntryStatus
    old: Entry | None = None
    new: Entry | None = None
    changes: tuple[Change, ...] = ()
    reason: str = ""
    command: str = ""
    seconds: float = 0.0
    file: Path | None = None

    @property
    def name(self) -> str:
        """The name of the entry: its scenario and reading."""
        return f"{self.scenario} {self.reading}"

    @property
    def sentence(self) -> str:
        """What happened, in one line."""
        match self.status:
            case EntryStatus.CHANGED if self.scenario == ALGORITHMS:
                return "changed: " + "; ".join(f"{c.field}: {c.old} -> {c.new}" for c in self.changes)
            case EntryStatus.CHANGED:
                return "; ".join(f"{c.field} was {c.old}, is {c.new}" for c in self.changes)
            case EntryStatus.NEW:
                return f"has no baseline yet: {text_of(self.new)}"
            case EntryStatus.MISSING:
                return (
                    f"stored, but nothing produces it now: {self.name} ({text_of(self.old)}); "
                    f"run `regretcheck ci --update` if that is meant"
                )
            case EntryStatus.CRASHED:
                return f"crashed: {self.reason}"
            case _:
                return "unchanged"


def compare(
    stored: Mapping[Key, Entry], rows: Iterable[Result], *, expected: Callable[[Key], bool] = lambda _: True
) -> list[Comparison]:
    """The comparison of every row and every expected stored entry, sorted by scenario and reading.

    expected: the stored entries that this run was asked to check. A row with an error has no entry: it is
    CRASHED, and so is every stored entry of a scenario that ended before its readings were known.
    """
    rows = list(rows)
    wrong = {(row.scenario, row.id): row for row in rows if row.verdict is None or row.error is not None}
    found = [
        _compare_one(stored.get((row.scenario, row.id)), row)
        for row in rows
        if (row.scenario, row.id) not in wrong
    ]
    met = {(c.scenario, c.reading) for c in found}
    # A failed row without a stored entry ended before its readings were known: it covers its whole scenario.
    ended = {key[0]: row for key, row in wrong.items() if key not in stored and key[0] != ALGORITHMS}
    told: set[str] = set()
    for key, old in stored.items():
        if key in met or not expected(key):
            continue
        met.add(key)
        down = wrong.get(key) or ended.get(key[0])
        if down is None:
            found.append(Comparison(*key, EntryStatus.MISSING, old=old))
        else:
            found.append(_crash(down, key[1], old))
            told |= {key[0]} if down is ended.get(key[0]) else set()
    found += [
        _crash(row, row.id, None) for key, row in wrong.items() if key not in met and key[0] not in told
    ]
    return sorted(found, key=lambda c: (c.scenario, c.reading))


def updated(stored: Mapping[Key, Entry], comparisons: Iterable[Comparison]) -> dict[Key, Entry]:
    """The stored entries after an update: changed ones replaced, missing ones removed, the rest untouched.

    An entry that agrees within the tolerance keeps its old numbers, so that they never drift. So does an
    entry whose scenario crashed.
    """
    result = dict(stored)
    for c in comparisons:
        key = (c.scenario, c.reading)
        if c.status is EntryStatus.MISSING:
            result.pop(key, None)
        elif c.new is not None and c.status is not EntryStatus.SAME:
            result[key] = c.new
    return result


def _compare_one(old: Entry | None, row: Result) -> Comparison:
    new = entry_of(row)
    changes = () if old is None else differences(old, new)
    status = EntryStatus.NEW if old is None else EntryStatus.CHANGED if changes else EntryStatus.SAME
    return Comparison(
        row.scenario, row.id, status, old, new, changes, row.reason, row.command, seconds=row.seconds
    )


def _crash(row: Result, reading: str, old: Entry | None) -> Comparison:
    return Comparison(
        row.scenario, reading, EntryStatus.CRASHED, old, reason=row.error or "", command=row.command,
        seconds=row.seconds,
    )  # fmt: skip
