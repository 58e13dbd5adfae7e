"""Theorem R on the paper's convex games.

Problem: the regret weighted by the l1 norms of the gradients, on `GAMES`.
Algorithm: AdaL with the maximum R2 and epsilon = 0.
Guarantee: upper bounds, proved; Theorem R and two of its variants.
Source: theory/theorems/repaired.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paper_checks.repaired.derive import derived

if TYPE_CHECKING:
    from theory.recurrence import Recurrence
    from theory.statement import Theorem

GAMES = (
    "breast_cancer",
    "capped_simplex",
    "diabetes",
    "digits",
    "intersection",
    "one_round",
    "portfolio",
    "reddi_stream",
    "wrong_end",
)


def statements() -> tuple[Recurrence, tuple[Theorem, ...]]:
    """AdaL with bias correction and max(vhat_{t-1}, v_t/(1 - beta2^t)), and its forms of Theorem R."""
    from theory.algorithms.adal import ADAL_R2
    from theory.theorems.repaired import R_ANY_GAMMA, R_CORRECTED, R

    return ADAL_R2, (R, R_CORRECTED, R_ANY_GAMMA)


SCENARIOS = tuple(
    derived(
        "maximum",
        name,
        ("repaired.theoremR", "repaired.theoremR_corrected", "repaired.theoremR_any_gamma"),
        statements,
        note="The regret weighted by the l1 norms, with AMSGrad's maximum: proved.",
    )
    for name in GAMES
)
