"""AdaL on Huber's function with noise +3 (w.p. 1/4) or -1 (w.p. 3/4) drifts away from its start, the minimum.

The noise has mean zero, but E ||g||_1 g is not the gradient: the factor ||g_t||_1 follows the skew. The
average squared gradient tends to about 0.21 while every reading of Theorem 2 tends to 0. Around the minimum f
is x^2/2. Its gradient stays within +-1, so G and M, the largest values over all noise, are at most 1. (For
x^2/2 itself they are nearly 3, as the noise +3 in every round shows, and the bound is exceeded only after
more than ten million rounds.) Guarantee: the AdaL paper's Theorem 2, false as stated. Source: docs/theory.md,
Theorem 2.
"""

from paper_checks import Options, Plan, Scenario


def build(options: Options) -> Plan:
    """beta1 = 0, beta2 = 0.99, alpha = 0.01, from the minimiser; vhat_0 = 1, the smallest possible vhat_1."""
    from online_sim import AlphabetStream, Game, skewed
    from theory import ADAL
    from theory.losses.huber import NOISY_HUBER_FUNCTION
    from theory.theorems.adal import theorem2

    return Plan(
        (theorem2(vhat_0_is=1),),
        Game(
            ADAL,
            NOISY_HUBER_FUNCTION,
            AlphabetStream(skewed(), seed=options.seed),
            horizon=3_000_000 if options.full else 600_000,
            parameters={"alpha": 0.01, "beta1": 0.0, "beta2": 0.99, "eps": 1e-8},
            start=[0.0],
            replicates=64,
        ),
        note="The average squared gradient tends to 0.21, not to 0: Theorem 2 is false under skewed noise.",
    )


SCENARIO = Scenario("skewed_noise", "Huber's function with skewed noise", ("adal.theorem2",), build)
