"""AdaL on Rastrigin's function in d = 2 without noise, the AdaL paper's first synthetic experiment.

Guarantee: the AdaL paper's Theorem 2, false as stated.
"""

from paper_checks import Options, Plan, Scenario


def build(options: Options) -> Plan:
    """From (-2, 3.5), the start in the benchmark that the paper refers to; L = 2 + 40 pi^2."""
    from online_sim import Game
    from theory import ADAL, RASTRIGIN
    from theory.theorems.adal import THEOREM2

    return Plan(
        (THEOREM2,),
        Game(
            ADAL,
            RASTRIGIN,
            horizon=3_000_000 if options.full else 300_000,
            parameters={"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
            start=[-2.0, 3.5],
        ),
        note="The iterates settle in a local minimum: the gradient average tends to 0, the value does not.",
    )


SCENARIO = Scenario("rastrigin", "Rastrigin, d = 2, no noise", ("adal.theorem2",), build)
