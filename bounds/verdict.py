"""Outcomes: an Enum whose value is the sentence to show, and the evidence that goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from online_sim.borders import Floats

if TYPE_CHECKING:
    from online_sim.provenance import Provenance


class Verdict(Enum):
    """What can be said of a theorem on the games that were played. None of these is a proof."""

    HOLDS = "no violation on these runs; this is evidence, not a proof"
    VIOLATED = "violated: the left side exceeds the bound, and a second computation confirms it"
    VACUOUS = (
        "vacuous: the bound is undefined, infinite, or above what a player who never moves is guaranteed"
    )
    ASSUMPTION_BROKEN = "not applicable: an assumption of the theorem is broken"
    UNDECIDED = "undecided: the intervals of the two sides overlap, or a violation is not confirmed"


@dataclass(frozen=True)
class AssumptionCheck:
    """One assumption, whether the run satisfies it, and the numbers that say so."""

    text: str
    holds: bool
    detail: str


@dataclass(frozen=True, eq=False)
class Check:
    """A reading of a theorem checked on one game.

    id: ``<theorem>.<reading>``; rounds (K,): the checkpoints; lhs_lower, lhs_upper (K,): the interval that
    contains the measured left side; rhs, rhs_upper (K,): the one that contains the bound, -inf and inf where
    nothing is known of it; trivial (K,): what doing nothing guarantees, NaN where there is no such thing;
    margin: the smallest rhs / lhs_upper over checkpoints where lhs_upper is positive and finite (None where
    none is), and `at`, its round;
    first_violation: the first checkpoint whose violation is confirmed; reason: one sentence with the numbers;
    every_round: whether the verdict is about every round of the game, not only about the recorded ones.
    """

    id: str
    verdict: Verdict
    reason: str
    rounds: NDArray[np.int64]
    lhs_lower: Floats
    lhs_upper: Floats
    rhs: Floats
    rhs_upper: Floats
    trivial: Floats
    margin: float | None
    at: int | None
    first_violation: int | None
    assumptions: tuple[AssumptionCheck, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    run: Provenance | None = None
    every_round: bool = True

    @property
    def sentence(self) -> str:
        """The verdict in words, qualified where it is about the recorded rounds only."""
        if self.verdict is Verdict.HOLDS and not self.every_round:
            return f"no violation at {self.coverage}; this is evidence, not a proof"
        return self.verdict.value

    @property
    def coverage(self) -> str:
        """The rounds that the verdict is about, in words."""
        if self.every_round:
            return "every round"
        return f"{len(self.rounds)} recorded rounds of {int(self.rounds[-1])}"
