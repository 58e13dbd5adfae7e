"""Weighted projections by other tools, from a point and its weights to the nearest point of a set.

jaxopt projects only in the plain norm. With z = sqrt(w) y a weighted projection becomes a plain one: onto the
section {z >= 0, <z, 1/sqrt(w)> = total} of the orthant, which is `projection_box_section` (a bisection).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paper_checks.bench.row import Answer, Call

if TYPE_CHECKING:
    from numpy.typing import NDArray

Vectors = tuple["NDArray[Any]", "NDArray[Any]"]
"""A point and its weights, (d,) each."""


def repeated(times: int, project: Callable[..., Any], *arguments: Any) -> Call:
    """The same projection, repeated `times` times."""

    def call() -> Answer:
        found = [project(*arguments) for _ in range(times)]
        return {"y": found[-1]}

    return call


def jaxopt_section(
    times: int, given: Vectors, normal: NDArray[Any], total: float, lower: float, upper: float
) -> Call:
    """Projection onto {lower <= y <= upper, <normal, y> = total} by jaxopt's box section, jitted, float64."""
    from paper_checks.bench.peers.jax_scan import float64_jax

    jax = float64_jax()
    with warnings.catch_warnings():
        # jaxopt is no longer maintained, but it is still the peer in use.
        warnings.filterwarnings("ignore", "JAXopt is no longer maintained", DeprecationWarning)
        from jaxopt.projection import projection_box_section

    jnp = jax.numpy

    def project(point: Any, weight: Any) -> Any:
        root = jnp.sqrt(weight)
        section = (lower * root, upper * root, normal / root, total)
        return projection_box_section(root * point, section) / root

    compiled = jax.jit(project)
    arrays = [jnp.asarray(array) for array in given]
    return repeated(times, lambda: jax.block_until_ready(compiled(*arrays)))


def numpy_half_space(point: Any, weight: Any, normal: Any, offset: float) -> Any:
    """The closed form: a step along normal/w that removes the excess."""
    along = normal / weight
    return point - max(0.0, normal @ point - offset) / (normal @ along) * along


def scipy_ball(point: Any, weight: Any, radius: float) -> Any:
    """The multiplier by scipy's `brentq` on the norm of y_i = w_i p_i/(w_i + lam)."""
    import numpy as np
    from scipy.optimize import brentq

    def excess(lam: float) -> float:
        return float(np.linalg.norm(weight * point / (weight + lam))) - radius

    highest = float(np.linalg.norm(weight * point)) / radius
    lam = brentq(excess, 0.0, highest, xtol=1e-300, rtol=4 * np.finfo(float).eps)
    return weight * point / (weight + lam)
