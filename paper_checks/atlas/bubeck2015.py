"""S. Bubeck. Convex optimization: algorithms and complexity. 2015."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from paper_checks.atlas.entry import Entry
from paper_checks.scenario import Options, Plan, Scenario
from theory.theorems.bubeck import (
    DESCENT,
    DESCENT_STRONG,
    FRANK_WOLFE,
    FRANK_WOLFE_SET,
    NESTEROV_SMOOTH,
    NESTEROV_STRONG,
    SUBGRADIENT,
    THEOREM3_2,
    THEOREM3_3,
    THEOREM3_8,
    THEOREM3_8_SET,
    THEOREM3_12,
    THEOREM3_18,
    THEOREM3_19,
)

if TYPE_CHECKING:
    from online_sim.domains.base import Domain

# Both sides are sums over coordinates, so one is enough; in THEOREM3_2 only for d = 1 is the bound of the
# gradients exact.
_SEARCH = {"dimensions": (1,), "most_rounds": 1000}
_PROVED = {"stated": "docs/proofs.md"}
THEOREMS = (
    Entry(THEOREM3_2, SUBGRADIENT, proved=_PROVED, search=_SEARCH),
    Entry(THEOREM3_3, DESCENT, proved=_PROVED, search=_SEARCH),
    Entry(THEOREM3_8, FRANK_WOLFE, proved=_PROVED, search=_SEARCH),
    Entry(
        THEOREM3_8_SET,
        FRANK_WOLFE_SET,
        proved=_PROVED,
        why_not_searched="the search knows no oracle; the scenarios atlas.frank_wolfe_* play on three sets",
    ),
    Entry(THEOREM3_12, DESCENT_STRONG, proved=_PROVED, search=_SEARCH),
    Entry(THEOREM3_18, NESTEROV_STRONG, proved=_PROVED, search=_SEARCH),
    Entry(THEOREM3_19, NESTEROV_SMOOTH, proved=_PROVED, search=_SEARCH),
)


def _sets() -> "dict[str, Domain]":
    """Sets that do not contain the minimum 0 of f, or only on their border."""
    from online_sim import L1Ball, L2Ball, Simplex

    return {
        "simplex": Simplex(8),
        "l1_ball": L1Ball(8, 2.0, np.arange(8.0) / 4),
        "l2_ball": L2Ball(8, 2.0, np.arange(8.0) / 4),
    }


def frank_wolfe(name: str, options: Options) -> Plan:
    """f(x) = ||x||^2/2 from the minimiser of <(7, 6, ..., 0), x>, against the best point of X."""
    from online_sim import Game, constant
    from theory.losses.half_square import HALF_SQUARE
    from theory.symbols import z

    feasible = _sets()[name]
    return Plan(
        (THEOREM3_8_SET,),
        Game(
            FRANK_WOLFE_SET,
            HALF_SQUARE,
            constant(np.zeros(8)),
            feasible,
            horizon=30_000 if options.full else 3000,
            start=feasible.maximiser(-np.arange(8.0)[::-1]),
        ),
        vectors={z: feasible.project(np.zeros(8))},
        note="The steps of Frank and Wolfe with the linear minimisation oracle of the set.",
    )


SCENARIOS = tuple(
    Scenario(
        f"atlas.frank_wolfe_{name}",
        f"Frank-Wolfe on a set with an oracle, {name.replace('_', ' ')}",
        (THEOREM3_8_SET.id,),
        partial(frank_wolfe, name),
    )
    for name in ("simplex", "l1_ball", "l2_ball")
)
