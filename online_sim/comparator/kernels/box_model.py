"""The second-order model of a cumulative loss over a box: conjugate gradients on the free coordinates.

The model <g, y - z> + (y - z)^T H (y - z)/2 with H = sum_j h_j a_j a_j^T + diag(bend) is minimised over
lower <= y <= upper. Coordinates that sit on a side against which their slope points are held; Newton's
equation for the others is solved by conjugate gradients with the diagonal as preconditioner, and the step is
clipped and halved until the model decreases (Bertsekas, Projected Newton methods for optimization problems
with simple constraints, 1982).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Table = NDArray[np.float64]
Wholes = NDArray[np.int64]

_FACES = 60
_STEPS = 400
_HALVINGS = 30
_PART = 0.3


@njit(cache=True, nogil=True, error_model="numpy")
def _times(
    numbers: Array,
    columns: Wholes,
    starts: Wholes,
    h: Array,
    bend: Array,
    matrix: Table,
    v: Array,
    out: Array,
) -> None:
    if matrix.size > 0:
        for i in range(v.size):
            out[i] = 0.0
        for i in range(v.size):
            if v[i] != 0.0:
                for k in range(v.size):
                    out[k] += v[i] * matrix[i, k]
        return
    for i in range(v.size):
        out[i] = bend[i] * v[i]
    for j in range(h.size):
        if h[j] > 0.0:
            u = 0.0
            for k in range(starts[j], starts[j + 1]):
                u += numbers[k] * v[columns[k]]
            u *= h[j]
            for k in range(starts[j], starts[j + 1]):
                out[columns[k]] += u * numbers[k]


@njit(cache=True, nogil=True, error_model="numpy")
def box_model(
    numbers: Array,
    columns: Wholes,
    starts: Wholes,
    h: Array,
    bend: Array,
    matrix: Table,
    gradient: Array,
    z: Array,
    lower: Array,
    upper: Array,
    target: float,
) -> Array:
    """The minimiser y, (d,), up to a Frank-Wolfe gap of `target`, or the best that was found.

    matrix: H, (d, d), or (0, 0) where products with the rows are to be used; then bend and h make it up.
    """
    d = z.size
    y, slope = z.copy(), gradient.copy()
    diagonal = bend.copy()
    for i in range(matrix.shape[0]):
        diagonal[i] = matrix[i, i]
    if matrix.size == 0:
        for j in range(h.size):
            for k in range(starts[j], starts[j + 1]):
                diagonal[columns[k]] += h[j] * numbers[k] * numbers[k]
    free = np.empty(d, dtype=np.bool_)
    p, rest, move = np.empty(d), np.empty(d), np.empty(d)
    bent, image, trial = np.empty(d), np.empty(d), np.empty(d)
    settled = False
    for _ in range(_FACES):
        gap, size, inner = 0.0, 0.0, 0.0
        for i in range(d):
            gap += max(slope[i] * (y[i] - lower[i]), slope[i] * (y[i] - upper[i]))
            held = (y[i] <= lower[i] and slope[i] >= 0.0) or (y[i] >= upper[i] and slope[i] <= 0.0)
            free[i] = not held
            if free[i]:
                size += abs(slope[i]) * (upper[i] - lower[i])
        if gap <= target:
            break
        # Conjugate gradients for H p = -slope on the free coordinates and 0 on the others.
        goal = 0.5 * target if settled else max(0.5 * target, _PART * size)
        for i in range(d):
            p[i], bent[i] = 0.0, 0.0
            rest[i] = -slope[i] if free[i] else 0.0
            move[i] = rest[i] / diagonal[i] if diagonal[i] > 0.0 else 0.0
            inner += rest[i] * move[i]
        for _step in range(_STEPS):
            _times(numbers, columns, starts, h, bend, matrix, move, image)
            curved = 0.0
            for i in range(d):
                curved += move[i] * image[i]
            if not curved > 0.0 or not inner > 0.0:
                break
            length = inner / curved
            left, after = 0.0, 0.0
            for i in range(d):
                bent[i] += length * image[i]
                if free[i]:
                    p[i] += length * move[i]
                    rest[i] -= length * image[i]
                    left += abs(rest[i]) * (upper[i] - lower[i])
                    if diagonal[i] > 0.0:
                        after += rest[i] * rest[i] / diagonal[i]
            if left <= goal:
                break
            ratio, inner = after / inner, after
            for i in range(d):
                if free[i]:
                    move[i] = (rest[i] / diagonal[i] if diagonal[i] > 0.0 else 0.0) + ratio * move[i]
        length, done, settled = 1.0, False, True
        for i in range(d):
            settled = settled and lower[i] <= y[i] + p[i] <= upper[i]
        for _halving in range(_HALVINGS):
            decrease = 0.0
            for i in range(d):
                trial[i] = min(max(y[i] + length * p[i], lower[i]), upper[i])
                move[i] = trial[i] - y[i]
                decrease += slope[i] * move[i]
            if settled and length == 1.0:
                image[:] = bent  # nothing was clipped: H p is known
            else:
                _times(numbers, columns, starts, h, bend, matrix, move, image)
            curved = 0.0
            for i in range(d):
                curved += move[i] * image[i]
            if decrease < 0.0 and decrease + 0.5 * curved <= 1e-4 * decrease:
                done = True
                break
            length *= 0.5
        if not done:
            break
        for i in range(d):
            y[i] = trial[i]
            slope[i] += image[i]
    return y
