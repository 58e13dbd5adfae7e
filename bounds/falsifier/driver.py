"""The search for a violation in any kind of game: structured games, CMA-ES around the best, an ascent.

A `Family` holds what differs between games of linear losses and descents of one function; this file holds the
steps, the budget and the memory. Floats find violations, which are replayed in exact numbers before they
count.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from bounds.falsifier.searched import Searched, unfound
from bounds.games import Counterexample
from bounds.statement import Bools, Sides
from online_sim.borders import Floats
from theory.statement import Theorem

SECONDS = 60.0
"""The default budget."""
STRUCTURED, EVOLVED = 0.3, 0.5
"""The shares of a stage's games if it has a limit; the ascent gets the rest."""
GENERATIONS = 60
"""The generations of CMA-ES in the first pass, twice as many for a freed place."""
ROUNDS_OF_ASCENT = 40
"""The ascent steps in the first pass."""
HIGHEST = 1e9
"""The value that stands for an infinite ratio."""
HOPELESS = 1e3
"""The value for CMA-ES if a vector is not a game or the statement does not apply to it."""
SUSPICIOUS = 1e-9
"""The excess of a ratio over 1 below which it is rounding."""
TRIED_EXACTLY = 4
"""The number of best games of a stage to replay before it counts as free of violations."""

SearchProgress = Callable[[int, str, float], None]
"""Called with (games so far, where the search is, the largest lhs/rhs)."""


@dataclass(frozen=True)
class Manner:
    """The settings of a search that differ between kinds of games.

    centres: the number of kinds of structured games to evolve. population, spread: of CMA-ES; spread is the
    initial standard deviation in the coordinates of a space. steps: of the ascent, in groups; a group is
    tried at once, and the next group if no step improves. early: whether a game's ratio in the first half of
    its rounds leads the search too.
    """

    centres: int
    population: int
    spread: float
    steps: tuple[tuple[float, ...], ...]
    early: bool


@dataclass(frozen=True)
class SearchStage:
    """The size of the games that are searched together, and the effort.

    horizon, dimension, letters: T, d and the letters of noise; effort: a factor for the length of every step;
    games: the most to play, None for as many as the steps take.
    """

    horizon: int
    dimension: int
    letters: int = 1
    effort: int = 1
    games: int | None = None


class Space(Protocol):
    """Games as vectors of real numbers."""

    def games(self, vectors: Floats) -> tuple[Any, Bools]:
        """The games at vectors (R, n), and which of the vectors are games, (R,)."""


@dataclass(frozen=True)
class Place:
    """A point of a space, log(lhs/rhs) there, and the name of the space."""

    worth: float
    space: Space
    vector: Floats
    name: str


class Family(Protocol):
    """A kind of games in which a violation of a statement can be searched."""

    @property
    def theorem(self) -> Theorem:
        """The theorem to search for violations."""

    @property
    def manner(self) -> Manner:
        """The settings of the search."""

    def stages(self) -> Iterator[SearchStage]:
        """The stages to search, in order."""

    def shelf(self, stage: SearchStage, search: Search, rng: np.random.Generator) -> list[Place]:
        """Structured games, played by `search`: the best of each kind, the best kind first."""

    def freed(self, stage: SearchStage, place: Place) -> Place | None:
        """The same game in a larger space; None if there is none."""

    def sides(self, stage: SearchStage, games: Any) -> Sides:
        """Both sides of games of a stage."""

    def exactly(self, game: Any, horizon: int, ratio: float) -> tuple[Counterexample | None, float]:
        """A game in exact numbers, up to a round, and its certain excess, or -inf."""

    def report(self, search: Search) -> tuple[str, ...]:
        """What was searched, in sentences."""


@dataclass(frozen=True)
class Candidate:
    """One game (as a batch of one), the round with the largest lhs/rhs, that ratio, and the stage."""

    ratio: float
    game: Any
    horizon: int
    stage: SearchStage


