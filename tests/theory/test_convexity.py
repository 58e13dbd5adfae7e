"""Convexity that is seen is true, and what is not convex is never called so."""

from __future__ import annotations

import pytest
from sympy import Abs, Expr, Max, Min, Piecewise, Rational, cos, exp, log, sqrt

from theory.convexity import Curvature, curvature
from theory.quantities import Component, Dot, MeanRows, Norm1, Norm2Squared, SumCoords, softplus
from theory.symbols import Scalar, a, b, row, row_label, x

u = Dot(a, x)
c = Scalar("c", nonnegative=True)
SEEN: list[tuple[Expr, Curvature]] = [
    (Norm2Squared(a) + b, Curvature.CONSTANT),
    (3 * u - b, Curvature.AFFINE),
    (Component(x, 0) - 2 * Component(x, 1), Curvature.AFFINE),
    (Max(u, 2 * u, -1), Curvature.CONVEX),
    (Max(0, 1 - b * u) ** 2, Curvature.CONVEX),
    (c * Norm1(x - a) + (u - b) ** 4, Curvature.CONVEX),
    (softplus(Max(u, 2 * u)) - log(u), Curvature.CONVEX),
    (exp(u**2), Curvature.CONVEX),
    (MeanRows(softplus(-row_label * Dot(row, x))), Curvature.CONVEX),
    (-Min(u, 1), Curvature.CONVEX),
    (Min(u, -(u**2)), Curvature.CONCAVE),
    (-c * Norm2Squared(x), Curvature.CONCAVE),
    (
        SumCoords(Piecewise((-x - Rational(1, 2), x < -1), (x**2 / 2, x < 1), (x - Rational(1, 2), True))),
        Curvature.CONVEX,
    ),
]
UNSEEN: list[Expr] = [
    cos(u),
    Min(u, 2 * u) + u**2,
    b * u**2,
    1 / u**2,
    1 / u,
    -log(u**2),
    sqrt(u),
    u**3,
    u * Norm2Squared(x),
    Abs(u**2 - 1),
    (u**2 - 1) ** 2,
    exp(-(u**2)),
    SumCoords(Piecewise((-x, x < 0), (x, True))),
    SumCoords(Piecewise((x, x < 0), (-x, True))),
    SumCoords(Piecewise((x**2, x < 0), (x**2 - 1, True))),
    Max(u, cos(u)),
    Component(x, 0) * Component(x, 1),
]


@pytest.mark.parametrize(("e", "kind"), SEEN, ids=str)
def test_what_is_seen(e: Expr, kind: Curvature) -> None:
    """The rules that preserve convexity, and second derivatives of one variable."""
    assert curvature(e, x) is kind


@pytest.mark.parametrize("e", UNSEEN, ids=str)
def test_what_is_not_seen(e: Expr) -> None:
    """Must-fail controls: functions that are not convex, and some that no rule covers."""
    assert curvature(e, x) is Curvature.UNKNOWN
