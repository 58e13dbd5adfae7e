"""A set given as cvxpy constraints, with no fast projection: the l2 ball cut by the simplex's hyperplane.

cvxpy projects in the loop, in the vhat^{1/2} metric, every round.
"""

from collections.abc import Sequence
from typing import Any

from paper_checks import Options, Plan, Scenario

D = 4


def constraints(point: Any) -> Sequence[Any]:
    """Nonnegative, sum 1, and at most 0.6 in the l2 norm."""
    import cvxpy

    return [point >= 0, cvxpy.sum(point) == 1, cvxpy.norm(point, 2) <= 0.6]


def build(options: Options) -> Plan:
    """Squared distance to four seeded targets, 200 rounds."""
    from online_sim import CvxpySet, Game, GaussianStream
    from theory import ADAL, QUADRATIC
    from theory.theorems.adal import THEOREM1

    return Plan(
        (THEOREM1,),
        Game(
            ADAL,
            QUADRATIC,
            GaussianStream(D, seed=options.seed),
            CvxpySet(D, constraints, name="ball_and_simplex"),
            horizon=2000 if options.full else 200,
            parameters={"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        ),
        checkpoints=40,
        note="Projected by cvxpy in the loop: no fast form is known to this package.",
    )


SCENARIO = Scenario(
    "intersection", "Squared distances, l2 ball and simplex by cvxpy", ("adal.theorem1",), build
)
