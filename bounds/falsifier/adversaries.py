"""Streams on which regret bounds tend to fail, each with a few shape numbers: where a search begins.

A new adversary is one new entry of `ADVERSARIES`. All of them write one number a round, which goes to every
coordinate alike; `SPARSE` and `STAGGERED` spread it over coordinates. Numbers are relative: the search scales
the whole stream.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from online_sim.borders import Floats

FARTHEST = 30.0
"""The largest logarithm of a number of a stream, and of the smallest one's inverse."""


Line = Callable[[Floats, int], Floats]
"""(shape numbers (R, k), T) -> one number a round, (R, n)."""
Spread = Callable[[Floats, int, int], Floats]
"""(numbers (R, n), d, T) -> rows (R, n, d)."""


def everywhere(numbers: Floats, dimension: int, horizon: int) -> Floats:
    """The same number in every coordinate."""
    return np.repeat(numbers[:, :, None], dimension, axis=2)


def one_at_a_time(numbers: Floats, dimension: int, horizon: int) -> Floats:
    """Round t moves coordinate t modulo d alone."""
    numbers = np.tile(numbers, (1, -(-horizon // numbers.shape[1])))[:, :horizon]
    here = np.arange(horizon)[:, None] % dimension == np.arange(dimension)
    return np.where(here, numbers[:, :, None], 0.0)


def staggered(numbers: Floats, dimension: int, horizon: int) -> Floats:
    """Coordinate i is i rounds ahead."""
    return np.stack([np.roll(numbers, -i, axis=1) for i in range(dimension)], axis=2)


@dataclass(frozen=True)
class Adversary:
    """A kind of stream.

    line, over: its numbers, and how they are spread over coordinates; grid: shape numbers to begin with, all
    positive; forever: whether it goes on for any T, so that long games make sense; lead: how many rows are
    played once, the others again and again; dimensions: the smallest d it is meant for.
    """

    name: str
    line: Line
    grid: tuple[tuple[float, ...], ...] = ((),)
    over: Spread = everywhere
    forever: bool = False
    lead: int = 0
    dimensions: int = 1

    @property
    def numbers(self) -> int:
        """How many shape numbers k it takes."""
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
    """One direction all the time."""
    return np.ones((len(shape), 1))


def geometric(sign: int) -> Line:
    """1, q, q^2, ... with all signs alike or alternating."""

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
    """1 in the first rounds, then a of either sign for ever.

    A small a lets the second moment forget what the first rounds cost, or build-up is followed by a push.
    """

    def line(shape: Floats, horizon: int) -> Floats:
        return np.concatenate([np.ones((len(shape), rounds)), sign * shape], axis=1)

    return line


def large_until_last(shape: Floats, horizon: int) -> Floats:
    """(a, ..., a, 1): where the second moment forgets, the last round takes the weight off the distance."""
    return np.where(np.arange(horizon) < horizon - 1, shape, 1.0)


def random_signs(seed: int) -> Line:
    """Random signs, and sizes that spread by a factor: the same signs for every game of this seed."""

    def line(shape: Floats, horizon: int) -> Floats:
        rng = np.random.default_rng(seed)
        return rng.choice([-1.0, 1.0], horizon) * np.clip(shape, 1e-9, 1e9) ** rng.uniform(-1, 1, horizon)

    return line


SMALL = (1, 2, 3, 4, 6, 9, 19)
"""How many small gradients follow a large one."""
RATIOS = (0.3, 0.6, 0.9, 1.5, 4.0, 30.0)
"""The large gradient over the sum of the small ones."""
FACTORS = ((0.01,), (0.3,), (0.7,), (1.5,), (4.0,), (100.0,))
FIRST = (1, 100, 3000)
"""How many rounds may come before the others."""
PUSHES = tuple(product((0.3, 1.0, 3.0), (0.1, 1.0, 10.0)))


def _large(small: int) -> tuple[tuple[float, ...], ...]:
    return tuple((ratio * small,) for ratio in RATIOS)


def _spread(name: str, line: Line, grid: tuple[tuple[float, ...], ...]) -> tuple[Adversary, ...]:
    """A line in several coordinates: one coordinate a round, and every coordinate some rounds ahead."""
    spreads = (("sparse", one_at_a_time), ("staggered", staggered))
    return tuple(Adversary(f"{how}, {name}", line, grid, over, dimensions=2) for how, over in spreads)


ADVERSARIES: tuple[Adversary, ...] = (
    Adversary("constant direction", constant_direction, forever=True),
    *(Adversary(f"one large, {k} small", large_then_small(k), _large(k), forever=True) for k in SMALL),
    *(Adversary(f"{k} small, one large", small_then_large(k), _large(k), forever=True) for k in SMALL),
    Adversary("scaled by a factor", geometric(1), FACTORS),
    Adversary("scaled by a factor, alternating", geometric(-1), FACTORS),
    Adversary("build-up, then push", build_up_then_push, PUSHES),
    *(
        Adversary(f"{k} rounds, then {name}", first_then(k, sign), FACTORS, forever=True, lead=k)
        for k in FIRST
        for name, sign in (("others", 1), ("opposite ones", -1))
    ),
    Adversary("large until the last", large_until_last, FACTORS),
    *(Adversary(f"random signs {k}", random_signs(k), ((1.0,), (3.0,), (30.0,))) for k in range(3)),
    *_spread("scaled by a factor", geometric(1), FACTORS),
    *_spread("one large, 2 small", large_then_small(2), _large(2)),
    *_spread("random signs", random_signs(3), ((1.0,), (10.0,))),
)
