"""Weighted projection onto the polytope {A x <= b} by a dual active-set method.

The method is Goldfarb and Idnani's (A numerically stable dual method for solving strictly convex quadratic
programs, Math. Programming 27, 1983, section 3) in the variables z = sqrt(w) y, where the Hessian is the
identity: start at the unconstrained minimiser p, add the most violated row, and keep the multipliers
u >= 0 by dropping rows on the way. The linear algebra is our own, made for weights of many decades:

* the active rows C = A_S diag(w)^(-1/2) are kept as T = E C in Gauss-Jordan form, pivoting on the largest
  entry of each new row, that is on the cheapest coordinate; entries of T are then of moderate size, and
  elimination keeps the relative accuracy of its small ones, which orthogonal factors lose;
* the correction onto the active rows is T' (T T')^(-1) E r, and T T' = I + M M' is well conditioned
  whatever the weights; the multipliers are -E' (T T')^(-1) E r;
* an entry that elimination should have made zero is recognised entry by entry, by the sizes of the terms
  it is the difference of, so dependent and duplicate rows are no trouble;
* a last correction with the residual of the active rows puts the point on them to rounding.

Zero weights (online_sim.domains.base) enter as weights 1e-40 times the smallest positive one: whatever
such a coordinate contributes beside a positive weight is then below the last bit, so the floating
result is that of the two-stage limit.

Codes: 0 done, 1 no convergence, 2 a point or weight that is not finite, or a negative weight, 3 the rows
have no common point.
"""

import math

import numpy as np
from numba import njit

_EPS = 2.220446049250313e-16
# A difference is zero when it is below this multiple of the terms it is made of: some roundings of each.
_ZERO = 256.0 * _EPS
# A dependent row violated by less than this, relative to its terms, is consistent up to rounding.
_CONSISTENT = 1e-9
_ZERO_WEIGHT = 1e-20


@njit(cache=True, nogil=True, error_model="numpy")
def project_polytope(point, weight, out, work, data):  # type: ignore[no-untyped-def]
    """`data` is (m, A by rows, b); `work` has 3 d^2 + 10 d + m entries. No row may be zero."""
    d = point.size
    m = int(data[0])
    rows = data[1 : 1 + m * d].reshape((m, d))
    b = data[1 + m * d : 1 + m * d + m]
    wrong = 0
    for j in range(d):
        fine = (abs(point[j]) < math.inf) & (weight[j] >= 0.0) & (weight[j] < math.inf)
        wrong += 0 if fine else 1
        out[j] = point[j]
    if wrong > 0:
        return 2
    table = work[: d * d].reshape((d, d))
    inverse = work[d * d : 2 * d * d].reshape((d, d))
    factor = work[2 * d * d : 3 * d * d].reshape((d, d))
    vectors = work[3 * d * d : 3 * d * d + 10 * d].reshape((10, d))
    norms = work[3 * d * d + 10 * d :]
    sigma = vectors[0]
    target = vectors[1]
    multiplier = vectors[2]
    reduced = vectors[3]
    step = vectors[4]
    row = vectors[5]
    shift = vectors[6]
    solved = vectors[7]
    size = vectors[8]
    change = vectors[9]
    _scales(weight, sigma)
    # 0 free, 1 active, 2 dependent on active rows and satisfied up to rounding.
    status = np.zeros(m, np.int64)
    active = np.empty(d, np.int64)
    pivots = np.empty(d, np.int64)
    for i in range(m):
        norms[i] = -1.0
    for j in range(d):
        shift[j] = 0.0
    k = 0
    limit = 100 + 20 * (m + d)
    rounds = 0
    code = 1
    while rounds < limit and code == 1:
        q = _most_violated(rows, b, out, point, sigma, norms, status)
        adding = q >= 0
        if q < 0:
            code = 0
        else:
            for j in range(d):
                row[j] = rows[q, j] * sigma[j]
        while adding and rounds < limit:
            rounds += 1
            free = _reduce(row, table, pivots, k, reduced, size)
            length = _direction(
                row, reduced, free, table, inverse, factor, pivots, k, step, solved, change, size
            )
            violation, terms = _violation(rows, b, out, point, q)
            full = violation / length if free else math.inf
            blocking, partial = _blocking(multiplier, change, size, k)
            if blocking < 0 and not free:
                # No multiplier can make room: the rows contradict each other, if only by rounding.
                status[q] = 2
                code = 1 if violation <= _CONSISTENT * terms else 3
                adding = False
            elif full <= partial:
                value, _ = _violation(rows, b, point, point, q)
                _append(reduced, row, -value, table, inverse, target, pivots, k)
                active[k] = q
                status[q] = 1
                k += 1
                _factorise(table, factor, k)
                _settle(
                    rows, b, point, sigma, active, k, table, inverse, factor, target, shift, multiplier, solved, out
                )
                adding = False
            else:
                for i in range(k):
                    multiplier[i] -= partial * change[i]
                if free:
                    for j in range(d):
                        shift[j] -= partial * step[j]
                        out[j] = point[j] + sigma[j] * shift[j]
                status[active[blocking]] = 0
                for i in range(blocking, k - 1):
                    active[i] = active[i + 1]
                    multiplier[i] = multiplier[i + 1]
                k -= 1
                _rebuild(rows, b, point, sigma, active, k, table, inverse, target, pivots, step, reduced, size)
                _factorise(table, factor, k)
    return code


