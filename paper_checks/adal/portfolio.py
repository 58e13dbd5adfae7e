"""AdaL on online portfolio selection in the simplex, with recorded or simulated price relatives.

Guarantee: the AdaL paper's Theorem 1, false as stated.
"""

from paper_checks import Options, Plan, Scenario


def build(options: Options) -> Plan:
    """Recorded price relatives if the data folder has them, otherwise a seeded artificial market."""
    from online_sim import Game, Simplex
    from online_sim.streams import portfolio_or_market
    from theory import ADAL, PORTFOLIO
    from theory.theorems.adal import THEOREM1

    path = None if options.data is None else options.data / "portfolio" / "price_relatives.npz"
    stream = portfolio_or_market(
        path if path is not None and path.exists() else None, days=4000, assets=20, seed=options.seed
    )
    return Plan(
        (THEOREM1,),
        Game(
            ADAL,
            PORTFOLIO,
            stream,
            Simplex(stream.dimension),
            horizon=stream.length or 4000,
            parameters={"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        ),
        note=stream.name,
    )


SCENARIO = Scenario("portfolio", "Portfolio selection, simplex", ("adal.theorem1",), build)
