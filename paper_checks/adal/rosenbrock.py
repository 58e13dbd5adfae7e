"""AdaL on Rosenbrock's function without noise, with a smoothness constant for the region visited.

Guarantee: the AdaL paper's Theorem 2, false as stated.
"""

from paper_checks import Options, Plan, Scenario

REGION = 2.5
"""The bound on |x_1| and |x_2| of all iterates, checked by the run."""


def build(options: Options) -> Plan:
    """From (-2, 2). No global L exists, but changing f outside the region does not change the run."""
    from online_sim import Game
    from online_sim.comparator import smoothness_in_cube
    from theory import ADAL, ROSENBROCK
    from theory.theorems.adal import THEOREM2

    bound = smoothness_in_cube(ROSENBROCK, REGION)
    return Plan(
        (THEOREM2,),
        Game(
            ADAL,
            ROSENBROCK,
            horizon=3_000_000 if options.full else 300_000,
            parameters={"alpha": 0.05, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
            start=[-2.0, 2.0],
        ),
        constants={"L": bound},
        region=REGION,
        note=f"L = {bound:g} on |x_i| <= {REGION}, where all iterates lie.",
    )


SCENARIO = Scenario("rosenbrock", "Rosenbrock, no noise", ("adal.theorem2",), build)