@njit(cache=True, nogil=True, error_model="numpy")
def _scales(weight, sigma):  # type: ignore[no-untyped-def]
    """sigma_j = w_j^(-1/2) up to a factor, at most 1; coordinates of zero weight are far cheaper still."""
    least = math.inf
    zeros = 0
    for j in range(weight.size):
        if weight[j] > 0.0:
            least = min(least, weight[j])
        else:
            zeros += 1
    top = 1.0 if zeros == 0 else _ZERO_WEIGHT
    for j in range(weight.size):
        sigma[j] = top * math.sqrt(least / weight[j]) if weight[j] > 0.0 else 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def _violation(rows, b, y, point, i):  # type: ignore[no-untyped-def]
    """a_i y - b_i, and the size of its terms; y carries some rounding of the rounding of `point`."""
    value = -b[i]
    size = abs(b[i])
    for j in range(y.size):
        term = rows[i, j] * y[j]
        value += term
        size += abs(term) + 16.0 * _EPS * abs(rows[i, j] * point[j])
    return value, size


@njit(cache=True, nogil=True, error_model="numpy")
def _most_violated(rows, b, y, point, sigma, norms, status):  # type: ignore[no-untyped-def]
    """The free row whose hyperplane is farthest in the weighted norm, or -1 when none is violated."""
    best = -1
    farthest = 0.0
    slack = (4.0 + 0.5 * y.size) * _EPS
    for i in range(b.size):
        if status[i] == 0:
            value, size = _violation(rows, b, y, point, i)
            if value > slack * size:
                if norms[i] < 0.0:
                    squares = 0.0
                    for j in range(y.size):
                        squares += (rows[i, j] * sigma[j]) ** 2
                    norms[i] = math.sqrt(squares)
                distance = value / norms[i]
                if distance > farthest:
                    farthest = distance
                    best = i
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def _reduce(row, table, pivots, k, reduced, size):  # type: ignore[no-untyped-def]
    """Eliminate the pivot coordinates from `row` into `reduced`; returns whether anything is left."""
    d = row.size
    for j in range(d):
        reduced[j] = row[j]
        size[j] = abs(row[j])
    for i in range(k):
        part = row[pivots[i]]
        if part != 0.0:
            for j in range(d):
                term = part * table[i, j]
                reduced[j] -= term
                size[j] += abs(term)
    for i in range(k):
        reduced[pivots[i]] = 0.0
    left = False
    for j in range(d):
        value = reduced[j] if abs(reduced[j]) > _ZERO * size[j] else 0.0
        reduced[j] = value
        left |= value != 0.0
    return left


@njit(cache=True, nogil=True, error_model="numpy")
def _direction(row, reduced, free, table, inverse, factor, pivots, k, step, solved, change, size):  # type: ignore[no-untyped-def]
    """The part `step` of `row` orthogonal to the active rows, and the coefficients `change` of the rest.

    Returns |step|^2; `size` holds the sizes of the terms of `change`.
    """
    d = row.size
    for j in range(d):
        step[j] = reduced[j]
    for i in range(k):
        total = 0.0
        if free:
            for j in range(d):
                total += table[i, j] * reduced[j]
        solved[i] = total
    if free:
        _solve(factor, k, solved)
        for i in range(k):
            for j in range(d):
                step[j] -= solved[i] * table[i, j]
    for i in range(k):
        change[i] = 0.0
        size[i] = 0.0
    for l in range(k):
        part = row[pivots[l]]
        for i in range(k):
            change[i] += (part + solved[l]) * inverse[l, i]
            size[i] += (abs(part) + abs(solved[l])) * abs(inverse[l, i])
    length = 0.0
    for j in range(d):
        length += reduced[j] * step[j]
    return length


