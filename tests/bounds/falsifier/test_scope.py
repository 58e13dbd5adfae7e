"""True statements that are meant for certain sets, starts and losses: spared, while false siblings fall.

Hedge on the simplex, lazy gradient descent in a ball, optimistic FTRL from the origin, and gradient descent
for strongly convex losses, which the search of linear losses must refuse.
"""

from dataclasses import replace
from fractions import Fraction as F

import pytest
from sympy import Integer, Rational, S, exp, log, sqrt, true

from bounds.certificates.certify import certify, excess_inside
from bounds.falsifier.search import falsify
from bounds.games import Counterexample, ExactBox, ExactSegment, LinearGame
from bounds.scope import OutOfScope, check_scope, in_every_round
from bounds.shrinker.shrink import shrink
from theory.parameters import ALPHA, Parameter, alpha
from theory.quantities import CumMax, CumSum, First, LossAt, MaxCoords, Norm2Squared, Prev, Regret, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.symbols import D_2, D, Scalar, T, Vector, d, df, f, g, t, x, z

BOOK = Source("hazan2016", "chapters 3 and 5")
MU = Parameter(Scalar("mu"), r"\mu", "the modulus", lower=0, lower_open=True, default=1.0)
mu = MU.symbol
total = Vector("total")
weight = x * exp(-alpha * g)

HEDGE = Recurrence("Hedge", BOOK, (ALPHA,), (), weight / SumCoords(weight), Integer(1))
LAZY = Recurrence("LazyOGD", BOOK, (ALPHA,), ((total, Prev(total) + g),), -alpha * total, Integer(1))
FTRL = Recurrence(
    "OptimisticFTRL", BOOK, (ALPHA,), ((total, Prev(total) + g),), -alpha * (total + g), Integer(1)
)
STRONG = Recurrence("StrongOGD", BOOK, (MU,), (), x - g / (mu * t), Integer(1))

CONVEX = Assumption("convex losses", Requires.CONVEX_LOSSES)
UNIT = (
    Assumption("losses at most 1", CumMax(MaxCoords(g)) <= 1),
    Assumption("losses at least 0", CumMax(MaxCoords(-g)) <= 0),
)
SIMPLEX = Assumption("X is the probability simplex", Requires.PROBABILITY_SIMPLEX)
UNIFORM = Assumption("x_1 is uniform", Requires.START_AT_CENTRE)
BALL = Assumption("X is a ball", Requires.BALL)
AROUND = Assumption("0 is in X", Requires.CONTAINS_ORIGIN)
FROM_0 = Assumption("x_1 = 0", Requires.START_AT_ORIGIN)
CENTRE = Assumption("x_1 is the centre of X", Requires.START_AT_CENTRE)
FROM_0_IN_NUMBERS = Assumption("x_1 = 0", First(Norm2Squared(x)) <= 0)
STRONGLY = Assumption("strongly convex losses", Requires.STRONGLY_CONVEX)
COMPACT = Assumption("X is compact", Requires.COMPACT_SET)


def theorem(name, algorithm, rhs, *assumptions, factor=1):
    """Regret <= factor * rhs."""
    reading = Reading("stated", Rational(factor) * rhs, "")
    return Theorem(
        f"book.{name}", name, BOOK, (algorithm.name,), Regret(S.One), (reading,), (CONVEX, *assumptions)
    )


def hedge(factor=1, assumptions=(SIMPLEX, UNIFORM, *UNIT)):
    """log d/alpha + alpha T/8 for losses in [0, 1]."""
    return theorem("hedge", HEDGE, log(d) / alpha + alpha * T / 8, *assumptions, factor=factor)


def lazy(factor=1, assumptions=(BALL, FROM_0, CENTRE)):
    """r^2/(2 alpha) + alpha/2 sum ||g_t||^2 in a ball of radius r = D_2/2 around x_1 = 0."""
    rhs = D_2**2 / (8 * alpha) + alpha / 2 * CumSum(Norm2Squared(g))
    return theorem("lazy", LAZY, rhs, *assumptions, factor=factor)


