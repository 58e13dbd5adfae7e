"""Points, pairs of points and rows of a game at which a declaration about its loss is tested.

The points are the start, random points of the set, points far apart and near each other, and points at or
next to the ties of the loss. The rows are the first of the stream and some at its end, or the extreme rows of
its table. All are deterministic. A game of very high dimension is tested in its first coordinates only, if
its loss allows that.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.structure import PRODUCT, structure_of
from online_sim.game import Game
from online_sim.loss_values import Data, in_floats
from online_sim.python_loss import PythonLoss
from online_sim.sparse_rows import SparseRows, dense_rows
from theory.loss import Loss, Shape
from theory.symbols import x
from theory.ties import ties

Array = NDArray[np.float64]
ROWS, TABLE_ROWS, REPLICATES = 8, 32, 3
COORDINATES, FEW_COORDINATES = 2048, 64
NEAR = 2.0**-12
"""The distance of two nearby points, in units of the set or of the start."""
DESCENT, STEPS = 8, 12


@dataclass(frozen=True, eq=False)
class Probes:
    """Probes of one replicate.

    points: (P, d), in the set; pairs: (m, 2) indices; rounds: (n,), those of the rows in `data`, 0 for rows
    of a table; whole: whether the loss has all coordinates and all table rows of the game.
    """

    points: Array
    pairs: NDArray[np.int64]
    rounds: NDArray[np.int64]
    data: Data
    whole: bool
    project: Callable[[Array], Array] | None

    def descend(self, loss: Loss, f: Array, g: Array) -> Array:
        """The point reached by a few descent steps from the lowest probe, (k, d) with k at most 1."""
        if self.project is None or not np.isfinite(f).any():
            return self.points[:0]
        k = int(np.nanargmin(np.where(np.isfinite(f), f, np.nan)))
        point: Array = self.points[k]
        value, slope = f[k], g[k]
        one = replace(self.data, vectors=self.data.vectors[:1], labels=self.data.labels[:1])
        for _ in range(DESCENT):
            length = float(np.linalg.norm(slope))
            if not (math.isfinite(length) and length > 0.0):
                break
            unit = (1.0 + float(np.linalg.norm(point))) / length
            trials = np.stack([self.project(point - unit * 4.0**-j * slope) for j in range(STEPS)])
            values = in_floats(loss.value, trials, one)[0, :, 0]
            values = np.where(np.isfinite(values), values, np.inf)
            best = int(np.argmin(values))
            if not values[best] < value:
                break
            point, value = trials[best], values[best]
            slope = np.broadcast_to(in_floats(loss.gradient, point[None], one)[0, 0], point.shape)
        return point.reshape(1, -1)


def probes(game: Game, *, local: bool = False) -> Iterator[Probes]:
    """Probes for a few distinct replicates; local: only points near the start."""
    seen: set[tuple[float, ...]] = set()
    last = game.replicates - 1
    for r in dict.fromkeys((0, last // 2, last)):
        key = (*game.numbers[r], *game.starts[r, :FEW_COORDINATES], r if len(game.streams) > 1 else 0)
        if key in seen or len(seen) >= REPLICATES:
            continue
        seen.add(key)
        found = _of_replicate(game, r, local=local)
        if found is not None:
            yield found


def _of_replicate(game: Game, replicate: int, *, local: bool) -> Probes | None:
    d = game.dimension
    kept = d if d <= COORDINATES else FEW_COORDINATES
    bounds = game.domain.box_bounds() if game.domain is not None else None
    if kept < d and (isinstance(game.loss, PythonLoss) or not (game.domain is None or bounds is not None)):
        return None
    vectors, labels, rounds = _rows(game, replicate, kept)
    table, table_labels = game.rows, game.row_labels
    if len(table_labels) * kept > TABLE_ROWS * COORDINATES:
        table, table_labels = table[:TABLE_ROWS], table_labels[:TABLE_ROWS]
    parameters = game.loss_symbols(replicate)
    data = Data(vectors, labels, np.ascontiguousarray(table[:, :kept]), table_labels, parameters)
    project = _projection(game, kept)
    start = np.array(game.starts[replicate, :kept])
    points, near = _points(game, start, project, data, local=local)
    spread = [(k, k + 1) for k in range(len(points) - 1)] + [(0, k) for k in range(2, len(points))]
    pairs = np.array(near if local else [*near, *spread], dtype=np.int64).reshape(-1, 2)
    cheap = game.domain is None or bounds is not None or game.domain.kernel() is not None
    whole = kept == d and len(table_labels) == len(game.row_labels)
    return Probes(points, pairs, rounds, data, whole, project if cheap else None)


def _projection(game: Game, kept: int) -> Callable[[Array], Array]:
    domain = game.domain
    if domain is None:
        return lambda point: point
    bounds = domain.box_bounds()
    if bounds is not None:
        lower, upper = bounds[0][:kept], bounds[1][:kept]
        return lambda point: np.minimum(np.maximum(point, lower), upper)
    return domain.project


def _rows(game: Game, replicate: int, kept: int) -> tuple[Array, Array, NDArray[np.int64]]:
    """Rows of the replicate's stream and their rounds; without a stream, one row of zeros."""
    uses = isinstance(game.loss, PythonLoss) or game.loss.uses_stream
    if not game.streams or not uses:
        return np.zeros((1, kept)), np.zeros(1), np.zeros(1, dtype=np.int64)
    stream = game.stream_of(replicate)
    if isinstance(game.loss, Loss) and stream.table is not None:
        vectors, labels = stream.table
        if isinstance(vectors, SparseRows):
            sizes = vectors.largest()
        else:
            sizes = np.abs(vectors[:, :kept]).max(axis=1)
        chosen = np.r_[np.linspace(0, len(labels) - 1, ROWS - 4).astype(np.int64), labels.argmin()]
        chosen = np.unique(np.r_[chosen, labels.argmax(), sizes.argmin(), sizes.argmax()])
        return dense_rows(vectors, chosen)[:, :kept], labels[chosen], np.zeros(len(chosen), dtype=np.int64)
    first, last = min(ROWS - 2, game.horizon), game.horizon
    blocks = [(0, first)] + ([(last - 2, last)] if last - 2 >= first else [])
    parts = [(stream.block(*ends), ends) for ends in blocks]
    vectors = np.concatenate([block.played[:, :kept] for block, _ in parts])
    labels = np.concatenate([block.labels[block.index] for block, _ in parts])
    return vectors, labels, np.concatenate([np.arange(*ends) + 1 for _, ends in parts])


