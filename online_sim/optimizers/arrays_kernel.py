"""What the generated updates on JAX arrays call; imported only where JAX is wanted."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp


def pinv(w: Any) -> Any:
    """1/w, and 0 where w = 0; its derivative is 0 there, not NaN."""
    nothing = w == 0
    return jnp.where(nothing, 0, 1 / jnp.where(nothing, 1, w))


def spread(value: Any, like: Any, real: Any) -> Any:
    """A number as an array of the shape of a parameter; an array of that shape stays."""
    return jnp.broadcast_to(jnp.asarray(value, dtype=real), like.shape)


def full_like(like: Any, value: Any, real: Any) -> Any:
    """The same number everywhere."""
    return jnp.full(like.shape, value, dtype=real)


def number_like(like: Any, value: Any) -> Any:
    """A number of a state."""
    return jnp.asarray(value)


def total(part: Any) -> Any:
    """The sum over the coordinates."""
    return jnp.sum(part)


def largest(part: Any) -> Any:
    """The largest coordinate; of an array without coordinates, minus infinity."""
    return jnp.max(part, initial=-jnp.inf)