class Search:
    """The state of a search: the games played, the findings, the remaining budget.

    played: for each stage, the games of each kind and their largest lhs/rhs. leader: the game with the
    largest lhs/rhs in floats; within: the best of those that do not exceed 1. best, ratio, certain: the best
    game whose violation is certain. inside, said: see `Searched`.
    """

    def __init__(
        self,
        family: Family,
        seconds: float | None,
        evaluations: int | None,
        enough: float,
        progress: SearchProgress | None,
    ) -> None:
        """Start the clock; the default limit is `SECONDS`."""
        if seconds is None and evaluations is None:
            seconds = SECONDS
        self.family, self.manner, self.enough, self.progress = family, family.manner, enough, progress
        self.most = math.inf if evaluations is None else evaluations
        self.until = math.inf
        self.began = time.perf_counter()
        self.ends = math.inf if seconds is None else self.began + seconds
        self.evaluations, self.inside, self.said = 0, 0, 0
        self.played: dict[SearchStage, dict[str, tuple[int, float]]] = {}
        self.leader: Candidate | None = None
        self.within: Candidate | None = None
        self.stage_found: list[Candidate] = []
        self.refuted: set[float] = set()
        self.rounding: set[float] = set()
        self.best: Counterexample | None = None
        self.certain, self.ratio = -math.inf, -math.inf
        self.first: float | None = None

    @property
    def over(self) -> bool:
        """Whether the budget is spent."""
        return time.perf_counter() >= self.ends or self.evaluations >= self.most

    @property
    def violated(self) -> bool:
        """Whether a violation is certain."""
        return self.certain > 0

    @property
    def done(self) -> bool:
        """Whether a step may end before its time."""
        enough = self.violated and self.ratio >= self.enough
        return enough or self.evaluations >= self.until or self.over

    def run(self, seed: int) -> Searched:
        """Search one stage after the other until one has a certain violation."""
        rng = np.random.default_rng(seed)
        for stage in self.family.stages():
            self.search(stage, rng)
            if self.violated or self.over:
                break
        return self.result(seed)

    def search(self, stage: SearchStage, rng: np.random.Generator) -> None:
        """Search the games of one stage."""
        self.stage, self.stage_found, self.played[stage] = stage, [], {}
        begun = self.evaluations
        games = math.inf if stage.games is None else min(stage.games, self.most - begun)
        self.until = begun + STRUCTURED * games
        places = self.family.shelf(stage, self, rng)[: self.manner.centres]
        evolved = []
        for k, place in enumerate(places, start=1):
            self.until = begun + (STRUCTURED + EVOLVED * k / len(places)) * games
            evolved.append(self.evolved(place, GENERATIONS * stage.effort, rng))
        self.until = begun + games
        best = max(evolved, key=lambda place: place.worth, default=None)
        if best is not None:
            freed = None if self.done else self.family.freed(stage, best)
            if freed is not None:
                best = self.evolved(freed, 2 * GENERATIONS * stage.effort, rng)
            self.ascended(best, ROUNDS_OF_ASCENT * stage.effort)
        self.settle()

    def evolved(self, place: Place, generations: int, rng: np.random.Generator) -> Place:
        """The best place that CMA-ES reaches from a place."""
        import cma

        seed = int(rng.integers(1, 1 << 30))
        if self.done or len(place.vector) < 2:
            return place
        options = {"seed": seed, "popsize": self.manner.population, "verbose": -9, "maxiter": generations}
        strategy = cma.CMAEvolutionStrategy(place.vector, self.manner.spread, options)
        while not strategy.stop() and not self.done:
            vectors = np.array(strategy.ask())
            worth, place = self.tried(place, vectors, f"evolved from {place.name}")
            strategy.tell(list(vectors), [-w if w > -HOPELESS else HOPELESS for w in worth.tolist()])
        return place

    def ascended(self, place: Place, rounds: int) -> Place:
        """The place reached by moving every number up and down and taking the best until none is better."""
        moves = np.concatenate([np.eye(len(place.vector)), -np.eye(len(place.vector))])
        for group in self.manner.steps:
            steps = np.concatenate([step * moves for step in group])
            before = None
            while place is not before and rounds > 0 and not self.done:
                before, rounds = place, rounds - 1
                _, place = self.tried(place, place.vector + steps, "ascended")
        return place

    def tried(self, place: Place, vectors: Floats, what: str) -> tuple[Floats, Place]:
        """log(lhs/rhs) at vectors of a place's space, -inf if not a game, and the best place so far."""
        games, real = place.space.games(vectors)
        worth = np.full(len(vectors), -np.inf)
        if len(games):
            worth[real] = self.play(games, what)
        k = int(np.argmax(worth))
        better = Place(float(worth[k]), place.space, vectors[k], place.name)
        return worth, better if better.worth > place.worth else place

    def play(self, games: Any, what: str) -> Floats:
        """log(lhs/rhs) of each game at the best of its leading rounds; remember the best game.

        A violation in any round counts, whether it leads or not.
        """
        stage, sides = self.stage, self.family.sides(self.stage, games)
        ratio = np.minimum(sides.ratio, HIGHEST)
        found = np.max(ratio, axis=1)
        k = int(np.argmax(found))
        best = float(found[k])
        self.evaluations += len(games)
        self.inside += int(np.any(sides.holds, axis=1).sum())
        self.said += int(np.any(sides.said, axis=1).sum())
        count, most = self.played[stage].get(what, (0, -math.inf))
        self.played[stage][what] = count + len(games), max(most, best)
        if best > max((f.ratio for f in self.stage_found), default=-math.inf):
            self.keep(Candidate(best, games[k : k + 1], int(sides.rounds[int(np.argmax(ratio[k]))]), stage))
        inside = np.where(ratio <= 1 + SUSPICIOUS, ratio, -np.inf)
        k = int(np.argmax(np.max(inside, axis=1)))
        if np.max(inside[k]) > (self.within.ratio if self.within else -math.inf):
            at = int(sides.rounds[int(np.argmax(inside[k]))])
            self.within = Candidate(float(np.max(inside[k])), games[k : k + 1], at, stage)
        if self.progress is not None:
            where = f"T = {stage.horizon}, d = {stage.dimension}, {what}"
            self.progress(self.evaluations, where, self.leader.ratio if self.leader else -math.inf)
        leading = self.manner.early | (sides.rounds > stage.horizon / 2)
        worth = np.max(ratio[:, leading], axis=1)
        with np.errstate(divide="ignore"):
            return np.asarray(np.where(worth > 0, np.log(np.maximum(worth, 0)), -np.inf))

    def keep(self, found: Candidate) -> None:
        """Remember the best game of the stage; settle at once the first violation and any that is enough."""
        self.stage_found = [found, *self.stage_found[: TRIED_EXACTLY - 1]]
        if self.leader is None or found.ratio > self.leader.ratio:
            self.leader = found
        crossed = found.ratio > 1 + SUSPICIOUS and not self.violated
        if (crossed and len(self.refuted) < TRIED_EXACTLY) or found.ratio >= self.enough:
            self.settle(1)

    def settle(self, most: int = TRIED_EXACTLY) -> None:
        """Replay the best games of the stage in exact numbers until one is certain."""
        for found in self.stage_found[:most]:
            if found.ratio <= max(1 + SUSPICIOUS, self.ratio if self.violated else 0.0):
                return
            if found.ratio in self.refuted:
                continue
            best, certain = self.family.exactly(found.game, found.horizon, found.ratio)
            if certain > 0:
                self.first = time.perf_counter() - self.began if self.first is None else self.first
                self.best, self.certain, self.ratio = best, certain, found.ratio
                return
            self.refuted.add(found.ratio)
            if certain > -math.inf:
                self.rounding.add(found.ratio)

    def result(self, seed: int) -> Searched:
        """The best game with a certain violation, else the best game."""
        best, ratio, said = self.best, self.ratio, self.family.report(self)
        if not self.violated:
            # What exceeds 1 in floats and not in balls is rounding.
            leader = self.leader
            if leader is not None and leader.ratio in self.rounding and self.within is not None:
                leader = self.within
                said = (*said, f"{len(self.rounding)} games exceeded the bound in floats, but not in balls")
            said = (*said, unfound(self.family.theorem, self.inside, self.said))
            if leader is not None:
                ratio = leader.ratio
                best, _ = self.family.exactly(leader.game, leader.horizon, 0.0)
        return Searched(
            best, ratio, self.certain, self.evaluations, time.perf_counter() - self.began, self.first, seed,
            said, self.inside, self.said,
        )  # fmt: skip
