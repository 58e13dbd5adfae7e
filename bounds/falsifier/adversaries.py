"""Streams on which regret bounds tend to fail, each with a few shape numbers, as starts of a search.

A new adversary is one new entry of `ADVERSARIES`. Each writes one number per round, the same for every
coordinate; `SPARSE` and `STAGGERED` spread it over coordinates. Numbers are relative: the search scales the
whole stream.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from online_sim.borders import Floats

FARTHEST = 30.0
"""The largest |logarithm| of a number in a stream."""


Line = Callable[[Floats, int], Floats]
"""(shape numbers (R, k), T) -> one number per round, (R, n)."""
Spread = Callable[[Floats, int, int], Floats]
"""(numbers (R, n), d, T) -> rows (R, n, d)."""


def everywhere(numbers: Floats, dimension: int, horizon: int) -> Floats:
    """The same number in every coordinate."""
    return np.repeat(numbers[:, :, None], dimension, axis=2)


def one_at_a_time(numbers: Floats, dimension: int, horizon: int) -> Floats:
    """Round t moves only coordinate t modulo d."""
    numbers = np.tile(numbers, (1, -(-horizon // numbers.shape[1])))[:, :horizon]
    here = np.arange(horizon)[:, None] % dimension == np.arange(dimension)
    return np.where(here, numbers[:, :, None], 0.0)


def staggered(numbers: Floats, dimension: int, horizon: int) -> Floats:
    """Coordinate i is i rounds ahead."""
    return np.stack([np.roll(numbers, -i, axis=1) for i in range(dimension)], axis=2)


@dataclass(frozen=True)
class Adversary:
    """A kind of stream.

    line, over: its numbers, and how they are spread over coordinates. grid: initial shape numbers, all
    positive. longest: the largest T that it is tried for. lead: the number of rows played once before the
    others repeat. dimensions: the smallest d it is meant for.
    """

    name: str
    line: Line
    grid: tuple[tuple[float, ...], ...] = ((),)
    over: Spread = everywhere
    longest: float = 32
    lead: int = 0
    dimensions: int = 1

    @property
    def numbers(self) -> int:
        """The number k of its shape numbers."""
        return len(self.grid[0])

    def rows(self, shape: Floats, dimension: int, horizon: int) -> Floats:
        """The rows (R, n, d) of the streams with these shape numbers, (R, k)."""
        return self.over(self.line(shape, horizon), dimension, horizon)


def large_then_small(small: int) -> Line:
    """(a, -1, ..., -1): a rare large gradient against frequent small ones.

    With a > k it is Reddi's stream, with sqrt(k) < a < k it draws a method that follows
    ||g||_1 g to the wrong end of the set.
    """

    def line(shape: Floats, horizon: int) -> Floats:
        return np.concatenate([shape, -np.ones((len(shape), small))], axis=1)

    return line


def small_then_large(small: int) -> Line:
    """(-1, ..., -1, a)."""
    return lambda shape, horizon: large_then_small(small)(shape, horizon)[:, ::-1]


def constant_direction(shape: Floats, horizon: int) -> Floats:
    """The same direction in every round."""
    return np.ones((len(shape), 1))


def geometric(sign: int) -> Line:
    """1, q, q^2, ... with equal or alternating signs."""

    def line(shape: Floats, horizon: int) -> Floats:
        powers = np.arange(horizon)
        logarithms = np.clip(np.log(shape) * powers, -FARTHEST, FARTHEST)
        return np.exp(logarithms) * np.where(powers % 2 == 0, 1.0, sign)

    return line


def build_up_then_push(shape: Floats, horizon: int) -> Floats:
    """+1 for a share s/(1 + s) of the rounds, then -b."""
    share = shape[:, [0]] / (1 + shape[:, [0]])
    return np.where(np.arange(horizon) < share * horizon, 1.0, -shape[:, [1]])


def first_then(rounds: int, sign: int) -> Line:
    """1 in the first rounds, then a of either sign forever.

    With a small a the second moment forgets the cost of the first rounds, or build-up is followed by a push.
    """

    def line(shape: Floats, horizon: int) -> Floats:
        return np.concatenate([np.ones((len(shape), rounds)), sign * shape], axis=1)

    return line


def large_until_last(shape: Floats, horizon: int) -> Floats:
    """(a, ..., a, 1): if the second moment forgets, the last round removes the weight from the distance."""
    return np.where(np.arange(horizon) < horizon - 1, shape, 1.0)


def phases(signs: tuple[int, ...]) -> Line:
    """Phases of free lengths, in each of which the size grows or falls geometrically.

    signs: +1, -1, or 0 for alternating signs, for each phase. The shape numbers of a phase are its first
    size, the factor between its last and its first size, and its share of the rounds relative to the others.
    """

    def line(shape: Floats, horizon: int) -> Floats:
        first, growth, share = (shape[:, k::3] for k in range(3))
        ends = np.round(horizon * np.cumsum(share, axis=1) / np.sum(share, axis=1, keepdims=True))
        rounds = np.arange(horizon)
        phase = np.minimum(np.sum(rounds >= ends[:, :, None], axis=1), len(signs) - 1)

        def of_phase(numbers: Floats) -> Floats:
            return np.take_along_axis(numbers, phase, axis=1)

        begins = np.concatenate([np.zeros((len(shape), 1)), ends[:, :-1]], axis=1)
        along = (rounds - of_phase(begins)) / np.maximum(1, of_phase(ends - begins) - 1)
        sizes = np.log(of_phase(first)) + np.log(of_phase(growth)) * along
        kinds = np.array(signs)[phase]
        alternating = np.where(rounds % 2 == 0, 1, -1)
        found = np.exp(np.clip(sizes, -FARTHEST, FARTHEST)) * np.where(kinds == 0, alternating, kinds)
        return np.asarray(found)

    return line


def random_signs(seed: int) -> Line:
    """Random signs, the same for every game of this seed, and sizes that vary by a factor."""

    def line(shape: Floats, horizon: int) -> Floats:
        rng = np.random.default_rng(seed)
        return rng.choice([-1.0, 1.0], horizon) * np.clip(shape, 1e-9, 1e9) ** rng.uniform(-1, 1, horizon)

    return line


SMALL = (1, 2, 3, 4, 6, 9, 19)
"""The numbers of small gradients that follow a large one."""
RATIOS = (0.3, 0.6, 0.9, 1.5, 4.0, 30.0)
"""The ratios of the large gradient to the sum of the small ones."""
FACTORS = ((0.01,), (0.3,), (0.7,), (1.5,), (4.0,), (100.0,))
FIRST = (1, 100, 3000)
"""The numbers of rounds that may precede the others."""
PUSHES = tuple(product((0.3, 1.0, 3.0), (0.1, 1.0, 10.0)))


PHASES = ((1, -1), (1, 1), (0, 1), (1, -1, 1), (1, 1, -1), (0, 1, -1))
"""The signs of the phases to try; 0 means alternating signs."""


def _phases(count: int) -> tuple[tuple[float, ...], ...]:
    """Equal lengths with constant sizes, a small first one, growing ones, and falling ones."""
    return (
        (1.0, 1.0, 1.0) * count,
        (0.1, 1.0, 1.0) + (1.0, 1.0, 1.0) * (count - 1),
        (0.1, 10.0, 1.0) * count,
        (1.0, 0.1, 1.0) * count,
        (1.0, 1.0, 1.0) * (count - 1) + (1.0, 1.0, 0.2),
    )


def _large(small: int) -> tuple[tuple[float, ...], ...]:
    return tuple((ratio * small,) for ratio in RATIOS)


def _spread(name: str, line: Line, grid: tuple[tuple[float, ...], ...]) -> tuple[Adversary, ...]:
    """A line in several coordinates: one coordinate per round, or coordinates shifted in time."""
    spreads = (("sparse", one_at_a_time), ("staggered", staggered))
    return tuple(Adversary(f"{how}, {name}", line, grid, over, dimensions=2) for how, over in spreads)


ADVERSARIES: tuple[Adversary, ...] = (
    Adversary("constant direction", constant_direction, longest=math.inf),
    *(Adversary(f"one large, {k} small", large_then_small(k), _large(k), longest=math.inf) for k in SMALL),
    *(Adversary(f"{k} small, one large", small_then_large(k), _large(k), longest=math.inf) for k in SMALL),
    Adversary("scaled by a factor", geometric(1), FACTORS),
    Adversary("scaled by a factor, alternating", geometric(-1), FACTORS),
    Adversary("build-up, then push", build_up_then_push, PUSHES),
    *(
        Adversary(f"{k} rounds, then {name}", first_then(k, sign), FACTORS, longest=math.inf, lead=k)
        for k in FIRST
        for name, sign in (("others", 1), ("opposite ones", -1))
    ),
    *(Adversary(f"phases {signs}", phases(signs), _phases(len(signs)), longest=3000) for signs in PHASES),
    Adversary("large until the last", large_until_last, FACTORS),
    *(Adversary(f"random signs {k}", random_signs(k), ((1.0,), (3.0,), (30.0,))) for k in range(3)),
    *_spread("scaled by a factor", geometric(1), FACTORS),
    *_spread("one large, 2 small", large_then_small(2), _large(2)),
    *_spread("random signs", random_signs(3), ((1.0,), (10.0,))),
)
