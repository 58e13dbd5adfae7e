"""The comparator's enclosures: the truth lies inside, the gap is small, and a false minorant is found out."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from sympy import Abs, Max

from online_sim.comparator import Minimum, minimise
from online_sim.comparator.cumulative import Extent, lower_bound
from online_sim.comparator.minimising import compile_loss, cumulative
from online_sim.domains.box import Box
from online_sim.domains.conic import ConicAnswer, solve_conic
from online_sim.domains.half_space import HalfSpace
from online_sim.domains.l1_ball import L1Ball
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from theory.loss import Loss, Shape
from theory.losses.absolute import ABSOLUTE
from theory.losses.half_square import HALF_SQUARE
from theory.losses.hinge import HINGE
from theory.losses.huber import HUBER
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.portfolio import PORTFOLIO
from theory.losses.quadratic import QUADRATIC
from theory.losses.rastrigin import RASTRIGIN
from theory.losses.registry import losses
from theory.losses.squared import SQUARED
from theory.quantities import Component, Dot, MeanRows, Norm1, Norm2Squared, SumCoords, softplus
from theory.symbols import a, b, row, row_label, x

N, D = 25, 4
CONVEX = [loss for loss in losses() if loss.shape is not Shape.NONCONVEX]
KINKED = {"absolute", "hinge"}
DOMAINS = [Box(-0.4, [0.3, 0.5, 1.0, 0.1]), L2Ball(D, 0.7, [0.1, 0.0, -0.2, 0.3]), L1Ball(D, 0.9), Simplex(D)]
SHRUNK = Loss("shrunk", LOGISTIC.source, softplus(-b * Dot(a, x)) + Norm2Squared(x) / 3, Shape.CONVEX)
LASSO = Loss("lasso", LOGISTIC.source, Abs(b - Dot(a, x)) / 2 + Norm1(x) / 5, Shape.CONVEX)
SQUARED_HINGE = Loss("squared_hinge", LOGISTIC.source, Max(0, 1 - b * Dot(a, x)) ** 2, Shape.CONVEX)


def _data(loss, seed=0):
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((N, D))
    if loss.name == "portfolio":
        vectors = np.abs(vectors) + 0.2
    labels = np.where(rng.random(N) < 0.5, -1.0, 1.0)
    return vectors, labels, rng.integers(1, 6, N).astype(float)


def _with_cvxpy(loss, domain, vectors, labels, weights):
    """The same minimum by a conic solver, from formulas of its own."""
    import cvxpy as cp

    z = cp.Variable(domain.dimension)
    u = vectors @ z
    wide = cp.reshape(z, (1, domain.dimension), order="C")
    difference = np.ones((len(vectors), 1)) @ wide - vectors
    squares = 0.5 * cp.sum(cp.square(difference), axis=1)

    ones = np.ones(len(vectors))

    def mean(rows):
        return cp.sum(rows) / len(vectors) * ones

    def saturating():
        return 0.5 * (cp.sum(cp.huber(z, 1.0)) - domain.dimension) * ones

    terms = {
        "linear": lambda: u,
        "logistic": lambda: cp.logistic(cp.multiply(-labels, u)),
        "squared": lambda: 0.5 * cp.square(u - labels),
        "hinge": lambda: cp.pos(1 - cp.multiply(labels, u)),
        "portfolio": lambda: -cp.log(u),
        "quadratic": lambda: squares,
        "absolute": lambda: cp.sum(cp.abs(difference), axis=1),
        "huber": lambda: 0.5 * cp.sum(cp.huber(difference, 1.0), axis=1),
        "huber_function": saturating,
        "huber_function[noise]": saturating,
        "half_square": lambda: 0.5 * cp.sum_squares(z) * ones,
        "half_square[noise]": lambda: 0.5 * cp.sum_squares(z) * ones,
        "line": lambda: cp.sum(z) * ones,
        "line[noise]": lambda: cp.sum(z) * ones,
        "ridge": lambda: mean(0.5 * cp.square(u - labels)) + 0.05 * cp.sum_squares(z) * ones,
        "ridge_logistic": lambda: (
            mean(cp.logistic(cp.multiply(-labels, u))) + 0.05 * cp.sum_squares(z) * ones
        ),
        "shrunk": lambda: cp.logistic(cp.multiply(-labels, u)) + cp.sum_squares(z) / 3 * ones,
        "lasso": lambda: 0.5 * cp.abs(labels - u) + cp.norm1(z) / 5 * ones,
        "squared_hinge": lambda: cp.square(cp.pos(1 - cp.multiply(labels, u))),
    }
    problem = cp.Problem(cp.Minimize(weights @ terms[loss.name]()), list(domain.cvxpy_constraints(z)))
    return problem.solve(solver=cp.CLARABEL)


def _assert_encloses(found: Minimum, truth: float, accuracy: float, loss: Loss) -> None:
    """The truth, known up to `accuracy`, lies inside, and the gap is as small as promised."""
    assert found.lower <= truth + accuracy, f"{loss.name}: lower {found.lower!r} exceeds {truth!r}"
    assert truth - accuracy <= found.upper, f"{loss.name}: upper {found.upper!r} is below {truth!r}"
    promised = 1e-6 if loss.name in KINKED | {"lasso"} else 1e-9
    assert 0.0 <= found.gap <= promised * max(1.0, abs(found.upper))


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: type(domain).__name__)
@pytest.mark.parametrize("loss", [*CONVEX, SHRUNK, LASSO, SQUARED_HINGE], ids=lambda loss: loss.name)
def test_agrees_with_a_conic_solver(loss, domain):
    """Every convex loss on every set: cvxpy's minimum lies in the enclosure and the point is feasible."""
    data = _data(loss)
    found = minimise(loss, {}, domain, *data)
    # Clarabel stops at a relative gap of 1e-8.
    _assert_encloses(found, _with_cvxpy(loss, domain, *data), 2e-7 * max(1.0, abs(found.upper)), loss)
    assert domain.contains(found.point, tolerance=1e-13)


