"""The l2 ball against exact rational cases and against the secular equation solved with 60 digits."""

import mpmath
import numpy as np
import pytest

from online_sim.domains.conformance import check_domain, undecorated
from online_sim.domains.kernels import l2_ball as kernel_module
from online_sim.domains.l1_ball import L1Ball
from online_sim.domains.l2_ball import L2Ball

# 45 eps: a few roundings in each of the sums, products and the quotient.
ACCURACY = 1e-14


def reference(point, weight, radius):
    """The projection for positive weights by bisection of log(lam) with 60 digits."""
    with mpmath.workdps(60):
        p, w = [mpmath.mpf(float(e)) for e in point], [mpmath.mpf(float(e)) for e in weight]
        r = mpmath.mpf(radius)

        def at(log_lam):
            lam = mpmath.exp(log_lam)
            return [a * b / (b + lam) for a, b in zip(p, w, strict=True)]

        def norm(y):
            return mpmath.sqrt(mpmath.fsum(e * e for e in y))

        if norm(p) <= r:
            return p
        low, high = mpmath.mpf(-400), mpmath.mpf(400)
        for _ in range(180):
            middle = (low + high) / 2
            low, high = (middle, high) if norm(at(middle)) > r else (low, middle)
        return at(low)


def test_l2_ball_matches_exact_rational_projection():
    """Integer points on the sphere, moved out along their normals by a dyadic multiplier, come back."""
    for y, radius in (([3.0, 4.0], 5.0), ([2.0, -3.0, 6.0], 7.0), ([1.0, 4.0, -8.0, 0.0], 9.0)):
        for exponents in ((0, 0, 0, 0), (3, -2, 0, 1), (-20, 24, 0, 2), (22, -22, 10, -10)):
            for multiplier in (1.0, 2.0**-10, 2.0**12):
                target = np.array(y)
                weight = 2.0 ** np.array(exponents[: target.size], dtype=float)
                point = target * (1.0 + multiplier / weight)
                x = L2Ball(target.size, radius).project(point, weight)
                # 1 + multiplier/weight may round at the widest exponents: eps of the point, shrunk with it.
                assert np.max(np.abs(x - target)) <= ACCURACY * radius


def test_l2_ball_matches_sixty_digits():
    """Each coordinate has a small relative error for weights over 0 to 16 decades."""
    generator = np.random.default_rng(11)
    for d in (1, 2, 5, 20):
        for decades in (0, 2, 16):
            for spread in (0.2, 1.0, 1e4):
                point = spread * generator.standard_normal(d)
                weight = 10.0 ** generator.uniform(-decades / 2, decades / 2, d)
                x = L2Ball(d, 0.7).project(point, weight)
                exact = reference(point, weight, 0.7)
                error = max(abs(float(mpmath.mpf(float(a)) - b)) for a, b in zip(x, exact, strict=True))
                assert error <= ACCURACY * 0.7, (point, weight)


def test_sixty_digit_reference_refuses_a_wrong_projection():
    """Must-fail control: scaling the point, the unweighted projection, is far from the reference."""
    point, weight = np.array([2.0, 1.0]), np.array([1.0, 100.0])
    exact = np.array([float(e) for e in reference(point, weight, 1.0)])
    assert np.max(np.abs(L2Ball(2).project(point) - exact)) > 0.01


def test_newton_takes_few_steps_on_hard_weights(monkeypatch):
    """Newton from the lower bound settles within 40 of the 200 steps on the hardest families found."""
    plain = undecorated(kernel_module)
    steps = []
    secular = plain.secular
    monkeypatch.setattr(plain, "secular", lambda *arguments: steps.append(1) or secular(*arguments))
    generator = np.random.default_rng(1)
    worst = 0
    for d in (1, 3, 50):
        for decades in (0, 4, 16, 60):
            weight = 10.0 ** generator.uniform(-decades / 2, decades / 2, d)
            barely = generator.standard_normal(d)
            barely *= (1.0 + 1e-12) / np.linalg.norm(barely)
            for point in (generator.standard_normal(d) * 3, np.full(d, 0.9), 1e8 / weight**0.5, barely):
                steps.clear()
                out = np.empty(d)
                code = plain.project_l2_ball(point, weight, out, np.empty(d), np.append(1.0, np.zeros(d)))
                assert code == 0
                worst = max(worst, len(steps))
                assert np.linalg.norm(out) <= 1.0 + ACCURACY
    assert 2 <= worst <= 40


def test_zero_weights_of_the_l2_ball():
    """Zero-weight coordinates shrink to what the others leave; to the centre when they leave nothing."""
    x = L2Ball(3, 5.0).project(np.array([3.0, 6.0, 8.0]), np.array([1.0, 0.0, 0.0]))
    np.testing.assert_allclose(x, [3.0, 2.4, 3.2], rtol=1e-15)
    x = L2Ball(3, 5.0).project(np.array([6.0, 8.0, 9.0]), np.array([1.0, 1.0, 0.0]))
    np.testing.assert_allclose(x, [3.0, 4.0, 0.0], rtol=1e-15)
    # A weight ratio of 1e-300 counts as zero, one of 1e-200 does not; the limits agree.
    for tiny in (1e-300, 1e-200, 1e-20):
        x = L2Ball(2, 5.0).project(np.array([3.0, 9.0]), np.array([1.0, tiny]))
        np.testing.assert_allclose(x, [3.0, 4.0], rtol=1e-15)


