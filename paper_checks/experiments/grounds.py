"""Functions of two variables to descend, runs of an optimizer on them, and the scores of where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from paper_checks.experiments.contender import Contender
from paper_checks.experiments.verdict import Metric
from theory.algorithms.gradient_clipping import CLIP, with_clipped_gradient
from theory.loss import Loss
from theory.recurrence import Recurrence

FLOOR, CEILING = -12.0, 6.0
"""The least and the largest score, a log10: nearer to 0 than 1e-12 is as good as 0, and a run that diverged
is as bad as 1e6, more than any start."""
VALUE = Metric("log10 f", higher=False, effect=0.1, worst=CEILING)
DISTANCE = Metric("log10 of the squared distance", higher=False, effect=0.1, worst=CEILING)
METRICS = {metric.name: metric for metric in (VALUE, DISTANCE)}


@dataclass(frozen=True)
class Ground:
    """A function to descend.

    Args:
        name: One word, for stages and plots.
        loss: The function, of two variables.
        minimum: The point where it is least, with the value 0.
        start: The start of the repository that the paper cites.
        side: Random starts are uniform in [-side, side]^2.
    """

    name: str
    loss: Loss
    minimum: tuple[float, float]
    start: tuple[float, float]
    side: float


def descend(
    ground: Ground,
    contender: Contender,
    rates: Sequence[float] | NDArray[np.float64],
    starts: Sequence[Sequence[float]] | NDArray[np.float64],
    steps: int,
    *,
    clip: float | None,
    every: bool = False,
    interpreted: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where n runs of one contender end, and the value there.

    Args:
        ground: The function.
        contender: The optimizer.
        rates: The learning rate of each run, (n,).
        starts: The start of each run, (n, 2).
        steps: The number of steps.
        clip: The norm to which gradients are clipped, or None.
        every: Whether to return every point and value, the start among them.
        interpreted: Whether to run the engine's source as plain Python: compiling takes longer than playing
            a few steps.

    Returns:
        Points (n, 2) and values (n,); (n, steps + 1, 2) and (n, steps + 1) for every point.
    """
    from online_sim import Game, play
    from online_sim.engines.numba_engine import NumbaEngine
    from theory.symbols import f, x

    parameters = {**contender.parameters, "alpha": rates}
    if clip is not None:
        parameters[CLIP.name] = clip
    # Round t is played at x_t, so that `steps` steps end at the point of one round more.
    rounds = steps + 1
    game = Game(
        clipped(contender.recurrence) if clip is not None else contender.recurrence,
        ground.loss,
        horizon=rounds,
        parameters=parameters,
        start=np.asarray(starts, dtype=np.float64),
        replicates=len(starts),
    )
    checkpoints = "all" if every else [rounds]
    engine = NumbaEngine(interpreted=interpreted)
    trace = play(game, record=[f, x], checkpoints=checkpoints, engine=engine)
    points = np.asarray(trace[x]).reshape(len(starts), -1, 2)
    values = np.asarray(trace[f]).reshape(len(starts), -1)
    return (points, values) if every else (points[:, -1], values[:, -1])


@cache
def clipped(recurrence: Recurrence) -> Recurrence:
    """The recurrence on clipped gradients, built once."""
    return with_clipped_gradient(recurrence)


def starts_of(ground: Ground, number: int | None, seed: int) -> NDArray[np.float64]:
    """Random starts (number, 2), the same for every contender; the ground's own, (1, 2), for None."""
    if number is None:
        return np.array([ground.start])
    return np.random.default_rng(seed).uniform(-ground.side, ground.side, (number, 2))


def bounded_log10(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """log10 between `FLOOR` and `CEILING`; what is not finite counts as `CEILING`."""
    finite = np.where(np.isfinite(values), values, np.inf)
    found: NDArray[np.float64] = np.log10(np.clip(finite, 10**FLOOR, 10**CEILING))
    return found
