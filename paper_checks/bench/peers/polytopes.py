"""Weighted projections onto {A y <= b} by solvers called directly: set up once, then updated and solved.

All solve the same problems: minimise sum_i w_i (y_i - p_i)^2/2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paper_checks.bench.row import Answer, Call

if TYPE_CHECKING:
    from numpy.typing import NDArray

Problem = tuple["NDArray[Any]", "NDArray[Any]"]
"""A point and its weights, (d,) each."""


def polytope(dimension: int, rows: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """A random polytope around 0: the box [-1, 1]^d, cut by rows at distances near 1/2."""
    import numpy as np

    rng = np.random.default_rng(dimension)
    cuts = rng.normal(size=(rows, dimension))
    cuts /= np.linalg.norm(cuts, axis=1)[:, None]
    eye = np.eye(dimension)
    return np.vstack([cuts, eye, -eye]), np.concatenate(
        [rng.uniform(0.4, 0.6, size=rows), np.ones(2 * dimension)]
    )


def problems_of(dimension: int, count: int) -> list[Problem]:
    """Random points, with weights that span two decades."""
    import numpy as np

    rng = np.random.default_rng(1)
    weights = 10 ** rng.uniform(-1, 1, size=(count, dimension))
    return list(zip(rng.normal(size=(count, dimension)), weights, strict=True))


def problems_of_a_game(dimension: int, count: int) -> list[Problem]:
    """Points and weights as in the rounds of a game: each is near the one before."""
    import numpy as np

    rng = np.random.default_rng(2)
    steps = rng.normal(size=(count, dimension)) / 10
    points = rng.normal(size=dimension) + np.cumsum(steps, axis=0) / np.sqrt(1 + np.arange(count))[:, None]
    growth = np.cumsum(rng.uniform(size=(count, dimension)), axis=0)
    return list(zip(points, np.sqrt(1 + growth), strict=True))


def osqp_loop(dimension: int, rows: int, count: int) -> Call:
    """OSQP, warm-started from the last problem, with tolerances of 1e-6."""
    import numpy as np
    import osqp
    from scipy.sparse import csc_matrix, diags

    (A, b), problems = polytope(dimension, rows), problems_of(dimension, count)
    point, weight = problems[0]
    solver = osqp.OSQP()
    solver.setup(
        P=csc_matrix(diags(weight)), q=-weight * point, A=csc_matrix(A), l=np.full(b.size, -np.inf), u=b,
        verbose=False, eps_abs=1e-6, eps_rel=1e-6, max_iter=20_000,
    )  # fmt: skip

    def call() -> Answer:
        found = []
        for point, weight in problems:
            solver.update(Px=weight, q=-weight * point)
            found.append(solver.solve(raise_error=True).x)
        return {"y": np.array(found)}

    return call


def clarabel_loop(dimension: int, rows: int, count: int) -> Call:
    """Clarabel at its default tolerances."""
    import clarabel
    import numpy as np
    from scipy.sparse import csc_matrix, diags

    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.presolve_enable = False  # so that its data can be updated
    (A, b), problems = polytope(dimension, rows), problems_of(dimension, count)
    point, weight = problems[0]
    solver = clarabel.DefaultSolver(
        csc_matrix(diags(weight)), -weight * point, csc_matrix(A), b, [clarabel.NonnegativeConeT(b.size)],
        settings,
    )  # fmt: skip

    def call() -> Answer:
        found = []
        for point, weight in problems:
            solver.update(P=weight, q=-weight * point)
            found.append(solver.solve().x)
        return {"y": np.array(found)}

    return call


def daqp_loop(dimension: int, rows: int, count: int, *, moving: bool = False, warm: bool = False) -> Call:
    """DAQP, a dual active set, with the box as bounds of the variables.

    moving: the problems of a game. warm: each starts from the active set of the one before.
    """
    import daqp
    import numpy as np

    A, b = polytope(dimension, rows)
    cuts, free = np.ascontiguousarray(A[:rows]), np.full(rows, -1e30)
    upper = np.concatenate([np.ones(dimension), b[:rows]])
    lower = np.concatenate([-np.ones(dimension), free])
    problems = (problems_of_a_game if moving else problems_of)(dimension, count)
    inactive = np.zeros(dimension + rows, dtype=np.int32)
    point, weight = problems[0]
    solver = daqp.Model()
    solver.setup(np.diag(weight), -weight * point, cuts, upper, lower, inactive)
    settings = {} if warm else {"sense": inactive}

    def call() -> Answer:
        found = np.empty((count, dimension))
        for (point, weight), y in zip(problems, found, strict=True):
            solver.update(H=np.diag(weight), f=-weight * point, **settings)
            y[:], _, code, _ = solver.solve()
            if code != 1:
                raise RuntimeError(f"DAQP ended with code {code}")
        return {"y": found}

    return call