@pytest.mark.parametrize("domain", [DOMAINS[0], DOMAINS[2], DOMAINS[3]], ids=lambda d: type(d).__name__)
@pytest.mark.parametrize("loss", [HINGE, ABSOLUTE, LASSO], ids=lambda loss: loss.name)
def test_the_simplex_method_answers_as_the_interior_point_method_does(loss, domain, monkeypatch):
    """On polyhedra with many rows the master problem ends at a vertex, some of whose multipliers are 0."""
    monkeypatch.setattr("online_sim.comparator.master.MANY", 1)
    data = _data(loss)
    found = minimise(loss, {}, domain, *data)
    _assert_encloses(found, _with_cvxpy(loss, domain, *data), 2e-7 * max(1.0, abs(found.upper)), loss)


@pytest.mark.parametrize("scale", [-1.0, 0.0, math.nan])
@pytest.mark.parametrize("domain", [DOMAINS[0], DOMAINS[2]], ids=lambda d: type(d).__name__)
def test_a_broken_solver_only_widens_the_enclosure(domain, scale, monkeypatch):
    """Must-fail control: with wrong points and multipliers the minimum still lies inside, in a wide gap."""

    def broken(*problem, **options):
        right = solve_conic(*problem, **options)
        return ConicAnswer(scale * right.unknowns, scale * right.multipliers, "Solved")

    data = _data(HINGE)
    truth = minimise(HINGE, {}, domain, *data)
    monkeypatch.setattr("online_sim.comparator.master.solve_conic", broken)
    found = minimise(HINGE, {}, domain, *data)
    assert found.lower <= truth.upper
    assert truth.lower <= found.upper
    assert found.gap > truth.gap


def test_a_slope_outside_the_subdifferential_is_found_out():
    """Must-fail control: a wrong slope gives a lower bound above the truth, and the helper says so."""
    domain, data = DOMAINS[1], _data(LOGISTIC)
    F = cumulative(compile_loss(LOGISTIC, {}), domain, *data)
    found = minimise(LOGISTIC, {}, domain, *data)
    extent, far = Extent.of(domain), domain.start()
    right, _ = F.tangents(far)
    honest = lower_bound(F, domain, extent, right, None)
    assert honest <= found.upper
    # A tenth of the slope through the same point, the base: no subgradient, the line cuts through F.
    wrong = replace(right, slope=0.1 * right.slope)
    false = lower_bound(F, domain, extent, wrong, None)
    with pytest.raises(AssertionError, match="exceeds"):
        _assert_encloses(replace(found, lower=false), found.upper, 1e-9, LOGISTIC)