def ftrl(factor=1, assumptions=(COMPACT, FROM_0)):
    """D_2^2/(2 alpha) + alpha/2 sum ||g_t - g_{t-1}||^2 from x_1 = 0: the next gradient is guessed."""
    rhs = D_2**2 / (2 * alpha) + alpha / 2 * CumSum(Norm2Squared(g - Prev(g)))
    return theorem("ftrl", FTRL, rhs, *assumptions, factor=factor)


def strong(factor=1, assumptions=(COMPACT, STRONGLY)):
    """G^2 (1 + log T)/(2 mu) with steps 1/(mu t)."""
    rhs = CumMax(Norm2Squared(g)) * (1 + log(T)) / (2 * mu)
    return theorem("strong", STRONG, rhs, *assumptions, factor=factor)


def searched(theorem, algorithm, **options):
    """A search of short games."""
    return falsify(
        theorem, "stated", algorithm, **{"evaluations": 20_000, "horizons": (1, 2, 3), "seed": 1, **options}
    )


CASES = [
    # The factors are below the largest lhs/rhs: 0.849 (Hedge, T = 1), 1 (ball), 1/2 (FTRL on [-s, s]).
    (hedge, HEDGE, (SIMPLEX, UNIFORM, *UNIT), "4/5"),
    (lazy, LAZY, (BALL, FROM_0, CENTRE), "9/10"),
    (ftrl, FTRL, (COMPACT, FROM_0), "9/20"),
    (ftrl, FTRL, (COMPACT, FROM_0_IN_NUMBERS), "9/20"),
]
NAMES = ["hedge", "lazy", "ftrl", "ftrl, start in numbers"]


@pytest.mark.parametrize(("make", "algorithm", "assumptions", "factor"), CASES, ids=NAMES)
def test_true_statements_are_spared(make, algorithm, assumptions, factor) -> None:
    """Games inside the assumptions are played, and none of them violates."""
    found = searched(make(assumptions=assumptions), algorithm)
    assert not found.violated
    assert found.evidence
    assert found.ratio <= 1 + 1e-12  # a tie may lie above 1 by rounding


@pytest.mark.parametrize(("make", "algorithm", "assumptions", "factor"), CASES, ids=NAMES)
def test_false_siblings_fall_inside_the_assumptions(make, algorithm, assumptions, factor) -> None:
    """The same with a smaller right side is refuted, and the shrunk game is still one that is meant."""
    found = searched(make(factor, assumptions), algorithm)
    assert found.violated
    small = shrink(found.best).counterexample
    assert small.game.lacks(small.theorem) is None
    assert excess_inside(small) > 0
    if make is hedge:
        assert set(small.game.feasible.ends) == {(1, 0), (0, 1)}
        assert small.game.start == (F(1, 2), F(1, 2))
        assert all(0 <= u <= 1 for row in small.game.rows for u in row)
    else:
        assert not any(small.game.start)
    if make is lazy:
        assert small.game.dimension == 1
        low, high = small.game.feasible.ends
        assert low[0] == -high[0]


def test_strongly_convex_losses_need_their_modulus() -> None:
    """With mu in the algorithm the true bound survives, a smaller one falls; without it nothing is said."""
    true = searched(strong(), STRONG)
    assert not true.violated
    assert true.evidence
    assert searched(strong("9/10"), STRONG).violated
    with pytest.raises(OutOfScope, match="asks that every loss is strongly convex"):
        searched(lazy("1/100", (COMPACT, STRONGLY)), LAZY)


def test_without_its_set_or_start_a_statement_is_another_one() -> None:
    """The controls: what the assumptions keep out does violate."""
    assert searched(lazy(assumptions=(BALL,)), LAZY).violated
    assert searched(hedge(assumptions=(SIMPLEX, UNIFORM)), HEDGE, evaluations=60_000).violated


