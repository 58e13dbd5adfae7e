"""Games of linear losses as vectors of real numbers that an optimiser moves, many at once.

A vector holds the numbers of the stream, the logarithms of its scale and of the size of the set, the start,
and the parameters that are not fixed, each in a coordinate in which its range is unbounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, groupby, pairwise

import numpy as np

from bounds.falsifier.adversaries import FARTHEST, Adversary
from bounds.falsifier.coordinates import KNEE, exponential, sized
from bounds.falsifier.evaluator import Batch
from bounds.falsifier.limits import Limit, fitted
from bounds.falsifier.sets.base import SearchedSet
from bounds.games.rationals import Point
from bounds.games.scale import Scale
from online_sim.borders import Floats
from theory.parameters import Parameter
from theory.recurrence import Recurrence

FARTHEST_BEND = FARTHEST + 4.0
"""The limit of z in KNEE sinh z that covers every adversary's numbers."""
EDGE = 1e-6
"""The smallest distance to an open end of a parameter's range, relative to the length of the range."""
NOTHING = np.log(1e-12)
"""The logarithm below which an offset from a closed lower end is 0."""


@dataclass(frozen=True)
class RegretSpace:
    """Games with one kind of stream, T, d and kind of set.

    adversary: None for any stream of T d numbers. fixed: name -> value of the fixed parameters. centred:
    whether every game starts in the middle of its set, whatever its vector; start: the point at which every
    game starts instead. compared: whether a vector also holds the place of a comparator z, which is the start
    otherwise; moving: whether it holds the place of a point z_t for each row. limits: those that every game
    meets.
    """

    recurrence: Recurrence
    adversary: Adversary | None
    horizon: int
    dimension: int
    kind: SearchedSet
    scale: Scale
    fixed: Mapping[str, Fraction]
    centred: bool = False
    start: Point | None = None
    compared: bool = False
    limits: tuple[Limit, ...] = ()
    moving: bool = False

    @cached_property
    def free(self) -> tuple[Parameter, ...]:
        """The parameters that may move."""
        return tuple(p for p in self.recurrence.parameters if p.name not in self.fixed)

    @property
    def numbers(self) -> int:
        """The number of entries for the stream's shape, which come first."""
        return self.horizon * self.dimension if self.adversary is None else self.adversary.numbers

    @cached_property
    def shapes(self) -> int:
        """The number of entries for the shape and then, if there are points of its rows, for them.

        The last tells how far they move on towards the points where the losses of their rounds are least.
        """
        if not self.moving:
            return self.numbers
        rows = self.rows(np.zeros((1, self.numbers))).shape[1]
        return int(self.numbers + self.places * rows) + 1

    @property
    def rest(self) -> int:
        """The number of further entries: scale, size of the set, its direction, start, z, parameters."""
        of_set = 1 + self.kind.entries(self.dimension) + self.places
        return 1 + of_set + self.places * self.compared + len(self.free)

    @property
    def places(self) -> int:
        """The number of entries for a point of the set."""
        return self.kind.places(self.dimension)

    def tails(self, count: int, rng: np.random.Generator) -> Floats:
        """The initial values of everything but the stream's shape."""
        scale = rng.choice([0.0, 0.0, -1.0, 1.0, -5.0, 5.0, -12.0], (count, 1)) * rng.uniform(
            0.5, 1, (count, 1)
        )
        size = rng.normal(0, 1, (count, 1))
        begins = self.kind.drawn(count, self.dimension, rng)
        if self.compared:
            begins.append(self.kind.drawn_places(count, self.dimension, rng))
        values = [_begin(p, count, rng) for p in self.free]
        points = [self._paths(count, rng)] if self.moving else []
        return np.concatenate([*points, scale, size, *begins, *(v[:, None] for v in values)], axis=1)

    def _paths(self, count: int, rng: np.random.Generator) -> Floats:
        """Initial entries of the points of the rows: in half of the games they do not move by themselves."""
        rows = (self.shapes - 1 - self.numbers) // self.places
        drawn = self.kind.drawn_places(count * rows, self.dimension, rng).reshape(count, rows, self.places)
        still = rng.uniform(size=(count, 1, 1)) < 0.5
        entries = np.where(still, drawn[:, :1], drawn).reshape(count, -1)
        return np.concatenate([entries, rng.choice([0.0, 0.5, 1.0], (count, 1))], axis=1)

    def batch(self, vectors: Floats) -> Batch:
        """The games at vectors (R, shapes + rest)."""
        return games_of([self], [vectors])[0]

    def jumps(self, vector: Floats) -> Floats:
        """The streams with the sign of one number changed, of all from one on, or two neighbours swapped."""
        if self.adversary is not None:
            return np.empty((0, len(vector)))
        n = self.numbers
        later = np.arange(n) >= np.arange(n)[:, None]
        signs = np.concatenate([1.0 - 2.0 * np.eye(n), 1.0 - 2.0 * later])
        found = np.tile(vector, (2 * n + max(0, n - self.dimension), 1))
        found[: 2 * n, :n] *= signs
        for k in range(n - self.dimension):
            swapped = [k + self.dimension, k]
            found[2 * n + k, [k, k + self.dimension]] = vector[swapped]
        return found

    def rows(self, shape: Floats) -> Floats:
        """The rows of a stream before it is scaled, (R, n, d)."""
        shape = shape[:, : self.numbers]
        if self.adversary is None:
            return sized(shape, FARTHEST_BEND).reshape(len(shape), self.horizon, self.dimension)
        return self.kind.turned(self.adversary.rows(exponential(shape), self.dimension, self.horizon))

    def points(self, shape: Floats, rows: Floats, ends: Floats) -> Floats:
        """The points that go with the rows, (R, n, d)."""
        places = shape[:, self.numbers : -1].reshape(-1, self.places)
        each = np.repeat(ends, rows.shape[1], axis=0)
        points = self.kind.point(each, places).reshape(rows.shape)
        share = np.clip(shape[:, -1:, None], 0.0, 1.0)
        return np.asarray(points + share * (self.kind.minimiser(rows, ends) - points))

    def freed(self, vectors: Floats, other: RegretSpace) -> Floats:
        """Vectors of another space with the same d as vectors of this space, whose stream is free."""
        rows, index = other.rows(vectors), other.batch(vectors).index
        shape = np.arcsinh(rows[:, index] / KNEE).reshape(len(vectors), -1)
        if not self.moving:
            return np.concatenate([shape, vectors[:, other.shapes :]], axis=1)
        points = vectors[:, other.numbers : other.shapes - 1].reshape(*rows.shape[:2], -1)[:, index]
        rest = vectors[:, other.shapes - 1 :]
        return np.concatenate([shape, points.reshape(len(vectors), -1), rest], axis=1)

    def parameters(self, values: Floats) -> Floats:
        """The parameters (R, p) of the algorithm at the last entries of vectors."""
        columns = []
        free = iter(values.T)
        for p in self.recurrence.parameters:
            fixed = self.fixed.get(p.name)
            columns.append(np.full(len(values), float(fixed)) if fixed is not None else _value(p, next(free)))
        return np.stack(columns, axis=1) if columns else np.zeros((len(values), 0))


