"""Audited proofs for the report: proofs with the same steps share a table, one column per game."""

from collections.abc import Mapping, Sequence
from typing import Any

from paper_checks.run.results import ProofDetail, Result


def proof_groups(rows: Sequence[Result]) -> list[dict[str, Any]]:
    """The audits that did not crash, grouped by proof and by the text of its steps, in order of appearance.

    The variants of an algorithm share the steps as written in the letters of the proof. letters: what the
    letters stand for, and in which scenarios. steps: the part common to all games, and `seen`, the step in
    each game.
    """
    groups: dict[tuple[Any, ...], list[tuple[Result, Mapping[str, Any]]]] = {}
    for row in rows:
        audit = row.detail.audit if isinstance(row.detail, ProofDetail) else None
        if audit is not None:
            said = ((s["key"], s["formula"], s["status"], s["needs"]) for s in audit["steps"])
            groups.setdefault((audit["title"], *said), []).append((row, audit))
    found = []
    for (title, *_), games in groups.items():
        letters: dict[tuple[str, ...], list[str]] = {}
        for row, audit in games:
            letters.setdefault(tuple(audit["where"]), []).append(row.scenario)
        by_step = zip(*(audit["steps"] for _, audit in games), strict=True)
        steps = [{**seen[0], "seen": seen} for seen in by_step]
        found.append(
            {
                "title": title,
                "rows": [row for row, _ in games],
                "letters": list(letters.items()),
                "steps": steps,
            }
        )
    return found


def tightness_text(step: Mapping[str, Any]) -> str:
    """How tight a step was, or by how much it breaks."""
    if step["outcome"] == "BREAKS":
        left, right = step["left"], step["right"]
        return f"off by {_number(abs(left - right) / max(abs(left), abs(right)))}"
    if step["tightness"] is None:
        return ""
    return _number(step["tightness"]) + (" roundings" if step["relation"] == "=" else "")


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "\u2212")