@pytest.mark.parametrize(
    ("assumptions", "words"),
    [
        ((), "does not say for which sets"),
        ((Assumption("X is the simplex", true),), "only words"),
        ((Assumption("X is the simplex", True),), "only words"),
        ((COMPACT, Assumption("x_1 = 0", true)), "'x_1 = 0' of `book.hedge` is only words"),
        (
            (COMPACT, Assumption("smooth", Requires.SELF_BOUNDED)),
            "this search plays linear losses over boxes",
        ),
        ((COMPACT, Assumption("exp-concave", Requires.EXP_CONCAVE)), "exp"),
        ((COMPACT, Assumption("nonnegative", Requires.NONNEGATIVE_LOSSES)), "no loss takes a negative value"),
        ((Assumption("no set", Requires.UNCONSTRAINED),), "no projection takes place; this search plays"),
    ],
)
def test_what_no_game_has_is_refused(assumptions, words) -> None:
    """One sentence names the assumption."""
    with pytest.raises(OutOfScope, match=words):
        searched(hedge(assumptions=assumptions), HEDGE)


@pytest.mark.parametrize("assumptions", [(), (COMPACT, Assumption("x_1 = 0", true))])
def test_nothing_is_certified_of_what_is_not_said(assumptions) -> None:
    """A file holds formulas alone, so that words would be lost in it; said as objects it is written."""
    game = LinearGame.cyclic(LAZY, {"alpha": 1}, ExactBox((-1,), (1,)), (1,), ((1,),), 1)
    with pytest.raises(OutOfScope, match=r"for which sets|only words"):
        certify(Counterexample(lazy(assumptions=assumptions), "stated", game))
    assert certify(Counterexample(lazy(assumptions=(COMPACT,)), "stated", game))


def test_the_simplex_is_not_searched_on_other_sets() -> None:
    """A kind of set that is asked for by name must be one of the statement's."""
    for kind in ("box", "segment"):
        with pytest.raises(OutOfScope, match="asks that X is the probability simplex"):
            searched(hedge(), HEDGE, set_kind=kind)
    with pytest.raises(ValueError, match="a simplex 2 <= d <= 5"):
        searched(hedge(), HEDGE, dimensions=(1, 6))
    with pytest.raises(ValueError, match="a ball needs d = 1"):
        searched(lazy(), LAZY, dimensions=(2,), set_kind="box")


HERE = LinearGame.cyclic(LAZY, {"alpha": 1}, ExactBox((-1,), (1,)), (0,), ((1,),), 1)
THERE = LinearGame.cyclic(LAZY, {"alpha": 1}, ExactSegment((1, 0), (0, 1)), ("1/2", "1/2"), ((1, 0),), 1)
SQUARE = LinearGame.cyclic(LAZY, {"alpha": 1}, ExactBox((1, 1), (2, 2)), (1, 1), ((1, 0),), 1)


@pytest.mark.parametrize(
    ("game", "has"),
    [
        (HERE, {"SEPARABLE_SET", "BALL", "CONTAINS_ORIGIN", "START_AT_ORIGIN", "START_AT_CENTRE"}),
        (THERE, {"PROBABILITY_SIMPLEX", "START_AT_CENTRE"}),
        (SQUARE, {"SEPARABLE_SET"}),
    ],
)
def test_what_an_exact_game_has(game, has) -> None:
    """Decided in rationals; every linear game is convex and compact; what is not decided is not there."""
    found = {r.name for r in Requires if game.lacks(lazy(assumptions=(Assumption("", r),))) is None}
    assert found == has | {"CONVEX_LOSSES", "COMPACT_SET"}


def test_conditions_are_asked_of_every_round() -> None:
    """A first gradient of 5 breaks ||g_t||^2 <= 1, whatever the last one is."""
    small = Assumption("small gradients", Norm2Squared(g) <= 1)
    loud = LinearGame.cyclic(LAZY, {"alpha": 1}, ExactBox((-1,), (1,)), (0,), ((5,), ("1/2",)), 2)
    quiet = LinearGame.cyclic(LAZY, {"alpha": 1}, ExactBox((-1,), (1,)), (0,), ((1,), ("1/2",)), 2)
    stated = lazy("1/10", (COMPACT, small))
    assert excess_inside(Counterexample(stated, "stated", quiet)) > 0
    assert excess_inside(Counterexample(stated, "stated", loud)) == -float("inf")
    assert excess_inside(Counterexample(lazy("1/10", (COMPACT,)), "stated", loud)) > 0
    found = searched(stated, LAZY, horizons=(4,), evaluations=6000)
    small_game = shrink(found.best).counterexample.game
    assert found.violated
    assert all(abs(u) <= 1 for row in (*found.best.game.rows, *small_game.rows) for u in row)


