"""What scaling alone shows about a theorem, before any game is played."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from theory.recurrence import Recurrence
    from theory.statement import Theorem


def breaking(theorem: Theorem, recurrence: Recurrence | None = None) -> dict[str, tuple[str, ...]]:
    """Reading key -> sentences about the scalings that break it; empty if none does or none is known.

    recurrence: the algorithm, if the theorem names one that is not in a file.
    """
    from theory.scaling import inhomogeneous

    try:
        findings = inhomogeneous(theorem, recurrence)
    except ValueError:  # a node without a rule for its degree: scaling decides nothing
        return {}
    found: dict[str, list[str]] = {}
    for key, finding in findings:
        if finding.breaks and not finding.outside:
            found.setdefault(key, []).append(finding.sentence)
    return {key: tuple(sentences) for key, sentences in found.items()}


def notices(theorem_ids: Iterable[str]) -> list[str]:
    """One line for each printed theorem that scaling alone breaks."""
    from theory.theorems.registry import theorems

    known = theorems()
    lines = []
    for name in dict.fromkeys(theorem_ids):
        found = breaking(known[name]) if name in known else {}
        if found:
            first = next(iter(found.values()))[0]
            lines.append(f"{name}: scaling alone breaks {', '.join(found)}, before any game ({first})")
    return lines
