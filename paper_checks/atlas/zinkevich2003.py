"""M. Zinkevich. Online convex programming and generalized infinitesimal gradient ascent. ICML 2003."""

from paper_checks.atlas.entry import Entry
from paper_checks.scenario import Options, Plan, Scenario
from theory.algorithms.sgd import SGD_CONSTANT
from theory.theorems.ogd_dynamic import DYNAMIC, DYNAMIC_BOX

THEOREMS = (Entry(DYNAMIC, SGD_CONSTANT, proved={"stated": "docs/proofs.md", "sharp": "docs/proofs.md"}),)


def drifting_target(options: Options) -> Plan:
    """f_t(x) = ||x - a_t||^2/2 on a square, where the target a_t goes twice round a circle within it."""
    import numpy as np

    from online_sim import ArrayStream, Box, Game
    from theory.losses.quadratic import QUADRATIC
    from theory.symbols import z_t

    turns = 4 * np.pi * np.arange(1000) / 1000
    target = 0.8 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    square = Box(-1.0, 1.0, dimension=2)
    game = Game(SGD_CONSTANT, QUADRATIC, ArrayStream(target), square, horizon=1000, parameters={"alpha": 0.1})
    return Plan(
        (DYNAMIC, DYNAMIC_BOX), game, vectors={z_t: target}, note="The comparator of a round is its target."
    )


SCENARIOS = (
    Scenario(
        "atlas.drifting_target",
        "Gradient descent follows a target on a circle",
        (DYNAMIC.id, DYNAMIC_BOX.id),
        drifting_target,
    ),
)
