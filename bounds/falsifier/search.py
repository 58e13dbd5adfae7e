"""Search for a violation of a statement: on regret with linear losses, on gradients with descents.

Games of all sizes are searched side by side, and every round T' <= T of a game counts. The search repeats,
longer each time, until it finds a violation or the budget is spent. It never proves a statement; its finds
are exact, and `bounds.certificates` decides.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from bounds.borders import MOST_COORDINATES, check_stated, checked_budget, counts, member
from bounds.falsifier.descent import DescentFamily
from bounds.falsifier.driver import Search, SearchProgress
from bounds.falsifier.family import SearchStage
from bounds.falsifier.regret import HORIZONS, RegretFamily
from bounds.falsifier.searched import Searched, fixed_values
from bounds.falsifier.sets.base import SearchedSet
from bounds.falsifier.sets.given import GivenSet, given_start
from bounds.falsifier.sets.registry import SetKind, searched_sets
from bounds.games import ExactSet, Number
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
"""The games of a first pass through descents of one shape."""
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
    feasible: ExactSet | None = None,
    start: Iterable[Number] | None = None,
    dimensions: Sequence[int] = (1, 2),
    horizon: int | None = None,
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
    same seed and evaluations give the same answer on any machine; `seconds` only cuts it short.

    Args:
        theorem: a statement whose left side is a regret, or compares with a fixed point z.
        reading: the key of one of its readings.
        recurrence: the algorithm.
        fixed: name -> exact value of the fixed parameters.
        scale: "free", "at_least_one" (every ||g_t||_1 >= 1) or "max_one" (max_t ||g_t||_inf = 1).
        set_kind: "box", "segment" (d >= 2), "simplex" (2 <= d <= 5) or "l2" (d >= 2); by default the
            simplex where the statement asks for it, else boxes, and segments (or l2 balls, where the
            statement asks for balls) if it allows them.
        feasible: one set instead of the sets of a kind, such as `ExactSimplex(3)`; `dimensions` is then its
            own.
        start: the point of `feasible` at which every game starts; by default any point, or the one that the
            statement asks for.
        dimensions: numbers of coordinates d.
        horizon: compare the sides after exactly this number of rounds T, in games of this length.
        horizons: numbers of rounds T of the games, by default those of `HORIZONS` up to `most_rounds`; long
            streams are periodic or have a few phases.
        most_rounds: the largest default T.
        seconds: the most time.
        evaluations: the most games; 4 000 000 if neither this nor `seconds` is given.
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
    asked = frozenset(required(theorem))
    wanted = None if set_kind is None else member("set_kind", set_kind, SetKind)
    kinds: Sequence[SearchedSet] = searched_sets(wanted, asked)
    begin = given_start(feasible, start, asked)
    if feasible is not None:
        if wanted is not None:
            raise ValueError("`set_kind` and `feasible` exclude each other; give one")
        kinds, dimensions = [GivenSet.from_exact(feasible)], (feasible.dimension,)
    size = member("scale", scale, Scale)
    given = fixed_values(fixed, recurrence)
    if horizon is not None and horizons is not None:
        raise ValueError(
            f"`horizon` = {horizon} and `horizons` = {tuple(horizons)} exclude each other; give one"
        )
    if horizon is not None:
        horizons = (whole("horizon", horizon, least=1),)
    lengths = (
        counts("horizons", horizons)
        if horizons is not None
        else tuple(n for n in HORIZONS if n <= most_rounds)
    )
    sizes = [tuple(d for d in dimensions if kind.fits(d, asked)) for kind in kinds]
    if not any(sizes) or not lengths or min(*dimensions, *lengths) < 1:
        raise ValueError(
            f"`dimensions` = {tuple(dimensions)} and `horizons` = {lengths} must hold whole numbers >= 1; "
            f"{', '.join(one.value for one in SetKind)}"
        )
    families = [
        RegretFamily(
            theorem, reading, recurrence, kind, size, given, lengths, of_kind, horizon is not None, begin
        )
        for kind, of_kind in zip(kinds, sizes, strict=True)
        if of_kind
    ]
    return Search(families, seconds, evaluations, enough, progress).run(seed)


def falsify_gradients(
    theorem: Theorem,
    reading: str,
    recurrence: Recurrence,
    *,
    fixed: Mapping[str, Number] | None = None,
    dimensions: Sequence[int] = (1,),
    horizon: int | None = None,
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
    goes through all `SHAPES` of at most `most_rounds` rounds side by side until the first certain violation
    or the end of the budget.

    Args:
        theorem: a statement whose left side is an average of gradients.
        reading: the key of one of its readings.
        recurrence: the algorithm.
        fixed: name -> exact value of parameters that keep it.
        dimensions: numbers of coordinates d; d > 1 adds nothing if both sides are sums over coordinates.
        horizon: as for `falsify`.
        most_rounds: the largest T.
        seconds: as for `falsify`.
        evaluations: the most games; 100 000 if neither this nor `seconds` is given.
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
    if horizon is not None:
        rounds = whole("horizon", horizon, least=1)
        shapes = [(n, rounds) for n in (1, 2) if n == 1 or not (exact or n**rounds > PATHS)]
    stages = [SearchStage(rounds, d, letters) for letters, rounds in shapes for d in sizes]
    family = DescentFamily(theorem, reading, recurrence, given, stages, horizon is not None)
    return Search([family], seconds, evaluations, enough, progress).run(seed)


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
    stage = SearchStage(horizon, dimension, letters, evaluations / EFFORT)
    family = DescentFamily(theorem, reading, recurrence, given, [stage])
    found = Search([family], seconds, evaluations, enough, progress).run(seed)
    return replace(found, sentences=found.sentences[1:])  # the first is about all shapes
