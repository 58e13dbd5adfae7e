"""AdaL on logistic regression (breast cancer) in an l2 ball: an ordinary convex problem.

Guarantee: the AdaL paper's Theorem 1, false as stated.
"""

from paper_checks import Options, Plan, Scenario


def build(options: Options) -> Plan:
    """569 patients, reshuffled every epoch; 30 standardised features in a ball of radius 1/2."""
    from online_sim import Game, L2Ball, Shuffled, breast_cancer
    from theory import ADAL, LOGISTIC
    from theory.theorems.adal import THEOREM1

    return Plan(
        (THEOREM1,),
        Game(
            ADAL,
            LOGISTIC,
            Shuffled(breast_cancer(), seed=options.seed, with_replacement=False),
            L2Ball(30, radius=0.5),
            horizon=10_000_000 if options.full else 1_000_000,
            parameters={"alpha": 0.3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        ),
        note="Real data: no reading is violated, and only the tightest are not vacuous.",
    )


SCENARIO = Scenario(
    "breast_cancer", "Logistic regression on breast cancer, l2 ball", ("adal.theorem1",), build
)
