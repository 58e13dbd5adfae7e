"""Composite terms: the laws of each, and what is refused when one is built or put into a step."""

from dataclasses import replace

import pytest
from sympy import Abs, Float, Rational, Symbol

from theory.algorithms.adagrad import ADAGRAD_NO_EPS
from theory.algorithms.conformance import check_recurrence
from theory.algorithms.sgd import SGD_CONSTANT
from theory.composites.composite import DUAL, METRIC, WEIGHT
from theory.composites.conformance import CompositeError, check_composite
from theory.composites.l1 import L1, lam
from theory.composites.registry import composites
from theory.composites.squared_l2 import SQUARED_L2
from theory.parameters import ALPHA, alpha
from theory.proximal_step import dual, proximal
from theory.quantities import SumCoords
from theory.symbols import g, t, x, z

ALL = pytest.mark.parametrize("phi", composites(), ids=lambda phi: phi.name)


def test_every_file_is_found():
    """Both terms of the package."""
    assert {L1, SQUARED_L2} <= set(composites())


@ALL
def test_every_term_keeps_its_contract(phi):
    """The minimiser minimises, and so does its projection where that is promised."""
    check_composite(phi)


@ALL
@pytest.mark.parametrize("algorithm", [SGD_CONSTANT, ADAGRAD_NO_EPS], ids=lambda r: r.name)
def test_every_term_makes_a_step(phi, algorithm):
    """A recurrence like any other, with a scalar metric and with a vector that may be 0."""
    check_recurrence(proximal(algorithm, phi, weight=alpha))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"minimiser": L1.minimiser.xreplace({lam: 2 * lam})}, "is better by"),
        ({"minimiser": DUAL / (METRIC + WEIGHT)}, "is better by"),
        ({"boxes_only": False}, "not a projection"),
    ],
    ids=["twice the threshold", "another term's", "any set"],
)
def test_a_wrong_term_is_found(change, words):
    """Must-fail controls: another minimiser, and the promise that soft thresholding suits every set."""
    with pytest.raises(CompositeError, match=words):
        check_composite(replace(L1, **change))


def test_which_terms_scale_with_the_point():
    """Both-sided and one-sided lengths do, squares and a constant beside them do not."""
    assert L1.homogeneous
    assert not SQUARED_L2.homogeneous
    assert replace(L1, term=lam * (Abs(x) + 2 * x)).homogeneous
    assert not replace(L1, term=lam * Abs(x) + 1 + 0 * x).homogeneous


def test_a_wrong_metric_is_found():
    """Must-fail control: the metric without the curvature of phi."""
    with pytest.raises(CompositeError, match="not a projection"):
        check_composite(replace(SQUARED_L2, metric=METRIC))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"term": -lam * Abs(x)}, "not seen to be convex"),
        ({"term": lam * Abs(g)}, "unknown symbols g"),
        ({"minimiser": DUAL - Symbol("rho")}, "unknown symbols rho"),
        ({"term": SumCoords(lam * Abs(x))}, "vector rank"),
        ({"metric": Float(0.5) * METRIC}, "float"),
        ({"boxes_only": 1}, "boxes_only"),
    ],
)
def test_what_is_no_term_is_refused(change, words):
    """With the argument and what is wrong."""
    with pytest.raises(ValueError, match=words):
        replace(L1, **change)


def test_phi_at_a_point():
    """The value is phi(x); `at` gives it elsewhere."""
    assert L1.value == SumCoords(lam * Abs(x))
    assert SQUARED_L2.at(z) == SumCoords(lam * z**2 / 2)


def test_the_lines_of_a_step():
    """Gradient descent with an l1 term is soft thresholding of x - alpha g."""
    step = proximal(SGD_CONSTANT, L1, weight=alpha)
    assert step.parameters == (ALPHA, *L1.parameters)
    assert step.steps == ((dual, x - alpha * g),)
    assert step.composite is L1
    assert step.name == "SGD[schedule=constant] + l1"
    at = {lam: Rational(1, 2), alpha: Rational(1)}
    assert [step.point.xreplace({**at, dual: Rational(s)}) for s in (-2, "1/4", 3)] == [
        Rational(-3, 2),
        0,
        Rational(5, 2),
    ]


@pytest.mark.parametrize(
    ("recurrence", "weight", "words"),
    [
        (proximal(SGD_CONSTANT, L1, weight=alpha), alpha, "has the composite term l1 already"),
        (SGD_CONSTANT, g, "for each coordinate"),
        (SGD_CONSTANT, alpha * Symbol("rho") * t, "unknown or later symbols: rho"),
    ],
)
def test_what_is_no_step_is_refused(recurrence, weight, words):
    """Two terms, a weight for each coordinate, a weight without a value."""
    with pytest.raises(ValueError, match=words):
        proximal(recurrence, SQUARED_L2, weight=weight)


@pytest.mark.parametrize("argument", ["recurrence", "phi"])
def test_an_argument_of_another_kind_is_named(argument):
    """With the remedy."""
    given = {"recurrence": SGD_CONSTANT, "phi": L1, argument: "l1"}
    with pytest.raises(TypeError, match=f"`{argument}`"):
        proximal(**given, weight=alpha)