@pytest.mark.parametrize(
    ("condition", "lasting"),
    [
        (alpha < 1, alpha < 1),
        (CumMax(MaxCoords(g)) <= 1, CumMax(MaxCoords(g)) <= 1),
        (Norm2Squared(g) < 1, CumMax(Norm2Squared(g) - 1) < 0),
        (Norm2Squared(g) >= 1, CumMax(1 - Norm2Squared(g)) <= 0),
        (alpha * t <= 1, CumMax(alpha * t - 1) <= 0),
        (alpha * T <= 1, alpha * T <= 1),
        (CumMax(MaxCoords(g)) <= T, CumMax(MaxCoords(g)) <= T),
    ],
)
def test_a_condition_lasts(condition, lasting) -> None:
    """What changes from round to round is bounded by its largest value; constants and maxima stay."""
    made = in_every_round(lazy(assumptions=(Assumption("", condition),)))
    assert made.assumptions[-1].condition == lasting


def test_the_number_of_rounds_is_that_of_the_game() -> None:
    """T >= 2 spares games of one round only; a statement that is false at T = 1 alone is not refuted."""
    later = lazy("1/10", (COMPACT, Assumption("T >= 2", T >= 2)))
    found = searched(later, LAZY, horizons=(1, 2))
    assert found.violated
    assert found.horizon == 2
    assert not searched(later, LAZY, horizons=(1,)).evidence
    limited = lazy("1/10", (COMPACT, Assumption("a short game", alpha * sqrt(T) <= D)))
    small = searched(limited, LAZY).best
    assert excess_inside(small) > 0
    (lower, upper), steps = small.game.feasible.ends, small.game.parameters["alpha"]
    assert steps**2 * small.game.horizon <= max(b - a for a, b in zip(lower, upper, strict=True)) ** 2


def test_a_condition_that_is_no_relation_is_refused() -> None:
    """Anything but an order between two numbers has no meaning here."""
    with pytest.raises(OutOfScope, match="must be a relation"):
        in_every_round(lazy(assumptions=(Assumption("", (alpha < 1) | (alpha > 2)),)))


def test_every_property_is_said_to_be_there_or_not() -> None:
    """With all properties shown nothing is refused: the refusals above come from what is missing."""
    for asked in Requires:
        check_scope(hedge(assumptions=(COMPACT, Assumption("", asked))), frozenset(Requires), "nothing")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"point": x - alpha * f * g}, r"the loss f_t\(x_t\) in the algorithm"),
        ({"rhs": CumSum(f)}, r"the loss f_t\(x_t\) in the statement"),
        ({"rhs": CumSum(LossAt(x - g))}, "LossAt"),
        ({"rhs": CumSum(SumCoords(g * (x - z)))}, "a fixed point z in the statement"),
        (
            {"rhs": Scalar("sigma") + T * Scalar("rho")},
            "the constant rho in the statement, the constant sigma",
        ),
        ({"rhs": CumSum(Norm2Squared(df))}, "write g"),
    ],
)
def test_what_no_linear_game_gives_is_listed(change, words) -> None:
    """f in the algorithm, a comparator beside a regret, given constants: one sentence, no search."""
    algorithm = replace(
        LAZY, point=change.get("point", LAZY.point), steps=() if "point" in change else LAZY.steps
    )
    stated = theorem("own", LAZY, change.get("rhs", T), COMPACT)
    with pytest.raises(OutOfScope, match=words):
        searched(stated, algorithm)
