"""The smallest total loss by the usual solver, on sparse rows: what one checkpoint of a regret needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paper_checks.bench.row import Answer, Call

if TYPE_CHECKING:
    from numpy.typing import NDArray

Rows = tuple["NDArray[Any]", "NDArray[Any]"]
"""Vectors (T, d) and labels of -1 and 1, (T,)."""
RELATIVE = 1e-9
"""The accuracy of the minimum that is asked for, the same as of ours."""
COST = 1e-2
"""The weight C of the hinge losses beside ||x||^2/2."""


def w8a_like(rounds: int, *, dimension: int = 300) -> Rows:
    """Rows like those of w8a: d = 300, a 1 in about 12 places, 3 % positive labels, not separable."""
    import numpy as np

    rng = np.random.default_rng(0)
    often = rng.beta(1, 24, size=dimension)
    vectors = (rng.uniform(size=(rounds, dimension)) < often).astype(float)
    score = vectors @ rng.normal(size=dimension) + rng.logistic(size=rounds)
    return vectors, np.where(score > np.quantile(score, 0.97), 1.0, -1.0)


def lbfgs_in_a_box(rows: Rows, radius: float) -> Call:
    """L-BFGS-B of scipy on the total logistic loss over [-radius, radius]^d; the result: `minimum`."""
    import numpy as np
    from scipy.optimize import minimize
    from scipy.sparse import csr_array

    vectors, labels = rows
    signed = csr_array(-labels[:, None] * vectors)
    across = csr_array(signed.T)
    dimension = vectors.shape[1]

    def value(x: NDArray[Any]) -> tuple[float, NDArray[Any]]:
        margin = signed @ x
        losses = np.logaddexp(0.0, margin)
        return float(losses.sum()), across @ np.exp(margin - losses)

    def call() -> Answer:
        found = minimize(
            value, np.zeros(dimension), jac=True, method="L-BFGS-B", bounds=[(-radius, radius)] * dimension,
            options={"ftol": RELATIVE / 10_000, "gtol": 0.0, "maxcor": 20, "maxiter": 10_000},
        )  # fmt: skip
        return {"minimum": found.fun}

    return call


def liblinear(rows: Rows, *, tolerance: float = 1e-6) -> Callable[[], NDArray[Any]]:
    """liblinear on C times the total hinge loss plus ||x||^2/2: a function that returns its x, (d,).

    x also minimises the total hinge loss over the ball of radius ||x||, whose multiplier is 1/C.
    """
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    vectors, labels = rows
    sparse = csr_matrix(vectors)
    solver = LinearSVC(
        loss="hinge", C=COST, fit_intercept=False, dual=True, tol=tolerance, max_iter=100_000, random_state=0
    )

    def call() -> NDArray[Any]:
        point: NDArray[Any] = solver.fit(sparse, labels).coef_[0]
        return point

    return call


def hinge_total(rows: Rows, point: NDArray[Any]) -> float:
    """The total hinge loss of a point."""
    import numpy as np

    vectors, labels = rows
    return float(np.maximum(0.0, 1.0 - labels * (vectors @ point)).sum())
