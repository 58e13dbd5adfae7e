"""Outcomes: an Enum whose value is the sentence to show, and the evidence for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import NDArray

from online_sim.borders import Floats
from theory.borders import items
from theory.displayed import Displayed

if TYPE_CHECKING:
    from pandas import DataFrame

    from online_sim.provenance import Provenance
    from theory.printing.html import Html


class Verdict(Enum):
    """What games show about a theorem; the value is the sentence to show. None of these is a proof."""

    HOLDS = "no violation on these runs; this is evidence, not a proof"
    VIOLATED = "violated: the left side exceeds the bound, and a second computation confirms it"
    VACUOUS = (
        "vacuous: the bound is undefined, infinite, or above what a player who never moves is guaranteed"
    )
    ASSUMPTION_BROKEN = "not applicable: an assumption of the theorem is broken"
    UNDECIDED = "undecided: the intervals of the two sides overlap, or a violation is not confirmed"


@dataclass(frozen=True)
class AssumptionCheck:
    """One assumption, whether the run satisfies it, and the numbers that show it.

    where: (R or 1, K) the recorded rounds for which the statement is meant, if the assumption tells only
    some of them, as T >= 2 does.
    """

    text: str
    holds: bool
    detail: str
    where: NDArray[np.bool_] | None = field(default=None, compare=False)


@dataclass(frozen=True, eq=False, repr=False)
class Check(Displayed):
    """A reading of a theorem checked on one game; arrays have one entry for each of the K recorded rounds.

    Args:
        id: ``<theorem>.<reading>``.
        verdict: the verdict.
        reason: one sentence with the numbers.
        rounds: (K,) the recorded rounds T.
        lhs_lower, lhs_upper: (K,) the interval that contains the measured left side.
        rhs: (K,) lower ends of the bound, -inf where it is unknown, NaN where it is undefined.
        rhs_upper: (K,) upper ends of the bound.
        trivial: (K,) the guarantee of a player who never moves, NaN where there is none.
        margin: the smallest rhs/lhs_upper over the rounds where lhs_upper is positive and finite (for a
            violation the smallest rhs_upper/lhs_upper); None if there is no such round.
        at: the round of the margin.
        first_violation: the first recorded round whose violation is confirmed.
        assumptions: each assumption, whether it holds, and why.
        labels: title, reading, note, source and left side in words.
        run: the provenance of the trace.
        every_round: whether the verdict covers every round of the game, not only the recorded ones.
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
        """The verdict in words, qualified if it covers only the recorded rounds."""
        if self.verdict is Verdict.HOLDS and not self.every_round:
            return f"no violation at {self.coverage}; this is evidence, not a proof"
        return self.verdict.value

    @property
    def coverage(self) -> str:
        """The rounds that the verdict covers, in words."""
        if self.every_round:
            return "every round"
        return f"{len(self.rounds)} recorded rounds of {int(self.rounds[-1])}"

    def to_frame(self) -> DataFrame:
        """A pandas table with both sides, one row for each recorded round.

        Columns: `T`; `left_lower`, `left_upper`, between which the left side lies; `bound_lower`,
        `bound_upper`, between which the bound lies; `trivial`, the guarantee of a player who never moves.

        Raises:
            ImportError: pandas is not installed.
        """
        from bounds.pages import check_columns
        from online_sim.frames import frame

        return frame(check_columns(self))

    def _text(self) -> str:
        from bounds.pages import check_line

        return f"Check({check_line(self)})"

    def _page(self) -> Html:
        from bounds.pages import check_page

        return check_page(self)

    def _formulas(self) -> tuple[str, ...]:
        return ()


@final
class Checks(Displayed, list[Check]):
    """A list of checks that shows itself as a table: printed, a line for each check.

    Args:
        checks: the checks.
    """

    def __init__(self, checks: Iterable[Check] = ()) -> None:
        super().__init__(items("checks", checks, Check, "a Check", "bounds.checks returns them"))

    def to_frame(self) -> DataFrame:
        """A pandas table with a row for each check.

        Columns: `id`; `verdict`, its name; `T`, the first confirmed violation, or without one the round of
        the margin, or else the last recorded round; `left` and `bound`, the ends of both sides at T that
        decide: for a violation a lower end of the left side and an upper end of the bound, otherwise an upper
        end of the left side and a lower end of the bound; `margin`, the smallest bound / left over all rounds
        (see `Check`), perhaps in another round than T, NaN if there is none; `reason`.

        Raises:
            ImportError: pandas is not installed.
        """
        from bounds.pages import COLUMNS, check_row
        from online_sim.frames import frame

        rows = [check_row(check) for check in self]
        return frame({name: [row[name] for row in rows] for name in COLUMNS})

    def _text(self) -> str:
        from bounds.pages import check_line

        return "\n".join(map(check_line, self)) or "Checks([])"

    def _page(self) -> Html:
        from bounds.pages import checks_page

        return checks_page(self)

    def _formulas(self) -> tuple[str, ...]:
        return ()
