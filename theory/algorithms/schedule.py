"""Step-size schedules alpha_t shared by the algorithms."""

from __future__ import annotations

from sympy import Expr, sqrt

from theory.parameters import alpha
from theory.symbols import t


def step_size(schedule: str) -> Expr:
    """alpha_t: "sqrt" is alpha/sqrt(t) (the paper's), "constant" is alpha."""
    schedules = {"sqrt": alpha / sqrt(t), "constant": alpha}
    if schedule not in schedules:
        raise ValueError(f"`schedule` must be one of {', '.join(schedules)}, got {schedule!r}")
    return schedules[schedule]
