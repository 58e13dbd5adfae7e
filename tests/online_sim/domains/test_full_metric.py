"""Projections in a full metric: against cvxpy, against diagonal ones, in longer floats, and refusals."""

import numpy as np
import pytest

from online_sim.contract import ConformanceError
from online_sim.domains.box import Box
from online_sim.domains.conformance import check_domain
from online_sim.domains.ellipsoid import Ellipsoid
from online_sim.domains.full_metric import eigen, project_in_metric, refusal, solve
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.polytope import Polytope
from online_sim.domains.simplex import Simplex
from wrapped_domain import Wrapped

SETS = (
    Box([-1.0, -0.5, -2.0], [0.5, 1.0, 0.25]),
    L2Ball(3, radius=0.75, centre=[0.5, 0.0, -0.25]),
    Simplex(3),
    Polytope(np.vstack((np.eye(3), -np.eye(3), np.ones((1, 3)))), [1.0] * 6 + [0.5]),
)


def drawn(seed, d=3):
    """A symmetric matrix with eigenvalues over three decades, and a point."""
    rng = np.random.default_rng(seed)
    turned = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return (turned * 10.0 ** rng.uniform(-1.5, 1.5, d)) @ turned.T, 3 * rng.normal(size=d)


@pytest.mark.parametrize("domain", SETS, ids=lambda domain: domain.name)
def test_it_is_the_nearest_point_that_cvxpy_finds(domain):
    """A conic solver on the printed constraints; and its control, the plain projection, is another point."""
    import cvxpy

    apart = []
    for seed in range(6):
        metric, point = drawn(seed)
        values, vectors = eigen(metric)
        found = project_in_metric(domain, point, values, vectors, domain.project)
        u = cvxpy.Variable(3)
        root = (vectors * np.sqrt(values)) @ vectors.T
        problem = cvxpy.Problem(cvxpy.Minimize(cvxpy.norm(root @ (u - point))), domain.cvxpy_constraints(u))
        problem.solve(solver=cvxpy.CLARABEL)
        # The solver's 1e-8 in the objective is 1e-4 in the flattest direction of the metric.
        assert np.allclose(found, u.value, rtol=0, atol=2e-3)
        mine, its = (np.linalg.norm(root @ (y - point)) for y in (found, u.value))
        assert mine <= its + 1e-6
        apart.append(np.abs(found - domain.project(point)).max())
    assert max(apart) > 0.1


@pytest.mark.parametrize("domain", SETS, ids=lambda domain: domain.name)
def test_longer_floats_agree(domain):
    """The same source in long double, on the sets whose projection is not asked for anything but 1."""
    for seed in range(4):
        metric, point = drawn(seed)
        values, vectors = eigen(metric)
        found = project_in_metric(domain, point, values, vectors, domain.project)
        values, vectors = eigen(metric.astype(np.longdouble))

        def project(p, w):
            return domain.project(p.astype(float), w.astype(float)).astype(np.longdouble)

        longer = project_in_metric(domain, point.astype(np.longdouble), values, vectors, project)
        assert longer.dtype == np.longdouble
        # 1e-16 times the condition of the metric, at most 1000, times the distance of the point
        assert np.abs(longer - found).max() < 1e-11


def test_jacobi_finds_the_eigenvalues():
    """Those of LAPACK, with vectors that give the matrix back; also of a multiple of the identity."""
    for matrix in (drawn(1)[0], drawn(2, 5)[0], 3 * np.eye(2), np.zeros((3, 3))):
        values, vectors = eigen(matrix.astype(np.longdouble))
        assert np.allclose(np.sort(values).astype(float), np.linalg.eigvalsh(matrix), rtol=1e-13, atol=1e-13)
        # 64 bits, five coordinates, a handful of sweeps
        assert np.abs((vectors * values) @ vectors.T - matrix).max() < 1e-16 * max(1, np.abs(matrix).max())
    with pytest.raises(RuntimeError, match="not finite"):
        eigen(np.full((2, 2), np.nan))


def test_small_systems_are_solved():
    """With a zero where elimination begins, and without any row."""
    matrix = np.array([[0.0, 2.0], [1.0, 1.0]])
    assert np.array_equal(solve(matrix, np.array([2.0, 3.0])), [2.0, 1.0])
    assert solve(np.zeros((0, 0)), np.zeros(0)).shape == (0,)


def test_what_is_refused():
    """A set without rows or a centre, and too many coordinates."""
    assert refusal(None, 5) is None
    assert "6 coordinates" in refusal(None, 6)
    assert "play on a Box" in refusal(Ellipsoid([1.0, 2.0]), 2)


class WrongRows(Wrapped):
    """Says half-spaces of a smaller box."""

    def half_spaces(self):
        """Nine tenths of the sides."""
        rows, bounds = self.inner.half_spaces()
        return rows, 0.9 * bounds


class WrongCentre(Wrapped):
    """Says a centre that is none."""

    def rotation_centre(self):
        """Off by a tenth."""
        return np.full(self.dimension, 0.1)


@pytest.mark.parametrize("wrong", [WrongRows(Box(-1, 1, dimension=2)), WrongCentre(L2Ball(2))])
def test_the_contract_refuses_wrong_rows_and_centres(wrong):
    """Must-fail control of the law of full metrics."""
    with pytest.raises(ConformanceError, match="full metric"):
        check_domain(wrong)
