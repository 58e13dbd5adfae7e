"""Cutting planes, one family for each part of F: the general method, and the one for losses with kinks.

Kelley's method with a family of tangents for each row or coordinate. The master problem (smallest sum of
the families' maxima over X) goes to a conic solver; from its answer only the next point and the multipliers
of the tangents are used. The multipliers, clipped and normalised by us, mix tangents into a minorant of F,
whose minimum over X is a support function: a wrong answer of the solver can only make the enclosure wider.
"""

from dataclasses import astuple

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.cumulative import Cumulative, Extent, lower_bound, upper_bound
from online_sim.comparator.master import Master
from online_sim.comparator.minimum import Minimum
from online_sim.comparator.parts import Part, Tangents
from online_sim.comparator.projecting import Projection
from online_sim.comparator.tables import Table
from online_sim.domains.base import Domain

Array = NDArray[np.float64]
METHOD = "cutting planes"
RING = 10
"""Tangents of a coordinate are laid at distances width/3^k on both sides of the start, k < RING."""


class _Family:
    """The tangents of one part so far, as (k, m) stacks; row 0 is always defined everywhere."""

    def __init__(self, part: Part, first: Array, base: Array) -> None:
        self.part, self.base = part, base
        self.stack: list[Tangents] = [part.tangents(first, base)]

    def add(self, u: Array) -> None:
        new = self.part.tangents(u, self.base)
        usable = np.isfinite(new.constant) & np.isfinite(new.slope) & np.isfinite(new.constant_error)
        pairs = zip(astuple(new), astuple(self.stack[0]), strict=True)
        self.stack.append(Tangents(*(np.where(usable, mine, first) for mine, first in pairs)))

    def mixture(self, multipliers: Array) -> Tangents:
        """The convex combination with these (k, m) multipliers after clipping; uniform where all vanish."""
        shares = np.maximum(np.nan_to_num(multipliers), 0.0)
        total = shares.sum(axis=0)
        mixed, weight = self.stack[0], np.where(total > 0.0, shares[0], 1.0)
        for k in range(1, len(self.stack)):
            more = weight + shares[k]
            # A vertex of the master problem has exact zeros, so that nothing may have been mixed yet.
            share = np.divide(weight, more, out=np.ones_like(more), where=more > 0.0)
            mixed = mixed.mix(self.stack[k], share)
            weight = more
        return mixed


def cutting_planes(
    F: Cumulative,
    domain: Domain,
    extent: Extent,
    project: Projection,
    z: Array,
    *,
    tolerance: float,
    rounds: int,
) -> Minimum:
    """An enclosure with a gap <= tolerance * max(1, |F|), or the best found in `rounds` rounds."""
    from cvxpy import SolverError

    families: list[tuple[_Family, Table | None]] = []
    if F.links is not None:
        rows = F.links.table
        links = _Family(F.links, rows.times(z), F.linked_base)
        middle, spread = links.base, rows.lengths * extent.across
        if np.all(np.isfinite(spread)):
            links.add(middle - spread)
            links.add(middle + spread)
        families.append((links, rows))
    if F.coordinates is not None:
        coordinates = _Family(F.coordinates, z, F.base)
        if np.all(np.isfinite(extent.width)):
            for k in range(RING):
                coordinates.add(z - 3.0**-k * extent.width)
                coordinates.add(z + 3.0**-k * extent.width)
        families.append((coordinates, None))
    best, upper, lower = z, upper_bound(F.at(z), domain), -np.inf
    try:
        master = Master(F, domain, extent, [links for _, links in families])
    except SolverError:
        return Minimum(best, lower, upper, METHOD)
    for _ in range(rounds):
        answer = master.solve([family.stack for family, _ in families])
        if answer is None:
            break
        point, multipliers = answer
        z = project(point, np.ones(F.dimension))
        value = upper_bound(F.at(z), domain)
        if value < upper:
            best, upper = z, value
        mixed = [family.mixture(shares) for (family, _), shares in zip(families, multipliers, strict=True)]
        links_mixed = mixed[0] if F.links is not None else None
        coordinates_mixed = mixed[-1] if F.coordinates is not None else None
        lower = max(lower, lower_bound(F, domain, extent, links_mixed, coordinates_mixed))
        if upper - lower <= tolerance * max(1.0, abs(upper)):
            break
        # A tangent between the best point and the new one damps the master's jumps between vertices.
        for query in (z, 0.5 * (best + z)) if best is not z else (z,):
            for family, rows_of in families:
                family.add(query if rows_of is None else rows_of.times(query))
    return Minimum(best, lower, upper, METHOD)
