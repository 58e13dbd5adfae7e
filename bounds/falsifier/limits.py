"""The limits that a statement's conditions put on gradients and on the size of the set, met by construction.

A search that proposes games at random would meet a condition such as max_t ||g_t||_inf <= 1 in few of them
and its border, where bounds fail, in none. A game beyond a limit is scaled or cut back to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sympy import Abs, Expr

from bounds.falsifier.evaluator import Batch
from bounds.falsifier.sets.base import SearchedSet
from bounds.statement import evaluated, nodes
from online_sim.borders import Floats
from theory.quantities import CumMax, MaxCoords, SumCoords
from theory.statement import Theorem, ordered_sides
from theory.symbols import D_2, D, g

WITHIN = 1 - 2.0**-40
"""The share of a limit that a scaled game reaches, so that rounding does not lift it above."""
DEGREES = 8
"""The largest degree of a limited quantity."""


@dataclass(frozen=True)
class Limit:
    """A condition `measure <= most`, where the measure is homogeneous in the gradients or in the set.

    measure: without its maximum over the rounds, if it is about gradients. most: of the parameters alone.
    degree: of the measure.
    """

    measure: Expr
    most: Expr
    degree: int
    of_gradients: bool

    @property
    def sides(self) -> tuple[bool, bool]:
        """Whether it limits the coordinates one by one from below, and from above."""
        one = self.measure.args[0] if isinstance(self.measure, MaxCoords) else None
        return one in {-g, Abs(g)}, one in {g, Abs(g)}


def limits(theorem: Theorem, names: frozenset[str]) -> tuple[Limit, ...]:
    """The conditions of a statement that are limits; names: of the algorithm's parameters."""
    found = []
    for relation in theorem.relations:
        sides = ordered_sides(theorem.spelled_out(relation))
        if sides is None:
            continue
        measure, most = sides
        if nodes(most) or {s.name for s in most.free_symbols} - names:
            continue
        of_gradients = isinstance(measure, CumMax)
        measure = measure.args[0] if of_gradients else measure
        if measure.free_symbols <= ({g} if of_gradients else {D, D_2}) and measure.free_symbols:
            degree = _degree(measure)
            if degree is not None:
                found.append(Limit(measure, most, degree, of_gradients))
    return tuple(found)


def _degree(measure: Expr) -> int | None:
    """The degree of a measure, found from its values; None if it has none."""
    row = np.array([[[0.7, -1.1, 0.4]]])

    def at(factor: float) -> float:
        return float(np.max(_measured(measure, factor * row, {D.name: factor * 0.7, D_2.name: factor * 1.1})))

    least, middle, most = at(1.0), at(2.0), at(4.0)
    if not 0 < least < middle < most:
        return None
    degree = round(np.log2(middle / least))
    exact = np.allclose([middle, most], [least * 2**degree, least * 4**degree], rtol=1e-9)
    return degree if exact and degree <= DEGREES else None


def _measured(e: Expr, rows: Floats, named: Mapping[str, Any]) -> Floats:
    """A measure of each row of (R, n, d), or of each set."""

    def node(part: Expr) -> Floats:
        inner = _measured(part.args[0], rows, named)
        if isinstance(part, MaxCoords):
            return np.asarray(np.max(inner, axis=-1))
        if isinstance(part, SumCoords):
            return np.asarray(np.sum(inner, axis=-1))
        return np.full(rows.shape[:2], np.nan)

    return np.asarray(evaluated(e, node, {g.name: rows, **named}), dtype=np.float64)


def fitted(
    batch: Batch, known: tuple[Limit, ...], names: tuple[str, ...], kind: SearchedSet, *, cut: bool
) -> Batch:
    """The games with every limit met, except a limit on the size of sets that have but one.

    cut: whether limits on single coordinates cut them, rather than scale the whole stream.
    """
    if not known:
        return batch
    columns = dict(zip(names, batch.parameters.T, strict=True))
    rows, ends = batch.rows, batch.ends
    for limit in known:
        most = np.broadcast_to(_measured(limit.most, rows, columns), (len(batch),))
        if limit.of_gradients and any(limit.sides) and (cut or not np.any(most)):
            rows = _cut(rows, limit, most)
        elif limit.of_gradients:
            rows = rows * _factors(limit, np.max(_measured(limit.measure, rows, columns), axis=1), most)
        elif kind.scales:
            size = _measured(limit.measure, rows, {**columns, **kind.diameters(ends)})
            ends = ends * _factors(limit, size, most)
    if ends is batch.ends:
        return replace(batch, rows=rows)
    start, z = (kind.moved(point, batch.ends, ends) for point in (batch.start, batch.z))
    moving = batch.moving
    if moving is not None:
        old, new = (np.repeat(u, moving.shape[1], axis=0) for u in (batch.ends, ends))
        moving = kind.moved(moving.reshape(len(old), -1), old, new).reshape(moving.shape)
    return replace(batch, rows=rows, ends=ends, start=start, comparator=z, moving=moving)


def _cut(rows: Floats, limit: Limit, most: Floats) -> Floats:
    """The rows with every coordinate cut to the limit on the sides where there is one."""
    reach = (np.maximum(most, 0) ** (1 / limit.degree))[:, None, None]
    below, above = limit.sides
    rows = np.maximum(rows, -reach) if below else rows
    return np.minimum(rows, reach) if above else rows


def _factors(limit: Limit, measured: Floats, most: Floats) -> Floats:
    """The factors (R, 1, 1) that bring games beyond a limit back to it, 1 for the others."""
    with np.errstate(all="ignore"):
        factor = WITHIN * (most / measured) ** (1 / limit.degree)
    return np.where((measured > most) & np.isfinite(factor), factor, 1.0)[:, None, None]
