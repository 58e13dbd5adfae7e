"""JAX: the whole game as one jitted `lax.scan` in float64, warm, waited for; replicates by `vmap`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paper_checks.bench.game import ALPHA, BETA1, BETA2
from paper_checks.bench.peers.arrays import Project, factors, full_round
from paper_checks.bench.row import Answer, Call

if TYPE_CHECKING:
    from numpy.typing import NDArray


def float64_jax() -> Any:
    """The module, told to compute in float64."""
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


def clip_to_box(point: Any, weight: Any) -> Any:
    """Onto [-1, 1]^d, for every weight."""
    import jax.numpy as jnp

    return jnp.clip(point, -1, 1)


def jax_scan(
    rounds: int, rows: NDArray[Any], start: NDArray[Any], project: Project, alphas: NDArray[Any] | None = None
) -> Call:
    """`rounds` rounds from `start`, with the results of `bench.game.played`; one replicate for each alpha."""
    jax = float64_jax()
    jnp = jax.numpy
    centres = jnp.asarray(rows)

    def step(alpha: Any, carry: Any, order: Any) -> Any:
        state, t, power1, power2 = carry
        t = t + 1
        # Below 1e-30 the powers are nothing beside 1; denormals would slow down every later round.
        power1, power2 = (jnp.where(power > 1e-30, power, 0.0) for power in (power1 * BETA1, power2 * BETA2))
        now = factors(jnp, t, power1, power2, alpha)
        state, found = full_round(jnp, state, centres[order], now, project)
        return (state, t, power1, power2), jnp.stack(found)

    def game(alpha: Any, x: Any, order: Any) -> Any:
        zero = jnp.zeros_like(x)
        begin = ((x, zero, zero, zero), 0.0, 1.0, 1.0)
        end, found = jax.lax.scan(lambda carry, now: step(alpha, carry, now), begin, order)
        return end[0][0], found

    compiled = jax.jit(jax.vmap(game, in_axes=(0, None, None)) if alphas is not None else game)
    arguments = (
        jnp.asarray(ALPHA if alphas is None else alphas),
        jnp.asarray(start),
        jnp.arange(rounds) % len(rows),
    )

    def call() -> Answer:
        x, found = jax.block_until_ready(compiled(*arguments))
        if alphas is None:
            x, found = x[None], found[None]
        return {"x": x, "recorded": found}

    return call
