"""Sets and starts of a search: over each kind what is true survives and what is false falls."""

from dataclasses import replace
from fractions import Fraction as F

import pytest
from sympy import Rational

from bounds.certificates.certify import certain_sides, certify
from bounds.certificates.checker import ReplayOutcome, check_certificate
from bounds.falsifier.search import falsify
from bounds.falsifier.sets.ball import Balls
from bounds.falsifier.sets.box import Boxes
from bounds.falsifier.sets.registry import searched_sets
from bounds.games import ExactBall, ExactBox, ExactL1Ball, ExactPolytope, ExactSegment, ExactSimplex
from bounds.scope import OutOfScope
from bounds.shrinker.shrink import shrink
from independent.replay import confirms
from theory.algorithms.adal import ADAL, ADAL_R1
from theory.algorithms.sgd import SGD
from theory.quantities import CumMax, Norm2Squared
from theory.statement import Assumption, Reading, Requires
from theory.symbols import D_2, D, g
from theory.theorems.adal import THEOREM1
from theory.theorems.experts import EXPONENTIAL, HEDGE
from theory.theorems.hazan import OGD_STRONG, THEOREM3_3
from theory.theorems.ogd import SQRT
from theory.theorems.repaired import R

KINDS = [("simplex", 3), ("simplex", 5), ("l2", 2), ("l2", 5), ("l1", 2), ("l1", 5), ("polytope", 2)]
IDS = [f"{kind}:{d}" for kind, d in KINDS]


def with_factor(theorem, factor):
    """The statement with its right sides times a factor."""
    readings = tuple(replace(r, rhs=Rational(factor) * r.rhs) for r in theorem.readings)
    return replace(theorem, readings=readings)


def searched(theorem, recurrence=SGD, reading="stated", **options):
    """A search of short games."""
    given = {"evaluations": 60_000, "horizons": (1, 2, 4), **options}
    return falsify(theorem, reading, recurrence, **given)


@pytest.mark.parametrize(("kind", "d"), KINDS, ids=IDS)
def test_a_true_bound_survives_and_a_smaller_one_falls(kind: str, d: int) -> None:
    """OGD's bound is attained in one round over each kind of set; 99/100 of it is refuted, exactly."""
    options = {"set_kind": kind, "dimensions": (d,)}
    true = searched(SQRT, **options)
    assert not true.violated
    assert true.evidence
    assert 0.99 < true.ratio <= 1 + 1e-12  # a tie may lie above 1 by rounding
    found = searched(with_factor(SQRT, "99/100"), **options)
    assert found.violated
    assert found.dimension == d
    assert certain_sides(found.best)[0] > certain_sides(found.best)[1]


@pytest.mark.parametrize(("kind", "d"), [("simplex", 3), ("l2", 2), ("l1", 2), ("l1", 3), ("polytope", 2)])
def test_what_falls_is_certified(kind: str, d: int) -> None:
    """By the checker and by the independent replay, over the set that was asked for."""
    found = searched(with_factor(SQRT, "9/10"), set_kind=kind, dimensions=(d,), evaluations=30_000)
    small = shrink(found.best, hold=frozenset({"dimension"}), calls=200).counterexample
    assert small.game.dimension == d
    raw = certify(small)
    assert check_certificate(raw).outcome is ReplayOutcome.CERTIFIED
    assert confirms(raw)


def test_hedge_is_searched_on_every_simplex() -> None:
    """Dimensions above 2 with the sharp constant: true, and false with 4/5 of it, from the uniform point."""
    for d in (2, 3, 5):
        true = searched(HEDGE, EXPONENTIAL, "sharp", dimensions=(d,), evaluations=20_000)
        assert true.evidence
        assert not true.violated
    found = searched(with_factor(HEDGE, "4/5"), EXPONENTIAL, "sharp", dimensions=(3,))
    assert found.violated
    assert found.best.game.feasible == ExactSimplex(3)
    assert found.best.game.start == (F(1, 3),) * 3


@pytest.mark.parametrize("kind", ["simplex", "l2", "l1", "polytope"])
def test_strongly_convex_losses_are_confirmed_over_every_kind(kind: str) -> None:
    """G^2 (1 + log T)/(2 mu) is attained; 9/10 of it falls with a comparator inside the set."""
    options = {"set_kind": kind, "dimensions": (2,), "horizons": (1, 2)}
    assert not searched(THEOREM3_3, OGD_STRONG, **options).violated
    assert searched(with_factor(THEOREM3_3, "9/10"), OGD_STRONG, **options).violated


def worst(least: F):
    """Regret at most a number on sets of diameter 1 with gradients of length 1."""
    small = Assumption("D_2 <= 1", D_2 <= 1), Assumption("||g|| <= 1", CumMax(Norm2Squared(g)) <= 1)
    bound = Reading("stated", Rational(least.numerator, least.denominator), "")
    return replace(SQRT, id="worst.case", readings=(bound,), assumptions=(*SQRT.assumptions, *small))


