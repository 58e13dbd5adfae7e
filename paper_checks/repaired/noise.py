"""Theorem S and its corollaries with every noise path enumerated.

Problem: the paper's four rounds of skewed noise, and eight rounds of symmetric noise.
Algorithm: AdaL with the maximum R1, started at a positive vhat_0.
Guarantee: upper bounds, proved. Only Theorem S applies to the skewed noise; all four statements apply to
    the symmetric noise of the same scale.
Source: theory/theorems/repaired_nonconvex.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from paper_checks import Options, Plan, Scenario
from paper_checks.adal.four_rounds import SCALE
from paper_checks.repaired.derive import derived

if TYPE_CHECKING:
    from theory.recurrence import Recurrence
    from theory.statement import Theorem

ROUNDS = 8
SYMMETRIC = ("repaired.theoremS", "repaired.theoremS_aligned", "repaired.corollaryS1", "repaired.corollaryS2")
START = {"vhat_start": float(SCALE**4)}


def skewed() -> tuple[Recurrence, tuple[Theorem, ...]]:
    """AdaL with the maximum R1, started at vhat_0 = SCALE^4: Theorem S."""
    from theory.theorems.repaired_nonconvex import ADAL_R1_FROM, S

    return ADAL_R1_FROM, (S,)


def all_four() -> tuple[Recurrence, tuple[Theorem, ...]]:
    """The same algorithm, with the corollaries that need symmetric noise."""
    from theory.theorems.repaired_nonconvex import ADAL_R1_FROM, S1, S2, S_ALIGNED, S

    return ADAL_R1_FROM, (S, S_ALIGNED, S1, S2)


def symmetric(options: Options) -> Plan:
    """The game with letters +-SCALE instead of the skewed ones, eight rounds, and a start off the minimum."""
    from online_sim import AllPaths, rademacher
    from theory.theorems.repaired_nonconvex import BIAS

    plan = replace(_SYMMETRIC.build(options), extra=(BIAS,))
    return plan.with_game(stream=AllPaths(rademacher(SCALE)), horizon=ROUNDS, start=[8.0])


_SYMMETRIC = derived(
    "noise", "four_rounds", SYMMETRIC, all_four, parameters=START,
    note=f"All {2**ROUNDS} paths of symmetric noise: no bias in the mean, and O(log T/sqrt(T)) is true.",
)  # fmt: skip

SCENARIOS = (
    derived(
        "noise", "four_rounds", ("repaired.theoremS",), skewed, parameters=START,
        note="Skewed noise: the inner product with E ghat is bounded, the gradient is not.",
    ),
    Scenario("repaired.noise.symmetric", "Eight rounds of symmetric noise, all paths", SYMMETRIC, symmetric),
)  # fmt: skip
