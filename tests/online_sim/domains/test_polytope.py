"""The polytope against a brute force over all active sets in rational arithmetic."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from online_sim.domains.box import Box
from online_sim.domains.conformance import check_domain, undecorated
from online_sim.domains.kernels import polytope as kernel_module
from online_sim.domains.polytope import Polytope

# Relative to the point: the inverse of at most 3 rows, sometimes nearly parallel; measured 4e-15.
ACCURACY = 2e-14


def solve(matrix, right):
    """The exact solution of a square system, None when it is singular."""
    n = len(right)
    table = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for c in range(n):
        pivot = next((i for i in range(c, n) if table[i][c] != 0), None)
        if pivot is None:
            return None
        table[c], table[pivot] = table[pivot], table[c]
        table[c] = [value / table[c][c] for value in table[c]]
        for i in range(n):
            if i != c and table[i][c] != 0:
                table[i] = [x - table[i][c] * y for x, y in zip(table[i], table[c], strict=True)]
    return [row[n] for row in table]


def reference(A, b, point, weight):
    """The exact projection: the KKT system of every independent set of rows, until one is optimal.

    A zero weight is 2^-400 of the smallest positive one: exact arithmetic, so off the limit by about that.
    """
    rows = [[Fraction(float(e)) for e in row] for row in A]
    bounds, p, w = ([Fraction(float(e)) for e in v] for v in (b, point, weight))
    least = min((e for e in w if e > 0), default=Fraction(1))
    w = [e if e > 0 else least / 2**400 for e in w]
    d, m = len(p), len(bounds)

    def product(x, y):
        return sum(a * e for a, e in zip(x, y, strict=True))

    for size in range(min(d, m) + 1):
        for chosen in itertools.combinations(range(m), size):
            gram = [[sum(rows[i][j] * rows[k][j] / w[j] for j in range(d)) for k in chosen] for i in chosen]
            u = solve(gram, [product(rows[i], p) - bounds[i] for i in chosen])
            if u is None or any(e < 0 for e in u):
                continue
            pull = [sum(e * rows[i][j] for e, i in zip(u, chosen, strict=True)) for j in range(d)]
            y = [p[j] - pull[j] / w[j] for j in range(d)]
            if all(product(rows[i], y) <= bounds[i] for i in range(m)):
                return y
    return None


def cases(seed, count):
    """Rows in a box [-1, 1]^d, degenerate and repeated ones among them, and points near and far."""
    generator = np.random.default_rng(seed)
    for k in range(count):
        d, m = int(generator.integers(1, 4)), int(generator.integers(1, 4))
        A, b = generator.standard_normal((m, d)), generator.uniform(0.1, 1.0, m)
        if k % 3 == 0:
            # Small integers, bounds of zero: many rows through one vertex.
            A, b = generator.integers(-2, 3, (m, d)).astype(float), generator.integers(0, 2, m).astype(float)
            A[~A.any(axis=1)] = 1.0
        if k % 4 == 0:
            A, b = np.vstack((A, 2.0 * A[:1])), np.append(b, 2.0 * b[0])
        A, b = np.vstack((A, np.eye(d), -np.eye(d))), np.append(b, np.ones(2 * d))
        point = generator.standard_normal(d) * 10.0 ** generator.integers(-1, 3)
        decades = (0.0, 2.0, 8.0)[k % 3 if k % 2 else 2]
        weight = 10.0 ** generator.uniform(-decades, decades, d)
        if k % 5 == 0:
            weight[generator.random(d) < 0.5] = 0.0
        yield A, b, point, weight


def run(function, A, b, point, weight, last=np.nan):
    """The kernel on rows as they are, no duplicate removed, around the origin 0, begun at `last`."""
    m, d = A.shape
    out, work = np.full(d, last, dtype=float), np.full(3 * d * d + 11 * d + m, np.nan)
    return function(point, weight, out, work, np.concatenate(([m], np.zeros(d), A.ravel(), b))), out


@pytest.mark.parametrize("count", [100, pytest.param(250, marks=pytest.mark.slow)])
def test_polytope_kernel_matches_brute_force(count):
    """Every coordinate is right to some eps of the point, compiled and interpreted, zero weights included."""
    plain = undecorated(kernel_module)
    sizes = set()
    for A, b, point, weight in cases(9, count):
        if not weight.any():
            weight = np.ones(point.size)
        exact = reference(A, b, point, weight)
        for function in (kernel_module.project_polytope, plain.project_polytope):
            code, x = run(function, A, b, point, weight)
            error = max(abs(float(Fraction(float(e)) - y)) for e, y in zip(x, exact, strict=True))
            assert code == 0
            assert error <= ACCURACY * max(1.0, np.abs(point).max())
        sizes.add(int(np.sum(np.abs(A @ x - b) < 1e-9)))
    # Interior points, faces, and vertices with more rows than dimensions all occur.
    assert {0, 1, 2, 3, 4} <= sizes


def test_polytope_from_any_last_point_is_as_right_as_from_none():
    """The last point of a game, a vertex, another projection or numbers from afar: a beginning, no more."""
    generator = np.random.default_rng(12)
    begun = 0
    for A, b, point, weight in cases(13, 120):
        if not weight.any():
            weight = np.ones(point.size)
        exact = reference(A, b, point, weight)
        _, cold = run(kernel_module.project_polytope, A, b, point, weight)
        other = generator.standard_normal(point.size) * 10.0 ** generator.integers(-1, 3)
        _, beside = run(kernel_module.project_polytope, A, b, other, np.ones(point.size))
        for last in (cold, beside, np.sign(beside), other):
            begun += int(np.any(np.abs(A @ last - b) <= 1e-9))
            code, x = run(kernel_module.project_polytope, A, b, point, weight, last=last)
            error = max(abs(float(Fraction(float(e)) - y)) for e, y in zip(x, exact, strict=True))
            assert code == 0
            assert error <= ACCURACY * max(1.0, np.abs(point).max())
    assert begun > 100  # most begin with some rows


def test_polytope_begins_with_the_rows_of_the_last_point():
    """Begun at the answer, the method finds no row violated; begun at none, it finds each row."""
    A, b = np.vstack((np.eye(3), -np.eye(3))), np.ones(6)
    point, weight = np.array([3.0, -2.0, 0.5]), np.array([1.0, 2.0, 3.0])
    data = np.concatenate(([6.0], np.zeros(3), A.ravel(), b))
    found = []
    for last in (np.full(3, np.nan), np.array([1.0, -1.0, 0.5])):
        work = np.full(3 * 9 + 11 * 3 + 6, np.nan)
        assert kernel_module.project_polytope(point, weight, last, work, data) == 0
        assert np.array_equal(last, [1.0, -1.0, 0.5])
        found.append(int(np.sum(work[-6:] >= 0)))  # the norms of the rows that were violated
    assert found == [2, 0]


def test_polytope_drops_rows_whose_multiplier_proves_negative_late():
    """A row needed on the way but not at the end is let go although its multiplier drowns in rounding."""
    A = np.array([[1, 2, 0], [-2, 0, 0], [0, 1, 2], [0, 1, -2], [0, -2, -1], [2, 2, -2]], dtype=float)
    point, weight = np.array([223.0, 141.0, -95.0]), np.array([7e-12, 3e-18, 1.6e15])
    exact = reference(A, np.full(6, 2.0), point, weight)
    code, x = run(kernel_module.project_polytope, A, np.full(6, 2.0), point, weight)
    assert code == 0
    assert np.allclose(x, [float(y) for y in exact], rtol=0, atol=ACCURACY * 223)


def test_polytope_meets_the_kkt_conditions_in_higher_dimension():
    """Nonnegative multipliers of the active rows explain w (p - y), weights over 16 decades."""
    from scipy.optimize import nnls

    generator = np.random.default_rng(10)
    for d, m in ((8, 30), (15, 45)):
        for _ in range(8):
            A = generator.standard_normal((m, d))
            b = np.linalg.norm(A, axis=1)
            point, weight = 3 * generator.standard_normal(d), 10.0 ** generator.uniform(-8.0, 8.0, d)
            code, x = run(kernel_module.project_polytope, A, b, point, weight)
            assert code == 0
            assert np.all(A @ x - b <= 1e-13 * d * b)
            active = A[np.abs(A @ x - b) <= 1e-10 * b]
            # In the units of the norm: sqrt(w)(p - y) = A' u / sqrt(w), relative to the left side.
            left = np.sqrt(weight) * (point - x)
            columns = (active / np.sqrt(weight)).T
            columns = columns / np.linalg.norm(columns, axis=0)
            # 1e-10: nnls works with normal equations of columns that span 8 decades.
            assert nnls(columns, left, maxiter=1000)[1] <= 1e-10 * np.linalg.norm(left)


def test_polytope_of_a_box_is_the_box():
    """A box given by rows projects like the clip, has its widths, its diagonal and its maxima."""
    generator = np.random.default_rng(11)
    lower, upper = np.array([-1.0, 0.5, 2.0]), np.array([1.0, 0.75, 9.0])
    box, rows = (
        Box(lower, upper),
        Polytope(np.vstack((np.eye(3), -np.eye(3))), np.concatenate((upper, -lower))),
    )
    assert np.array_equal(rows.coordinate_diameters(), box.coordinate_diameters())
    # The enumeration solves 3 by 3 systems: some eps.
    assert rows.diameter("2") == pytest.approx(box.diameter("2"), rel=1e-14)
    for _ in range(30):
        point, weight = 20 * generator.standard_normal(3), 10.0 ** generator.uniform(-8.0, 8.0, 3)
        assert np.allclose(rows.project(point, weight), box.project(point), rtol=0, atol=1e-14)
        assert rows.support(point) == pytest.approx(box.support(point), rel=1e-14)


def test_polytope_diameter_is_exact_or_an_upper_bound():
    """The simplex's diameter is 2^(1/2) by enumeration; a cube with too many rows keeps the upper bound."""
    simplex = Polytope(np.vstack((-np.eye(4), np.ones(4), -np.ones(4))), [0, 0, 0, 0, 1, -1])
    assert simplex.diameter("2") == pytest.approx(np.sqrt(2.0), rel=1e-14)
    assert simplex.diameter() == 1.0
    cross = np.array(list(itertools.product((-1.0, 1.0), repeat=6)))
    assert Polytope(cross, np.ones(64)).diameter("2") == pytest.approx(2.0 * np.sqrt(6.0), rel=1e-9)


