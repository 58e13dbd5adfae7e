"""Optimizers of recurrences whose lines are drawn at random, against the numpy engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from drawn_recurrences import drawn
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.optimizers import optax_transform, torch_optimizer
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.losses.quadratic import QUADRATIC
from theory.recurrence import Recurrence
from theory.symbols import x

pytestmark = pytest.mark.torch
ROUNDS, DIMENSION = 6, 5


def trained(recurrence: Recurrence, data: Any, start: Any, **options: Any) -> np.ndarray:
    """The points on ||x - a_t||^2/2 of a vector cut into three tensors, one of them empty."""
    own = [torch.nn.Parameter(torch.tensor(part)) for part in np.split(start, (2, 2))]
    optimizer = torch_optimizer(recurrence, norm="all")(own, lr=0.05, **options)
    points = []
    for row in data:
        parts = [torch.tensor(part) for part in np.split(row, (2, 2))]

        def closure(parts: Any = parts) -> Any:
            optimizer.zero_grad()
            loss = sum(((p - a) ** 2).sum() for p, a in zip(own, parts, strict=True)) / 2
            loss.backward()
            return loss

        points.append(np.concatenate([p.detach().numpy() for p in own]))
        optimizer.step(closure)
    return np.array(points)


def transformed(recurrence: Recurrence, data: Any, start: Any) -> np.ndarray:
    """The points on ||x - a_t||^2/2 of optax, as two leaves."""
    import jax
    import optax

    with jax.enable_x64(True):
        transformation = optax_transform(recurrence, norm="all")(0.05)
        params = [jax.numpy.asarray(part) for part in np.split(start, (2,))]
        state, points = transformation.init(params), []
        for row in data:
            gradients = [p - a for p, a in zip(params, np.split(row, (2,)), strict=True)]
            points.append(np.concatenate(params))
            value = sum((g**2).sum() for g in gradients) / 2
            updates, state = transformation.update(gradients, state, params, value=value)
            params = optax.apply_updates(params, updates)
        return np.array(points)


def check(seed: int, *, jax: bool = False) -> float:
    """Every form visits the points of the engine, where those are finite; returns how far they moved."""
    recurrence, _ = drawn(seed)
    numbers = np.random.default_rng(seed)
    data, start = numbers.normal(size=(ROUNDS, DIMENSION)), numbers.uniform(-0.3, 0.3, size=DIMENSION)

    def played(dtype: Any) -> np.ndarray:
        game = Game(
            recurrence, QUADRATIC, ArrayStream(data), horizon=ROUNDS, start=start, parameters={"alpha": 0.05}
        )
        run = play(game, record=[x], checkpoints="all", engine=NumpyEngine(dtype))
        return np.asarray(run[x], dtype=float)

    theirs, exact = played(float), played(np.longdouble)
    whole = np.isfinite(theirs) & np.isfinite(exact)
    forms: list[dict[str, Any]] = [{"foreach": True}, {"foreach": False}, {"capturable": True}]
    for options in [*forms, *([{}] if jax else [])]:
        train = trained if options else transformed
        mine = train(recurrence, data, start, **options)
        # What rounding the game amplifies is measured by longer floats.
        room = 1e-9 * (1 + np.abs(theirs[whole]).max()) + 1e3 * np.abs(theirs[whole] - exact[whole]).max()
        assert np.abs(mine[whole] - theirs[whole]).max() <= room, (seed, options, recurrence.lines)
    return float(np.abs(theirs[whole] - np.broadcast_to(start, theirs.shape)[whole]).max())


@pytest.mark.parametrize("seed", range(1, 21))
def test_random_recurrences_are_the_engine(seed: int) -> None:
    """Whatever the lines are called and whichever previous values, sums and losses they read."""
    check(seed)


@pytest.mark.slow
def test_many_random_recurrences_are_the_engine() -> None:
    """The same for three hundred of them, every fifth in optax too."""
    moved = [check(seed, jax=seed % 5 == 0) for seed in range(1000, 1300)]
    assert np.mean(np.array(moved) > 0) > 0.9
