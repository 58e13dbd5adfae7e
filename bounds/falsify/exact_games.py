"""From the floats of a search to a counterexample in short exact numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from bounds.certify.checker import Refused
from bounds.certify.inside import excess_inside
from bounds.falsify.evaluator import Batch
from bounds.falsify.projected import SetKind
from bounds.games import Counterexample, ExactBox, ExactSegment, LinearGame
from bounds.games.scale import Scale
from theory.recurrence import Recurrence
from theory.statement import Theorem

DIGITS = (2, 3, 4, 6, 9, 17)
"""Significant decimal digits that are tried, the fewest first."""
DIGITS_LONG = (4, 17)
"""The same for long games, whose replay takes its time."""
LONG = 2000
DIGITS_HELD = (6,)
"""The same where there is no violation to keep."""
KEPT = 0.9
"""The share of the violation that must be left after rounding."""


@dataclass(frozen=True)
class Exactly:
    """How the floats of a game become exact numbers: what the search was asked for."""

    theorem: Theorem
    reading: str
    recurrence: Recurrence
    kind: SetKind
    scale: Scale
    fixed: Mapping[str, Fraction]

    def shortest(self, batch: Batch, horizon: int, ratio: float) -> tuple[Counterexample | None, float]:
        """The game of a batch of one up to a round with as few digits as keep its violation, and its excess.

        ratio: lhs/rhs in floats. Without a violation, or where the checker finds none, the excess is -inf.
        """
        best: tuple[Counterexample | None, float] = (None, -math.inf)
        exceeding = DIGITS if horizon <= LONG else DIGITS_LONG
        for digits in exceeding if ratio > 1 else DIGITS_HELD:
            try:
                found = self.counterexample(batch, 0, horizon, digits)
                certain = excess_inside(found) if ratio > 1 else -math.inf
            except (Refused, ValueError):  # out of its range by rounding, or too long for the checker
                continue
            if best[0] is None or certain > best[1]:
                best = found, certain
            if certain >= KEPT * (min(ratio, 2.0) - 1):
                break
        return best

    def counterexample(self, batch: Batch, which: int, horizon: int, digits: int) -> Counterexample:
        """One game of a batch, every number rounded; ValueError where that leaves a range."""

        def near(value: float) -> Fraction:
            return Fraction(f"{value:.{digits}g}")

        rows = self.scale.mended([tuple(near(u) for u in row) for row in batch.rows[which].tolist()])
        lead, pattern = rows[: batch.lead], rows[batch.lead :]
        if batch.lead >= horizon:
            lead, pattern = rows[: horizon - 1], rows[horizon - 1 : horizon]
        begin, end = (tuple(near(u) for u in side) for side in batch.ends[which].tolist())
        feasible = ExactBox(begin, end) if self.kind is SetKind.BOX else ExactSegment(begin, end)
        given = {
            p.name: self.fixed.get(p.name, near(value))
            for p, value in zip(self.recurrence.parameters, batch.parameters[which].tolist(), strict=True)
        }
        start = feasible.nearest(tuple(near(u) for u in batch.start[which].tolist()), digits)
        game = LinearGame(
            self.recurrence, given, feasible, start, tuple(pattern[: horizon - len(lead)]), horizon,
            lead=tuple(lead),
        )  # fmt: skip
        return Counterexample(self.theorem, self.reading, game)


__all__ = ["Exactly"]
