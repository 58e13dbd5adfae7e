"""The entries a run is compared with, one for each reading of a scenario, and what counts as a change.

Claims, audited proofs, certificates and the algorithms played have entries too. Verdicts, rounds, steps,
digests and lines are compared exactly; `RELATIVE` is the tolerance of a margin, derived there.
`paper_checks.ci.baseline_file` stores the entries.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from paper_checks.run.algorithm_lines import lines_digest
from paper_checks.run.rate import RELATIVE
from paper_checks.run.results import CertificateDetail, GameDetail, ProofDetail, Result

SEED = 0
"""The seed of every random stream in a comparison, which never uses real data from a folder."""

DIGITS = 6
"""The significant digits of a margin in the file; writing loses half a unit in the last digit."""

PLACES = 5
"""The decimal places of a rate in the file; writing loses half a unit in the last place."""

RATE = 2e-6
"""The tolerance of a rate: the fit divides `RELATIVE` by the spread of log T over the window, which is at
least 1/2 in a window of a decade."""

_SHOWN = 12
"""The number of digest characters shown, enough to tell two digests apart."""

ALGORITHMS = "the algorithm"
"""The scenario name in entries of algorithms; the blank makes it unusable for a real scenario."""

Key = tuple[str, str]


@dataclass(frozen=True)
class Entry:
    """The stored facts about one reading of a theorem on one scenario; None or empty where not applicable.

    verdict: the name of a `Verdict`. first_violation: its round. margin: the smallest bound/measured ratio,
    with its round `at` (shown, never compared alone, since two rounds may tie). rate: the exponent of the
    measured side.

    For an audited proof, breaks: the steps that break, in order, each with its round; arguments: how many of
    its steps sympy confirms. For a certificate, statement: the statement it is about, the name of a `Bound`;
    digest: of its file. For an algorithm, which has no verdict, lines: as in `algorithm_lines`; digest: of
    these lines.
    """

    verdict: str
    first_violation: int | None = None
    margin: float | None = None
    at: int | None = None
    rate: float | None = None
    breaks: tuple[str, ...] = ()
    arguments: str = ""
    statement: str = ""
    digest: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """One changed field of an entry, with both values as text."""

    field: str
    old: str
    new: str


def entry_of(row: Result) -> Entry:
    """The entry of a row of results; ValueError for a row that ended in an error and has no entry."""
    if row.verdict is None or row.error is not None:
        raise ValueError(f"the scenario {row.scenario} crashed ({row.error}); it has no entry")
    if row.scenario == ALGORITHMS:
        return Entry("", digest=lines_digest(row.played.recurrence), lines=row.played.recurrence)
    match row.detail:
        case GameDetail() as d:
            margin, at = (d.margin, d.at) if d.settled else (None, None)
            return Entry(row.verdict, d.first_violation, margin, at, d.rate)
        case CertificateDetail() as d:
            return Entry(row.verdict, d.first_violation, d.margin, d.at, statement=d.binding, digest=d.digest)
        case ProofDetail(audit=audit) if audit is not None:
            return Entry(row.verdict, breaks=_breaks(audit["steps"]), arguments=_arguments(audit["steps"]))
        case _:
            return Entry(row.verdict)


def algorithm_rows(rows: Iterable[Result]) -> list[Result]:
    """One additional row for each algorithm played, given all rows of one comparison.

    Its `played` holds the lines. Two algorithms with one name are an error, because the entry of one would be
    compared with the other.
    """
    found: dict[str, dict[tuple[str, ...], Result]] = {}
    for row in rows:
        if row.played.recurrence:
            found.setdefault(row.played.algorithm, {}).setdefault(row.played.recurrence, row)
    made = []
    for name, versions in found.items():
        first, *others = versions.values()
        error = None
        if others:
            which = _line_changes(first.played.recurrence, others[0].played.recurrence)[0].field
            error = (
                f"two algorithms are called {name}: those of {first.scenario} and {others[0].scenario} "
                f"differ in {which}; give one of them another `name`"
            )
        made.append(
            replace(
                first, id=name, scenario=ALGORITHMS, theorem="", verdict="", error=error, reason=error or "",
                command="", seconds=0.0,
            )
        )  # fmt: skip
    return made


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
    if old.breaks != new.breaks:
        found.append(Change("broken steps", *("; ".join(e.breaks) or "none" for e in (old, new))))
    for name in ("arguments", "statement"):
        if getattr(old, name) != getattr(new, name):
            found.append(Change(name, *(getattr(e, name) or "none" for e in (old, new))))
    if old.lines != new.lines:
        found += _line_changes(old.lines, new.lines)
    elif old.digest != new.digest:
        found.append(Change("digest", *(e.digest[:_SHOWN] or "none" for e in (old, new))))
    return tuple(found)


def text_of(entry: Entry | None) -> str:
    """An entry in a few words."""
    if entry is None:
        return "nothing"
    if entry.lines:
        return f"{len(entry.lines)} lines, digest {entry.digest[:_SHOWN]}"
    parts = [entry.verdict]
    if entry.first_violation is not None:
        parts.append(f"from round {entry.first_violation}")
    if entry.margin is not None:
        parts.append(f"margin {entry.margin:.{DIGITS}g}")
    if entry.rate is not None:
        parts.append(f"rate {entry.rate:.{PLACES}f}")
    if entry.breaks:
        parts.append(f"first {entry.breaks[0]}")
    if entry.statement:
        parts.append(entry.statement)
    return ", ".join(parts)


def _breaks(steps: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The steps that break or are undefined, in the order of the proof, each with its round."""
    words = {"BREAKS": "breaks", "UNDEFINED": "is undefined"}
    return tuple(
        f"{step['key']} {words[step['outcome']]} in round {step['at']}"
        for step in steps
        if step["outcome"] in words
    )


def _arguments(steps: Iterable[Mapping[str, Any]]) -> str:
    """How many steps sympy confirms: `15 checked, 1 partly, 2 cited`."""
    counts = Counter(step["status"].lower() for step in steps)
    return ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))


def _line_changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """The lines of an algorithm that differ, by label; never empty if any line differs."""
    before, after = (dict(line.split(": ", 1) for line in lines) for lines in (old, new))
    found = [
        Change(f"line {label}", before.get(label, "none"), after.get(label, "none"))
        for label in dict.fromkeys((*before, *after))
        if before.get(label) != after.get(label)
    ]
    return found or [Change("order of the lines", ", ".join(before), ", ".join(after))]


def _margin_tolerance(old: float) -> float:
    unit = 10.0 ** (math.floor(math.log10(abs(old))) - (DIGITS - 1)) if old else 0.0
    return RELATIVE * abs(old) + 0.5 * unit


def _near(old: float | None, new: float | None, tolerance: Callable[[float], float]) -> bool:
    if old is None or new is None:
        return old is new
    if not (math.isfinite(old) and math.isfinite(new)):
        return old == new or (math.isnan(old) and math.isnan(new))
    # The stored decimal digits are read as the nearest double: one more eps.
    return abs(new - old) <= tolerance(old) * (1 + 1e-9)


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.{DIGITS + 1}g}"


def _round(value: int | None) -> str:
    return "none" if value is None else str(value)
