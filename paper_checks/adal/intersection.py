"""AdaL on squared distances in the intersection of an l2 ball and the simplex, given as cvxpy constraints.

Every round cvxpy projects in the vhat^{1/2} metric. Guarantee: the AdaL paper's Theorem 1, false as stated.
"""

from collections.abc import Sequence
from typing import Any

from paper_checks import Options, Plan, Scenario

D = 4


def constraints(point: Any) -> Sequence[Any]:
    """x >= 0, the coordinates sum to 1, and the l2 norm is at most 0.6."""
    import cvxpy

    return [point >= 0, cvxpy.sum(point) == 1, cvxpy.norm(point, 2) <= 0.6]


def build(options: Options) -> Plan:
    """Squared distance to seeded Gaussian targets in d = 4, 200 rounds (2000 with `full`)."""
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
        note="cvxpy projects in every round: the package has no fast projection onto this set.",
    )


SCENARIO = Scenario(
    "intersection", "Squared distances, l2 ball and simplex by cvxpy", ("adal.theorem1",), build
)
