"""Rigorous constants of ridge regression and of ridge logistic regression: L, and where the minimum lies.

f(x) = (1/n) sum_j phi(<r_j, x>, s_j) + lam ||x||_2^2/2 with lam > 0 is lam-strongly convex, so that for any x
and g = grad f(x)

    f(x) - ||g||_2^2/(2 lam) <= min f <= f(x),    ||x - x_*||_2 <= ||g||_2/lam.

x comes from Newton's method in floats; f(x) and g are computed in balls, so that nothing depends on how good
it is. L is a number c with c I - (bend/n) sum_j r_j r_j^T positive definite, which exact pivots decide, plus
lam.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf, lcm, nextafter
from operator import mul

import numpy as np

from bounds.prover.constants import PRECISION, ball_ends
from online_sim.borders import Floats

STEPS = 30
"""Newton steps; more than enough from 0 for these functions."""
MARGIN = 1e-9
"""The share by which the claimed largest eigenvalue exceeds the one found in floats."""

Ends = tuple[float, float]


@dataclass(frozen=True)
class Enclosed:
    """What is known of f.

    Args:
        smoothness: A valid L.
        modulus: A valid modulus of strong convexity.
        minimum: Bounds of min f.
        point: A point near the minimiser, (d,).
        radius: The largest distance of the minimiser from it.
    """

    smoothness: float
    modulus: float
    minimum: Ends
    point: Floats
    radius: float

    def distance(self, start: Floats) -> Ends:
        """Bounds of the l2 distance from a point to the minimiser."""
        from flint import arb, ctx

        with ctx.workprec(PRECISION):
            squares = sum(((arb(u) - arb(w)) ** 2 for u, w in zip(start, self.point, strict=True)), arb(0))
            low, high = ball_ends(squares.sqrt())
        return max(nextafter(low - self.radius, -inf), 0.0), nextafter(high + self.radius, inf)


def enclosed(rows: Floats, labels: Floats, lam: float, *, logistic: bool) -> Enclosed:
    """The constants of `paper_checks.atlas.ridge.RIDGE`, or of `RIDGE_LOGISTIC` with labels -1 and 1.

    Args:
        rows: The table, (n, d).
        labels: Its labels, (n,).
        lam: The weight of the square, positive; for `RIDGE` a float that stands for itself.
        logistic: Which of the two.
    """
    from flint import arb, ctx

    x = _newton(rows, labels, lam, logistic=logistic)
    n = len(rows)
    with ctx.workprec(PRECISION):
        point = [arb(u) for u in x]
        total, slope = arb(0), [arb(0)] * len(x)
        for row, label in zip(rows, labels, strict=True):
            r, s = [arb(u) for u in row], arb(label)
            u = sum((a * b for a, b in zip(r, point, strict=True)), arb(0))
            if logistic:
                grown = (-s * u).exp()
                total += (1 + grown).log()
                weight = -s * grown / (1 + grown)
            else:
                total += (u - s) ** 2 / 2
                weight = u - s
            slope = [g + weight * a for g, a in zip(slope, r, strict=True)]
        weight = arb(lam)
        slope = [g / n + weight * u for g, u in zip(slope, point, strict=True)]
        value = total / n + weight / 2 * sum((u * u for u in point), arb(0))
        square = sum((g * g for g in slope), arb(0))
        low, high = ball_ends(value - square / (2 * weight))[0], ball_ends(value)[1]
        radius = ball_ends((square / weight**2).sqrt())[1]
    bend = Fraction(1, 4) if logistic else Fraction(1)
    largest = float(np.linalg.eigvalsh(rows.T @ rows)[-1]) * float(bend) / n * (1 + MARGIN)
    if not exceeds(largest, rows, bend / n):
        raise ValueError(f"{largest} does not exceed the largest eigenvalue of the mean of r r^T")
    return Enclosed(nextafter(largest + lam, inf), lam, (low, high), x, radius)


def exceeds(c: float, rows: Floats, factor: Fraction) -> bool:
    """Whether c I - factor sum_j r_j r_j^T is positive definite: its exact pivots are positive."""
    table = [[Fraction(u) for u in row] for row in rows.tolist()]
    # Integers over one denominator: sums of fractions would reduce each term.
    whole = lcm(*(u.denominator for row in table for u in row))
    columns = [[int(u * whole) for u in column] for column in zip(*table, strict=True)]
    scale = factor / whole**2
    matrix = [[-scale * sum(map(mul, u, v)) for v in columns] for u in columns]
    d = len(columns)
    for k in range(d):
        matrix[k][k] += Fraction(c)
    for k in range(d):
        if matrix[k][k] <= 0:
            return False
        for i in range(k + 1, d):
            share = matrix[i][k] / matrix[k][k]
            for j in range(k, d):
                matrix[i][j] -= share * matrix[k][j]
    return True


def _newton(rows: Floats, labels: Floats, lam: float, *, logistic: bool) -> Floats:
    n, d = rows.shape
    x = np.zeros(d)
    for _ in range(STEPS if logistic else 2):
        u = rows @ x
        if logistic:
            chance = 1 / (1 + np.exp(labels * u))
            weight, bend = -labels * chance, labels**2 * chance * (1 - chance)
        else:
            weight, bend = u - labels, np.ones(n)
        slope = rows.T @ weight / n + lam * x
        hessian = (rows.T * bend) @ rows / n + lam * np.eye(d)
        x = x - np.linalg.solve(hessian, slope)
    return np.asarray(x)
