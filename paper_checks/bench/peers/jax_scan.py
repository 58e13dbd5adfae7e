"""JAX: the whole game as one warm, jitted, blocking `lax.scan` in float64; replicates by `vmap`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paper_checks.bench.game import ALPHA, BETA1, BETA2, centres
from paper_checks.bench.peers.arrays import Project, factors, full_round
from paper_checks.bench.row import Answer, Call

if TYPE_CHECKING:
    from numpy.typing import NDArray


def float64_jax() -> Any:
    """The module jax, configured for float64."""
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


def clip_to_box(point: Any, weight: Any) -> Any:
    """Projection onto [-1, 1]^d, for any weight."""
    import jax.numpy as jnp

    return jnp.clip(point, -1, 1)


def jax_scan(
    dimension: int,
    rounds: int,
    *,
    start: float = 0.0,
    project: Project | None = None,
    alphas: NDArray[Any] | None = None,
) -> Call:
    """Rounds with the results of `bench.game.played`, each coordinate from `start`.

    project: onto the set, by default the box [-1, 1]^d; alphas: one replicate for each.
    """
    jax = float64_jax()
    jnp = jax.numpy
    onto = project or clip_to_box
    rows = jnp.asarray(centres(dimension))

    def step(alpha: Any, carry: Any, order: Any) -> Any:
        state, t, power1, power2 = carry
        t = t + 1
        # Below 1e-30 the powers are negligible compared with 1; denormals would slow down every later round.
        power1, power2 = (jnp.where(power > 1e-30, power, 0.0) for power in (power1 * BETA1, power2 * BETA2))
        now = factors(jnp, t, power1, power2, alpha)
        state, found = full_round(jnp, state, rows[order], now, onto)
        return (state, t, power1, power2), jnp.stack(found)

    def game(alpha: Any, x: Any, order: Any) -> Any:
        zero = jnp.zeros_like(x)
        begin = ((x, zero, zero, zero), 0.0, 1.0, 1.0)
        end, found = jax.lax.scan(lambda carry, now: step(alpha, carry, now), begin, order)
        return end[0][0], found

    compiled = jax.jit(jax.vmap(game, in_axes=(0, None, None)) if alphas is not None else game)
    arguments = (
        jnp.asarray(ALPHA if alphas is None else alphas),
        jnp.full(dimension, start),
        jnp.arange(rounds) % len(rows),
    )

    def call() -> Answer:
        x, found = jax.block_until_ready(compiled(*arguments))
        if alphas is None:
            x, found = x[None], found[None]
        return {"x": x, "recorded": found}

    return call
