"""The statements of the report: in a reader's order, each with its readings, letters and verdicts."""

from collections.abc import Mapping, Sequence
from typing import Any

from paper_checks.paper import Paper
from paper_checks.report.answers import Answer
from paper_checks.report.words import tally
from paper_checks.run.record import Record
from paper_checks.run.results import Result

FEW = 3
"""The most readings whose formulas stand with an answer."""
_MERGED = ("constants", "where", "scaling")
"""The choices of a printed reading that may differ between scenarios."""


def theorems_of(records: Sequence[Record], rows: Sequence[Result]) -> list[dict[str, Any]]:
    """The theorems, each with its readings once, the choices that scenarios made, and its rows by reading."""
    result = []
    for theorem in sorted({row.theorem for row in rows}):
        mine = [row for row in rows if row.theorem == theorem]
        found = [s for r in records if r.section for s in r.section.statements if s.id == theorem]
        readings: dict[tuple[str, str], dict[str, Any]] = {}
        for statement in found:
            for reading in statement.readings:
                if any(row.id == reading["id"] for row in mine):
                    seen = readings.setdefault(
                        (reading["id"], reading["formula"]), {**reading, **{field: [] for field in _MERGED}}
                    )
                    for field in _MERGED:
                        seen[field] = list(dict.fromkeys([*seen[field], *reading.get(field, ())]))
        letters = dict.fromkeys(line for reading in readings.values() for line in reading["where"])
        named: dict[str, list[str]] = {}
        for line in letters:
            named.setdefault(line.partition(" = ")[0], []).append(line)
        order = {key: k for k, key in enumerate(dict.fromkeys(key[0] for key in readings))}
        by_reading = sorted(mine, key=lambda row: order.get(row.id, len(order)))
        result.append(
            {
                "id": theorem,
                "title": found[0].title if found else theorem,
                "source": found[0].source if found else "",
                "readings": list(readings.values()),
                "where": list(named.values()),
                "assumptions": found[0].assumptions if found else (),
                "rows": by_reading,
                "tally": tally(row.outcome for row in mine),
            }
        )
    return result


def groups_of(
    papers: Sequence[Paper], theorems: Mapping[str, dict[str, Any]], *, long: bool
) -> list[dict[str, Any]]:
    """The theorems in the order of a reader: each paper's own, the repaired ones, and all others.

    late: the kinds that come after the claims. long: whether these stand on the second page, with a table
    on the first.
    """
    left = dict(theorems)
    groups: list[dict[str, Any]] = []

    def group(
        name: str, title: str, own: list[dict[str, Any]], text: str = "", *, late: bool = False
    ) -> None:
        if own:
            about = {"anchor": name, "title": title, "text": text, "theorems": own}
            groups.append({**about, "late": late, "second": late and long})

    for paper in papers:
        own = [left.pop(s.theorem) for s in paper.statements if s.theorem in left]
        repaired = [left.pop(name) for s in paper.statements for name in s.repaired if name in left]
        group(paper.id, f"{paper.title}: its theorems", own)
        group(f"{paper.id}-repaired", "True instead", repaired)
    more = [left.pop(name) for name in list(left) if name.startswith("repaired.")]
    group("repaired", "More that is true instead", more, late=True)
    if groups:
        text = (
            "Statements whose truth is known, most of them of other papers. They show whether the tool can "
            "be believed: it must find no violation of what is proved, and must refute what is false."
        )
        group("calibration", "Calibration", list(left.values()), text, late=True)
    else:
        group("statements", "Statements", list(left.values()))
    return groups


def formulas_of(
    found: Sequence[Answer], theorems: Mapping[str, Mapping[str, Any]]
) -> dict[str, list[tuple[str, str]]]:
    """By its id the readings, name and formula, of each statement that no sentence of a paper describes.

    A statement of many readings is left out: the formulas stand with its evidence.
    """
    own = {a.statement.theorem for a in found if a.statement.says == theorems[a.statement.theorem]["title"]}
    printed = {name: [(r["key"], r["formula"]) for r in theorems[name]["readings"]] for name in own}
    return {name: readings for name, readings in printed.items() if len(readings) <= FEW}


def searches_of(found: Sequence[Answer], rows: Sequence[Result]) -> dict[str, str]:
    """By the id of a statement the command that searches for a counterexample, if it stands in a file."""
    files = {row.theorem: row.command.split(" ")[2] for row in rows if row.command.count(" ") > 1}
    names = [a.statement.theorem for a in found]
    return {n: f"regretcheck falsify {files[n]}" for n in names if files.get(n, "").endswith(".py")}
