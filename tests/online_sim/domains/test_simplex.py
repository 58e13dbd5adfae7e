"""The simplex and the l1 ball (one kernel) against exact rational projections found by enumeration."""

from fractions import Fraction

import numpy as np
import pytest

from online_sim.domains.conformance import check_domain, undecorated
from online_sim.domains.kernels import simplex as kernel_module
from online_sim.domains.l1_ball import L1Ball
from online_sim.domains.simplex import Simplex

# Rounding of the data alone moves the result by about eps times the size of the data; 45 eps is 1e-14.
ACCURACY = 1e-14


def exact_share(point, weight, total, *, equality):
    """Exact projection onto {x >= 0, sum x = total} (<= when not `equality`), zero weights as limits."""
    p = [Fraction(float(entry)) for entry in point]
    w = [Fraction(float(entry)) for entry in weight]
    if all(entry == 0 for entry in w):
        w = [Fraction(1)] * len(w)
    x = [Fraction(0)] * len(p)
    heavy = [i for i in range(len(p)) if w[i] > 0]
    light = [i for i in range(len(p)) if w[i] == 0]
    left = Fraction(float(total))
    for group, unit in ((heavy, False), (light, True)):
        if not group:
            continue
        scale = {i: Fraction(1) if unit else w[i] for i in group}
        must_fill = equality and (group is light or not light)
        if sum(max(p[i], Fraction(0)) for i in group) <= left and not must_fill:
            for i in group:
                x[i] = max(p[i], Fraction(0))
        elif left > 0:
            # The multiplier lies between two breakpoints p_i w_i: try every number of active coordinates.
            order = sorted(group, key=lambda i: -p[i] * scale[i])
            for k in range(1, len(order) + 1):
                active = order[:k]
                lam = (sum(p[i] for i in active) - left) / sum(1 / scale[i] for i in active)
                following = p[order[k]] * scale[order[k]] if k < len(order) else None
                if lam < p[order[k - 1]] * scale[order[k - 1]] and (following is None or lam >= following):
                    break
            for i in active:
                x[i] = p[i] - lam / scale[i]
        left -= sum(x[i] for i in group)
    return x


def cases():
    """Points and weights of every kind the kernel treats differently, up to 16 decades of weights."""
    generator = np.random.default_rng(20)
    for d in (1, 2, 3, 7, 30):
        for decades in (0, 2, 16):
            for spread in (0.01, 1.0, 1e6):
                point = spread * generator.standard_normal(d)
                weight = 10.0 ** generator.uniform(-decades / 2, decades / 2, d)
                yield point, weight
                yield np.abs(point) / d, np.where(generator.random(d) < 0.4, 0.0, weight)
                yield np.round(point, 1), np.round(weight, 3)
    yield np.array([1.0, 1.0, 0.5]), np.zeros(3)
    yield np.array([0.5, 5.0]), np.array([1.0, 1e-16])
    yield np.array([0.25, 0.75, 0.0, 0.0]), np.array([1e8, 1.0, 1e-8, 0.0])


def error_of(result, exact, point, total):
    """The largest error of a coordinate, relative to the size of the data."""
    scale = max(float(np.max(np.abs(point))), total)
    return max(abs(float(Fraction(float(a)) - b)) for a, b in zip(result, exact, strict=True)) / scale


@pytest.mark.parametrize("total", [1.0, 0.125, 300.0])
def test_simplex_matches_exact_rational_projection(total):
    """The simplex projection is exact to rounding for weights over 16 decades, zeros among them."""
    for point, weight in cases():
        x = Simplex(point.size, total).project(point, weight)
        exact = exact_share(point, weight, total, equality=True)
        assert error_of(x, exact, point, total) <= ACCURACY, (point, weight)
        # The constraint is met at its own scale, however far away the point was.
        assert abs(float(sum(map(Fraction, x)) - Fraction(total))) <= ACCURACY * total
        assert np.min(x) >= 0.0


