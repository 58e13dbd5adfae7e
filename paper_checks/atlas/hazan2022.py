"""E. Hazan. Introduction to online convex optimization, 2nd edition. arXiv 1909.05207v3."""

from paper_checks.atlas.entry import Entry
from paper_checks.scenario import Options, Plan, Scenario
from theory.theorems.hazan import OGD_BOUNDED, OGD_STRONG, THEOREM3_1, THEOREM3_3, THEOREM3_3_GAP
from theory.theorems.online_newton import ONLINE_NEWTON, THEOREM4_5, THEOREM4_5_GAP

PROVED = {"stated": "docs/proofs.md"}

THEOREMS = (
    Entry(THEOREM3_1, OGD_BOUNDED, proved=PROVED),
    Entry(THEOREM3_3, OGD_STRONG, proved=PROVED),
    Entry(THEOREM3_3_GAP, OGD_STRONG, proved=PROVED),
    Entry(
        THEOREM4_5,
        ONLINE_NEWTON,
        proved=PROVED,
        why_not_searched="linear losses are not exp-concave; hazan.theorem4_5_gap, from which it follows, is "
        "searched, and atlas.online_newton plays it",
    ),
    Entry(
        THEOREM4_5_GAP,
        ONLINE_NEWTON,
        proved=PROVED,
        search={"dimensions": (2, 3), "horizons": (4, 8, 16, 32)},
    ),
)


def portfolio(options: Options) -> Plan:
    """Portfolios of three assets, whose losses -log <a_t, x> are exp-concave with modulus 1."""
    import numpy as np

    from online_sim import ArrayStream, Game, Simplex
    from theory.losses.portfolio import PORTFOLIO

    rng = np.random.default_rng(options.seed)
    horizon = 3000 if options.full else 300
    # On the simplex <a_t, x> >= 1/2, and ||a_t||_2 <= 3/2 sqrt(3): the gradients are shorter than 5.2.
    relatives = np.round(rng.uniform(0.5, 1.5, size=(horizon, 3)), 3)
    return Plan(
        (THEOREM4_5,),
        Game(
            ONLINE_NEWTON,
            PORTFOLIO,
            ArrayStream(relatives),
            Simplex(3),
            horizon=horizon,
            parameters={"mu": 1.0, "D_bar": 1.5, "G_bar": 5.2},
        ),
    )


SCENARIOS = (Scenario("atlas.online_newton", "Online Newton step, portfolios", (THEOREM4_5.id,), portfolio),)
