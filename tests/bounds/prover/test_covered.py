"""What an answer about linear losses covers: said where they stand for all convex ones, refused elsewhere."""

from dataclasses import replace

import pytest
from sympy import Integer, Rational, S, sqrt

from bounds.prover.covered import BY_LINEARISATION, GRADIENTS_ALONE, losses_covered
from bounds.prover.outcome import ProofOutcome
from bounds.prover.prove import prove
from bounds.scope import OutOfScope
from theory.algorithms.adal import ADAL_R2
from theory.algorithms.sgd import SGD
from theory.parameters import alpha
from theory.quantities import CumMax, CumSum, Dot, First, LossAt, Norm1, Norm2Squared, Prev, Regret, SumCoords
from theory.recurrence import Recurrence
from theory.statement import Assumption, Reading, Requires
from theory.symbols import T, Vector, f, g, x, z
from theory.theorems.ogd import SQRT
from theory.theorems.realisable import AVERAGED, BY_ROOT
from theory.theorems.registry import theorems
from theory.theorems.repaired import R

ONE = {"alpha": 1}
NINE = Integer(9)
READS_THE_LOSS = replace(SGD, name="reads f", point=x - alpha * f * g)
READS_ANOTHER = replace(SGD, name="reads f at x + g", point=x - alpha * LossAt(x + g) * g)
total = Vector("total")
LAZY = Recurrence("lazy", SGD.source, SGD.parameters, ((total, Prev(total) + g),), -alpha * total, S.One)


def stated(rhs=NINE, *, lhs=SQRT.lhs, extra=()):
    """A statement about gradient descent on a compact set."""
    return replace(SQRT, lhs=lhs, readings=(Reading("r", rhs, ""),), assumptions=(*SQRT.assumptions, *extra))


def condition(relation):
    """A statement that asks for a relation."""
    return stated(extra=(Assumption("asked", relation),))


@pytest.mark.parametrize("recurrence", [READS_THE_LOSS, READS_ANOTHER])
def test_an_algorithm_that_reads_the_loss_is_refused(recurrence) -> None:
    """Its points change with f_t(x_t), so that linear losses do not stand for the others."""
    with pytest.raises(OutOfScope, match=r"reads f_t\(x_t\): linear losses do not stand for all convex ones"):
        prove(SQRT.asked_of(recurrence.name), "stated", recurrence, horizon=1, parameters=ONE)


GAP = f - LossAt(z)


@pytest.mark.parametrize(
    ("theorem", "covered"),
    [
        (stated(), BY_LINEARISATION),
        (stated(lhs=Regret(Norm1(g)) / T), BY_LINEARISATION),
        (stated(lhs=CumSum(GAP)), BY_LINEARISATION),
        (stated(lhs=CumSum(2 * GAP) + CumMax(GAP)), BY_LINEARISATION),
        (condition(CumMax(-GAP) <= 0), BY_LINEARISATION),
        (condition(CumMax(GAP) >= 0), BY_LINEARISATION),
        (stated(lhs=CumSum(Dot(g, x - z))), GRADIENTS_ALONE),
    ],
)
def test_what_grows_with_the_regret_is_covered(theorem, covered) -> None:
    """Regret, f_t(x_t) - f_t(z) on the left side, and conditions that the linear game keeps."""
    assert losses_covered(theorem, "r", SGD) == covered


@pytest.mark.parametrize(
    ("theorem", "words"),
    [
        (stated(CumSum(f)), r"reads the losses in CumSum\(f\)"),
        (stated(CumSum(GAP)), "reads the losses"),
        (stated(lhs=CumSum(f)), "reads the losses"),
        (stated(lhs=CumSum(-GAP)), "reads the losses"),
        (stated(lhs=CumSum(GAP**2)), "reads the losses"),
        (stated(lhs=CumSum(f * GAP)), "reads the losses"),
        (stated(lhs=CumSum(f - LossAt(x - g))), "reads the losses"),
        (stated(lhs=CumSum(f - 2 * LossAt(z))), "reads the losses"),
        (stated(lhs=Regret(S.One) + CumSum(f)), "reads the losses"),
        (stated(lhs=Regret(SumCoords(g))), "weighs its regret"),
        (stated(lhs=Regret(f**2)), "weighs its regret"),
        (condition(CumMax(GAP) <= 1), "reads the losses"),
        (condition(CumMax(f) <= 1), "reads the losses"),
    ],
)
def test_any_other_use_of_the_losses_is_refused(theorem, words) -> None:
    """Where a convex game may satisfy what its linear one does not, nothing is said."""
    with pytest.raises(OutOfScope, match=words):
        losses_covered(theorem, "r", SGD)


