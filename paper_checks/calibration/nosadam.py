"""NosAdam on random linear losses in a box.

Guarantee: an upper bound on the regret, proved. Source: theory/theorems/nosadam.py.
"""

from paper_checks import Options, Plan, Scenario


def build(options: Options) -> Plan:
    """Seeded Gaussian linear losses with a drift, a box in d = 2, gamma = 0.1."""
    from online_sim import Box, Game, GaussianStream
    from theory import LINEAR
    from theory.algorithms.nosadam import NOSADAM
    from theory.theorems.nosadam import HARMONIC

    return Plan(
        (HARMONIC,),
        Game(
            NOSADAM,
            LINEAR,
            GaussianStream(2, mean=0.1, seed=options.seed),
            Box(-1.0, 1.0, dimension=2),
            horizon=300_000 if options.full else 30_000,
            parameters={"alpha": 1.0, "beta1": 0.5, "gamma": 0.1},
        ),
    )


SCENARIO = Scenario("calibration.nosadam", "NosAdam, random losses, box", ("nosadam.harmonic",), build)
