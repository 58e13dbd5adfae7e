"""Games without a set on the numpy engine, whose points an optimizer must visit too."""

from __future__ import annotations

import numpy as np

from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.recurrence import Recurrence
from theory.symbols import x

ROUNDS, DIMENSION = 60, 5
RNG = np.random.default_rng(20261128)
DATA = RNG.normal(0.3, 1.0, (ROUNDS, DIMENSION)) * np.geomspace(0.1, 3.0, DIMENSION)
DATA[:7, 2] = 0.0  # a coordinate that meets 0/0 for some rounds
START = RNG.normal(size=DIMENSION)
ALPHA = 0.05


def values(recurrence: Recurrence) -> dict[str, float]:
    """A value for each parameter."""
    return {p.name: ALPHA if p.default is None else p.default for p in recurrence.parameters}


def tolerance(reference: np.ndarray) -> float:
    """Fewer than 50 roundings a round, each relative to the point or a step; no game expands errors.

    The condition of 1 - beta2^t, 1/(1 - beta2) = 1000 at the default, magnifies the rounding of beta2^t in
    steps of size ALPHA; both sides compute it by expm1, which leaves a few roundings.
    """
    return 50 * float(np.finfo(float).eps) * ROUNDS * float(np.abs(reference).max())


def played(recurrence: Recurrence, *, closed: bool) -> np.ndarray:
    """The points of the numpy engine, (ROUNDS, DIMENSION)."""
    game = Game(
        recurrence,
        QUADRATIC if closed else LINEAR,
        ArrayStream(DATA),
        horizon=ROUNDS,
        parameters=values(recurrence),
        start=START,
        groups=[0] * DIMENSION,
    )
    return play(game, record=[x], checkpoints="all", engine="numpy")[x]
