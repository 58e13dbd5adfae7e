"""AMSGrad with a constant beta1 on the stream that defeats Adam, and with a decaying one on linear losses.

Guarantee: upper bounds on the regret, proved, except Theorem 4 of Reddi et al. as first printed, false as
stated. Source: theory/theorems/amsgrad.py.
"""

from paper_checks import Options, Plan, Scenario

C = 4


def reddi(options: Options) -> Plan:
    """(C, -1, -1) repeated on [-1, 1], beta1 = 0.5, beta2 = 0.9."""
    from online_sim import Box, Game
    from online_sim.streams import reddi as stream
    from theory import AMSGRAD, LINEAR
    from theory.theorems.amsgrad import ALACAOGLU, SHARP

    return Plan(
        (ALACAOGLU, SHARP),
        Game(
            AMSGRAD,
            LINEAR,
            stream(C),
            Box(-1.0, 1.0, dimension=1),
            horizon=300_000 if options.full else 30_000,
            parameters={"alpha": 1.0, "beta1": 0.5, "beta2": 0.9},
            start=[1.0],
        ),
        note="The stream on which Adam's regret is linear.",
    )


def decaying(options: Options) -> Plan:
    """Seeded Gaussian linear losses in an l2 ball; beta_{1,t} = 0.5 * 0.9^(t-1)."""
    from online_sim import Game, GaussianStream, L2Ball
    from theory import LINEAR
    from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING
    from theory.theorems.amsgrad import REDDI

    return Plan(
        (REDDI,),
        Game(
            AMSGRAD_DECAYING,
            LINEAR,
            GaussianStream(2, seed=options.seed),
            L2Ball(2, radius=1.0),
            horizon=300_000 if options.full else 30_000,
            parameters={"alpha": 0.5, "beta1": 0.5, "beta2": 0.9, "lam1": 0.9},
        ),
    )


def first_printing(options: Options) -> Plan:
    """T = 1, X = [-1, 1], g = 1, x_1 = 1, alpha = 1/100, beta1 = 0, beta2 = 15/16.

    The regret is 2. The bound is D^2/4 + 4 alpha = 1.04 as first printed, and 100.04 in later printings.
    """
    from online_sim import Box, Game, constant
    from theory import LINEAR
    from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING
    from theory.theorems.amsgrad import REDDI, REDDI_ICLR

    return Plan(
        (REDDI_ICLR, REDDI),
        Game(
            AMSGRAD_DECAYING,
            LINEAR,
            constant([1.0]),
            Box(-1.0, 1.0, dimension=1),
            horizon=1,
            parameters={"alpha": 0.01, "beta1": 0.0, "beta2": 15 / 16, "lam1": 0.5},
            start=[1.0],
        ),
        checkpoints="all",
        note="The proceedings omit alpha in the first denominator: the bound is too small for a small step.",
    )


SCENARIOS = (
    Scenario(
        "calibration.amsgrad_reddi", "AMSGrad, Reddi's stream (4, -1, -1), interval",
        ("amsgrad.alacaoglu", "amsgrad.sharp"), reddi,
    ),
    Scenario(
        "calibration.amsgrad_decaying", "AMSGrad with a decaying beta1, l2 ball", ("amsgrad.reddi",), decaying
    ),
    Scenario(
        "calibration.amsgrad_one_round", "AMSGrad with a decaying beta1, one round of f(x) = x",
        ("amsgrad.reddi_iclr", "amsgrad.reddi"), first_printing,
    ),
)  # fmt: skip
