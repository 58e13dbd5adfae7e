"""The factors that the terms of a bound need, against factors that are known exactly."""

from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Rational

from bounds.certificates.binding import Bound, bind
from bounds.certificates.certify import certify, excess_inside
from bounds.tightener.factors import lowered, needed_factor, rounded_down, scaled, terms_of
from bounds.tightener.short import short_proof
from theory.algorithms.adagrad import ADAGRAD_NO_EPS
from theory.algorithms.adal import ADAL
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.sgd import SGD
from theory.statement import Reading, Status, Theorem
from theory.theorems.adagrad import DIAGONAL
from theory.theorems.adal import THEOREM2
from theory.theorems.amsgrad import ALACAOGLU, SHARP
from theory.theorems.ogd import SQRT

GAMES = 20_000
SMALL = {"dimensions": (1,), "most_rounds": 2, "evaluations": GAMES}
ONE = Fraction(999, 1000)
"""The largest decimal of three digits below 1, the value of a factor that is exactly 1."""


@pytest.mark.parametrize("weights", [(1, 0), (0, 1), (1, 1)])
def test_gradient_descent_needs_every_factor_in_one_round(weights: tuple[int, int]) -> None:
    """In round 1 both sides are equal at G = D/alpha, so no factor may be below 1."""
    found = needed_factor(SQRT, "stated", SGD, weights, **SMALL)
    assert found.lower == ONE
    assert found.upper == 1
    assert found.shown is not None
    assert found.shown.game.horizon == 1


@pytest.mark.parametrize("weights", [(1, 0), pytest.param((0, 1), marks=pytest.mark.slow)])
def test_the_sharp_constants_of_amsgrad_are_needed(weights: tuple[int, int]) -> None:
    """At beta1 = 0 and T = 1 the sharp bound is an equality for some step."""
    found = needed_factor(SHARP, "stated", AMSGRAD, weights, **SMALL)
    assert found.lower == ONE


def test_the_published_constants_of_amsgrad_can_be_lowered() -> None:
    """In one round the published bound is loose by sqrt(1/2) at least, the known value."""
    found = needed_factor(ALACAOGLU, "stated", AMSGRAD, (1, 1), **SMALL)
    assert found.lower == Fraction(707, 1000)


def test_two_terms_trade_off() -> None:
    """In one round c1 D^2/(2 a) + c2 a G^2/2 may be D G sqrt(c1 c2), so that c1 c2 < 1 is too small."""
    found = needed_factor(SQRT, "stated", SGD, (4, 1), **SMALL)
    assert found.factors is not None
    first, second = found.factors
    assert first == 4 * second
    assert 0.99 < first * second < 1


def test_a_doubled_term_needs_half_the_factor() -> None:
    """A factor does not depend on how a term is written, so twice the term needs half of it."""
    first, second = terms_of(SQRT, "stated")
    doubled = replace(
        SQRT, readings=(Reading("stated", 2 * first + second, "doubled"),), status=Status.PRINTED
    )
    found = needed_factor(doubled, "stated", SGD, (1, 0), **SMALL)
    assert found.lower == Fraction(499, 1000)
    assert found.upper is None


def test_a_false_bound_needs_more_than_it_has() -> None:
    """A third of the bound needs the factor 3, and nothing is known from above."""
    third = Reading("stated", SQRT.reading("stated").rhs / 3, "too small")
    found = needed_factor(
        replace(SQRT, readings=(third,), status=Status.FALSE), "stated", SGD, (1, 1), **SMALL
    )
    assert found.lower == Fraction(299, 100)
    assert found.upper is None


def test_the_certificate_states_the_lowered_bound() -> None:
    """The file is an ordinary certificate of a statement that the package does not have."""
    found = needed_factor(DIAGONAL, "D", ADAGRAD_NO_EPS, (1, 1), **SMALL)
    assert found.shown is not None
    assert bind(certify(found.shown)).bound is Bound.FOREIGN


def test_the_next_decimal_is_not_shown_by_the_same_game() -> None:
    """The control: the game of a factor does not violate the bound as it stands."""
    found = needed_factor(SQRT, "stated", SGD, (1, 0), **SMALL)
    assert found.shown is not None
    whole = lowered(SQRT, "stated", (Fraction(1), Fraction(1)))
    assert excess_inside(found.shown) > 0
    assert excess_inside(replace(found.shown, theorem=whole)) <= 0


def test_another_algorithm_has_no_proof() -> None:
    """A statement asked of an algorithm that its proof is not about has no upper end."""
    asked: Theorem = ALACAOGLU.asked_of(ADAGRAD_NO_EPS)
    assert asked.status is Status.PRINTED
    found = needed_factor(SQRT.asked_of(SGD), "stated", SGD, (1, 1), **SMALL)
    assert found.upper is None


def test_descents_have_factors() -> None:
    """The derived statement is searched among descents where the left side measures gradients."""
    found = needed_factor(
        THEOREM2, "sqrtT", ADAL, (1, 1, 1, 1), dimensions=(1,), most_rounds=2, evaluations=2000
    )
    assert found.lower is not None
    assert found.upper is None


def test_a_short_proof_is_for_its_horizons_only() -> None:
    """One round of AdaGrad needs half of a term, and one per cent more is proved for T = 1."""
    found = needed_factor(DIAGONAL, "D", ADAGRAD_NO_EPS, (0, 1), **{**SMALL, "most_rounds": 1})
    proof = short_proof(DIAGONAL, "D", found)
    assert proof is not None
    assert Fraction(1, 2) < proof.factor <= Fraction(51, 100)
    assert 1 in proof.horizons
    assert "T = 1" in proof.sentence


def test_no_short_proof_of_what_is_proved_for_all_games() -> None:
    """Where the factor 1 is needed and proved, no proof at one round adds anything."""
    found = needed_factor(SQRT, "stated", SGD, (1, 1), **SMALL)
    assert short_proof(SQRT, "stated", found) is None


@pytest.mark.parametrize("weights", [(1,), (0, 0), (1, -1), (1, 1, 1)])
def test_weights_that_do_not_fit_are_refused(weights: tuple[int, ...]) -> None:
    """One weight for each term, none negative, one positive."""
    with pytest.raises(ValueError, match="`weights`"):
        needed_factor(SQRT, "stated", SGD, weights)


@pytest.mark.parametrize(
    ("value", "below"),
    [
        (Fraction(1), "999/1000"),
        (Fraction(7), "699/100"),
        (Fraction(1, 3), "333/1000"),
        (Fraction(98765), "98700"),
        (Fraction(1001, 10), "100"),
    ],
)
def test_rounding_down_is_strict(value: Fraction, below: str) -> None:
    """A decimal of three digits, strictly smaller."""
    assert rounded_down(value) == Fraction(below)


def test_terms_have_the_prefactor() -> None:
    """The terms add up to the right side."""
    for theorem, key in ((SQRT, "stated"), (THEOREM2, "sqrtT"), (DIAGONAL, "D")):
        difference = sum(terms_of(theorem, key)) - theorem.reading(key).rhs
        assert difference.expand() == 0
    assert scaled((Fraction(0), Fraction(2)), Fraction(3)) == (1, 6)
    assert lowered(SQRT, "stated", (Fraction(1, 2), Fraction(1))).readings[0].rhs.has(Rational(1, 4))
