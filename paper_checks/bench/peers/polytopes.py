"""Weighted projections onto {A y <= b} by solvers called directly: set up once, then updated and solved.

All get the same problems: minimise sum_i w_i (y_i - p_i)^2/2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paper_checks.bench.row import Answer, Call

if TYPE_CHECKING:
    from numpy.typing import NDArray

Problem = tuple["NDArray[Any]", "NDArray[Any]"]
"""A point and its weights, (d,) each."""


def osqp_loop(A: NDArray[Any], b: NDArray[Any], problems: list[Problem]) -> Call:
    """OSQP, warm from the last problem, at tolerances of 1e-6."""
    import numpy as np
    import osqp
    from scipy.sparse import csc_matrix, diags

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


def clarabel_loop(A: NDArray[Any], b: NDArray[Any], problems: list[Problem]) -> Call:
    """Clarabel at its own tolerances."""
    import clarabel
    import numpy as np
    from scipy.sparse import csc_matrix, diags

    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.presolve_enable = False  # its data can then be updated
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
