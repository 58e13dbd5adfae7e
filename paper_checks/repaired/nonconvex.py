"""Theorems N, P and A on the paper's nonconvex games without noise, and Theorem A on its noisy ones.

Algorithm: AdaL as printed (P and A) or with the maximum R1 (N and A).
Guarantee: upper bounds, proved.
Source: theory/theorems/repaired_nonconvex.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paper_checks.repaired.derive import derived

if TYPE_CHECKING:
    from theory.recurrence import Recurrence
    from theory.statement import Theorem


def with_maximum() -> tuple[Recurrence, tuple[Theorem, ...]]:
    """AdaL with the maximum R1 and epsilon = 0: Theorem N and the certificate of Theorem A."""
    from theory.algorithms.adal import ADAL_R1
    from theory.theorems.repaired_nonconvex import A_R1, N

    return ADAL_R1, (N, A_R1)


def printed() -> tuple[Recurrence, tuple[Theorem, ...]]:
    """AdaL as printed: Theorem P and the certificate of Theorem A."""
    from theory import ADAL
    from theory.theorems.repaired_nonconvex import P_AVERAGE, A, P

    return ADAL, (P, P_AVERAGE, A)


def descent() -> tuple[Recurrence, tuple[Theorem, ...]]:
    """AdaL as printed: only Theorem P, whose proof never leaves the points played."""
    from theory import ADAL
    from theory.theorems.repaired_nonconvex import P_AVERAGE, P

    return ADAL, (P, P_AVERAGE)


def certificate() -> tuple[Recurrence, tuple[Theorem, ...]]:
    """AdaL as printed: the certificate of Theorem A, which allows any noise."""
    from theory import ADAL
    from theory.theorems.repaired_nonconvex import A

    return ADAL, (A,)


_P = ("repaired.theoremP", "repaired.theoremP_average")
_A = ("repaired.theoremA",)

SCENARIOS = (
    *(
        derived(
            "cubic", name, ("repaired.theoremN", "repaired.theoremA_R1"), with_maximum,
            note="With the maximum ||grad f||_1 ||grad f||_2^2 is what goes to 0 at the rate log T/sqrt(T).",
        )
        for name in ("one_step", "rastrigin")
    ),
    *(
        derived(
            "descent", name, (*_P, *_A), printed,
            note="Without noise the printed algorithm does reach the rate log T/sqrt(T), in the l1 norm.",
        )
        for name in ("one_step", "rastrigin")
    ),
    # Theorem A also uses points that are not played, where this game's smoothness constant need not hold.
    derived(
        "descent", "rosenbrock", _P, descent, note="L holds where all iterates lie, which is all that P uses."
    ),
    *(
        derived("certificate", name, _A, certificate, note="A certificate after the run, whatever the noise.")
        for name in ("nonconvex_logistic", "skewed_noise")
    ),
)  # fmt: skip
