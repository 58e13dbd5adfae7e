"""All factors of one reading of a bound: of each term, of the whole right side, and of two terms together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sympy import Expr

from bounds.falsifier.driver import SearchProgress
from bounds.tightener.factors import EVALUATIONS, MOST_ROUNDS, Factor, needed_factor, terms_of
from bounds.tightener.short import ShortProof, short_proof
from theory.recurrence import Recurrence
from theory.scaling import breaking
from theory.statement import Theorem

DIRECTIONS = ((8, 1), (3, 1), (1, 1), (1, 3), (1, 8))
"""The proportions of the factors of two terms to try besides one factor alone."""


@dataclass(frozen=True)
class Tightened:
    """The factors that one reading needs.

    terms: the terms of the right side; each: the factor of each, the others as they stand; whole: the factor
    of all together; pairs: of two terms in the proportions of `DIRECTIONS`, if there are two; short: for the
    factors of `each` and `whole`, what is proved at one or two rounds; breaks: the scalings that break the
    statement whatever its factors are, in sentences, and then there are no factors.
    """

    terms: tuple[Expr, ...]
    each: tuple[Factor, ...] = ()
    whole: Factor | None = None
    pairs: tuple[Factor, ...] = ()
    short: tuple[ShortProof | None, ...] = ()
    breaks: tuple[str, ...] = ()

    @property
    def false(self) -> bool:
        """Whether a scaling or a game breaks the statement as it stands."""
        return bool(self.breaks) or (self.whole is not None and (self.whole.lower or 0) >= 1)

    @property
    def evidence(self) -> bool:
        """Whether the statement applied to any game, or a scaling decides it."""
        return bool(self.breaks) or (self.whole is not None and self.whole.searched.evidence)


def tighten(
    theorem: Theorem,
    reading: str,
    recurrence: Recurrence,
    *,
    fixed: Mapping[str, Fraction] | None = None,
    dimensions: Sequence[int] = (1, 2),
    most_rounds: int = MOST_ROUNDS,
    evaluations: int = EVALUATIONS,
    seed: int = 0,
    progress: Callable[[str], SearchProgress] | None = None,
) -> Tightened:
    """Find the factors that the terms of a bound need.

    The arguments are those of `needed_factor`; `evaluations` is for each factor, and `progress` takes the
    name of a factor and gives the function for its search.

    Raises:
        ValueError: as `needed_factor`.
    """
    terms = terms_of(theorem, reading)
    breaks = breaking(theorem, recurrence).get(reading, ())
    if breaks:
        return Tightened(terms, breaks=breaks)

    def of(weights: tuple[int, ...]) -> Factor:
        name = "factors " + " : ".join(map(str, weights))
        return needed_factor(
            theorem, reading, recurrence, weights, fixed=fixed, dimensions=dimensions,
            most_rounds=most_rounds, evaluations=evaluations, seed=seed,
            progress=None if progress is None else progress(name),
        )  # fmt: skip

    whole = of((1,) * len(terms))
    alone = len(terms) == 1
    each = (
        (whole,)
        if alone
        else tuple(of(tuple(int(j == k) for j in range(len(terms)))) for k in range(len(terms)))
    )
    pairs = tuple(whole if pair == (1, 1) else of(pair) for pair in DIRECTIONS) if len(terms) == 2 else ()
    short = tuple(short_proof(theorem, reading, found) for found in (*each, whole))
    return Tightened(terms, each, whole, pairs, short)
