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
* in a game most rows stay active from round to round, so the method begins with those on which the last
  point lies, as far as their multipliers are nonnegative;
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
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Index = NDArray[np.int64]

_EPS = 2.220446049250313e-16
# A difference is zero when it is below this multiple of the terms it is made of: some roundings of each.
_ZERO = 256.0 * _EPS
# A dependent row violated by less than this, relative to its terms, is consistent up to rounding.
_CONSISTENT = 1e-9
# A row is worth beginning with when the last point is this close to it, relative to its terms.
_TOUCHES = 1e-9
_ZERO_WEIGHT = 1e-20


@njit(cache=True, nogil=True, error_model="numpy")
def project_polytope(point: Vector, weight: Vector, out: Vector, work: Vector, data: Vector) -> int:
    """`data` is (m, origin, A by rows, b - A origin), no row zero; `work` has 3 d^2 + 11 d + m entries.

    The origin is a point near the set: measured from there, positions and bounds keep their digits.
    """
    d = point.size
    m = int(data[0])
    origin = data[1 : 1 + d]
    near = work[:d]
    wrong = 0
    for j in range(d):
        fine = (abs(point[j]) < math.inf) & (weight[j] >= 0.0) & (weight[j] < math.inf)
        wrong += 0 if fine else 1
        near[j] = point[j] - origin[j]
        out[j] -= origin[j]
    if wrong > 0:
        return 2
    code = 1
    for attempt in range(2):
        if code != 0:
            # With True and False for the last argument, numba would compile `_project` twice.
            code = _project(near, weight, out, work[d:], data[1 + d :], m, attempt == 0)
    for j in range(d):
        # A coordinate that did not move keeps its digits.
        out[j] = point[j] if out[j] == near[j] else origin[j] + out[j]
    return code


@njit(cache=True, nogil=True, error_model="numpy")
def _project(
    point: Vector, weight: Vector, out: Vector, work: Vector, data: Vector, m: int, warm: bool
) -> int:
    """The projection for positions measured from the origin; `data` is (A by rows, b - A origin).

    warm: whether to begin with the rows that `out`, as it is on entry, lies on.
    """
    d = point.size
    rows = data[: m * d].reshape((m, d))
    b = data[m * d : m * d + m]
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
    # 0 free, 1 active, 2 dependent on active rows and satisfied up to rounding, 3 to begin with.
    status = np.zeros(m, np.int64)
    active = np.empty(d, np.int64)
    pivots = np.empty(d, np.int64)
    for i in range(m):
        norms[i] = -1.0
        if warm:
            value, terms = _violation(rows, b, out, out, i)
            status[i] = 3 if abs(value) <= _TOUCHES * terms else 0
    k = _begin(
        rows, b, point, sigma, status, active, table, inverse, factor, target, shift, multiplier, pivots, row,
        reduced, solved, size, out,
    )  # fmt: skip
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
                adding = False
                negative = 0
                # A multiplier that is the small difference of huge ones may prove negative only now.
                while negative >= 0:
                    _factorise(table, factor, k)
                    negative = _settle(
                        rows, b, point, sigma, active, k, table, inverse, factor, target, shift, multiplier,
                        solved, size, out,
                    )  # fmt: skip
                    if negative >= 0:
                        k = _drop(
                            rows, b, point, sigma, status, active, negative, k, table, inverse, target,
                            pivots, multiplier, step, reduced, size,
                        )  # fmt: skip
            else:
                for i in range(k):
                    multiplier[i] -= partial * change[i]
                if free:
                    for j in range(d):
                        shift[j] -= partial * step[j]
                        out[j] = point[j] + sigma[j] * shift[j]
                k = _drop(
                    rows, b, point, sigma, status, active, blocking, k, table, inverse, target, pivots,
                    multiplier, step, reduced, size,
                )  # fmt: skip
                _factorise(table, factor, k)
    return code


@njit(cache=True, nogil=True, error_model="numpy")
def _begin(
    rows: Vector, b: Vector, point: Vector, sigma: Vector, status: Index, active: Index, table: Vector,
    inverse: Vector, factor: Vector, target: Vector, shift: Vector, multiplier: Vector, pivots: Index,
    row: Vector, reduced: Vector, solved: Vector, size: Vector, out: Vector,
) -> int:  # fmt: skip
    """Activate independent rows of status 3, without those whose multiplier is negative; how many are left.

    The method may start from the minimiser on any rows whose multipliers are nonnegative.
    """
    d = point.size
    k = 0
    negative = 0
    while negative >= 0:
        k = 0
        for i in range(b.size):
            if status[i] == 3:
                for j in range(d):
                    row[j] = rows[i, j] * sigma[j]
                status[i] = 0
                if k < d and _reduce(row, table, pivots, k, reduced, size):
                    value, _ = _violation(rows, b, point, point, i)
                    _append(reduced, row, -value, table, inverse, target, pivots, k)
                    active[k] = i
                    status[i] = 1
                    k += 1
        _factorise(table, factor, k)
        negative = _settle(
            rows, b, point, sigma, active, k, table, inverse, factor, target, shift, multiplier, solved, size,
            out,
        )  # fmt: skip
        if negative >= 0:
            for r in range(k):
                status[active[r]] = 3 if multiplier[r] > 0.0 else 0
    return k


@njit(cache=True, nogil=True, error_model="numpy")
def _scales(weight: Vector, sigma: Vector) -> None:
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


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _violation(rows: Vector, b: Vector, y: Vector, point: Vector, i: int) -> tuple[float, float]:
    """a_i y - b_i, and the size of its terms; y carries some rounding of the rounding of `point`."""
    value = -b[i]
    size = abs(b[i])
    for j in range(y.size):
        term = rows[i, j] * y[j]
        value += term
        size += abs(term) + 16.0 * _EPS * abs(rows[i, j] * point[j])
    return value, size