@pytest.mark.parametrize("radius", [1.0, 0.125, 300.0])
def test_l1_ball_matches_exact_rational_projection(radius):
    """The l1 ball projection is exact to rounding, keeps signs and leaves inner points alone."""
    for point, weight in cases():
        x = L1Ball(point.size, radius).project(point, weight)
        exact = exact_share(np.abs(point), weight, radius, equality=False)
        assert error_of(np.abs(x), exact, point, radius) <= ACCURACY, (point, weight)
        assert np.all(x * point >= 0.0)


def test_exact_reference_refuses_a_wrong_projection():
    """Must-fail control: the unweighted projection is far from the exact weighted one."""
    point, weight = np.array([2.0, 1.0, 0.3]), np.array([1.0, 10.0, 100.0])
    exact = exact_share(point, weight, 1.0, equality=True)
    assert error_of(Simplex(3).project(point), exact, point, 1.0) > 0.01


def test_kernel_agrees_with_its_python_source_at_large_dimension():
    """The compiled code, vectorised and packed, does what its source says for thousands of coordinates."""
    plain = undecorated(kernel_module)
    generator = np.random.default_rng(3)
    d = 3000
    for spread in (1.0, 1.0 / d):
        point, weight = spread * generator.standard_normal(d), 10.0 ** generator.uniform(-8, 8, d)
        for domain in (Simplex(d), L1Ball(d, 0.5)):
            kernel = domain.kernel()
            compiled, interpreted = np.empty(d), np.empty(d)
            assert kernel.function(point, weight, compiled, np.empty(kernel.work_size), kernel.data) == 0
            function = getattr(plain, kernel.entry)
            assert function(point, weight, interpreted, np.empty(kernel.work_size), kernel.data) == 0
            # Both are exact up to the order of summation, d eps at the worst.
            assert np.max(np.abs(compiled - interpreted)) <= 1e-13


def test_kernel_survives_extreme_scales():
    """Weights of 1e+-300, points 1e17 times the set, and tiny sets stay feasible and accurate."""
    for total, point, weight in (
        (1.0, [1e17, 1e17, 0.0], [1.0, 1.0, 1.0]),
        (1.0, [2.0, 3.0], [1e-300, 3e-300]),
        (1.0, [2.0, 3.0], [1e300, 3e300]),
        (1e-100, [2e-100, -1.0], [1.0, 1e-16]),
        (1.0, [0.1, 0.2, 3.0], [1e250, 1e100, 1e-20]),
    ):
        p, w = np.array(point), np.array(weight)
        x = Simplex(p.size, total).project(p, w)
        assert error_of(x, exact_share(p, w, total, equality=True), p, total) <= ACCURACY
        assert abs(x.sum() - total) <= ACCURACY * total


def test_kernel_reports_bad_numbers():
    """NaN, infinite and negative input gives code 2, never a plausible point."""
    for domain in (Simplex(3), L1Ball(3)):
        kernel = domain.kernel()
        for point, weight in (
            ([np.nan, 0.0, 0.0], [1.0, 1.0, 1.0]),
            ([np.inf, 0.0, 0.0], [1.0, 1.0, 1.0]),
            ([0.1, 0.0, 0.0], [1.0, np.nan, 1.0]),
            ([0.1, 0.0, 0.0], [1.0, -1.0, 1.0]),
        ):
            arguments = (
                np.array(point),
                np.array(weight),
                np.empty(3),
                np.empty(kernel.work_size),
                kernel.data,
            )
            assert kernel.function(*arguments) == 2


def test_zero_weights_take_the_constraint_first():
    """Coordinates of zero weight absorb the rest evenly while the others stay where they are."""
    x = Simplex(3).project(np.array([0.25, 0.0, 0.5]), np.array([7.0, 0.0, 0.0]))
    np.testing.assert_allclose(x, [0.25, 0.125, 0.625], rtol=0, atol=1e-16)
    x = Simplex(3).project(np.array([2.0, 5.0, 0.5]), np.array([1.0, 0.0, 1.0]))
    np.testing.assert_allclose(x, [1.0, 0.0, 0.0], rtol=0, atol=1e-16)


