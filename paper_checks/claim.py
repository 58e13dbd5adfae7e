"""A claim of a paper: its formal statement, and a computation that decides whether it is true.

A verdict is never typed in: `check` computes numbers and decides by them. Its ingredients (the algorithm, the
formula, the data) are keyword arguments, so that a test can replace one and see the verdict change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from theory.source import Source


class ClaimVerdict(Enum):
    """The verdict of the computation on a claim; the value is the sentence to show."""

    TRUE = "true as stated, in everything that was computed"
    FALSE = "false: the computation contradicts it"
    PARTLY = "partly true: one part or one reading holds, another does not"
    MALFORMED = "malformed: what is printed does not say what it is meant to say"
    NOT_SUPPORTED = "not supported: what was computed does not show it"


@dataclass(frozen=True)
class Finding:
    """The outcome of a check.

    Args:
        verdict: Whether the claim is true, false, or true in part.
        evidence: Sentences with the numbers.
        numbers: The numbers by name, for the baseline.
    """

    verdict: ClaimVerdict
    evidence: tuple[str, ...]
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """A claim of a paper and its check.

    Args:
        id: Such as ``adal.claim.10``.
        quote: A short verbatim phrase of the paper.
        source: The place in the paper.
        statement: One formal sentence.
        check: Computes the finding from `Options`; its keyword arguments are its ingredients.
        experiments: The names of the experiments whose results it reads, by its ingredient `results`.
    """

    id: str
    quote: str
    source: Source
    statement: str
    check: Callable[..., Finding]
    experiments: tuple[str, ...] = ()

    @property
    def number(self) -> tuple[tuple[int, str], ...]:
        """A key that sorts ``claim.2`` before ``claim.10``."""
        return tuple((int(part), "") if part.isdigit() else (-1, part) for part in self.id.split("."))
