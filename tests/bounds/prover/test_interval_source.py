"""Printed games contain the game itself, as the certificate checker plays it; the rest is refused."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from sympy import Max, Piecewise, Rational, S, log, oo, pi, sign, sin, sqrt

from bounds.certificates.certificate import certificate_bytes, unclaimed
from bounds.certificates.certify import NO_CLAIM
from bounds.certificates.checker.formulas import BallProgram
from bounds.certificates.checker.reading import read
from bounds.certificates.checker.replay import replay
from bounds.evaluate import check
from bounds.prover import intervals
from bounds.prover.constants import float_ends, number_ends
from bounds.prover.interval_source import GameSource, IntervalPrinter
from bounds.prover.intervals import Intervals
from bounds.prover.points import as_counterexample
from bounds.prover.question import Question, against_corners, restate
from bounds.prover.region import region
from online_sim.domains import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adagrad import ADAGRAD
from theory.algorithms.adal import ADAL, ADAL_GROUP, ADAL_R1, ADAL_R2, ADAL_R3
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.nosadam import NOSADAM
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.parameters import alpha, beta1
from theory.printing.base import UnknownNodeError
from theory.quantities import CumMax, CumSum, Norm1, Norm2Squared, NormInf, pinv
from theory.statement import Reading
from theory.symbols import D_2, T, d, g, t, x, z
from theory.theorems.adagrad import DIAGONAL_DELTA
from theory.theorems.adal import THEOREM1
from theory.theorems.amsgrad import SHARP
from theory.theorems.nosadam import HARMONIC
from theory.theorems.ogd import SQRT
from theory.theorems.realisable import BY_ROOT
from theory.theorems.repaired import R_ANY_GAMMA, R, V

MOMENTS = {"alpha": (F(1, 3), 2), "beta1": ("1/10", "9/10"), "beta2": "95/100"}
# Everything the printer knows besides what the theorems hold.
MEDLEY = replace(
    SQRT,
    readings=(
        Reading(
            "medley",
            1 + d * CumMax(NormInf(g)) + Max(CumSum(Norm1(g)), Rational(1, 7)) ** Rational(3, 2)
            + log(2 + CumSum(Norm2Squared(g)))
            + Piecewise((T + alpha, CumSum(Norm1(g)) < 2), (D_2 / alpha**3, True)) + pinv(alpha - 1)
            + CumSum(sign(Norm1(g) - 1)),
            "",
        ),
    ),
)  # fmt: skip

GAMES = [
    (SQRT, "stated", SGD, {"alpha": (F(1, 10), 3)}),
    (MEDLEY, "medley", SGD, {"alpha": (F(1, 10), 3)}),
    (R, "D", ADAL_R1, MOMENTS),
    (R, "D_i", ADAL_R2, MOMENTS),
    (R, "D", ADAL_R3, MOMENTS),
    (R_ANY_GAMMA, "D", ADAL_R2, {**MOMENTS, "beta1": "1/2"}),
    (V.asked_of(ADAL.name), "D", ADAL, {**MOMENTS, "eps": "1/100"}),
    (THEOREM1, "A", ADAL, {"alpha": 1, "beta1": 0, "beta2": "1/2", "eps": "1/100"}),
    (SHARP, "stated", AMSGRAD, MOMENTS),
    (HARMONIC, "D", NOSADAM, {"alpha": (1, 2), "beta1": ("1/4", "1/2"), "gamma": "1/3"}),
    (DIAGONAL_DELTA, "D", ADAGRAD, {"alpha": ("1/2", 1), "eps": ("1/1000", "1/2")}),
]


def asked(theorem, reading, recurrence, parameters, *, horizon, dimension=None, lower=-1, upper=F(3, 2)):
    """The question against the last corner of the box."""
    where = region(
        recurrence, parameters, dimension=dimension, lower=lower, upper=upper, gradient=2, start=None
    )
    statement = restate(theorem, reading, where, horizon)
    return Question(statement, where, horizon, where.corners()[-1] if against_corners(statement) else None)


def random_points(question, rng, count):
    """Exact points of the region with denominators up to 64; a tenth of their gradients vanish."""
    points = []
    for _ in range(count):
        point = []
        for name, ((low, high),) in question.unknowns.items():
            q = low + F(int(rng.integers(0, 65)), 64) * (high - low)
            point.append(F(0) if name[0] == "g" and rng.random() < 0.1 else q)
        points.append(tuple(point))
    return points


def in_balls(question, theorem, reading, point):
    """Both sides of the statement at a point, by the checker; None where a side is not finite."""
    example = as_counterexample(question, theorem, reading, point)
    file = read(certificate_bytes({**unclaimed(example), "claim": NO_CLAIM}))
    left, right, *_ = replay(file, BallProgram(file), 200)
    return (left, right) if left.is_finite() and right.is_finite() else None


def misses(question, theorem, reading, points, widths):
    """(sides at exact points outside the enclosures of boxes around them, sides tried)."""
    from flint import arb

    lower, upper = np.empty((2, len(question.unknowns), len(points)))
    for j, point in enumerate(points):
        for k, (q, ((low, high),)) in enumerate(zip(point, question.unknowns.values(), strict=True)):
            width = F(widths[j]) * (high - low)
            lower[k, j] = float_ends(max(q - width, low))[0]
            upper[k, j] = float_ends(min(q + width, high))[1]
    sides = question.sides(lower, upper)
    missed = tried = 0
    for j, point in enumerate(points):
        balls = in_balls(question, theorem, reading, point)
        if balls is None:
            assert np.isnan(sides.rhs.lower[j]) or np.isnan(sides.lhs.lower[j])
            continue
        for side, ball in zip((sides.lhs, sides.rhs), balls, strict=True):
            tried += 1
            below, above = side.lower[j], side.upper[j]
            missed += not (
                (np.isnan(below) or arb(float(below)) <= ball)
                and (np.isnan(above) or arb(float(above)) >= ball)
            )
    return missed, tried


@pytest.mark.parametrize(("theorem", "reading", "recurrence", "parameters"), GAMES, ids=lambda v: None)
@pytest.mark.parametrize(("horizon", "dimension"), [(3, 1), (2, 2)])
def test_both_sides_at_every_point_are_inside(theorem, reading, recurrence, parameters, horizon, dimension):
    """On points and on boxes of every width, what the checker replays in balls lies in the enclosure."""
    question = asked(theorem, reading, recurrence, parameters, horizon=horizon, dimension=dimension)
    rng = np.random.default_rng(3)
    points = random_points(question, rng, 16)
    missed, tried = misses(question, theorem, reading, points, 4 * [0, 2**-30, 2**-5, 1])
    assert missed == 0
    assert tried >= 16


@pytest.mark.parametrize(
    ("theorem", "reading", "recurrence", "parameters"),
    [(SQRT, "stated", SGD, {"alpha": 1}), (R, "D", ADAL_R1, MOMENTS), (R, "D_i", ADAL_R2, MOMENTS)],
    ids=lambda v: None,
)
def test_the_sides_of_a_box_are_those_of_its_coordinates(
    theorem, reading, recurrence, parameters, monkeypatch
):
    """Sides of different lengths, off the origin, agree with the checker; swapped they do not."""
    box = {"lower": (-1, F(1, 2)), "upper": (2, F(3, 4))}
    question = asked(theorem, reading, recurrence, parameters, horizon=2, **box)
    points = random_points(question, np.random.default_rng(4), 16)
    assert misses(question, theorem, reading, points, 4 * [0, 2**-30, 2**-5, 1])[0] == 0
    init = GameSource.__init__

    def swapped(source, program, *, lower, upper, **others):
        init(source, program, lower=lower[::-1], upper=upper[::-1], **others)

    monkeypatch.setattr(GameSource, "__init__", swapped)
    broken = asked(theorem, reading, recurrence, parameters, horizon=2, **box)
    missed, tried = misses(broken, theorem, reading, points, [0] * 16)
    assert missed >= tried / 4


def test_a_point_to_compare_with_may_be_named():
    """A statement that names z has z among its unknowns; what a played game measures is enclosed."""
    given = {"alpha": "1/2", "beta1": "1/2", "beta2": "9/10"}
    question = asked(BY_ROOT, "D", ADAL_R2, given, horizon=2, dimension=1)
    assert list(question.unknowns) == [("g", 1, 0), ("g", 2, 0), ("x", 1, 0), ("z", 0, 0)]
    point = np.array([[1.5], [-0.5], [1.25], [0.25]])
    trace = play(
        Game(
            ADAL_R2,
            LINEAR,
            ArrayStream(point[:2]),
            Box(-1.0, 1.5, dimension=1),
            horizon=2,
            parameters={name: float(F(value)) for name, value in given.items()},
            start=point[2],
        ),
        record=BY_ROOT.quantities,
        checkpoints="all",
        vectors={z: point[3]},
    )
    found = check(BY_ROOT, "D", trace)
    sides = question.sides(point - 2**-20, point + 2**-20)
    assert sides.lhs.lower[0] < found.lhs_lower[1] <= found.lhs_upper[1] < sides.lhs.upper[0]
    assert sides.rhs.lower[0] < found.rhs[1] < sides.rhs.upper[0]
    assert sides.rhs.upper[0] - sides.rhs.lower[0] < 1e-4


def test_a_planted_rounding_bug_is_noticed(monkeypatch):
    """With ends rounded inwards the enclosures of points miss the balls: the test above can fail."""
    question = asked(R, "D", ADAL_R1, MOMENTS, horizon=3, dimension=1)
    points = random_points(question, np.random.default_rng(5), 16)
    monkeypatch.setattr(intervals, "down", lambda u: u + 2.0**-52 * np.abs(u))
    monkeypatch.setattr(intervals, "up", lambda u: u - 2.0**-52 * np.abs(u))
    missed, tried = misses(question, R, "D", points, [0] * 16)
    assert missed >= tried / 4


def test_enclosures_shrink_with_their_boxes():
    """Around a point where no gradient is 0 the enclosure of lhs - rhs shrinks in proportion to the box."""
    question = asked(R, "D", ADAL_R1, MOMENTS, horizon=3, dimension=1)
    middle = np.array([[0.7], [-0.4], [0.9], [0.2], [0.8], [0.5]])
    widths = []
    for radius in (1e-2, 1e-3, 1e-4):
        sides = question.sides(middle - radius, middle + radius)
        widths.append((sides.rhs.upper - sides.rhs.lower)[0] + (sides.lhs.upper - sides.lhs.lower)[0])
    assert widths[0] / widths[1] > 5
    assert widths[1] / widths[2] > 5


def printed(e, **values):
    """The value of an expression in x and alpha, through the printer, over given intervals."""
    constants = {}
    text = IntervalPrinter(str, constants).print(e)
    scope = {name: getattr(intervals, name) for name in intervals.__all__}
    for number, name in constants.items():
        scope[name] = Intervals(*map(np.float64, number_ends(number)))
    with np.errstate(all="ignore"):
        return eval(text, scope | {k: Intervals(*map(np.float64, v)) for k, v in values.items()})


def test_squares_are_powers_not_products():
    """(x - 1)^2 over [0, 2] is [0, 1], not [-1, 1]; x^3 over [-1, 2] is [-1, 8]."""
    square = printed((x - 1) ** 2, x=(0, 2))
    assert square.lower == 0
    assert 1 <= square.upper < 1 + 1e-12
    cube = printed(x**3, x=(-1, 2))
    assert -1 - 1e-12 < cube.lower <= -1
    assert 8 <= cube.upper < 8 + 1e-12
    root = printed(alpha ** Rational(-3, 2), alpha=(1, 4))
    assert 1 / 8 - 1e-12 < root.lower <= 1 / 8
    assert 1 <= root.upper < 1 + 1e-12


@pytest.mark.parametrize("e", [sin(x), sqrt(x) ** pi, alpha**x, x ** Rational(1, 3), pi * x, S(oo) + x])
def test_what_no_rule_encloses_is_refused(e):
    """Functions, exponents and constants without a rule are refused when printed or enclosed."""
    with pytest.raises((UnknownNodeError, ValueError)):
        printed(e, x=(1, 2), alpha=(1, 2))


def test_refusals_name_what_they_refuse():
    """A sum over groups, and an exponent that is a parameter in a range, are refused with their formula."""
    with pytest.raises(UnknownNodeError, match="each group"):
        asked(THEOREM1.asked_of(ADAL_GROUP.name), "C", ADAL_GROUP, MOMENTS, horizon=1, dimension=1)
    ranged = {"alpha": 1, "beta1": "1/2", "gamma": ("1/3", "1/2")}
    with pytest.raises(UnknownNodeError, match="exact parameters"):
        asked(HARMONIC, "D", NOSADAM, ranged, horizon=2, dimension=1)
    undefined = replace(SQRT, readings=(Reading("r", 1 / (beta1 - Rational(1, 2)) + t - t, ""),))
    with pytest.raises(ValueError, match="undefined"):
        asked(undefined.asked_of(AMSGRAD.name), "r", AMSGRAD, {**MOMENTS, "beta1": "1/2"}, horizon=1,
              dimension=1)  # fmt: skip
