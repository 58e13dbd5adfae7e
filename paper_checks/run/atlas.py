"""The table of the atlas: what is known of each reading of each published theorem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from paper_checks.atlas.entry import Entry, Gap
from paper_checks.atlas.searched import Outcome, digest_of, read_outcomes
from paper_checks.run.examine import examine_certificate
from paper_checks.run.registry import modules_of_atlas
from paper_checks.scenario import Options
from theory.discovery import collect


class AtlasVerdict(Enum):
    """What is known of a reading; the value is the sentence to show."""

    REFUTED = "false: a counterexample is certified"
    FALLS = "a violation was found; its certificate is not kept"
    PROVED = "proved"
    STANDS = "no violation found, which is not a proof"
    NO_EVIDENCE = "not tested: no search, or the statement applied to no game"
    UNSTATED = "cannot be stated in this language yet"


@dataclass(frozen=True)
class AtlasRow:
    """One line of the table.

    Args:
        reading: Such as "amsgrad.theorem4.iclr"; of what cannot be stated, the id.
        title: The statement's title.
        source: Where it is printed, and whether that text was read.
        verdict: What is known.
        finding: The counterexample in one line, the largest ratio, or the reason.
        rounds: The rounds of the shortest counterexample, or None.
        ratio: The largest lhs/rhs of the search, or None.
        instead: What is true instead.
        error: What went wrong, such as a certificate that is not accepted; empty if nothing.
    """

    reading: str
    title: str
    source: str
    verdict: AtlasVerdict
    finding: str
    rounds: int | None = None
    ratio: float | None = None
    instead: str = ""
    error: str = ""


def entries() -> dict[str, Entry]:
    """The entries of the atlas by id, in the order of files and lines."""
    return collect(modules_of_atlas(), Entry, "entries", name="THEOREM")


def gaps() -> dict[str, Gap]:
    """What cannot be stated yet, by id."""
    return collect(modules_of_atlas(), Gap, "statements", name="GAP")


def rows() -> Iterator[AtlasRow]:
    """Every line of the table; certificates are replayed."""
    outcomes = read_outcomes()
    for entry in entries().values():
        for reading in entry.theorem.readings:
            yield _row(entry, reading.key, outcomes)
    for missing in gaps().values():
        yield AtlasRow(missing.id, missing.title, str(missing.source), AtlasVerdict.UNSTATED, missing.reason)


def _row(entry: Entry, key: str, outcomes: Mapping[str, Outcome]) -> AtlasRow:
    name = f"{entry.id}.{key}"
    theorem = entry.theorem
    outcome = outcomes.get(name)
    if outcome is not None and outcome.digest != digest_of(entry, key):
        outcome = None  # of another statement
    ratio = None if outcome is None else outcome.ratio
    searched = entry.why_not_searched or _told(outcome)
    common = {"reading": name, "title": theorem.title, "source": str(theorem.source), "ratio": ratio}
    exhibit = entry.exhibit(key)
    if exhibit is not None:
        (result,) = examine_certificate(exhibit, Options())
        rounds = exhibit.counterexample.game.horizon
        return AtlasRow(
            **common, verdict=AtlasVerdict.REFUTED, finding=result.reason, rounds=rounds,
            instead=entry.instead, error=result.error or "",
        )  # fmt: skip
    if outcome is not None and outcome.violated:
        error = "it is proved, and a violation was found" if key in entry.proved else ""
        return AtlasRow(
            **common, verdict=AtlasVerdict.FALLS, finding=searched, rounds=outcome.horizon,
            instead=entry.instead, error=error,
        )  # fmt: skip
    if key in entry.proved:
        return AtlasRow(**common, verdict=AtlasVerdict.PROVED, finding=f"{entry.proved[key]}; {searched}")
    stands = outcome is not None and outcome.said > 0
    verdict = AtlasVerdict.STANDS if stands else AtlasVerdict.NO_EVIDENCE
    return AtlasRow(**common, verdict=verdict, finding=searched)


def _told(outcome: Outcome | None) -> str:
    if outcome is None:
        return "not searched yet"
    if not outcome.said:
        return f"in none of {outcome.evaluations} games the statement applied and both sides were numbers"
    found = f"largest left/right {outcome.ratio:g} in {outcome.evaluations} games"
    return f"{found} (T = {outcome.horizon}, d = {outcome.dimension})" if outcome.horizon else found
