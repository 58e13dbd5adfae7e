"""The probability simplex of R^2: enclosures of its games, proofs, and refutations of smaller bounds."""

import math
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from sympy import E, Rational, exp

from bounds.certificates.certify import certain_sides, certify
from bounds.games import Block, Counterexample, ExactSimplex, LinearGame
from bounds.prover.constants import exp_ends, float_ends, number_ends
from bounds.prover.outcome import ProofOutcome
from bounds.prover.prove import prove
from bounds.prover.question import Question, restate
from bounds.prover.region import region
from bounds.scope import OutOfScope
from theory.statement import Reading
from theory.symbols import x
from theory.theorems.experts import EXPONENTIAL, HEDGE, MULTIPLICATIVE, MWU
from theory.theorems.orabona import EG, THEOREM6_11_CONSTANT

CENTRE = (F(1, 2), F(1, 2))
CASES = [(MWU, "stated", MULTIPLICATIVE, {"eta": F(1, 2)}), (HEDGE, "sharp", EXPONENTIAL, {"eta": F(1)})]


def times(theorem, reading, factor):
    """The theorem with its right side multiplied."""
    rhs = theorem.reading(reading).rhs * factor
    return replace(theorem, id="own.less", readings=(Reading(reading, rhs, "multiplied"),))


def over(recurrence, parameters):
    """The region of `prove` on the simplex."""
    return region(recurrence, parameters, lower=(0, 0), upper=(1, 1), gradient=1, start=CENTRE, simplex=True)


@pytest.mark.parametrize(("theorem", "reading", "recurrence", "parameters"), CASES)
def test_enclosures_contain_both_sides_of_games(theorem, reading, recurrence, parameters):
    """As balls compute them from a file of the game; the enclosures are narrow, and wrong once moved."""
    rng = np.random.default_rng(1)
    where, rounds = over(recurrence, parameters), 3
    statement = restate(theorem, reading, where, rounds)
    named = theorem is MWU
    for _ in range(5):
        rows = [[F(int(k), 10) for k in rng.integers(0, 11, 2)] for _ in range(rounds)]
        z = (F(int(rng.integers(0, 11)), 10),)
        game = LinearGame(
            recurrence=recurrence, parameters=parameters, feasible=ExactSimplex(2), start=CENTRE,
            blocks=(Block(tuple(map(tuple, rows))),),
        )  # fmt: skip
        corner = (z[0], 1 - z[0]) if named else game.best_fixed_point()
        question = Question(statement, where, rounds, None if named else corner)
        at = [u for row in rows for u in row] + list(CENTRE) + (list(z) if named else [])
        ends = np.array([float_ends(u) for u in at])
        found = question.sides(ends[:, :1], ends[:, 1:])
        sides = certain_sides(Counterexample(theorem, reading, game, corner), digits=25)
        for side, true in zip((found.lhs, found.rhs), map(float, sides), strict=True):
            low, high = float(side.lower[0]), float(side.upper[0])
            assert low <= true <= high
            assert high - low < 1e-12
            assert not low <= true + 1e-9 <= high


@pytest.mark.parametrize(("theorem", "reading", "recurrence", "parameters"), CASES)
def test_bounds_on_the_simplex_are_proved(theorem, reading, recurrence, parameters):
    """At T = 1 and 2; the region is named, and mirror images are not used."""
    found = prove(theorem, reading, recurrence, horizon=2, parameters=parameters, budget=20_000)
    assert found.outcome is ProofOutcome.PROVED
    assert found.region.startswith("X = {x >= 0, x_1 + x_2 = 1}, |g_t,i| <= 1, x_1 = 1/2, 1/2, eta = ")
    assert not found.mirrored


@pytest.mark.parametrize(("theorem", "reading", "recurrence", "parameters"), CASES)
def test_a_smaller_bound_on_the_simplex_has_a_counterexample(theorem, reading, recurrence, parameters):
    """The control: with half of the right side a game on the simplex is found, and a replay confirms it."""
    less = times(theorem, reading, Rational(1, 2))
    found = prove(less, reading, recurrence, horizon=1, parameters=parameters, budget=5000)
    assert found.outcome is ProofOutcome.COUNTEREXAMPLE
    example = found.counterexample
    assert example.game.feasible == ExactSimplex(2)
    assert example.game.feasible.contains(example.comparator)
    certify(example)


def test_a_bound_just_below_the_largest_ratio_is_never_proved():
    """The control of the enclosures: times 999/1000 of what a game attains."""
    entry = {"horizon": 2, "first": 2, "parameters": {"eta": 1}, "budget": 4000}
    closest = prove(HEDGE, "sharp", EXPONENTIAL, **entry).rounds[0].closest
    assert 0.8 < closest < 1
    less = times(HEDGE, "sharp", Rational(str(round(closest * 0.999, 6))))
    found = prove(less, "sharp", EXPONENTIAL, **entry)
    assert found.outcome is ProofOutcome.COUNTEREXAMPLE


def test_other_sets_and_metrics_are_refused():
    """A statement about the simplex is not decided on a box, or with a projection that has no enclosure."""
    for given in ({"lower": 0, "upper": 2}, {"dimension": 3}, {"lower": (0, 0, 0), "upper": 1}):
        with pytest.raises(OutOfScope, match="about the probability simplex"):
            prove(HEDGE, "sharp", EXPONENTIAL, horizon=1, parameters={"eta": 1}, **given)
    other = replace(EXPONENTIAL, metric=1 + abs(x))
    with pytest.raises(OutOfScope, match="only the Euclidean projection"):
        prove(HEDGE, "sharp", other, horizon=1, parameters={"eta": 1})
    with pytest.raises(ValueError, match="must be a point of the simplex"):
        prove(HEDGE, "sharp", EXPONENTIAL, horizon=1, parameters={"eta": 1}, start=(1, 1))


def test_a_statement_for_every_start_is_decided_from_the_centre():
    """As the region says; against z at a corner the divergence has no enclosure, so it stays open there."""
    found = prove(THEOREM6_11_CONSTANT, "stated", EG, horizon=1, parameters={"alpha": 1}, budget=2000)
    assert found.outcome is ProofOutcome.UNDECIDED
    assert "x_1 = 1/2, 1/2" in found.region


def test_powers_of_e_are_enclosed():
    """Between neighbouring floats of the true value, monotone, and at the edges of the floats."""
    import mpmath

    places = np.array([-750.0, -700.5, -1.0, -1e-300, 0.0, 1e-9, 0.5, 3.0, 699.0, 705.0, math.inf, -math.inf])
    low, high = exp_ends(places, places)
    with mpmath.workdps(50):
        for u, below, above in zip(places, low, high, strict=True):
            true = mpmath.exp(u)
            assert below <= true <= above
            if abs(u) < 699:
                assert mpmath.mpf(below) > true * (1 - 1e-15)
                assert mpmath.mpf(above) < true * (1 + 1e-15)
    low, high = exp_ends(np.array([math.nan, 0.0]), np.array([math.nan, 1.0]))
    assert math.isnan(low[0])
    assert (low[1], high[1]) == (1.0, math.nextafter(math.e, 3))
    assert number_ends(E) == (math.e, math.nextafter(math.e, 3))
    below, above = number_ends(2 * exp(Rational(-1, 2)))
    assert math.nextafter(below, 9) == above
    assert below <= 2 * math.exp(-0.5) <= above
