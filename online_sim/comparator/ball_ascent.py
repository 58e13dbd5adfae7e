"""Links with at most one kink each on a ball, such as hinge losses: dual coordinate ascent.

The two tangents of a link at the ends of its range have such a link as their maximum. Shares in [0, 1] mix
them into a minorant, whose minimum over the ball is a support function: the usual certificate, whatever the
kernel returned. Other links only leave the enclosure wide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
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
@dataclass(frozen=True, eq=False)
class Ends:
    """Links as the larger of two tangents, `low` and `high`, at the ends of their range.

    rise + turn <a, y> is how much `high` lies above `low` at base + y, and squares are |a|^2; all (n,).
    """

    low: Tangents
    high: Tangents
    rise: Array
    turn: Array
    squares: Array

    @staticmethod
    def of(links: Links, base: Array, across: float) -> Ends:
        """For links that are `base` at the base of a set which is so far across."""
        lengths = links.table.lengths
        low, high = (links.tangents(base + sign * across * lengths, base) for sign in (-1.0, 1.0))
        return Ends(low, high, high.constant - low.constant, high.slope - low.slope, lengths**2)

    def head(self, count: int) -> Ends:
        """Those of the first links."""
        low, high = self.low.head(count), self.high.head(count)
        return Ends(low, high, self.rise[:count], self.turn[:count], self.squares[:count])


@final
class Shares:
    """The shares of the upper tangents at the last checkpoint, and both tangents of every row to come."""

    def __init__(self) -> None:
        self.values: Array = np.empty(0)
        self._known: tuple[Links, Ends] | None = None

    def ends(self, F: Cumulative, links: Links, across: float) -> Ends:
        """The ends of the links, which are found once for all heads of one sum."""
        whole = F if F.whole is None or F.whole.links is None else F.whole
        source = links if whole.links is None else whole.links
        if self._known is None or source is not self._known[0]:
            self._known = source, Ends.of(source, whole.linked_base, across)
        return self._known[1].head(len(links.weights))


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

    ends, table = shares.ends(F, links, extent.across), links.table
    rise, turn, tilt = ends.rise, ends.turn, table.adjoint(ends.low.slope)
    # A row that was not there before begins on the side of the kink where the first guess is.
    share = np.empty(len(rise))
    known = min(len(shares.values), len(share))
    share[:known] = shares.values[:known]
    share[known:] = (rise + turn * table.times(at.z - F.base))[known:] > 0.0
    y, found, above = np.zeros(F.dimension), None, rise
    for _ in range(ATTEMPTS):
        damping = _damping(above, turn * table.lengths, tilt, domain.radius)
        goal = 0.5 * tolerance * max(1.0, abs(at.value if found is None else found.upper))
        if not (math.isfinite(damping) and math.isfinite(goal) and np.isfinite(tilt).all()):
            return found
        rows = table.compressed.data
        ball_dual(*rows, ends.squares, rise, turn, tilt, domain.radius, damping, goal, PASSES, y, share)
        if not (np.isfinite(y).all() and np.isfinite(share).all()):
            return found
        # The kernel's norms are plain sums: projected, the point is in the ball up to the last digits.
        here = F.at(domain.project(F.base + y))
        share = np.clip(share, 0.0, 1.0)
        lower = lower_bound(F, domain, extent, ends.high.mix(ends.low, share), None)
        new = Minimum(here.z, lower, upper_bound(here, domain), METHOD)
        found = new if found is None else found.meet(new)
        if found.gap <= tolerance * max(1.0, abs(found.upper)):
            break
        above = rise + turn * table.times(y)
    shares.values = share
    return found


def _damping(above: Array, size: Array, tilt: Array, radius: float) -> float:
    """The effect of a row over the distance that the proximal point goes: to the kinks, within the ball."""
    bent = size > 0.0
    if not bent.any():  # linear: the point is on the border, where any small damping drops out
        return DAMPING * float(np.linalg.norm(tilt)) / radius or 1.0
    effect = float(size.mean())
    distance = min(radius, KINKS * float(np.abs(above).mean()) / effect)
    return DAMPING * effect / (distance if distance > 0.0 else radius)
