"""Weighted projection onto the plain l2 ball {|x - centre|_2 <= radius}.

In units of the radius and from the centre, the KKT conditions give y_i = w_i q_i/(w_i + lam) with
lam > 0 the root of the secular equation |y(lam)| = 1. Newton is run on 1/|y(lam)| - 1, which is
increasing and concave, so from the left of the root it never overshoots (Conn, Gould and Toint,
Trust-Region Methods, section 7.3). It starts at the lower bound max_i w_i (|q_i| - 1), which holds
because |y_i| <= 1. With e the error of lam, the next one is at most 1.5 e^2/lam, hence the stop rule.

Zero weights (online_sim.domains.base): when the coordinates of positive weight lie inside the ball they
stay and those of zero weight are scaled to what is left; otherwise those of zero weight go to the
centre. A weight below 1e-280 of the largest counts as zero.

Codes: 0 done, 1 no convergence, 2 a weight that is NaN or negative, or a point that is NaN or more than
1e140 radii away.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Vector = NDArray[np.float64]

_LIMIT = 1e140
# After a step of 1e-8 relative size the error of lam is below 1.5e-16.
_LAST_STEP = 1e-8
_EPS = 2.220446049250313e-16
_MAX_STEPS = 200


@njit(cache=True, nogil=True, error_model="numpy")
def project_l2_ball(point: Vector, weight: Vector, out: Vector, work: Vector, data: Vector) -> int:
    """`data` is (radius, centre_1, ..., centre_d); `work` has d entries."""
    n = point.size
    radius = data[0]
    if _scale(point, data, out) <= 1.0:
        for i in range(n):
            out[i] = point[i]
        wrong: int = _bad_weights(weight)
        return wrong
    if _out_of_range(out, weight) == 0:
        lam = _multiplier(out, weight)
        if not 0.0 <= lam < math.inf:
            return 1
        _finish(out, weight, lam, radius, data)
        return 0
    code: int = _with_zero_weights(weight, out, work, data)
    return code


@njit(cache=True, nogil=True, error_model="numpy")
def _with_zero_weights(weight: Vector, out: Vector, work: Vector, data: Vector) -> int:
    """The general case; `out` holds the scaled point on entry."""
    n = out.size
    top = 0.0
    for i in range(n):
        if not (abs(out[i]) <= _LIMIT and 0.0 <= weight[i] < math.inf):
            return 2
        top = max(top, weight[i])
    inside = 0.0
    outside = 0.0
    for i in range(n):
        work[i] = weight[i] / top * _LIMIT if top > 0.0 else 0.0
        if work[i] >= 1.0 / _LIMIT:
            inside += out[i] * out[i]
        else:
            work[i] = 0.0
            outside += out[i] * out[i]
    if inside <= 1.0:
        norm = math.sqrt(inside)
        left = math.sqrt((1.0 - norm) * (1.0 + norm))
        shrink = min(1.0, left / math.sqrt(outside)) if outside > 0.0 else 1.0
        for i in range(n):
            y = out[i] if work[i] > 0.0 else out[i] * shrink
            out[i] = data[1 + i] + data[0] * y
        return 0
    for i in range(n):
        if work[i] == 0.0:
            out[i] = 0.0
            work[i] = 1.0
    lam = _multiplier(out, work)
    if not 0.0 <= lam < math.inf:
        return 1
    _finish(out, work, lam, data[0], data)
    return 0


@njit(cache=True, nogil=True, error_model="numpy")
def _multiplier(q: Vector, weight: Vector) -> float:
    """The root lam of |y(lam)| = 1 for |q| > 1 and positive weights; NaN when Newton does not settle."""
    lam = max(_lower_bound(q, weight), 0.0)
    result = math.nan
    running = True
    steps = 0
    while running and steps < _MAX_STEPS:
        steps += 1
        squares, slope = secular(q, weight, lam)
        excess = math.sqrt(squares) - 1.0
        step = excess * squares / slope
        if excess > 2.0 * _EPS:
            lam += step
        if excess <= 2.0 * _EPS or step <= _LAST_STEP * lam:
            result = lam
            running = False
    return result


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _scale(point: Vector, data: Vector, out: Vector) -> float:
    """out = (point - centre)/radius; returns its squared norm."""
    inverse = 1.0 / data[0]
    squares = 0.0
    for i in range(point.size):
        q = (point[i] - data[1 + i]) * inverse
        out[i] = q
        squares += q * q
    return squares


@njit(cache=True, nogil=True, error_model="numpy")
def _bad_weights(weight: Vector) -> int:
    wrong = 0
    for i in range(weight.size):
        wrong += 0 if (weight[i] >= 0.0) & (weight[i] < math.inf) else 1
    return 0 if wrong == 0 else 2


@njit(cache=True, nogil=True, error_model="numpy")
def _out_of_range(point: Vector, weight: Vector) -> int:
    """How many coordinates have a point or a weight outside the range of the fast path (NaN included)."""
    wrong = 0
    for i in range(point.size):
        w = weight[i]
        fine = (w >= 1.0 / _LIMIT) & (w <= _LIMIT) & (abs(point[i]) <= _LIMIT)
        wrong += 0 if fine else 1
    return wrong


# `nnan` lets the maximum vectorise; NaN was ruled out before.
@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nnan", "nsz"})
def _lower_bound(q: Vector, weight: Vector) -> float:
    bound = -np.inf
    for i in range(q.size):
        candidate = (abs(q[i]) - 1.0) * weight[i]
        bound = max(bound, candidate)
    return bound


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def secular(q: Vector, weight: Vector, lam: float) -> tuple[float, float]:
    """|y(lam)|^2 and sum_i y_i(lam)^2/(w_i + lam), which is minus half its derivative."""
    squares = 0.0
    slope = 0.0
    for i in range(q.size):
        inverse = 1.0 / (weight[i] + lam)
        y = (q[i] * weight[i]) * inverse
        y2 = y * y
        squares += y2
        slope += y2 * inverse
    return squares, slope


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _finish(out: Vector, weight: Vector, lam: float, radius: float, data: Vector) -> None:
    for i in range(out.size):
        y = (out[i] * weight[i]) / (weight[i] + lam)
        out[i] = data[1 + i] + radius * y
