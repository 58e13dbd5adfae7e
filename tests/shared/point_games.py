"""Games of statements against a fixed point z, every round recorded, and the same games in plain numpy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sympy import Rational

from bounds.evaluate import check
from online_sim.domains.box import Box
from online_sim.domains.simplex import Simplex
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.registry import algorithm
from theory.losses.linear import LINEAR
from theory.symbols import z as POINT

HALF_WIDTHS = np.array([1.0, 0.5])
"""The box of the random games is [-1, 1] x [-1/2, 1/2]."""


def found(theorem, rows, *, start, z, loss=LINEAR, factor=1, reading=None, **parameters):
    """The check of a reading, with its right side times a factor.

    On the box with half sides 1 for d = 1 and `HALF_WIDTHS` for d = 2, or on the simplex where the start has
    sum 1.
    """
    readings = tuple(replace(r, rhs=Rational(factor) * r.rhs) for r in theorem.readings)
    asked = replace(theorem, readings=readings)
    rows, start = np.atleast_2d(np.asarray(rows, dtype=float)), np.asarray(start, dtype=float)
    half = HALF_WIDTHS[: len(start)]
    domain = Simplex(len(start)) if np.isclose(sum(start), 1) and len(start) > 1 else Box(-half, half)
    stream = ArrayStream(rows) if loss.uses_stream else None
    game = Game(
        algorithm(theorem.algorithms[0]), loss, stream, domain, horizon=len(rows), parameters=parameters,
        start=start,
    )  # fmt: skip
    trace = play(
        game, record=asked.quantities, checkpoints="all", engine="numpy",
        vectors={POINT: np.asarray(z, dtype=float)},
    )  # fmt: skip
    return check(asked, reading or theorem.readings[0].key, trace)


def clipped(step, rows, start):
    """Points x_1, ..., x_{T+1} in the box; step: (t, x_t, rows up to t) -> the unprojected next point."""
    points = [np.asarray(start, dtype=float)]
    half = HALF_WIDTHS[: len(start)]
    for t in range(1, len(rows) + 1):
        points.append(np.clip(step(t, points[-1], rows[:t]), -half, half))
    return np.array(points)


def normalised(factor, rows, start):
    """Points in the simplex; factor: (t, g_t) -> what the weights are multiplied by."""
    points = [np.asarray(start, dtype=float)]
    for t, row in enumerate(rows, start=1):
        weights = points[-1] * factor(t, row)
        points.append(weights / weights.sum())
    return np.array(points)


def assert_sides(check, left, right):
    """Both sides of the last round are these numbers, to 1e-12: dozens of operations, each within 1e-16."""
    close = {"rel": 1e-12, "abs": 1e-12}
    middle = (check.lhs_lower[-1] + check.lhs_upper[-1]) / 2
    assert middle == pytest.approx(left, **close)
    assert check.rhs[-1] == pytest.approx(right, **close)
