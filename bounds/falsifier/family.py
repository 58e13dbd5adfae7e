"""The parts of a search: the sizes of games, spaces of games, and what differs between kinds of games."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from bounds.games import Counterexample
from bounds.statement import Bools, Sides
from online_sim.borders import Floats
from theory.statement import Theorem


@dataclass(frozen=True)
class Manner:
    """The settings of a search that differ between kinds of games.

    evaluations: the default number of games. centres: the number of kinds of structured games to evolve.
    population, spread, generations: of CMA-ES; spread is the initial standard deviation in the coordinates of
    a space, and the generations are those of the first pass. steps: of the ascent, in groups; a group is
    tried at once, and the next group if no step improves. early: whether a game's ratio in the first half of
    its rounds leads the search too. turn: the work of the first turn of each size. shorter: the most
    games in the search for a shorter violation after the first one.
    """

    evaluations: int
    centres: int
    population: int
    spread: float
    generations: int
    steps: tuple[tuple[float, ...], ...]
    early: bool
    turn: int
    shorter: int


@dataclass(frozen=True)
class SearchStage:
    """The size of the games that are searched together.

    horizon, dimension, letters: T, d and the letters of noise; effort: a factor for the games of every step
    in the first pass.
    """

    horizon: int
    dimension: int
    letters: int = 1
    effort: float = 1.0


class Space(Protocol):
    """Games as vectors of real numbers."""

    def jumps(self, vector: Floats) -> Floats:
        """Vectors (R, n) of games that differ from the one at `vector` by one large change."""


@dataclass(frozen=True)
class Place:
    """A point of a space, log(lhs/rhs) there, and the name of the space.

    every: whether the space contains all games of its size.
    """

    worth: float
    space: Space
    vector: Floats
    name: str
    every: bool = False


@dataclass(frozen=True)
class Candidate:
    """One game (as a batch of one), the round with the largest lhs/rhs, that ratio, and its origin."""

    ratio: float
    game: Any
    horizon: int
    stage: SearchStage
    family: Family


Played = dict[SearchStage, dict[str, tuple[int, float]]]
"""For each size, the number of games of each kind and their largest lhs/rhs."""


class Player(Protocol):
    """Plays games of one size and remembers the best."""

    def play(self, games: Any, kinds: Sequence[tuple[str, int]]) -> Floats:
        """Play games and remember the best; what each is worth. kinds: (words, how many), in order."""

    def worth(self, sides: Sides) -> Floats:
        """log(lhs/rhs) of each game at the best of its leading rounds."""

    def remember(self, games: Any, sides: Sides, kinds: Sequence[tuple[str, int]]) -> None:
        """Count games that were played, and remember the best one."""


class Family(Protocol):
    """A kind of games in which a violation of a statement can be searched."""

    @property
    def theorem(self) -> Theorem:
        """The theorem to search for violations."""

    @property
    def manner(self) -> Manner:
        """The settings of the search."""

    def stages(self) -> Sequence[SearchStage]:
        """The sizes of games to search, the smallest first."""

    def cost(self, stage: SearchStage) -> int:
        """The work of one game, about the number of rounds x coordinates that take as long."""

    def shelf(
        self, stage: SearchStage, effort: float, player: Player, rng: np.random.Generator
    ) -> Iterator[Sequence[Place]]:
        """The best structured games of each kind, and of all games; a few are played before each yield."""

    def freed(self, stage: SearchStage, places: Sequence[Place]) -> Sequence[Place]:
        """The same games in the space of all games; none if there is no such space."""

    def games(self, spaces: Sequence[Space], vectors: Sequence[Floats]) -> Sequence[tuple[Any, Bools]]:
        """The games of spaces of one size at vectors (R, n) of each, and which of them are games, (R,)."""

    def joined(self, batches: Sequence[Any]) -> Sequence[Any]:
        """Games of one size, from several spaces, as one batch, or as they are."""

    def sides(self, stage: SearchStage, games: Any) -> Sides:
        """Both sides of games of a stage."""

    def exactly(self, game: Any, horizon: int, ratio: float) -> tuple[Counterexample | None, float]:
        """A game in exact numbers, up to a round, and its certain excess, or -inf."""

    def report(self, played: Played, leader: Candidate | None) -> tuple[str, ...]:
        """What was searched, in sentences: the games of each stage by kind, and the best game."""
