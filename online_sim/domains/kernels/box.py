"""Projection onto a box: the clip, for every diagonal weight. `data` is (lower, upper), one after the other.

Codes: 0 done, 2 a point or weight that is NaN, infinite or negative.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@njit(cache=True, nogil=True, error_model="numpy")
def project_box(point: Vector, weight: Vector, out: Vector, work: Vector, data: Vector) -> int:
    """Write the clip of `point` into `out`; `work` is not used."""
    n = point.size
    wrong = 0
    for i in range(n):
        p = point[i]
        fine = (abs(p) < math.inf) & (weight[i] >= 0.0) & (weight[i] < math.inf)
        wrong += 0 if fine else 1
        p = max(p, data[i])
        out[i] = min(p, data[n + i])
    return 0 if wrong == 0 else 2