@njit(cache=True, nogil=True, error_model="numpy")
def _blocking(multiplier, change, size, k):  # type: ignore[no-untyped-def]
    """The active row whose multiplier reaches zero first, and the step at which it does; -1 and inf if none."""
    first = -1
    least = math.inf
    for i in range(k):
        if change[i] > _ZERO * size[i]:
            ratio = multiplier[i] / change[i]
            if ratio < least:
                least = ratio
                first = i
    return first, least


@njit(cache=True, nogil=True, error_model="numpy")
def _append(reduced, row, residual, table, inverse, target, pivots, k):  # type: ignore[no-untyped-def]
    """Add a row, already reduced, to the Gauss-Jordan form; `residual` is b_q - a_q p."""
    d = row.size
    pivot = 0
    for j in range(d):
        if abs(reduced[j]) > abs(reduced[pivot]):
            pivot = j
    scale = 1.0 / reduced[pivot]
    for i in range(k + 1):
        inverse[k, i] = 0.0
        inverse[i, k] = 0.0
    for l in range(k):
        part = row[pivots[l]]
        if part != 0.0:
            residual -= part * target[l]
            for i in range(k):
                inverse[k, i] -= part * inverse[l, i]
    for i in range(k):
        inverse[k, i] *= scale
    inverse[k, k] = scale
    target[k] = residual * scale
    for j in range(d):
        table[k, j] = reduced[j] * scale
    table[k, pivot] = 1.0
    for l in range(k):
        part = table[l, pivot]
        if part != 0.0:
            for j in range(d):
                table[l, j] -= part * table[k, j]
            table[l, pivot] = 0.0
            for i in range(k + 1):
                inverse[l, i] -= part * inverse[k, i]
            target[l] -= part * target[k]
    pivots[k] = pivot


@njit(cache=True, nogil=True, error_model="numpy")
def _rebuild(rows, b, point, sigma, active, k, table, inverse, target, pivots, row, reduced, size):  # type: ignore[no-untyped-def]
    """The Gauss-Jordan form of the first k active rows from scratch."""
    for l in range(k):
        q = active[l]
        for j in range(point.size):
            row[j] = rows[q, j] * sigma[j]
        _reduce(row, table, pivots, l, reduced, size)
        value, _ = _violation(rows, b, point, point, q)
        _append(reduced, row, -value, table, inverse, target, pivots, l)


@njit(cache=True, nogil=True, error_model="numpy")
def _factorise(table, factor, k):  # type: ignore[no-untyped-def]
    """The Cholesky factor of table table' for the first k rows."""
    for i in range(k):
        for l in range(i + 1):
            total = 0.0
            for j in range(table.shape[1]):
                total += table[i, j] * table[l, j]
            for j in range(l):
                total -= factor[i, j] * factor[l, j]
            if l == i:
                factor[i, i] = math.sqrt(total)
            else:
                factor[i, l] = total / factor[l, l]


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(factor, k, x):  # type: ignore[no-untyped-def]
    for i in range(k):
        total = x[i]
        for j in range(i):
            total -= factor[i, j] * x[j]
        x[i] = total / factor[i, i]
    for i in range(k - 1, -1, -1):
        total = x[i]
        for j in range(i + 1, k):
            total -= factor[j, i] * x[j]
        x[i] = total / factor[i, i]


@njit(cache=True, nogil=True, error_model="numpy")
def _settle(rows, b, point, sigma, active, k, table, inverse, factor, target, shift, multiplier, solved, out):  # type: ignore[no-untyped-def]
    """The projection onto the active hyperplanes and its multipliers, from the factors alone."""
    d = point.size
    for i in range(k):
        solved[i] = target[i]
        multiplier[i] = 0.0
    _solve(factor, k, solved)
    for j in range(d):
        shift[j] = 0.0
    for l in range(k):
        for j in range(d):
            shift[j] += solved[l] * table[l, j]
        for i in range(k):
            multiplier[i] -= solved[l] * inverse[l, i]
    for i in range(k):
        multiplier[i] = max(multiplier[i], 0.0)
    for j in range(d):
        out[j] = point[j] + sigma[j] * shift[j]
    # Once more with the residual of this point: a far point p costs its own rounding, not feasibility.
    for i in range(k):
        solved[i] = 0.0
    for i in range(k):
        value, _ = _violation(rows, b, out, point, active[i])
        for l in range(k):
            solved[l] -= inverse[l, i] * value
    _solve(factor, k, solved)
    for l in range(k):
        for j in range(d):
            out[j] += sigma[j] * (solved[l] * table[l, j])
