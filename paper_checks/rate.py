"""The exponent at which the measured side of a statement grows, where its curve has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bounds.verdict import Check

DECADES = 2.0
"""The window of the fit: the last so many decades of rounds."""

SHORTEST = 10
"""A window must reach over this factor of rounds: rounding tilts the slope of a shorter one."""


def measured_rate(check: Check) -> float | None:
    """The least-squares slope of log(measured side) against log(T) over the last two decades of rounds.

    The measured side is the middle of its interval, as in the plots. None where the game is shorter than a
    decade, fewer than four rounds were recorded, or the lower end of the interval is not positive somewhere
    in the window: the middle of an interval that contains 0 is no measurement.
    """
    import numpy as np

    from bounds.rates import fit_slope

    window = check.rounds >= check.rounds[-1] / 10**DECADES
    lower, upper = check.lhs_lower[window], check.lhs_upper[window]
    long = check.rounds[-1] >= SHORTEST * check.rounds[window][0]
    if not (long and np.all(lower > 0) and np.all(np.isfinite(upper))):
        return None
    slope = fit_slope(check.rounds[window], (lower + upper) / 2, decades=DECADES)
    return None if slope is None else slope.value


__all__ = ["DECADES", "SHORTEST", "measured_rate"]
