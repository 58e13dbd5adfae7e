"""Make a counterexample smaller and rounder while it still violates by a required margin.

Deterministic: passes offer simpler games in a fixed order, the first that still violates is taken, and the
round begins again until no pass has anything left. What counts as simpler is one total order
(`bounds.shrink.complexity`); what counts as a violation is decided in balls.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

from bounds.certify.certify import excess
from bounds.certify.checker import Refused
from bounds.certify.game import Counterexample, DescentGame, LinearGame, Point
from bounds.shrink import descent, linear
from bounds.shrink.complexity import complexity

SCALES: dict[str, Callable[[LinearGame], bool]] = {
    "free": lambda game: True,
    "at_least_one": lambda game: all(sum(map(abs, row)) >= 1 for row in _rows_played(game)),
    "max_one": lambda game: max(abs(q) for row in _rows_played(game) for q in row) == 1,
}
"""Normalisations of the stream, which a simpler one must keep."""

Violates = Callable[[Counterexample], bool]


@dataclass(frozen=True)
class Shrunk:
    """The result: the counterexample, the passes that helped and how often, tries, seconds.

    complete: whether no pass had anything left; otherwise the budget was spent.
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
    scale: str = "free",
    calls: int = 20_000,
    seconds: float = 60.0,
    progress: Callable[[int], None] | None = None,
) -> Shrunk:
    """The simplest counterexample that the passes reach from `found`.

    margin: lhs >= (1 + margin) rhs is required at the last round, and lhs > rhs; violates: another judge;
    keep: parameters that must stay as they are; scale: "free", "at_least_one" (every ||g_t||_1 >= 1) or
    "max_one" (max_t ||g_t||_inf = 1); calls, seconds: the budget. ValueError where `found` itself does not
    violate by the margin, or breaks the normalisation.
    """
    if scale not in SCALES:
        raise ValueError(f"`scale` = {scale!r} is unknown; known: {', '.join(SCALES)}")
    judge = violates or _exceeds(margin)
    search = _Search(replace(found, comparator=None), judge, keep, scale, calls, time.monotonic() + seconds)
    began = time.monotonic()
    if not search.accepts(search.best):
        raise ValueError(
            f"`found` does not violate {found.theorem.id}.{found.reading} by {margin} as required"
        )
    while search.improve():
        if progress is not None:
            progress(search.calls)
    return Shrunk(search.best, search.steps, search.calls, time.monotonic() - began, not search.spent)


def _exceeds(margin: Fraction) -> Violates:
    def judge(candidate: Counterexample) -> bool:
        try:
            return (beyond := excess(candidate)) > 0 and beyond >= margin
        except Refused:  # too long for the checker
            return False

    return judge


class _Search:
    """The best counterexample so far, and what has been tried."""

    def __init__(
        self,
        found: Counterexample,
        judge: Violates,
        keep: frozenset[str],
        scale: str,
        calls: int,
        until: float,
    ) -> None:
        self.best, self.judge, self.keep, self.scale = found, judge, keep, scale
        self.most, self.until = calls, until
        self.calls, self.steps, self.seen = 0, dict[str, int](), set[str]()

    @property
    def spent(self) -> bool:
        """Whether the budget is used up."""
        return self.calls >= self.most or time.monotonic() > self.until

    def accepts(self, candidate: Counterexample) -> bool:
        """Whether a candidate keeps the normalisation and violates; each is judged once."""
        game = candidate.game
        if isinstance(game, LinearGame) and not SCALES[self.scale](game):
            return False
        self.calls += 1
        return self.judge(candidate)

    def improve(self) -> bool:
        """Take the first simpler counterexample that any pass offers."""
        here = complexity(self.best)
        for name, game in self.offers():
            if self.spent:
                return False
            candidate = replace(self.best, game=game)
            known = _identity(game)
            if complexity(candidate) >= here or known in self.seen:
                continue
            self.seen.add(known)
            if self.accepts(candidate):
                self.best = candidate
                self.steps[name] = self.steps.get(name, 0) + 1
                return True
        return False

    def offers(self) -> Iterator[tuple[str, LinearGame | DescentGame]]:
        """(pass, game) of every pass, in order; changes that do not fit together are left out."""
        game = self.best.game
        passes: Any = linear.PASSES if isinstance(game, LinearGame) else descent.PASSES
        for one in passes:
            for changes in one(game, self.keep):
                try:
                    yield one.__name__, replace(game, **changes)
                except ValueError:
                    continue


def _rows_played(game: LinearGame) -> list[Point]:
    """The rows that the game comes to, each position of the stream once."""
    rest = max(0, game.horizon - len(game.lead))
    return [*game.lead[: game.horizon], *game.pattern[:rest]]


def _identity(game: LinearGame | DescentGame) -> str:
    """A text that two games share only if they are the same game of one algorithm."""
    return repr([getattr(game, f.name) for f in fields(game) if f.name != "recurrence"])


__all__ = ["SCALES", "Shrunk", "shrink"]
