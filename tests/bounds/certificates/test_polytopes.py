"""Projections onto polytopes in balls: optimal in the metric, and the checker's where it has one."""

from fractions import Fraction as F

import numpy as np
import pytest

from ball_projections import projections
from bounds.certificates.certify import certain_sides
from bounds.games import (
    Block,
    Counterexample,
    ExactL1Ball,
    ExactPolytope,
    ExactSegment,
    ExactSimplex,
    LinearGame,
)
from theory.algorithms.registry import algorithms
from theory.theorems.adal import THEOREM1

SGD = algorithms()["SGD[schedule=constant]"]


def octahedron(radius) -> ExactPolytope:
    """The l1 ball of R^3 around 0, by its corners."""
    return ExactPolytope(tuple(ExactL1Ball((0, 0, 0), radius).extreme_points()))


POLYTOPES = {
    "triangle": ExactPolytope(((0, 0), (3, 1), (1, 2))),
    "square": ExactPolytope(((1, 1), (2, 1), (1, 2), (2, 2))),
    "a corner between": ExactPolytope(((0, 0), (2, 2), (1, 1), (0, 3))),
    "tetrahedron": ExactPolytope(((0, 0, 0), (1, 0, F(1, 2)), (0, 2, 0), (-1, 0, 1))),
    "octahedron": octahedron(2),
}
ROWS = [[F(int(v), 8) for v in row] for row in np.random.default_rng(3).integers(-30, 31, size=(12, 3))]


@pytest.mark.parametrize("metric", ["1", "1 + g ** 2"])
@pytest.mark.parametrize("name", sorted(POLYTOPES))
def test_a_projection_is_optimal(name: str, metric: str) -> None:
    """It lies in the hull, no corner lies on the near side of it, and its balls are narrow."""
    shape = POLYTOPES[name]
    rows = [row[: shape.dimension] for row in ROWS]
    inside = 0
    for row, balls in zip(rows, projections(shape, metric, rows), strict=True):
        assert all(float(ball.rad()) < 1e-25 for ball in balls)
        point = [float(ball) for ball in balls]
        weights = [1.0 if metric == "1" else float(1 + q * q) for q in row]
        near = shape.nearest(tuple(map(F, point)), 17)
        assert [float(u) for u in near] == pytest.approx(point, abs=1e-12)
        for corner in shape.corners:
            parts = zip(weights, row, point, corner, strict=True)
            # Weights up to 15 and distances up to 5.
            assert sum(w * (float(y) - p) * (float(v) - p) for w, y, p, v in parts) <= 1e-11
        inside += shape.contains(tuple(row))
    assert inside < len(rows)


def test_the_metric_matters() -> None:
    """The control: with other weights most of the points are others."""
    rows = [row[:2] for row in ROWS]
    plain, weighted = (projections(POLYTOPES["triangle"], metric, rows) for metric in ("1", "1 + g ** 2"))
    moved = [abs(float(a[0] - b[0])) > 1e-3 for a, b in zip(plain, weighted, strict=True)]
    assert sum(moved) > 2


def test_ties_are_narrow() -> None:
    """At a corner, on an edge, and on the border between two faces the balls stay narrow."""
    rows = [[F(0), F(0)], [F(3), F(1)], [F(3, 2), F(1, 2)], [F(6), F(2)], [F(2), F(4)]]
    for balls in projections(POLYTOPES["triangle"], "1", rows):
        assert all(float(ball.rad()) < 1e-15 for ball in balls)


@pytest.mark.parametrize(
    ("known", "corners"),
    [
        (ExactSimplex(3), ((1, 0, 0), (0, 1, 0), (0, 0, 1))),
        (ExactSegment((1, 0, 0), (0, F(1, 2), 2)), ((1, 0, 0), (0, F(1, 2), 2))),
        (ExactL1Ball((0, 0, 0), F(1, 2)), octahedron(F(1, 2)).corners),
    ],
)
def test_the_same_set_has_the_same_sides(known, corners) -> None:
    """AdaL over a simplex, a segment or an l1 ball, and over the hull of its corners."""
    given = {"alpha": F(1, 2), "beta1": F(1, 2), "beta2": F(9, 10), "eps": F(1, 10)}
    sides = []
    for shape in (known, ExactPolytope(corners)):
        start = shape.extreme_points()[0]
        game = LinearGame(algorithms()["AdaL"], given, shape, start, (Block(tuple(map(tuple, ROWS))),))
        sides.append(certain_sides(Counterexample(THEOREM1, "C", game), digits=12))
    # Rounded outwards to twelve digits.
    assert [float(q) for q in sides[1]] == pytest.approx([float(q) for q in sides[0]], rel=1e-11)
