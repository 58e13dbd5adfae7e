"""The projection of a point in a full metric, P_X^M(p) = argmin_{y in X} (y - p)^T M (y - p), for small d.

A set of half-spaces {y : A y <= b} takes the dual active-set method of Goldfarb and Idnani (Math. Programming
27, 1983): it begins at p and adds the row that is violated most, until none is. Around the centre of an l2
ball the coordinates are rotated until M is diagonal, and the set's own projection does the rest.

All of it works in any dtype of numpy, so that a run can be played again in longer floats.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from online_sim.domains.base import Domain

MOST_COORDINATES = 5
"""The most coordinates d of a full matrix."""
MOST_CHANGES = 1000
"""The most changes of the active rows; a set of few rows takes a dozen."""
ROTATIONS = 60
"""The most sweeps of Jacobi's method, which needs about six."""

Project = Callable[[Any, Any], Any]
"""The projection for diagonal weights: (point, weight), (d,) each, to a point (d,)."""


def refusal(domain: Domain | None, dimension: int) -> str | None:
    """Why there is no projection in a full metric, as the end of a sentence; None if there is one."""
    if dimension > MOST_COORDINATES:
        return f"there are {dimension} coordinates; play at most {MOST_COORDINATES}"
    if domain is not None and domain.half_spaces() is None and domain.rotation_centre() is None:
        return f"{domain.name} has no projection in it; play on a Box, L2Ball, Simplex or Polytope"
    return None


def eigen(matrix: Any) -> tuple[Any, Any]:
    """The eigenvalues (d,) and eigenvectors, the columns of (d, d), of a symmetric matrix: Jacobi's method.

    Args:
        matrix: Finite numbers, (d, d), of any dtype.

    Raises:
        RuntimeError: The matrix is not finite.
    """
    if not np.isfinite(matrix).all():
        raise RuntimeError("a full matrix is not finite")
    if matrix.dtype == np.float64:
        values, vectors = np.linalg.eigh(matrix)
        return values, vectors
    a, d = matrix.copy(), len(matrix)
    vectors = np.eye(d, dtype=a.dtype)
    eps = np.finfo(a.dtype).eps
    small = eps * np.abs(a).max()
    for _ in range(ROTATIONS):
        if np.abs(a - np.diag(np.diag(a))).max(initial=0) <= small * eps:
            break
        for p in range(d):
            for q in range(p + 1, d):
                if np.abs(a[p, q]) <= small * eps:
                    continue
                # The rotation by less than 45 degrees that makes a[p, q] zero.
                tau = (a[q, q] - a[p, p]) / (2 * a[p, q])
                tan = (1 if tau >= 0 else -1) / (np.abs(tau) + np.hypot(tau, 1))
                cos = 1 / np.sqrt(1 + tan * tan)
                turn = np.eye(d, dtype=a.dtype)
                turn[[p, q], [p, q]] = cos
                turn[p, q], turn[q, p] = tan * cos, -tan * cos
                a, vectors = turn.T @ a @ turn, vectors @ turn
    return np.diag(a).copy(), vectors


def project_in_metric(domain: Domain, point: Any, values: Any, vectors: Any, project: Project) -> Any:
    """P_X^M(point) for M = vectors diag(values) vectors^T.

    Args:
        domain: X, which `refusal` does not refuse.
        point: Finite numbers, (d,).
        values: Numbers > 0, (d,).
        vectors: Orthonormal columns, (d, d).
        project: The set's projection for diagonal weights, in the working precision.

    Returns:
        A point (d,), in X up to rounding.

    Raises:
        RuntimeError: The result is not the projection up to the rounding that M allows.
    """
    if (centre := domain.rotation_centre()) is not None:
        middle = centre.astype(point.dtype)
        found = middle + vectors @ (project(middle + vectors.T @ (point - middle), values) - middle)
    else:
        rows, bounds = (part.astype(point.dtype) for part in domain.half_spaces() or ())
        found = _active_set(point, (vectors / values) @ vectors.T, rows, bounds)
    _check(point, found, (vectors * values) @ vectors.T, values, project)
    return found


