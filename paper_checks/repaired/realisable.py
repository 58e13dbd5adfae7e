"""The plain regret of AdaL when one point minimises every loss: the corollaries of Theorem R.

Problem: squared loss on labels that a planted point fits, and f(x) = ||x||^2/2, both on a box.
Algorithm: AdaL with the maximum R2 and epsilon = 0.
Guarantee: upper bounds, proved.
Source: theory/theorems/realisable.py.
Parameters: alpha = 0.5, beta1 = 0.5, beta2 = 0.9.
"""

from paper_checks import Options, Plan, Scenario

ROWS, PLANTED = 64, (0.5, -0.25, 0.125)


def planted(options: Options) -> Plan:
    """Squared loss on noise-free labels of a planted point; the data are dyadic, so f_t(z) = 0 exactly."""
    import numpy as np

    from online_sim import ArrayStream, Box, Game, Shuffled
    from theory import SQUARED
    from theory.algorithms.adal import ADAL_R2
    from theory.symbols import z
    from theory.theorems.realisable import BY_ROOT, BY_SMALLEST

    rng = np.random.default_rng(options.seed)
    vectors = rng.integers(-8, 9, size=(ROWS, len(PLANTED))) / 8
    labels = vectors @ np.array(PLANTED)
    data = ArrayStream(vectors, labels, name=f"planted(n={ROWS}, d={len(PLANTED)})")
    return Plan(
        (BY_SMALLEST, BY_ROOT),
        Game(
            ADAL_R2,
            SQUARED,
            Shuffled(data, seed=options.seed),
            Box(-1.0, 1.0, dimension=len(PLANTED)),
            horizon=300_000 if options.full else 30_000,
            parameters={"alpha": 0.5, "beta1": 0.5, "beta2": 0.9},
            start=[-1.0, 1.0, 1.0],
        ),
        vectors={z: np.array(PLANTED)},
        note="One point fits every row: the regret against it is bounded without weights.",
    )


def averaged(options: Options) -> Plan:
    """f(x) = ||x||^2/2 on a cube, from a corner, compared with its minimum."""
    from online_sim import Box, Game
    from theory import HALF_SQUARE
    from theory.algorithms.adal import ADAL_R2
    from theory.symbols import z
    from theory.theorems.realisable import AVERAGED

    return Plan(
        (AVERAGED,),
        Game(
            ADAL_R2,
            HALF_SQUARE,
            domain=Box(-1.0, 1.0, dimension=3),
            horizon=300_000 if options.full else 30_000,
            parameters={"alpha": 0.5, "beta1": 0.5, "beta2": 0.9},
            start=[1.0, 1.0, 1.0],
        ),
        vectors={z: [0.0, 0.0, 0.0]},
        note="The average point weighted by ||g_t||_1.",
    )


SCENARIOS = (
    Scenario(
        "repaired.realisable.planted",
        "Squared loss, planted point, box",
        ("repaired.realisable_smallest", "repaired.realisable_root"),
        planted,
    ),
    Scenario(
        "repaired.realisable.half_square",
        "Half square, weighted average point, box",
        ("repaired.realisable_average",),
        averaged,
    ),
)
