"""Weighted projection onto the ellipsoid {sum_i ((x_i - c_i)/s_i)^2 <= 1}.

With z = (y - c)/s, q = (p - c)/s and omega_i = w_i s_i^2 this is the weighted projection onto the unit
ball: z_i = omega_i q_i/(omega_i + lam), lam > 0 the root of the secular equation |z(lam)| = 1. Newton is
run on 1/|z(lam)| - 1, increasing and concave in lam, so from the left of the root it never overshoots
(Conn, Gould and Toint, Trust-Region Methods, section 7.3); it starts at max_i omega_i (|q_i| - 1), a lower
bound because |z_i| <= 1. Between two clusters of omega the error shrinks at least cubically in the
exponent, so weights of many decades cost some tens of steps, never accuracy.

Zero weights (online_sim.domains.base): when the coordinates of positive weight fit into the ellipsoid
they stay, and those of zero weight are projected with weights one onto the slice that is left; otherwise
those of zero weight go to the centre. An omega below 1e-280 of the largest counts as zero.

Codes: 0 done, 1 no convergence, 2 a point or weight that is not finite, a negative weight, or a point
more than 1e140 semi-axes away.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Vector = NDArray[np.float64]

_LIMIT = 1e140
_EPS = 2.220446049250313e-16
# After a step of 1e-8 relative size the error of lam is below 1.5e-16.
_LAST_STEP = 1e-8
_MAX_STEPS = 500


@njit(cache=True, nogil=True, error_model="numpy")
def project_ellipsoid(point: Vector, weight: Vector, out: Vector, work: Vector, data: Vector) -> int:
    """`data` is (c_1, ..., c_d, s_1, ..., s_d); `work` has 2 d entries."""
    n = point.size
    q = work[:n]
    omega = work[n : 2 * n]
    top, wrong = _largest_weight(weight)
    for i in range(n):
        q[i] = (point[i] - data[i]) / data[n + i]
        wrong += 0 if abs(q[i]) <= _LIMIT else 1
    if wrong > 0:
        return 2
    if _squares(q) <= 1.0:
        for i in range(n):
            out[i] = point[i]
        return 0
    radius, zero_moves = _weights(weight, top, q, omega, data)
    # Where zero_moves the root is sought among the coordinates of zero weight, else among the others.
    lam = _multiplier(q, omega, radius)
    if not 0.0 <= lam < math.inf:
        return 1
    _finish(point, q, omega, lam, zero_moves, out, data)
    return 0


@njit(cache=True, nogil=True, error_model="numpy")
def _largest_weight(weight: Vector) -> tuple[float, int]:
    top = 0.0
    wrong = 0
    for i in range(weight.size):
        wrong += 0 if (weight[i] >= 0.0) & (weight[i] < math.inf) else 1
        top = max(top, weight[i])
    return top, wrong


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _squares(q: Vector) -> float:
    total = 0.0
    for i in range(q.size):
        total += q[i] * q[i]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _weights(weight: Vector, top: float, q: Vector, omega: Vector, data: Vector) -> tuple[float, bool]:
    """Fill `omega` for the coordinates to be moved, -1 for the others; return the radius left for them."""
    n = weight.size
    longest = 0.0
    for i in range(n):
        longest = max(longest, data[n + i])
    largest = 0.0
    for i in range(n):
        s = data[n + i] / longest
        omega[i] = (weight[i] / top) * s * s if top > 0.0 else 0.0
        largest = max(largest, omega[i])
    inside = 0.0
    zeros = 0
    for i in range(n):
        omega[i] = omega[i] / largest if largest > 0.0 else 0.0
        if omega[i] >= 1e-280:
            inside += q[i] * q[i]
        else:
            omega[i] = 0.0
            zeros += 1
    if zeros == 0:
        return 1.0, False
    if inside > 1.0:
        for i in range(n):
            omega[i] = omega[i] if omega[i] > 0.0 else -1.0
        return 1.0, False
    for i in range(n):
        s = data[n + i] / longest
        omega[i] = -1.0 if omega[i] > 0.0 else max(s * s, 1e-280)
    norm = math.sqrt(inside)
    return math.sqrt((1.0 - norm) * (1.0 + norm)), True


@njit(cache=True, nogil=True, error_model="numpy")
def _multiplier(q: Vector, omega: Vector, radius: float) -> float:
    """The root of |z(lam)| = radius over the coordinates with omega > 0; NaN when Newton does not settle."""
    lam = 0.0
    if radius == 0.0:
        return 1e300
    for i in range(q.size):
        if omega[i] > 0.0:
            lam = max(lam, omega[i] * (abs(q[i]) / radius - 1.0))
    result = math.nan
    steps = 0
    while steps < _MAX_STEPS:
        steps += 1
        squares, slope = _secular(q, omega, lam)
        excess = math.sqrt(squares) / radius - 1.0
        step = excess * squares / slope if excess > 0.0 else 0.0
        lam += step
        if step <= _LAST_STEP * lam or excess <= 2.0 * _EPS:
            result = lam
            steps = _MAX_STEPS
    return result


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _secular(q: Vector, omega: Vector, lam: float) -> tuple[float, float]:
    """|z(lam)|^2 and sum_i z_i^2/(omega_i + lam), minus half its derivative."""
    squares = 0.0
    slope = 0.0
    for i in range(q.size):
        moves = omega[i] > 0.0
        w = omega[i] if moves else 0.0
        inverse = 1.0 / (w + lam) if moves else 0.0
        z = (q[i] * w) * inverse
        z2 = z * z
        squares += z2
        slope += z2 * inverse
    return squares, slope


@njit(cache=True, nogil=True, error_model="numpy")
def _finish(
    point: Vector, q: Vector, omega: Vector, lam: float, zero_moves: bool, out: Vector, data: Vector
) -> None:
    n = point.size
    for i in range(n):
        w = omega[i]
        if w < 0.0:
            out[i] = point[i] if zero_moves else data[i]
        elif lam < w:
            # From the point where it hardly moves, from the centre where little is left of q: no digits lost.
            out[i] = point[i] - (point[i] - data[i]) * (lam / (w + lam))
        else:
            out[i] = data[i] + data[n + i] * (q[i] * (w / (w + lam)))
