"""Weighted projection onto the half-space {<a, x> <= b}.

Outside the set the KKT conditions give y_i = p_i - lam a_i/w_i with lam = (<a, p> - b)/sum_i a_i^2/w_i.
The smallest positive weight is divided out, so that every quotient w_min/w_i is at most 1 and no scale
of the weights overflows.

Zero weights (online_sim.domains.base): coordinates of zero weight with a_i != 0 can pay for the whole
violation; when there are any, only they move, as in the plain projection of their part.

Codes: 0 done, 2 a point or a weight that is not finite, or a negative weight.
"""

import math

from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def project_half_space(point, weight, out, work, data):  # type: ignore[no-untyped-def]
    """`data` is (b, a_1, ..., a_d) with max |a_i| in [1/2, 1); `work` is not used."""
    n = point.size
    excess = _excess(point, data)
    smallest = _smallest(weight, data)
    if _wrong(weight) > 0 or not math.isfinite(excess):
        return 2
    if excess <= 0.0:
        for i in range(n):
            out[i] = point[i]
        return 0
    # `out` keeps the quotients a_i/w_i until the multiplier is known.
    if smallest > 0.0:
        slope = _quotients(weight, smallest, out, data)
    else:
        slope = _quotients_of_zero_weights(weight, out, data)
    _step(point, excess / slope, out)
    return 0


# A sum in any order has the same error bound, and only so can the compiler use vector registers.
@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _excess(point, data):  # type: ignore[no-untyped-def]
    total = 0.0
    for i in range(point.size):
        total += data[1 + i] * point[i]
    return total - data[0]


@njit(cache=True, nogil=True, error_model="numpy")
def _wrong(weight):  # type: ignore[no-untyped-def]
    wrong = 0
    for i in range(weight.size):
        wrong += 0 if (weight[i] >= 0.0) & (weight[i] < math.inf) else 1
    return wrong


# `nnan` lets the minimum vectorise; NaN is refused beside it.
@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "nnan", "nsz"})
def _smallest(weight, data):  # type: ignore[no-untyped-def]
    """The smallest weight where a_i != 0."""
    smallest = math.inf
    for i in range(weight.size):
        w = weight[i] if data[1 + i] != 0.0 else math.inf
        smallest = w if w < smallest else smallest
    return smallest


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _quotients(weight, smallest, out, data):  # type: ignore[no-untyped-def]
    """out_i = a_i w_min/w_i; returns sum_i a_i out_i."""
    slope = 0.0
    for i in range(weight.size):
        a = data[1 + i]
        # A zero weight gets here only with a_i = 0, where 0/0 must not appear.
        w = weight[i] if a != 0.0 else 1.0
        v = a * (smallest / w)
        out[i] = v
        slope += a * v
    return slope


@njit(cache=True, nogil=True, error_model="numpy")
def _quotients_of_zero_weights(weight, out, data):  # type: ignore[no-untyped-def]
    slope = 0.0
    for i in range(weight.size):
        a = data[1 + i]
        out[i] = a if weight[i] == 0.0 else 0.0
        slope += a * out[i]
    return slope


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _step(point, lam, out):  # type: ignore[no-untyped-def]
    for i in range(point.size):
        out[i] = point[i] - lam * out[i]
