"""AdaL on the wrong-end stream (+2, -1, -1, -1, ...) in an interval: linear regret at the usual parameters.

The factor ||g_t||_1 changes which end of the interval is better: sum g < 0, but sum |g| g > 0. The point
never leaves the wrong end, whatever alpha, beta2, eps, bias correction or maximum. Guarantee: the AdaL
paper's Theorem 1, false as stated. Source: docs/theory.md, Theorem 1, reason 3.
"""

from paper_checks import Options, Plan, Scenario


def build(options: Options) -> Plan:
    """beta1 = 0.9, beta2 = 0.999, eps = 1e-8, alpha = 0.1, as the paper uses them."""
    from online_sim import Box, Game, wrong_end
    from theory import ADAL, LINEAR
    from theory.theorems.adal import THEOREM1

    return Plan(
        (THEOREM1,),
        Game(
            ADAL,
            LINEAR,
            wrong_end(2, 3),
            Box(-1.0, 1.0, dimension=1),
            horizon=40_000_000 if options.full else 4_000_000,
            parameters={"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
            start=[-1.0],
        ),
        note="Linear regret at the usual parameters: Theorem 1 is false because of the factor ||g_t||_1.",
    )


SCENARIO = Scenario("wrong_end", "Wrong-end stream (2, -1, -1, -1), interval", ("adal.theorem1",), build)
