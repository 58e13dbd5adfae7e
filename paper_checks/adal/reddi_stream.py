"""AdaL on the stream of Reddi et al. (C, -1, -1, ...) in an interval: linear regret.

The bound grows like sqrt(T log T). vhat is not monotone, so the rare large gradient moves the point
less than the frequent small ones. Guarantee: the AdaL paper's Theorem 1, false as stated. Source:
docs/theory.md, Theorem 1, reason 2.
"""

from paper_checks import Options, Plan, Scenario

C = 3


def build(options: Options) -> Plan:
    """C = 3, beta1 = 0, beta2 = 1/(1 + C^4): the regret grows by 2(C - 2) every three rounds."""
    from online_sim import Box, Game, reddi
    from theory import ADAL, LINEAR
    from theory.theorems.adal import THEOREM1

    return Plan(
        (THEOREM1,),
        Game(
            ADAL,
            LINEAR,
            reddi(C),
            Box(-1.0, 1.0, dimension=1),
            horizon=3_000_000 if options.full else 300_000,
            parameters={"alpha": 1.0, "beta1": 0.0, "beta2": 1 / (1 + C**4), "eps": 0.0},
            start=[1.0],
        ),
        note="Linear regret: Theorem 1 is false because vhat is not monotone.",
    )


SCENARIO = Scenario("reddi_stream", "Reddi's stream (3, -1, -1), interval", ("adal.theorem1",), build)
