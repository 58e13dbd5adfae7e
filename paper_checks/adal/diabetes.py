"""AdaL on squared loss (diabetes) in an l1 ball, a constraint that makes the iterates sparse.

Guarantee: the AdaL paper's Theorem 1, false as stated.
"""

from paper_checks import Options, Plan, Scenario


def build(options: Options) -> Plan:
    """442 patients, reshuffled every epoch; 10 features, an l1 ball of radius 2."""
    from online_sim import Game, L1Ball, Shuffled, diabetes
    from theory import ADAL, SQUARED
    from theory.theorems.adal import THEOREM1

    return Plan(
        (THEOREM1,),
        Game(
            ADAL,
            SQUARED,
            Shuffled(diabetes(), seed=options.seed, with_replacement=False),
            L1Ball(10, radius=2.0),
            horizon=10_000_000 if options.full else 1_000_000,
            parameters={"alpha": 1.0, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        ),
        note="The projection in the vhat^{1/2} metric keeps many coordinates at exactly 0.",
    )


SCENARIO = Scenario("diabetes", "Squared loss on diabetes, l1 ball", ("adal.theorem1",), build)
