"""One round of f(x) = x^2: with M in the prefactor the two sides of Theorem 2 scale differently.

At T = 1 the statement does not depend on the algorithm. Guarantee: the AdaL paper's Theorem 2, false as
stated. Source: docs/theory.md, Theorem 2.
"""

from paper_checks import Options, Plan, Scenario


def build(options: Options) -> Plan:
    """x_1 = 2, alpha = 1, beta1 = 0, beta2 = 1/2, vhat_0 = vhat_1 = 256: 16 against 14 for 1/(sqrt(T) M)."""
    from online_sim import Game
    from theory import ADAL, HALF_SQUARE
    from theory.losses.scaled import scaled
    from theory.theorems.adal import THEOREM2

    return Plan(
        (THEOREM2,),
        Game(
            ADAL,
            scaled(HALF_SQUARE, 2, name="square"),
            horizon=1,
            parameters={"alpha": 1.0, "beta1": 0.0, "beta2": 0.5, "eps": 0.0},
            start=[2.0],
        ),
        checkpoints="all",
        note="The smallest counterexample to the reading with 1/(sqrt(T) M).",
    )


SCENARIO = Scenario("one_step", "One round of f(x) = x^2", ("adal.theorem2",), build)