def test_every_regret_theorem_of_the_package_is_covered() -> None:
    """None of them is lost, and those about one smooth f are refused."""
    for theorem in theorems().values():
        if theorem.lhs.has(Regret) and theorem.lhs.could_extract_minus_sign():  # a lower bound of the regret
            with pytest.raises(OutOfScope, match="reads the losses"):
                losses_covered(theorem, theorem.readings[0].key, SGD)
        elif theorem.lhs.has(Regret) or theorem.id in {BY_ROOT.id, "repaired.realisable_smallest"}:
            assert losses_covered(theorem, theorem.readings[0].key, SGD) == BY_LINEARISATION
    with pytest.raises(OutOfScope, match="reads the losses"):
        losses_covered(AVERAGED, "D", ADAL_R2)


def test_the_sentence_names_what_is_covered() -> None:
    """Set, gradients, starts, comparators, parameters and losses."""
    said = prove(SQRT, "stated", SGD, horizon=1, parameters=ONE).sentence
    for part in ("X = [-1, 1]", "|g_t,i| <= 1", "every x_1", "alpha = 1", "every z in X", BY_LINEARISATION):
        assert part in said
    beta = {"alpha": "1/10", "beta1": "1/2", "beta2": "9/10"}
    assert BY_LINEARISATION in prove(R, "D", ADAL_R2, horizon=1, parameters=beta).sentence


AT_0 = Assumption("x_1 = 0", Requires.START_AT_ORIGIN)
MIDDLE = Assumption("x_1 is the centre", Requires.START_AT_CENTRE)
BALL = Assumption("X is a ball", Requires.BALL)
BOUND = Rational(1, 2) / alpha + alpha / 2 * CumSum(Norm2Squared(g))
"""r^2/(2 alpha) + alpha/2 sum ||g_t||^2 for r = 1."""


def lazy(*assumptions):
    """Lazy gradient descent on [-1, 1]: true from 0, false from elsewhere."""
    return replace(stated(BOUND, extra=assumptions), algorithms=("lazy",))


def test_a_start_that_is_asked_for_is_kept() -> None:
    """The statement is proved from 0, though it is false from 1."""
    ask = {"horizon": 2, "parameters": {"alpha": "1/4"}, "budget": 20_000}
    found = prove(lazy(BALL, AT_0), "r", LAZY, **ask)
    assert found.outcome is ProofOutcome.PROVED
    assert "x_1 = 0" in found.region
    assert prove(lazy(MIDDLE), "r", LAZY, **ask).outcome is ProofOutcome.PROVED
    assert prove(lazy(), "r", LAZY, **ask).outcome is ProofOutcome.COUNTEREXAMPLE


@pytest.mark.parametrize(
    ("assumption", "where", "words"),
    [
        (AT_0, {"start": (1,)}, "x_1 is the origin"),
        (AT_0, {"lower": 1, "upper": 2}, "x_1 is the origin"),
        (MIDDLE, {"start": (1,)}, "x_1 is the centre"),
        (BALL, {"dimension": 2}, "X is an l2 ball"),
        (Assumption("", Requires.CONTAINS_ORIGIN), {"lower": 1, "upper": 2}, "X contains the origin"),
        (Assumption("", Requires.PROBABILITY_SIMPLEX), {"upper": 2}, "the probability simplex"),
        (Assumption("", Requires.STRONGLY_CONVEX), {}, "strongly convex"),
        (Assumption("x_1 = 0", True), {}, "only words"),
    ],
)
def test_a_region_that_is_not_meant_is_refused(assumption, where, words) -> None:
    """One sentence with the assumption and the region."""
    with pytest.raises(OutOfScope, match=words):
        prove(lazy(assumption), "r", LAZY, horizon=1, parameters=ONE, **where)


def test_a_regret_without_a_set_is_refused() -> None:
    """For which sets is part of the statement."""
    bare = replace(SQRT, assumptions=(Assumption("convex", Requires.CONVEX_LOSSES),))
    with pytest.raises(OutOfScope, match="does not say for which sets"):
        prove(bare, "stated", SGD, horizon=1, parameters=ONE)


def test_conditions_of_earlier_rounds_bound_the_region() -> None:
    """Small first gradients, asked in every round: a large one in round 1 is no counterexample at T = 2."""
    half = stated(sqrt(2) * Rational(3, 2), extra=(Assumption("small", Norm1(g) <= Rational(1, 4)),))
    found = prove(half, "r", SGD, horizon=2, parameters={"alpha": "1/10"})
    assert found.outcome is ProofOutcome.PROVED
    first = stated(sqrt(2) * Rational(3, 2), extra=(Assumption("small", First(Norm1(g)) <= Rational(1, 4)),))
    assert (
        prove(first, "r", SGD, horizon=2, parameters={"alpha": "1/10"}).outcome is ProofOutcome.COUNTEREXAMPLE
    )
