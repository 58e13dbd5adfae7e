"""What a run is compared with: one entry for each reading of each scenario, and what counts as a change.

Verdicts and rounds of first violation are compared exactly; `RELATIVE` says how far a margin may move, and
where that number comes from. Where the entries are kept: `paper_checks.baseline_file`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from paper_checks.results import Result

SEED = 0
"""The seed of every random stream in a comparison; real data from a folder are never used in one."""

RELATIVE = 1e-6
"""How far the same margin may lie from itself on another machine, relative.

Two things move it. (1) Rounding: sums over T rounds and d coordinates, added in another order by another
compiler or BLAS, are off by at most 4 (T + d) eps, 4e-9 at the longest game (T = 4e6); numba against numpy
differ by less than 1e-14. (2) The regret is enclosed, and where in the enclosure its upper end comes to lie
is up to the solver of the comparator: most enclosures are at most 9e-8 wide, relative, and where one is wider
than this (about a regret of 0, always) no margin and no rate are kept. A test measures both. A number that
moves by more is a finding: no tolerance is ever widened.
"""

DIGITS = 6
"""Significant digits of a margin in the file; half a unit of the last one is lost in writing it down."""

PLACES = 5
"""Decimal places of a rate in the file; half a unit of the last one is lost in writing it down."""

RATE = 2e-6
"""How far the same rate may lie from itself: the fit divides `RELATIVE` by the spread of log T over the
window, which is at least 1/2 in a window of a decade."""

Key = tuple[str, str]


@dataclass(frozen=True)
class Entry:
    """What is known of one reading of a theorem on one scenario; None where there is no such number.

    verdict: the name of a `Verdict`; first_violation: its round; margin: the smallest bound/measured ratio,
    and `at`, its round (shown, never compared alone: two rounds may tie); rate: the exponent of the
    measured side.
    """

    verdict: str
    first_violation: int | None = None
    margin: float | None = None
    at: int | None = None
    rate: float | None = None


class Status(Enum):
    """How an entry compares; the value is the word to show."""

    SAME = "unchanged"
    CHANGED = "changed"
    NEW = "new"
    MISSING = "missing"
    CRASHED = "crashed"


@dataclass(frozen=True)
class Change:
    """One field of an entry that is not what it was, both values as text."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Comparison:
    """One entry held against its baseline.

    old, new: None where there is none; changes: what differs, empty unless both are there; reason: what the
    run saw, or the error it crashed with; command: repeats the scenario; seconds: its wall time.
    """

    scenario: str
    reading: str
    status: Status
    old: Entry | None = None
    new: Entry | None = None
    changes: tuple[Change, ...] = ()
    reason: str = ""
    command: str = ""
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """The scenario and the reading: what a red entry is called."""
        return f"{self.scenario} {self.reading}"

    @property
    def sentence(self) -> str:
        """What happened, in one line."""
        match self.status:
            case Status.CHANGED:
                return "; ".join(f"{c.field} was {c.old}, is {c.new}" for c in self.changes)
            case Status.NEW:
                return f"has no baseline yet: {text_of(self.new)}"
            case Status.MISSING:
                return f"is in the baseline, but no run has it any more: {text_of(self.old)}"
            case Status.CRASHED:
                return f"crashed: {self.reason}"
            case _:
                return "unchanged"


def entry_of(row: Result) -> Entry:
    """The entry of a row of results; ValueError for a scenario that crashed: it has none."""
    if row.verdict is None:
        raise ValueError(f"the scenario {row.scenario} crashed ({row.error}); it has no entry")
    margin, at = (row.margin, row.at) if row.settled else (None, None)
    return Entry(row.verdict, row.first_violation, margin, at, row.rate)


