"""A claim of a paper: what it says, formally, and a computation that says whether it is so.

A verdict is never typed in: `check` computes numbers and decides by them. Its ingredients (the algorithm, the
formula, the data) are keyword arguments, so that a test can exchange one and see the verdict change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from paper_checks.run.results import Result
from theory.source import Source

if TYPE_CHECKING:
    from paper_checks.scenario import Options


class ClaimVerdict(Enum):
    """What the computation says of a claim; the value is the sentence to show."""

    TRUE = "true as stated, in everything that was computed"
    FALSE = "false: the computation contradicts it"
    PARTLY = "partly true: one part or one reading holds, another does not"
    MALFORMED = "malformed: what is printed does not say what it is meant to say"
    NOT_SUPPORTED = "not supported: what was computed does not show it"
    WAITING = "has its place; not checked by this version"


@dataclass(frozen=True)
class Finding:
    """The outcome of a check: the verdict, sentences with the numbers, and the numbers by name."""

    verdict: ClaimVerdict
    evidence: tuple[str, ...]
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """One claim. id: such as ``adal.claim.10``; quote: a short phrase of the paper, in its own words.

    source: the place in the paper; statement: one formal sentence; check: computes the finding.
    """

    id: str
    quote: str
    source: Source
    statement: str
    check: Callable[[Options], Finding]

    @property
    def number(self) -> tuple[tuple[int, str], ...]:
        """A key that sorts ``claim.2`` before ``claim.10``."""
        return tuple((int(part), "") if part.isdigit() else (-1, part) for part in self.id.split("."))


@dataclass(frozen=True)
class Examined:
    """A claim with what its check found, and its row for ``results.json``.

    finding: None where the check crashed, and where only the row is at hand: a run keeps rows.
    """

    claim: Claim
    finding: Finding | None
    row: Result


def examine(claim: Claim, options: Options) -> Examined:
    """Run the check of a claim; an error inside it becomes a row that says so."""
    from online_sim.inputs import versions

    began = time.perf_counter()
    finding, error = None, None
    try:
        finding = claim.check(options)
    except Exception as problem:
        message = " ".join(str(problem).split())
        error = f"{type(problem).__name__}: {message}" if message else type(problem).__name__
    row = Result(
        id=claim.id,
        theorem="",
        source=str(claim.source),
        scenario="",
        title=claim.quote,
        verdict=None if finding is None else finding.verdict.name,
        reason=" ".join(finding.evidence) if finding is not None else error or "",
        seconds=round(time.perf_counter() - began, 3),
        seed=options.seed,
        command=f"regretcheck run {claim.id} --seed {options.seed}",
        versions=versions(),
        error=error,
    )
    return Examined(claim, finding, row)


__all__ = ["Claim", "ClaimVerdict", "Examined", "Finding", "examine"]
