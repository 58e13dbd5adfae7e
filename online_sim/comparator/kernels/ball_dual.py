"""Dual coordinate ascent: a sum of functions max(0, rise_j + turn_j <a_j, y>) over the ball |y| <= radius.

With shares alpha_j in [0, 1] a function is the largest of alpha_j (rise_j + turn_j <a_j, y>). Around a centre
z (proximal point, Rockafellar 1976) the problem is

    min over |y| <= R of sum_j max(0, rise_j + turn_j <a_j, y>) + <tilt, y> + damping/2 |y - z|^2,

whose minimiser for fixed shares is y = v min(1, R/|v|) with v = z - w/damping and
w = tilt + sum_j alpha_j turn_j a_j. A row's share is set to the exact maximiser of the dual, in closed form
inside the ball and on its border (Hsieh et al., A dual coordinate descent method for large-scale linear SVM,
2008, is the case without a ball). Where |v| > R and z = 0 the damping drops out, and this is ascent on the
dual of the plain problem.

Between two passes over all rows, only rows whose shares can move are visited. Nothing here is relied on: the
caller certifies the shares and y.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Wholes = NDArray[np.int64]

_INNER = 60
_PART = 0.1


@njit(cache=True, nogil=True, error_model="numpy")
def ball_dual(
    numbers: Array,
    columns: Wholes,
    starts: Wholes,
    squares: Array,
    rise: Array,
    turn: Array,
    tilt: Array,
    radius: float,
    damping: float,
    goal: float,
    passes: int,
    y: Array,
    share: Array,
) -> tuple[float, int]:
    """(the gap of y and the shares in the plain problem, the passes over all rows).

    y and share are changed in place. y: (d,), on entry the proximal centre; squares: |a_j|^2; goal: the gap
    asked for.
    """
    n, d = rise.size, y.size
    z, w, v = y.copy(), np.empty(d), np.empty(d)
    active = np.empty(n, dtype=np.int64)
    order = np.uint64(88172645463325252)
    gap = math.inf
    for used in range(passes):
        # All sums anew: rounding does not pile up.
        w[:] = tilt
        for j in range(n):
            s = share[j] * turn[j]
            if s != 0.0:
                for k in range(starts[j], starts[j + 1]):
                    w[columns[k]] += s * numbers[k]
        size = 0.0
        for i in range(d):
            v[i] = z[i] - w[i] / damping
            size += v[i] * v[i]
        length = math.sqrt(size)
        shrink = radius / length if length > radius else 1.0
        along, weight = 0.0, 0.0
        for i in range(d):
            y[i] = shrink * v[i]
            along += w[i] * y[i]
            weight += w[i] * w[i]
        # The gap is that of the shares at y, and that of y on the linear function w.
        away = along + radius * math.sqrt(weight)
        loose, count = 0.0, 0
        for j in range(n):
            u = 0.0
            for k in range(starts[j], starts[j + 1]):
                u += numbers[k] * y[columns[k]]
            u = rise[j] + turn[j] * u
            lost = max(u, 0.0) - share[j] * u
            loose += lost
            if lost > 0.0 or (0.0 < share[j] < 1.0):
                active[count] = j
                count += 1
        gap = loose + away
        if gap <= goal or (count == 0 and away <= 0.0):
            return gap, used + 1
        if loose <= 0.2 * away:  # a proximal step
            z[:] = y
            for i in range(d):
                v[i] = z[i] - w[i] / damping
            size = 0.0
            for i in range(d):
                size += v[i] * v[i]
        first = 0.0
        for sweep in range(_INNER):
            gained = 0.0
            for place in range(count):
                # Marsaglia's xorshift; rows are visited in an order drawn anew for each sweep.
                order ^= order << np.uint64(13)
                order ^= order >> np.uint64(7)
                order ^= order << np.uint64(17)
                other = place + np.int64(order % np.uint64(count - place))
                j = active[other]
                active[other] = active[place]
                active[place] = j
                c = turn[j] * turn[j] * squares[j]
                if c == 0.0:
                    share[j] = 1.0 if rise[j] > 0.0 else 0.0
                    continue
                b = 0.0
                for k in range(starts[j], starts[j + 1]):
                    b += numbers[k] * v[columns[k]]
                b *= turn[j]
                # v moves by -t turn a / damping; <turn a, v> = b - t c/damping.
                inside = min(1.0, radius / math.sqrt(size)) if size > 0.0 else 1.0
                u = rise[j] + inside * b
                lost = max(u, 0.0) - share[j] * u
                gained += lost
                if (u <= 0.0 and share[j] == 0.0) or (u >= 0.0 and share[j] == 1.0):
                    continue
                t = (rise[j] + b) / c * damping
                moved = size - 2.0 * t * b / damping + t * t * c / damping / damping
                if moved > radius * radius:
                    # On the border rise + radius p/|v| = 0 with p = b - t c/damping, |v|^2 = rest + p^2/c.
                    rest = max(size - b * b / c, 0.0)
                    steep = radius * radius - rise[j] * rise[j] / c
                    if steep > 0.0:
                        p = -rise[j] * math.sqrt(rest / steep)
                        t = (b - p) / c * damping
                    else:
                        t = 2.0 if rise[j] > 0.0 else -2.0
                new = min(max(share[j] + t, 0.0), 1.0)
                t = new - share[j]
                if t != 0.0:
                    share[j] = new
                    scaled = t * turn[j] / damping
                    for k in range(starts[j], starts[j + 1]):
                        v[columns[k]] -= scaled * numbers[k]
                    size += -2.0 * t * b / damping + t * t * c / damping / damping
            if sweep == 0:
                first = gained
            if gained <= _PART * first or gained <= 0.2 * goal:
                break
    return gap, passes
