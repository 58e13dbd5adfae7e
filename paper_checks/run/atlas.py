"""The table of the atlas: what is known of each reading of each published theorem."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from types import MappingProxyType

from sympy import Add

from bounds.families.family import GameFamily
from bounds.verdict import Verdict
from paper_checks.atlas.decided import SmallHorizons, contradicts, counts, read_decided
from paper_checks.atlas.entry import Entry, Gap
from paper_checks.atlas.played import Played, read_played
from paper_checks.atlas.searched import Outcome, digest_of, read_outcomes
from paper_checks.run.examine import examine_certificate
from paper_checks.run.families_checked import inequalities_of
from paper_checks.run.registry import modules_of_atlas
from paper_checks.run.results import Result
from paper_checks.scenario import Options
from theory.discovery import collect
from theory.statement import Status


class AtlasVerdict(Enum):
    """What is known of a reading; the value is the sentence to show."""

    REFUTED = "false: a counterexample is certified"
    OUTGROWN = "false for every constant: sympy checked a family of games on which the bound falls behind"
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
        certificate: The name of the certificate of the shortest counterexample; empty without one.
        small: What `prove` answers at small horizons on one region, or why it cannot be asked; empty if
            it was not asked.
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
    certificate: str = ""
    small: str = ""


def entries() -> dict[str, Entry]:
    """The entries of the atlas by id, in the order of files and lines."""
    return collect(modules_of_atlas(), Entry, "entries", name="THEOREM")


def gaps() -> dict[str, Gap]:
    """What cannot be stated yet, by id."""
    return collect(modules_of_atlas(), Gap, "statements", name="GAP")


def statements(
    replayed: Mapping[str, Result] = MappingProxyType({}), *, stored: bool = False
) -> dict[str, Callable[[], AtlasRow]]:
    """For each line of the table a function that makes it, and replays certificates and checks families then.

    Args:
        replayed: By the name of a certificate its row, if it was replayed already.
        stored: Whether a stored answer about a family is enough.
    """
    outcomes, games, answers = read_outcomes(), read_played(), read_decided()
    found: dict[str, Callable[[], AtlasRow]] = {}
    for entry in entries().values():
        for reading in entry.theorem.readings:
            found[f"{entry.id}.{reading.key}"] = partial(
                _row, entry, reading.key, outcomes, games, answers, replayed, stored=stored
            )
        for family in entry.families:
            if family.at_most:
                found[f"{entry.id}.{family.reading}"] = partial(_row_of_family, entry, family, stored=stored)
    for gap in gaps().values():
        found[gap.id] = partial(
            AtlasRow, gap.id, gap.title, str(gap.source), AtlasVerdict.UNSTATED, gap.reason
        )
    return found


def rows_of_run(certificates: Sequence[Result]) -> tuple[AtlasRow, ...]:
    """The table of a run that replayed every certificate of the atlas; nothing for any other run.

    Args:
        certificates: The rows of the replayed certificates.
    """
    replayed = {row.id.removeprefix("certificate."): row for row in certificates}
    if not replayed:
        return ()
    needed = {e.name for entry in entries().values() for e in entry.exhibits}
    made = statements(replayed, stored=True).values() if needed <= replayed.keys() else ()
    return tuple(make() for make in made)


def _row(
    entry: Entry,
    key: str,
    outcomes: Mapping[str, Outcome],
    games: Mapping[str, Sequence[Played]],
    answers: Mapping[str, SmallHorizons],
    replayed: Mapping[str, Result],
    *,
    stored: bool,
) -> AtlasRow:
    digest = digest_of(entry, key)
    row = _searched_row(entry, key, digest, outcomes, replayed, stored=stored)
    answer = answers.get(row.reading)
    if answer is not None and counts(answer, entry, key):
        row = replace(row, small=answer.told, error=row.error or contradicts(answer, entry, key))
    natural = [game for game in games.get(row.reading, ()) if game.digest == digest]
    if not natural:
        return row
    row = replace(row, finding=f"{row.finding}; {_told_of(natural)}")
    violated = any(game.verdict == Verdict.VIOLATED.name for game in natural)
    if violated and key in entry.proved:
        return replace(row, error="it is proved, and a natural game violates it")
    return replace(row, verdict=AtlasVerdict.FALLS) if violated and not row.certificate else row


def _searched_row(
    entry: Entry,
    key: str,
    digest: str,
    outcomes: Mapping[str, Outcome],
    replayed: Mapping[str, Result],
    *,
    stored: bool,
) -> AtlasRow:
    name, theorem = f"{entry.id}.{key}", entry.theorem
    outcome = outcomes.get(name)
    if outcome is not None and outcome.digest != digest:
        outcome = None  # of another statement
    stands = outcome is not None and outcome.said > 0
    row = AtlasRow(
        name,
        theorem.title,
        str(theorem.source),
        AtlasVerdict.STANDS if stands else AtlasVerdict.NO_EVIDENCE,
        entry.why_not_searched or _told(outcome),
        ratio=None if outcome is None else outcome.ratio,
    )
    exhibit = entry.exhibit(key)
    if exhibit is not None:
        known = replayed.get(exhibit.name)
        result = examine_certificate(exhibit, Options())[0] if known is None else known
        return replace(
            row,
            verdict=AtlasVerdict.REFUTED,
            finding=result.reason,
            rounds=exhibit.counterexample.game.horizon,
            instead=entry.instead,
            error=result.error or "",
            certificate=exhibit.name,
        )
    if outcome is not None and outcome.violated:
        return replace(
            row,
            verdict=AtlasVerdict.FALLS,
            rounds=outcome.horizon,
            instead=entry.instead,
            error="it is proved, and a violation was found" if key in entry.proved else "",
        )
    if key in entry.proved:
        coq = ", checked by Coq" if theorem.status is Status.CHECKED_BY_COQ else ""
        shown = [_checked(family, stored=stored) for family in entry.families if family.reading == key]
        told = "; ".join([f"{entry.proved[key]}{coq}", *(words for words, _ in shown), row.finding])
        error = next((problem for _, problem in shown if problem), "")
        return replace(row, verdict=AtlasVerdict.PROVED, finding=told, error=error)
    return row


def _row_of_family(entry: Entry, family: GameFamily, *, stored: bool) -> AtlasRow:
    """The row of a statement with a letter for its constant."""
    told, error = _checked(family, stored=stored)
    return AtlasRow(
        f"{entry.id}.{family.reading}",
        entry.theorem.title,
        str(entry.theorem.source),
        AtlasVerdict.NO_EVIDENCE if error else AtlasVerdict.OUTGROWN,
        told,
        instead=entry.instead,
        error=error,
    )


def _checked(family: GameFamily, *, stored: bool) -> tuple[str, str]:
    """What sympy checked of a family, and what it does not show."""
    from bounds.families.check import FamilyOutcome, check_family

    count = inequalities_of(family) if stored else None
    if count is None:
        answer = check_family(family)
        if answer.outcome is FamilyOutcome.NOT_SHOWN:
            return "", f"the family {family.name}: {answer.reason}"
        count = answer.inequalities
    sides = f"T = {family.horizon}: regret >= {family.at_least}"
    if family.at_most:
        sides += f", right side <= {Add(*family.at_most)} for every {', '.join(map(str, family.ranges))}"
    told = f"{family.title}, {sides}; {count} inequalities of the induction checked by sympy"
    return told.replace("**", "^"), ""


def _told(outcome: Outcome | None) -> str:
    if outcome is None:
        return "not searched yet"
    if not outcome.said:
        return f"in none of {outcome.evaluations} games the statement applied and both sides were numbers"
    found = f"largest left/right {outcome.ratio:g} in {outcome.evaluations} games"
    return f"{found} (T = {outcome.horizon}, d = {outcome.dimension})" if outcome.horizon else found


def _told_of(natural: Sequence[Played]) -> str:
    """The natural game that comes closest to the bound."""
    worst = max(natural, key=lambda game: game.ratio or 0)
    many = f"{len(natural)} natural game{'s' * (len(natural) != 1)}"
    found = "left side never positive" if worst.ratio is None else f"{worst.ratio:g} on {worst.game}"
    violated = sum(game.verdict == Verdict.VIOLATED.name for game in natural)
    return f"{many}: {found}" + (f", {violated} violated" if violated else "")
