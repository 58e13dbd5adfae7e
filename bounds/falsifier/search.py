"""Search for a violation of a statement: on regret with linear losses, on gradients with descents.

Short games come first, and every round T' <= T of a game counts. The search repeats, longer each time, until
it finds a violation or the budget is spent. It never proves a statement; its finds are exact, and
`bounds.certificates` decides.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import count

from bounds.borders import MOST_COORDINATES, check_stated, checked_budget, counts, member
from bounds.falsifier.descent import DescentFamily
from bounds.falsifier.driver import Search, SearchProgress, SearchStage
from bounds.falsifier.projected import SetKind
from bounds.falsifier.regret import LONG, SHORT, RegretFamily
from bounds.falsifier.searched import Searched, fixed_values
from bounds.games import Number
from bounds.games.scale import Scale
from bounds.scope import required
from theory.borders import whole
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem

SHAPES = (
    (1, 1), (1, 2), (2, 2), (1, 4), (2, 4), (2, 6), (2, 8), (1, 8), (2, 12), (1, 24), (1, 100), (1, 1000),
    (1, 10_000), (1, 100_000),
)  # fmt: skip
"""The (letters of noise, rounds) of descents, in search order; one letter means no noise."""
EFFORT = 1500
"""The number of descents of each shape in the first pass, doubled in each later pass."""
PATHS = 4096
"""The most paths of noise in a descent; one with more is cut to fewer rounds."""


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
    progress: SearchProgress | None = None,
) -> Searched:
    """Search for a violation of a regret bound among games of linear losses.

    Linear losses are enough: docs/certificates.md, "Why these games are enough". The search ends with the
    first (T, d) that has a certain violation, at once when lhs/rhs reaches `enough`, or with its budget. The
    same seed and evaluations give the same answer; `seconds` only cuts it short.

    Args:
        theorem: a statement whose left side is a regret, or compares with a fixed point z.
        reading: the key of one of its readings.
        recurrence: the algorithm.
        fixed: name -> exact value of the fixed parameters.
        scale: "free", "at_least_one" (every ||g_t||_1 >= 1) or "max_one" (max_t ||g_t||_inf = 1).
        set_kind: "box", "segment" (d >= 2) or "simplex" (d = 2); by default the simplex where the statement
            asks for it, else boxes.
        dimensions: numbers of coordinates d.
        horizons: numbers of rounds T, by default those of `SHORT` and `LONG` up to `most_rounds`; beyond
            `SHORT` the streams are periodic.
        most_rounds: the largest default T.
        seconds: the most time; 60 if neither this nor `evaluations` is given.
        evaluations: the most games.
        enough: the lhs/rhs at which to stop.
        seed: for all random numbers.
        progress: called with (games so far, where the search is, the largest lhs/rhs).

    Returns:
        The best game in exact numbers, and what was searched.

    Raises:
        OutOfScope: the statement is about neither, does not name the sets it is meant for, or requires
            what no such game has.
        ValueError: no dimension or horizon is left, or an argument is out of range.
    """
    check_stated(theorem, reading, recurrence)
    checked_budget(seed=seed, seconds=seconds, evaluations=evaluations, enough=enough, progress=progress)
    most_rounds = whole("most_rounds", most_rounds, least=1)
    dimensions = counts("dimensions", dimensions, most=MOST_COORDINATES)
    usual = SetKind.SIMPLEX if Requires.PROBABILITY_SIMPLEX in required(theorem) else SetKind.BOX
    kind = usual if set_kind is None else member("set_kind", set_kind, SetKind)
    size = member("scale", scale, Scale)
    given = fixed_values(fixed, recurrence)
    lengths = (
        counts("horizons", horizons)
        if horizons is not None
        else tuple(n for n in SHORT + LONG if n <= most_rounds)
    )
    # An interval is a ball, a square is not.
    most = 1 if Requires.BALL in required(theorem) else kind.most_dimension
    sizes = tuple(d for d in dimensions if kind.least_dimension <= d <= most)
    if not sizes or not lengths or min(*sizes, *lengths) < 1:
        raise ValueError(
            f"`dimensions` = {tuple(dimensions)} and `horizons` = {lengths} must hold whole numbers >= 1; "
            "a segment needs d >= 2, the simplex d = 2, a box that is to be a ball d = 1"
        )
    family = RegretFamily(theorem, reading, recurrence, kind, size, given, lengths, sizes)
    return Search(family, seconds, evaluations, enough, progress).run(seed)


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
    progress: SearchProgress | None = None,
) -> Searched:
    """Search for a violation of a bound on gradients or values of f among descents of one smooth function.

    The functions are convex, strongly convex or of bounded gradients, and there is no noise, where the
    statement asks for it; parameters that it ties to the function, as in L <= beta, move with it. The search
    goes through all `SHAPES` of at most `most_rounds` rounds repeatedly, longer each time, until the first
    certain violation or the end of the budget.

    Args:
        theorem: a statement whose left side is an average of gradients.
        reading: the key of one of its readings.
        recurrence: the algorithm.
        fixed: name -> exact value of parameters that keep it.
        dimensions: numbers of coordinates d; d > 1 adds nothing if both sides are sums over coordinates.
        most_rounds: the largest T.
        seconds: as for `falsify`.
        evaluations: as for `falsify`.
        enough: the lhs/rhs at which to stop.
        seed: of everything random.
        progress: as for `falsify`.

    Raises:
        ValueError: the statement is not about smooth descent, or `fixed` names what the algorithm lacks.
    """
    check_stated(theorem, reading, recurrence)
    checked_budget(seed=seed, seconds=seconds, evaluations=evaluations, enough=enough, progress=progress)
    sizes = counts("dimensions", dimensions, most=MOST_COORDINATES)
    if not sizes or whole("most_rounds", most_rounds) < 1:
        raise ValueError(
            f"`dimensions` = {sizes} and `most_rounds` = {most_rounds} must be whole numbers >= 1"
        )
    given = fixed_values(fixed, recurrence)
    exact = Requires.EXACT_GRADIENTS in required(theorem)
    shapes = [(n, rounds) for n, rounds in SHAPES if rounds <= most_rounds and (n == 1 or not exact)]
    family = DescentFamily(theorem, reading, recurrence, given, _growing(sizes, shapes))
    return Search(family, seconds, evaluations, enough, progress).run(seed)


def _growing(sizes: Sequence[int], shapes: Sequence[tuple[int, int]]) -> Iterator[SearchStage]:
    """All shapes, then all again with twice the games, endlessly."""
    for k in count():
        for letters, horizon in shapes:
            yield from (SearchStage(horizon, d, letters, 2**k, EFFORT * 2**k) for d in sizes)


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
    progress: SearchProgress | None = None,
) -> Searched:
    """Search descents of one shape; see `falsify_gradients`.

    Args:
        theorem: a statement whose left side is an average of gradients.
        reading: the key of one of its readings.
        recurrence: the algorithm.
        fixed: name -> exact value of parameters that keep it.
        horizon: the most rounds T; they are cut to what `PATHS` paths of the noise allow.
        letters: the number of letters of the noise; 1 means no noise.
        dimension: the number of coordinates d.
        seed: of everything random.
        evaluations: the budget, in games.
        seconds: cuts the search short.
        enough: the lhs/rhs at which to stop.
        progress: as for `falsify`.

    Raises:
        ValueError: as `falsify_gradients`.
    """
    check_stated(theorem, reading, recurrence)
    horizon, letters = whole("horizon", horizon, least=1), whole("letters", letters, least=1, most=PATHS)
    dimension = whole("dimension", dimension, least=1, most=MOST_COORDINATES)
    whole("seed", seed, least=0)
    given = fixed_values(fixed, recurrence)
    if letters > 1:
        horizon = min(horizon, int(math.log(PATHS, letters) + 1e-9))
    stage = SearchStage(horizon, dimension, letters, max(1, evaluations // EFFORT), evaluations)
    family = DescentFamily(theorem, reading, recurrence, given, iter([stage]))
    found = Search(family, seconds, None, enough, progress).run(seed)
    return replace(found, sentences=found.sentences[1:])  # the first is about all shapes
