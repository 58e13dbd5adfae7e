"""AdaGrad's printed bounds with a composite term: both sides by hand, controls, and the one that falls."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Rational

from bounds import falsify
from bounds.certificates.certify import excess
from bounds.formal import NotFormalizable, formalize
from bounds.verdict import Verdict
from paper_checks.atlas.duchi2011_composite import EXHIBITS
from point_games import assert_sides, clipped, found
from theory.algorithms.adagrad import ADAGRAD_NO_EPS
from theory.composites.l1 import L1
from theory.parameters import alpha
from theory.proximal_step import proximal
from theory.scaling import inhomogeneous
from theory.statement import Requires, Status
from theory.theorems.adagrad import ADAGRAD_RDA
from theory.theorems.adagrad_composite import (
    ADAGRAD_L1,
    ADAGRAD_RDA_L1,
    MD_DELTA_L1,
    MD_L1,
    MD_SQUARED_L2,
    RDA_COROLLARY_L1,
    RDA_L1,
)

ROWS = np.array([[1.0, -2.0], [0.5, 1.0], [-2.0, 0.0], [1.0, 1.0], [0.25, -1.0]])
Z = np.array([-1.0, 0.5])
LENGTHS = np.sqrt((ROWS**2).sum(axis=0)).sum()


def soft(u, k):
    """Soft thresholding."""
    return np.sign(u) * np.maximum(np.abs(u) - k, 0)


def l1(u):
    """phi for lam = 1/4."""
    return 0.25 * np.abs(u).sum(axis=-1)


def test_both_sides_of_mirror_descent():
    """Replayed in numpy: x - eta g/h, thresholded at eta lam/h."""

    def step(t, x, seen):
        h = np.sqrt((seen**2).sum(axis=0))
        return soft(x - 0.3 * seen[-1] / h, 0.3 * 0.25 / h)

    points = clipped(step, ROWS, [0, 0])
    far = np.abs(Z - points[:-1]).max()
    assert_sides(
        found(MD_L1, ROWS, start=[0, 0], z=Z, alpha=0.3, lam=0.25),
        (ROWS * (points[:-1] - Z)).sum() + l1(points[:-1]).sum() - 5 * l1(Z),
        far**2 * LENGTHS / (2 * 0.3) + 0.3 * LENGTHS,
    )


def test_both_sides_of_dual_averaging():
    """Replayed in numpy: the sum of the gradients is thresholded at t lam."""

    def step(t, x, seen):
        h = 2 + np.sqrt((seen**2).sum(axis=0))
        return -0.5 * soft(seen.sum(axis=0), t * 0.25) / h

    points = clipped(step, ROWS, [0, 0])
    given = {"start": [0, 0], "z": Z, "alpha": 0.5, "eps": 2.0, "lam": 0.25}
    left = (ROWS * (points[:-1] - Z)).sum() + l1(points[:-1]).sum() - 5 * l1(Z)
    assert_sides(found(RDA_L1, ROWS, **given), left, 2 / 0.5 * (Z @ Z) + (1 / 0.5 + 0.5) * LENGTHS)
    larger = found(RDA_COROLLARY_L1, ROWS, **{**given, "alpha": 1.0})
    assert larger.rhs[-1] == pytest.approx(2 * LENGTHS + 2 * 1.5, rel=1e-12)


def test_both_sides_with_the_squared_norm():
    """Replayed in numpy: (h x - eta g)/(h + eta lam), a coordinate without a gradient stays at 0."""
    rows = ROWS.copy()
    rows[:2, 1] = 0.0

    def step(t, x, seen):
        h = np.sqrt((seen**2).sum(axis=0))
        return (h * x - 0.3 * seen[-1]) / (h + 0.3 * 0.25)

    points = clipped(step, rows, [0, 0])
    lengths = np.sqrt((rows**2).sum(axis=0)).sum()
    phi = 0.125 * (points[:-1] ** 2).sum() - 5 * 0.125 * (Z @ Z)
    far = np.abs(Z - points[:-1]).max()
    assert_sides(
        found(MD_SQUARED_L2, rows, start=[0, 0], z=Z, alpha=0.3, lam=0.25),
        (rows * (points[:-1] - Z)).sum() + phi,
        far**2 * lengths / (2 * 0.3) + 0.3 * lengths,
    )


@pytest.mark.parametrize(
    ("theorem", "change", "words"),
    [
        (RDA_L1, {"eps": 0.5}, "delta"),
        (RDA_L1, {"start": [0.5]}, "x_1"),
        (RDA_COROLLARY_L1, {"alpha": 0.5}, "alpha"),
        (MD_L1, {"start": [0.5]}, "x_1"),
        (MD_SQUARED_L2, {"start": [0.5]}, "x_1"),
    ],
)
def test_outside_the_assumptions_nothing_is_said(theorem, change, words):
    """A run outside is told which assumption it breaks."""
    eps = {"eps": 1.0} if theorem in (RDA_L1, RDA_COROLLARY_L1) else {}
    given = {"start": [0], "z": [-1], "alpha": 1.0, "lam": 0.25, **eps, **change}
    check = found(theorem, [[1.0]], **given)
    assert check.verdict is Verdict.ASSUMPTION_BROKEN
    assert words in check.reason


def test_the_true_statement_survives_a_search_and_false_variations_fall():
    """Must-fail controls: from any start, a step that weighs phi with 1, and half of the constant."""
    asked = replace(MD_L1, id="control.asked", status=Status.PRINTED)
    anywhere = tuple(a for a in asked.assumptions if a.condition is not Requires.START_AT_ORIGIN)
    forgetful = proximal(ADAGRAD_NO_EPS, L1, weight=alpha / 100, name="AdaGrad that weighs phi with eta/100")
    half = replace(asked.readings[0], rhs=asked.readings[0].rhs * Rational(3, 5))
    cases = {
        "true": (asked, ADAGRAD_L1),
        "any start": (replace(asked, assumptions=anywhere), ADAGRAD_L1),
        "another weight": (replace(asked, algorithms=(forgetful,)), forgetful),
        "3/5 of the bound": (replace(asked, readings=(half,)), ADAGRAD_L1),
    }
    fallen = {
        name: falsify(theorem, "stated", algorithm, evaluations=20_000).violated
        for name, (theorem, algorithm) in cases.items()
    }
    assert fallen == {"true": False, "any start": True, "another weight": True, "3/5 of the bound": True}


# The plain test: mirror descent with another weight of phi falls, above.
def test_dual_averaging_weighs_phi_with_all_rounds():
    """Must-fail control: with the weight eta instead of eta t, phi is forgotten as t grows."""
    once = proximal(ADAGRAD_RDA, L1, weight=alpha, name="dual averaging with phi once")
    for algorithm, falls in ((once, True), (ADAGRAD_RDA_L1, False)):
        theorem = replace(RDA_L1, id="control.once", status=Status.PRINTED, algorithms=(algorithm,))
        assert falsify(theorem, "stated", algorithm, evaluations=40_000).violated is falls


def test_the_delta_of_algorithm_1_falls_with_phi_too():
    """The exhibit is certain; its Coq file is refused, as Coq's words have no phi."""
    (exhibit,) = EXHIBITS
    assert exhibit.counterexample.theorem is MD_DELTA_L1
    assert excess(exhibit.counterexample) > 0
    with pytest.raises(NotFormalizable, match="neither a regret"):
        formalize(exhibit.path.read_bytes())


@pytest.mark.parametrize("theorem", [MD_L1, MD_SQUARED_L2, RDA_L1, RDA_COROLLARY_L1], ids=lambda t: t.id)
def test_both_sides_scale_alike(theorem):
    """lam has the unit of a gradient."""
    assert inhomogeneous(theorem) == ()