def test_minorants_stay_below_the_loss():
    """At random tangent points and random feasible points, no minorant's minimum exceeds F."""
    rng = np.random.default_rng(3)
    for loss in CONVEX:
        for domain in DOMAINS:
            data = _data(loss)
            F = cumulative(compile_loss(loss, {}), domain, *data)
            z = domain.project(rng.standard_normal(D))
            if not np.isfinite(F.value(z)):
                continue
            bound = lower_bound(F, domain, Extent.of(domain), *F.tangents(z))
            values = [F.value(domain.project(rng.standard_normal(D) * s)) for s in (0.1, 0.5, 1.0, 3.0)]
            assert bound <= min(values)


def test_linear_on_a_box_is_exact():
    """Sum of c_i lower_i or upper_i by sign, in rational arithmetic."""
    vectors = np.array([[3.0, -2.0], [-1.0, -0.5], [0.25, 8.0]])
    weights = np.array([2.0, 1.0, 4.0])
    total = [
        sum(Fraction(w) * Fraction(v) for w, v in zip(weights, column, strict=True)) for column in vectors.T
    ]
    truth = total[0] * (-1 if total[0] > 0 else 2) + total[1] * (Fraction(-1, 2) if total[1] > 0 else 3)
    found = minimise(LINEAR, {}, Box([-1.0, -0.5], [2.0, 3.0]), vectors, np.zeros(3), weights)
    assert found.lower <= truth <= found.upper
    # Three rows, numbers below 200: a hundred roundings at most.
    assert found.gap < 1e-11
    assert found.method == "vertex"


def test_linear_on_the_simplex_is_the_best_expert():
    """The smallest total, attained at its vertex."""
    vectors = np.array([[1.0, 2.0, 0.5], [2.0, 0.25, 1.0]])
    found = minimise(LINEAR, {}, Simplex(3), vectors, [0.0, 0.0], [1.0, 3.0])
    assert found.lower <= 2.75 <= found.upper
    np.testing.assert_array_equal(found.point, [0.0, 1.0, 0.0])


def test_quadratic_is_least_at_the_weighted_mean():
    """Inside the set the minimum is half the weighted variance, in rational arithmetic."""
    vectors = np.array([[0.5, 0.25], [1.0, -0.5], [-0.25, 0.125]])
    weights = np.array([1.0, 2.0, 4.0])
    mean = [
        sum(Fraction(w) * Fraction(v) for w, v in zip(weights, column, strict=True)) / 7
        for column in vectors.T
    ]
    truth = (
        sum(
            Fraction(w) * sum((Fraction(v) - q) ** 2 for v, q in zip(line, mean, strict=True))
            for w, line in zip(weights, vectors, strict=True)
        )
        / 2
    )
    for domain in (Box(-3, 3, dimension=2), L2Ball(2, 3.0), HalfSpace([1.0, 1.0], 4.0)):
        found = minimise(QUADRATIC, {}, domain, vectors, np.zeros(3), weights)
        assert found.lower <= truth <= found.upper
        assert found.gap < 1e-12
        np.testing.assert_allclose(found.point, [float(q) for q in mean], rtol=0, atol=1e-15)


def test_quadratic_on_a_half_space_that_cuts_the_mean_off():
    """The mean (1, 1) is projected to (1/2, 1/2); F = 1/4."""
    found = minimise(QUADRATIC, {}, HalfSpace([1.0, 1.0], 1.0), [[1.0, 1.0]], [0.0], [1.0])
    assert found.lower <= 0.25 <= found.upper
    assert found.gap < 1e-12


def test_absolute_on_a_box_is_the_weighted_median():
    """Weights 1, 1, 3 put the median on the third row, the box clips one coordinate."""
    vectors = np.array([[0.0, 5.0], [4.0, 6.0], [1.0, 7.0]])
    found = minimise(ABSOLUTE, {}, Box(-2.0, [3.0, 6.5]), vectors, np.zeros(3), [1.0, 1.0, 3.0])
    np.testing.assert_allclose(found.point, [1.0, 6.5], rtol=0, atol=1e-14)
    assert found.lower <= 4.0 + 3.5 <= found.upper
    # Sizes around 50 times some tens of counted operations times eps.
    assert found.gap < 1e-11


