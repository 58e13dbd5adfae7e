"""J. Duchi, E. Hazan, Y. Singer. Adaptive subgradient methods. JMLR 12, 2011: with a composite term phi.

The same statements as in duchi2011.py, of f_t + phi. The search plays linear f_t; the scenarios play others
too, and enclose the regret against the best point with phi.
"""

from paper_checks.atlas.duchi2011 import PROVED, stuck
from paper_checks.atlas.entry import Entry
from paper_checks.scenario import Options, Plan, Scenario
from theory.theorems.adagrad_composite import (
    ADAGRAD_DELTA_L1,
    ADAGRAD_L1,
    ADAGRAD_RDA_L1,
    ADAGRAD_SQUARED_L2,
    MD_COROLLARY_L1,
    MD_DELTA_L1,
    MD_L1,
    MD_SQUARED_L2,
    RDA_COROLLARY_L1,
    RDA_L1,
)

EXHIBITS = (stuck("adagrad_delta_l1", MD_DELTA_L1, "1", 10, 3, ADAGRAD_DELTA_L1, lam="1/100"),)

THEOREMS = (
    Entry(RDA_L1, ADAGRAD_RDA_L1, proved=PROVED),
    Entry(RDA_COROLLARY_L1, ADAGRAD_RDA_L1, proved=PROVED),
    Entry(MD_L1, ADAGRAD_L1, proved=PROVED),
    Entry(
        MD_DELTA_L1, ADAGRAD_DELTA_L1, exhibits=EXHIBITS, instead="With delta = 0: adagrad.theorem5_md_l1."
    ),
    Entry(MD_SQUARED_L2, ADAGRAD_SQUARED_L2, proved=PROVED),
    Entry(MD_COROLLARY_L1, ADAGRAD_L1, proved=PROVED),
)


def mirror_descent(options: Options) -> Plan:
    """Linear losses, one coordinate a round, with phi = ||x||_1/50 on a box."""
    from online_sim import Box, Game, one_coordinate_at_a_time
    from theory import LINEAR
    from theory.symbols import z

    return Plan(
        (MD_L1, MD_COROLLARY_L1),
        Game(
            ADAGRAD_L1,
            LINEAR,
            one_coordinate_at_a_time(4),
            Box([-1.0, -1.0, -0.5, -0.1], [1.0, 1.0, 0.5, 0.1]),
            horizon=100_000 if options.full else 10_000,
            parameters={"alpha": 1.5, "lam": 0.02},
        ),
        vectors={z: [-1.0, 0.0, 0.5, 0.1]},
        note="The regret counts phi, and so does its best fixed point.",
    )


def regression(options: Options) -> Plan:
    """Logistic losses of Gaussian rows with planted labels, and phi = ||x||_1/10 on a box."""
    from online_sim import Box, Game, GaussianStream
    from theory import LOGISTIC
    from theory.symbols import z

    return Plan(
        (MD_L1, MD_COROLLARY_L1),
        Game(
            ADAGRAD_L1,
            LOGISTIC,
            GaussianStream(5, planted=[1.0, -0.5, 0.1, 0.0, 0.0], classes=True, seed=options.seed),
            Box(-1.0, 1.0, dimension=5),
            horizon=2000 if options.full else 300,
            parameters={"alpha": 1.5, "lam": 0.1},
        ),
        vectors={z: [1.0, -0.4, 0.0, 0.0, 0.0]},
        note="Logistic regression with an l1 term: f_t is curved, phi has kinks.",
    )


def dual_averaging(options: Options) -> Plan:
    """Linear losses with one coordinate a round, by dual averaging."""
    from online_sim import Box, Game, one_coordinate_at_a_time
    from theory import LINEAR
    from theory.symbols import z

    return Plan(
        (RDA_L1, RDA_COROLLARY_L1),
        Game(
            ADAGRAD_RDA_L1,
            LINEAR,
            one_coordinate_at_a_time(4),
            Box(-1.0, 1.0, dimension=4),
            horizon=100_000 if options.full else 10_000,
            parameters={"alpha": 1.0, "eps": 4.0, "lam": 0.02},
        ),
        vectors={z: [-1.0, 0.5, 0.0, 1.0]},
    )


def ball(options: Options) -> Plan:
    """Gaussian linear losses in an l2 ball with phi = ||x||_2^2/20, which enters the metric."""
    from online_sim import Game, GaussianStream, L2Ball
    from theory import LINEAR
    from theory.symbols import z

    return Plan(
        (MD_SQUARED_L2,),
        Game(
            ADAGRAD_SQUARED_L2,
            LINEAR,
            GaussianStream(3, mean=[0.1, 0.0, 0.0], std=[1.0, 0.1, 0.01], seed=options.seed),
            L2Ball(3, radius=1.0),
            horizon=100_000 if options.full else 10_000,
            parameters={"alpha": 1.0, "lam": 0.1},
        ),
        vectors={z: [-0.6, 0.0, 0.0]},
    )


SCENARIOS = tuple(
    Scenario(f"atlas.composite_{name}", title, tuple(theorem.id for theorem in theorems), build)
    for name, title, theorems, build in (
        ("md", "AdaGrad with an l1 term, box", (MD_L1, MD_COROLLARY_L1), mirror_descent),
        ("logistic", "AdaGrad, l1-regularised logistic regression", (MD_L1, MD_COROLLARY_L1), regression),
        ("rda", "AdaGrad by dual averaging with an l1 term", (RDA_L1, RDA_COROLLARY_L1), dual_averaging),
        ("ball", "AdaGrad with a squared l2 term, l2 ball", (MD_SQUARED_L2,), ball),
    )
)
