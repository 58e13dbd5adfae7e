"""The box cut by a hyperplane against exact rational arithmetic, over weights of 16 decades."""

from fractions import Fraction

import numpy as np
import pytest

from online_sim.domains.box_hyperplane import BoxHyperplane
from online_sim.domains.conformance import check_domain, undecorated
from online_sim.domains.kernels import box_hyperplane as kernel_module
from online_sim.domains.polytope import Polytope
from online_sim.domains.simplex import Simplex

# Some eps for each of the sums of up to eight terms; measured 4e-15.
ACCURACY = 2e-14


def reference(domain, point, weight):
    """Exact projection for positive weights: the multiplier's linear piece found among all breakpoints."""
    arrays = (domain.lower, domain.upper, domain.normal, point, weight)
    low, high, a, p, w = ([Fraction(float(e)) for e in v] for v in arrays)
    d, b = len(a), Fraction(domain.offset)

    def at(lam):
        return [min(max(p[i] - lam * a[i] / w[i], low[i]), high[i]) for i in range(d)]

    def excess(lam):
        return sum(x * y for x, y in zip(a, at(lam), strict=True)) - b

    knots = sorted((p[i] - end[i]) * w[i] / a[i] for i in range(d) if a[i] != 0 for end in (low, high))
    values = [excess(lam) for lam in knots]
    # Beyond the outer knots nothing moves; a vertex given in floats may miss the equation by rounding.
    if values[0] <= 0:
        return at(knots[0])
    for left, right, above, below in zip(knots, knots[1:], values, values[1:], strict=False):
        if below <= 0:
            return at(left + (right - left) * above / (above - below))
    return at(knots[-1])


def cases(seed, count):
    """Random sets (a fifth of them touching a vertex), points near and far, weights over 0 to 16 decades."""
    generator = np.random.default_rng(seed)
    for k in range(count):
        d = int(generator.integers(1, 9))
        normal = generator.standard_normal(d) if k % 4 else generator.choice([-2.0, -1.0, 1.0], d)
        normal[generator.random(d) < 0.1] = 0.0
        normal[generator.integers(d)] = 1.0
        lower, upper = -generator.uniform(0.0, 1.0, d), generator.uniform(0.0, 1.0, d)
        inside = lower + (upper - lower) * generator.random(d)
        if k % 5 == 0:
            inside = np.where(generator.random(d) < 0.5, lower, upper)
        point = generator.standard_normal(d) * 10.0 ** generator.integers(-1, 4)
        decades = (0.0, 2.0, 8.0)[k % 3]
        weight = 10.0 ** generator.uniform(-decades, decades, d)
        yield BoxHyperplane(lower, upper, normal, float(normal @ inside)), point, weight


def test_box_hyperplane_matches_exact_rational_projection():
    """Every coordinate is right to some eps of the point, compiled and interpreted."""
    plain = undecorated(kernel_module)
    for domain, point, weight in cases(2, 400):
        exact = reference(domain, point, weight)
        kernel, out = domain.kernel(), np.empty(point.size)
        work = np.full(kernel.work_size, np.nan)
        assert plain.project_box_hyperplane(point, weight, out, work, kernel.data) == 0
        for x in (domain.project(point, weight), out):
            error = max(abs(float(Fraction(float(e)) - y)) for e, y in zip(x, exact, strict=True))
            # |a_i| |error of y_i| is at most the residual, so a small a_i loses digits.
            slopes = np.abs(domain.normal[domain.normal != 0])
            assert error <= ACCURACY * max(1.0, np.abs(point).max()) * max(1.0, slopes.max() / slopes.min())


def test_box_hyperplane_meets_the_kkt_conditions_in_high_dimension():
    """One multiplier explains every free coordinate and the sign of every bound, weights over 16 decades."""
    generator = np.random.default_rng(3)
    d = 2000
    for spread in (0.5, 3.0, 100.0):
        domain = BoxHyperplane(-1.0, 1.0, generator.uniform(0.5, 2.0, d), 7.0)
        point, weight = spread * generator.standard_normal(d), 10.0 ** generator.uniform(-8.0, 8.0, d)
        x = domain.project(point, weight)
        lam = weight * (point - x) / domain.normal
        free = (x > -1.0) & (x < 1.0)
        # p - x loses eps of p, so a coordinate pins lam to eps w_i (|p_i| + |x_i|)/a_i: intersect.
        doubt = 4 * np.finfo(float).eps * weight * (np.abs(point) + np.abs(x)) / domain.normal
        low, high = (lam - doubt)[free], (lam + doubt)[free]
        assert free.any()
        assert low.max() <= high.min()
        middle = 0.5 * (low.max() + high.min())
        assert np.all((lam + doubt)[x == 1.0] >= middle - (high.min() - low.max()))
        assert np.all((lam - doubt)[x == -1.0] <= middle + (high.min() - low.max()))
        # d terms of size up to 2, each rounded.
        assert abs(domain.normal @ x - 7.0) <= d * np.finfo(float).eps * 2.0