@njit(cache=True, nogil=True, error_model="numpy")
def _most_violated(
    rows: Vector, b: Vector, y: Vector, point: Vector, sigma: Vector, norms: Vector, status: Index
) -> int:
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
def _reduce(row: Vector, table: Vector, pivots: Index, k: int, reduced: Vector, size: Vector) -> bool:
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


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _direction(
    row: Vector,
    reduced: Vector,
    free: bool,
    table: Vector,
    inverse: Vector,
    factor: Vector,
    pivots: Index,
    k: int,
    step: Vector,
    solved: Vector,
    change: Vector,
    size: Vector,
) -> float:
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
    for r in range(k):
        part = row[pivots[r]]
        for i in range(k):
            change[i] += (part + solved[r]) * inverse[r, i]
            size[i] += (abs(part) + abs(solved[r])) * abs(inverse[r, i])
    length = 0.0
    for j in range(d):
        length += reduced[j] * step[j]
    return length


@njit(cache=True, nogil=True, error_model="numpy")
def _blocking(multiplier: Vector, change: Vector, size: Vector, k: int) -> tuple[int, float]:
    """The active row whose multiplier reaches zero first, and the step where it does; -1 and inf if none."""
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
def _append(
    reduced: Vector,
    row: Vector,
    residual: float,
    table: Vector,
    inverse: Vector,
    target: Vector,
    pivots: Index,
    k: int,
) -> None:
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
    for r in range(k):
        part = row[pivots[r]]
        if part != 0.0:
            residual -= part * target[r]
            for i in range(k):
                inverse[k, i] -= part * inverse[r, i]
    for i in range(k):
        inverse[k, i] *= scale
    inverse[k, k] = scale
    target[k] = residual * scale
    for j in range(d):
        table[k, j] = reduced[j] * scale
    table[k, pivot] = 1.0
    for r in range(k):
        part = table[r, pivot]
        if part != 0.0:
            for j in range(d):
                table[r, j] -= part * table[k, j]
            table[r, pivot] = 0.0
            for i in range(k + 1):
                inverse[r, i] -= part * inverse[k, i]
            target[r] -= part * target[k]
    pivots[k] = pivot


@njit(cache=True, nogil=True, error_model="numpy")
def _drop(
    rows: Vector, b: Vector, point: Vector, sigma: Vector, status: Index, active: Index, place: int, k: int,
    table: Vector, inverse: Vector, target: Vector, pivots: Index, multiplier: Vector, row: Vector,
    reduced: Vector, size: Vector,
) -> int:  # fmt: skip
    """Free the active row at `place` and make the Gauss-Jordan form of the others anew; returns k - 1."""
    status[active[place]] = 0
    for i in range(place, k - 1):
        active[i] = active[i + 1]
        multiplier[i] = multiplier[i + 1]
    for r in range(k - 1):
        q = active[r]
        for j in range(point.size):
            row[j] = rows[q, j] * sigma[j]
        _reduce(row, table, pivots, r, reduced, size)
        value, _ = _violation(rows, b, point, point, q)
        _append(reduced, row, -value, table, inverse, target, pivots, r)
    return k - 1


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _factorise(table: Vector, factor: Vector, k: int) -> None:
    """The Cholesky factor of table table' for the first k rows."""
    for i in range(k):
        for r in range(i + 1):
            total = 0.0
            for j in range(table.shape[1]):
                total += table[i, j] * table[r, j]
            for j in range(r):
                total -= factor[i, j] * factor[r, j]
            if r == i:
                factor[i, i] = math.sqrt(total)
            else:
                factor[i, r] = total / factor[r, r]


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(factor: Vector, k: int, x: Vector) -> None:
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
def _settle(
    rows: Vector,
    b: Vector,
    point: Vector,
    sigma: Vector,
    active: Index,
    k: int,
    table: Vector,
    inverse: Vector,
    factor: Vector,
    target: Vector,
    shift: Vector,
    multiplier: Vector,
    solved: Vector,
    size: Vector,
    out: Vector,
) -> int:
    """The projection onto the active hyperplanes and its multipliers, from the factors alone.

    Returns the place of the most negative multiplier relative to its terms, -1 when there is none.
    """
    d = point.size
    for i in range(k):
        solved[i] = target[i]
        multiplier[i] = 0.0
        size[i] = 0.0
    _solve(factor, k, solved)
    for j in range(d):
        shift[j] = 0.0
    for r in range(k):
        for j in range(d):
            shift[j] += solved[r] * table[r, j]
        for i in range(k):
            multiplier[i] -= solved[r] * inverse[r, i]
            size[i] += abs(solved[r] * inverse[r, i])
    negative = -1
    worst = -_ZERO
    for i in range(k):
        if multiplier[i] < worst * size[i]:
            worst = multiplier[i] / size[i]
            negative = i
        multiplier[i] = max(multiplier[i], 0.0)
    for j in range(d):
        out[j] = point[j] + sigma[j] * shift[j]
    # Once more with the residual of this point: a far point p costs its own rounding, not feasibility.
    for i in range(k):
        solved[i] = 0.0
    for i in range(k):
        value, _ = _violation(rows, b, out, point, active[i])
        for r in range(k):
            solved[r] -= inverse[r, i] * value
    _solve(factor, k, solved)
    for r in range(k):
        for j in range(d):
            out[j] += sigma[j] * (solved[r] * table[r, j])
    return negative
