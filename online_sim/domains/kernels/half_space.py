"""Weighted projection onto the half-space {<a, x> <= b}.

Outside the set the KKT conditions give y_i = p_i - lam a_i/w_i with lam = (<a, p> - b)/sum_i a_i^2/w_i.
The smallest positive weight is divided out, so that every quotient w_min/w_i is at most 1 and no scale
of the weights overflows.

Zero weights (online_sim.domains.base): coordinates of zero weight with a_i != 0 can pay for the whole
violation; when there are any, only they move, as in the plain projection of their part.

Codes: 0 done, 2 a point or a weight that is not finite, or a negative weight.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@njit(cache=True, nogil=True, error_model="numpy")
def project_half_space(point: Vector, weight: Vector, out: Vector, work: Vector, data: Vector) -> int:
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
    slope = _quotients(weight, smallest, out, data)
    _step(point, excess / slope, out)
    return 0


# A sum in any order has the same error bound, and only so can the compiler use vector registers.
@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _excess(point: Vector, data: Vector) -> float:
    total = 0.0
    for i in range(point.size):
        total += data[1 + i] * point[i]
    excess: float = total - data[0]
    return excess


@njit(cache=True, nogil=True, error_model="numpy")
def _wrong(weight: Vector) -> int:
    wrong = 0
    for i in range(weight.size):
        wrong += 0 if (weight[i] >= 0.0) & (weight[i] < math.inf) else 1
    return wrong


# `nnan` lets the minimum vectorise; `_excess` and `_wrong` find a NaN.
@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "nnan", "nsz"})
def _smallest(weight: Vector, data: Vector) -> float:
    """The smallest weight where a_i != 0."""
    smallest = math.inf
    for i in range(weight.size):
        w = weight[i] if data[1 + i] != 0.0 else math.inf
        smallest = min(smallest, w)
    return smallest


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _quotients(weight: Vector, smallest: float, out: Vector, data: Vector) -> float:
    """out_i = a_i w_min/w_i, with 1 for 0/0; returns sum_i a_i out_i."""
    slope = 0.0
    for i in range(weight.size):
        a = data[1 + i]
        w = weight[i] if weight[i] > 0.0 else 1.0
        # Where w_min = 0 only zero weights are left, and where it is not, a zero weight has a_i = 0.
        v = a * (smallest / w if weight[i] > 0.0 else 1.0)
        out[i] = v
        slope += a * v
    return slope


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _step(point: Vector, lam: float, out: Vector) -> None:
    for i in range(point.size):
        out[i] = point[i] - lam * out[i]