def _active_set(start: Any, inverse: Any, rows: Any, bounds: Any) -> Any:
    """The point with rows y <= bounds that is nearest to `start` in the metric whose inverse is given."""
    active: list[int] = []
    met: list[int] = []
    eps = np.finfo(start.dtype).eps
    multipliers = np.zeros(0, dtype=start.dtype)
    y = start
    for _ in range(MOST_CHANGES):
        room = 16 * eps * (np.abs(rows) @ (np.abs(start) + np.abs(y)) + np.abs(bounds))
        excess = rows @ y - bounds - room
        excess[active + met] = -np.inf
        new = int(np.argmax(excess))
        if excess[new] <= 0:
            return y
        added = start.dtype.type(0)
        while True:
            pushed = inverse @ rows[new]
            normals = rows[active]
            given = normals @ inverse
            share = solve(given @ normals.T, given @ rows[new])
            along = pushed - given.T @ share
            speed = rows[new] @ along
            moves = speed > 64 * eps * (rows[new] @ pushed)
            full = (rows[new] @ y - bounds[new]) / speed if moves else np.inf
            limits = np.where(share > 0, multipliers / np.where(share > 0, share, 1), np.inf)
            step = min(full, limits.min(initial=np.inf))
            if not np.isfinite(step):
                # A set is not empty: rounding alone violates a row that the active ones imply, such as the
                # second one of an equation.
                met.append(new)
                break
            if moves:
                y = y - step * along
            multipliers, added = multipliers - step * share, added + step
            if step == full:
                active.append(new)
                multipliers = np.append(multipliers, added)
                break
            out = int(np.argmin(limits))
            del active[out]
            multipliers = np.delete(multipliers, out)
        # Once more from the start, so that no errors add up.
        normals = rows[active]
        given = normals @ inverse
        y = start - given.T @ solve(given @ normals.T, normals @ start - bounds[active])
    raise RuntimeError("the active rows did not settle; please report the game")


def solve(matrix: Any, right: Any) -> Any:
    """The solution of a small system of equations in any dtype: elimination with the largest pivot.

    Args:
        matrix: Numbers, (n, n), not singular; n may be 0.
        right: Numbers, (n,).
    """
    a, b = matrix.copy(), right.copy()
    n = len(b)
    for k in range(n):
        pivot = k + int(np.argmax(np.abs(a[k:, k])))
        a[[k, pivot]], b[[k, pivot]] = a[[pivot, k]], b[[pivot, k]]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            a[i, k:] -= factor * a[k, k:]
            b[i] -= factor * b[k]
    for k in reversed(range(n)):
        b[k] = (b[k] - a[k, k + 1 :] @ b[k + 1 :]) / a[k, k]
    return b


def _check(point: Any, found: Any, metric: Any, values: Any, project: Project) -> None:
    """Refuse a point where M (point - found) is not normal to the set: its plain projection moves it."""
    force = metric @ (point - found)
    length = np.abs(force).max()
    distance = np.abs(point - found).max()
    eps = np.finfo(point.dtype).eps
    blur = eps * (np.abs(point).max() + np.abs(found).max())
    d = len(point)
    # `force` errs by the metric times the rounding of the points; the projection by its own, about eps.
    uncertain = d * values.max() * (d * eps * distance + 16 * blur)
    if length <= uncertain:
        return
    # In float64 the set's projection reaches about 1e-14 of the distance; the same source, no more in others.
    reach = distance / length
    moved = np.abs(project(found + reach * force, np.ones_like(found)) - found).max()
    condition = values.max() / values.min()
    room = reach * uncertain + (1e-12 + 64 * d * eps * condition) * distance + 64 * blur
    if not moved <= room:
        raise RuntimeError(
            f"the projection in a full metric errs by {float(moved):.3g}; its eigenvalues lie between "
            f"{float(values.min()):.3g} and {float(values.max()):.3g}: raise the smallest, delta say"
        )
