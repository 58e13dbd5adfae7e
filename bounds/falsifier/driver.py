"""The search for a violation in any kind of game: how the budget is shared, and what is remembered.

A `Family` holds what differs between games of linear losses and descents of one function, and
`bounds.falsifier.steps` the steps at one size of game. All sizes are searched side by side, and those whose
ratio grows get more turns. Budgets are numbers of games, so that a seed has one answer on every machine;
seconds only end a search early. Floats find violations; exact numbers confirm them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

import numpy as np

from bounds.falsifier.family import Candidate, Family, Played, SearchStage
from bounds.falsifier.searched import Interrupted, Searched, unfound
from bounds.falsifier.steps import steps
from bounds.games import Counterexample
from bounds.statement import Sides
from online_sim.borders import Floats

HIGHEST = 1e9
"""The value that stands for an infinite ratio."""
SUSPICIOUS = 1e-9
"""The excess of a ratio over 1 below which it is rounding."""
GROWTH = 1e-6
"""The relative growth of a ratio below which more games of a size promise little."""
WORTH_KEEPING = 0.01
"""The excess of lhs/rhs over 1 above which a shorter violation replaces a larger one."""
SHORTER = 5
"""The most games in the search for shorter violations, for each game until the first violation."""
TRIED_EXACTLY = 4
"""The number of best games of a size to replay before it counts as free of violations."""

SearchProgress = Callable[[int, str, float], None]
"""Called with (games so far, where the search is, the largest lhs/rhs)."""


class Arm:
    """The games of one size: their steps, the best of them, and the work that may be spent on them.

    found: the best games, the best first. lead: the largest leading lhs/rhs; before: the same a turn ago.
    refuted: the ratios of games that exact numbers did not confirm. certain: the largest one that they did.
    """

    def __init__(self, search: Search, family: Family, stage: SearchStage, seed: int) -> None:
        """Nothing is played yet; the random numbers depend on the seed and the size only."""
        self.search, self.family, self.stage, self.cost = search, family, stage, family.cost(stage)
        rng = np.random.default_rng([seed, stage.horizon, stage.dimension, stage.letters])
        self.steps = steps(family, stage, self, rng)
        self.credit = 0
        self.lead, self.before = -math.inf, -math.inf
        self.found: list[Candidate] = []
        self.refuted: set[float] = set()
        self.certain = -math.inf

    @property
    def promise(self) -> tuple[bool, float]:
        """Larger for an arm that deserves more turns: whether its ratio grew, and the ratio."""
        return self.lead > self.before + GROWTH * abs(self.before) or self.before == -math.inf, self.lead

    def play(self, games: Any, kinds: Sequence[tuple[str, int]]) -> Floats:
        """Play games, remember the best one, and say what each is `worth`."""
        sides = self.family.sides(self.stage, games)
        self.remember(games, sides, kinds)
        return self.worth(sides)

    def worth(self, sides: Sides) -> Floats:
        """log(lhs/rhs) of each game at the best of its leading rounds."""
        worth = self._leading(sides)
        with np.errstate(divide="ignore"):
            return np.asarray(np.where(worth > 0, np.log(np.maximum(worth, 0)), -np.inf))

    def _leading(self, sides: Sides) -> Floats:
        """The largest lhs/rhs of each game in its leading rounds."""
        leading = self.family.manner.early | (sides.rounds > self.stage.horizon / 2)
        return np.asarray(np.max(np.minimum(sides.ratio[:, leading], HIGHEST), axis=1))

    def remember(self, games: Any, sides: Sides, kinds: Sequence[tuple[str, int]]) -> None:
        """Count games that were played, and remember the best one.

        A violation in any round counts, whether it leads or not. kinds: the numbers of games of each kind.
        """
        self.credit -= self.cost * len(games)
        ratio = np.minimum(sides.ratio, HIGHEST)
        self.search.note(self.family, self.stage, games, sides, ratio, kinds)
        best = np.max(ratio, axis=1)
        k = int(np.argmax(best))
        if best[k] > max((f.ratio for f in self.found), default=-math.inf):
            at = int(sides.rounds[int(np.argmax(ratio[k]))])
            self.keep(Candidate(float(best[k]), games[k : k + 1], at, self.stage, self.family))
        self.lead = max(self.lead, float(np.max(self._leading(sides))))

    def keep(self, found: Candidate) -> None:
        """Remember the best game of the arm; settle at once the first violation and any that is enough."""
        self.found = [found, *self.found[: TRIED_EXACTLY - 1]]
        search = self.search
        if search.leader is None or found.ratio > search.leader.ratio:
            search.leader = found
        crossed = found.ratio > 1 + SUSPICIOUS and self.certain == -math.inf
        if (crossed and len(self.refuted) < TRIED_EXACTLY) or found.ratio >= search.enough:
            self.settle(1)

    def settle(self, most: int = TRIED_EXACTLY) -> None:
        """Replay the best games of the arm in exact numbers until one is certain."""
        for found in self.found[:most]:
            if found.ratio <= max(1 + SUSPICIOUS, self.certain):
                return
            if found.ratio in self.refuted:
                continue
            if self.search.confirmed(found):
                self.certain = found.ratio
                return
            self.refuted.add(found.ratio)


class Search:
    """The state of a search: the games played, the findings, the remaining budget.

    played: for each family and stage, the games of each kind and their largest lhs/rhs. leader: the game with
    the largest lhs/rhs in floats; within: the best of those that do not exceed 1. best, ratio, certain: the
    best game whose violation is certain. inside, said: see `Searched`.
    """

    def __init__(
        self,
        families: Sequence[Family],
        seconds: float | None,
        evaluations: int | None,
        enough: float,
        progress: SearchProgress | None,
    ) -> None:
        """Start the clock; without a limit, the games are those of the first family's manner."""
        self.families, self.manner = families, families[0].manner
        if seconds is None and evaluations is None:
            evaluations = self.manner.evaluations
        self.enough, self.progress = enough, progress
        self.most = math.inf if evaluations is None else evaluations
        self.began = time.perf_counter()
        self.seconds = math.inf if seconds is None else seconds
        self.evaluations, self.inside, self.said = 0, 0, 0
        self.played: list[Played] = [{} for _ in families]
        self.leader: Candidate | None = None
        self.within: Candidate | None = None
        self.rounding: set[float] = set()
        self.best: Counterexample | None = None
        self.certain, self.ratio = -math.inf, -math.inf
        self.first: float | None = None
        self.games_to_first: int | None = None

    @property
    def late(self) -> bool:
        """Whether the seconds are over."""
        return time.perf_counter() - self.began >= self.seconds

    @property
    def violated(self) -> bool:
        """Whether a violation is certain."""
        return self.certain > 0

    @property
    def over(self) -> bool:
        """Whether the budget is spent."""
        return self.evaluations >= self.most or self.late

    def run(self, seed: int) -> Searched:
        """Search all stages by turns; after the first certain violation, look for shorter ones a while.

        Raises:
            Interrupted: after an interrupt, with the findings so far.
        """
        try:
            self._run(seed)
        except KeyboardInterrupt:
            raise Interrupted(self.result(seed)) from None
        return self.result(seed)

    def _run(self, seed: int) -> None:
        arms = [Arm(self, family, stage, seed) for family in self.families for stage in family.stages()]
        self.search(arms)
        if self.violated:
            more = min(SHORTER * self.evaluations, self.manner.shorter)
            self.most = min(self.most, self.evaluations + more)
        while self.best is not None and self.violated and not self.over:
            # What an arm found in a whole pass is too little to keep if the best game is longer still.
            shorter = [
                arm for arm in arms if arm.stage.horizon < self.best.game.horizon and arm.certain == -math.inf
            ]
            if not shorter or not self.search(shorter):
                break

    def search(self, arms: Sequence[Arm]) -> bool:
        """Give turns to arms until one has a certain violation, and finish its pass; whether one has."""
        for arm, work in turns(arms, self.manner.turn):
            arm.credit += work
            arm.before = arm.lead
            while arm.credit > 0 and not self.over:
                ended = next(arm.steps)
                while arm.certain > 0 and not ended and arm.certain < self.enough and not self.over:
                    ended = next(arm.steps)
                if ended or arm.certain > 0:
                    arm.settle()
                if arm.certain > 0:
                    return True
            if self.over:
                arm.settle()
                break
        return any(arm.certain > 0 for arm in arms)

    def note(
        self,
        family: Family,
        stage: SearchStage,
        games: Any,
        sides: Sides,
        ratio: Floats,
        kinds: Sequence[tuple[str, int]],
    ) -> None:
        """Count the games, and remember the best one inside the bound."""
        self.evaluations += len(games)
        self.inside += int(np.any(sides.holds, axis=1).sum())
        self.said += int(np.any(sides.said, axis=1).sum())
        played = self.played[self.families.index(family)].setdefault(stage, {})
        begin = 0
        for what, many in kinds:
            total, most = played.get(what, (0, -math.inf))
            played[what] = total + many, max(most, float(np.max(ratio[begin : begin + many])))
            begin += many
        inside = np.where(ratio <= 1 + SUSPICIOUS, ratio, -np.inf)
        k = int(np.argmax(np.max(inside, axis=1)))
        if np.max(inside[k]) > (self.within.ratio if self.within else -math.inf):
            at = int(sides.rounds[int(np.argmax(inside[k]))])
            self.within = Candidate(float(np.max(inside[k])), games[k : k + 1], at, stage, family)
        if self.progress is not None:
            where = f"T = {stage.horizon}, d = {stage.dimension}, {kinds[0][0]}"
            self.progress(
                self.evaluations,
                where,
                max(self.leader.ratio if self.leader else -math.inf, float(np.max(ratio))),
            )

    def confirmed(self, found: Candidate) -> bool:
        """Whether exact numbers confirm a violation, which is then the best."""
        best, certain = found.family.exactly(found.game, found.horizon, found.ratio)
        if certain > 0:
            if self.first is None:
                self.first, self.games_to_first = time.perf_counter() - self.began, self.evaluations
            shorter = self.best is not None and found.horizon < self.best.game.horizon
            if found.ratio > self.ratio or (shorter and found.ratio > 1 + WORTH_KEEPING):
                self.best, self.certain, self.ratio = best, certain, found.ratio
        elif certain > -math.inf:
            self.rounding.add(found.ratio)
        return certain > 0

    def reports(self) -> Iterator[str]:
        """The sentences of all families that played, or of the first."""
        for family, played in zip(self.families, self.played, strict=True):
            if played or family is self.families[0]:
                own = self.leader is not None and self.leader.family is family
                yield from family.report(played, self.leader if own else None)

    def result(self, seed: int) -> Searched:
        """The best game with a certain violation, else the best game."""
        best, ratio = self.best, self.ratio
        said = tuple(dict.fromkeys(self.reports()))
        if not self.violated:
            # What exceeds 1 in floats and not in balls is rounding.
            leader = self.leader
            if leader is not None and leader.ratio in self.rounding and self.within is not None:
                leader = self.within
                said = (*said, f"{len(self.rounding)} games exceeded the bound in floats, but not in balls")
            if self.late:
                said = (
                    *said,
                    f"the limit of {self.seconds:g} s ended the search, so a slower machine tries less",
                )
            said = (*said, unfound(self.families[0].theorem, self.inside, self.said))
            if leader is not None:
                ratio = leader.ratio
                best, _ = leader.family.exactly(leader.game, leader.horizon, 0.0)
        return Searched(
            best, ratio, self.certain, self.evaluations, time.perf_counter() - self.began, self.first,
            self.games_to_first, seed, said, self.inside, self.said,
        )  # fmt: skip


def turns(arms: Sequence[Arm], work: int) -> Iterator[tuple[Arm, int]]:
    """Endless (arm, work): all arms, the more promising half again, and so on; then all with more work."""
    for k in count():
        group = list(arms)
        while group:
            yield from ((arm, work * 2**k) for arm in group)
            group = sorted(group, key=lambda arm: arm.promise, reverse=True)[: len(group) // 2]
