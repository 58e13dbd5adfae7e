"""A full round of AdaL in array notation, as usual for numpy or JAX; `xp` is the array module."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paper_checks.bench.game import ALPHA, BETA1, BETA2, EPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

Project = Callable[[Any, Any], Any]
"""(point, weight) -> the projected point."""


def gradient(dimension: int, dtype: str) -> NDArray[Any]:
    """The gradient of every step when nothing is recorded, shape (d,), standard normal."""
    import numpy as np

    return np.random.default_rng(0).standard_normal(dimension).astype(dtype)


def update(
    xp: Any, state: tuple[Any, Any, Any], g: Any, factors: tuple[Any, Any], project: Project
) -> tuple[tuple[Any, Any, Any], Any, Any]:
    """A step of AdaL (paper, Algorithm 1) from (x, m, v): the next three, ||g||_1 and sqrt(vhat).

    factors: alpha/(sqrt(t) (1 - beta1^t)) and 1/(1 - beta2^t), which do not differ between coordinates.
    """
    x, m, v = state
    norm = xp.abs(g).sum()
    ghat = norm * g
    m = BETA1 * m + (1 - BETA1) * ghat
    v = BETA2 * v + (1 - BETA2) * ghat**2
    root = xp.sqrt(v * factors[1])
    inverse = xp.where(root > 0, 1 / root, 0.0)
    return (project(x - factors[0] * (inverse + EPS) * m, root), m, v), norm, root


def full_round(
    xp: Any, state: tuple[Any, Any, Any, Any], c: Any, factors: tuple[Any, Any], project: Project
) -> tuple[tuple[Any, Any, Any, Any], tuple[Any, Any, Any, Any]]:
    """A step on ||x - c||^2/2 from (x, m, v, sum g^2): the next four, and the four numbers to record."""
    *moving, squares = state
    g = state[0] - c
    squares = squares + g**2
    (x, m, v), norm, root = update(xp, (moving[0], moving[1], moving[2]), g, factors, project)
    found = (g**2).sum() / 2, norm, root.sum(), xp.sqrt(squares).sum()
    return (x, m, v, squares), found


def factors(xp: Any, t: Any, power1: Any, power2: Any, alpha: Any = ALPHA) -> tuple[Any, Any]:
    """The factors of a round from its number and the powers beta^t."""
    return alpha / (xp.sqrt(t) * (1 - power1)), 1 / (1 - power2)
