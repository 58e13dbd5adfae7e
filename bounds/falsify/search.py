"""Search for a violation of a statement whose left side is a (weighted) regret.

Short games first: for T = 1, 2, 3, 4, 6, ... and d = 1, 2, ... the structured adversaries over a grid, CMA-ES
over the few numbers of the best of them, CMA-ES over any stream from there, and a local ascent. Games of T
rounds are held against the statement in every round T' <= T. Long games have periodic streams only. All of it
again, longer each time, until something is found or the budget is spent. Linear losses are enough:
docs/certificates.md, "Why these games are enough". Nothing here is a proof of truth; what is found is exact,
and `bounds.certify` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from bounds.borders import MOST_COORDINATES, check_stated, checked_budget, counts, fixed_values, member
from bounds.falsify.evaluator import RegretEvaluator
from bounds.falsify.exact_games import Exactly
from bounds.falsify.hunt import Budget, Hunt
from bounds.falsify.projected import SetKind
from bounds.falsify.searched import Searched, check_fixed, unfound
from bounds.games.scale import Scale
from bounds.scope import required
from theory.borders import whole
from theory.recurrence import Recurrence
from theory.scaling import Homogeneity, inhomogeneous
from theory.statement import Requires, Theorem

SHORT = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
"""Horizons of games with any stream."""
LONG = (50, 100, 200, 400, 1000, 3000, 10_000, 100_000, 1_000_000)
"""Horizons of games with a periodic stream."""
Progress = Callable[[int, str, float], None]
SECONDS = 60.0
"""The budget where none is given."""


def falsify(
    theorem: Theorem,
    reading: str,
    recurrence: Recurrence,
    *,
    fixed: Mapping[str, Fraction] | None = None,
    scale: Scale | str = Scale.FREE,
    set_kind: SetKind | str | None = None,
    dimensions: Sequence[int] = (1, 2),
    horizons: Sequence[int] | None = None,
    most_rounds: int = 10_000,
    seconds: float | None = None,
    evaluations: int | None = None,
    enough: float = 1.5,
    seed: int = 0,
    progress: Progress | None = None,
) -> Searched:
    """Search the games of linear losses that a statement is meant for, for a violation.

    fixed: parameters that keep a value. scale: "free", "at_least_one" (every ||g_t||_1 >= 1) or "max_one"
    (max_t ||g_t||_inf = 1). set_kind: "box", "segment" (d >= 2) or "simplex" (d = 2), by default the simplex
    where the statement asks for it, else boxes. horizons: T of the games, by default those
    of `SHORT` and `LONG` up to `most_rounds`; beyond `SHORT` the streams are periodic. The search ends with
    the first (T, d) that has a violation, or at once at a lhs/rhs of `enough`, or when `seconds` are spent or
    `evaluations` games are played (`SECONDS` if neither is given). The same seed and evaluations give the
    same answer; seconds only cut it short. progress: called with (games so far, where the search is, the
    largest lhs/rhs).

    OutOfScope (a ValueError) where the theorem does not speak of a regret, does not say for which sets it is
    meant, or asks for what no such game has.
    """
    check_stated(theorem, reading, recurrence)
    checked_budget(
        seed=seed, seconds=seconds, evaluations=evaluations, enough=enough, progress=progress
    )  # fmt: skip
    most_rounds = whole("most_rounds", most_rounds, least=1)
    dimensions = counts("dimensions", dimensions, most=MOST_COORDINATES)
    kind = _kind(theorem) if set_kind is None else member("set_kind", set_kind, SetKind)
    size = member("scale", scale, Scale)
    if seconds is None and evaluations is None:
        seconds = SECONDS
    given = fixed_values(fixed)
    check_fixed(given, recurrence)
    lengths = (
        counts("horizons", horizons)
        if horizons is not None
        else tuple(n for n in SHORT + LONG if n <= most_rounds)
    )
    evaluator = RegretEvaluator(theorem, reading, recurrence, kind=kind)
    sizes = [d for d in dimensions if kind.least_dimension <= d <= _most_dimension(theorem, kind)]
    if not sizes or not lengths or min(*sizes, *lengths) < 1:
        raise ValueError(
            f"`dimensions` = {tuple(dimensions)} and `horizons` = {lengths} must hold whole numbers >= 1; "
            "a segment needs d >= 2, the simplex d = 2, a box that is to be a ball d = 1"
        )
    exactly = Exactly(theorem, reading, recurrence, kind, size, given)
    hunt = Hunt(exactly, evaluator, Budget(seconds, evaluations), enough, progress)
    rng = np.random.default_rng(seed)
    for effort in _efforts():
        for rounds in lengths:
            for dimension in sizes:
                hunt.stage(rounds, dimension, effort, rng, any_stream=rounds <= SHORT[-1])
                if hunt.over or hunt.violated:
                    return hunt.result(seed, _said(exactly, hunt, lengths, sizes))
    raise AssertionError("the efforts never end")


def _kind(theorem: Theorem) -> SetKind:
    """The kind of set to search where none is named."""
    return SetKind.SIMPLEX if Requires.PROBABILITY_SIMPLEX in required(theorem) else SetKind.BOX


def _most_dimension(theorem: Theorem, kind: SetKind) -> float:
    """The most coordinates of a set that the statement is meant for: an interval is a ball, no square is."""
    return 1 if Requires.BALL in required(theorem) else kind.most_dimension


def _efforts() -> Iterator[int]:
    effort = 1
    while True:
        yield effort
        effort *= 2


def _said(exactly: Exactly, hunt: Hunt, lengths: Sequence[int], sizes: Sequence[int]) -> tuple[str, ...]:
    """What scaling says before any game, and what was searched."""
    said = [
        finding.sentence
        for key, finding in _scalings(exactly)
        if key == exactly.reading and finding.breaks and not finding.outside
    ]
    fixed = ", ".join(f"{name} = {value}" for name, value in exactly.fixed.items()) or "none"
    said.append(
        f"searched: linear losses over {exactly.kind.value}, {exactly.scale.value}, d in "
        f"{{{', '.join(map(str, sizes))}}}, T up to {hunt.longest} of {lengths[-1]}, "
        f"fixed parameters: {fixed}; structured streams, CMA-ES and an ascent"
    )
    return tuple(said) if hunt.violated else (*said, unfound(exactly.theorem, hunt.inside, hunt.said))


def _scalings(exactly: Exactly) -> tuple[tuple[str, Homogeneity], ...]:
    try:
        return inhomogeneous(exactly.theorem, exactly.recurrence)
    except ValueError:  # a node whose degree has no rule: nothing can be said
        return ()


__all__ = ["LONG", "SHORT", "falsify"]
