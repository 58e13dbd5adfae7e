"""Search for a violation of a statement about gradients among games that grow: short ones first."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count

from bounds.borders import MOST_COORDINATES, check_stated, checked_budget, counts
from bounds.falsify.descent import Progress, falsify_descent
from bounds.falsify.searched import Searched
from bounds.games import Number
from theory.borders import whole
from theory.recurrence import Recurrence
from theory.statement import Theorem

SHAPES = (
    (1, 1), (1, 2), (2, 2), (1, 4), (2, 4), (2, 6), (2, 8), (1, 8), (2, 12), (1, 24), (1, 100), (1, 1000),
    (1, 10_000), (1, 100_000),
)  # fmt: skip
"""(letters of noise, rounds) of the games, in the order of the search; one letter is no noise."""
EFFORT = 1500
"""Games of each shape in the first pass; twice as many in each later one."""
SECONDS = 60.0
"""The budget where none is given."""


def falsify_gradients(
    theorem: Theorem,
    reading: str,
    recurrence: Recurrence,
    *,
    fixed: Mapping[str, Number] | None = None,
    dimensions: Sequence[int] = (1,),
    most_rounds: int = 10_000,
    seconds: float | None = None,
    evaluations: int | None = None,
    enough: float = 1.05,
    seed: int = 0,
    progress: Progress | None = None,
) -> Searched:
    """Search games of all `SHAPES` of at most `most_rounds` rounds, again and longer while the budget lasts.

    It ends with the first shape that has a certain violation. d > 1 adds nothing where both sides add up over
    coordinates, as in the AdaL paper's Theorem 2. The other arguments and the answer are those of
    `bounds.falsify.search.falsify`; the same seed and evaluations give the same answer. ValueError as there.
    """
    check_stated(theorem, reading, recurrence)
    checked_budget(
        seed=seed, seconds=seconds, evaluations=evaluations, enough=enough, progress=progress
    )  # fmt: skip
    sizes = counts("dimensions", dimensions, most=MOST_COORDINATES)
    if not sizes or whole("most_rounds", most_rounds) < 1:
        raise ValueError(
            f"`dimensions` = {sizes} and `most_rounds` = {most_rounds} must be whole numbers >= 1"
        )
    if seconds is None and evaluations is None:
        seconds = SECONDS
    until = math.inf if seconds is None else time.perf_counter() + seconds
    left = math.inf if evaluations is None else evaluations
    best: Searched | None = None
    longest: dict[int, int] = {}
    played, began, inside, spoken = 0, time.perf_counter(), 0, 0

    def told(games: int, where: str, most: float) -> None:
        if progress is not None:
            progress(played + games, where, most if best is None else max(most, best.ratio))

    for budget, letters, horizon in _stages(most_rounds):
        for dimension in sizes:
            found = falsify_descent(
                theorem, reading, recurrence, horizon=horizon, letters=letters, dimension=dimension,
                fixed=fixed, seed=seed + played, evaluations=int(min(budget, left - played)),
                seconds=until - time.perf_counter(), enough=enough, progress=told,
            )  # fmt: skip
            played, inside, spoken = (
                played + found.evaluations, inside + found.inside, spoken + found.said,
            )  # fmt: skip
            longest[letters] = max(longest.get(letters, 0), horizon)
            if best is None or found.violated or found.ratio > best.ratio:
                best = found
            if best.violated or played >= left or time.perf_counter() >= until:
                passed = time.perf_counter() - began
                first = passed if best.violated else None
                reached = ", ".join(f"T up to {rounds} with {n}" for n, rounds in longest.items())
                said = (f"{played} games, {reached} letter(s) of noise; the best:", *best.sentences)
                return replace(
                    best, evaluations=played, seconds=passed, first=first, seed=seed, sentences=said,
                    inside=inside, said=spoken,
                )  # fmt: skip
    raise AssertionError("the passes never end")


def _stages(most_rounds: int) -> Iterator[tuple[int, int, int]]:
    """(games, letters, rounds) without end."""
    for k in count():
        for letters, horizon in SHAPES:
            if horizon <= most_rounds:
                yield EFFORT * 2**k, letters, horizon


__all__ = ["EFFORT", "SECONDS", "SHAPES", "falsify_gradients"]
