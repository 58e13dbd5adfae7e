"""Mirror images and the scale of the losses: granted where the formulas say so, and only there."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from sympy import Abs, Max, Piecewise, S, log, sign, sqrt

from bounds.prover.points import ratio
from bounds.prover.question import Question, restate
from bounds.prover.reductions import mirrors, scale_free
from bounds.prover.region import region
from theory.algorithms.adal import ADAL, ADAL_EPS_ADAM, ADAL_R1, ADAL_R2, ADAL_R3
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.nosadam import NOSADAM
from theory.algorithms.sgd import SGD
from theory.parameters import ALPHA, alpha
from theory.quantities import CumSum, MaxCoords, Norm1, Prev, Regret, SumCoords
from theory.recurrence import Recurrence
from theory.statement import Assumption, Reading
from theory.symbols import Scalar, Vector, g, x, x_next
from theory.theorems.adal import THEOREM1
from theory.theorems.amsgrad import SHARP
from theory.theorems.ogd import SQRT
from theory.theorems.repaired import R_EPS, R

GIVEN = {"alpha": 1, "beta1": "1/2", "beta2": "9/10"}
DRIFT = Recurrence("drift", SGD.source, (ALPHA,), (), x - alpha * Abs(g), 1)
"""It does not treat g and -g alike."""
size = CumSum(Norm1(g))


def over(recurrence, parameters, **options):
    """A region on [-1, 1]."""
    chosen = {"dimension": 1, "lower": -1, "upper": 1, "gradient": 1, "start": None, **options}
    return region(recurrence, parameters, **chosen)


def stated(rhs, recurrence=SGD, lhs=None):
    """The theorem on gradient descent with other sides, about any algorithm."""
    lhs = SQRT.lhs if lhs is None else lhs
    return replace(SQRT, algorithms=(recurrence.name,), lhs=lhs, readings=(Reading("r", rhs, ""),))


def mirrored(theorem, reading, recurrence, parameters):
    """Whether mirror images are granted."""
    where = over(recurrence, parameters)
    return mirrors(recurrence, restate(theorem, reading, where, 2), where.centre)


@pytest.mark.parametrize(
    ("theorem", "reading", "recurrence", "parameters"),
    [
        (SQRT, "stated", SGD, {"alpha": 1}),
        (stated(3 + SumCoords(x_next**2)), "r", SGD, {"alpha": 1}),
        (R, "D_i", ADAL_R1, GIVEN),
        (R, "D", ADAL_R2, GIVEN),
        (R, "D", ADAL_R3, GIVEN),
        (THEOREM1, "A", ADAL, GIVEN),
        (SHARP, "stated", AMSGRAD, GIVEN),
        (SQRT.asked_of(NOSADAM.name), "stated", NOSADAM, {"alpha": 1, "beta1": "1/2", "gamma": "1/2"}),
    ],
)
def test_the_textbook_algorithms_have_mirror_images(theorem, reading, recurrence, parameters):
    """Every line of these is even or odd, and both sides are even."""
    assert mirrored(theorem, reading, recurrence, parameters)


@pytest.mark.parametrize(("horizon", "dimension"), [(3, 1), (2, 2)])
def test_mirror_images_satisfy_a_statement_together(horizon, dimension):
    """Turned in one coordinate, a game has the same lhs/rhs against the turned corner, to rounding."""
    where = over(ADAL_R2, GIVEN, dimension=dimension)
    statement = restate(R, "D", where, horizon)
    rng = np.random.default_rng(0)
    corners = where.corners()
    first, turned = (Question(statement, where, horizon, corner) for corner in (corners[0], corners[-1]))
    points = 2 * rng.random((len(first.unknowns), 50)) - 1
    here, there = ratio(first.sides(points, points)), ratio(turned.sides(-points, -points))
    assert np.allclose(here, there, rtol=1e-12)
    assert not np.allclose(here, ratio(turned.sides(points, points)), rtol=1e-3)


def test_what_has_no_mirror_image_is_not_granted_one():
    """Steps by |g|, sides or conditions that change sign, and odd states that begin elsewhere are refused."""
    one = {"alpha": 1}
    assert not mirrored(SQRT.asked_of(DRIFT.name), "stated", DRIFT, one)
    assert not mirrored(stated(1 + SumCoords(g)), "r", SGD, one)
    assert not mirrored(stated(1 + MaxCoords(x)), "r", SGD, one)
    assert not mirrored(stated(3 + MaxCoords(x_next)), "r", SGD, one)
    assert not mirrored(stated(S(2), lhs=Regret(1 + SumCoords(x))), "r", SGD, one)
    tilt = Assumption("sum of g", CumSum(SumCoords(g)) < 5)
    tilted = replace(SQRT, assumptions=(*SQRT.assumptions, tilt))
    assert not mirrored(tilted, "stated", SGD, one)
    u = Vector("u")
    heavy = Recurrence("heavy", SGD.source, (ALPHA,), ((u, Prev(u) / 2 + g),), x - alpha * u, 1)
    assert mirrored(SQRT.asked_of("heavy"), "stated", heavy, one)
    begun = replace(heavy, initial={u: S.One})
    assert not mirrored(SQRT.asked_of("heavy"), "stated", begun, one)
    s = Scalar("s")
    lines = ((s, Prev(s) + SumCoords(g)),)
    shared = Recurrence("shared", SGD.source, (ALPHA,), lines, x - alpha * s * Abs(g), 1)
    assert not mirrored(SQRT.asked_of("shared"), "stated", shared, one)


def test_a_region_must_be_symmetric_too():
    """Any start or the centre, in every box; not another start."""
    one = {"alpha": 1}
    assert over(SGD, one).symmetric
    assert over(SGD, one, start=(0,)).symmetric
    assert not over(SGD, one, start=(1,)).symmetric
    assert over(SGD, one, lower=0).symmetric
    assert over(SGD, one, lower=0, start=("1/2",)).symmetric
    assert not over(SGD, one, lower=0, start=(0,)).symmetric


@pytest.mark.parametrize("recurrence", [SGD, ADAL_R1, ADAL_R2])
@pytest.mark.parametrize(("lower", "upper"), [(0, 1), (-1, 3), (F(5, 2), 4)])
def test_mirror_images_about_the_centre_of_any_box(recurrence, lower, upper):
    """Turned about the centre, a game has the same lhs/rhs against the turned corner; about 0 it has not."""
    theorem, reading = (SQRT, "stated") if recurrence is SGD else (R, "D")
    where = over(recurrence, {"alpha": 1} if recurrence is SGD else GIVEN, lower=lower, upper=upper)
    statement = restate(theorem, reading, where, 3)
    assert mirrors(recurrence, statement, where.centre)
    low, high = (Question(statement, where, 3, corner) for corner in where.corners())
    rng = np.random.default_rng(0)
    points = np.concatenate([2 * rng.random((3, 50)) - 1, lower + float(upper - lower) * rng.random((1, 50))])
    points = points.astype(float)
    turned = np.concatenate([-points[:3], float(2 * where.centre[0]) - points[3:]])
    here, there = ratio(low.sides(points, points)), ratio(high.sides(turned, turned))
    assert np.allclose(here, there, rtol=1e-9, atol=1e-9)
    assert not np.allclose(here, ratio(high.sides(points, points)), rtol=1e-3)


def test_what_moves_with_the_origin_has_no_mirror_image_elsewhere():
    """Steps and sides that read the place of a point, and points from before round 1, are refused off 0."""
    one = F(1, 2)
    where = over(SGD, {"alpha": 1}, lower=0)
    assert where.centre == (one,)

    def granted(theorem, recurrence, centre):
        return mirrors(recurrence, restate(theorem, theorem.readings[0].key, where, 2), (centre,))

    shrinking = replace(SGD, name="shrinking", point=x / 2 - alpha * g)
    y = Vector("y")
    heavy_ball = replace(SGD, name="heavy ball", steps=((y, x),), point=x - alpha * g + (x - Prev(y)) / 2)
    size_of_x = stated(1 + MaxCoords(Abs(x)))
    length_of_step = stated(1 + CumSum(MaxCoords(Abs(x - Prev(x)))))
    for theorem, recurrence in (
        (SQRT.asked_of("shrinking"), shrinking),
        (SQRT.asked_of("heavy ball"), heavy_ball),
        (size_of_x, SGD),
        (length_of_step, SGD),
    ):
        assert granted(theorem, recurrence, F(0))
        assert not granted(theorem, recurrence, one)


def test_scale_freedom_is_read_off_the_degrees():
    """Theorem R with fixed parameters is homogeneous in the losses; what moves with them is not."""
    assert scale_free(R, "D", over(ADAL_R1, GIVEN))
    assert scale_free(R, "D", over(ADAL_R3, {**GIVEN, "beta1": (0, "1/2")}))
    assert scale_free(SHARP, "stated", over(AMSGRAD, GIVEN))
    assert not scale_free(SQRT, "stated", over(SGD, {"alpha": 1}))
    assert not scale_free(THEOREM1, "C", over(ADAL, {**GIVEN, "eps": 0}))
    assert not scale_free(R_EPS, "D", over(ADAL_EPS_ADAM, GIVEN))
    assert not scale_free(R, "D", over(ADAL_R1, GIVEN, gradient=(F(1, 2), 1)))
    assert not scale_free(stated(Norm1(g) + Scalar("mystery")), "r", over(SGD, {"alpha": 1}))


@pytest.mark.parametrize(
    "rhs",
    [
        (size**3 + size) / (size**2 + size + 1),
        size * log(1 + size) / log(2 + size),
        Max(size, size**2 / (1 + size)),
        Piecewise((size, size < 1), (2 * size, True)),
        size + S(1),
        size**2,
        S(2),
    ],
)
def test_degrees_that_agree_at_both_ends_are_not_enough(rhs):
    """A right side that is of degree 1 for small and for large losses only is not scale free."""
    step = replace(SGD, name="signs", point=x - alpha * sign(g))
    assert scale_free(stated(size, step), "r", over(step, {"alpha": 1}))
    assert scale_free(stated(Max(size, size / 2) + sqrt(size**2), step), "r", over(step, {"alpha": 1}))
    assert not scale_free(stated(rhs, step), "r", over(step, {"alpha": 1}))


def test_scaled_games_have_the_same_ratio():
    """Where the statement is scale free, lhs/rhs is the same for small losses; elsewhere it moves."""
    for recurrence, theorem, reading, same in ((ADAL_R1, R, "D", True), (ADAL, THEOREM1, "C", False)):
        where = over(recurrence, {**GIVEN, **({"eps": 0} if recurrence is ADAL else {})})
        question = Question(restate(theorem, reading, where, 3), where, 3, (F(-1),))
        points = 2 * np.random.default_rng(1).random((4, 50)) - 1
        shrunk = np.concatenate([points[:3] / 128, points[3:]])
        ratios = [ratio(question.sides(p, p)) for p in (points, shrunk)]
        assert np.allclose(*ratios, rtol=1e-12) == same
