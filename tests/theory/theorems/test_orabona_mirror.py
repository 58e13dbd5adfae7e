"""Mirror descent with three maps: both sides in numpy, controls that fall with certificates, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sympy import Abs, Integer, Rational, S, exp, log, sqrt

from bounds import certify, falsify
from bounds.certificates.checker import check_certificate
from bounds.verdict import Verdict
from levels import mostly_slow
from online_sim import Game, L2Ball, constant
from point_games import HALF_WIDTHS, assert_sides, clipped, found
from theory.algorithms.conformance import check_recurrence
from theory.algorithms.sgd import SGD, SGD_CONSTANT
from theory.composites.l1 import L1
from theory.loss import Loss, Shape
from theory.losses.linear import LINEAR
from theory.mirror_maps.entropy import ENTROPY
from theory.mirror_maps.euclidean import EUCLIDEAN
from theory.mirror_maps.fermi_dirac import FERMI_DIRAC, R
from theory.mirror_maps.hyperbolic_entropy import HYPERBOLIC_ENTROPY, b
from theory.mirror_maps.log_barrier import LOG_BARRIER
from theory.mirror_maps.mirror_map import MirrorMap
from theory.mirror_maps.registry import mirror_maps
from theory.mirror_maps.strong_convexity import Norm, strongly_convex
from theory.mirror_step import mirror_descent
from theory.parameters import ALPHA, alpha
from theory.proximal_step import proximal
from theory.quantities import Component, SumCoords
from theory.source import Source
from theory.statement import Requires, Status
from theory.step_sets import StepSet
from theory.symbols import g, t, x
from theory.theorems.experts import EXPONENTIAL, eta
from theory.theorems.orabona import EG
from theory.theorems.orabona_mirror import (
    THEOREM4_2_FERMI_DIRAC,
    THEOREM4_2_HYPERBOLIC,
    THEOREM4_2_LOG_BARRIER,
    THEOREM4_2_REGRET_FERMI_DIRAC,
    THEOREM4_2_REGRET_HYPERBOLIC,
    THEOREM4_2_REGRET_LOG_BARRIER,
    THEOREM6_11_CONSTANT_FERMI_DIRAC,
    THEOREM6_11_CONSTANT_HYPERBOLIC,
    THEOREM6_11_CONSTANT_LOG_BARRIER,
    THEOREM6_11_FERMI_DIRAC,
    THEOREM6_11_HYPERBOLIC,
    THEOREM6_11_LOG_BARRIER,
)

ROWS = np.array([[1.0, -2.0], [0.5, 1.0], [-2.0, 0.0], [1.0, 1.0], [0.25, -1.0]])
START, Z = np.array([0.25, -0.125]), np.array([-1.0, 0.5])
WIDE, SOFT = 1.5, 0.75


def _fermi_dirac(u):
    return ((WIDE + u) * np.log(WIDE + u) + (WIDE - u) * np.log(WIDE - u)) / 2


# By map: psi, psi', its inverse, lam, the parameter, and the four statements.
MAPS = {
    "fermi_dirac": (
        _fermi_dirac, lambda u: np.arctanh(u / WIDE), lambda y: WIDE * np.tanh(y), 1 / WIDE,
        {"radius": WIDE}, THEOREM6_11_FERMI_DIRAC, THEOREM6_11_CONSTANT_FERMI_DIRAC,
        THEOREM4_2_FERMI_DIRAC, THEOREM4_2_REGRET_FERMI_DIRAC,
    ),
    "log_barrier": (
        lambda u: -(WIDE**2) / 2 * np.log(1 - u**2 / WIDE**2), lambda u: u / (1 - u**2 / WIDE**2),
        lambda y: 2 * y / (1 + np.sqrt(1 + 4 * y**2 / WIDE**2)), 1.0, {"radius": WIDE},
        THEOREM6_11_LOG_BARRIER, THEOREM6_11_CONSTANT_LOG_BARRIER,
        THEOREM4_2_LOG_BARRIER, THEOREM4_2_REGRET_LOG_BARRIER,
    ),
    "hyperbolic": (
        lambda u: u * np.arcsinh(u / SOFT) - np.sqrt(u**2 + SOFT**2), lambda u: np.arcsinh(u / SOFT),
        lambda y: SOFT * np.sinh(y), 1 / np.sqrt(1 + SOFT**2), {"softness": SOFT},
        THEOREM6_11_HYPERBOLIC, THEOREM6_11_CONSTANT_HYPERBOLIC,
        THEOREM4_2_HYPERBOLIC, THEOREM4_2_REGRET_HYPERBOLIC,
    ),
}  # fmt: skip
EACH = pytest.mark.parametrize("key", MAPS)
SEARCHED = [theorem for parts in MAPS.values() for theorem in (*parts[5:7], parts[8])]
SLOPE = Loss(
    "slope", Source("bubeck2015", "Theorem 4.2"), Component(x, 0) - Component(x, 1) / 2, Shape.CONVEX
)


def played(key, rows, start, step):
    """The points in plain numpy; step: t -> eta_t."""
    _, slope, inverse, *_ = MAPS[key]
    return clipped(lambda t, u, seen: inverse(slope(u) - step(t) * seen[-1]), rows, start)


def distance(key, w):
    """B(Z; w)."""
    psi, slope, *_ = MAPS[key]
    return (psi(Z) - psi(w) - slope(w) * (Z - w)).sum(axis=-1)


@EACH
def test_both_sides_of_theorem_6_11(key):
    """Replayed in numpy with other formulas for psi: tanh, arsinh; the points are cut to the box."""
    *_, lam, given, falling, constant_step, _, _ = MAPS[key]
    for theorem, power in ((falling, 0.5), (constant_step, 0.0)):
        steps = 1.5 * np.arange(1, 6) ** -power
        points = played(key, ROWS, START, lambda t, steps=steps: steps[t - 1])
        assert np.any(np.abs(points) == HALF_WIDTHS)
        far = distance(key, points[:-1])
        away = (far.max() if power else far[0]) / steps[-1]
        parameters = {"alpha": 1.5, **given} | ({"power": power} if power else {})
        assert_sides(
            found(theorem, ROWS, start=START, z=Z, **parameters),
            (ROWS * (points[:-1] - Z)).sum(),
            away + (steps * (ROWS**2).sum(axis=1)).sum() / (2 * lam),
        )


@EACH
def test_both_sides_of_theorem_4_2(key):
    """R_psi^2 is psi at a corner minus psi(0); the average point is on a fixed loss."""
    psi, *_, lam, given, _, _, average, regret = MAPS[key]
    radius2 = (psi(HALF_WIDTHS) - psi(0.0)).sum()
    row = np.array([1.0, -0.5])
    # The step for L = ||g||, a little smaller, so that L is a little larger.
    step = float(np.sqrt(2 * lam * radius2 / 5 / (row @ row))) * (1 - 1e-9)
    points = played(key, np.tile(row, (5, 1)), np.zeros(2), lambda t: step)
    right = 2 * radius2 / (step * 5)
    left = (points[:-1] @ row).mean() - Z @ row
    assert left <= right
    game = {"start": [0, 0], "z": Z, "alpha": step, **given}
    assert_sides(found(regret, np.tile(row, (5, 1)), **game), left, right)
    shown = found(average, np.zeros((5, 2)), loss=SLOPE, **game)
    assert_sides(shown, left, right)
    assert shown.verdict is not Verdict.VIOLATED
    larger = found(regret, np.tile(2 * row, (5, 1)), **game)
    assert larger.verdict is Verdict.ASSUMPTION_BROKEN


@pytest.mark.parametrize(
    "theorem", mostly_slow(SEARCHED, lambda number, _: number % 4 == 0), ids=lambda theorem: theorem.id
)
def test_half_of_the_constant_falls_with_a_certificate(theorem):
    """Must-fail control: the search refutes it, and balls carry logarithms and exponentials of the map."""
    half = replace(theorem.readings[0], rhs=theorem.readings[0].rhs / 2)
    asked = replace(theorem, id="control.half", status=Status.PRINTED, readings=(half,))
    made = falsify(asked, "stated", asked.algorithms[0], evaluations=4000)
    assert made.violated
    assert check_certificate(certify(made.best)).outcome.name == "CERTIFIED"


@pytest.mark.parametrize("theorem", SEARCHED[::3], ids=lambda theorem: theorem.id)
def test_the_theorem_survives_a_search(theorem):
    """Must-hold control of the one above."""
    made = falsify(theorem, "stated", theorem.algorithms[0], evaluations=8000)
    assert made.evidence
    assert not made.violated


def test_the_textbook_cases_are_the_same_recurrences():
    """psi = ||x||^2/2 gives gradient descent, the entropy on the simplex Hedge: the same lines."""

    def lines(psi, step, on, *parameters):
        return mirror_descent(psi, step=step, on=on, parameters=parameters).lines

    for algorithm, step in ((SGD_CONSTANT, alpha), (SGD, alpha / sqrt(t))):
        assert lines(EUCLIDEAN, step, StepSet.ANY, ALPHA) == algorithm.lines
    (rate,) = EXPONENTIAL.parameters
    assert lines(ENTROPY, eta, StepSet.SIMPLEX, rate) == EXPONENTIAL.lines
    weight = x * exp(-alpha * g)
    assert EG.point == weight / SumCoords(weight)


@pytest.mark.parametrize("psi", [FERMI_DIRAC, HYPERBOLIC_ENTROPY, LOG_BARRIER], ids=lambda psi: psi.name)
def test_every_map_makes_a_step_on_boxes(psi):
    """A recurrence like any other; the domain of the conformance test must hold its start."""
    if psi is HYPERBOLIC_ENTROPY:
        check_recurrence(mirror_descent(psi, step=alpha, on=StepSet.BOX, parameters=(ALPHA,)))
    named = mirror_descent(psi, step=alpha, on=StepSet.BOX, parameters=(ALPHA,), name="named")
    assert named.step_set is StepSet.BOX
    assert named.parameters == (ALPHA, *psi.parameters)


@pytest.mark.parametrize(
    ("psi", "change", "words"),
    [
        (LOG_BARRIER, {"on": StepSet.SIMPLEX}, "solves an equation for a multiplier"),
        (FERMI_DIRAC, {"on": StepSet.ANY}, "no closed form"),
        (ENTROPY, {"on": StepSet.ANY}, "no closed form"),
        (ENTROPY, {"step": alpha * Abs(g)}, "diagonal metric"),
        (ENTROPY, {"on": "box"}, "StepSet"),
    ],
)
def test_a_pair_without_a_known_projection_is_refused(psi, change, words):
    """When the step is built, with the reason."""
    with pytest.raises(ValueError, match=words):
        mirror_descent(psi, **{"step": alpha, "on": StepSet.BOX, "parameters": (ALPHA,)} | change)


def test_a_mirror_step_is_refused_elsewhere():
    """On a ball, in a statement about any set, and with a composite term."""
    theorem = THEOREM6_11_CONSTANT_FERMI_DIRAC
    (descent,) = theorem.algorithms
    with pytest.raises(ValueError, match="exact on boxes"):
        Game(descent, LINEAR, constant([1.0, 0.0]), L2Ball(2, 1.0), horizon=2,
             parameters={"alpha": 0.1, "radius": 2.0})  # fmt: skip
    anywhere = tuple(a for a in theorem.assumptions if a.condition is not Requires.SEPARABLE_SET)
    with pytest.raises(ValueError, match=r"exact on boxes.*SEPARABLE_SET"):
        replace(theorem, assumptions=anywhere)
    with pytest.raises(ValueError, match="mirror map"):
        proximal(descent, L1, weight=alpha)


ONE = (Integer(-1), Integer(1))


@pytest.mark.parametrize(
    ("psi", "lam", "norm", "on"),
    [
        (FERMI_DIRAC, 1 / R, Norm.L2, None),
        (LOG_BARRIER, S.One, Norm.L2, None),
        (HYPERBOLIC_ENTROPY, 1 / sqrt(1 + b**2), Norm.L2, ONE),
        (ENTROPY, S.One, Norm.L1, StepSet.SIMPLEX),
        (ENTROPY, Rational(1, 3), Norm.L2, (Integer(1), Integer(3))),
        (EUCLIDEAN, S.One, Norm.L2, None),
    ],
)
def test_strong_convexity_is_proved_and_a_larger_modulus_refused(psi, lam, norm, on):
    """Where sympy proves it no assumption is left; 1% more falls at a point that is named."""
    left = strongly_convex(psi, lam, norm=norm, on=on)
    assert not any("checked at the points" in assumption.text for assumption in left)
    with pytest.raises(ValueError, match="is not so strongly convex"):
        strongly_convex(psi, lam * Rational(101, 100), norm=norm, on=on)


def test_what_sympy_cannot_decide_is_checked_on_the_run():
    """Here ||.||_2^2/2 in the l1 norm: 1/d is not proved, but d <= 1/lam is a condition of the statement."""
    *_, more = strongly_convex(ENTROPY, Rational(11, 10), norm=Norm.L2, on=StepSet.SIMPLEX)
    assert "checked at the points" in more.text
    assert len(strongly_convex(ENTROPY, S.One, norm=Norm.L2, on=StepSet.SIMPLEX)) == 1
    *_, told = strongly_convex(EUCLIDEAN, Rational(1, 10), norm=Norm.L1, on=StepSet.SIMPLEX)
    assert "checked at the points" in told.text
    psi = MirrorMap("x + exp", Source("bubeck2015", "section 4.1"), psi=x**2 / 2 - log(x) / 9,
                    domain=(0, S.Infinity))  # fmt: skip
    assert len(strongly_convex(psi, S.One, norm=Norm.L2)) == 3  # proved; three places


@pytest.mark.parametrize(
    ("psi", "lam", "norm", "on", "words"),
    [
        (ENTROPY, S.One, Norm.L2, None, "is not so strongly convex"),
        (HYPERBOLIC_ENTROPY, 1 / sqrt(1 + b**2), Norm.L2, None, "is not so strongly convex"),
        (ENTROPY, S.One, Norm.L1, None, "StepSet.SIMPLEX only"),
        (ENTROPY, S.Zero, Norm.L2, None, "number > 0"),
        (ENTROPY, alpha, Norm.L2, None, "in the parameters"),
        (FERMI_DIRAC, S.One, Norm.L2, (-3 * R, R), "leaves the domain"),
        (ENTROPY, S.One, Norm.L2, StepSet.BOX, "two ends"),
        (ENTROPY, S.One, "l2", None, "Norm"),
    ],
)
def test_wrong_arguments_of_strong_convexity(psi, lam, norm, on, words):
    """Each with the argument and what is wrong."""
    with pytest.raises(ValueError, match=words):
        strongly_convex(psi, lam, norm=norm, on=on)


def test_outside_the_domain_nothing_is_said():
    """A box wider than the domain of psi, and z outside it."""
    rows, given = [[1.0, 0.0]], {"alpha": 0.1, "start": [0, 0], "z": [-1, 0]}
    check = found(THEOREM6_11_CONSTANT_FERMI_DIRAC, rows, radius=0.9, **given)
    assert check.verdict is Verdict.ASSUMPTION_BROKEN
    assert found(THEOREM6_11_CONSTANT_FERMI_DIRAC, rows, radius=1.1, **given).verdict is not check.verdict


def test_all_maps_are_tried_here():
    """The maps of the package that are not textbook cases have statements of their own."""
    assert len(MAPS) == len(mirror_maps()) - 2
