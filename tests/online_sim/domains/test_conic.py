"""A set's rows for Clarabel, compiled once: its answers are those of closed forms and the simplex method."""

import cvxpy
import numpy as np
import pytest

from online_sim.domains.conic import conic_set, solve_conic, solve_flat
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex

TIGHT = {"tol_gap_abs": 1e-10, "tol_gap_rel": 1e-10, "tol_feas": 1e-10}
SETS = [Simplex(4), L2Ball(4, 0.6, [0.1, 0.0, -0.2, 0.3])]


def _rows(domain):
    x = cvxpy.Variable(domain.dimension)
    return conic_set(x, domain.cvxpy_constraints(x))


@pytest.mark.parametrize("domain", SETS, ids=lambda d: type(d).__name__)
def test_the_least_point_of_a_quadratic_is_the_weighted_projection(domain):
    """One compiled set answers for every objective."""
    rows, generator = _rows(domain), np.random.default_rng(3)
    for _ in range(5):
        point, weight = 2.0 * generator.standard_normal(4), generator.uniform(0.1, 1.0, 4)
        found = rows.least(weight, -weight * point, **TIGHT)
        error = found.unknowns[rows.columns] - domain.project(point, weight)
        # The objective is strongly convex: its gap is of the order of the squared error.
        assert np.max(np.abs(error)) <= 1e-5


@pytest.mark.parametrize("domain", SETS, ids=lambda d: type(d).__name__)
def test_the_least_point_of_a_linear_function_reaches_the_support(domain):
    """The value, not the point, is unique."""
    rows, c = _rows(domain), np.array([1.0, -2.0, 0.5, 0.25])
    found = rows.least(np.zeros(4), c, **TIGHT)
    # Within ten times the gap asked for.
    assert c @ found.unknowns[rows.columns] == pytest.approx(-domain.support(-c), abs=1e-9)


def test_both_solvers_have_the_same_value_and_certified_multipliers():
    """The multipliers of a linear program prove its value: q + A'z = 0 and -<b, z> is the least <q, v>."""
    rows = _rows(SETS[0])
    q = np.zeros(rows.size)
    q[rows.columns] = [3.0, 1.0, 2.0, 5.0]
    nothing = 0.0 * (rows.rows.T @ rows.rows)
    interior = solve_conic(nothing, q, rows.rows, rows.bounds, rows.cones, **TIGHT)
    vertex = solve_flat(q, rows.rows, rows.bounds, rows.cones)
    for found in (interior, vertex):  # within ten times the gap
        assert q @ found.unknowns == pytest.approx(1.0, abs=1e-9)
        assert -rows.bounds @ found.multipliers == pytest.approx(1.0, abs=1e-9)
        assert np.max(np.abs(q + rows.rows.T @ found.multipliers)) <= 1e-9


def test_a_set_without_cones_is_refused():
    """An integer variable has no cone."""
    x = cvxpy.Variable(2, integer=True)
    with pytest.raises(cvxpy.SolverError):
        conic_set(x, [x >= 0, x <= 1])
