"""Rosenbrock's valley, noise-free: Theorem 2 with a smoothness constant for the region that is visited."""

from paper_checks import Options, Plan, Scenario

REGION = 2.5
"""The iterates stay in |x_1|, |x_2| <= REGION; the run checks it."""


def build(options: Options) -> Plan:
    """From (-2, 2). No global L exists; outside the region f can be changed without changing the run."""
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
