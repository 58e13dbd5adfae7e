"""AdaL on squared distances in a capped simplex, given as cvxpy constraints and with a fast projection.

The two runs must agree. Guarantee: the AdaL paper's Theorem 1, false as stated.
"""

from collections.abc import Sequence
from typing import Any

from paper_checks import Options, Plan, Scenario

D, CAP = 4, 0.4


def constraints(point: Any) -> Sequence[Any]:
    """0 <= x <= 0.4, and the coordinates sum to 1."""
    import cvxpy

    return [point >= 0, point <= CAP, cvxpy.sum(point) == 1]


def build(options: Options) -> Plan:
    """cvxpy projects in every round; the twin is the box-and-hyperplane set with its Newton projection."""
    import numpy as np

    from online_sim import BoxHyperplane, CvxpySet, Game, GaussianStream
    from theory import ADAL, QUADRATIC
    from theory.theorems.adal import THEOREM1

    return Plan(
        (THEOREM1,),
        Game(
            ADAL,
            QUADRATIC,
            GaussianStream(D, seed=options.seed),
            CvxpySet(D, constraints, name="capped_simplex"),
            horizon=2000 if options.full else 200,
            parameters={"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
            start=np.full(D, 1 / D),
        ),
        twin=BoxHyperplane(np.zeros(D), np.full(D, CAP), np.ones(D), 1.0),
        checkpoints=40,
        note="The game is also played with a fast projection, and the trajectories are compared.",
    )


SCENARIO = Scenario(
    "capped_simplex", "Squared distances, capped simplex by cvxpy and fast", ("adal.theorem1",), build
)
