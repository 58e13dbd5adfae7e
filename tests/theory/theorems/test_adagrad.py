"""AdaGrad's printed bounds: both sides by hand and in numpy, controls, and the two that fall."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import S

from bounds.certificates.certify import excess
from bounds.verdict import Verdict
from paper_checks.atlas.duchi2011 import EXHIBITS
from point_games import assert_sides, clipped, found
from theory.algorithms.adagrad import ADAGRAD, ADAGRAD_NO_EPS
from theory.scaling import degrees
from theory.theorems.adagrad import (
    ADAGRAD_RDA,
    MD,
    MD_COROLLARY,
    MD_COROLLARY_DELTA,
    MD_DELTA,
    MD_FULL,
    RDA,
    RDA_COROLLARY,
    RDA_FULL,
)

ROWS = np.array([[1.0, -2.0], [0.5, 1.0], [-2.0, 0.0], [1.0, 1.0], [0.25, -1.0]])
Z = np.array([-1.0, 0.5])
LENGTHS = np.sqrt((ROWS**2).sum(axis=0)).sum()
# (theorem, a game of one round with lhs/rhs above the factor, the factor)
EDGE = [
    (RDA, {"start": [0], "z": [-1], "alpha": 1.0, "eps": 1.0}, "33/100"),
    (RDA_COROLLARY, {"start": [0], "z": [-1], "alpha": 1.0, "eps": 1.0}, "33/100"),
    (RDA_FULL, {"start": [0], "z": [-1], "alpha": 1.0, "eps": 1.0}, "33/100"),
    (MD, {"start": [1], "z": [-1], "alpha": 1.5}, "7/10"),
    (MD_COROLLARY, {"start": [1], "z": [-1], "alpha": 1.5}, "33/50"),
    (MD_FULL, {"start": [0], "z": [-1], "alpha": 0.75, "eps": 0.0}, "7/10"),
]


@pytest.mark.parametrize(("theorem", "game", "factor"), EDGE, ids=[e[0].id for e in EDGE])
def test_one_round_comes_as_near_as_its_ratio(theorem, game, factor) -> None:
    """The bound is not violated, and falls when it is multiplied by the factor."""
    assert found(theorem, [[1.0]], **game).verdict is not Verdict.VIOLATED
    assert found(theorem, [[1.0]], factor=factor, **game).verdict is Verdict.VIOLATED


def test_both_sides_of_mirror_descent() -> None:
    """Replayed in numpy for two coordinates."""
    points = clipped(
        lambda t, x, seen: x - 0.3 * seen[-1] / np.sqrt((seen**2).sum(axis=0)), ROWS, [0.5, 0.25]
    )
    far = np.abs(Z - points[:-1]).max()
    assert_sides(
        found(MD, ROWS, start=[0.5, 0.25], z=Z, alpha=0.3),
        (ROWS * (points[:-1] - Z)).sum(),
        far**2 * LENGTHS / (2 * 0.3) + 0.3 * LENGTHS,
    )


def test_both_sides_of_dual_averaging() -> None:
    """Replayed in numpy for two coordinates, with delta = 2, the largest gradient."""
    points = clipped(
        lambda t, x, seen: -0.5 * seen.sum(axis=0) / (2 + np.sqrt((seen**2).sum(axis=0))), ROWS, [0, 0]
    )
    given = {"start": [0, 0], "z": Z, "alpha": 0.5, "eps": 2.0}
    left = (ROWS * (points[:-1] - Z)).sum()
    assert_sides(found(RDA, ROWS, **given), left, 2 / 0.5 * (Z @ Z) + (1 / 0.5 + 0.5) * LENGTHS)
    larger = {**given, "alpha": 1.0}
    assert found(RDA_COROLLARY, ROWS, **larger).rhs[-1] == pytest.approx(2 * LENGTHS + 2 * 1.5, rel=1e-12)


@pytest.mark.parametrize(
    ("theorem", "change", "words"),
    [
        (RDA, {"eps": 0.5}, "delta"), (RDA, {"start": [0.5]}, "x_1"),
        (RDA_COROLLARY, {"alpha": 0.5}, "alpha"), (MD_FULL, {"z": [-3]}, "z lies"),
    ],
)  # fmt: skip
def test_outside_the_assumptions_nothing_is_said(theorem, change, words) -> None:
    """A small delta, another start, a step below ||z||_inf, a point outside X."""
    given = {"start": [0], "z": [-1], "alpha": 1.0, "eps": 1.0, **change}
    broken = found(theorem, [[1.0]], **given)
    assert broken.verdict is Verdict.ASSUMPTION_BROKEN
    assert words in broken.reason


def test_a_matrix_is_a_number_only_for_one_coordinate() -> None:
    """Theorem 7 is stated for d = 1 alone."""
    shown = found(RDA_FULL, ROWS, start=[0, 0], z=Z, alpha=1.0, eps=2.0)
    assert shown.verdict is Verdict.ASSUMPTION_BROKEN


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda e: e.name)
def test_a_large_delta_breaks_mirror_descent(exhibit) -> None:
    """Certified in balls; one round less is no violation, nor is delta = 0."""
    shown = exhibit.counterexample
    assert excess(shown) > 0
    game = shown.game
    values = {name: float(q) for name, q in game.parameters.items()}
    rows = [[1.0]] * game.horizon
    asked = found(shown.theorem, rows, start=[0], z=[-1], **values)
    assert (asked.verdict, asked.first_violation) == (Verdict.VIOLATED, game.horizon)
    repaired = {MD_DELTA.id: MD, MD_COROLLARY_DELTA.id: MD_COROLLARY}[shown.theorem.id]
    assert found(repaired, rows, start=[0], z=[-1], alpha=values["alpha"]).verdict is not Verdict.VIOLATED


@pytest.mark.parametrize(
    ("theorem", "recurrence"),
    [(RDA, ADAGRAD_RDA), (RDA_FULL, ADAGRAD_RDA), (MD, ADAGRAD_NO_EPS), (MD_FULL, ADAGRAD)],
    ids=lambda v: getattr(v, "id", ""),
)
def test_the_bounds_scale_like_a_regret(theorem, recurrence) -> None:
    """f -> c f and x -> x/s; n copies of a coordinate do not keep ||z||_inf S in balance otherwise."""
    table = degrees(theorem, "stated", recurrence)
    assert all(f.homogeneous for f in table.findings[:2])
    assert S.One in {d.power for d in table.rows[-1].degrees}
