"""The family of games of linear losses, for statements whose left side is a (weighted) regret.

Streams come from a shelf of structured adversaries over a grid; from the best of them any stream is
searched, of long games periodic ones only. Linear losses are enough: docs/certificates.md, "Why these games
are enough".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from bounds.falsify.adversaries import ADVERSARIES, Adversary
from bounds.falsify.driver import Manner, Place, Search, Stage
from bounds.falsify.evaluator import STARTS, Batch, RegretEvaluator
from bounds.falsify.exact_games import Exactly
from bounds.falsify.space import RegretSpace
from bounds.games import Counterexample
from bounds.scope import required
from bounds.statement import Sides
from theory.scaling import Homogeneity, inhomogeneous
from theory.statement import Theorem

SHORT = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
"""Horizons of games with any stream."""
LONG = (50, 100, 200, 400, 1000, 3000, 10_000, 100_000, 1_000_000)
"""Horizons of games with a periodic stream."""
TAILS = 64
"""Parameters, starts and sizes drawn for each shape of a structured stream, in the first pass."""
SHARPER = (1.0, 0.5, 0.2)
"""Standard deviations of the draws around the best games of each shape, one after the other."""
ELITE = 16
"""Number of the best games to draw around."""
WORK = 1 << 22
"""About as many rounds of long games are played in each pass over the structured streams."""


@dataclass(frozen=True)
class RegretFamily:
    """Games with the horizons `lengths` and the dimensions `sizes`, again and longer without end."""

    exact: Exactly
    evaluator: RegretEvaluator
    lengths: tuple[int, ...]
    sizes: tuple[int, ...]

    @property
    def manner(self) -> Manner:
        """Many at once: a batch costs little more than one game.

        Six centres: with fewer, neighbours crowd out the best kind. Late rounds alone lead: shorter games
        have been searched, and the best short one would hide what a long one can do.
        """
        steps = (1.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4)
        return Manner(centres=6, population=24, spread=0.5, steps=(steps,), early=False)

    @property
    def theorem(self) -> Theorem:
        """What is searched."""
        return self.exact.theorem

    def stages(self) -> Iterator[Stage]:
        """Short games first, few coordinates first."""
        for k in count():
            for rounds in self.lengths:
                yield from (Stage(rounds, dimension, effort=2**k) for dimension in self.sizes)

    def shelf(self, stage: Stage, search: Search, rng: np.random.Generator) -> list[Place]:
        """The best game of each adversary."""
        places = []
        for adversary in ADVERSARIES:
            if search.done:
                break
            short = stage.horizon <= SHORT[-1]
            if adversary.dimensions > stage.dimension or not (short or adversary.forever):
                continue
            space = self.space(stage, adversary)
            shapes = np.log(np.array(adversary.grid).reshape(len(adversary.grid), adversary.numbers))
            if space.rows(shapes).shape[1] > stage.horizon:
                continue
            work = WORK * stage.effort // (stage.horizon * len(shapes) * len(ADVERSARIES))
            tails = max(1, min(TAILS * stage.effort, work))
            vectors = np.concatenate(
                [np.repeat(shapes, tails, axis=0), space.tails(tails * len(shapes), rng)], axis=1
            )
            worth = search.play(space.batch(vectors), adversary.name)
            for spread in SHARPER:
                elite = vectors[np.argsort(-worth, kind="stable")[:ELITE]]
                near = np.repeat(elite, max(1, len(vectors) // len(elite)), axis=0)
                near = near + spread * rng.standard_normal(near.shape)
                vectors = np.concatenate([elite, near])
                worth = search.play(space.batch(vectors), adversary.name)
            k = int(np.argmax(worth))
            places.append(Place(float(worth[k]), space, vectors[k], adversary.name))
        return sorted((p for p in places if p.worth > -np.inf), key=lambda place: -place.worth)

    def space(self, stage: Stage, adversary: Adversary | None) -> RegretSpace:
        """The games with one kind of stream."""
        e = self.exact
        centred = any(asked in STARTS for asked in required(e.theorem))
        return RegretSpace(
            e.recurrence, adversary, stage.horizon, stage.dimension, e.kind, e.scale, e.fixed, centred
        )

    def freed(self, stage: Stage, place: Place) -> Place | None:
        """The same game among those with any stream, where it is short."""
        if stage.horizon > SHORT[-1] or not isinstance(place.space, RegretSpace):
            return None
        free = self.space(stage, None)
        return Place(place.worth, free, free.freed(place.vector[None, :], place.space)[0], "any stream")

    def sides(self, stage: Stage, games: Batch) -> Sides:
        """Both sides; rounds before the stream has the size that is asked for do not count."""
        sides = self.evaluator.sides(games)
        return replace(sides, holds=sides.holds & self.exact.scale.reached(games.rows, sides.rounds))

    def exactly(self, game: Batch, horizon: int, ratio: float) -> tuple[Counterexample | None, float]:
        """A game with as few digits as keep its violation."""
        return self.exact.shortest(game, horizon, ratio)

    def report(self, search: Search) -> tuple[str, ...]:
        """What scaling says before any game, and what was searched."""
        e, longest = self.exact, max(stage.horizon for stage in search.played)
        broken = (finding for key, finding in _scalings(e) if key == e.reading)
        fixed = ", ".join(f"{name} = {value}" for name, value in e.fixed.items()) or "none"
        return (
            *(finding.sentence for finding in broken if finding.breaks and not finding.outside),
            f"searched: linear losses over {e.kind.value}, {e.scale.value}, d in "
            f"{{{', '.join(map(str, self.sizes))}}}, T up to {longest} of {self.lengths[-1]}, "
            f"fixed parameters: {fixed}; structured streams, CMA-ES and an ascent",
        )


def _scalings(exact: Exactly) -> tuple[tuple[str, Homogeneity], ...]:
    try:
        return inhomogeneous(exact.theorem, exact.recurrence)
    except ValueError:  # a node whose degree has no rule: nothing can be said
        return ()


__all__ = ["LONG", "SHORT", "RegretFamily"]