@pytest.mark.parametrize(
    "domain",
    [
        Polytope(np.vstack((np.eye(3), -np.eye(3), np.ones((1, 3)), np.zeros((1, 3)))), np.ones(8)),
        Polytope(np.vstack((-np.eye(4), np.ones((1, 4)), -np.ones((1, 4)))), [0, 0, 0, 0, 1, -1]),
        Polytope(np.random.default_rng(12).standard_normal((12, 4)), np.ones(12)),
        Polytope([[1.0], [-1.0], [0.0], [2.0]], [1, 0, 0, 2]),
        Polytope([[1, 0], [-1, 0], [0, 1], [0, -1.0]], [1, -1, 2, -2]),
    ],
    ids=["cut cube", "simplex", "random", "interval", "one point"],
)
def test_polytope_conforms(domain):
    """The contract of a domain holds, on flat sets and on one point too."""
    check_domain(domain)


def test_polytope_refuses_empty_and_unbounded_sets():
    """The error says how far every point is from feasible, or in which direction the set is unbounded."""
    with pytest.raises(ValueError, match=r"every point lies at least 0.25 beyond some row"):
        Polytope([[1.0, 0], [-1, 0], [0, 1], [0, -1]], [1, -1.5, 1, 1])
    with pytest.raises(ValueError, match=r"unbounded.* v = \[-?0. -1.\]"):
        Polytope([[1.0, 0], [-1, 0], [0, 1]], [1, 1, 1])
    with pytest.raises(ValueError, match=r"row 1 of `A` is zero"):
        Polytope([[1.0], [0.0]], [1, -1])
    with pytest.raises(ValueError, match="only zero rows"):
        Polytope([[0.0]], [1])
    with pytest.raises(ValueError, match="`b` has shape"):
        Polytope([[1.0]], [1, 2])


def test_polytope_kernel_reports_rows_without_a_common_point():
    """Must-fail control: x <= 0 and x >= 1 get a code, not a point."""
    code, _ = run(
        kernel_module.project_polytope,
        np.array([[1.0], [-1.0]]),
        np.array([0.0, -1.0]),
        np.ones(1),
        np.ones(1),
    )
    assert code == 3
