"""AdaL on f(x) = 100 x^2 with skewed noise: four rounds, every noise path enumerated.

The noise is 200 * {+3, -1} and x_1 = 0, so the expectation is a finite sum over 2^4 paths. Guarantee: the
AdaL paper's Theorem 2, false as stated with M in the prefactor. Source: docs/theory.md, Theorem 2.
"""

from paper_checks import Options, Plan, Scenario

SCALE = 200


def build(options: Options) -> Plan:
    """beta1 = 0, beta2 = 1/2, alpha = 1/2, eps = 1e-8; vhat_0 = SCALE^4, the smallest possible vhat_1."""
    from online_sim import AllPaths, Game, skewed
    from theory import ADAL, NOISY_HALF_SQUARE
    from theory.losses.scaled import scaled
    from theory.theorems.adal import theorem2

    return Plan(
        (theorem2(vhat_0_is=SCALE**4),),
        Game(
            ADAL,
            scaled(NOISY_HALF_SQUARE, SCALE),
            AllPaths(skewed(SCALE)),
            horizon=4,
            parameters={"alpha": 0.5, "beta1": 0.0, "beta2": 0.5, "eps": 1e-8},
            start=[0.0],
        ),
        checkpoints="all",
        note="The expectation is exact: all 16 noise paths are enumerated.",
    )


SCENARIO = Scenario("four_rounds", "Four rounds of skewed noise, all paths", ("adal.theorem2",), build)