def test_projection_commutes_with_permutation_scaling_and_embedding():
    """Permuting, scaling and adding a hopeless coordinate change the projection as they must."""
    generator = np.random.default_rng(5)
    point, weight = generator.standard_normal(20), 10.0 ** generator.uniform(-3, 3, 20)
    order = generator.permutation(20)
    x = Simplex(20, 2.0).project(point, weight)
    assert np.count_nonzero(x) >= 2
    # Sums are taken in another order: a few eps.
    np.testing.assert_allclose(Simplex(20, 2.0).project(point[order], weight[order]), x[order], atol=1e-15)
    np.testing.assert_allclose(Simplex(20, 6.0).project(3.0 * point, weight), 3.0 * x, atol=1e-15)
    extended = Simplex(21, 2.0).project(np.append(point, -1e3), np.append(weight, 1.0))
    np.testing.assert_allclose(extended, np.append(x, 0.0), atol=1e-15)
    # Shifting the point along 1/w leaves the projection onto the simplex alone.
    np.testing.assert_allclose(Simplex(20, 2.0).project(point + 0.5 / weight, weight), x, atol=1e-12)


def test_l1_ball_moves_with_its_centre():
    """Translating the set and the point translates the projection."""
    generator = np.random.default_rng(6)
    centre, point = generator.standard_normal(8), 3.0 * generator.standard_normal(8)
    weight = 10.0 ** generator.uniform(-2, 2, 8)
    moved = L1Ball(8, 2.0, centre).project(point + centre, weight)
    # One rounding for the shift there and one for the shift back.
    np.testing.assert_allclose(moved, L1Ball(8, 2.0).project(point, weight) + centre, atol=1e-14)


@pytest.mark.parametrize(
    "domain", [Simplex(1), Simplex(2, 5.0), Simplex(12, 1e-6), L1Ball(1), L1Ball(9, 3.0)]
)
def test_simplex_and_l1_ball_conform(domain):
    """The conformance function accepts both sets."""
    check_domain(domain)


def test_simplex_diameters_by_hand():
    """The simplex has width `total` per coordinate and diagonal sqrt(2) total; one point has none."""
    assert Simplex(3, 2.0).diameter() == 2.0
    assert Simplex(3, 2.0).diameter("2") == pytest.approx(2.0 * 2.0**0.5, rel=1e-15)
    assert Simplex(1, 2.0).diameter("2") == 0.0
    assert Simplex(3, 2.0).name == "simplex(d=3, total=2)"
    assert Simplex(3, 2.0) == Simplex(3, 2.0)


@pytest.mark.parametrize("build", [Simplex, L1Ball])
def test_wrong_statements_are_refused(build):
    """A dimension below 1 and a size that is no positive number are named in the error."""
    with pytest.raises(ValueError, match="`dimension` = 0 must be a whole number, at least 1"):
        build(0)
    with pytest.raises(TypeError, match=r"`dimension` = 2\.5 must be a whole number"):
        build(2.5)
    for size in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match=r"`(total|radius)` = .* must be a finite number, above 0"):
            build(3, size)


@pytest.mark.parametrize("spread", [0, 4, 16])
def test_any_guess_gives_the_projection(spread):
    """Nothing, everything, the answer, its opposite or noise as the guess: only rounding differs."""
    rng = np.random.default_rng(spread)
    kernel = Simplex(40, 1.0).kernel()
    for _ in range(50):
        point, weight = rng.normal(size=40), 10 ** rng.uniform(-spread / 2, spread / 2, size=40)
        guesses = [np.zeros(40), np.ones(40), rng.normal(size=40), -np.ones(40)]
        found = []
        for guess in guesses:
            out = guess.copy()
            assert kernel.function(point, weight, out, np.empty(kernel.work_size), kernel.data) == 0
            found.append(out)
            guesses += [out.copy(), 1e-3 - out] if len(guesses) == 4 else []
        assert len(found) == 6
        # The sums are over numbers up to 1, each rounded a few times.
        assert max(np.abs(out - found[0]).max() for out in found) <= 16 * np.finfo(np.float64).eps
