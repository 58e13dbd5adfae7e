"""Interval arithmetic: every operation contains every exact result, and says so where there is none."""

import math
from fractions import Fraction as F
from itertools import pairwise

import numpy as np
import pytest
from flint import arb, ctx
from sympy import Integer, Rational, log, oo, pi, sqrt

from bounds.prover import intervals
from bounds.prover.constants import PRECISION, float_ends, number_ends
from bounds.prover.intervals import Intervals
from theory.printing.base import UnknownNodeError

SIZES = (1e-300, 1e-12, 1.0, 1e9, 1e160)


def inverse(q):
    """1/q, and 0 at 0."""
    return 1 / q if q else F(0)


# Operation on intervals, the same on exact numbers, and where it is defined.
BINARY = {
    "add": (lambda u, w: u + w, lambda p, q: p + q),
    "subtract": (lambda u, w: u - w, lambda p, q: p - q),
    "multiply": (lambda u, w: u * w, lambda p, q: p * q),
    "divide": (lambda u, w: u / w, lambda p, q: p / q if q else None),
    "largest": (intervals.largest, max),
    "smallest": (intervals.smallest, min),
}
UNARY = {
    "negate": (lambda u: -u, lambda q: -q),
    "magnitude": (intervals.magnitude, abs),
    "square": (lambda u: intervals.power(u, 2), lambda q: q**2),
    "cube": (lambda u: intervals.power(u, 3), lambda q: q**3),
    "pinv": (intervals.pinv, inverse),
    "signum": (intervals.signum, lambda q: F((q > 0) - (q < 0))),
}


def random_intervals(rng, count):
    """Intervals of many sizes, some of them points or with an end at 0, and three exact points in each."""
    size = rng.choice(SIZES, count)
    one, other = rng.normal(size=count) * size, rng.normal(size=count) * size
    other = np.where(rng.random(count) < 0.2, one, other)
    one = np.where(rng.random(count) < 0.2, 0.0, one)
    lower, upper = np.minimum(one, other), np.maximum(one, other)
    shares = [F(int(k), 97) for k in rng.integers(0, 98, count)]
    inside = [
        (F(low), F(high), F(low) + s * (F(high) - F(low)))
        for low, high, s in zip(lower, upper, shares, strict=True)
    ]
    return Intervals(lower, upper), inside


def holds(low, q, high):
    """Whether low <= q <= high, exactly; an end that is NaN is no bound."""
    above = np.isnan(low) or low == -math.inf or (low < math.inf and F(low) <= q)
    return bool(above and (np.isnan(high) or high == math.inf or (high > -math.inf and q <= F(high))))


def escapes(count, seed):
    """How many exact results lie outside their intervals, over all operations."""
    rng = np.random.default_rng(seed)
    missed = 0
    with np.errstate(all="ignore"):
        (u, in_u), (w, in_w) = random_intervals(rng, count), random_intervals(rng, count)
        for operate, exactly in BINARY.values():
            found = operate(u, w)
            for k in range(count):
                exact = [exactly(p, q) for p in in_u[k] for q in in_w[k]]
                if None in exact:
                    assert np.isnan(found.lower[k])
                    assert np.isnan(found.upper[k])
                missed += sum(not holds(found.lower[k], q, found.upper[k]) for q in exact if q is not None)
        for operate, exactly in UNARY.values():
            found = operate(u)
            for k in range(count):
                missed += sum(not holds(found.lower[k], exactly(p), found.upper[k]) for p in in_u[k])
        root = intervals.sqrt(u)
        for k in range(count):
            for p in in_u[k]:
                assert p >= 0 or np.isnan(root.lower[k])
                low, high = root.lower[k], root.upper[k]
                missed += not (np.isnan(low) or (F(low) ** 2 <= p <= F(high) ** 2))
    return missed


def test_every_exact_result_is_inside():
    """Sums, products, quotients, powers, roots, extremes of exact points lie in the intervals' results."""
    assert escapes(800, seed=0) == 0


@pytest.mark.parametrize("shift", [0.0, -1.0], ids=["to nearest", "inward"])
def test_a_planted_rounding_bug_is_noticed(shift, monkeypatch):
    """Ends that are rounded to nearest, or inwards, lose exact results: the test above can fail."""
    monkeypatch.setattr(intervals, "down", lambda u: u - shift * 2.0**-52 * np.abs(u))
    monkeypatch.setattr(intervals, "up", lambda u: u + shift * 2.0**-52 * np.abs(u))
    assert escapes(200, seed=0) > 100


@pytest.mark.parametrize("bug", ["down", "up"])
def test_one_wrong_end_is_noticed(bug, monkeypatch):
    """To forget to round one of the two ends is enough to be noticed."""
    monkeypatch.setattr(intervals, bug, lambda u: u)
    assert escapes(200, seed=1) > 50


def test_ends_are_moved_by_at_least_one_float_and_at_most_three():
    """`down` and `up` pass the neighbour, also of a power of two, of a subnormal number, of 0."""
    numbers = [0.0, 5e-324, 2.0**-1022, 2.0**-970, 1.0, math.nextafter(1.0, 0.0), 1.5, 2.0**1023, 1e308]
    for u in (*numbers, *(-v for v in numbers)):
        below, above = float(intervals.down(np.float64(u))), float(intervals.up(np.float64(u)))
        assert below <= math.nextafter(u, -math.inf) < math.nextafter(u, math.inf) <= above
        assert u - below <= 3 * math.ulp(u) + 2.0**-999
        assert above - u <= 3 * math.ulp(u) + 2.0**-999


