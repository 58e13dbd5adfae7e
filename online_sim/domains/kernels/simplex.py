"""Weighted projection onto the simplex {x >= 0, sum x = total}, and onto the l1 ball that reduces to it.

With u = 1/w the KKT conditions give x_i = max(0, p_i - lam u_i), and lam is the root of the convex,
decreasing, piecewise linear f(lam) = sum_i max(0, p_i - lam u_i) - total. Newton from the left of the
root never overshoots, drops coordinates for good, and is exact once the active set stops shrinking:
lam = (sum_A p_i - total)/(sum_A u_i). When a few coordinates are left they are packed together.

What `out` holds on entry is a guess: the coordinates expected to be positive are positive there, as those of
the last round's point mostly are in a game. Any guess gives the same result up to rounding.

Cancellation: x_i <= total gives the lower bound lam >= max_i (p_i - total) w_i. Subtracting it first, or a
larger bound, leaves q_i = p_i - bound*u_i <= total, so the sums are over numbers of the size of the result
whatever the size of the point or the span of the weights.

Zero weights (online_sim.domains.base): the coordinates of positive weight are projected onto
{x >= 0, sum x <= total} and those of zero weight share what is left by the plain projection. A weight
below 1e-280 of the largest counts as zero.

Codes: 0 done, 1 no convergence, 2 a point or weight that is NaN, negative, or beyond 1e140 in size.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Vector = NDArray[np.float64]

# Products of two numbers within [1/_LIMIT, _LIMIT] neither overflow nor lose digits.
_LIMIT = 1e140
_EPS = 2.220446049250313e-16
# Packing costs as much as several passes over everything, so it waits for _PASSES of them, and until only
# one coordinate in _PACK is left.
_PASSES = 7
_PACK = 5
# Some number is out of the range of the fast path.
_UNFIT = -1


@njit(cache=True, nogil=True, error_model="numpy")
def project_simplex(point: Vector, weight: Vector, out: Vector, work: Vector, data: Vector) -> int:
    """`data` is (total,); `work` has 6 d entries."""
    code: int = _share(point, weight, out, work, data[0], True)
    return code


@njit(cache=True, nogil=True, error_model="numpy")
def project_l1_ball(point: Vector, weight: Vector, out: Vector, work: Vector, data: Vector) -> int:
    """`data` is (radius, centre_1, ..., centre_d); `work` has 7 d entries."""
    n = point.size
    radius = data[0]
    size = work[:n]
    if _distances(point, data, size) <= radius:
        for i in range(n):
            out[i] = point[i]
        wrong: int = _bad_weights(weight)
        return wrong
    for i in range(n):
        out[i] = abs(out[i] - data[1 + i])
    code: int = _share(size, weight, out, work[n:], radius, False)
    for i in range(n):
        y = out[i] if point[i] > data[1 + i] else -out[i]
        out[i] = data[1 + i] + y
    return code


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _distances(point: Vector, data: Vector, size: Vector) -> float:
    """size = |point - centre|; returns its sum (NaN when an entry is)."""
    total = 0.0
    for i in range(point.size):
        size[i] = abs(point[i] - data[1 + i])
        total += size[i]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _share(point: Vector, weight: Vector, out: Vector, work: Vector, total: float, equality: bool) -> int:
    """Project onto {x >= 0, sum x = total}, or sum x <= total when not `equality`, for any weights >= 0."""
    n = point.size
    if not equality and _out_of_range(point, weight) == 0 and _positive_sum(point, n) <= total:
        for i in range(n):
            out[i] = max(point[i], 0.0)
        return 0
    code: int = _solve(point, weight, out, work, total)
    if code != _UNFIT:
        return code

    top = 0.0
    for i in range(n):
        if not (abs(point[i]) <= _LIMIT and 0.0 <= weight[i] < math.inf):
            return 2
        top = max(top, weight[i])
    packed_point, packed_weight, packed_out = work[3 * n : 4 * n], work[4 * n : 5 * n], work[5 * n : 6 * n]
    left = total
    # First the coordinates that weigh something, then the others with unit weights on what is left.
    for stage in range(2):
        k = 0
        for i in range(n):
            ratio = weight[i] / top * _LIMIT if top > 0.0 else 0.0
            if (ratio >= 1.0 / _LIMIT) == (stage == 0):
                packed_point[k] = point[i]
                packed_weight[k] = ratio if stage == 0 else 1.0
                packed_out[k] = 0.0
                k += 1
        taken = _positive_sum(packed_point, k)
        # An equation binds as soon as nobody else is there to take the rest.
        last = stage == 1 or k == n
        if k > 0 and left > 0.0 and (taken > left or (equality and last)):
            code = _solve(packed_point[:k], packed_weight[:k], packed_out[:k], work, left)
            if code != 0:
                return code
            left = 0.0
        elif k > 0:
            for j in range(k):
                packed_out[j] = max(packed_point[j], 0.0) if left > 0.0 else 0.0
            left -= taken
        k = 0
        for i in range(n):
            ratio = weight[i] / top * _LIMIT if top > 0.0 else 0.0
            if (ratio >= 1.0 / _LIMIT) == (stage == 0):
                out[i] = packed_out[k]
                k += 1
    return 0


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(point: Vector, weight: Vector, out: Vector, work: Vector, total: float) -> int:
    """The simplex with positive weights; `work` has at least 3 d entries: 1/w, then the packed q and 1/w."""
    n = point.size
    bound = _invert_and_bound(point, weight, work, total, out)
    count, sum_q, sum_u, unfit = _shift(point, work, bound, out)
    if unfit > 0:
        return _UNFIT
    # A point far away leaves q with the rounding errors of its own size; shifting again removes them.
    for _ in range(3):
        if sum_q < total * (1.0 - 4.0 * _EPS):
            bound = _invert_and_bound(out, weight, work, total, out)
            count, sum_q, sum_u, unfit = _shift(out, work, bound, out)
    if count == 0:
        return 1
    # Newton is monotone; rounding is kept from bringing back a light coordinate that has been dropped.
    lam = max(0.0, (sum_q - total) / sum_u)
    previous = count
    count, sum_q, sum_u = _active(out, 0, work, 0, n, lam)
    passes = 1
    while 0 < count < previous and (_PACK * count > n or passes < _PASSES):
        passes += 1
        lam = max(lam, (sum_q - total) / sum_u)
        previous = count
        count, sum_q, sum_u = _active(out, 0, work, 0, n, lam)
    if 0 < count < previous:
        k = 0
        for i in range(n):
            # A slot is written before it is known to count, and k <= i < n keeps it within the array.
            work[n + k] = out[i]
            work[2 * n + k] = work[i]
            k += 1 if out[i] - lam * work[i] > 0.0 else 0
        while 0 < count < previous:
            lam = max(lam, (sum_q - total) / sum_u)
            previous = count
            count, sum_q, sum_u = _active(work, n, work, 2 * n, k, lam)
    filled = _finish(out, work, lam)
    return 0 if abs(filled - total) <= 1e-9 * total else 1


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


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _positive_sum(point: Vector, n: int) -> float:
    total = 0.0
    for i in range(n):
        p = max(0.0, point[i])
        total += p
    return total


# `nnan` lets the maximum vectorise; `_shift` finds a NaN by itself, whatever the maximum then is.
@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nnan", "nsz"})
def _invert_and_bound(point: Vector, weight: Vector, inverse: Vector, total: float, guess: Vector) -> float:
    """inverse = 1/weight; returns a lower bound of the multiplier.

    It is the largest one of max_i (p_i - total) w_i and of (sum_A p_i - total)/sum_A u_i, once for all
    coordinates and once for those where `guess` is positive: f is at least the sum over any set A.
    """
    bound = -np.inf
    sum_p = 0.0
    sum_u = 0.0
    some_p = 0.0
    some_u = 0.0
    for i in range(point.size):
        u = 1.0 / weight[i]
        inverse[i] = u
        candidate = (point[i] - total) * weight[i]
        bound = max(bound, candidate)
        sum_p += point[i]
        sum_u += u
        likely = guess[i] > 0.0
        a = point[i] if likely else 0.0
        b = u if likely else 0.0
        some_p += a
        some_u += b
    bound = max(bound, (sum_p - total) / sum_u)
    return max(bound, (some_p - total) / some_u) if some_u > 0.0 else bound


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _shift(point: Vector, inverse: Vector, bound: float, out: Vector) -> tuple[int, float, float, int]:
    """out = point - bound*inverse, the sums over its positive entries, and how many numbers do not fit."""
    count = 0
    sum_q = 0.0
    sum_u = 0.0
    unfit = 0
    for i in range(point.size):
        p = point[i]
        u = inverse[i]
        # A weight that is 0, negative, NaN or infinite has no inverse in this range; twice, for rounding.
        fine = (u >= 0.5 / _LIMIT) & (u <= 2.0 * _LIMIT) & (abs(p) <= _LIMIT)
        unfit += 0 if fine else 1
        q = p - bound * u
        out[i] = q
        a = max(0.0, q)
        b = u if q > 0.0 else 0.0
        count += 1 if q > 0.0 else 0
        sum_q += a
        sum_u += b
    return count, sum_q, sum_u, unfit


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _active(
    q: Vector, q_first: int, inverse: Vector, u_first: int, n: int, lam: float
) -> tuple[int, float, float]:
    """How many of n entries have q - lam*inverse > 0, and the sums of q and inverse over them.

    The entries begin at q_first and u_first: a slice would cost more than the whole loop at small d.
    """
    count = 0
    sum_q = 0.0
    sum_u = 0.0
    for i in range(n):
        active = q[q_first + i] - lam * inverse[u_first + i] > 0.0
        a = q[q_first + i] if active else 0.0
        b = inverse[u_first + i] if active else 0.0
        count += 1 if active else 0
        sum_q += a
        sum_u += b
    return count, sum_q, sum_u


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _finish(out: Vector, inverse: Vector, lam: float) -> float:
    """out = max(0, out - lam*inverse); returns its sum."""
    total = 0.0
    for i in range(out.size):
        x = out[i] - lam * inverse[i]
        x = max(0.0, x)
        out[i] = x
        total += x
    return total
