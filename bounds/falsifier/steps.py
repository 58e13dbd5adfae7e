"""The steps of a search among games of one size: structured games, CMA-ES around the best, an ascent.

They are generators that play one batch of games between two yields, so that a search can stop anywhere and
go on with games of another size.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import count

import numpy as np

from bounds.falsifier.evolution import Evolution
from bounds.falsifier.family import Family, Place, Player, SearchStage
from online_sim.borders import Floats

Steps = Generator[bool, None, list[Place]]
"""Steps that end with the places that they reached; they yield False."""

RUNS = 8
"""The most runs of CMA-ES among all games of a size."""
ROUNDS_OF_ASCENT = 40
"""The ascent steps in the first pass."""
CLIMBED = 2
"""The number of places from which an ascent starts."""


def steps(family: Family, stage: SearchStage, player: Player, rng: np.random.Generator) -> Iterator[bool]:
    """All steps, then all again with twice the games, endlessly; yields whether a pass has ended."""
    best: list[Place] = []
    for k in count():
        best = yield from _pass(family, stage, stage.effort * 2**k, player, rng, best)
        yield True


def _pass(
    family: Family,
    stage: SearchStage,
    effort: float,
    player: Player,
    rng: np.random.Generator,
    before: list[Place],
) -> Generator[bool, None, list[Place]]:
    """One pass; before: the best places of the pass before, from which it starts too. Ends with the best."""
    manner = family.manner
    found: list[Place] = []
    for places in family.shelf(stage, effort, player, rng):
        found += places
        yield False
    shaped = best_of([place for place in found if not place.every], manner.centres)
    shaped = yield from evolved(family, shaped, manner.generations, effort, player, rng)
    free = [place for place in (*before, *found) if place.every]
    free = [*family.freed(stage, best_of(shaped, RUNS // 2)), *best_of(free, RUNS)][:RUNS]
    free = yield from evolved(family, free, 2 * manner.generations, effort, player, rng)
    climbed = []
    for place in best_of([*free, *shaped], CLIMBED):
        climbed += yield from ascended(family, place, round(ROUNDS_OF_ASCENT * max(1.0, effort)), player)
    return best_of(climbed, CLIMBED)


def best_of(places: Sequence[Place], most: int) -> list[Place]:
    """The best places that are games, the best first."""
    ranked = sorted(places, key=lambda place: -place.worth)
    return [place for place in ranked if place.worth > -np.inf][:most]


def evolved(
    family: Family,
    places: Sequence[Place],
    generations: int,
    effort: float,
    player: Player,
    rng: np.random.Generator,
) -> Steps:
    """The best places that CMA-ES reaches from each of some places, run side by side."""
    best = list(places)
    if not best:
        return best
    sizes = [len(place.vector) for place in best]
    # A shorter vector gets coordinates that mean nothing.
    centres = np.zeros((len(best), max(2, *sizes)))
    for k, place in enumerate(best):
        centres[k, : sizes[k]] = place.vector
    generations = max(1, round(generations * min(1.0, effort)))
    population = round(family.manner.population * max(1.0, effort))
    runs = Evolution(centres, spread=family.manner.spread, population=population, rng=rng)
    for _ in range(generations):
        points = runs.ask()
        asked = [points[k, :, :size] for k, size in enumerate(sizes)]
        worth = np.array(tried(family, player, best, asked, "evolved from "))
        runs.tell(worth)
        for k, place in enumerate(best):
            j = int(np.argmax(worth[k]))
            if worth[k, j] > place.worth:
                best[k] = replace(place, worth=float(worth[k, j]), vector=asked[k][j])
        yield False
        if np.all(runs.ended):
            break
    return best


def ascended(family: Family, place: Place, rounds: int, player: Player) -> Steps:
    """The place reached by moving every number up and down and taking the best until none is better."""
    moves = np.concatenate([np.eye(len(place.vector)), -np.eye(len(place.vector))])
    groups = [np.concatenate([step * moves for step in group]) for group in family.manner.steps]
    best = place
    while rounds > 0:
        before, rounds = best, rounds - 1
        jumps = best.space.jumps(best.vector)
        for vectors in [*([jumps] if len(jumps) else []), *(best.vector + group for group in groups)]:
            (worth,) = tried(family, player, [best], [vectors], "ascended ")
            k = int(np.argmax(worth))
            yield False
            if worth[k] > best.worth:
                best = replace(best, worth=float(worth[k]), vector=vectors[k])
                break
        if best is before:
            break
    return [best]


def tried(
    family: Family, player: Player, places: Sequence[Place], vectors: Sequence[Floats], what: str
) -> list[Floats]:
    """log(lhs/rhs) at vectors (R, n) of the space of each place, -inf if not a game."""
    found, batches, kinds = [], [], []
    asked_of = family.games([place.space for place in places], vectors)
    for place, (batch, real) in zip(places, asked_of, strict=True):
        found.append(np.where(real, 0.0, -np.inf))
        if len(batch):
            batches.append(batch)
            kinds.append((what + place.name, len(batch)))
    together = family.joined(batches) if batches else []
    asked = [kinds] if len(together) == 1 else [[kind] for kind in kinds]
    values = [player.play(games, of) for games, of in zip(together, asked, strict=True)]
    left = np.concatenate([np.empty(0), *values])
    for worth in found:
        games = np.flatnonzero(worth > -np.inf)
        worth[games], left = left[: len(games)], left[len(games) :]
    return found
