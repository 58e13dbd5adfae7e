"""J. Duchi, E. Hazan, Y. Singer. Adaptive subgradient methods. JMLR 12, 2011: with full matrices.

For d = 1 the statements are adagrad.theorem7_rda and adagrad.theorem7_md, and the compiled search plays them.
For d = 2 and 3 a search plays its games one by one on the numpy engine; the scenarios play longer ones, on a
ball, a box and a polytope.
"""

from paper_checks.atlas.duchi2011 import PROVED
from paper_checks.atlas.entry import Entry
from paper_checks.scenario import Options, Plan, Scenario
from theory.theorems.adagrad_full_matrix import ADAGRAD_MATRIX, ADAGRAD_MATRIX_RDA, MD_MATRIX, RDA_MATRIX

THEOREMS = (
    Entry(RDA_MATRIX, ADAGRAD_MATRIX_RDA, proved=PROVED, search={"dimensions": (2, 3)}),
    Entry(MD_MATRIX, ADAGRAD_MATRIX, proved=PROVED, search={"dimensions": (2, 3)}),
)


def mirror_descent(options: Options) -> Plan:
    """Logistic losses of correlated rows in an l2 ball: the directions that matter are not the axes."""
    from online_sim import ArrayStream, Game, L2Ball
    from theory import LOGISTIC
    from theory.symbols import z

    rows, labels = correlated(options.seed)
    return Plan(
        (MD_MATRIX,),
        Game(
            ADAGRAD_MATRIX,
            LOGISTIC,
            ArrayStream(rows, labels, order="cycle"),
            L2Ball(3, radius=2.0),
            horizon=3000 if options.full else 300,
            parameters={"alpha": 1.0, "eps": 0.01},
        ),
        vectors={z: [1.0, -0.5, 0.25]},
    )


def dual_averaging(options: Options) -> Plan:
    """Linear losses whose gradients turn by one radian a round, on a box."""
    import numpy as np

    from online_sim import ArrayStream, Box, Game
    from theory import LINEAR
    from theory.symbols import z

    turns = np.arange(3000 if options.full else 300)
    rows = np.round(np.column_stack((np.cos(turns) + 0.2, np.sin(turns))), 6)
    return Plan(
        (RDA_MATRIX,),
        Game(
            ADAGRAD_MATRIX_RDA,
            LINEAR,
            ArrayStream(rows),
            Box([-1.0, -0.5], [1.0, 0.5]),
            horizon=len(rows),
            parameters={"alpha": 1.0, "eps": 1.25},
        ),
        vectors={z: [-1.0, 0.0]},
    )


def polytope(options: Options) -> Plan:
    """Mirror descent on a polytope that contains the origin: x >= 0 and x_1 + x_2 + x_3 <= 1."""
    import numpy as np

    from online_sim import Game, GaussianStream, Polytope
    from theory import LINEAR
    from theory.symbols import z

    return Plan(
        (MD_MATRIX,),
        Game(
            ADAGRAD_MATRIX,
            LINEAR,
            GaussianStream(3, mean=[0.2, 0.0, -0.2], std=[1.0, 0.5, 0.1], seed=options.seed),
            Polytope(np.vstack((-np.eye(3), np.ones(3))), [0.0, 0.0, 0.0, 1.0]),
            horizon=3000 if options.full else 300,
            parameters={"alpha": 0.5, "eps": 0.1},
            start=[0.0, 0.0, 0.0],
        ),
        vectors={z: [0.0, 0.0, 1.0]},
    )


def correlated(seed: int) -> tuple[list[list[float]], list[float]]:
    """200 rows of three numbers that share their largest part, and a planted label for each."""
    import numpy as np

    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(200, 1)) + 0.2 * rng.normal(size=(200, 3))
    labels = np.where(rows @ [1.0, -1.0, 0.5] + 0.1 * rng.normal(size=200) > 0, 1.0, -1.0)
    return rows.tolist(), labels.tolist()


SCENARIOS = tuple(
    Scenario(f"atlas.matrix_{name}", title, tuple(theorem.id for theorem in theorems), build)
    for name, title, theorems, build in (
        ("md", "AdaGrad with full matrices, l2 ball", (MD_MATRIX,), mirror_descent),
        ("rda", "AdaGrad with full matrices by dual averaging, box", (RDA_MATRIX,), dual_averaging),
        ("polytope", "AdaGrad with full matrices, polytope", (MD_MATRIX,), polytope),
    )
)
