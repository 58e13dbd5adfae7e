"""The stages of a search among regret games, its budget, and the best it has found."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bounds.falsify.adversaries import ADVERSARIES, Adversary
from bounds.falsify.evaluator import STARTS, Batch, RegretEvaluator
from bounds.falsify.exact_games import Exactly
from bounds.falsify.searched import Searched
from bounds.falsify.space import RegretSpace
from bounds.games import Counterexample
from bounds.scope import required
from bounds.statement import Floats

TAILS = 64
"""Parameters, starts and sizes drawn for each shape of a structured stream, in the first pass."""
SHARPER = (1.0, 0.5, 0.2)
"""Standard deviations of the draws around the best games of each shape, one after the other."""
ELITE = 16
"""So many of them are drawn around."""
WORK = 1 << 22
"""About so many rounds of long games are played in each pass over the structured streams."""
CENTRES = 6
"""So many kinds of structured streams are evolved; with fewer, neighbours crowd out the best kind."""
POPULATION = 24
GENERATIONS = 60
"""Generations of CMA-ES in the first pass; with any stream twice as many."""
SPREAD = 0.5
"""The first standard deviation of CMA-ES, in the coordinates of `RegretSpace`."""
STEPS = (1.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4)
"""The steps of the ascent, all tried at once."""
ROUNDS_OF_ASCENT = 40
HIGHEST = 1e9
"""An infinite ratio counts as this."""
HOPELESS = 1e3
"""What CMA-ES is told of a game on which the statement says nothing."""
SUSPICIOUS = 1e-9
"""What is above 1 by less is rounding."""
TRIED_EXACTLY = 4
"""So many of the best games of a stage are replayed before the stage counts as without a violation."""

Progress = Callable[[int, str, float], None]


@dataclass(frozen=True)
class Budget:
    """Seconds and games that a search may take, None for no limit."""

    seconds: float | None
    evaluations: int | None


@dataclass(frozen=True)
class Found:
    """A game of its own (a batch of one), the round at which lhs/rhs is largest, and that ratio."""

    ratio: float
    game: Batch
    horizon: int


@dataclass(frozen=True)
class Place:
    """A point of a space and log(lhs/rhs) there."""

    worth: float
    space: RegretSpace
    vector: Floats


class Hunt:
    """The state of a search: what was played, what was found, what is left of the budget."""

    def __init__(
        self,
        exactly: Exactly,
        evaluator: RegretEvaluator,
        budget: Budget,
        enough: float,
        progress: Progress | None,
    ) -> None:
        """Start the clock."""
        self.exactly, self.evaluator, self.budget = exactly, evaluator, budget
        self.enough, self.progress = enough, progress
        self.evaluations, self.longest = 0, 0
        self.began = time.perf_counter()
        self.first: float | None = None
        self.leader: Found | None = None
        self.best: Counterexample | None = None
        self.certain = -math.inf
        self.ratio = -math.inf
        self.stage_found: list[Found] = []
        self.refuted: set[float] = set()
        self.inside, self.said = 0, 0

    @property
    def seconds(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self.began

    @property
    def over(self) -> bool:
        """Whether the budget is spent."""
        seconds, evaluations = self.budget.seconds, self.budget.evaluations
        return (seconds is not None and self.seconds >= seconds) or (
            evaluations is not None and self.evaluations >= evaluations
        )

    @property
    def violated(self) -> bool:
        """Whether a violation is certain."""
        return self.certain > 0

    @property
    def done(self) -> bool:
        """Whether a stage may end before its time."""
        return self.over or (self.violated and self.ratio >= self.enough)

    def stage(
        self, horizon: int, dimension: int, effort: int, rng: np.random.Generator, *, any_stream: bool
    ) -> None:
        """Search the games of T rounds and d coordinates; any_stream: not those of the shelf alone."""
        self.stage_found = []
        places = self.structured(horizon, dimension, effort, rng, forever=not any_stream)
        self.longest = max(self.longest, horizon)
        evolved = [self.evolved(place, GENERATIONS * effort, rng) for place in places[:CENTRES]]
        best = max(evolved, key=lambda place: place.worth, default=None)
        if best is not None and any_stream and not self.done:
            free = self.space(horizon, dimension, None)
            there = Place(best.worth, free, free.freed(best.vector[None, :], best.space)[0])
            best = self.evolved(there, 2 * GENERATIONS * effort, rng)
        if best is not None:
            self.ascended(best, effort)
        self.settle()

    def space(self, horizon: int, dimension: int, adversary: Adversary | None) -> RegretSpace:
        """The games with one kind of stream."""
        e = self.exactly
        centred = any(asked in STARTS for asked in required(e.theorem))
        return RegretSpace(e.recurrence, adversary, horizon, dimension, e.kind, e.scale, e.fixed, centred)

    def structured(
        self, horizon: int, dimension: int, effort: int, rng: np.random.Generator, *, forever: bool
    ) -> list[Place]:
        """The best game of each adversary, the best first."""
        places = []
        for adversary in ADVERSARIES:
            if self.done:
                break
            if adversary.dimensions > dimension or (forever and not adversary.forever):
                continue
            space = self.space(horizon, dimension, adversary)
            shapes = np.log(np.array(adversary.grid).reshape(len(adversary.grid), adversary.numbers))
            if space.rows(shapes).shape[1] > horizon:
                continue
            tails = max(1, min(TAILS * effort, WORK * effort // (horizon * len(shapes) * len(ADVERSARIES))))
            vectors = np.concatenate(
                [np.repeat(shapes, tails, axis=0), space.tails(tails * len(shapes), rng)], axis=1
            )
            worth = self.worth(space, vectors, adversary.name)
            for spread in SHARPER:
                elite = vectors[np.argsort(-worth, kind="stable")[:ELITE]]
                near = np.repeat(elite, max(1, len(vectors) // len(elite)), axis=0)
                near = near + spread * rng.standard_normal(near.shape)
                vectors = np.concatenate([elite, near])
                worth = self.worth(space, vectors, adversary.name)
            k = int(np.argmax(worth))
            places.append(Place(float(worth[k]), space, vectors[k]))
        return sorted((p for p in places if p.worth > -math.inf), key=lambda place: -place.worth)

    def evolved(self, place: Place, generations: int, rng: np.random.Generator) -> Place:
        """CMA-ES from a place, the best place it came to."""
        import cma

        seed = int(rng.integers(1, 1 << 30))
        if self.done or len(place.vector) < 2:
            return place
        options = {"seed": seed, "popsize": POPULATION, "verbose": -9, "maxiter": generations}
        strategy = cma.CMAEvolutionStrategy(place.vector, SPREAD, options)
        name = "any stream" if place.space.adversary is None else place.space.adversary.name
        while not strategy.stop() and not self.done:
            vectors = np.array(strategy.ask())
            worth = self.worth(place.space, vectors, f"{name}, CMA-ES")
            strategy.tell(list(vectors), [-w if w > -HOPELESS else HOPELESS for w in worth.tolist()])
            k = int(np.argmax(worth))
            if worth[k] > place.worth:
                place = Place(float(worth[k]), place.space, vectors[k])
        return place

    def ascended(self, place: Place, effort: int) -> Place:
        """Every number up and down by every step, the best taken, until none is better."""
        moves = np.concatenate([np.eye(len(place.vector)), -np.eye(len(place.vector))])
        moves = np.concatenate([step * moves for step in STEPS])
        for _ in range(ROUNDS_OF_ASCENT * effort):
            if self.done:
                break
            vectors = place.vector + moves
            worth = self.worth(place.space, vectors, "ascent")
            k = int(np.argmax(worth))
            if not worth[k] > place.worth:
                break
            place = Place(float(worth[k]), place.space, vectors[k])
        return place

    def worth(self, space: RegretSpace, vectors: Floats, what: str) -> Floats:
        """log(lhs/rhs) of each game at the best round of its second half; the best game is remembered.

        A violation in the first half counts too, but it does not lead: shorter games have been searched, and
        the best short one would hide what a long one can do.
        """
        batch = space.batch(vectors)
        sides = self.evaluator.sides(batch)
        reached = space.scale.reached(batch.rows, sides.rounds)
        ratio = np.where(reached, np.minimum(sides.ratio, HIGHEST), -np.inf)
        found = np.max(ratio, axis=1)
        self.evaluations += len(batch)
        self.inside += int(np.any(sides.holds, axis=1).sum())
        self.said += int(np.any(sides.said, axis=1).sum())
        k = int(np.argmax(found))
        if found[k] > max((f.ratio for f in self.stage_found), default=-math.inf):
            at = int(sides.rounds[int(np.argmax(ratio[k]))])
            self.keep(Found(float(found[k]), batch.part(slice(k, k + 1)), at))
        if self.progress is not None:
            where = f"T = {space.horizon}, d = {space.dimension}, {what}"
            self.progress(self.evaluations, where, self.leader.ratio if self.leader else -math.inf)
        late = np.max(ratio[:, sides.rounds > space.horizon / 2], axis=1)
        with np.errstate(divide="ignore"):
            return np.asarray(np.where(late > 0, np.log(np.maximum(late, 0)), -np.inf))

    def keep(self, found: Found) -> None:
        """Remember the best game of the stage; settle at once the first violation, and one that is enough."""
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
            best, certain = self.exactly.shortest(found.game, 0, found.horizon, found.ratio)
            if certain > 0:
                self.first = self.seconds if self.first is None else self.first
                self.best, self.certain, self.ratio = best, certain, found.ratio
                return
            self.refuted.add(found.ratio)

    def result(self, seed: int, sentences: tuple[str, ...]) -> Searched:
        """The best game whose violation is certain, else the best."""
        best, ratio = self.best, self.ratio
        if best is None and self.leader is not None:
            leader = self.leader
            best, _ = self.exactly.shortest(leader.game, 0, leader.horizon, 0.0)
            ratio = leader.ratio
        return Searched(
            best, ratio, self.certain, self.evaluations, self.seconds, self.first, seed, sentences,
            self.inside, self.said,
        )  # fmt: skip


__all__ = ["Budget", "Found", "Hunt", "Place"]
