"""Online gradient descent on linear losses: three games where its bounds are tight, and two ordinary ones.

Guarantee: upper bounds on the regret, proved. Source: theory/theorems/ogd.py.
"""

from paper_checks import Options, Plan, Scenario

ROUNDS = 8


def one_round(options: Options) -> Plan:
    """T = 1, X = [-1, 1], g = 1, x_1 = 1, alpha = D/G = 2: regret 2, bound 1 + 1."""
    from online_sim import Box, Game, constant
    from theory import LINEAR, SGD
    from theory.theorems.ogd import SQRT

    return Plan(
        (SQRT,),
        Game(
            SGD,
            LINEAR,
            constant([1.0]),
            Box(-1.0, 1.0, dimension=1),
            horizon=1,
            parameters={"alpha": 2.0},
            start=[1.0],
        ),
        checkpoints="all",
        note="A tie: margin 1. In one round no bound can be below the worst regret, D G.",
    )


def walk(options: Options) -> Plan:
    """A constant gradient and alpha = D/(G T): the point walks from one end to the other in T rounds."""
    from online_sim import Box, Game, constant
    from theory import LINEAR, SGD_CONSTANT
    from theory.theorems.ogd import CONSTANT

    return Plan(
        (CONSTANT,),
        Game(
            SGD_CONSTANT,
            LINEAR,
            constant([1.0]),
            Box(-1.0, 1.0, dimension=1),
            horizon=ROUNDS,
            parameters={"alpha": 2 / ROUNDS},
            start=[1.0],
        ),
        checkpoints="all",
        note="A tie at T = 8: margin 1. The bound is tight at every T when the step is tuned to that T.",
    )


def ball(options: Options) -> Plan:
    """Seeded Gaussian linear losses with a drift, unit ball in d = 3, step alpha/sqrt(t)."""
    from online_sim import Game, GaussianStream, L2Ball
    from theory import LINEAR, SGD
    from theory.theorems.ogd import SQRT

    return Plan(
        (SQRT,),
        Game(
            SGD,
            LINEAR,
            GaussianStream(3, mean=0.2, seed=options.seed),
            L2Ball(3, radius=1.0),
            horizon=100_000 if options.full else 10_000,
            parameters={"alpha": 0.5},
        ),
    )


def simplex(options: Options) -> Plan:
    """Seeded Gaussian linear losses, simplex in d = 4, a constant step tuned to the horizon."""
    from online_sim import Game, GaussianStream, Simplex
    from theory import LINEAR, SGD_CONSTANT
    from theory.theorems.ogd import CONSTANT

    horizon = 100_000 if options.full else 10_000
    return Plan(
        (CONSTANT,),
        Game(
            SGD_CONSTANT,
            LINEAR,
            GaussianStream(4, seed=options.seed),
            Simplex(4),
            horizon=horizon,
            parameters={"alpha": 1 / (2 * horizon**0.5)},
        ),
    )


def jumps(options: Options) -> Plan:
    """X = [0, 1], the losses -x and x in turn against z_t = 1 and 0: all of x_t, g_t and z_t jump."""
    from online_sim import Box, Game, Periodic
    from theory import LINEAR, SGD_CONSTANT
    from theory.symbols import z_t
    from theory.theorems.ogd_dynamic import DYNAMIC_BOX

    return Plan(
        (DYNAMIC_BOX,),
        Game(
            SGD_CONSTANT,
            LINEAR,
            Periodic([[-1.0], [1.0]]),
            Box(0.0, 1.0, dimension=1),
            horizon=ROUNDS,
            parameters={"alpha": 1.25},
            start=[0.0],
        ),
        checkpoints="all",
        vectors={z_t: [[1.0], [0.0]] * (ROUNDS // 2)},
        note="Nearly a tie in every round: regret T, bound 1.025 T. With alpha = 1 both are T.",
    )


SCENARIOS = (
    Scenario("calibration.ogd_one_round", "Gradient descent, one round: a tie", ("ogd.sqrt",), one_round),
    Scenario(
        "calibration.ogd_walk", "Gradient descent, a walk of eight rounds: a tie", ("ogd.constant",), walk
    ),
    Scenario(
        "calibration.ogd_jumps", "Gradient descent, a comparator that jumps", ("ogd.dynamic_box",), jumps
    ),
    Scenario("calibration.ogd_ball", "Gradient descent, random losses, l2 ball", ("ogd.sqrt",), ball),
    Scenario(
        "calibration.ogd_simplex", "Gradient descent, random losses, simplex", ("ogd.constant",), simplex
    ),
)
