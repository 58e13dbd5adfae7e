"""Make a counterexample smaller and rounder while it still violates by a required margin.

Deterministic: the horizon is bisected, then passes offer simpler games in a fixed order, the first that still
violates is taken, and both are repeated until neither helps. A total order (`bounds.shrinker.complexity`)
defines simpler; violations are decided in balls.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import partial
from typing import Any

from bounds.borders import member
from bounds.certificates.certify import excess_inside
from bounds.certificates.checker import Refused
from bounds.games import Counterexample, DescentGame, ExactGame, LinearGame, exact
from bounds.games.scale import Scale
from bounds.shrinker import descent, linear
from bounds.shrinker.complexity import complexity
from theory.borders import function, instance, items, one_of, real, whole

PASSES: dict[type[ExactGame], Any] = {LinearGame: linear.PASSES, DescentGame: descent.PASSES}
"""The simpler games to try, by kind of game."""

HELD = ("feasible", "start", "dimension")
"""What may be held besides parameters."""

Violates = Callable[[Counterexample], bool]


@dataclass(frozen=True)
class Shrunk:
    """The result of shrinking.

    Args:
        counterexample: the simplest that was found.
        steps: name of a pass -> the number of times it helped.
        calls: candidates judged.
        seconds: the duration.
        complete: whether no game that the passes offer from there is simpler and violates; otherwise the
            budget was spent.
    """

    counterexample: Counterexample
    steps: dict[str, int]
    calls: int
    seconds: float
    complete: bool


def shrink(
    found: Counterexample,
    *,
    margin: Fraction = Fraction(1, 100),
    violates: Violates | None = None,
    keep: frozenset[str] = frozenset(),
    hold: frozenset[str] = frozenset(),
    scale: Scale | str = Scale.FREE,
    calls: int = 20_000,
    seconds: float = 60.0,
    progress: Callable[[int], None] | None = None,
) -> Shrunk:
    """The simplest counterexample that the passes reach from `found`.

    Args:
        found: a counterexample that violates by the margin.
        margin: lhs >= (1 + margin) rhs is required at the last round, and lhs > rhs.
        violates: another judge, from a `Counterexample` to a bool.
        keep: names of parameters that must stay as they are.
        hold: what else must: "feasible", "start" or "dimension".
        scale: "free", "at_least_one" (every ||g_t||_1 >= 1) or "max_one" (max_t ||g_t||_inf = 1).
        calls: the most candidates that are judged.
        seconds: the most time.
        progress: called with the number of candidates judged so far.

    Returns:
        The result; `Shrunk.complete` tells whether it is a local minimum.

    Raises:
        ValueError: `found` does not violate by the margin or breaks `scale`, or `keep` names no parameter.
    """
    instance("found", found, Counterexample, "a Counterexample", "see bounds.games")
    if isinstance(margin, float):  # a share such as 0.01: a float is exact enough for a requirement
        margin = Fraction(real("margin", margin))
    exact(margin, "margin")
    if violates is not None:
        function("violates", violates, "from a Counterexample to a bool")
    calls, seconds = whole("calls", calls, least=1), real("seconds", seconds, above=0, finite=False)
    keep = frozenset(items("keep", keep, str, "the name of a parameter"))
    game = found.game
    if unknown := keep - set(game.parameters):
        raise ValueError(
            f"`keep` names {', '.join(sorted(unknown))}; {game.recurrence.name} has "
            f"{', '.join(game.parameters)}"
        )
    for name in hold:
        one_of("hold", name, HELD)
    size = member("scale", scale, Scale)
    if not size.kept(game.gradients):
        raise ValueError(
            f"`found` breaks the normalisation `scale` = {size.name.lower()!r}; scale its gradients"
        )
    began = time.monotonic()
    judge = violates or _exceeds(margin)
    search = _Shrinker(
        replace(found, comparator=None), judge, keep, frozenset(hold), size, calls, began + seconds
    )
    if not search.judged(search.best):
        raise ValueError(
            f"`found` does not violate {found.theorem.id}.{found.reading} by {margin} as required"
        )
    search.bisect()
    while search.improve() or search.bisect():
        if progress is not None:
            progress(search.calls)
    return Shrunk(search.best, search.steps, search.calls, time.monotonic() - began, not search.spent)


def _exceeds(margin: Fraction) -> Violates:
    def judge(candidate: Counterexample) -> bool:
        try:
            return (beyond := excess_inside(candidate)) > 0 and beyond >= margin
        except Refused:  # too long for the checker
            return False

    return judge


@dataclass
class _Shrinker:
    """The best counterexample so far, and what has been tried."""

    best: Counterexample
    judge: Violates
    keep: frozenset[str]
    hold: frozenset[str]
    scale: Scale
    most: int
    until: float
    calls: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    @property
    def spent(self) -> bool:
        """Whether the budget is used up."""
        return self.calls >= self.most or time.monotonic() > self.until

    def judged(self, candidate: Counterexample) -> bool:
        """Whether a candidate violates."""
        self.calls += 1
        return self.judge(candidate)

    def bisect(self) -> bool:
        """Repeat each part less often, then leave out rounds one by one; return whether that helped.

        This assumes that a game which violates after some repetitions also does so after more. Within a
        period the regret rises and falls, so what follows a repeated part is at first left unchanged.
        """
        before = self.best.game
        for k in reversed(range(len(before.repetitions))):
            game = self.best.game
            few, enough = -1, game.repetitions[k] if k < len(game.repetitions) else 0
            while enough - few > 1 and not self.spent:
                middle = (few + enough) // 2
                if self.take_if_any("bisect", partial(game.with_repetitions, k, middle)):
                    enough = middle
                else:
                    few = middle
        game = self.best.game
        rounds = range(max(1, game.horizon - game.period + 1), game.horizon)
        found = (not self.spent and self.take("bisect", game.until(T)) for T in rounds)
        return any(found) or self.best.game is not before

    def improve(self) -> bool:
        """Take the first simpler counterexample that any pass offers; return whether there is one."""
        game = self.best.game
        for one in PASSES[type(game)]:
            for changes in one(game):
                if self.spent:
                    return False
                if self.take_if_any(one.__name__, partial(replace, game, **changes)):
                    return True
        return False

    def take_if_any(self, name: str, changed: Callable[[], LinearGame | DescentGame]) -> bool:
        """Make a game and continue with it as `take` does; False if its changes do not fit together."""
        try:
            game = changed()
        except ValueError:
            return False
        return self.take(name, game)

    def take(self, name: str, game: LinearGame | DescentGame) -> bool:
        """Continue with this game if it is simpler and violates; judge it only once.

        It must keep the normalisation and what is fixed, and be in the scope of the statement.
        """
        candidate = replace(self.best, game=game)
        if complexity(candidate) >= complexity(self.best):
            return False
        # Two games share this text only if they are the same game with the same algorithm.
        known = repr([getattr(game, f.name) for f in fields(game) if f.name != "recurrence"])
        if known in self.seen or not self.scale.kept(game.gradients):
            return False
        before = self.best.game
        moved = any(game.parameters[name] != before.parameters[name] for name in self.keep)
        moved |= any(getattr(game, name) != getattr(before, name) for name in self.hold)
        if moved or game.lacks(candidate.theorem) is not None:
            return False
        self.seen.add(known)
        if not self.judged(candidate):
            return False
        self.best = candidate
        self.steps[name] = self.steps.get(name, 0) + 1
        return True
