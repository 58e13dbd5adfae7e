"""Corollary V on the paper's convex games.

Problem: the regret weighted by the l1 norms of the gradients.
Algorithm: AdaL without a maximum: exactly as printed on a box, with epsilon = 0 on other sets.
Guarantee: upper bound, proved; a posteriori, because the increments of the metric are measured.
Source: theory/theorems/repaired.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paper_checks.repaired.derive import derived

if TYPE_CHECKING:
    from theory.recurrence import Recurrence
    from theory.statement import Theorem

BOXES = ("digits", "one_round", "reddi_stream", "wrong_end")
OTHERS = ("breast_cancer", "diabetes", "portfolio")
NOTE = "What the paper's analysis does prove of its algorithm: the weighted regret, with measured increments."


def printed() -> tuple[Recurrence, tuple[Theorem, ...]]:
    """AdaL as printed, on a box."""
    from theory import ADAL
    from theory.theorems.repaired import V_PRINTED

    return ADAL, (V_PRINTED,)


def without_eps() -> tuple[Recurrence, tuple[Theorem, ...]]:
    """AdaL with epsilon = 0, on any set."""
    from theory.algorithms.adal import ADAL_NO_EPS
    from theory.theorems.repaired import V

    return ADAL_NO_EPS, (V,)


SCENARIOS = (
    *(derived("measured", n, ("repaired.corollaryV_printed",), printed, note=NOTE) for n in BOXES),
    *(derived("measured", n, ("repaired.corollaryV",), without_eps, note=NOTE) for n in OTHERS),
)