def test_the_worst_case_of_two_rounds_needs_a_triangle() -> None:
    """With steps 1/sqrt(t) it is 3/2 (by semidefinite programming); boxes reach sqrt(2) only."""
    options = {"fixed": {"alpha": F(1)}, "horizon": 2, "horizons": None, "evaluations": 60_000}
    found = searched(worst(F(1499, 1000)), set_kind="polytope", dimensions=(2,), **options)
    assert found.violated
    assert not searched(worst(F(15001, 10000)), set_kind="polytope", dimensions=(2,), **options).violated
    boxes = searched(worst(F(1499, 1000)), set_kind="box", dimensions=(1, 2), **options)
    assert boxes.ratio * 1.499 == pytest.approx(2**0.5, abs=1e-3)


GIVEN = [
    ExactBox((1, 2), (2, 5)),
    ExactSegment((1, 2), (2, 5)),
    ExactSimplex(3, 2),
    ExactBall((3, 1), 2),
    ExactL1Ball((0, 0), F(3, 2)),
    ExactPolytope(((0, 0), (2, 0), (2, 1), (0, 1))),
]


@pytest.mark.parametrize("feasible", GIVEN, ids=lambda feasible: feasible.kind)
def test_one_given_set_and_start_are_kept(feasible) -> None:
    """Every game is played over it, from the start, and its bound is as true as over others."""
    start = feasible.extreme_points()[0]
    true = searched(SQRT, feasible=feasible, start=start, evaluations=20_000)
    assert not true.violated
    assert true.ratio <= 1 + 1e-12
    assert (true.best.game.feasible, true.best.game.start) == (feasible, start)
    found = searched(with_factor(SQRT, "1/2"), feasible=feasible, start=start, evaluations=20_000)
    assert found.violated
    small = shrink(found.best, hold=frozenset({"feasible", "start"}), calls=100).counterexample
    assert (small.game.feasible, small.game.start) == (feasible, start)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"start": (1, 0)}, "give that set too"),
        ({"feasible": ExactSimplex(2), "start": (1, 1)}, "not a point of"),
        ({"feasible": ExactSimplex(2), "set_kind": "box"}, "exclude each other"),
        ({"feasible": "simplex"}, "must be an exact set"),
        ({"feasible": ExactPolytope(tuple((k, k * k) for k in range(6)))}, "a search plays at most"),
        ({"feasible": ExactL1Ball((1, 0), 1)}, "an l1 ball around 0"),
        ({"set_kind": "simplex", "dimensions": (6,)}, "a simplex 2 <= d <= 5"),
    ],
)
def test_sets_and_starts_that_do_not_fit_are_refused(options, words) -> None:
    """One sentence names the argument."""
    with pytest.raises(ValueError, match=words):
        searched(SQRT, **options)


def test_a_start_that_a_statement_asks_for_is_kept() -> None:
    """The centre of a given set is taken, and another start contradicts the statement."""
    centre = replace(SQRT, assumptions=(*SQRT.assumptions, Assumption("", Requires.START_AT_CENTRE)))
    ball = ExactBall((3, 1), 2)
    assert searched(centre, feasible=ball, evaluations=3000).best.game.start == (3, 1)
    with pytest.raises(ValueError, match="contradicts the statement"):
        searched(centre, feasible=ball, start=(5, 1))
    around = replace(SQRT, assumptions=(Assumption("", Requires.CONTAINS_ORIGIN),))
    with pytest.raises(OutOfScope, match="contains the origin"):
        searched(around, feasible=ball)


def test_a_metric_that_differs_between_coordinates_is_searched_over_balls() -> None:
    """AdaL's theorem falls, certified and confirmed by the independent replay; the repaired one stands."""
    options = {"set_kind": "l2", "dimensions": (2,), "horizons": (2,), "evaluations": 2000}
    assert not searched(R, ADAL_R1, "D", **options).violated
    found = searched(THEOREM1, ADAL, "C", **options)
    assert found.violated
    assert confirms(certify(found.best))


def test_balls_are_searched_where_a_statement_asks_for_them() -> None:
    """Beside intervals, for every metric."""
    asked = {Requires.BALL, Requires.CONVEX_LOSSES}
    assert searched_sets(None, asked) == [Boxes(), Balls()]
    assert not Boxes().fits(2, asked)


@pytest.mark.parametrize("kind", ["simplex", "l2", "l1", "polytope"])
def test_a_diameter_is_kept_by_every_kind(kind: str) -> None:
    """D <= 1/2 holds for what is found."""
    limited = replace(SQRT, assumptions=(*SQRT.assumptions, Assumption("", Rational(1, 2) >= D)))
    found = searched(with_factor(limited, "1/2"), set_kind=kind, dimensions=(2,), evaluations=5000)
    assert found.violated
    columns = zip(*found.best.game.extreme_points(), strict=True)
    assert max(max(c) - min(c) for c in columns) <= F(1, 2)


@pytest.mark.parametrize("kind", ["simplex", "l2", "l1", "polytope"])
def test_a_seed_gives_one_game(kind: str) -> None:
    """The same games for the same seed and number."""
    options = {"set_kind": kind, "dimensions": (2,), "evaluations": 3000, "seed": 7}
    assert searched(SQRT, **options).best == searched(SQRT, **options).best
