"""The ellipsoid against exact rational cases and its KKT conditions in 60 digits."""

import mpmath
import numpy as np
import pytest

from online_sim.domains.conformance import check_domain, undecorated
from online_sim.domains.ellipsoid import Ellipsoid
from online_sim.domains.kernels import ellipsoid as kernel_module
from online_sim.domains.l2_ball import L2Ball

ACCURACY = 1e-14


def reference(axes, centre, point, weight):
    """The projection for positive weights by bisection of log(lam) with 60 digits."""
    with mpmath.workdps(60):
        s, c, p, w = ([mpmath.mpf(float(e)) for e in v] for v in (axes, centre, point, weight))
        q = [(a - b) / e for a, b, e in zip(p, c, s, strict=True)]
        omega = [a * e * e for a, e in zip(w, s, strict=True)]

        def at(log_lam):
            lam = mpmath.exp(log_lam)
            return [a * b / (b + lam) for a, b in zip(q, omega, strict=True)]

        def squares(z):
            return mpmath.fsum(e * e for e in z)

        if squares(q) <= 1:
            return p
        low, high = mpmath.mpf(-200), mpmath.mpf(200)
        for _ in range(190):
            middle = (low + high) / 2
            low, high = (middle, high) if squares(at(middle)) > 1 else (low, middle)
        return [a + e * z for a, e, z in zip(c, s, at(low), strict=True)]


def test_ellipsoid_matches_exact_rational_projection():
    """Points of the surface, moved out along their normals by a dyadic multiplier, come back."""
    # z = (3, 4)/5 and (2, -3, 6)/7 are on the sphere; axes 5 and 7 times powers of two make y dyadic.
    for z, unit in (([3.0, 4.0], 5.0), ([2.0, -3.0, 6.0], 7.0)):
        scale = 2.0 ** np.arange(-1, len(z) - 1)
        target, axes = scale * z, scale * unit
        for exponents in ((0, 0, 0), (3, -2, 1), (-20, 24, 2), (22, -22, 10)):
            for multiplier in (1.0, 2.0**-10, 2.0**8):
                weight = 2.0 ** np.array(exponents[: target.size], dtype=float)
                # KKT: w (p - y) is a multiple of y/s^2; the scale is a power of two, so this is exact.
                point = target * (1.0 + multiplier / (weight * scale**2))
                x = Ellipsoid(axes).project(point, weight)
                assert np.max(np.abs(x - target)) <= ACCURACY * unit


def test_ellipsoid_matches_sixty_digits():
    """Compiled and interpreted are right to some eps of the set for weights and axes over many decades."""
    generator = np.random.default_rng(7)
    plain = undecorated(kernel_module)
    for d in (1, 2, 5, 12):
        for decades in (0, 2, 16):
            for spread in (0.5, 2.0, 1e3):
                axes = 10.0 ** generator.uniform(-1.0, 1.0, d)
                centre = generator.standard_normal(d)
                point = centre + spread * axes * generator.standard_normal(d)
                weight = 10.0 ** generator.uniform(-decades / 2, decades / 2, d)
                domain = Ellipsoid(axes, centre)
                exact = reference(axes, centre, point, weight)
                kernel, out = domain.kernel(), np.empty(d)
                assert plain.project_ellipsoid(point, weight, out, np.empty(2 * d), kernel.data) == 0
                for x in (domain.project(point, weight), out):
                    errors = np.array(
                        [abs(float(mpmath.mpf(float(e)) - y)) for e, y in zip(x, exact, strict=True)]
                    )
                    # What the rounding of |q|^2 moves a light coordinate by is eps/z_i of its axis.
                    z = np.array([abs(float(y)) for y in exact]) - np.abs(centre)
                    room = axes / np.clip(np.abs(z) / axes, 1e-2, 1.0) + np.abs(centre)
                    assert np.all(errors <= 4 * ACCURACY * room)


def test_ellipsoid_with_equal_axes_is_the_ball():
    """The l2 ball's own kernel gives the same projections."""
    generator = np.random.default_rng(8)
    ball, domain = L2Ball(6, 2.0, np.arange(6.0)), Ellipsoid(np.full(6, 2.0), np.arange(6.0))
    for _ in range(50):
        point, weight = 9 * generator.standard_normal(6), 10.0 ** generator.uniform(-8.0, 8.0, 6)
        # A few eps of the largest coordinate, 5 + 2.
        assert np.max(np.abs(ball.project(point, weight) - domain.project(point, weight))) <= 7e-14


def test_ellipsoid_handles_zero_weights():
    """Zero weights are projected onto the slice the others leave, or go to the centre."""
    domain = Ellipsoid([1.0, 2.0, 2.0], [1.0, 0.0, 0.0])
    # The slice x_1 = 1.6 has z_1 = 0.6, so the disc |(x_2, x_3)| <= 1.6 is left: plain projection of (6, 8).
    x = domain.project([1.6, 6.0, 8.0], [1.0, 0.0, 0.0])
    assert np.allclose(x, [1.6, 0.96, 1.28], rtol=0, atol=1e-15)
    assert np.array_equal(domain.project([5.0, 6.0, 8.0], [1.0, 0.0, 0.0]), [2.0, 0.0, 0.0])
    # The plain norm in the slice, not the ellipsoid's own: the same point for weights zero and 1e-12.
    thin = Ellipsoid([1.0, 3.0, 1.0])
    point = np.array([0.3, 4.0, 2.0])
    near = thin.project(point, [1.0, 1e-12, 1e-12])
    # The limit is reached linearly, within a small multiple of the weight.
    assert np.allclose(thin.project(point, [1.0, 0.0, 0.0]), near, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    "domain", [Ellipsoid([1, 2, 0.1]), Ellipsoid([1], [3]), Ellipsoid([2, 1, 5, 3], [1, 2, 3, 4])]
)
def test_ellipsoid_conforms(domain):
    """The contract of a domain holds."""
    check_domain(domain)


def test_ellipsoid_contains_refuses_the_projection_onto_a_larger_one():
    """Must-fail control: one semi-axis wrong by a thousandth is noticed."""
    point = np.array([9.0, 9.0])
    assert not Ellipsoid([1.0, 2.0]).contains(Ellipsoid([1.0, 2.002]).project(point), tolerance=1e-6)
    assert Ellipsoid([1.0, 2.0]).contains(Ellipsoid([1.0, 2.0]).project(point), tolerance=1e-15)


def test_ellipsoid_refuses_wrong_axes():
    """Axes that are zero, negative, missing or not finite are named."""
    for axes in ([1.0, 0.0], [-1.0], [], [np.inf], 3.0):
        with pytest.raises(ValueError, match="`axes`"):
            Ellipsoid(axes)
