"""The factors of a bound's terms that games need, as certified lower bounds.

For lhs <= t_1 + ... + t_n, the smallest factor of t_1 that may stand with the other terms as they are is
sup over games of (lhs - t_2 - ... - t_n)/t_1. The ordinary search maximises this ratio: it searches for
violations of the derived statement lhs - t_2 - ... - t_n <= t_1. The best game, in exact numbers, then shows
that no smaller factor is enough; a short decimal just below is certified as the violation of an ordinary
statement, lhs <= c t_1 + t_2 + ... + t_n. A search gives no upper bound of a factor: only a proof does.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from sympy import Add, Expr, Rational

from bounds.borders import check_stated
from bounds.certificates.certify import certain_sides, excess_inside, judged
from bounds.certificates.checker import Refused
from bounds.falsifier.driver import SearchProgress
from bounds.falsifier.evaluator import about_losses
from bounds.falsifier.search import falsify, falsify_gradients
from bounds.falsifier.searched import Searched
from bounds.games import Counterexample, exact
from bounds.shrinker.shrink import shrink
from theory.borders import items, whole
from theory.recurrence import Recurrence
from theory.scaling import split
from theory.statement import Status, Theorem

FAR = 10**6
"""The factor that keeps the ratios of a search far below 1, since a violation would end it early."""
DIGITS = 3
"""The significant digits of a certified factor."""
CALLS = 2000
"""The most simpler games to try in place of the one that was found."""
NUDGES = (Fraction(1), Fraction(100_001, 100_000), Fraction(99_999, 100_000))
"""Factors of the parameters to try, since rounding a game may have broken a condition such as D <= D_bar."""
MOST_NUDGED = 3
"""The most parameters to change."""
MOST_ID = 64
"""The most characters of the id of a theorem."""
EVALUATIONS = 100_000
"""The default number of games for each factor."""
MOST_ROUNDS = 32
"""The default number of rounds of the longest games: longer ones need larger budgets."""


@dataclass(frozen=True)
class Factor:
    """A factor of some terms of a bound, with what is known of the smallest one that suffices.

    weights: of each term; the factor multiplies the terms with a positive weight, in proportion to the
    weights, and the others stand as they are. lower: no factor up to this one suffices; None if no game was
    found that needs one. shown: a game that violates the bound with this factor; its statement is the lowered
    bound. upper: a factor that a proof of the package shows to suffice, None if there is none. searched: the
    search.
    """

    weights: tuple[Fraction, ...]
    lower: Fraction | None
    shown: Counterexample | None
    upper: Fraction | None
    searched: Searched

    @property
    def factors(self) -> tuple[Fraction, ...] | None:
        """The factor of each term in the bound that `shown` violates."""
        return None if self.lower is None else scaled(self.weights, self.lower)


def terms_of(theorem: Theorem, reading: str) -> tuple[Expr, ...]:
    """The terms of a right side, each with the common prefactor."""
    prefactor, terms = split(theorem, theorem.reading(reading))
    return tuple(prefactor * term for term in terms if term != 0)


def lowered(theorem: Theorem, reading: str, factors: Sequence[Fraction]) -> Theorem:
    """The statement with its terms multiplied by factors, which is no statement of the package."""
    rhs = Add(*(Rational(c) * e for c, e in zip(factors, terms_of(theorem, reading), strict=True)))
    return replace(
        _derived(theorem, reading, theorem.lhs, rhs),
        id=f"tightened.{theorem.id}"[:MOST_ID],
        status=Status.PRINTED,
    )


def scaled(weights: Sequence[Fraction], factor: Fraction) -> tuple[Fraction, ...]:
    """The factors of the terms: 1 where the weight is 0."""
    return tuple(factor * w if w > 0 else Fraction(1) for w in weights)


def needed_factor(
    theorem: Theorem,
    reading: str,
    recurrence: Recurrence,
    weights: Sequence[Fraction | int],
    *,
    fixed: Mapping[str, Fraction] | None = None,
    dimensions: Sequence[int] = (1, 2),
    most_rounds: int = MOST_ROUNDS,
    evaluations: int = EVALUATIONS,
    seed: int = 0,
    progress: SearchProgress | None = None,
) -> Factor:
    """The largest factor of some terms that a game needs, among the games of a search.

    Args:
        theorem: a statement that `falsify` or `falsify_gradients` can search.
        reading: the key of one of its readings.
        recurrence: the algorithm.
        weights: of the terms, in the order of `terms_of`; see `Factor`. (1, 0) asks for the factor of the
            first of two terms, (1, 1) for that of the whole right side.
        fixed: name -> exact value of the fixed parameters.
        dimensions: numbers of coordinates d.
        most_rounds: the most rounds T.
        evaluations: the games to play.
        seed: for all random numbers.
        progress: called as for `falsify`; its ratios are those of this factor divided by `FAR`.

    Raises:
        ValueError: the weights do not fit the terms, or the search refuses the statement.
    """
    check_stated(theorem, reading, recurrence)
    terms = terms_of(theorem, reading)
    asked = tuple(exact(w, "weights") for w in items("weights", weights, object, "a number >= 0"))
    if len(asked) != len(terms) or min(asked, default=Fraction(-1)) < 0 or not any(asked):
        raise ValueError(
            f"`weights` = {tuple(map(str, asked))} must be {len(terms)} numbers >= 0, not all 0: one for "
            f"each term of {theorem.id}.{reading}"
        )
    stays, moves = _parts(terms, asked)
    derived = _derived(theorem, reading, theorem.lhs - stays, FAR * moves)
    search = falsify if about_losses(theorem) else falsify_gradients
    searched = search(
        derived, reading, recurrence, fixed=fixed, dimensions=dimensions, most_rounds=most_rounds,
        evaluations=whole("evaluations", evaluations, least=1), enough=math.inf, seed=seed, progress=progress,
    )  # fmt: skip
    upper = Fraction(1) if proved(theorem, recurrence) and max(asked) == 1 else None
    lower, shown = _certified(theorem, reading, asked, searched, frozenset(fixed or ()))
    return Factor(asked, lower, shown, upper, replace(searched, ratio=searched.ratio * FAR))


def proved(theorem: Theorem, recurrence: Recurrence) -> bool:
    """Whether the package has a proof of the statement for this algorithm."""
    return theorem.status.proved and theorem.about(recurrence)[0]


def _parts(terms: Sequence[Expr], weights: Sequence[Fraction]) -> tuple[Expr, Expr]:
    """The sum of the terms that stay, and the weighted sum of the others."""
    pairs = list(zip(weights, terms, strict=True))
    return Add(*(e for w, e in pairs if w == 0)), Add(*(Rational(w) * e for w, e in pairs if w > 0))


def _derived(theorem: Theorem, reading: str, lhs: Expr, rhs: Expr) -> Theorem:
    own = replace(theorem.reading(reading), rhs=rhs, note="with other factors")
    return replace(theorem, lhs=lhs, readings=(own,))


def _certified(
    theorem: Theorem, reading: str, weights: Sequence[Fraction], searched: Searched, keep: frozenset[str]
) -> tuple[Fraction | None, Counterexample | None]:
    """A short factor that is too small for the best game, and the game, made simpler, that shows it."""
    if searched.best is None or not searched.evidence or searched.ratio <= 0:
        return None, None
    for found in _nudged(searched.best, keep):
        ratio = _ratio_below(theorem, reading, weights, found)
        if ratio is None:
            continue
        factor = rounded_down(ratio)
        found = replace(found, theorem=lowered(theorem, reading, scaled(weights, factor)))
        if excess_inside(found) > 0:
            small = shrink(found, margin=Fraction(0), keep=keep, calls=CALLS, seconds=math.inf)
            return factor, small.counterexample
    return None, None


def _nudged(found: Counterexample, keep: frozenset[str]) -> Iterator[Counterexample]:
    """The game, then with its free parameters slightly changed: rounding may have broken a condition."""
    free = [name for name in found.game.parameters if name not in keep]
    for changes in product(NUDGES, repeat=min(len(free), MOST_NUDGED)):
        moved = {name: found.game.parameters[name] * c for name, c in zip(free, changes, strict=False)}
        with suppress(ValueError):  # out of its range
            yield replace(found, game=replace(found.game, parameters={**found.game.parameters, **moved}))


def _ratio_below(
    theorem: Theorem, reading: str, weights: Sequence[Fraction], found: Counterexample
) -> Fraction | None:
    """A rational below (lhs - what stays)/(what moves) in a game, None if that is not certainly positive."""
    stays, moves = _parts(terms_of(theorem, reading), weights)
    try:
        kept = _sides(theorem, reading, found, stays)
        moved = _sides(theorem, reading, found, moves)
    except Refused:  # too long for the checker
        return None
    if kept is None or moved is None:
        return None
    left, below = moved
    above = left - kept[1] if stays != 0 else left
    return above / below if above > 0 and below > 0 else None


def _sides(
    theorem: Theorem, reading: str, found: Counterexample, rhs: Expr
) -> tuple[Fraction, Fraction] | None:
    inside = judged(replace(found, theorem=_derived(theorem, reading, theorem.lhs, rhs)))
    return None if inside is None else certain_sides(inside)


def rounded_down(value: Fraction) -> Fraction:
    """The largest decimal of `DIGITS` significant digits that is smaller than a positive number."""
    size = Fraction(10) ** math.floor(math.log10(value))
    below = _multiple_below(value, size * Fraction(10) ** (1 - DIGITS))
    # Below a power of ten the digits are finer.
    return below if below >= size else _multiple_below(value, size * Fraction(10) ** -DIGITS)


def _multiple_below(value: Fraction, unit: Fraction) -> Fraction:
    return (math.ceil(value / unit) - 1) * unit
