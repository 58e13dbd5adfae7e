"""The family of games of linear losses, for statements whose left side is a (weighted) regret.

Streams come from a shelf of structured adversaries over a grid. The search continues from the best among all
streams, or, in long games, among periodic ones. Linear losses are enough: docs/certificates.md, "Why these
games are enough".
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import count

import numpy as np

from bounds.certificates.certify import excess_inside
from bounds.certificates.checker import Refused
from bounds.falsifier.adversaries import ADVERSARIES, Adversary
from bounds.falsifier.driver import Manner, Place, Search, SearchStage
from bounds.falsifier.evaluator import STARTS, Batch, RegretEvaluator
from bounds.falsifier.projected import SetKind
from bounds.falsifier.searched import values_text
from bounds.falsifier.space import RegretSpace
from bounds.games import Counterexample, ExactBox, ExactSegment, LinearGame
from bounds.games.scale import Scale
from bounds.scope import compares, required
from bounds.statement import Sides
from theory.recurrence import Recurrence
from theory.scaling import Homogeneity, inhomogeneous
from theory.statement import Theorem

SHORT = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
"""The horizons of games with any stream."""
LONG = (50, 100, 200, 400, 1000, 3000, 10_000, 100_000, 1_000_000)
"""The horizons of games with a periodic stream."""
TAILS = 64
"""The draws of parameters, start and size for each shape of a structured stream in the first pass."""
SHARPER = (1.0, 0.5, 0.2)
"""The successive standard deviations of the draws around the best games of each shape."""
ELITE = 16
"""The number of best games to draw around."""
WORK = 1 << 22
"""The approximate number of rounds of long games in each pass over the structured streams."""


DIGITS = (2, 3, 4, 6, 9, 17)
"""The numbers of significant decimal digits to try, fewest first."""
DIGITS_LONG = (4, 17)
"""The same for long games, whose replay is slow."""
LONG_REPLAY = 2000
DIGITS_HELD = (6,)
"""The same if there is no violation to keep."""
KEPT = 0.9
"""The share of the violation that must survive rounding."""


@dataclass(frozen=True)
class RegretFamily:
    """Games with the horizons `lengths` and the dimensions `sizes`, repeated endlessly with more effort."""

    theorem: Theorem
    reading: str
    recurrence: Recurrence
    kind: SetKind
    scale: Scale
    fixed: Mapping[str, Fraction]
    lengths: tuple[int, ...] = SHORT
    sizes: tuple[int, ...] = (1, 2)

    @property
    def manner(self) -> Manner:
        """Many games at once, since a batch costs little more than one game.

        Six centres: with fewer, neighbours crowd out the best kind. Only late rounds lead: shorter games have
        already been searched, and the best short game would hide what a long one can achieve.
        """
        steps = (1.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4)
        return Manner(centres=6, population=24, spread=0.5, steps=(steps,), early=False)

    @cached_property
    def evaluator(self) -> RegretEvaluator:
        """The evaluator of all games."""
        return RegretEvaluator(self.theorem, self.reading, self.recurrence, kind=self.kind)

    @cached_property
    def compared(self) -> bool:
        """Whether the statement reads a comparator z."""
        return compares(self.theorem, self.reading)

    def stages(self) -> Iterator[SearchStage]:
        """The stages, with short games and few coordinates first."""
        for k in count():
            for rounds in self.lengths:
                yield from (SearchStage(rounds, dimension, effort=2**k) for dimension in self.sizes)

    def shelf(self, stage: SearchStage, search: Search, rng: np.random.Generator) -> list[Place]:
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

    def space(self, stage: SearchStage, adversary: Adversary | None) -> RegretSpace:
        """The space of games with one kind of stream."""
        return RegretSpace(
            self.recurrence, adversary, stage.horizon, stage.dimension, self.kind, self.scale, self.fixed,
            centred=any(asked in STARTS for asked in required(self.theorem)), compared=self.compared,
        )  # fmt: skip

    def freed(self, stage: SearchStage, place: Place) -> Place | None:
        """The same game in the space of all streams, if it is short."""
        if stage.horizon > SHORT[-1] or not isinstance(place.space, RegretSpace):
            return None
        free = self.space(stage, None)
        return Place(place.worth, free, free.freed(place.vector[None, :], place.space)[0], "any stream")

    def sides(self, stage: SearchStage, games: Batch) -> Sides:
        """Both sides; rounds before the stream reaches the required size do not count."""
        sides = self.evaluator.sides(games)
        return replace(sides, holds=sides.holds & self.scale.reached(games.rows, sides.rounds))

    def exactly(self, game: Batch, horizon: int, ratio: float) -> tuple[Counterexample | None, float]:
        """The game of a batch of one, with the fewest digits that keep its violation."""
        best: tuple[Counterexample | None, float] = (None, -math.inf)
        exceeding = DIGITS if horizon <= LONG_REPLAY else DIGITS_LONG
        for digits in exceeding if ratio > 1 else DIGITS_HELD:
            try:
                found = self.counterexample(game, horizon, digits)
                certain = excess_inside(found) if ratio > 1 else -math.inf
            except (Refused, ValueError):  # rounded out of its range, or too long for the checker
                continue
            if best[0] is None or certain > best[1]:
                best = found, certain
            if certain >= KEPT * (min(ratio, 2.0) - 1):
                break
        return best

    def counterexample(self, batch: Batch, horizon: int, digits: int) -> Counterexample:
        """The game of a batch of one with every number rounded; ValueError if one leaves its range."""

        def near(value: float) -> Fraction:
            return Fraction(f"{value:.{digits}g}")

        rows = self.scale.mended([tuple(near(u) for u in row) for row in batch.rows[0].tolist()])
        lead, pattern = rows[: batch.lead], rows[batch.lead :]
        if batch.lead >= horizon:
            lead, pattern = rows[: horizon - 1], rows[horizon - 1 : horizon]
        begin, end = (tuple(near(u) for u in side) for side in batch.ends[0].tolist())
        feasible = ExactBox(begin, end) if self.kind is SetKind.BOX else ExactSegment(begin, end)
        given = {
            p.name: self.fixed.get(p.name, near(value))
            for p, value in zip(self.recurrence.parameters, batch.parameters[0].tolist(), strict=True)
        }
        start = feasible.nearest(tuple(near(u) for u in batch.start[0].tolist()), digits)
        game = LinearGame.cyclic(
            self.recurrence, given, feasible, start, tuple(pattern[: horizon - len(lead)]), horizon,
            lead=tuple(lead),
        )  # fmt: skip
        z = feasible.nearest(tuple(near(u) for u in batch.z[0].tolist()), digits)
        return Counterexample(self.theorem, self.reading, game, z if self.compared else None)

    def report(self, search: Search) -> tuple[str, ...]:
        """What scaling shows before any game, and what was searched."""
        longest = max(stage.horizon for stage in search.played)
        found: tuple[tuple[str, Homogeneity], ...] = ()
        with suppress(ValueError):  # a node without a rule for its degree: scaling decides nothing
            found = inhomogeneous(self.theorem, self.recurrence)
        said = [f.sentence for key, f in found if key == self.reading and f.breaks and not f.outside]
        return (
            *said,
            f"searched: linear losses over {self.kind.value}, {self.scale.value}, d in "
            f"{{{', '.join(map(str, self.sizes))}}}, T up to {longest} of {self.lengths[-1]}, "
            f"fixed parameters: {values_text(self.fixed)}; structured streams, CMA-ES and an ascent",
        )