def test_box_hyperplane_handles_zero_weights():
    """Zero weights pay alone while they can; then they sit at their ends and the others pay the rest."""
    domain = BoxHyperplane([0, 0, 0], [1, 1, 1], [1, 1, 1], 1.5)
    assert np.array_equal(domain.project([1.0, 0.5, 0.5], [1.0, 0.0, 0.0]), [1.0, 0.25, 0.25])
    assert np.array_equal(domain.project([0.25, 0.5, 9.0], [1.0, 1.0, 0.0]), [0.25, 0.5, 0.75])
    assert np.array_equal(domain.project([1.0, 1.0, 0.5], [1.0, 1.0, 0.0]), [0.75, 0.75, 0.0])
    assert np.array_equal(domain.project([1.0, 1.0, 0.5], [1.0, 3.0, 0.0]), [0.625, 0.875, 0.0])


def test_simplex_is_a_box_cut_by_a_hyperplane():
    """The general set and the simplex's own kernel give the same projections and maxima."""
    generator = np.random.default_rng(4)
    simplex, general = Simplex(7), BoxHyperplane(0.0, 1.0, np.ones(7), 1.0)
    for _ in range(50):
        point, weight = 3 * generator.standard_normal(7), 10.0 ** generator.uniform(-8.0, 8.0, 7)
        # Seven terms and the multiplier, a few eps of the point's size.
        assert np.max(np.abs(simplex.project(point, weight) - general.project(point, weight))) <= 1e-14
        assert general.support(point) == pytest.approx(simplex.support(point), rel=1e-15)


def test_box_hyperplane_knapsack_matches_linear_programming():
    """The greedy maximum and the exact widths are those of the same set given as a polytope."""
    generator = np.random.default_rng(5)
    for domain, direction, _ in cases(6, 20):
        d, a = domain.dimension, domain.normal
        rows = np.vstack((np.eye(d), -np.eye(d), a, -a))
        polytope = Polytope(
            rows, np.concatenate((domain.upper, -domain.lower, [domain.offset, -domain.offset]))
        )
        # HiGHS is asked for 1e-10; sets of size 1, up to eight coordinates.
        assert np.allclose(domain.coordinate_diameters(), polytope.coordinate_diameters(), rtol=0, atol=1e-8)
        objective = direction / np.abs(direction).max() + 0.1 * generator.standard_normal(d)
        assert domain.support(objective) == pytest.approx(polytope.support(objective), abs=1e-8)


@pytest.mark.parametrize(
    "domain",
    [
        BoxHyperplane(0, 1, np.ones(5), 2),
        BoxHyperplane([-1, 0, 2], [1, 4, 2.5], [1, -2, 0], -1),
        BoxHyperplane(0, 1, [1, 1], 2),
        BoxHyperplane(-1, 3, [2.0], 1),
    ],
)
def test_box_hyperplane_conforms(domain):
    """The contract of a domain holds, on sets that are one point too."""
    check_domain(domain)


def test_box_hyperplane_refuses_an_empty_set():
    """Crossed bounds and a hyperplane beside the box are named; rounding at a vertex is not an error."""
    with pytest.raises(ValueError, match=r"`lower` = 2.0 exceeds `upper` = 1.0 at index 1"):
        BoxHyperplane([0, 2], [1, 1], [1, 1], 1)
    with pytest.raises(ValueError, match=r"`offset` = 2.1 is out of reach.* from 0.0 to 2.0"):
        BoxHyperplane(0, 1, [1, 1], 2.1)
    vertex = BoxHyperplane(0.0, [0.1, 0.2], [1.0, 1.0], 0.3)
    assert np.allclose(vertex.project([5.0, -5.0]), [0.1, 0.2], rtol=0, atol=1e-16)
