"""The family of descents of one smooth f, for statements whose left side is an average of gradients.

A game consists of a function (the knots of phi'), the noise, the start, parameters in their ranges and a
scale, all exact. Structured games come from a shelf in random order.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import islice, pairwise

import numpy as np

from bounds.certificates.certify import excess_inside
from bounds.certificates.checker import Refused
from bounds.falsifier.descent_class import DescentClass, class_of
from bounds.falsifier.descent_evaluator import DescentEvaluator, Sizes
from bounds.falsifier.descent_seeds import seeds
from bounds.falsifier.descent_space import DescentSpace
from bounds.falsifier.family import Candidate, Manner, Place, Played, Player, SearchStage, Space
from bounds.falsifier.searched import values_text
from bounds.games import Counterexample, DescentGame
from bounds.scope import required
from bounds.statement import Bools, Sides
from online_sim.borders import Floats
from theory.losses.piecewise_quadratic import Slope
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem

KNOTS = 5
"""The number of knots of a function; a structured one with fewer gets more before it is moved."""
POPULATION = 20
"""The number of games in a generation, and the most played at once."""
BATCH = 1 << 19
"""The approximate number of paths x rounds played at once."""
SHELF = 450
"""The number of structured games in the first pass."""
GENERATIONS = 10
"""The generations of CMA-ES in the first pass."""
EVALUATIONS = 100_000
"""The default number of games."""
OVERHEAD = 20_000
"""The coordinate-rounds that take as long as to write down a game in exact numbers."""
TURN = 1500 * OVERHEAD
"""The work of the first turn of each size."""
STRUCTURED_GAMES = "structured games"


@dataclass(frozen=True)
class DescentFamily:
    """Descents with the sizes of the `planned` stages.

    only_last: whether only the last round of a game counts.
    """

    theorem: Theorem
    reading: str
    recurrence: Recurrence
    fixed: Mapping[str, Fraction]
    planned: Sequence[SearchStage]
    only_last: bool = False
    evaluators: dict[Sizes, DescentEvaluator] = field(default_factory=dict)

    @cached_property
    def meant(self) -> DescentClass:
        """The class of games that the statement is meant for."""
        return class_of(self.theorem, self.reading, self.recurrence)

    @property
    def manner(self) -> Manner:
        """Few games at once, since a game may have thousands of paths, all of which are played.

        All rounds lead the search, because it may cover only one shape.
        """
        return Manner(
            evaluations=EVALUATIONS, centres=4, population=POPULATION, spread=0.4, generations=GENERATIONS,
            steps=tuple((0.2 / 2**k,) for k in range(11)), early=True, turn=TURN,
            shorter=8_000,
        )  # fmt: skip

    def stages(self) -> Sequence[SearchStage]:
        """The planned stages."""
        return self.planned

    def cost(self, stage: SearchStage) -> int:
        """The rounds of all paths, and what a game of exact numbers costs."""
        return int(stage.letters**stage.horizon) * stage.horizon * stage.dimension + OVERHEAD

    def evaluator(self, stage: SearchStage) -> DescentEvaluator:
        """The evaluator for the games of a stage, compiled once."""
        sizes = Sizes(KNOTS, stage.letters, stage.horizon, stage.dimension)
        if sizes not in self.evaluators:
            # In long games the statement is checked only at some rounds.
            self.evaluators[sizes] = DescentEvaluator(
                self.theorem, self.reading, self.recurrence, sizes,
                batch=max(1, min(POPULATION, BATCH // (sizes.paths * sizes.horizon))),
                checkpoints="all" if sizes.horizon <= 64 else "log",
            )  # fmt: skip
        return self.evaluators[sizes]

    def shelf(
        self, stage: SearchStage, effort: float, player: Player, rng: np.random.Generator
    ) -> Iterator[list[Place]]:
        """The best game of each function."""
        batch = self.evaluator(stage).batch
        games = seeds(
            self.recurrence, horizon=stage.horizon, letters=stage.letters, dimension=stage.dimension,
            fixed=self.fixed, rng=rng, meant=self.meant,
        )  # fmt: skip
        best: dict[str, tuple[float, DescentGame]] = {}
        most = round(SHELF * effort)
        for begin in range(0, most, batch):
            named = list(islice(games, min(batch, most - begin)))
            if not named:
                break
            worth = player.play([game for _, game in named], [(STRUCTURED_GAMES, len(named))])
            for (name, game), value in zip(named, worth.tolist(), strict=True):
                function = name.split(",")[0]
                if value > best.get(function, (-math.inf,))[0]:
                    best[function] = value, game
            yield []
        yield [self.around(game, value, function) for function, (value, game) in best.items()]

    def around(self, game: DescentGame, worth: float, name: str) -> Place:
        """The neighbourhood of a game, with as many knots as the search may move."""
        rigid = Requires.SYMMETRIC_NOISE in required(self.theorem)
        finer = replace(game, slope=refined(game.slope, KNOTS))
        space = DescentSpace(finer, fixed=self.fixed, rigid=rigid, meant=self.meant)
        return Place(worth, space, space.origin, name)

    def freed(self, stage: SearchStage, places: Sequence[Place]) -> Sequence[Place]:
        """None, since the neighbourhood of a game already contains every function."""
        return ()

    def games(
        self, spaces: Sequence[Space], vectors: Sequence[Floats]
    ) -> list[tuple[list[DescentGame], Bools]]:
        """The games of each space, one space after the other."""
        pairs = zip(spaces, vectors, strict=True)
        return [space.games(points) for space, points in pairs if isinstance(space, DescentSpace)]

    def joined(self, batches: Sequence[Sequence[DescentGame]]) -> Sequence[Sequence[DescentGame]]:
        """The games as one batch."""
        return [[game for games in batches for game in games]]

    def sides(self, stage: SearchStage, games: Sequence[DescentGame]) -> Sides:
        """Both sides, with every path played."""
        sides = self.evaluator(stage).sides(games)
        last = sides.rounds == stage.horizon
        return replace(sides, holds=sides.holds & last) if self.only_last else sides

    def exactly(
        self, game: Sequence[DescentGame], horizon: int, ratio: float
    ) -> tuple[Counterexample | None, float]:
        """The game up to a round; its numbers are already exact."""
        found = Counterexample(self.theorem, self.reading, replace(game[0], horizon=horizon))
        try:
            return found, excess_inside(found) if ratio > 1 else -math.inf
        except Refused:  # too long for the checker, or with a property that no certificate shows
            return found, -math.inf

    def report(self, played: Played, leader: Candidate | None) -> tuple[str, ...]:
        """All sizes, those of the best game's stage, and each kind of game with its largest lhs/rhs."""
        if not played:
            return ("no game was played",)
        stage = next(iter(played)) if leader is None else leader.stage
        games = sum(count for kinds in played.values() for count, _ in kinds.values())
        longest: dict[int, int] = {}
        for each in played:
            longest[each.letters] = max(longest.get(each.letters, 0), each.horizon)
        reached = ", ".join(f"T up to {rounds} with {letters}" for letters, rounds in longest.items())
        noise = "no noise" if stage.letters == 1 else f"noise of {stage.letters} letters"
        return (
            f"{games} games, {reached} letter(s) of noise; the best:",
            f"searched: {self.meant.words} f(x) = sum_i phi(x_i), phi' of {KNOTS} knots, {noise}, "
            f"d = {stage.dimension}, T up to {stage.horizon}, fixed parameters: {values_text(self.fixed)}",
            *(
                f"{kind}: {count} games, lhs/rhs up to {most:.4g}"
                for kind, (count, most) in played[stage].items()
            ),
        )


def refined(slope: Slope, knots: int) -> Slope:
    """The same phi' with at least this many knots: halve the widest gap or add a knot outside."""
    found = list(slope.knots)
    while len(found) < knots:
        gaps = [after[0] - before[0] for before, after in pairwise(found)]
        if gaps:
            k = gaps.index(max(gaps))
            (a, y), (b, z) = found[k], found[k + 1]
            found.insert(k + 1, ((a + b) / 2, (y + z) / 2))
        else:
            (a, y) = found[0]
            found.append((a + 1, y + slope.right))
    return Slope(tuple(found), slope.left, slope.right)
