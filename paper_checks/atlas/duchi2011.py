"""J. Duchi, E. Hazan, Y. Singer. Adaptive subgradient methods for online learning. JMLR 12, 2011.

Mirror descent with a large delta: H_1 = delta + g stays near delta, so the point hardly moves from x_1 = 0,
and against one gradient g in every round the regret on [-1, 1] is nearly g T. The bounds without delta grow
like g sqrt(T). With delta = 0 they hold.
"""

from bounds import Counterexample
from bounds.games import exact
from paper_checks.atlas.entry import Entry
from paper_checks.gallery.exhibit import Exhibit
from paper_checks.gallery.theorem1 import on_a_line
from theory.algorithms.adagrad import ADAGRAD, ADAGRAD_NO_EPS
from theory.recurrence import Recurrence
from theory.statement import Theorem
from theory.theorems.adagrad import (
    ADAGRAD_RDA,
    MD,
    MD_COROLLARY,
    MD_COROLLARY_DELTA,
    MD_DELTA,
    MD_FULL,
    RDA,
    RDA_COROLLARY,
    RDA_FULL,
)

PROVED = {"stated": "docs/proofs.md"}


def stuck(
    name: str,
    theorem: Theorem,
    alpha: str,
    delta: int,
    horizon: int,
    algorithm: Recurrence = ADAGRAD,
    **more: str,
) -> Exhibit:
    """f(x) = x on [-1, 1] in every round, from x_1 = 0; more: further parameters."""
    parameters = {"alpha": exact(alpha), "eps": exact(delta), **{n: exact(u) for n, u in more.items()}}
    rest = "".join(f", {n} = {u}" for n, u in more.items())
    return Exhibit(
        name,
        f"f(x) = x on [-1, 1] from 0, {horizon} rounds, eta = {alpha}, delta = {delta}{rest}",
        Counterexample(
            theorem, "stated", on_a_line(algorithm, parameters, (1,), start=0, horizon=horizon), (exact(-1),)
        ),
    )


EXHIBITS = (
    stuck("adagrad_delta_three_rounds", MD_DELTA, "1", 10, 3),
    stuck("adagrad_delta_nine_rounds", MD_COROLLARY_DELTA, "17/12", 1000, 9),
)

THEOREMS = (
    Entry(RDA, ADAGRAD_RDA, proved=PROVED),
    Entry(RDA_COROLLARY, ADAGRAD_RDA, proved=PROVED),
    Entry(MD, ADAGRAD_NO_EPS, proved=PROVED),
    Entry(
        MD_DELTA,
        ADAGRAD,
        exhibits=EXHIBITS[:1],
        instead="With delta = 0: adagrad.theorem5_md. With delta > 0 and the further term "
        "delta D_2^2/(2 eta): adagrad.theorem5_delta.",
    ),
    Entry(MD_COROLLARY, ADAGRAD_NO_EPS, proved=PROVED),
    Entry(
        MD_COROLLARY_DELTA,
        ADAGRAD,
        exhibits=EXHIBITS[1:],
        instead="With delta = 0: adagrad.corollary6_md. With delta > 0 and a term with delta: "
        "adagrad.theorem5_delta.",
        search={"dimensions": (1,), "horizons": (1, 4, 9, 16)},
    ),
    Entry(RDA_FULL, ADAGRAD_RDA, proved=PROVED, search={"dimensions": (1,)}),
    Entry(MD_FULL, ADAGRAD, proved=PROVED, search={"dimensions": (1,)}),
)
