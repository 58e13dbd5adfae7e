"""AdaL on one linear loss in an interval: the two sides of Theorem 1 scale differently in the gradient.

Guarantee: the AdaL paper's Theorem 1, false as stated. Source: docs/theory.md, Theorem 1, reason 1.
"""

from paper_checks import Options, Plan, Scenario


def build(options: Options) -> Plan:
    """f_1(x) = 2x/5 on [-1, 1] from x_1 = 1, alpha = 1, beta1 = 0, beta2 = 1/2: regret 4/5."""
    from online_sim import Box, Game, constant
    from theory import ADAL, LINEAR
    from theory.theorems.adal import THEOREM1

    return Plan(
        (THEOREM1,),
        Game(
            ADAL,
            LINEAR,
            constant([0.4]),
            Box(-1.0, 1.0, dimension=1),
            horizon=1,
            parameters={"alpha": 1.0, "beta1": 0.0, "beta2": 0.5, "eps": 0.0},
            start=[1.0],
        ),
        checkpoints="all",
        note="The smallest counterexample: T = 1, d = 1.",
    )


SCENARIO = Scenario("one_round", "One round of f(x) = 2x/5, interval", ("adal.theorem1",), build)
