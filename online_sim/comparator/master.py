"""The master problem of cutting planes: the smallest sum of the families' maxima over a set.

The set's rows are compiled once (`domains.conic`). Each family of tangents adds a level for each of its
parts, which lies above all tangents of the part, and for links their values u = A (x - base).
"""

import math
from collections.abc import Sequence
from typing import final

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.cumulative import Cumulative, Extent
from online_sim.comparator.parts import Tangents
from online_sim.comparator.tables import Table
from online_sim.domains.base import Domain
from online_sim.domains.conic import conic_set, solve_conic, solve_flat

Array = NDArray[np.float64]
Places = NDArray[np.intp]
FAR = 16.0
"""The master problem of a set this many widths from the origin is posed in units of the width."""
TOLERANCE = 1e-10
"""The accuracy that Clarabel is asked for; nothing relies on it."""
MANY = 10_000
"""Entries of the links from which the simplex method is faster than Clarabel, on a polyhedron."""


@final
class Master:
    """The master problems of one F on one set, which differ in their tangents.

    Args:
        F: The cumulative loss.
        domain: The set.
        extent: Its widths.
        families: For each family the table (k, d) of its links, or None for the coordinates.

    Raises:
        cvxpy.SolverError: Clarabel has no cone for the set.
    """

    def __init__(
        self, F: Cumulative, domain: Domain, extent: Extent, families: Sequence[Table | None]
    ) -> None:
        import cvxpy
        from clarabel import NonnegativeConeT, ZeroConeT

        x = cvxpy.Variable(domain.dimension)
        own = conic_set(x, domain.cvxpy_constraints(x))
        # A solver's tolerances are absolute: far from the origin the width is its unit. The base is in X.
        largest = float(np.max(extent.width))
        far = math.isfinite(largest) and float(np.max(np.abs(F.base))) > FAR * largest > 0.0
        self.F, self.own, self.unit = F, own, largest if far else 1.0
        # The unknowns of the set have the columns of the step (x - base) / unit in place of those of x.
        scale = np.ones(own.size)
        scale[own.columns] = self.unit
        rows = own.rows.tocoo()
        self.entries = [(rows.row, rows.col, rows.data * scale[rows.col])]
        self.bounds = [own.bounds - own.rows[:, own.columns] @ F.base]
        self.cones = list(own.cones)
        many = sum(math.prod(links.shape) for links in families if links is not None) >= MANY
        self.by_simplex = many and all(isinstance(c, ZeroConeT | NonnegativeConeT) for c in own.cones)
        self.size, self.count = own.size, own.rows.shape[0]
        self.places: list[tuple[Places, Places, float]] = []
        for links in families:
            k = F.dimension if links is None else links.shape[0]
            level, u = self.size + np.arange(k), own.columns
            self.size += k
            if links is not None:
                u = self.size + np.arange(k)
                self.size += k
                place = self.count + np.arange(k)
                self.entries.append((place, u, np.ones(k)))
                row, column, number = links.entries()
                self.entries.append((place[row], own.columns[column], -self.unit * number))
                self.bounds.append(np.zeros(k))
                self.cones.append(ZeroConeT(k))
                self.count += k
            self.places.append((level, u, self.unit if links is None else 1.0))

    def solve(self, stacks: Sequence[Sequence[Tangents]]) -> tuple[Array, list[Array]] | None:
        """The minimiser (d,) and for each family the multipliers (tangents, k), or None without an answer.

        Args:
            stacks: The tangents of each family.
        """
        from clarabel import NonnegativeConeT
        from scipy.sparse import coo_array, csc_array

        parts, bounds, count = list(self.entries), list(self.bounds), self.count
        linear = np.zeros(self.size)
        for stack, (level, u, unit) in zip(stacks, self.places, strict=True):
            linear[level] = 1.0
            for tangents in stack:  # slope u - level <= -constant
                row = count + np.arange(len(level))
                parts.append((row, u, tangents.slope * (unit / self.F.weight)))
                parts.append((row, level, np.full(len(level), -1.0)))
                bounds.append(-tangents.constant / self.F.weight)
                count += len(level)
        row, column, value = (np.concatenate(pieces) for pieces in zip(*parts, strict=True))
        matrix = csc_array(coo_array((value, (row, column)), shape=(count, self.size)))
        b, cones = np.concatenate(bounds), [*self.cones, NonnegativeConeT(count - self.count)]
        found = solve_flat(linear, matrix, b, cones) if self.by_simplex else None
        if found is None:
            found = solve_conic(
                csc_array((self.size, self.size)), linear, matrix, b, cones,
                tol_gap_abs=TOLERANCE, tol_gap_rel=TOLERANCE, tol_feas=TOLERANCE,
            )  # fmt: skip
        step = found.unknowns[self.own.columns]
        if not np.all(np.isfinite(step)):
            return None
        multipliers, place = [], self.count
        for stack, (level, _, _) in zip(stacks, self.places, strict=True):
            after = place + len(stack) * len(level)
            multipliers.append(found.multipliers[place:after].reshape(len(stack), len(level)))
            place = after
        return self.F.base + self.unit * step, multipliers
