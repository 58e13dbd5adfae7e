"""What of a measured curve is known well enough to be compared: its margin, and the exponent it grows at.

A regret is known as an interval. Where within it the upper end lies is up to the solver of the comparator: a
number is taken from it only where the interval is narrower than `RELATIVE`; one that contains 0 never is. The
interval of an expectation is statistical: its ends are functions of the seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bounds.verdict import Check
    from theory.statement import Theorem

RELATIVE = 1e-6
"""How far the same margin may lie from itself on another machine, relative.

Two things move it. (1) Rounding: sums over T rounds and d coordinates, added in another order by another
compiler or BLAS, are off by at most 4 (T + d) eps, 4e-9 at the longest game (T = 4e6); numba against numpy
differ by less than 1e-14. (2) The regret is enclosed, and where in the enclosure its upper end comes to lie
is up to the solver of the comparator: most enclosures are at most 9e-8 wide, relative, and where one is wider
than this (about a regret of 0, always) no margin and no rate are kept. A test measures both. A number that
moves by more is a finding: no tolerance is ever widened.
"""

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
