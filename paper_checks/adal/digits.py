"""AdaL on hinge loss (handwritten digits) in a box, with subgradients.

Guarantee: the AdaL paper's Theorem 1, false as stated.
"""

from paper_checks import Options, Plan, Scenario


def build(options: Options) -> Plan:
    """The digit 0 against the rest: 1797 images of 64 pixels, reshuffled every epoch; weights in [-1, 1]."""
    from online_sim import Box, Game, Shuffled, digits
    from theory import ADAL, HINGE
    from theory.theorems.adal import THEOREM1

    return Plan(
        (THEOREM1,),
        Game(
            ADAL,
            HINGE,
            Shuffled(digits(0), seed=options.seed, with_replacement=False),
            Box(-1.0, 1.0, dimension=64),
            horizon=500_000 if options.full else 50_000,
            parameters={"alpha": 1.0, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        ),
        note="At the kinks of the hinge the algorithm receives the subgradient 0.",
    )


SCENARIO = Scenario("digits", "Hinge loss on digits (0 against the rest), box", ("adal.theorem1",), build)
