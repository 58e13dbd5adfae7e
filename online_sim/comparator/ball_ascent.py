"""Links with at most one kink each on a ball, such as hinge losses: dual coordinate ascent.

The two tangents of a link at the ends of its range have such a link as their maximum. Shares in [0, 1] mix
them into a minorant, whose minimum over the ball is a support function: the usual certificate, whatever the
kernel returned. Other links only leave the enclosure wide.
"""

from __future__ import annotations

from typing import final

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.cumulative import Cumulative, Evaluation, Extent, lower_bound, upper_bound
from online_sim.comparator.minimum import Minimum
from online_sim.comparator.parts import Links, Tangents
from online_sim.domains.l2_ball import L2Ball

Array = NDArray[np.float64]
METHOD = "dual coordinate ascent"
PASSES = 50
"""Passes over all rows."""
ATTEMPTS = 12
"""Runs of the kernel, each of which asks for a smaller gap than the one before."""
DAMPING = 0.1
"""Of the proximal point, in units of the effect of one row over the distance that it goes."""
KINKS = 3.0
"""That distance, in units of the distance of a kink; the radius where that is smaller."""


@final
class Shares:
    """The shares of the upper tangents at the last checkpoint, and both tangents of every row to come."""

    def __init__(self) -> None:
        self.values: Array = np.empty(0)
        self._source: Links | None = None
        self._ends: tuple[Tangents, Tangents] | None = None

    def ends(self, F: Cumulative, links: Links, across: float) -> tuple[Tangents, Tangents]:
        """The tangents of the links at the lower and the upper end of their range."""
        whole = F if F.whole is None or F.whole.links is None else F.whole
        source = links if whole.links is None else whole.links
        if self._ends is None or source is not self._source:
            spread = source.table.lengths * across
            self._source = source
            self._ends = (
                source.tangents(whole.linked_base - spread, whole.linked_base),
                source.tangents(whole.linked_base + spread, whole.linked_base),
            )
        low, high = self._ends
        n = len(links.weights)
        return low.head(n), high.head(n)


def ball_ascent(
    F: Cumulative,
    links: Links,
    domain: L2Ball,
    extent: Extent,
    at: Evaluation,
    shares: Shares,
    *,
    tolerance: float,
) -> Minimum | None:
    """An enclosure, with a gap <= tolerance * max(1, |F|) where the links have one kink each.

    None where the tangents or the answer leave the range of floats. F has no other part than the links; `at`
    is F at a first guess, and `shares` are brought up to date.
    """
    from online_sim.comparator.kernels.ball_dual import ball_dual

    low, high = shares.ends(F, links, extent.across)
    rise, turn = high.constant - low.constant, high.slope - low.slope
    tilt = links.table.adjoint(low.slope)
    size = turn * links.table.lengths
    if not (np.all(np.isfinite(rise)) and np.all(np.isfinite(size)) and np.all(np.isfinite(tilt))):
        return None
    # A row that was not there before begins on the side of the kink where the first guess is.
    share = np.empty(len(rise))
    known = min(len(shares.values), len(share))
    share[:known] = shares.values[:known]
    new = links.table.times(at.z - F.base)[known:]
    share[known:] = rise[known:] + turn[known:] * new > 0.0
    y, squares, rows = np.zeros(F.dimension), links.table.lengths**2, links.table.compressed.data
    found: Minimum | None = None
    for _ in range(ATTEMPTS):
        above = rise if found is None else rise + turn * links.table.times(y)
        damping = _damping(above, size, tilt, domain.radius)
        goal = 0.5 * tolerance * max(1.0, abs(at.value if found is None else found.upper))
        ball_dual(*rows, squares, rise, turn, tilt, domain.radius, damping, goal, PASSES, y, share)
        if not (np.all(np.isfinite(y)) and np.all(np.isfinite(share))):
            return found
        # The kernel's norms are plain sums: projected, the point is in the ball up to the last digits.
        here = F.at(domain.project(F.base + y))
        share = np.clip(share, 0.0, 1.0)
        lower = lower_bound(F, domain, extent, high.mix(low, share), None)
        new_found = Minimum(here.z, lower, upper_bound(here, domain), METHOD)
        found = new_found if found is None else found.meet(new_found)
        if found.gap <= tolerance * max(1.0, abs(found.upper)):
            break
    shares.values = share
    return found


def _damping(above: Array, size: Array, tilt: Array, radius: float) -> float:
    """The effect of a row over the distance that the proximal point goes: to the kinks, within the ball."""
    bent = size > 0.0
    if not bent.any():  # linear: the point is on the border, where any small damping drops out
        return DAMPING * float(np.linalg.norm(tilt)) / radius or 1.0
    distance = min(radius, KINKS * float(np.median(np.abs(above[bent]) / size[bent])))
    return DAMPING * float(np.median(size[bent])) / (distance if distance > 0.0 else radius)
