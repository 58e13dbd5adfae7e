"""The games, open loop and closed loop, and how far two correct programs may drift apart."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.recurrence import Recurrence
from theory.symbols import x

ROUNDS, DIMENSION = 400, 5
ALPHA, BETA1, BETA2, MU, RHO, LAMBDA, GROWTH, GAMMA = 0.05, 0.9, 0.98, 0.9, 0.9, 0.02, 1e-3, 0.3
# Large, so that a misplaced epsilon shows.
EPS = 1e-3
VALUES = {
    "alpha": ALPHA, "beta1": BETA1, "beta2": BETA2, "mu": MU, "rho": RHO, "weight_decay": LAMBDA,
    "gamma": GAMMA, "eps": EPS,
}  # fmt: skip
GROUPS = [0, 0, 1, 1, 1]
RNG = np.random.default_rng(20210901)
# Coordinates differ in scale by a factor of 30, rounds in size by about 10, and the mean is not 0.
DATA = (RNG.normal(0.3, 1.0, (ROUNDS, DIMENSION)) * np.geomspace(0.1, 3.0, DIMENSION)) * np.exp(
    RNG.normal(size=(ROUNDS, 1))
)
START = RNG.normal(size=DIMENSION)
Gradient = Callable[[int, Any], Any]
Peer = Callable[[Gradient], np.ndarray]


def gradient_of(closed: bool) -> Gradient:
    """The gradient in round t (from 0) at a point: of <a_t, x>, or of ||x - a_t||^2/2."""
    return (lambda t, point: point - DATA[t]) if closed else (lambda t, point: DATA[t])


def trajectory(recurrence: Recurrence, closed: bool, engine: str = "numpy", **values: float) -> np.ndarray:
    """Our points x_1 ... x_T, shape (T, d)."""
    known = {name: value for name, value in (VALUES | values).items() if name in recurrence.parameter_names}
    trace = play(
        Game(
            recurrence,
            QUADRATIC if closed else LINEAR,
            ArrayStream(DATA),
            horizon=ROUNDS,
            parameters=known,
            start=START,
            groups=GROUPS,
        ),
        record=[x],
        checkpoints="all",
        engine=engine,
    )
    return trace[x]


def tolerance(reference: np.ndarray, correction: float = 1 - BETA2) -> float:
    """How far two correct float64 programs may drift apart.

    A round commits fewer than 50 roundings, each relative to the point or to a step not larger than it,
    and none of these games expands errors: 50 * eps * rounds * scale. The one ill-conditioned operation
    is 1 - beta2^t: a rounding of beta2^t is magnified by 1/(t * correction), correction = 1 - beta2, in a
    step of size about alpha; summed over rounds, alpha * log(rounds)/correction more.
    """
    eps = np.finfo(float).eps
    scale = float(np.abs(reference).max())
    return 50 * eps * (ROUNDS * scale + ALPHA * math.log(ROUNDS) / correction)


def same(ours: np.ndarray, theirs: np.ndarray, correction: float = 1 - BETA2) -> bool:
    """Whether two trajectories agree up to rounding; the one comparison of this file."""
    moved = np.abs(np.diff(theirs, axis=0)).max(axis=0)
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all() and (moved > 0).all()):
        return False
    return float(np.abs(ours - theirs).max()) <= tolerance(theirs, correction)
