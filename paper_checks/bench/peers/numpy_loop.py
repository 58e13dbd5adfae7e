"""The loop one writes first: numpy, one round after the other, with a projection handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paper_checks.bench.game import BETA1, BETA2
from paper_checks.bench.peers.arrays import Project, factors, full_round
from paper_checks.bench.row import Answer, Call

if TYPE_CHECKING:
    from numpy.typing import NDArray


def numpy_loop(rounds: int, rows: NDArray[Any], project: Project, start: NDArray[Any]) -> Call:
    """`rounds` rounds from `start`, shape (d,), with the results of `bench.game.played`."""
    import numpy as np

    def call() -> Answer:
        zero = np.zeros_like(start)
        state = (start, zero, zero, zero)
        found = np.empty((1, rounds, 4))
        with np.errstate(divide="ignore"):
            for t in range(rounds):
                now = factors(np, t + 1, BETA1 ** (t + 1), BETA2 ** (t + 1))
                state, found[0, t] = full_round(np, state, rows[t % len(rows)], now, project)
        return {"x": state[0][None], "recorded": found}

    return call


def cvxpy_projection(dimension: int) -> Project:
    """Onto the box [-1, 1]^d: one parametrised problem (DPP), compiled once and solved in every round."""
    import cvxpy
    import numpy as np

    y = cvxpy.Variable(dimension)
    root, scaled = cvxpy.Parameter(dimension, nonneg=True), cvxpy.Parameter(dimension)
    distance = cvxpy.sum_squares(cvxpy.multiply(root, y) - scaled)
    problem = cvxpy.Problem(cvxpy.Minimize(distance), [y >= -1, y <= 1])

    def project(point: Any, weight: Any) -> Any:
        # Only the proportions of the weights matter; solvers want them near one.
        root.value = np.sqrt(weight / weight.max())
        scaled.value = root.value * point
        problem.solve(solver=cvxpy.OSQP)  # the fastest for this problem of those that come with cvxpy
        return y.value

    return project
