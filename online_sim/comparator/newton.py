"""Projected Newton for smooth cumulative losses: each step minimises the second-order model over X.

The model is minimised by accelerated projected gradient (Nesterov 1983) in the metric of the Hessian's
diagonal, with O'Donoghue and Candes' restart; the step is damped by halving until F decreases (Armijo), so
points where F is infinite are never accepted. Only the point is used: the enclosure is made by
`cumulative`.
"""

import math

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.cumulative import Cumulative
from online_sim.comparator.hessian import Hessian
from online_sim.comparator.projecting import Projection
from online_sim.domains.base import Domain

Array = NDArray[np.float64]
OUTER = 60
INNER = 4000
CHECK_EVERY = 8
FLAT = 1e-11
"""Relative size of differences of F that are taken for rounding."""


def newton(
    F: Cumulative, domain: Domain, project: Projection, z: Array, *, tolerance: float
) -> tuple[Array, float]:
    """(point, its Frank-Wolfe gap): a gap <= tolerance * max(1, |F|), or the best point found."""
    value, gradient, gap = _state(F, domain, z)
    best, best_gap = z, gap
    for _ in range(OUTER):
        target = tolerance * max(1.0, abs(value))
        if gap <= target:
            return z, gap
        model_target = max(0.25 * target, gap * min(0.1, gap / max(1.0, abs(value))))
        y = model_step(F.hessian(z), gradient, z, domain, project, target=model_target)
        damped = _damped(F, z, y, value, float(gradient @ (y - z)))
        # Near the minimum F no longer shows progress, being flat to rounding, while the gap still does.
        full = _state(F, domain, y)
        flat = full[0] <= value + FLAT * max(1.0, abs(value)) and full[2] <= 0.5 * gap
        if damped is None and not flat:
            return best, best_gap
        z = damped if damped is not None and not flat else y
        value, gradient, gap = full if z is y else _state(F, domain, z)
        if gap < best_gap:
            best, best_gap = z, gap
    return best, best_gap


def _state(F: Cumulative, domain: Domain, z: Array) -> tuple[float, Array, float]:
    """(F(z), gradient, Frank-Wolfe gap); the gap is inf where F is."""
    value = F.value(z)
    if not math.isfinite(value):
        return math.inf, z, math.inf
    gradient = F.gradient(z)
    return value, gradient, _gap(gradient, z, domain)


def _gap(slope: Array, z: Array, domain: Domain) -> float:
    """max over y in X of <slope, z - y>: of the difference, in which a place far from the origin cancels."""
    return float(slope @ (z - domain.maximiser(-slope)))


def _damped(F: Cumulative, z: Array, y: Array, value: float, decrease: float) -> Array | None:
    """The first of z + (y - z)/2^k that decreases F enough (Armijo), or None."""
    if not decrease < 0.0:
        return None
    length = 1.0
    while length > 1e-12:
        trial = z + length * (y - z) if length < 1.0 else y
        if F.value(trial) <= value + 1e-4 * length * decrease:
            return trial
        length *= 0.5
    return None


def model_step(
    hessian: Hessian, gradient: Array, z: Array, domain: Domain, project: Projection, *, target: float
) -> Array:
    """argmin over y in X of <gradient, y - z> + (y - z)^T H (y - z) / 2, up to a gap of `target`."""
    largest = float(hessian.diagonal.max())
    if not (math.isfinite(largest) and largest > 0.0):
        return domain.maximiser(-gradient)
    weight = np.maximum(hessian.diagonal, 1e-10 * largest)
    scaled = 1.0 / (hessian.largest(weight) * weight)
    linear = gradient - hessian.times(z)
    y, momentum, t = z, z, 1.0
    for k in range(1, INNER + 1):
        slope = hessian.times(momentum) + linear
        new = project(momentum - scaled * slope, weight)
        move = new - y
        if float((weight * (momentum - new)) @ move) > 0.0:
            t, momentum = 1.0, new
        else:
            t_next = 0.5 * (1.0 + math.sqrt(1.0 + 4.0 * t * t))
            momentum = new + ((t - 1.0) / t_next) * move
            t = t_next
        y = new
        if k % CHECK_EVERY == 0:
            slope = hessian.times(y) + linear
            if _gap(slope, y, domain) <= target:
                break
    return y
