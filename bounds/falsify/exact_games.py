"""From the floats of a search to a counterexample in short exact numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from bounds.certify.checker import Refused
from bounds.certify.game import Counterexample, ExactBox, ExactSegment, LinearGame, Point
from bounds.certify.inside import excess_inside
from bounds.falsify.evaluator import Batch
from bounds.falsify.projected import SetKind
from bounds.falsify.space import Scale
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

    def shortest(
        self, batch: Batch, which: int, horizon: int, ratio: float
    ) -> tuple[Counterexample | None, float]:
        """A game of the batch up to a round with as few digits as keep its violation, and its certain excess.

        ratio: lhs/rhs in floats. Without a violation, or where the checker finds none, the excess is -inf.
        """
        best: tuple[Counterexample | None, float] = (None, -math.inf)
        exceeding = DIGITS if horizon <= LONG else DIGITS_LONG
        for digits in exceeding if ratio > 1 else DIGITS_HELD:
            try:
                found = self.counterexample(batch, which, horizon, digits)
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

        rows = self._scaled([tuple(near(u) for u in row) for row in batch.rows[which].tolist()])
        lead, pattern = rows[: batch.lead], rows[batch.lead :]
        if batch.lead >= horizon:
            lead, pattern = rows[: horizon - 1], rows[horizon - 1 : horizon]
        begin, end = (tuple(near(u) for u in side) for side in batch.ends[which].tolist())
        feasible = ExactBox(begin, end) if self.kind is SetKind.BOX else ExactSegment(begin, end)
        given = {
            p.name: self.fixed.get(p.name, near(value))
            for p, value in zip(self.recurrence.parameters, batch.parameters[which].tolist(), strict=True)
        }
        start = self._inside(feasible, [near(u) for u in batch.start[which].tolist()], digits)
        game = LinearGame(
            self.recurrence, given, feasible, start, tuple(pattern[: horizon - len(lead)]), horizon,
            lead=tuple(lead),
        )  # fmt: skip
        return Counterexample(self.theorem, self.reading, game)

    def _inside(self, feasible: ExactBox | ExactSegment, start: list[Fraction], digits: int) -> Point:
        """The point of the set nearest to a rounded one, in short numbers."""
        if isinstance(feasible, ExactBox):
            return tuple(
                min(max(u, low), high)
                for u, low, high in zip(start, feasible.lower, feasible.upper, strict=True)
            )
        steps = [b - a for a, b in zip(feasible.begin, feasible.end, strict=True)]
        i = max(range(len(steps)), key=lambda k: abs(steps[k]))
        share = Fraction(f"{float((start[i] - feasible.begin[i]) / steps[i]):.{digits}g}")
        share = min(max(share, Fraction(0)), Fraction(1))
        return tuple(a + share * step for a, step in zip(feasible.begin, steps, strict=True))

    def _scaled(self, rows: list[Point]) -> list[Point]:
        """Rounded gradients that still have the size that is asked for."""
        if self.scale is Scale.FREE:
            return rows
        if self.scale is Scale.MAX_ONE:
            return [tuple(min(max(u, Fraction(-1)), Fraction(1)) for u in row) for row in rows]
        return [_lengthened(row) for row in rows]


def _lengthened(row: Point) -> Point:
    """The row with its largest coordinate moved away from 0 until the l1 norm is 1."""
    short = 1 - sum(map(abs, row), Fraction(0))
    if short <= 0:
        return row
    i = max(range(len(row)), key=lambda k: abs(row[k]))
    return tuple(u + (short if u >= 0 else -short) if k == i else u for k, u in enumerate(row))


__all__ = ["Exactly"]
