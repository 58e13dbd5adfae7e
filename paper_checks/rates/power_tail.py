"""Slow rate on a tail f' = -(1 + x)^{-q}: with a maximum, the average falls no faster than T^{-q/(2q+1)}.

Problem: one fixed smooth f without noise; the average is that of the squared gradient.
Algorithm: AdaL with the maximum R1; AdaL as printed, for which the average is O(1/T), for comparison.
Guarantee: Theorem 2, false as stated for a maximum and large T. The exponent q/(2q+1) is between 1/3 and 1/2
    for every q > 1, and every reading of the bound falls like T^{-1/2} log T. The crossing is far beyond any
    feasible horizon; a run shows only the exponent.
Source: docs/rates.md, Proposition R1.
Parameters: `POWERS` and `SETTING`.
"""

from fractions import Fraction
from functools import partial

from paper_checks import Options, Plan, Scenario

POWERS = (Fraction(21, 20), Fraction(3, 2), Fraction(2), Fraction(4))
"""The values of q."""

ALPHA = 0.1
"""A step size so small that the first steps do not jump far down the tail and distort the measured rate."""

SETTING = {"alpha": ALPHA, "beta1": 0.0, "beta2": 0.9}
CHECKPOINTS = 200


def maximum(q: Fraction, options: Options) -> Plan:
    """AdaL with the maximum R1: Theorem 2 applied to it, and Theorem N, which is true."""
    from online_sim import Game
    from theory.algorithms.adal import ADAL_R1
    from theory.losses.power_tail import POWER_TAIL
    from theory.theorems.adal_maximum import THEOREM2_MAXIMUM
    from theory.theorems.repaired_nonconvex import N

    return Plan(
        (THEOREM2_MAXIMUM, N),
        Game(
            ADAL_R1,
            POWER_TAIL,
            horizon=100_000_000 if options.full else 1_000_000,
            parameters={**SETTING, "q": float(q)},
            start=[0.0],
        ),
        checkpoints=CHECKPOINTS,
        note=f"The average squared gradient falls like T^(-{q / (2 * q + 1)}), not like T^(-1/2) log T.",
    )


def printed(q: Fraction, options: Options) -> Plan:
    """AdaL as printed, whose second moment forgets old gradients."""
    from online_sim import Game
    from theory import ADAL
    from theory.losses.power_tail import POWER_TAIL
    from theory.theorems.adal import THEOREM2

    return Plan(
        (THEOREM2,),
        Game(
            ADAL,
            POWER_TAIL,
            horizon=100_000_000 if options.full else 1_000_000,
            parameters={**SETTING, "eps": 1e-8, "q": float(q)},
            start=[0.0],
        ),
        checkpoints=CHECKPOINTS,
        note="Without noise the printed algorithm follows the sign of the gradient: the average is O(1/T).",
    )


def _label(q: Fraction) -> str:
    return f"q{float(q):g}".replace(".", "_")


SCENARIOS = (
    *(
        Scenario(
            f"rates.maximum.{_label(q)}",
            f"Power tail, q = {float(q):g}, AdaL with a maximum",
            ("adal.theorem2_maximum", "repaired.theoremN"),
            partial(maximum, q),
        )
        for q in POWERS
    ),
    *(
        Scenario(
            f"rates.printed.{_label(q)}",
            f"Power tail, q = {float(q):g}, AdaL as printed",
            ("adal.theorem2",),
            partial(printed, q),
        )
        for q in POWERS
    ),
)
