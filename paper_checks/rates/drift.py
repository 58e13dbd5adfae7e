"""Drift under skewed noise of mean zero: AdaL settles where E |x + xi|(x + xi) = 0, not where f' = 0.

Problem: Huber's function from its minimiser, with noise +3 (w.p. 1/4) or -1 (w.p. 3/4), and with noise +-1.
    It equals x^2/2 on [-1, 1], and its largest gradient over all noise, which Theorem 2 needs, is known.
Algorithm: AdaL with the maximum R2, which the proof technique of Theorem 2 requires.
Guarantee: Theorem 2, false as stated. With skewed noise x tends to 3 - 2 sqrt(3) = -0.4641; with +-1 it
    stays at 0. The cause is the factor ||g||_1: its covariance with g at x = 0 is 3/2. AMSGrad, which lacks
    the factor, stays at 0 under the same noise.
Source: docs/rates.md, whose tables are about x^2/2 itself.
Parameters: `SETTING`.
"""

from functools import partial

from paper_checks import Options, Plan, Scenario

SETTING = {"alpha": 0.03, "beta1": 0.0, "beta2": 0.99}
REPLICATES = 64
HORIZON = 300_000


def maximum(noise: str, options: Options) -> Plan:
    """AdaL with the maximum R2 from the minimiser, with noise "skewed" or "rademacher"."""
    from online_sim import AlphabetStream, Game, rademacher, skewed
    from theory.algorithms.adal import ADAL_R2
    from theory.losses.huber import NOISY_HUBER_FUNCTION
    from theory.symbols import x
    from theory.theorems.adal_maximum import THEOREM2_MAXIMUM

    alphabet = {"skewed": skewed, "rademacher": rademacher}[noise]()
    return Plan(
        (THEOREM2_MAXIMUM,),
        Game(
            ADAL_R2,
            NOISY_HUBER_FUNCTION,
            AlphabetStream(alphabet, seed=options.seed),
            horizon=(10 if options.full else 2) * HORIZON,
            parameters=SETTING,
            start=[0.0],
            replicates=REPLICATES,
        ),
        extra=(x,),
        note="Skewed noise: x tends to -0.4641, the average squared gradient to 0.2154."
        if noise == "skewed"
        else "Symmetric noise of mean zero: no bias, and x stays at the minimiser.",
    )


SCENARIOS = (
    Scenario(
        "rates.drift.skewed",
        "Huber's function with skewed noise, AdaL with a maximum",
        ("adal.theorem2_maximum",),
        partial(maximum, "skewed"),
    ),
    Scenario(
        "rates.drift.symmetric",
        "Huber's function with symmetric noise, AdaL with a maximum",
        ("adal.theorem2_maximum",),
        partial(maximum, "rademacher"),
    ),
)
