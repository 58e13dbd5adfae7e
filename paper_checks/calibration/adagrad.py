"""AdaGrad on sparse linear losses in a box and on random ones in an l2 ball.

Guarantee: upper bounds on the regret, proved. Source: theory/theorems/adagrad.py.
"""

from paper_checks import Options, Plan, Scenario


def sparse(options: Options) -> Plan:
    """A gradient with one nonzero coordinate per round, a box in d = 4, delta = 0."""
    from online_sim import Box, Game, one_coordinate_at_a_time
    from theory import LINEAR
    from theory.algorithms.adagrad import ADAGRAD_NO_EPS
    from theory.theorems.adagrad import DIAGONAL

    return Plan(
        (DIAGONAL,),
        Game(
            ADAGRAD_NO_EPS,
            LINEAR,
            one_coordinate_at_a_time(4),
            Box([-1.0, -1.0, -0.5, -0.1], [1.0, 1.0, 0.5, 0.1]),
            horizon=100_000 if options.full else 10_000,
            parameters={"alpha": 2**0.5},
            start=[1.0, 1.0, 0.5, 0.1],
        ),
        note="The box has sides of different lengths, so the two readings differ.",
    )


def ball(options: Options) -> Plan:
    """Seeded Gaussian linear losses in an l2 ball, delta = 0.1; the projection is in AdaGrad's metric."""
    from online_sim import Game, GaussianStream, L2Ball
    from theory import ADAGRAD, LINEAR
    from theory.theorems.adagrad import DIAGONAL_DELTA

    return Plan(
        (DIAGONAL_DELTA,),
        Game(
            ADAGRAD,
            LINEAR,
            GaussianStream(3, std=[1.0, 0.1, 0.01], seed=options.seed),
            L2Ball(3, radius=1.0),
            horizon=100_000 if options.full else 10_000,
            parameters={"alpha": 1.0, "eps": 0.1},
        ),
    )


SCENARIOS = (
    Scenario(
        "calibration.adagrad_sparse", "AdaGrad, one coordinate a round, box", ("adagrad.theorem5",), sparse
    ),
    Scenario(
        "calibration.adagrad_ball", "AdaGrad, random losses, l2 ball", ("adagrad.theorem5_delta",), ball
    ),
)