def _points(
    game: Game, start: Array, project: Callable[[Array], Array], data: Data, *, local: bool
) -> tuple[Array, list[tuple[int, int]]]:
    """Points of the set, and the pairs of points that are near each other."""
    rng = np.random.default_rng(0)
    d = len(start)
    diameter = game.domain.diameter("inf") if game.domain is not None else math.inf
    scale = diameter if math.isfinite(diameter) else max(1.0, float(np.abs(start).max()))
    centres = [start]
    if not local:
        centres += [project(start + size * scale * rng.standard_normal(d)) for size in (1.0, 1.0, 0.125)]
        centres += [project(point) for point in _on_ties(game.loss, centres[1], data)]
        if not math.isfinite(diameter):
            centres.append(project(start + 100.0 * scale * rng.standard_normal(d)))
    points, near = list(centres), []
    for k, centre in enumerate(centres):
        directions = [rng.choice([-1.0, 1.0], d) for _ in range(3 if k == 0 else 1)]
        for direction in directions:
            near.append((k, len(points)))
            points.append(project(centre + NEAR * scale * direction))
    return np.array(points), near


def _on_ties(loss: Loss | PythonLoss, point: Array, data: Data) -> list[Array]:
    """Points where branches of a loss tie in the first rows; none for a loss the comparator cannot handle."""
    if isinstance(loss, PythonLoss) or loss.shape is Shape.NONCONVEX:
        return []
    try:
        structure = structure_of(loss)
    except ValueError:
        return []
    found: list[Array] = []
    few = replace(data, vectors=data.vectors[:2], labels=data.labels[:2])
    for place in ties(structure.link, PRODUCT)[:3]:
        for row_, value in zip(few.vectors, in_floats(place, point[None], few)[:, 0, 0], strict=True):
            length = float(row_ @ row_)
            if length > 0.0:
                found.append(point + (value - float(row_ @ point)) / length * row_)
    for place in ties(structure.coordinate, x)[:3]:
        found += list(
            np.broadcast_to(in_floats(place, point[None], few)[:, 0], (len(few.labels), len(point)))
        )
    return [at for at in found if np.all(np.isfinite(at))]
