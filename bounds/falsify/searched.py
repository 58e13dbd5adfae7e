"""What a search among regret games found, and where it looked."""

from __future__ import annotations

from dataclasses import dataclass

from bounds.certify.game import Counterexample, LinearGame


@dataclass(frozen=True)
class Searched:
    """The result of `bounds.falsify.search.falsify`.

    best: the game with the largest lhs/rhs at its last round, in exact numbers, a certain violation where one
    was found; None where the statement never said anything. ratio: its lhs/rhs in floats, inf where the right
    side is not positive; excess: a certain lower bound of lhs/rhs - 1, -inf where nothing exceeds.
    evaluations: the games played; seconds: how long it took; first: seconds until the first certain
    violation, None without one. sentences: what was searched.
    """

    best: Counterexample | None
    ratio: float
    excess: float
    evaluations: int
    seconds: float
    first: float | None
    seed: int
    sentences: tuple[str, ...]

    @property
    def violated(self) -> bool:
        """Whether a violation is certain."""
        return self.excess > 0

    @property
    def horizon(self) -> int | None:
        """The rounds T of the best game."""
        return None if self.best is None else self.best.game.horizon

    @property
    def dimension(self) -> int | None:
        """The coordinates d of the best game."""
        game = None if self.best is None else self.best.game
        return game.dimension if isinstance(game, LinearGame) else None


__all__ = ["Searched"]
