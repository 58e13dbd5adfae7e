"""A claim that a statement fails on an exact game."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bounds.games.base import ExactGame
from bounds.games.descent import DescentGame
from bounds.games.linear import LinearGame
from bounds.games.rationals import Point, listing, point
from bounds.scope import compares
from theory.borders import instance
from theory.displayed import Displayed
from theory.statement import Theorem
from theory.symbols import z_t

if TYPE_CHECKING:
    from theory.printing.html import Html


@dataclass(frozen=True, repr=False)
class Counterexample(Displayed):
    """A reading of a theorem, and a game on which it is claimed to fail at the last round.

    Args:
        theorem: The theorem.
        reading: The key of one of its readings.
        game: The game in exact numbers.
        comparator: For a regret, the comparator z in the set; None leaves the choice to the writer of the
            certificate.

    Raises:
        ValueError: The theorem lacks the reading, the comparator lies outside the set, or only one of reading
            and game has points z_t to compare with.
    """

    theorem: Theorem
    reading: str
    game: LinearGame | DescentGame
    comparator: Point | None = None

    def __post_init__(self) -> None:
        """Refuse a reading that the theorem lacks and a comparator outside the set."""
        instance("theorem", self.theorem, Theorem, "a Theorem", "take one of theory.theorems")
        instance("game", self.game, ExactGame, "a LinearGame or a DescentGame")
        self.theorem.reading(self.reading)
        moving = isinstance(self.game, LinearGame) and self.game.moving
        if moving != compares(self.theorem, self.reading, z_t):
            reads, has = ("reads no", "has") if moving else ("reads", "has no")
            raise ValueError(
                f"`game` {has} points z_t to compare with, and {self.theorem.id}.{self.reading} {reads} "
                "z_t; give rows of 2d numbers, each gradient followed by its z_t, where a statement reads z_t"
            )
        if self.comparator is None:
            return
        object.__setattr__(self, "comparator", point(self.comparator, "comparator"))
        if not self.game.contains(self.comparator):
            raise ValueError(
                f"`comparator` = {listing(self.comparator or ())} is not a point of the set of the game"
            )

    def _text(self) -> str:
        from bounds.pages import counterexample_text

        return counterexample_text(self)

    def _page(self) -> Html:
        from bounds.pages import counterexample_page

        return counterexample_page(self)

    def _formulas(self) -> tuple[str, ...]:
        from bounds.pages import counterexample_formulas

        return counterexample_formulas(self)
