"""Weighted projection onto {l <= x <= u, <a, x> = b}.

The KKT conditions give y_i(lam) = clip(p_i - lam a_i/w_i, l_i, u_i), and <a, y(lam)> is a nonincreasing
piecewise linear function of lam that must equal b. First Newton steps kept inside a bracket, each one
vectorised pass; where they do not settle, variable fixing (Kiwiel, Variable fixing algorithms for the
continuous quadratic knapsack problem, J. Optim. Theory Appl. 136, 2008, section 3): solve as if no free
coordinate had bounds, then fix for good those the bounds hold on the side of the residual's sign. It ends
after at most d rounds and has no tolerance. Every a_i y_i is monotone in lam, hence sum_i |a_i| |error of
y_i| is at most the residual: no spread of the weights makes the root ill-conditioned.

Zero weights (online_sim.domains.base): as long as the coordinates of zero weight can meet the equation,
only they move; otherwise they sit at the ends of their intervals and the others pay the rest.

Codes: 0 done, 2 a point or weight that is not finite, or a negative weight.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Box = tuple[Vector, Vector, Vector]
"""(a, l, u), each (d,)."""

_EPS = 2.220446049250313e-16
_NEWTON_STEPS = 25
# Below this slope sum_i a_i^2/w_i (in units of the smallest weight) the quotients are rescaled.
_TINY = 1e-200


@njit(cache=True, nogil=True, error_model="numpy")
def project_box_hyperplane(point: Vector, weight: Vector, out: Vector, work: Vector, data: Vector) -> int:
    """`data` is (b, a, l, u) with max |a_i| in [1/2, 1); `work` has 3 d entries."""
    n = point.size
    a = data[1 : n + 1]
    lower = data[n + 1 : 2 * n + 1]
    upper = data[2 * n + 1 :]
    wrong = _wrong(point, weight)
    if wrong > 0:
        return 2
    total, scale = _clip(point, out, a, lower, upper)
    excess = total - data[0]
    if excess == 0.0:
        return 0
    # lam has the sign of the excess; with the normal turned around where it is negative, lam > 0.
    sign = 1.0 if excess > 0.0 else -1.0
    smallest = _smallest(weight, a)
    v = work[:n]
    if smallest > 0.0:
        _quotients(a, weight, sign, smallest, v)
        _solve(point, sign, data[0], scale + abs(data[0]), (a, lower, upper), out, v, work[n : 2 * n])
        return 0
    # Some coordinate with a_i != 0 has weight zero. Where the clip must move, can those pay it all?
    start = work[2 * n :]
    extreme = total
    payers = 0
    for i in range(n):
        if weight[i] == 0.0:
            if sign * a[i] > 0.0:
                extreme += a[i] * (lower[i] - out[i])
            elif sign * a[i] < 0.0:
                extreme += a[i] * (upper[i] - out[i])
        elif a[i] != 0.0:
            payers += 1
    if payers == 0 or sign * (extreme - data[0]) <= 0.0:
        for i in range(n):
            v[i] = sign * a[i] if weight[i] == 0.0 else 0.0
            start[i] = point[i] if weight[i] == 0.0 else out[i]
    else:
        least = math.inf
        for i in range(n):
            if weight[i] > 0.0 and a[i] != 0.0:
                least = min(least, weight[i])
        for i in range(n):
            v[i] = sign * a[i] * (least / weight[i]) if weight[i] > 0.0 else 0.0
            start[i] = point[i]
            if weight[i] == 0.0 and a[i] != 0.0:
                start[i] = lower[i] if sign * a[i] > 0.0 else upper[i]
    _solve(start, sign, data[0], scale + abs(data[0]), (a, lower, upper), out, v, work[n : 2 * n])
    return 0


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(
    p: Vector, sign: float, b: float, scale: float, box: Box, out: Vector, v: Vector, fixed: Vector
) -> None:
    """y = clip(p - lam v) with <a, y> = b, written to `out`; v_i = 0 keeps coordinate i at clip(p_i)."""
    a, lower, upper = box
    # Rounding of a sum of d terms of total size `scale`, at its usual square-root growth.
    enough = _EPS * scale * (2.0 + math.sqrt(p.size) / 8.0)
    lam = 0.0
    left = 0.0
    right = math.inf
    settled = False
    steps = 0
    while steps < _NEWTON_STEPS:
        steps += 1
        total, slope = _pass(p, lam, v, a, lower, upper)
        residual = sign * (total - b)
        slope *= sign
        if residual > 0.0:
            left = lam
        else:
            right = lam
        candidate = lam + residual / slope if slope > _TINY else -1.0
        # No step is taken unchecked: a tiny residual over a tiny slope moves coordinates of small weight far.
        settled = abs(residual) <= enough
        if not settled and left < candidate < right:
            lam = candidate
        else:
            steps = _NEWTON_STEPS
    if settled:
        _write(p, lam, v, lower, upper, out)
    else:
        _fix_variables(p, sign, b, box, out, v, fixed)


@njit(cache=True, nogil=True, error_model="numpy")
def _fix_variables(p: Vector, sign: float, b: float, box: Box, out: Vector, v: Vector, fixed: Vector) -> None:
    """Variable fixing; `fixed` holds 1.0 for a coordinate whose value in `out` is final."""
    a, lower, upper = box
    n = p.size
    rest = sign * b
    free = 0
    for i in range(n):
        fixed[i] = 1.0 if v[i] == 0.0 else 0.0
        if fixed[i] == 1.0:
            out[i] = min(max(p[i], lower[i]), upper[i])
            rest -= sign * a[i] * out[i]
        else:
            free += 1
    rounds = 0
    while free > 0 and rounds <= n:
        rounds += 1
        slope = _free_slope(a, v, fixed, sign)
        moved = 0.0
        for i in range(n):
            if fixed[i] == 0.0:
                moved += sign * a[i] * p[i]
        lam = (moved - rest) / slope
        residual = -rest
        clipped = 0
        for i in range(n):
            if fixed[i] == 0.0:
                y = p[i] - lam * v[i]
                out[i] = min(max(y, lower[i]), upper[i])
                clipped += 1 if out[i] != y else 0
                residual += sign * a[i] * out[i]
        before = free
        if clipped > 0:
            for i in range(n):
                if fixed[i] == 0.0:
                    # Compared: a fused product may make out - (p - lam v) nonzero where nothing is clipped.
                    y = p[i] - lam * v[i]
                    side = 1.0 if y < lower[i] else (-1.0 if y > upper[i] else 0.0)
                    held = sign * a[i] * side
                    if (held > 0.0 and residual > 0.0) or (held < 0.0 and residual < 0.0):
                        fixed[i] = 1.0
                        free -= 1
                        rest -= sign * a[i] * out[i]
        if free == before:
            free = 0


@njit(cache=True, nogil=True, error_model="numpy")
def _free_slope(a: Vector, v: Vector, fixed: Vector, sign: float) -> float:
    """sum_i a_i v_i over the free coordinates, with their largest quotient brought to 1 where it is tiny."""
    slope, largest = 0.0, 0.0
    for i in range(a.size):
        if fixed[i] == 0.0:
            slope += sign * a[i] * v[i]
            largest = max(largest, abs(v[i]))
    if slope < _TINY:  # only the ratios of the quotients matter
        slope = 0.0
        for i in range(a.size):
            if fixed[i] == 0.0:
                v[i] /= largest
                slope += sign * a[i] * v[i]
    return slope


@njit(cache=True, nogil=True, error_model="numpy")
def _wrong(point: Vector, weight: Vector) -> int:
    wrong = 0
    for i in range(point.size):
        fine = (abs(point[i]) < math.inf) & (weight[i] >= 0.0) & (weight[i] < math.inf)
        wrong += 0 if fine else 1
    return wrong


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "nnan", "nsz"})
def _smallest(weight: Vector, a: Vector) -> float:
    smallest = math.inf
    for i in range(weight.size):
        w = weight[i] if a[i] != 0.0 else math.inf
        smallest = min(smallest, w)
    return smallest


@njit(cache=True, nogil=True, error_model="numpy")
def _quotients(a: Vector, weight: Vector, sign: float, smallest: float, v: Vector) -> None:
    for i in range(a.size):
        # A zero weight gets here only with a_i = 0, where 0/0 must not appear.
        w = weight[i] if a[i] != 0.0 else 1.0
        v[i] = sign * a[i] * (smallest / w) if a[i] != 0.0 else 0.0


# A sum in any order has the same error bound, and only so can the compiler use vector registers.
@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nnan", "nsz"})
def _clip(p: Vector, out: Vector, a: Vector, lower: Vector, upper: Vector) -> tuple[float, float]:
    """out = clip(p); returns <a, out> and sum_i |a_i out_i|."""
    total = 0.0
    scale = 0.0
    for i in range(p.size):
        y = p[i]
        y = max(y, lower[i])
        y = min(y, upper[i])
        out[i] = y
        total += a[i] * y
        scale += abs(a[i] * y)
    return total, scale


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nnan", "nsz"})
def _pass(p: Vector, lam: float, v: Vector, a: Vector, lower: Vector, upper: Vector) -> tuple[float, float]:
    """<a, y(lam)> and sum of a_i v_i over the coordinates strictly between their bounds."""
    total = 0.0
    slope = 0.0
    for i in range(p.size):
        y = p[i] - lam * v[i]
        between = (y > lower[i]) & (y < upper[i])
        y = max(y, lower[i])
        y = min(y, upper[i])
        total += a[i] * y
        part = a[i] * v[i] if between else 0.0
        slope += part
    return total, slope


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nnan", "nsz"})
def _write(p: Vector, lam: float, v: Vector, lower: Vector, upper: Vector, out: Vector) -> None:
    for i in range(p.size):
        y = p[i] - lam * v[i]
        y = max(y, lower[i])
        out[i] = min(y, upper[i])