def games_of(spaces: Sequence[RegretSpace], vectors: Sequence[Floats]) -> list[Batch]:
    """The games of spaces that differ in the kind of stream only, at vectors of each.

    Everything but the streams is worked out for all of them at once: most batches of a search are small.
    """
    one = spaces[0]
    vectors = [np.clip(np.where(np.isfinite(part), part, 0.0), -1e3, 1e3) for part in vectors]
    others = np.concatenate([part[:, space.shapes :] for space, part in zip(spaces, vectors, strict=True)])
    lengths = [1, 1, one.kind.entries(one.dimension), one.places, one.places * one.compared]
    ends_at = [0, *accumulate(lengths), others.shape[1]]
    scale, size, of_set, place, far, values = (others[:, slice(*part)] for part in pairwise(ends_at))
    factor = exponential(scale)[:, :, None]
    ends = one.kind.made(size[:, 0], of_set, one.dimension)
    start = one.kind.centre(ends) if one.centred else one.kind.point(ends, place)
    if one.start is not None:
        start = np.tile(np.array(one.start, dtype=np.float64), (len(ends), 1))
    z = one.kind.point(ends, far) if one.compared else start
    parameters = one.parameters(values)
    found: list[Batch] = []
    begin = 0
    # The streams of equal spaces at once.
    for space, group in groupby(zip(spaces, vectors, strict=True), key=lambda pair: pair[0]):
        parts = [part for _, part in group]
        shape = np.concatenate([part[:, : space.shapes] for part in parts])
        here = slice(begin, begin := begin + len(shape))
        rows = space.scale.scaled(space.rows(shape) * factor[here])
        lead, cut = (0, True) if space.adversary is None else (space.adversary.lead, False)
        points = space.points(shape, rows, ends[here]) if space.moving else None
        games = Batch(rows, lead, space.horizon, ends[here], start[here], parameters[here], z[here], points)
        games = fitted(games, space.limits, space.recurrence.parameter_names, space.kind, cut=cut)
        found += [games[slice(*part)] for part in pairwise([0, *accumulate(map(len, parts))])]
    return found


def _value(p: Parameter, z: Floats) -> Floats:
    """Map any real number into the range of a parameter."""
    if np.isinf(p.lower):
        return sized(z)
    if np.isinf(p.upper):
        offset = exponential(z)
        return np.asarray(p.lower + (offset if p.lower_open else np.where(z < NOTHING, 0.0, offset)))
    share = z**2 / (1 + z**2)
    share = np.clip(share, EDGE if p.lower_open else 0.0, 1 - EDGE if p.upper_open else 1.0)
    return np.asarray(p.lower + (p.upper - p.lower) * share)


def _begin(p: Parameter, count: int, rng: np.random.Generator) -> Floats:
    """Real numbers whose values spread over the range of a parameter."""
    if np.isinf(p.lower):
        return np.asarray(rng.normal(0, 3, count))
    if np.isinf(p.upper):
        spread = rng.normal(0, 2, count)
        return spread if p.lower_open else np.where(rng.uniform(size=count) < 0.5, 1.1 * NOTHING, spread)
    odds = rng.choice([0.0, 1e-3, 0.1, 1.0, 9.0, 99.0, 999.0], count)
    return np.asarray(np.sqrt(odds))
