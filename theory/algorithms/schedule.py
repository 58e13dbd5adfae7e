"""Step-size schedules alpha_t shared by the algorithms."""

from __future__ import annotations

from sympy import Expr, sqrt

from theory.algorithms.variant import choose
from theory.parameters import alpha
from theory.symbols import t


def step_size(schedule: str) -> Expr:
    """alpha_t: "sqrt" is alpha/sqrt(t) (the papers on regret), "constant" is alpha (the libraries)."""
    return choose("schedule", schedule, {"sqrt": alpha / sqrt(t), "constant": alpha})
