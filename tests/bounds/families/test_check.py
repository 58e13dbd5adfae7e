"""Inductions about families: a toy, each part of it made wrong, and its games in play."""

from dataclasses import replace

import pytest
from sympy import Integer, Rational, S, sqrt

from bounds.certificates.certify import replayed
from bounds.families.check import FamilyOutcome, check_family
from bounds.families.family import Stretch, Turn, k, n, regret
from bounds.games import Counterexample
from theory.algorithms.sgd import SGD
from theory.quantities import CumMax, NormInf, Prev, Regret, SumCoords
from theory.statement import Assumption, Requires
from theory.symbols import D, T, g, t, x, x_next
from toy_family import AWAY, ROOT_T, SIZE, SLOW, C

DOWN = Integer(-1)


def answer(family=AWAY, **changes):
    """What is known of the family with some of its parts changed."""
    return check_family(replace(family, **changes))


def with_turn(*turns, times=n, **changes):
    """The family with other turns."""
    return answer(stretches=(Stretch(turns, times),), **changes)


def about(*conditions, **changes):
    """The family with a statement that has more assumptions."""
    more = tuple(Assumption("the one more", c) for c in conditions)
    return answer(theorem=replace(ROOT_T, assumptions=(*ROOT_T.assumptions, *more), **changes))


def test_the_toy_outgrows_every_bound():
    """3/2 n against C sqrt(n)."""
    found = answer()
    assert found.outcome is FamilyOutcome.GROWS
    assert (found.reason, found.growth) == ("", Rational(1, 2))
    assert found.inequalities > 10


@pytest.mark.parametrize("rounds", [1, 7, 300])
def test_played_games_agree(rounds):
    """The regret and the right side of games in ball arithmetic lie where the family says."""
    game = AWAY.game({n: rounds, C: 1})
    assert game.horizon == rounds
    left, right = replayed(Counterexample(ROOT_T, "C1", game, comparator=(1,)))
    assert float(left) >= AWAY.at_least.subs(n, rounds) - 1e-9
    assert float(right) <= float(AWAY.at_most[0].subs({n: rounds, C: 1})) + 1e-9


@pytest.mark.parametrize(
    "before",
    [
        {x: -S.Half - 1 / t, regret: (3 * k / 2, None)},  # wrong in the first round
        {x: -S.Half - 1 / (t + 1), regret: (3 * k / 2, None)},  # right there, not kept
        {x: (None, Rational(-3, 4)), regret: (3 * k / 2, None)},  # true once, and then false
        {x: -S.Half - 1 / (2 * t), regret: (2 * k, None)},  # too large a regret
        {regret: (3 * k / 2, None)},  # true, but no induction without x
    ],
)
def test_a_wrong_invariant_is_refused(before):
    """Must-fail controls: each claim fails before round 1 or is not kept."""
    found = with_turn(Turn(DOWN, before))
    assert found.outcome is FamilyOutcome.NOT_SHOWN
    assert found.reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"at_least": 2 * n}, "regret >= 2*n"),
        ({"at_most": (C * n ** Rational(1, 4),)}, "no formula of `at_most` bounds"),
        ({"at_most": (C * sqrt(n) / 2,)}, "no formula of `at_most` bounds"),
        ({"at_most": (C * n,)}, "grows with n"),
        ({"at_most": (C * n**2,)}, "grows with n"),
        ({"at_most": (C * (sqrt(n) + 1),)}, "no constant times a power"),
        ({"final": {}}, "nothing is claimed of `regret`"),
        ({"final": {regret: (2 * n, None)}}, "regret >= 2*n"),
        ({"ends": (Integer(1), DOWN)}, "ends"),
        ({"start": Integer(2)}, "`start`"),
        ({"comparator": Integer(2)}, "`comparator`"),
        ({"parameters": {"size": S.Zero}}, "`size` = 0"),
        ({"parameters": {"size": S.One}}, "x"),
    ],
)
def test_a_wrong_part_is_refused(changes, words):
    """Must-fail controls: a wrong growth, a point outside, a parameter out of range."""
    found = answer(**changes)
    assert found.outcome is FamilyOutcome.NOT_SHOWN
    assert words in found.reason


@pytest.mark.parametrize("times", [n / 2, n - 1, sqrt(n), n - n])
def test_the_number_of_rounds_is_a_positive_integer(times):
    """Must-fail control: half a round, or none."""
    found = with_turn(AWAY.stretches[0].turns[0], times=times)
    assert "`times`" in found.reason


@pytest.mark.parametrize(
    "condition",
    [
        Requires.PROBABILITY_SIMPLEX,
        Requires.START_AT_ORIGIN,
        SIZE.symbol < S.Half,
        D <= 1,
        CumMax(SumCoords(x_next)) <= Rational(-3, 4),
        CumMax(NormInf(g)) < 1,
        CumMax(NormInf(g - Prev(g))) <= 0,
        CumMax(NormInf(g)) <= SumCoords(x),
    ],
)
def test_games_that_the_statement_is_not_about_are_refused(condition):
    """Must-fail controls: an assumption that fails, or that a family does not show."""
    found = about(condition)
    assert found.outcome is FamilyOutcome.NOT_SHOWN
    assert found.reason


@pytest.mark.parametrize(
    "condition",
    [
        Requires.SEPARABLE_SET,
        SIZE.symbol <= S.Half,
        D <= 2,
        CumMax(SumCoords(x_next)) <= 1,
        CumMax(NormInf(g)) <= 1,
    ],
)
def test_assumptions_that_hold_are_shown(condition):
    """The controls of the controls."""
    assert about(condition).outcome is FamilyOutcome.GROWS


def test_a_statement_about_another_algorithm_or_side_is_refused():
    """Of SGD, or of a weighted regret."""
    assert "slow descent" in answer(theorem=replace(ROOT_T, algorithms=(SGD,))).reason
    weighted = answer(theorem=replace(ROOT_T, lhs=Regret(T)))
    assert "left side" in weighted.reason


def test_a_lower_bound_holds_in_every_round():
    """-regret <= -3/2 T; 2 T instead is refused, in the round in which it fails."""
    lower = replace(ROOT_T, lhs=-Regret(S.One), readings=(replace(ROOT_T.readings[0], rhs=-3 * T / 2),))
    assert answer(theorem=lower, at_most=()).outcome is FamilyOutcome.HOLDS
    more = replace(lower, readings=(replace(ROOT_T.readings[0], rhs=-2 * T),))
    assert "the statement after the round" in answer(theorem=more, at_most=()).reason


def test_a_division_by_zero_is_refused():
    """g/(x + 1) is not defined at the end -1, where a form in lowest terms may look harmless."""
    point = x - SIZE.symbol * g * (x + 1) / (t * (t + 1) * (x + 1))
    assert point == SLOW.point  # sympy cancels at once, which is the textbook's line then
    divided = replace(SLOW, point=x - SIZE.symbol * g / (t * (t + 1)) / (x + 1))
    found = answer(recurrence=divided, theorem=replace(ROOT_T, algorithms=(divided,)))
    assert "divides by" in found.reason


def test_a_game_needs_rational_numbers():
    """A value is missing."""
    with pytest.raises(ValueError, match="`gradient` = C is not rational"):
        replace(AWAY, stretches=(Stretch((Turn(C),), n),)).game({n: 3})
    with pytest.raises(ValueError, match="`parameters` names"):
        replace(AWAY, parameters={})
