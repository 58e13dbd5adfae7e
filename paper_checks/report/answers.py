"""The first screen of the report: the verdict on each statement and its shortest counterexample."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from paper_checks.paper import LONGEST, Paper, PaperStatement
from paper_checks.report.words import WORDS, Word
from paper_checks.run.record import Record
from paper_checks.run.results import CertificateDetail, GameDetail, Result
from theory.printable import printable

CERTIFICATE = "certificate."
"""The beginning of the id of a certificate's row."""


@dataclass(frozen=True)
class Answer:
    """What is known of one statement.

    Args:
        statement: The statement.
        word: The word, sign and colour of the verdict.
        sentence: The verdict in one sentence.
        shortest: The certified counterexample with the fewest rounds, or None.
        game: The violated row whose bound breaks in the earliest round, or None.
        readings: For each refuted reading the name of its shortest certificate, or empty without one.
    """

    statement: PaperStatement
    word: Word
    sentence: str
    shortest: Result | None
    game: Result | None
    readings: Mapping[str, str]

    @property
    def falls(self) -> bool:
        """Whether some reading is refuted."""
        return bool(self.readings)


def answers(
    papers: Sequence[Paper],
    rows: Sequence[Result],
    certificates: Sequence[Result],
    titles: Mapping[str, str],
    printed: Mapping[str, Sequence[str]],
) -> list[Answer]:
    """The answers about the statements of the papers; without any, about every statement of the rows.

    Args:
        papers: The papers under review.
        rows: The readings checked on games.
        certificates: The replayed certificates.
        titles: By the id of a theorem.
        printed: By the id of a theorem the keys of all its readings, also of those that were not checked.
    """
    seen = dict.fromkeys(row.theorem for row in rows)
    stated = [s for paper in papers for s in paper.statements if s.theorem in seen]
    if not stated:
        # Titles may come from any file.
        said = {name: printable(titles.get(name, name))[:LONGEST] for name in seen if name}
        stated = [PaperStatement(name, printable(name)[:LONGEST], title) for name, title in said.items()]
    return [_answer(s, rows, certificates, printed.get(s.theorem, ())) for s in stated]


def answers_of(
    papers: Sequence[Paper], records: Sequence[Record], rows: Sequence[Result], certificates: Sequence[Result]
) -> list[Answer]:
    """The answers of a run; records: the games of the rows, whose sections hold titles and readings."""
    stated = [s for record in records if record.section is not None for s in record.section.statements]
    titles = {s.id: s.title for s in reversed(stated)}
    printed = {s.id: [reading["key"] for reading in s.readings] for s in stated}
    return answers(papers, rows, certificates, titles, printed)


def certificate_name(row: Result) -> str:
    """The name of a certificate's file, without the extension."""
    return row.id.removeprefix(CERTIFICATE)


def _answer(
    statement: PaperStatement, rows: Sequence[Result], certificates: Sequence[Result], printed: Sequence[str]
) -> Answer:
    mine = [row for row in rows if row.theorem == statement.theorem]
    keys = list(dict.fromkeys(row.id[len(statement.theorem) + 1 :] for row in mine if row.error is None))
    shown: dict[str, Result] = {}
    for key in keys:
        about = [row for row in certificates if _refutes(row, statement.theorem, key)]
        if about:
            shown[key] = min(about, key=_size)
    broken = [row for row in mine if row.verdict == "VIOLATED"]
    violated = {row.id[len(statement.theorem) + 1 :] for row in broken}
    readings = {
        key: certificate_name(shown[key]) if key in shown else ""
        for key in keys
        if key in shown or key in violated
    }
    shortest = min(shown.values(), key=_size, default=None)
    word, sentence = _verdict(statement.name, keys, readings, mine, {*printed} or {*keys})
    return Answer(statement, word, sentence, shortest, min(broken, key=_round, default=None), readings)


def _refutes(row: Result, theorem: str, key: str) -> bool:
    """Whether a certificate is about this reading, of the algorithm that the statement is about."""
    detail = row.detail
    stated = isinstance(detail, CertificateDetail) and detail.binding == "STATED"
    about = row.theorem == theorem and row.played.variant.get("reading") == key
    return row.verdict == "CERTIFIED" and stated and about


def _size(row: Result) -> tuple[int, int]:
    """Rounds first, then the length of the line that describes the game."""
    detail = row.detail
    rounds = detail.at if isinstance(detail, CertificateDetail) and detail.at is not None else 0
    return rounds, len(row.reason)


def _round(row: Result) -> float:
    detail = row.detail
    first = detail.first_violation if isinstance(detail, GameDetail) else None
    return math.inf if first is None else first


def _verdict(
    name: str,
    keys: Sequence[str],
    readings: Mapping[str, str],
    rows: Sequence[Result],
    printed: Collection[str],
) -> tuple[Word, str]:
    proved = all(readings.values())
    how = "a certificate shows it" if proved else "a game violates it"
    if not keys:
        return WORDS[None], f"{name}: every game crashed."
    if readings and {*readings} >= {*printed}:
        every = f", in every reading ({', '.join(keys)})" if len(keys) > 1 else ""
        return WORDS["VIOLATED"], f"{name} is false as stated{every}: {how}."
    if readings:
        others = [key for key in keys if key not in readings]
        rest = f" In {_readings(others)} no violation was found." if others else ""
        return WORDS["VIOLATED"], f"{name} is false in {_readings(readings)}: {how}.{rest}"
    held = [row for row in rows if row.verdict == "HOLDS"]
    if held:
        games = len({row.scenario for row in held})
        count = f"on {games} game{'s' if games > 1 else ''}"
        partly = len({row.scenario for row in held if row.outcome != "HOLDS"})
        seen = "" if not partly else " at the recorded rounds"
        seen += f", which in {partly} of them are not all" if 0 < partly < games else ""
        word = WORDS["HOLDS_WHERE_RECORDED" if partly else "HOLDS"]
        return word, f"No violation of {name} {count}{seen}. This is evidence, not a proof."
    outcome = rows[0].outcome
    return WORDS[outcome], f"{name} is not tested by these games: {rows[0].reason}."


def _readings(keys: Sequence[str] | Mapping[str, str]) -> str:
    return f"reading{'s' if len(keys) > 1 else ''} {', '.join(keys)}"