def test_hard_case_between_inside_and_outside():
    """When the weighted coordinates touch the sphere the light one keeps what rounding can know of it."""
    for gap in (1e-3, 1e-8, 1e-15, 0.0, -1e-15, -1e-8):
        point, weight = np.array([1.0 - gap, 5.0]), np.array([1.0, 1e-16])
        x = L2Ball(2).project(point, weight)
        exact = [float(e) for e in reference(point, weight, 1.0)]
        # x_2 = sqrt(1 - x_1^2) has the condition number of a square root at 0: sqrt(eps) there.
        assert abs(x[0] - exact[0]) <= ACCURACY
        assert abs(x[1] - exact[1]) <= max(ACCURACY, 4e-16 / max(exact[1], 1e-8))


def test_kernel_reports_bad_numbers():
    """NaN, infinite and negative input gives code 2, never a plausible point."""
    kernel = L2Ball(2).kernel()
    for point, weight in (
        ([np.nan, 0.0], [1.0, 1.0]),
        ([np.inf, 0.0], [1.0, 1.0]),
        ([2.0, 0.0], [np.nan, 1.0]),
        ([0.5, 0.0], [np.nan, 1.0]),
        ([2.0, 0.0], [-1.0, 1.0]),
    ):
        assert kernel.function(np.array(point), np.array(weight), np.empty(2), np.empty(2), kernel.data) == 2


def test_project_says_what_the_kernel_reports():
    """A nonzero code becomes a RuntimeError that shows the numbers."""
    with pytest.raises(RuntimeError, match=r"l2_ball\(d=1, radius=1\).*code 2.*1\.e\+200"):
        L2Ball(1).project(np.array([1e200]))


def test_l2_ball_commutes_with_permutation_scaling_and_translation():
    """Permuting, scaling and translating set and point does the same to the projection."""
    generator = np.random.default_rng(9)
    point, centre = 4.0 * generator.standard_normal(15), generator.standard_normal(15)
    weight, order = 10.0 ** generator.uniform(-4, 4, 15), generator.permutation(15)
    x = L2Ball(15, 2.0).project(point, weight)
    assert not np.allclose(x, point)
    # A few eps of the point's size in each.
    np.testing.assert_allclose(L2Ball(15, 2.0).project(point[order], weight[order]), x[order], atol=1e-14)
    np.testing.assert_allclose(L2Ball(15, 6.0).project(3.0 * point, weight), 3.0 * x, atol=1e-14)
    np.testing.assert_allclose(
        L2Ball(15, 2.0, centre).project(point + centre, weight), x + centre, atol=1e-14
    )


@pytest.mark.parametrize(
    "domain",
    [
        L2Ball(1),
        L2Ball(2, 1e-3, [100.0, -2.0]),
        L2Ball(30, 5.0),
        L1Ball(4, 1.0, [1.0, 2.0, 3.0, 400.0]),
        L1Ball(30, 5.0),
        L1Ball(25, 1e12),
        L2Ball(40, 1e-9),
    ],
)
def test_balls_conform(domain):
    """The conformance function accepts both balls, off the origin too."""
    check_domain(domain)


def test_balls_are_named_and_measured_by_hand():
    """Names carry the defining numbers; widths are twice the radius."""
    assert L2Ball(30, 5.0).name == "l2_ball(d=30, radius=5)"
    assert L2Ball(2, 0.5, [1, 2]).name == "l2_ball(d=2, radius=0.5, centre=[1, 2])"
    assert L2Ball(3, 2.0).diameter("2") == 4.0
    assert L2Ball(2, 5.0, [1.0, 0.0]).support(np.array([3.0, 4.0])) == 28.0
    assert L1Ball(2, 5.0, [1.0, 0.0]).support(np.array([3.0, -4.0])) == 23.0
    assert L1Ball(2).contains(np.array([0.5, -0.5]))
    assert not L1Ball(2).contains(np.array([0.5, -0.6]))
    assert not L2Ball(2).contains(np.array([0.8, 0.61]))


@pytest.mark.parametrize("build", [L2Ball, L1Ball])
def test_wrong_balls_are_refused(build):
    """Wrong dimensions, radii and centres are named in the error; the centre cannot be written to."""
    with pytest.raises(ValueError, match="`dimension` = -3 must be a whole number, at least 1"):
        build(-3)
    with pytest.raises(ValueError, match=r"`radius` = 0\.0 must be a finite number, above 0"):
        build(2, 0.0)
    with pytest.raises(ValueError, match="`radius` = nan must be a finite number, above 0"):
        build(2, np.nan)
    with pytest.raises(TypeError, match="`radius` = 'big' must be a finite number, above 0"):
        build(2, "big")
    with pytest.raises(ValueError, match=r"`centre` has shape \(3,\); expected \(2,\)"):
        build(2, 1.0, [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"`centre` .* holds NaN at index 1"):
        build(2, 1.0, [1.0, np.nan])
    centre = np.ones(2)
    ball = build(2, 1.0, centre)
    centre[0] = 7.0
    assert ball.centre[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        ball.centre[0] = 7.0