@pytest.mark.parametrize(
    "loss", [LINEAR, LOGISTIC, HINGE, ABSOLUTE, HUBER, PORTFOLIO], ids=lambda loss: loss.name
)
def test_metamorphic_rows(loss):
    """Permuting rows, repeating a row instead of doubling its weight, and unplayed rows change nothing."""
    vectors, labels, weights = _data(loss)
    order = np.random.default_rng(1).permutation(N)
    doubled = weights.copy()
    doubled[7] *= 2.0
    junk = -100.0 * np.ones((1, D))
    for domain in (DOMAINS[0], DOMAINS[3]):
        plain = minimise(loss, {}, domain, vectors, labels, weights)
        twice = minimise(loss, {}, domain, vectors, labels, doubled)
        same = [
            (plain, minimise(loss, {}, domain, vectors[order], labels[order], weights[order])),
            (plain, minimise(loss, {}, domain, np.vstack((vectors, junk)), [*labels, 1.0], [*weights, 0.0])),
            (
                twice,
                minimise(
                    loss,
                    {},
                    domain,
                    np.vstack((vectors, vectors[7])),
                    [*labels, labels[7]],
                    [*weights, weights[7]],
                ),
            ),
        ]
        for first, second in same:
            assert first.lower <= second.upper
            assert second.lower <= first.upper
        assert twice.lower > plain.upper or twice.upper < plain.lower, "the doubled weight must matter"


def test_metamorphic_translation():
    """Moving rows and set together leaves the minimum of a separable loss where it is."""
    vectors, labels, weights = _data(QUADRATIC)
    shift = np.array([10.0, -3.0, 0.5, 2.0])
    for loss in (QUADRATIC, ABSOLUTE, HUBER):
        here = minimise(loss, {}, L2Ball(D, 0.3), vectors, labels, weights)
        there = minimise(loss, {}, L2Ball(D, 0.3, shift), vectors + shift, labels, weights)
        assert here.lower <= there.upper
        assert there.lower <= here.upper


def test_metamorphic_scale():
    """Scaling every weight by 1e6, or by 1e-6, scales the enclosure."""
    vectors, labels, weights = _data(LOGISTIC)
    base = minimise(LOGISTIC, {}, DOMAINS[1], vectors, labels, weights)
    for factor in (1e6, 1e-6):
        scaled = minimise(LOGISTIC, {}, DOMAINS[1], vectors, labels, factor * weights)
        assert scaled.lower / factor <= base.upper
        assert base.lower <= scaled.upper / factor


def test_weights_over_six_decades():
    """The enclosure still closes when the weights span six decades, where solvers alone err."""
    vectors, labels, _ = _data(HINGE)
    weights = 10.0 ** np.linspace(-3, 3, N)
    for loss in (HINGE, LOGISTIC):
        found = minimise(loss, {}, DOMAINS[1], vectors, labels, weights)
        assert found.gap <= (1e-6 if loss is HINGE else 1e-9) * max(1.0, found.upper)


def test_an_impossible_tolerance_is_not_claimed():
    """Asked for 1e-18 the answer still carries its true gap, which contains the truth."""
    data = _data(LOGISTIC)
    fine = minimise(LOGISTIC, {}, DOMAINS[0], *data, tolerance=1e-18)
    coarse = minimise(LOGISTIC, {}, DOMAINS[0], *data, tolerance=1e-2)
    assert 0.0 < fine.gap <= coarse.gap
    assert coarse.lower <= fine.upper
    assert fine.lower <= coarse.upper


def test_mean_over_a_table_counts_every_row_alike():
    """A convex MeanRows loss with total weight W is W/n times the sum over the rows."""
    vectors, labels, weights = _data(LOGISTIC)
    loss = Loss("batch", LOGISTIC.source, MeanRows(softplus(-row_label * Dot(row, x))), Shape.CONVEX)
    batch = minimise(loss, {}, DOMAINS[1], vectors, labels, weights)
    plain = minimise(LOGISTIC, {}, DOMAINS[1], vectors, labels, np.full(N, weights.sum() / N))
    assert (batch.lower, batch.upper) == (plain.lower, plain.upper)


