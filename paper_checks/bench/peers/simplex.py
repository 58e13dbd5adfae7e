"""Weighted projection onto the probability simplex, as usually written for numpy or JAX.

With u = 1/w the solution is x_i = max(0, p_i - lam u_i), where lam makes the sum 1.
"""

from typing import Any


def by_sorting(xp: Any, point: Any, weight: Any) -> Any:
    """Sort by p_i w_i, the lam at which i vanishes; the prefix with the largest lam is the support."""
    inverse = 1 / weight
    order = xp.argsort(-(point * weight))
    lam = (xp.cumsum(point[order]) - 1) / xp.cumsum(inverse[order])
    return xp.maximum(point - lam.max() * inverse, 0.0)


def by_jax_sorting(point: Any, weight: Any) -> Any:
    """`by_sorting` in JAX."""
    import jax.numpy as jnp

    return by_sorting(jnp, point, weight)


def by_newton(point: Any, weight: Any) -> Any:
    """JAX: Newton on the decreasing convex sum_i max(0, p_i - lam u_i) - 1 until no coordinate leaves."""
    import jax
    import jax.numpy as jnp

    inverse = 1 / weight

    def step(now: Any) -> Any:
        _, lam, count = now
        stays = point - lam * inverse > 0
        lam = (jnp.where(stays, point, 0.0).sum() - 1) / jnp.where(stays, inverse, 0.0).sum()
        return count, lam, stays.sum()

    first = (point.size + 1, (point.sum() - 1) / inverse.sum(), point.size)
    _, lam, _ = jax.lax.while_loop(lambda now: now[0] != now[2], step, first)
    return jnp.maximum(point - lam * inverse, 0.0)
