"""Optimizers of torch, pytorch_optimizer and optax, and definitions, as functions of a gradient."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from peers.games import ALPHA, DIMENSION, ROUNDS, START, Gradient, Peer

LONG = np.longdouble


def torch_peer(
    name: str,
    *,
    package: str = "torch.optim",
    decreasing: bool = False,
    norm: str | None = None,
    **options: Any,
) -> Peer:
    """An optimizer of torch or pytorch_optimizer in float64.

    decreasing: lr = alpha/sqrt(t), set before each step; norm "global" or "group": it is handed
    ||g||_1 g, with one tensor for each group.
    """

    def run(gradient: Gradient) -> np.ndarray:
        torch = importlib.import_module("torch")
        members = [[0, 1], [2, 3, 4]] if norm == "group" else [list(range(DIMENSION))]
        tensors = [torch.nn.Parameter(torch.tensor(START[i], dtype=torch.float64)) for i in members]
        optimizer = getattr(importlib.import_module(package), name)(tensors, lr=ALPHA, **options)
        points = []
        for t in range(ROUNDS):
            points.append(np.concatenate([p.detach().numpy() for p in tensors]))
            g_t = gradient(t, points[-1])
            for p, i in zip(tensors, members, strict=True):
                factor = np.abs(g_t[i]).sum() if norm else 1.0
                p.grad = torch.tensor(factor * g_t[i], dtype=torch.float64)
            if decreasing:
                optimizer.param_groups[0]["lr"] = ALPHA / math.sqrt(t + 1)
            optimizer.step()
        return np.array(points)

    return run


def optax_peer(name: str, *, decreasing: bool = False, norm: str | None = None, **options: Any) -> Peer:
    """An optimizer of optax in float64; the options are those of `torch_peer`, the norm is global."""

    def run(gradient: Gradient) -> np.ndarray:
        jax = importlib.import_module("jax")
        optax = importlib.import_module("optax")
        before = jax.config.jax_enable_x64
        jax.config.update("jax_enable_x64", True)
        try:
            jnp = jax.numpy
            rate = (lambda count: ALPHA / jnp.sqrt(count + 1.0)) if decreasing else ALPHA
            rule = getattr(optax, name)(rate, **options)
            update = jax.jit(rule.update)
            point, points = jnp.asarray(START), []
            state = rule.init(point)
            for t in range(ROUNDS):
                points.append(np.asarray(point))
                g_t = gradient(t, points[-1])
                factor = np.abs(g_t).sum() if norm else 1.0
                step, state = update(jnp.asarray(factor * g_t), state, point)
                point = point + step
            return np.array(points)
        finally:
            jax.config.update("jax_enable_x64", before)

    return run


def definition(step: Callable[[int, np.ndarray, np.ndarray], np.ndarray]) -> Peer:
    """A definition: step(t, x, h) is the next point, h (t, d) all gradients so far, in extended precision."""

    def run(gradient: Gradient) -> np.ndarray:
        h = np.zeros((ROUNDS, DIMENSION), dtype=np.longdouble)
        point, points = START.astype(np.longdouble), []
        for t in range(1, ROUNDS + 1):
            points.append(point.astype(float))
            h[t - 1] = gradient(t - 1, point)
            point = step(t, point, h[:t])
        return np.array(points)

    return run
