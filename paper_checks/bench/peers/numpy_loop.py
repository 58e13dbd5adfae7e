"""The naive loop: numpy, one round after the other, with the projection as an argument."""

from typing import Any

from paper_checks.bench.game import BETA1, BETA2, centres
from paper_checks.bench.peers.arrays import Project, factors, full_round
from paper_checks.bench.row import Answer, Call


def numpy_loop(dimension: int, rounds: int, *, project: Project | None = None) -> Call:
    """Rounds from 0 with the results of `bench.game.played`.

    project: onto the box [-1, 1]^d; None: by clipping.
    """
    import numpy as np

    rows = centres(dimension)
    onto = project or (lambda point, _: point.clip(-1, 1))

    def call() -> Answer:
        state = (np.zeros(dimension),) * 4
        found = np.empty((1, rounds, 4))
        with np.errstate(divide="ignore"):
            for t in range(rounds):
                now = factors(np, t + 1, BETA1 ** (t + 1), BETA2 ** (t + 1))
                state, found[0, t] = full_round(np, state, rows[t % len(rows)], now, onto)
        return {"x": state[0][None], "recorded": found}

    return call


def cvxpy_loop(dimension: int, rounds: int) -> Call:
    """The numpy loop with a solver for the projection."""
    return numpy_loop(dimension, rounds, project=cvxpy_projection(dimension))


def cvxpy_projection(dimension: int) -> Project:
    """Projection onto the box [-1, 1]^d: one parametrised problem (DPP), compiled once, solved each round."""
    import cvxpy
    import numpy as np

    y = cvxpy.Variable(dimension)
    root, scaled = cvxpy.Parameter(dimension, nonneg=True), cvxpy.Parameter(dimension)
    distance = cvxpy.sum_squares(cvxpy.multiply(root, y) - scaled)
    problem = cvxpy.Problem(cvxpy.Minimize(distance), [y >= -1, y <= 1])

    def project(point: Any, weight: Any) -> Any:
        # Only the ratios of the weights matter; solvers prefer weights near one.
        root.value = np.sqrt(weight / weight.max())
        scaled.value = root.value * point
        problem.solve(solver=cvxpy.OSQP)  # the fastest solver bundled with cvxpy for this problem
        return y.value

    return project
