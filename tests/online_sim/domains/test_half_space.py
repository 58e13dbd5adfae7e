"""The half-space against exact rational arithmetic, over weights of 16 decades and zero weights."""

from fractions import Fraction

import numpy as np
import pytest
from numba import typeof

from online_sim.domains.conformance import check_domain, undecorated
from online_sim.domains.half_space import HalfSpace
from online_sim.domains.kernels import half_space as kernel_module

# Some eps for the sum <a, x> of up to eight terms, relative to its largest term.
ACCURACY = 1e-14


def reference(normal, offset, point, weight):
    """The projection in exact arithmetic; zero weights by the two-stage rule."""
    a, p, w = ([Fraction(float(e)) for e in v] for v in (normal, point, weight))
    excess = sum(x * y for x, y in zip(a, p, strict=True)) - Fraction(float(offset))
    if excess <= 0:
        return p
    free = [i for i in range(len(a)) if w[i] == 0 and a[i] != 0]
    if free:
        slopes = [a[i] if i in free else Fraction(0) for i in range(len(a))]
    else:
        slopes = [a[i] / w[i] if a[i] != 0 else Fraction(0) for i in range(len(a))]
    lam = excess / sum(x * s for x, s in zip(a, slopes, strict=True))
    return [x - lam * s for x, s in zip(p, slopes, strict=True)]


def cases(seed, count):
    """Random half-spaces, points and weights over 0 to 16 decades, some weights and normals' entries zero."""
    generator = np.random.default_rng(seed)
    for k in range(count):
        d = int(generator.integers(1, 9))
        normal = generator.standard_normal(d) * 10.0 ** generator.integers(-3, 4)
        normal[generator.random(d) < 0.1] = 0.0
        normal[generator.integers(d)] = 1.0
        point = generator.standard_normal(d) * 10.0 ** generator.integers(-1, 3)
        decades = (0.0, 2.0, 8.0)[k % 3]
        weight = 10.0 ** generator.uniform(-decades, decades, d)
        weight[generator.random(d) < 0.15] = 0.0
        yield HalfSpace(normal, generator.standard_normal()), point, weight


def test_half_space_matches_exact_rational_projection():
    """Every coordinate is right to some eps of the point, compiled and interpreted."""
    plain = undecorated(kernel_module)
    moved = 0
    for domain, point, weight in cases(1, 400):
        exact = reference(domain.normal, domain.offset, point, weight)
        kernel, out = domain.kernel(), np.empty(point.size)
        assert plain.project_half_space(point, weight, out, np.empty(0), kernel.data) == 0
        # The rounding of <a, p> is relative to its largest term, and a_i may be smaller than that.
        scale = np.abs(domain.normal * point).max() / np.abs(domain.normal[domain.normal != 0]).min()
        for x in (domain.project(point, weight), out):
            error = max(abs(float(Fraction(float(e)) - y)) for e, y in zip(x, exact, strict=True))
            assert error <= ACCURACY * (scale + np.abs(point).max() + abs(domain.offset))
        moved += exact != [Fraction(float(e)) for e in point]
    # Otherwise only the identity would have been tested.
    assert 100 < moved < 400


def test_half_space_does_not_care_for_the_scale_of_its_row_and_weights():
    """Rows and weights near the ends of the float range project like the same numbers near one."""
    point, weight = np.array([3.0, 5.0, -1.0]), np.array([1.0, 2.0, 4.0])
    expected = HalfSpace([1.0, 2.0, -1.0], 3.0).project(point, weight)
    for power in (-900, 900):
        scaled = HalfSpace(np.ldexp([1.0, 2.0, -1.0], power), np.ldexp(3.0, power))
        assert np.array_equal(scaled.project(point, np.ldexp(weight, -power)), expected)
        assert scaled.contains(expected, tolerance=1e-15)


@pytest.mark.parametrize(
    "domain", [HalfSpace([1, 2, -3], 0.7), HalfSpace([0, 2, 0, 1], -1), HalfSpace([-1], 2)]
)
def test_half_space_conforms(domain):
    """The contract of a domain holds."""
    check_domain(domain)


def test_half_space_contains_refuses_the_projection_onto_a_larger_one():
    """Must-fail control: an offset wrong in the fourth digit is noticed by `contains` and the exact case."""
    domain, wrong = HalfSpace([1.0, 2.0], 1.0), HalfSpace([1.0, 2.0], 1.001)
    point = np.array([5.0, 5.0])
    x = wrong.project(point)
    exact = reference(domain.normal, domain.offset, point, np.ones(2))
    assert not domain.contains(x, tolerance=1e-6)
    assert max(abs(float(Fraction(float(e)) - y)) for e, y in zip(x, exact, strict=True)) > 1e-4


def test_half_space_refuses_what_is_no_half_space():
    """A zero normal, a bad offset and a maximiser at infinity are named."""
    with pytest.raises(ValueError, match="`normal` must not be zero"):
        HalfSpace([0.0, 0.0], 1.0)
    with pytest.raises(ValueError, match="`offset` = inf must be a finite number"):
        HalfSpace([1.0], np.inf)
    with pytest.raises(ValueError, match="no maximiser"):
        HalfSpace([1.0, 0.0], 1.0).maximiser(np.array([1.0, 1.0]))
    assert HalfSpace([2.0, 4.0], 6.0).support(np.array([1.0, 2.0])) == 3.0


def test_every_kind_of_array_is_projected_by_one_compiled_kernel():
    """Read-only and strided points and weights give the same bits, and nothing is compiled for them anew."""
    half = HalfSpace([1.0, 2.0, 0.5], 1.0)
    point, weight = np.array([3.0, -1.0, 5.0]), np.array([1.0, 4.0, 0.1])
    expected = half.project(point, weight)
    kernel = half.kernel()
    known = set(kernel.function.signatures)
    locked = point.copy()
    locked.setflags(write=False)
    spread = np.repeat(point, 2)[::2]
    # The control: given to the compiler as they are, they are new types.
    assert all(typeof(array) != typeof(point) for array in (locked, spread))
    for other in (locked, spread):
        assert np.array_equal(half.project(other, np.repeat(weight, 3)[::3]), expected)
        assert not np.shares_memory(half.project(other), other)
    assert set(kernel.function.signatures) == known
