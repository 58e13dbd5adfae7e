"""Adam by optax: one jitted step with donated buffers."""

from typing import Any

from paper_checks.bench.game import ALPHA, BETA1, BETA2, EPS
from paper_checks.bench.peers.arrays import gradient
from paper_checks.bench.peers.jax_scan import float64_jax
from paper_checks.bench.row import Answer, Call


def optax_adam(dimension: int, dtype: str, steps: int) -> Call:
    """Steps from 0 with the same gradient; a call continues where the last ended."""
    import numpy as np
    import optax

    jax = float64_jax()
    adam = optax.adam(ALPHA, b1=BETA1, b2=BETA2, eps=EPS)
    g = jax.numpy.asarray(gradient(dimension, dtype))
    x = jax.numpy.zeros_like(g)
    now = (x, adam.init(x))

    def step(x: Any, state: Any, g: Any) -> Any:
        updates, state = adam.update(g, state)
        return optax.apply_updates(x, updates), state

    compiled = jax.jit(step, donate_argnums=(0, 1))
    first = True

    def call() -> Answer:
        nonlocal now, first
        for _ in range(steps):
            now = compiled(*now, g)
        jax.block_until_ready(now)
        found = {"x": np.array(now[0])} if first else {}
        first = False
        return found

    return call
