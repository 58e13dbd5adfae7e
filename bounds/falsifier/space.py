"""Games of linear losses as vectors of real numbers that an optimiser moves, many at once.

A vector holds the numbers of the stream, the logarithms of its scale and of the size of the set, the start,
and the parameters that are not fixed, each in a coordinate in which its range is unbounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from bounds.falsifier.adversaries import FARTHEST, Adversary
from bounds.falsifier.evaluator import Batch
from bounds.falsifier.limits import Limit, fitted
from bounds.falsifier.projected import SetKind
from bounds.games.scale import Scale
from bounds.statement import Bools
from online_sim.borders import Floats
from theory.parameters import Parameter
from theory.recurrence import Recurrence

KNEE = 0.1
"""The size above which a number of a free stream moves by factors rather than by steps."""
FARTHEST_BEND = FARTHEST + 4.0
"""The limit `FARTHEST` for numbers of both signs, KNEE sinh z; it covers every adversary's numbers."""
EDGE = 1e-6
"""The smallest distance to an open end of a parameter's range, relative to the length of the range."""
NOTHING = np.log(1e-12)
"""The logarithm below which an offset from a closed lower end is 0."""


@dataclass(frozen=True)
class RegretSpace:
    """Games with one kind of stream, T, d and kind of set.

    adversary: None for any stream of T d numbers. fixed: name -> value of the fixed parameters. centred:
    whether every game starts in the middle of its set, whatever its vector. compared: whether a vector also
    holds the place of a comparator z, which is the start otherwise. limits: those that every game meets.
    """

    recurrence: Recurrence
    adversary: Adversary | None
    horizon: int
    dimension: int
    kind: SetKind
    scale: Scale
    fixed: Mapping[str, Fraction]
    centred: bool = False
    compared: bool = False
    limits: tuple[Limit, ...] = ()

    @cached_property
    def free(self) -> tuple[Parameter, ...]:
        """The parameters that may move."""
        return tuple(p for p in self.recurrence.parameters if p.name not in self.fixed)

    @property
    def shapes(self) -> int:
        """The number of entries for the stream's shape, which come first."""
        return self.horizon * self.dimension if self.adversary is None else self.adversary.numbers

    @property
    def rest(self) -> int:
        """The number of further entries: scale, size of the set, its direction, start, z, parameters."""
        of_set = {SetKind.SIMPLEX: 2, SetKind.BOX: 2 * self.dimension}.get(self.kind, 1 + self.dimension)
        return 1 + of_set + self.places * self.compared + len(self.free)

    @property
    def places(self) -> int:
        """The number of entries for a point of the set."""
        return self.dimension if self.kind is SetKind.BOX else 1

    def tails(self, count: int, rng: np.random.Generator) -> Floats:
        """The initial values of everything but the shape, (count, rest)."""
        scale = rng.choice([0.0, 0.0, -1.0, 1.0, -5.0, 5.0, -12.0], (count, 1)) * rng.uniform(
            0.5, 1, (count, 1)
        )
        size = rng.normal(0, 1, (count, 1))
        begins = [rng.choice([-1.0, 1.0, 0.0, 0.5], (count, self.places))]
        if self.kind is SetKind.BOX:
            # Half of the boxes are cubes.
            cube = rng.uniform(size=(count, 1)) < 0.5
            begins = [np.where(cube, 0.0, rng.normal(0, 2, (count, self.dimension - 1))), *begins]
        if self.kind is SetKind.SEGMENT:
            begins = [rng.normal(0, 15, (count, self.dimension - 1)), *begins]
        if self.compared:
            begins.append(rng.choice([-1.0, 1.0, -1.0, 1.0, 0.0, 0.5], (count, self.places)))
        values = [_begin(p, count, rng) for p in self.free]
        return np.concatenate([scale, size, *begins, *(v[:, None] for v in values)], axis=1)

    def games(self, vectors: Floats) -> tuple[Batch, Bools]:
        """The games at vectors (R, shapes + rest); every vector is a game."""
        return self.batch(vectors), np.ones(len(vectors), dtype=np.bool_)

    def batch(self, vectors: Floats) -> Batch:
        """The games at vectors (R, shapes + rest)."""
        vectors = np.clip(np.where(np.isfinite(vectors), vectors, 0.0), -1e3, 1e3)
        shape, rest = vectors[:, : self.shapes], vectors[:, self.shapes + 2 :]
        scale, size = vectors[:, self.shapes], vectors[:, self.shapes + 1]
        rows = self.scale.scaled(self.rows(shape) * _exp(scale)[:, None, None])
        middle = np.zeros((len(vectors), self.dimension))
        if self.kind is SetKind.BOX:
            sides, rest = rest[:, : self.dimension - 1], rest[:, self.dimension - 1 :]
            half = _exp(size)[:, None] * np.concatenate([np.ones((len(rest), 1)), _exp(sides)], axis=1)
            share, values = rest[:, : self.dimension], rest[:, self.dimension :]
        elif self.kind is SetKind.SIMPLEX:
            middle, half = middle + 0.5, np.tile([-0.5, 0.5], (len(vectors), 1))
            share, values = rest[:, :1], rest[:, 1:]
        else:
            turn = KNEE * np.sinh(np.clip(rest[:, : self.dimension - 1], -FARTHEST, FARTHEST))
            half = _exp(size)[:, None] * np.concatenate([np.ones((len(turn), 1)), turn], axis=1)
            share, values = rest[:, [self.dimension - 1]], rest[:, self.dimension :]
        start = middle if self.centred else middle + np.clip(share, -1, 1) * half
        comparator = start
        if self.compared:
            far, values = values[:, : self.places], values[:, self.places :]
            comparator = middle + np.clip(far, -1, 1) * half
        lead = 0 if self.adversary is None else self.adversary.lead
        ends = np.stack([middle - half, middle + half], axis=1)
        games = Batch(rows, lead, self.horizon, ends, start, self._parameters(values), comparator)
        return fitted(games, self.limits, self.recurrence.parameter_names, cut=self.adversary is None)

    def jumps(self, vector: Floats) -> Floats:
        """The streams with the sign of one number changed, of all from one on, or two neighbours swapped."""
        if self.adversary is not None:
            return np.empty((0, len(vector)))
        n = self.shapes
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
        if self.adversary is None:
            free = KNEE * np.sinh(np.clip(shape, -FARTHEST_BEND, FARTHEST_BEND))
            return free.reshape(len(shape), self.horizon, self.dimension)
        return self.adversary.rows(_exp(shape), self.dimension, self.horizon)

    def freed(self, vectors: Floats, other: RegretSpace) -> Floats:
        """Vectors of another space with the same d as vectors of this space, whose stream is free."""
        rows = other.rows(vectors[:, : other.shapes])
        repeated = rows[:, other.batch(vectors).index]
        shape = np.arcsinh(repeated / KNEE).reshape(len(vectors), -1)
        return np.concatenate([shape, vectors[:, other.shapes :]], axis=1)

    def _parameters(self, values: Floats) -> Floats:
        columns = []
        free = iter(values.T)
        for p in self.recurrence.parameters:
            fixed = self.fixed.get(p.name)
            columns.append(np.full(len(values), float(fixed)) if fixed is not None else _value(p, next(free)))
        return np.stack(columns, axis=1) if columns else np.zeros((len(values), 0))


def _exp(z: Floats) -> Floats:
    return np.asarray(np.exp(np.clip(z, -FARTHEST, FARTHEST)))


def _value(p: Parameter, z: Floats) -> Floats:
    """Map any real number into the range of a parameter."""
    if np.isinf(p.lower):
        return np.asarray(KNEE * np.sinh(np.clip(z, -FARTHEST, FARTHEST)))
    if np.isinf(p.upper):
        offset = _exp(z)
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
