"""A set of cvxpy constraints as the rows of a conic program, on which Clarabel is called directly.

cvxpy compiles a problem in tens of milliseconds; Clarabel solves a small one in a fraction of one. The rows
of a set are therefore compiled once, and what changes from call to call (objective, tangents) is written in
their format: minimise v'Pv/2 + <q, v> over v with A v + s = b, s in a product of cones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    from online_sim.domains.rounding import Vector


@final
@dataclass(frozen=True, eq=False)
class ConicSet:
    """The points x with x = v[columns] for some v with rows v + s = bounds and s in the cones.

    Args:
        rows: The matrix A, shape (m, n).
        bounds: The vector b, shape (m,).
        cones: Clarabel's cones, in the order of the rows.
        columns: Where the coordinates of x stand in v, shape (d,).
    """

    rows: csc_array
    bounds: Vector
    cones: tuple[Any, ...]
    columns: NDArray[np.intp]

    @property
    def size(self) -> int:
        """The number of unknowns v: the coordinates, and what cvxpy adds to them."""
        return int(self.rows.shape[1])

    def least(self, bend: Vector, linear: Vector, **options: Any) -> ConicAnswer:
        """Clarabel's answer for the x of the set with least sum_i bend_i x_i^2 / 2 + <linear, x>.

        Args:
            bend: Numbers >= 0, shape (d,).
            linear: Shape (d,).
            options: As of `solve_conic`.
        """
        from scipy.sparse import csc_array

        quadratic = csc_array((bend, (self.columns, self.columns)), shape=(self.size, self.size))
        objective = np.zeros(self.size)
        objective[self.columns] = linear
        return solve_conic(quadratic, objective, self.rows, self.bounds, self.cones, **options)


@final
@dataclass(frozen=True, eq=False)
class ConicAnswer:
    """What Clarabel answered; the caller checks it.

    Args:
        unknowns: The point v, shape (n,).
        multipliers: One for each row, shape (m,).
        status: Clarabel's word, such as "Solved".
    """

    unknowns: Vector
    multipliers: Vector
    status: str


def conic_set(variable: Any, constraints: Sequence[Any]) -> ConicSet:
    """The rows of cvxpy constraints on a variable of shape (d,).

    Raises:
        cvxpy.SolverError: Clarabel has no cone for one of them.
    """
    import cvxpy
    from cvxpy.reductions.solvers.conic_solvers.clarabel_conif import dims_to_solver_cones
    from scipy.sparse import csc_array

    # The objective keeps every coordinate among the unknowns, and stays out of the rows.
    problem = cvxpy.Problem(cvxpy.Minimize(cvxpy.sum(variable)), list(constraints))
    data, _, _ = problem.get_problem_data(cvxpy.CLARABEL)
    first = data["param_prob"].var_id_to_col[variable.id]
    cones = tuple(dims_to_solver_cones(data["dims"]))
    return ConicSet(csc_array(data["A"]), np.array(data["b"]), cones, first + np.arange(variable.size))


def solve_conic(
    quadratic: csc_array,
    linear: Vector,
    rows: csc_array,
    bounds: Vector,
    cones: Sequence[Any],
    **options: Any,
) -> ConicAnswer:
    """Clarabel's answer to a conic program.

    Args:
        quadratic: The matrix P, upper triangle, shape (n, n).
        linear: The vector q, shape (n,).
        rows: The matrix A, shape (m, n).
        bounds: The vector b, shape (m,).
        cones: In the order of the rows.
        options: Fields of `clarabel.DefaultSettings`.
    """
    import clarabel

    settings = clarabel.DefaultSettings()
    settings.verbose = False
    for name, value in options.items():
        setattr(settings, name, value)
    found = clarabel.DefaultSolver(quadratic, linear, rows, bounds, list(cones), settings).solve()
    return ConicAnswer(np.array(found.x), np.array(found.z), str(found.status))


def solve_flat(linear: Vector, rows: csc_array, bounds: Vector, cones: Sequence[Any]) -> ConicAnswer | None:
    """The answer of HiGHS' dual simplex method to a linear program; None if it has none.

    On thousands of rows it takes a fifth of Clarabel's time, and ends at a vertex.

    Args:
        linear: The vector q, shape (n,).
        rows: The matrix A, shape (m, n).
        bounds: The vector b, shape (m,).
        cones: Clarabel's zero and nonnegative cones, in the order of the rows.
    """
    from clarabel import ZeroConeT
    from scipy.optimize import linprog

    equal = np.repeat([isinstance(cone, ZeroConeT) for cone in cones], [cone.dim for cone in cones])
    by_row = rows.tocsr()
    found = linprog(
        linear, by_row[~equal], bounds[~equal], by_row[equal], bounds[equal],
        bounds=(None, None), method="highs-ds",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )  # fmt: skip
    if found.x is None:
        return None
    multipliers = np.empty(len(bounds))
    multipliers[~equal], multipliers[equal] = -found.ineqlin.marginals, -found.eqlin.marginals
    return ConicAnswer(np.asarray(found.x), multipliers, found.message)