def test_losses_without_a_comparator_are_refused():
    """Not convex, or of a form that has no minorants here: a ValueError that says so."""
    data = _data(LOGISTIC)
    with pytest.raises(ValueError, match="not convex"):
        minimise(RASTRIGIN, {}, DOMAINS[0], *data)
    component = Loss("component", LOGISTIC.source, Component(x, 0) ** 2, Shape.CONVEX)
    with pytest.raises(ValueError, match="Component"):
        minimise(component, {}, DOMAINS[0], *data)
    quartic = Loss("quartic", LOGISTIC.source, Norm2Squared(x) ** 2, Shape.CONVEX)
    with pytest.raises(ValueError, match="not affine"):
        minimise(quartic, {}, DOMAINS[0], *data)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vectors": np.ones((N, D + 1))}, "`vectors` has shape"),
        ({"vectors": np.ones(D)}, "`vectors` has shape"),
        ({"vectors": np.ones((0, D)), "labels": [], "weights": []}, "n >= 1"),
        ({"vectors": np.full((N, D), np.nan)}, "`vectors` .* holds NaN"),
        ({"labels": np.ones(N - 1)}, "`labels` has shape"),
        ({"labels": np.full(N, np.inf)}, "`labels` .* holds inf"),
        ({"weights": np.full(N, np.nan)}, "`weights` .* holds NaN"),
        ({"weights": np.zeros(N)}, "all zero"),
        ({"weights": -np.ones(N)}, "must be >= 0"),
        ({"tolerance": 0.0}, "`tolerance`"),
        ({"start": np.zeros(D + 1)}, "`start` has shape"),
    ],
)
def test_wrong_input_is_named(change, message):
    """NaN, wrong shapes, empty, negative and all-zero weights each give one clear ValueError."""
    vectors, labels, weights = _data(LOGISTIC)
    arguments = {"vectors": vectors, "labels": labels, "weights": weights, **change}
    with pytest.raises(ValueError, match=message):
        minimise(LOGISTIC, {}, DOMAINS[0], **arguments)


def test_unbounded_sets_are_refused_where_nothing_is_known():
    """A half-space has no enclosure for logistic loss, and a linear loss has no minimum there."""
    data, half = _data(LOGISTIC), HalfSpace(np.ones(D), 1.0)
    for loss in (LOGISTIC, LINEAR):
        with pytest.raises(ValueError, match="unbounded"):
            minimise(loss, {}, half, *data)


def test_portfolio_needs_a_point_where_it_is_finite():
    """On a box of negative points every wealth is negative: no finite value exists."""
    with pytest.raises(ValueError, match="not finite"):
        minimise(PORTFOLIO, {}, Box(-2.0, -1.0, dimension=D), *_data(PORTFOLIO))


def test_fixed_function_needs_no_data_values():
    """Half the square on a ball off the origin: W times half the squared distance to the ball."""
    found = minimise(
        HALF_SQUARE, {}, L2Ball(2, 1.0, [3.0, 4.0]), np.zeros((3, 2)), np.zeros(3), [1.0, 1.0, 2.0]
    )
    assert found.lower <= 4 * 16 / 2 <= found.upper
    assert found.gap < 1e-11


def test_least_squares_interior_solution():
    """With as many consistent rows as coordinates the minimum 0 is attained at the solution of A z = b."""
    vectors = np.array([[2.0, 1.0], [1.0, 3.0]])
    found = minimise(SQUARED, {}, Box(-1, 1, dimension=2), vectors, vectors @ [0.25, -0.5], [1.0, 1.0])
    assert found.lower <= 0.0 <= found.upper
    assert found.gap < 1e-9
    # The gap bounds F, and F >= lambda_min / 2 ||z - z*||^2 with lambda_min = 1.9.
    np.testing.assert_allclose(found.point, [0.25, -0.5], rtol=0, atol=np.sqrt(2 * 1e-9 / 1.9))


def test_huber_parameter_is_used():
    """A wide threshold makes Huber's loss the quadratic one, a narrow one does not."""
    data = _data(HUBER)
    quadratic = minimise(QUADRATIC, {}, DOMAINS[0], *data)
    wide = minimise(HUBER, {"threshold": 100.0}, DOMAINS[0], *data)
    narrow = minimise(HUBER, {"threshold": 0.2}, DOMAINS[0], *data)
    assert wide.lower <= quadratic.upper
    assert quadratic.lower <= wide.upper
    assert narrow.upper < quadratic.lower


def test_a_separable_loss_that_mixes_data_and_penalty():
    """<a, x> + sum |x_i| is separable: bisection on a box, and the box corner is right where |a| > 1."""
    loss = Loss("penalised", LINEAR.source, Dot(a, x) + SumCoords(Abs(x)), Shape.CONVEX)
    found = minimise(loss, {}, Box(-2, 2, dimension=3), [[3.0, -0.5, -4.0]], [0.0], [1.0])
    np.testing.assert_allclose(found.point, [-2.0, 0.0, 2.0], rtol=0, atol=1e-15)
    assert found.lower <= -4.0 - 6.0 <= found.upper
