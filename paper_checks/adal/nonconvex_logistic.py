"""AdaL on a small logistic problem with a nonconvex penalty; the noise is that of one random row per round.

Guarantee: the AdaL paper's Theorem 2, false as stated.
"""

from paper_checks import Options, Plan, Scenario

ROWS, COLUMNS = 100, 5
LAM = 0.1


def build(options: Options) -> Plan:
    """100 patients and 5 features of breast cancer; each gradient is that of one random patient."""
    import numpy as np

    from online_sim import ArrayStream, Game, Shuffled, breast_cancer
    from theory import ADAL
    from theory.losses.nonconvex_logistic import nonconvex_logistic
    from theory.symbols import df
    from theory.theorems.adal import THEOREM2

    data = breast_cancer()
    vectors, labels = data.table
    # |df_i| <= mean_j |s_j r_ji| + lam max |2 x/(1 + x^2)^2|, and the last factor is 3 sqrt(3)/8.
    most = float(np.max(np.mean(np.abs(labels[:ROWS, None] * vectors[:ROWS, :COLUMNS]), axis=0))) + 0.65 * LAM
    small = ArrayStream(vectors[:ROWS, :COLUMNS], labels[:ROWS], name=f"breast_cancer(n={ROWS}, d={COLUMNS})")
    return Plan(
        (THEOREM2,),
        Game(
            ADAL,
            nonconvex_logistic(oracle="row"),
            Shuffled(small, seed=options.seed),
            horizon=30_000 if options.full else 3_000,
            parameters={"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "lam": LAM},
            start=[-2.0] * COLUMNS,
            replicates=64 if options.full else 16,
            table=small.table,
        ),
        constants={"f_star": 0.0},
        ranges={df: (-most, most)},
        note="The lower bound 0 replaces the unknown minimum of f, which can only raise the bound.",
    )


SCENARIO = Scenario(
    "nonconvex_logistic", "Nonconvex logistic regression, one row a round", ("adal.theorem2",), build
)