def test_logarithms_contain_those_of_balls():
    """The logarithm of every point lies inside, and the ends are near; it is undefined at 0 and below."""
    rng = np.random.default_rng(2)
    lower = rng.random(200) * rng.choice([1e-9, 1.0, 1e12], 200) + 1e-12
    found = intervals.logarithm(Intervals(lower, 2 * lower))
    before, ctx.prec = ctx.prec, 200
    try:
        for k, low in enumerate(lower):
            for point in (low, 1.5 * low, 2 * low):
                assert arb(float(found.lower[k])) <= arb(float(point)).log() <= arb(float(found.upper[k]))
    finally:
        ctx.prec = before
    assert np.all(found.upper - found.lower < math.log(2) + 1e-12)
    undefined = intervals.logarithm(Intervals(np.array([0.0, -1.0, 1.0]), np.array([1.0, 1.0, math.inf])))
    assert np.isnan(undefined.lower[:2]).all()
    assert np.isnan(undefined.upper[:2]).all()
    assert undefined.upper[2] == math.inf


def test_undefined_spreads_and_unbounded_does_not_pretend():
    """NaN survives products with 0 and extremes; 0 times an unbounded interval is 0; pinv is so at 0."""
    one = np.ones(1)
    zero, half_line = Intervals(0 * one, 0 * one), Intervals(0 * one, np.inf * one)
    undefined = Intervals(np.nan * one, np.nan * one)
    with np.errstate(all="ignore"):
        for spread in (
            zero * undefined, undefined * half_line, intervals.largest(undefined, zero), undefined + zero,
            intervals.power(undefined, 2), intervals.pinv(undefined), intervals.sqrt(undefined),
        ):  # fmt: skip
            assert np.isnan(spread.lower[0])
            assert np.isnan(spread.upper[0])
        product = zero * half_line
        assert (product.lower[0], product.upper[0]) == (0, 0)
        around = intervals.pinv(Intervals(np.array([-1.0, 0.0, 0.0, 2.0]), np.array([1.0, 2.0, 0.0, 4.0])))
        huge = Intervals(1e200 * one, 1e200 * one)
        assert np.isnan((huge * huge).lower[0])
    assert around.lower.tolist()[:3] == [-math.inf, 0, 0]
    assert around.upper.tolist()[:3] == [math.inf, math.inf, 0]
    assert around.lower[3] <= 0.25
    assert around.upper[3] >= 0.5


def test_signs_are_exact():
    """Rounding never makes a square, a product of like signs or a difference u - u with u <= w negative."""
    tiny = Intervals(np.array([0.0, 1e-200]), np.array([1e-200, 1e-200]))
    with np.errstate(all="ignore"):
        assert (intervals.power(Intervals(-tiny.upper, tiny.upper), 2).lower == 0).all()
        assert ((tiny * tiny).lower >= 0).all()
        assert ((tiny - tiny).lower <= 0).all()
        assert ((Intervals(tiny.upper, tiny.upper) - tiny).lower >= 0).all()
        assert ((-tiny * tiny).upper <= 0).all()


def test_relations_are_certain_possible_or_open():
    """u < w is certain, open, impossible; an undefined side leaves it open; `choose` takes the hull then."""
    u = Intervals(np.array([0.0, 0.0, 5.0, np.nan]), np.array([1.0, 3.0, 6.0, np.nan]))
    two = Intervals(np.array(2.0), np.array(2.0))
    truth = u < two
    assert truth.certain.tolist() == [True, False, False, False]
    assert truth.possible.tolist() == [True, True, False, True]
    assert (u <= two).certain.tolist() == truth.certain.tolist()
    assert (u > two).certain.tolist() == [False, False, True, False]
    assert (truth & (two > u)).possible.tolist() == truth.possible.tolist()
    chosen = intervals.choose(truth, two, -two)
    assert chosen.lower.tolist() == [2, -2, -2, -2]
    assert chosen.upper.tolist() == [2, 2, -2, 2]


@pytest.mark.parametrize("q", [F(0), F(1, 3), F(-1, 3), F(9, 10), F(1, 2), F(10**30 + 1), F(1, 10**30), F(7)])
def test_rationals_are_between_neighbouring_floats(q):
    """The ends are q where it is a float, else the two floats around it."""
    low, high = float_ends(q)
    assert F(low) <= q <= F(high)
    assert low == high if F(low) == q else math.nextafter(low, math.inf) == high


def test_constants_are_enclosed_in_balls():
    """sqrt(3) log(7)/5 and the like lie inside, within a few floats; what has no rule is refused."""
    before, ctx.prec = ctx.prec, 2 * PRECISION
    try:
        values = {
            sqrt(3) * log(7) / 5: arb(3).sqrt() * arb(7).log() / 5,
            1 - sqrt(2): 1 - arb(2).sqrt(),
            Integer(5) ** Rational(-1, 3): arb(5) ** (-arb(1) / 3),
            sqrt(1 + log(2)): (1 + arb(2).log()).sqrt(),
        }
        for number, ball in values.items():
            low, high = number_ends(number)
            assert arb(low) <= ball <= arb(high)
            assert high - low <= 4 * math.ulp(low)
    finally:
        ctx.prec = before
    for refused in (pi, log(2) ** log(3), oo):
        with pytest.raises(UnknownNodeError):
            number_ends(refused)
    with pytest.raises(ValueError, match="not a finite real number"):
        number_ends(log(Integer(-3), evaluate=False))


def test_sizes_are_tested_widely():
    """The random intervals above span several hundred orders of magnitude."""
    assert all(b / a > 1e8 for a, b in pairwise(SIZES))
