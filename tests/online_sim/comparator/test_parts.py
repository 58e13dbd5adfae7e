"""The pieces of the comparator: rounding majorants, structure, Hessians, bisection."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from mpmath import mp
from sympy import Abs, Max, Piecewise, Rational, Symbol, cos, exp, lambdify, log, sqrt

from online_sim.comparator.functions import compile_functions
from online_sim.comparator.hessian import DENSE, Hessian
from online_sim.comparator.magnitude import magnitude
from online_sim.comparator.minimising import minimise
from online_sim.comparator.parts import sum_error
from online_sim.comparator.structure import PRODUCT, structure_of
from online_sim.comparator.tables import PlainTable
from online_sim.domains.box import Box
from theory.loss import Loss, Shape
from theory.losses.absolute import ABSOLUTE
from theory.losses.hinge import HINGE
from theory.losses.huber import HUBER
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.quadratic import QUADRATIC
from theory.losses.squared import SQUARED
from theory.printing.base import UnknownNodeError
from theory.quantities import Dot, Norm1, Norm2Squared, SumCoords, sigmoid, softplus
from theory.symbols import a, b, x

EXPRESSIONS = [
    (PRODUCT - b) ** 2 / 2,
    softplus(-b * PRODUCT),
    -log(PRODUCT + 11),
    Max(0, 1 - b * PRODUCT) ** 2,
    Abs(PRODUCT - b),
    exp(PRODUCT / 3) - cos(PRODUCT),
    sqrt(PRODUCT**2 + 1) - 1,
    1 / (PRODUCT**2 + 3),
    Piecewise((-PRODUCT, PRODUCT < 0), (PRODUCT**3, True)),
]


@pytest.mark.parametrize("e", EXPRESSIONS, ids=str)
def test_rounding_bounds_cover_the_true_error(e):
    """Float64 values differ from 60-digit ones by less than the bound, and the bound is not absurd."""
    functions = compile_functions(e, PRODUCT, {})
    rng = np.random.default_rng(0)
    u, labels = rng.uniform(-10.0, 10.0, 60), rng.uniform(-3.0, 3.0, 60)
    stable = e.replace(softplus, lambda w: softplus(w).stable())
    exact = lambdify([PRODUCT, b], stable, "mpmath")
    value, bound = functions.value(u, 0.0, labels), functions.value_error(u, 0.0, labels)
    with mp.workdps(60):
        error = np.array(
            [
                float(abs(exact(mp.mpf(p), mp.mpf(q)) - mp.mpf(v)))
                for p, q, v in zip(u, labels, value, strict=True)
            ]
        )
    assert np.all(error <= bound)
    # Terms are at most about 1e4 in size here, and a formula has fewer than 100 counted operations.
    assert np.all(bound <= 1e4 * 100 * np.finfo(float).eps)
    assert np.all(functions.slope_error(u, 0.0, labels) >= 0.0)


def test_cancellation_widens_the_bound():
    """(u/3 - b/3)^2 near u = b = 1e8: the majorant counts the sizes of u and b times the slope there."""
    functions = compile_functions((PRODUCT / 3 - b / 3) ** 2, PRODUCT, {})
    rng = np.random.default_rng(4)
    for step in (0.0, 1e-6, 1.0, 1e3):
        labels = rng.uniform(1e8, 2e8, 200)
        u = labels + step
        exact = [((Fraction(p) - Fraction(q)) / 3) ** 2 for p, q in zip(u, labels, strict=True)]
        value, bound = functions.value(u, 0.0, labels), functions.value_error(u, 0.0, labels)
        errors = [abs(Fraction(v) - e) for v, e in zip(value, exact, strict=True)]
        assert all(error <= Fraction(limit) for error, limit in zip(errors, bound, strict=True))
        # A unit in the last place of u at least, and of (u + b)^2 never.
        assert np.all(bound >= 2.0 * step * np.spacing(u) / 9.0)
        assert np.all(bound <= 1e-4 * (1.0 + step))


def test_unknown_functions_have_no_majorant():
    """Fail closed: a function without a rule is refused."""
    with pytest.raises(UnknownNodeError, match="rounding bound"):
        magnitude(sigmoid(PRODUCT).func(PRODUCT) + Symbol("y") ** PRODUCT)


def test_structures():
    """Each form is recognised from the symbolic value: link, coordinate part, quadratic, smooth."""
    facts = {s.name: structure_of(s) for s in (LINEAR, QUADRATIC, SQUARED, LOGISTIC, HINGE, ABSOLUTE, HUBER)}
    assert {k for k, s in facts.items() if s.has_link} == {"squared", "logistic", "hinge"}
    assert {k for k, s in facts.items() if s.quadratic} == {"linear", "quadratic"}
    assert {k for k, s in facts.items() if not s.smooth} == {"hinge", "absolute"}
    scaled = Loss("scaled", LINEAR.source, (2 * Dot(a, x) - 3 * Dot(a, x) / b) ** 2, Shape.CONVEX)
    assert structure_of(scaled).link.equals((2 - 3 / b) ** 2 * PRODUCT**2)
    both = Loss("both", LINEAR.source, Max(0, 1 - b * Dot(a, x)) ** 2 + Norm2Squared(x), Shape.CONVEX)
    assert structure_of(both).smooth
    assert structure_of(both).has_link
    kinked = Loss("kinked", LINEAR.source, Dot(a, x) + Norm1(x), Shape.CONVEX)
    assert not structure_of(kinked).smooth
    assert not structure_of(kinked).has_link


def test_a_piecewise_linear_loss_is_not_a_quadratic_one():
    """Its second derivative is 0 on every piece, and still no sums of powers describe it."""
    for value in (Piecewise((-x, x < 0), (2 * x, True)), Max(x - Rational(1, 2), -x, 2 * x - 1), Abs(x)):
        structure = structure_of(Loss("pieces", LINEAR.source, SumCoords(value), Shape.CONVEX))
        assert not structure.quadratic
        assert not structure.smooth
        found = minimise(
            Loss("pieces", LINEAR.source, SumCoords(value), Shape.CONVEX), {}, Box(-5.0, 1.0, dimension=1),
            np.ones((1, 1)), np.ones(1), np.ones(1),
        )  # fmt: skip
        least = min(float(value.subs(x, Rational(k, 64))) for k in range(-320, 65))
        assert found.lower <= least <= found.upper
        assert found.gap < 1e-9  # bisection to the last bit, on numbers below 5


@pytest.mark.parametrize(
    "value", [Max(Dot(a, x), -Dot(a, x), 2 * Dot(a, x) - 1), Max(Dot(a, x), 3 * Dot(a, x) + 1, -1)]
)
def test_equations_that_cannot_be_solved_mean_not_smooth(value):
    """Where kinks cannot be located the loss goes the way of losses with kinks, and is enclosed."""
    loss = Loss("unsolved", LINEAR.source, value, Shape.CONVEX)
    assert not structure_of(loss).smooth
    found = minimise(loss, {}, Box(-1.0, 1.0, dimension=1), np.ones((1, 1)), np.ones(1), np.ones(1))
    least = min(float(value.xreplace({Dot(a, x): Rational(k, 60)})) for k in range(-60, 61))
    assert found.lower <= least <= found.upper
    assert found.gap < 1e-5  # cutting planes stop at 1e-6


def test_hessian_products_match_the_matrix():
    """The product form for many coordinates is the same operator as the dense form."""
    rng = np.random.default_rng(0)
    d = DENSE + 5
    rows, h, bend = rng.standard_normal((40, d)), rng.random(40), rng.random(d)
    wide = Hessian(PlainTable(rows), h, bend)
    matrix = rows.T @ (h[:, None] * rows) + np.diag(bend)
    v, weight = rng.standard_normal(d), rng.uniform(0.5, 2.0, d)
    assert wide.matrix is None
    # Sums of 40 products of standard normal numbers in two orders.
    np.testing.assert_allclose(wide.times(v), matrix @ v, rtol=0, atol=1e-11)
    np.testing.assert_allclose(wide.diagonal, np.diag(matrix), rtol=1e-13)
    root = np.sqrt(weight)
    largest = np.linalg.eigvalsh(matrix / np.outer(root, root))[-1]
    # Power steps come from below, the factor is 1.1.
    assert largest <= wide.largest(weight) <= 1.1 * largest * (1 + 1e-12)
    small = Hessian(PlainTable(rows[:, :6]), h, bend[:6])
    np.testing.assert_allclose(small.times(v[:6]), matrix[:6, :6] @ v[:6], rtol=0, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 100, 101])
def test_chunked_sums_stay_within_their_bound(n):
    """sum_j s_j a_j in chunks against exact rationals."""
    rng = np.random.default_rng(n)
    vectors, s = rng.standard_normal((n, 2)), rng.standard_normal(n)
    got = PlainTable(vectors).adjoint(s)
    for i in range(2):
        terms = [Fraction(p) * Fraction(q) for p, q in zip(s, vectors[:, i], strict=True)]
        error = abs(Fraction(got[i]) - sum(terms, Fraction(0)))
        assert error <= Fraction(sum_error(n)) * sum(map(abs, terms), Fraction(0))
