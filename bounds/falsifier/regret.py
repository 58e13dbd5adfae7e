"""The family of games of linear losses, for statements whose left side is a (weighted) regret.

Streams come from a shelf of structured adversaries over a grid. The search continues from the best among all
streams or, if they have more than `MOST_FREE` numbers, among structured ones. Linear losses are enough, or
the least curved ones: docs/certificates.md, "Why these games are enough".
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import pairwise

import numpy as np

from bounds.certificates.certify import excess_inside
from bounds.certificates.checker import Refused
from bounds.falsifier.adversaries import ADVERSARIES, Adversary
from bounds.falsifier.coordinates import KNEE
from bounds.falsifier.evaluator import LOSSES, MOST_WRITTEN_OUT, Batch, RegretEvaluator, curved_losses
from bounds.falsifier.family import Candidate, Manner, Place, Played, Player, SearchStage, Space
from bounds.falsifier.limits import Limit, limits
from bounds.falsifier.searched import values_text
from bounds.falsifier.sets.base import STARTS, SearchedSet
from bounds.falsifier.sharpening import Start, gathered, sharpened
from bounds.falsifier.space import RegretSpace, games_of
from bounds.falsifier.steps import RUNS
from bounds.games import Counterexample, LinearGame
from bounds.games.rationals import Point
from bounds.games.scale import Scale
from bounds.scope import compares, required
from bounds.statement import Bools, Sides
from online_sim.borders import Floats
from theory.recurrence import Recurrence
from theory.scaling import breaking
from theory.statement import Theorem
from theory.symbols import z_t

HORIZONS = (
    1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 50, 100, 200, 400, 1000, 3000, 10_000, 100_000, 1_000_000,
)  # fmt: skip
"""The default horizons."""
TAILS = 20
"""The draws of parameters, start and size for each shape of a structured stream in the first pass."""
WORK = 1 << 22
"""The approximate number of rounds of long games in each pass over the structured streams."""
MOST_FREE = 128
"""The most numbers T d of a stream that is searched freely."""
MOST_SIGNS = 10
"""The most numbers T d of a stream whose patterns of signs are all tried."""
DRAWS = 1024
"""The number of free streams to draw in the first pass."""
JUMPS = 8
"""The steps of the local search over signs."""
JUMPERS = 8
"""The number of streams from which a step of it starts."""
EVALUATIONS = 4_000_000
"""The default number of games."""
TURN = 1 << 18
"""The work of the first turn of each size."""
OVERHEAD = 64
"""The coordinate-rounds that take as long as proposing a game and evaluating both sides."""

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
    """Games with the horizons `lengths` and the dimensions `sizes`.

    only_last: whether only the last round of a game counts. start: where every game starts; None leaves it to
    the search.
    """

    theorem: Theorem
    reading: str
    recurrence: Recurrence
    kind: SearchedSet
    scale: Scale
    fixed: Mapping[str, Fraction]
    lengths: tuple[int, ...] = HORIZONS
    sizes: tuple[int, ...] = (1, 2)
    only_last: bool = False
    start: Point | None = None

    @property
    def manner(self) -> Manner:
        """Many games at once, since a batch costs little more than one game.

        Six centres: with fewer, neighbours crowd out the best kind. Only late rounds lead: shorter games are
        searched beside, and the best short game would hide what a long one can achieve.
        """
        return Manner(
            evaluations=EVALUATIONS, centres=6, population=24, spread=0.5, generations=60,
            steps=((1.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4),), early=False, turn=TURN,
            shorter=600_000,
        )  # fmt: skip

    @cached_property
    def evaluator(self) -> RegretEvaluator:
        """The evaluator of all games."""
        return RegretEvaluator(self.theorem, self.reading, self.recurrence, kind=self.kind)

    @cached_property
    def compared(self) -> bool:
        """Whether the statement reads a comparator z."""
        return compares(self.theorem, self.reading)

    @cached_property
    def moving(self) -> bool:
        """Whether the statement reads the comparators z_t of a dynamic regret."""
        return compares(self.theorem, self.reading, z_t)

    @cached_property
    def centred(self) -> bool:
        """Whether every game starts in the middle of its set."""
        return any(asked in STARTS for asked in required(self.theorem))

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """The limits that the statement's conditions put on a game."""
        return limits(self.theorem, frozenset(self.recurrence.parameter_names))

    def stages(self) -> list[SearchStage]:
        """Short games and few coordinates first."""
        return [SearchStage(rounds, dimension) for rounds in self.lengths for dimension in self.sizes]

    def cost(self, stage: SearchStage) -> int:
        """The coordinate-rounds, and what both sides and the proposal of a game cost."""
        return stage.horizon * stage.dimension + OVERHEAD

    def shelf(
        self, stage: SearchStage, effort: float, player: Player, rng: np.random.Generator
    ) -> Iterator[list[Place]]:
        """The best game of each adversary; of all games, the best sign patterns and random ones."""
        # Long streams are played as they repeat, so those of different shapes cannot be played together.
        for group in gathered(self.starts(stage, effort, rng), alone=stage.horizon > MOST_WRITTEN_OUT):
            yield from sharpened(group, partial(self.sides_of, stage), player)
        if stage.horizon * stage.dimension <= MOST_FREE:
            space = self.space(stage, None)
            for name, shapes in drawn(stage.horizon * stage.dimension, effort, rng).items():
                vectors = np.concatenate([shapes, space.tails(len(shapes), rng)], axis=1)
                yield from self.jumped(space, vectors, name, player)

    def starts(self, stage: SearchStage, effort: float, rng: np.random.Generator) -> Iterator[Start]:
        """The first games of each adversary."""
        for adversary in ADVERSARIES:
            if adversary.dimensions > stage.dimension or stage.horizon > adversary.longest:
                continue
            space = self.space(stage, adversary)
            shapes = np.log(np.array(adversary.grid).reshape(len(adversary.grid), adversary.numbers))
            if space.rows(shapes).shape[1] > stage.horizon:
                continue
            work = int(WORK * effort) // (stage.horizon * len(shapes) * len(ADVERSARIES))
            tails = max(1, min(round(TAILS * effort), work))
            vectors = np.concatenate(
                [np.repeat(shapes, tails, axis=0), space.tails(tails * len(shapes), rng)], axis=1
            )
            yield Start.drawn(space, adversary.name, vectors, rng)

    def jumped(self, space: RegretSpace, vectors: Floats, name: str, player: Player) -> Iterator[list[Place]]:
        """The best of some free streams after a local search over signs and orders."""
        worth = player.play(space.batch(vectors), [(name, len(vectors))])
        for _ in range(JUMPS):
            yield []
            best = np.argsort(-worth, kind="stable")[:JUMPERS]
            near = np.concatenate([space.jumps(vectors[k]) for k in best.tolist()])
            vectors = np.concatenate([vectors[best], near])
            worth = np.concatenate([worth[best], player.play(space.batch(near), [(name, len(near))])])
        best = np.argsort(-worth, kind="stable")[: RUNS // 2]
        yield [Place(float(worth[k]), space, vectors[k], name, True) for k in best.tolist()]

    def space(self, stage: SearchStage, adversary: Adversary | None) -> RegretSpace:
        """The space of games with one kind of stream."""
        return RegretSpace(
            self.recurrence, adversary, stage.horizon, stage.dimension, self.kind, self.scale, self.fixed,
            centred=self.centred, start=self.start, compared=self.compared, limits=self.limits,
            moving=self.moving,
        )  # fmt: skip

    def freed(self, stage: SearchStage, places: Sequence[Place]) -> list[Place]:
        """The same games in the space of all streams, if they are short."""
        if stage.horizon * stage.dimension > MOST_FREE:
            return []
        free = self.space(stage, None)
        return [
            Place(place.worth, free, free.freed(place.vector[None, :], place.space)[0], "any stream", True)
            for place in places
            if isinstance(place.space, RegretSpace)
        ]

    def games(self, spaces: Sequence[Space], vectors: Sequence[Floats]) -> list[tuple[Batch, Bools]]:
        """The games of all spaces; every vector is a game."""
        found = games_of([space for space in spaces if isinstance(space, RegretSpace)], vectors)
        return [(games, np.ones(len(games), dtype=np.bool_)) for games in found]

    def joined(self, batches: Sequence[Batch]) -> Sequence[Batch]:
        """The games as one batch, if that is cheaper."""
        return Batch.joined(batches)

    def sides(self, stage: SearchStage, games: Batch) -> Sides:
        """Both sides; rounds before the stream reaches the required size do not count."""
        sides = self.evaluator.sides(games)
        holds = sides.holds & self.scale.reached(games.rows, sides.rounds)
        if self.only_last:
            holds &= sides.rounds == stage.horizon
        return replace(sides, holds=holds)

    def sides_of(self, stage: SearchStage, batches: Sequence[Batch]) -> list[Sides]:
        """Both sides of the games of each batch, played together where they can be."""
        together = self.joined(batches)
        if len(together) > 1:
            return [self.sides(stage, games) for games in together]
        sides, ends = self.sides(stage, together[0]), np.cumsum([0, *map(len, batches)]).tolist()
        return [sides[begin:end] for begin, end in pairwise(ends)]

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
        feasible = self.kind.exact(batch.ends[0], near)
        if batch.moving is not None:
            points = [feasible.nearest(tuple(map(near, p)), digits) for p in batch.moving[0].tolist()]
            rows = [(*row, *point) for row, point in zip(rows, points, strict=True)]
        lead, pattern = rows[: batch.lead], rows[batch.lead :]
        if batch.lead >= horizon:
            lead, pattern = rows[: horizon - 1], rows[horizon - 1 : horizon]
        given = {
            p.name: self.fixed.get(p.name, near(value))
            for p, value in zip(self.recurrence.parameters, batch.parameters[0].tolist(), strict=True)
        }
        start = self.start or feasible.centre
        if not (self.centred or self.start):
            start = feasible.nearest(tuple(near(u) for u in batch.start[0].tolist()), digits)
        game = LinearGame.cyclic(
            self.recurrence, given, feasible, start, tuple(pattern[: horizon - len(lead)]), horizon,
            lead=tuple(lead),
        )  # fmt: skip
        game = replace(game, curved=self.evaluator.curved)
        z = feasible.nearest(tuple(near(u) for u in batch.z[0].tolist()), digits)
        return Counterexample(self.theorem, self.reading, game, z if self.compared else None)

    def report(self, played: Played, leader: Candidate | None) -> tuple[str, ...]:
        """What scaling shows before any game, and what was searched."""
        longest = max((stage.horizon for stage in played), default=0)
        losses = LOSSES[curved_losses(self.theorem, self.recurrence)]
        return (
            *breaking(self.theorem, self.recurrence).get(self.reading, ()),
            f"searched: {losses} losses over {self.kind.words}, {self.scale.value}, d in "
            f"{{{', '.join(map(str, self.sizes))}}}, T up to {longest} of {self.lengths[-1]}, "
            f"fixed parameters: {values_text(self.fixed)}; structured streams, CMA-ES and an ascent",
        )


def drawn(numbers: int, effort: float, rng: np.random.Generator) -> dict[str, Floats]:
    """Vectors of free streams by kind: every pattern of signs, if they are few, and random numbers."""
    found = {}
    draws = round(DRAWS * effort)
    if numbers <= MOST_SIGNS:
        signs = 1.0 - 2.0 * (np.arange(2**numbers)[:, None] >> np.arange(numbers) & 1)
        signs = np.tile(signs, (max(1, draws // len(signs)), 1))
        # Equal sizes, and sizes that differ by a factor each round.
        factors = rng.choice([1.0, 1.0, 0.5, 2.0, 0.1], len(signs))[:, None] ** np.arange(numbers)
        found["all patterns of signs"] = np.arcsinh(signs * np.clip(factors, 1e-9, 1e9) / KNEE)
    sizes = np.exp(rng.choice([0.0, 1.0, 3.0], (draws, 1)) * rng.standard_normal((draws, numbers)))
    found["random streams"] = np.arcsinh(rng.choice([-1.0, 1.0], sizes.shape) * sizes / KNEE)
    return found
