"""Adam with decaying momentum on one linear loss in an interval: its original theorem fails in one round.

Guarantee: Kingma and Ba's Theorem 4.1, false as stated. Source: theory/theorems/adam.py.
"""

from paper_checks import Options, Plan, Scenario


def build(options: Options) -> Plan:
    """T = 1, X = [-1, 1], g = 1/1000, x_1 = 1, alpha = 4, beta1 = lam = 1/2, beta2 = 99/100.

    The regret is 0.002, and the bound is 0.001 + 0.0002 + 0.0004.
    """
    from online_sim import Box, Game, constant
    from theory import LINEAR
    from theory.algorithms.decaying_momentum import ADAM_DECAYING
    from theory.theorems.adam import KINGMA

    return Plan(
        (KINGMA,),
        Game(
            ADAM_DECAYING,
            LINEAR,
            constant([0.001]),
            Box(-1.0, 1.0, dimension=1),
            horizon=1,
            parameters={"alpha": 4.0, "beta1": 0.5, "beta2": 0.99, "eps": 0.0, "lam1": 0.5},
            start=[1.0],
        ),
        checkpoints="all",
        note="The second term has degree 2 in the gradient, so it is negligible when gradients are small.",
    )


SCENARIO = Scenario(
    "calibration.adam_one_round", "Adam, one round of f(x) = x/1000", ("adam.theorem4_1",), build
)
