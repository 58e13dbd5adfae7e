"""Projected Newton for smooth cumulative losses: each step minimises the second-order model over X.

On a large box the model is minimised by conjugate gradients on the free coordinates (`kernels.box_model`),
elsewhere by accelerated projected gradient (Nesterov 1983) in the metric of the Hessian's diagonal, with
O'Donoghue and Candes' restart. The step is damped by halving until F decreases (Armijo), so points where F is
infinite are never accepted. Only the point is used: the enclosure is made by `cumulative`.
"""

import math

import numpy as np
from numpy.typing import NDArray

from online_sim.comparator.cumulative import Evaluation
from online_sim.comparator.hessian import Hessian
from online_sim.comparator.projecting import Projection
from online_sim.domains.base import Domain

Array = NDArray[np.float64]
OUTER = 60
INNER = 4000
CHECK_EVERY = 8
FAR = 0.5
"""Where the gap is this part of F, the vertex against the gradient is tried first: few rows fit there."""
FLAT = 1e-11
"""Relative size of differences of F that are taken for rounding."""


def newton(
    at: Evaluation, domain: Domain, project: Projection, *, tolerance: float
) -> tuple[Evaluation, float]:
    """F at a point, and its Frank-Wolfe gap: <= tolerance * max(1, |F|), or the best found from `at`."""
    F, gap = at.F, _gap_at(at, domain)
    if gap > FAR * abs(at.value):
        vertex = F.at(domain.maximiser(-at.gradient))
        vertex_gap = _gap_at(vertex, domain)
        if vertex.value < at.value and vertex_gap < gap:
            at, gap = vertex, vertex_gap
    best, best_gap = at, gap
    for _ in range(OUTER):
        value = at.value
        target = tolerance * max(1.0, abs(value))
        if gap <= target:
            return at, gap
        model_target = max(0.25 * target, gap * min(0.2, gap / max(1.0, abs(value))))
        y = model_step(at.hessian, at.gradient, at.z, domain, project, target=model_target)
        full = F.at(y)
        full_gap = _gap_at(full, domain)
        # Near the minimum F no longer shows progress, being flat to rounding, while the gap still does.
        flat = full.value <= value + FLAT * max(1.0, abs(value)) and full_gap <= 0.5 * gap
        if flat:
            at, gap = full, full_gap
        else:
            damped = _damped(at, full)
            if damped is None:
                return best, best_gap
            at, gap = damped, full_gap if damped is full else _gap_at(damped, domain)
        if gap < best_gap:
            best, best_gap = at, gap
    return best, best_gap


def _gap_at(at: Evaluation, domain: Domain) -> float:
    """The Frank-Wolfe gap, inf where F is."""
    return _gap(at.gradient, at.z, domain) if math.isfinite(at.value) else math.inf


def _gap(slope: Array, z: Array, domain: Domain) -> float:
    """max over y in X of <slope, z - y>: of the difference, in which a place far from the origin cancels."""
    bounds = domain.box_bounds()
    if bounds is not None:
        lower, upper = bounds
        return float(np.maximum(slope * (z - lower), slope * (z - upper)).sum())
    return float(slope @ (z - domain.maximiser(-slope)))


def _damped(at: Evaluation, full: Evaluation) -> Evaluation | None:
    """F at the first of z + (y - z)/2^k where it has decreased enough (Armijo), or None."""
    step = full.z - at.z
    decrease = float(at.gradient @ step)
    if not decrease < 0.0:
        return None
    length, trial = 1.0, full
    while length > 1e-12:
        if trial.value <= at.value + 1e-4 * length * decrease:
            return trial
        length *= 0.5
        trial = at.F.at(at.z + length * step)
    return None


def model_step(
    hessian: Hessian, gradient: Array, z: Array, domain: Domain, project: Projection, *, target: float
) -> Array:
    """argmin over y in X of <gradient, y - z> + (y - z)^T H (y - z) / 2, up to a gap of `target`."""
    bounds = domain.box_bounds()
    if bounds is not None and hessian.large:
        from online_sim.comparator.kernels.box_model import box_model

        y = box_model(*hessian.arguments, gradient, z, *map(np.ascontiguousarray, bounds), target)
        return project(y, np.ones(len(y)))
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
        if (weight * (momentum - new)).dot(move) > 0.0:  # not @, which takes twice as long to begin
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