def compare(
    stored: Mapping[Key, Entry],
    rows: Iterable[Result],
    *,
    expected: Callable[[Key], bool] = lambda _: True,
) -> list[Comparison]:
    """Every row and every expected stored entry, compared; sorted by scenario and reading.

    expected: which of the stored entries this run was asked for.
    """
    rows = list(rows)
    crashed = {row.scenario: row for row in rows if row.verdict is None}
    found = [_compare_one(stored.get((row.scenario, row.id)), row) for row in rows if row.verdict is not None]
    met = {(c.scenario, c.reading) for c in found}
    for key, old in stored.items():
        if key in met or not expected(key):
            continue
        met.add(key)
        down = crashed.get(key[0])
        if down is None:
            found.append(Comparison(*key, Status.MISSING, old=old))
        else:
            found.append(_crash(down, key[1], old))
    told = {scenario for scenario, _ in met}
    found += [_crash(row, row.id, None) for row in crashed.values() if row.scenario not in told]
    return sorted(found, key=lambda c: (c.scenario, c.reading))


def updated(stored: Mapping[Key, Entry], comparisons: Iterable[Comparison]) -> dict[Key, Entry]:
    """The stored entries after an update: what differs replaced, what is missing gone, the rest untouched.

    An entry that agrees within the tolerance keeps its old numbers, so that they never drift; one whose
    scenario crashed keeps them too.
    """
    result = dict(stored)
    for c in comparisons:
        key = (c.scenario, c.reading)
        if c.status is Status.MISSING:
            result.pop(key, None)
        elif c.new is not None and c.status is not Status.SAME:
            result[key] = c.new
    return result


def differences(old: Entry, new: Entry) -> tuple[Change, ...]:
    """The fields in which two entries differ by more than rounding explains."""
    found = []
    if old.verdict != new.verdict:
        found.append(Change("verdict", old.verdict, new.verdict))
    if old.first_violation != new.first_violation:
        found.append(Change("first violation", _round(old.first_violation), _round(new.first_violation)))
    if not _near(old.margin, new.margin, _margin_tolerance):
        at = [f" at round {e.at}" if e.at is not None else "" for e in (old, new)]
        found.append(Change("margin", _number(old.margin) + at[0], _number(new.margin) + at[1]))
    if not _near(old.rate, new.rate, lambda _: RATE + 0.5 * 10**-PLACES):
        found.append(Change("rate", _number(old.rate), _number(new.rate)))
    return tuple(found)


def text_of(entry: Entry | None) -> str:
    """An entry in a few words."""
    if entry is None:
        return "nothing"
    parts = [entry.verdict]
    if entry.first_violation is not None:
        parts.append(f"from round {entry.first_violation}")
    if entry.margin is not None:
        parts.append(f"margin {entry.margin:.{DIGITS}g}")
    if entry.rate is not None:
        parts.append(f"rate {entry.rate:.{PLACES}f}")
    return ", ".join(parts)


def _compare_one(old: Entry | None, row: Result) -> Comparison:
    new = entry_of(row)
    changes = () if old is None else differences(old, new)
    status = Status.NEW if old is None else Status.CHANGED if changes else Status.SAME
    return Comparison(
        row.scenario, row.id, status, old, new, changes, row.reason, row.command, seconds=row.seconds
    )


def _crash(row: Result, reading: str, old: Entry | None) -> Comparison:
    return Comparison(
        row.scenario, reading, Status.CRASHED, old, reason=row.error or "", command=row.command,
        seconds=row.seconds,
    )  # fmt: skip


def _margin_tolerance(old: float) -> float:
    unit = 10.0 ** (math.floor(math.log10(abs(old))) - (DIGITS - 1)) if old else 0.0
    return RELATIVE * abs(old) + 0.5 * unit


def _near(old: float | None, new: float | None, tolerance: Callable[[float], float]) -> bool:
    if old is None or new is None:
        return old is new
    if not (math.isfinite(old) and math.isfinite(new)):
        return old == new or (math.isnan(old) and math.isnan(new))
    # The decimal digits that were written down come back as the nearest double: one more eps.
    return abs(new - old) <= tolerance(old) * (1 + 1e-9)


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.{DIGITS + 1}g}"


def _round(value: int | None) -> str:
    return "none" if value is None else str(value)


__all__ = [
    "RATE",
    "RELATIVE",
    "SEED",
    "Change",
    "Comparison",
    "Entry",
    "Status",
    "compare",
    "differences",
    "entry_of",
    "text_of",
    "updated",
]
