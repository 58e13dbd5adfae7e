"""AdaL with the maximum R1 on one linear loss in an interval, where Theorem R is tight.

Parameters: beta1 = 0, T = 1, alpha = D sqrt(1 - beta2). Source: docs/theory.md, "How tight".
"""

from paper_checks import Options, Plan, Scenario


def build(options: Options) -> Plan:
    """X = [-1, 1], g = 1, x_1 = 1, beta2 = 3/4, alpha = 1: weighted regret 2, bound 1 + 1."""
    from online_sim import Box, Game, constant
    from theory import LINEAR
    from theory.algorithms.adal import ADAL_R1
    from theory.theorems.repaired import R

    return Plan(
        (R,),
        Game(
            ADAL_R1,
            LINEAR,
            constant([1.0]),
            Box(-1.0, 1.0, dimension=1),
            horizon=1,
            parameters={"alpha": 1.0, "beta1": 0.0, "beta2": 0.75},
            start=[1.0],
        ),
        checkpoints="all",
        note="A tie: margin 1. Both constants of Theorem R are the best possible at beta1 = 0.",
    )


SCENARIO = Scenario(
    "calibration.adal_one_round", "AdaL with the maximum, one round: a tie", ("repaired.theoremR",), build
)
