"""Search for a violation of a statement whose left side is an average of gradients.

Structured games first, then CMA-ES around the best of each kind, then an ascent from the best of all: over
the function (the knots of phi'), the noise, the start, the parameters in their ranges and the scale. Every
round T' <= T counts. Nothing here is a proof: what is found is exact, and `bounds.certify` decides.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise

import numpy as np

from bounds.borders import MOST_COORDINATES, check_stated, fixed_values
from bounds.certify.checker import Refused
from bounds.certify.inside import excess_inside
from bounds.falsify.descent_evaluator import DescentEvaluator, Sizes
from bounds.falsify.descent_seeds import seeds
from bounds.falsify.descent_space import DescentSpace, Vector
from bounds.falsify.searched import Searched, check_fixed, unfound
from bounds.games import Counterexample, DescentGame, Number
from theory.borders import whole
from theory.losses.piecewise_quadratic import Slope
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem

KNOTS = 5
"""Knots of a function; a structured one that has fewer is given more before it is moved."""
PATHS = 4096
"""The most paths of noise that a game of the search has; it is cut to fewer rounds before."""
BATCH = 1 << 19
"""About so many paths x rounds are played at once."""
STRUCTURED, EVOLVED = 0.3, 0.5
"""Shares of the budget; the ascent has the rest."""
CENTRES = 4
"""So many kinds of structured games are evolved."""
POPULATION = 20
SPREAD = 0.4
"""Where CMA-ES begins: its population and its first standard deviation, in the logarithms of the numbers."""
FIRST_STEP, LAST_STEP = 0.2, 1e-4
"""The steps of the ascent."""
HOPELESS = 1e3
"""What CMA-ES is told of a point that is no game, or on which the statement says nothing."""
STRUCTURED_GAMES, EVOLVED_FROM, ASCENDED = "structured games", "evolved from", "ascended"
"""The kinds of games in a report."""

Progress = Callable[[int, str, float], None]


def falsify_descent(
    theorem: Theorem,
    reading: str,
    recurrence: Recurrence,
    *,
    horizon: int,
    letters: int = 1,
    dimension: int = 1,
    fixed: Mapping[str, Number] | None = None,
    seed: int = 0,
    evaluations: int = 4000,
    seconds: float = math.inf,
    enough: float = math.inf,
    progress: Progress | None = None,
) -> Searched:
    """Search the games of `dimension` coordinates, at most `horizon` rounds and `letters` letters of noise.

    letters: 1 means no noise; the rounds are cut to what `PATHS` paths allow. fixed: parameters that keep a
    value. evaluations: the budget, in games; seconds only cut it short; enough: the lhs/rhs at which to stop
    at once. progress: called with (games so far, where the search is, the largest lhs/rhs). ValueError where
    the statement is not about smooth descent, or `fixed` names what the algorithm lacks.
    """
    check_stated(theorem, reading, recurrence)
    horizon, letters = whole("horizon", horizon, least=1), whole("letters", letters, least=1, most=PATHS)
    dimension = whole("dimension", dimension, least=1, most=MOST_COORDINATES)
    whole("seed", seed, least=0)
    given = fixed_values(fixed)
    check_fixed(given, recurrence)
    if letters > 1:
        horizon = min(horizon, int(math.log(PATHS, letters) + 1e-9))
    sizes = Sizes(KNOTS, letters, horizon, dimension)
    search = _Search(theorem, reading, recurrence, sizes, given, seconds, enough, progress)
    rng = np.random.default_rng(seed)
    search.structured(rng, int(STRUCTURED * evaluations))
    search.evolved(rng, int((STRUCTURED + EVOLVED) * evaluations))
    search.ascended(evaluations)
    return search.result(seed)


@dataclass(frozen=True)
class _Found:
    """A game, its largest lhs/rhs, and the round at which it is reached."""

    ratio: float
    game: DescentGame
    at: int


@dataclass
class _Search:
    """The state of a search: the best game of every kind, and the budget."""

    theorem: Theorem
    reading: str
    recurrence: Recurrence
    sizes: Sizes
    fixed: Mapping[str, Number]
    seconds: float
    enough: float
    progress: Progress | None
    evaluations: int = 0
    inside: int = 0
    spoken: int = 0
    best: dict[str, _Found] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    began: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        """Compile."""
        work = self.sizes.paths * self.sizes.horizon
        self.batch = max(1, min(POPULATION, BATCH // work))
        # Long games are held against the statement at some rounds only.
        checkpoints = "all" if self.sizes.horizon <= 64 else "log"
        self.evaluator = DescentEvaluator(
            self.theorem, self.reading, self.recurrence, self.sizes,
            batch=self.batch, checkpoints=checkpoints,
        )  # fmt: skip
        self.rigid = any(a.condition is Requires.SYMMETRIC_NOISE for a in self.theorem.assumptions)

    @property
    def leader(self) -> _Found | None:
        """The best of all kinds."""
        return max(self.best.values(), key=lambda found: found.ratio, default=None)

    @property
    def done(self) -> bool:
        """Whether what was found is enough, or time is up."""
        found = self.leader is not None and self.leader.ratio >= self.enough
        return found or time.perf_counter() - self.began >= self.seconds

    def structured(self, rng: np.random.Generator, until: int) -> None:
        """Games from the shelf."""
        shelf = seeds(
            self.recurrence, horizon=self.sizes.horizon, letters=self.sizes.letters,
            dimension=self.sizes.dimension, fixed=self.fixed, rng=rng,
        )  # fmt: skip
        while self.evaluations < until and not self.done:
            named = list(islice(shelf, self.batch))
            if not named:
                return
            self.play([game for _, game in named], [kind for kind, _ in named])

    def evolved(self, rng: np.random.Generator, until: int) -> None:
        """CMA-ES around the best game of each function, the most promising first."""
        import cma

        ranked = sorted(self.best.items(), key=lambda item: -item[1].ratio)
        functions: dict[str, DescentGame] = {}
        for kind, found in ranked:
            functions.setdefault(kind.split(",")[0], found.game)
        centres = list(functions.items())[:CENTRES]
        begun = self.evaluations
        for k, (function, game) in enumerate(centres, start=1):
            space = self.space(game)
            stop = begun + (until - begun) * k // len(centres)
            options = {"seed": int(rng.integers(1, 1 << 30)), "popsize": POPULATION, "verbose": -9}
            strategy = cma.CMAEvolutionStrategy(space.origin, SPREAD, options)
            while self.evaluations < stop and not strategy.stop() and not self.done:
                points = strategy.ask()
                worth = self.at(space, points, f"{EVOLVED_FROM} {function}")
                strategy.tell(points, [min(max(-w, -HOPELESS), HOPELESS) for w in worth])

    def ascended(self, until: int) -> None:
        """Each number up and down, the best taken, with steps that shrink."""
        if self.leader is None:
            return
        space = self.space(self.leader.game)
        here, reached = space.origin, _log(self.leader.ratio)
        step = FIRST_STEP
        while self.evaluations < until and step > LAST_STEP and not self.done:
            moves = [*np.eye(len(here)), *-np.eye(len(here))]
            points = [here + step * move for move in moves]
            worth = self.at(space, points, ASCENDED)
            k = int(np.argmax(worth))
            if worth[k] > reached:
                here, reached = points[k], worth[k]
            else:
                step /= 2

    def space(self, game: DescentGame) -> DescentSpace:
        """The neighbourhood of a game, with as many knots as the search may move."""
        return DescentSpace(
            replace(game, slope=refined(game.slope, KNOTS)), fixed=self.fixed, rigid=self.rigid
        )

    def at(self, space: DescentSpace, points: Sequence[Vector], kind: str) -> list[float]:
        """The logarithm of lhs/rhs at points of a space."""
        games = [space.game(point) for point in points]
        known = [game for game in games if game is not None]
        found = self.play(known, [kind] * len(known)) if known else []
        values: Iterator[float] = iter(found)
        return [_log(next(values)) if game is not None else -math.inf for game in games]

    def play(self, games: Sequence[DescentGame], kinds: Sequence[str]) -> list[float]:
        """lhs/rhs of each game at its best round; the best games are remembered."""
        sides = self.evaluator.sides(games)
        at = np.argmax(sides.ratio, axis=1)
        found: list[float] = np.max(sides.ratio, axis=1).tolist()
        for game, kind, value, k in zip(games, kinds, found, at, strict=True):
            self.counts[kind] += 1
            if value > (self.best[kind].ratio if kind in self.best else -math.inf):
                self.best[kind] = _Found(value, game, int(sides.rounds[k]))
        self.evaluations += len(games)
        self.inside += int(np.any(sides.holds, axis=1).sum())
        self.spoken += int(np.any(sides.said, axis=1).sum())
        if self.progress is not None:
            where = f"T = {self.sizes.horizon}, d = {self.sizes.dimension}, {kinds[-1]}"
            self.progress(self.evaluations, where, self.leader.ratio if self.leader else -math.inf)
        return found

    def result(self, seed: int) -> Searched:
        """The best game whose violation is certain, else the best."""
        ranked = sorted(self.best.values(), key=lambda found: -found.ratio)[:CENTRES]
        chosen, certain = next(iter(ranked), None), -math.inf
        for found in ranked:
            if found.ratio > 1 and (sure := _certain_excess(self.counterexample(found))) > 0:
                chosen, certain = found, sure
                break
        best = None if chosen is None else self.counterexample(chosen)
        ratio = -math.inf if chosen is None else chosen.ratio
        seconds = time.perf_counter() - self.began
        first = seconds if certain > 0 else None
        said = self.said()
        if first is None:
            said = (*said, unfound(self.theorem, self.inside, self.spoken))
        return Searched(
            best, ratio, certain, self.evaluations, seconds, first, seed, said, self.inside, self.spoken
        )

    def said(self) -> tuple[str, ...]:
        """What was searched, in words: the sizes, what was fixed, and each kind with its largest lhs/rhs."""
        sizes = self.sizes
        fixed = ", ".join(f"{name} = {value}" for name, value in self.fixed.items()) or "none"
        noise = "no noise" if sizes.letters == 1 else f"noise of {sizes.letters} letters"
        kinds: dict[str, tuple[int, float]] = {}
        for kind, count in self.counts.items():
            name = kind if kind.startswith((EVOLVED_FROM, ASCENDED)) else STRUCTURED_GAMES
            played, most = kinds.get(name, (0, -math.inf))
            reached = self.best[kind].ratio if kind in self.best else -math.inf
            kinds[name] = played + count, max(most, reached)
        return (
            f"searched: smooth f(x) = sum_i phi(x_i), phi' of {KNOTS} knots, {noise}, d = {sizes.dimension}, "
            f"T up to {sizes.horizon}, fixed parameters: {fixed}",
            *(f"{name}: {played} games, lhs/rhs up to {most:.4g}" for name, (played, most) in kinds.items()),
        )

    def counterexample(self, found: _Found) -> Counterexample:
        """The game as a claim about its last round."""
        return Counterexample(self.theorem, self.reading, replace(found.game, horizon=found.at))


def refined(slope: Slope, knots: int) -> Slope:
    """The same phi' with at least so many knots: the widest gap halved, or a knot added outside."""
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


def _certain_excess(found: Counterexample) -> float:
    try:
        return excess_inside(found)
    except Refused:  # too long for the checker, or of a property that a certificate cannot show
        return -math.inf


def _log(ratio: float) -> float:
    return math.log(ratio) if ratio > 0 else -math.inf


__all__ = ["falsify_descent", "refined"]
