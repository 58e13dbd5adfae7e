"""Which numbers of a measured curve are precise enough to compare: its margin and its growth exponent.

A regret is known as an interval whose upper end depends on the solver of the comparator. A number is taken
from it only where the interval is narrower than `RELATIVE`, which an interval that contains 0 never is. The
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
"""The largest relative difference between the same margin on two machines.

Two things move it. (1) Rounding: sums over T rounds and d coordinates, added in another order by another
compiler or BLAS, differ by at most 4 (T + d) eps, 4e-9 at the longest game (T = 4e6); numba against numpy
differ by less than 1e-14. (2) The regret is enclosed, and the upper end of the enclosure depends on the
solver of the comparator. Most enclosures have a relative width of at most 9e-8; where one is wider than this
constant (always around a regret of 0), no margin and no rate are kept. A test measures both. A number that
moves by more is a finding: no tolerance is ever widened.
"""

DECADES = 2.0
"""The window of the fit, in decades of rounds before the last round."""

SHORTEST = 10
"""The smallest ratio of last to first round in a window: rounding tilts the slope of a shorter one."""


def measured_rate(check: Check, theorem: Theorem) -> float | None:
    """The least-squares slope of log(measured side) against log(T) over the last two decades of rounds.

    The measured side is the middle of its interval, as in the plots. None if the game is shorter than a
    decade, fewer than four rounds were recorded, or the side is not precise enough throughout the window.
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
    """Whether there is a margin and the measured side is precise enough at its round."""
    return check.at is not None and bool(_known(check, theorem)[check.rounds == check.at].all())


def _known(check: Check, theorem: Theorem) -> NDArray[np.bool_]:
    import numpy as np

    from theory.quantities import Regret

    lower, upper = check.lhs_lower, check.lhs_upper
    known = (lower > 0) & np.isfinite(upper)
    if theorem.spelled_out(theorem.lhs).has(Regret):
        with np.errstate(invalid="ignore"):  # inf - inf counts as unknown anyway
            known &= upper - lower <= RELATIVE * upper
    return np.asarray(known, dtype=np.bool_)
