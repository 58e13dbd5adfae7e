"""What of a measured curve is known well enough to be compared: its margin, and the exponent it grows at.

A regret is known as an interval. Where within it the upper end lies is up to the solver of the comparator: a
number is taken from it only where the interval is narrower than `paper_checks.ci.baseline.RELATIVE`; one that
contains 0 never is. The interval of an expectation is statistical: its ends are functions of the seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paper_checks.ci.baseline import RELATIVE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bounds.verdict import Check
    from theory.statement import Theorem

DECADES = 2.0
"""The window of the fit, in decades of rounds before the last one."""

SHORTEST = 10
"""A window must reach over this factor of rounds: rounding tilts the slope of a shorter one."""


def measured_rate(check: Check, theorem: Theorem) -> float | None:
    """The least-squares slope of log(measured side) against log(T) over the last two decades of rounds.

    The measured side is the middle of its interval, as in the plots. None where the game is shorter than a
    decade, fewer than four rounds were recorded, or the side is not known well enough all over the window.
    """
    import numpy as np

    from bounds.rates import fit_slope

    window = check.rounds >= check.rounds[-1] / 10**DECADES
    long = check.rounds[-1] >= SHORTEST * check.rounds[window][0]
    if not (long and np.all(_known(check, theorem)[window])):
        return None
    middle = (check.lhs_lower[window] + check.lhs_upper[window]) / 2
    slope = fit_slope(check.rounds[window], middle, decades=DECADES)
    return None if slope is None else slope.value


def is_settled(check: Check, theorem: Theorem) -> bool:
    """Whether there is a margin, and the measured side is known well enough at its round."""
    return check.at is not None and bool(_known(check, theorem)[check.rounds == check.at].all())


def _known(check: Check, theorem: Theorem) -> NDArray[np.bool_]:
    import numpy as np

    from theory.quantities import Regret

    lower, upper = check.lhs_lower, check.lhs_upper
    known = (lower > 0) & np.isfinite(upper)
    if theorem.spelled_out(theorem.lhs).has(Regret):
        with np.errstate(invalid="ignore"):  # inf - inf is not known already
            known &= upper - lower <= RELATIVE * upper
    return np.asarray(known, dtype=np.bool_)
