"""The families of the atlas: what sympy shows of them, their games in play, and each made wrong."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Add, Integer, Interval, Rational, S

from bounds.certificates.certify import replayed
from bounds.evaluate import check
from bounds.families.check import FamilyOutcome, check_family
from bounds.families.family import k, n, regret
from bounds.games import Counterexample
from bounds.verdict import Verdict
from levels import mostly_slow
from online_sim import Box, Game, play
from online_sim.streams.arrays import ArrayStream
from paper_checks.gallery.families import ADAM_REDDI_1, ADAX_LITERAL, ADAX_PRODUCT, FAMILIES
from paper_checks.run.families_checked import inequalities_of
from theory.losses.linear import LINEAR
from theory.quantities import Regret, SumCoords
from theory.symbols import t, v, vhat, x
from theory.theorems.adax import THEOREM4_1, THEOREM4_1_PRODUCT, grown

SLACK = 1e-9


def in_floats(family, values, record):
    """A game of the family, played round by round."""
    game = family.game(values)
    (low,), (high,) = game.feasible.lower, game.feasible.upper
    played = Game(
        family.recurrence,
        LINEAR,
        ArrayStream(np.array([[float(u) for u in row] for row in game.rows])),
        Box(float(low), float(high), dimension=1),
        horizon=game.horizon,
        parameters={name: float(value) for name, value in game.parameters.items()},
        start=[float(u) for u in game.start],
    )
    return play(played, record=list(record), checkpoints="all", engine="numpy")


@pytest.mark.parametrize(
    "family",
    # One that grows and one that holds; the literal one is shown as the product is.
    mostly_slow(FAMILIES, lambda _, family: family is not ADAX_LITERAL),
    ids=lambda family: family.name,
)
def test_every_family_is_shown(family):
    """By an induction for all n, all values of its symbols and all rounds."""
    answer = check_family(family)
    assert answer.outcome is (FamilyOutcome.GROWS if family.at_most else FamilyOutcome.HOLDS), answer.reason
    assert answer.growth == (Rational(1, 4) if family.at_most else 1)
    assert inequalities_of(family) == answer.inequalities  # stored for the report


def test_an_answer_about_another_family_does_not_count(monkeypatch):
    """Nor one about another statement, or by another checker."""
    family = ADAX_PRODUCT
    assert inequalities_of(family) is not None
    theorem = replace(family.theorem, readings=(replace(family.theorem.readings[0], rhs=S.One),))
    changed = (
        replace(family, at_least=family.at_least / 2),
        replace(family, stretches=family.stretches[:1]),
        replace(family, theorem=theorem),
    )
    assert [inequalities_of(other) for other in changed] == [None] * 3
    monkeypatch.setattr("paper_checks.run.families_checked.checker_digest", lambda: "another")
    assert inequalities_of(family) is None


@pytest.mark.parametrize("size", [1, 4, 60])
@pytest.mark.parametrize(
    ("family", "theorem"), [(ADAX_LITERAL, THEOREM4_1), (ADAX_PRODUCT, THEOREM4_1_PRODUCT)]
)
def test_games_of_adax_agree(family, theorem, size):
    """With C = 10: the regret is at least, and the right side at most, what is claimed."""
    (constant,) = family.ranges
    values = {n: size, constant: 10}
    left, right = replayed(Counterexample(theorem, "C10", family.game(values), comparator=(1,)))
    assert float(left) >= float(family.at_least.subs(values)) - SLACK
    assert float(right) <= float(Add(*family.at_most).subs(values)) + SLACK


@pytest.mark.parametrize("size", [1, 4, 60])
@pytest.mark.parametrize(("large", "h", "share"), [("12/5", "1", "1/2"), ("35/12", "3", "19/20")])
def test_games_of_adam_agree(size, large, h, share):
    """The regret is at least what is claimed, and the statement is not violated in any round."""
    family, (half, c, slope, alpha) = ADAM_REDDI_1, ADAM_REDDI_1.ranges
    values = {half: Rational(h), c: Integer(2), slope: Rational(large), n: Integer(size)}
    values[alpha] = family.ranges[alpha].end.subs(values) * Rational(share)
    seen = in_floats(family, values, family.theorem.quantities)
    lower, _ = seen.interval(Regret(S.One))
    assert lower[-1] >= float(family.at_least.subs(values)) - SLACK
    assert check(family.theorem, "example", seen).verdict is not Verdict.VIOLATED


@pytest.mark.parametrize("family", [ADAX_PRODUCT, ADAX_LITERAL], ids=lambda family: family.name)
def test_every_claim_about_a_state_holds_in_play(family):
    """x, v and vhat in every round of a game of 90 rounds, played in floats."""
    size = 30
    seen = in_floats(family, {n: size, **dict.fromkeys(family.ranges, 1)}, map(SumCoords, (x, v, vhat)))
    compared, before = 0, 0
    for stretch in family.stretches:
        (turn,) = stretch.turns
        for again in range(int(stretch.times.subs(n, size))):
            now = before + again + 1
            claims = [(x, turn.before[x], now), (vhat, turn.within[vhat], now)]
            claims += [(v, turn.before[v], now - 1)] if now > 1 else []
            for what, ends, at in claims:
                value = seen[SumCoords(what)][at - 1]
                place = {n: size, k: again, t: now}
                low, high = (None if e is None or e.has(grown) else float(e.subs(place)) for e in ends)
                assert low is None or value >= low - SLACK
                assert high is None or value <= high + SLACK
                compared += (low is not None) + (high is not None)
        before += int(stretch.times.subs(n, size))
    assert compared > 200


def with_before(family, i, what, claim):
    """The family with another claim before the turns of one stretch."""
    changed = family.stretches[i]
    turns = tuple(replace(turn, before={**turn.before, what: claim}) for turn in changed.turns)
    stretches = list(family.stretches)
    stretches[i] = replace(changed, turns=turns)
    return replace(family, stretches=tuple(stretches))


@pytest.mark.parametrize(
    ("family", "words"),
    [
        (with_before(ADAX_PRODUCT, 1, x, (None, -1 + k / (3 * n))), "x <="),
        (with_before(ADAX_PRODUCT, 1, regret, (3 * k - 2 * n, None)), "regret >="),
        (replace(ADAX_PRODUCT, parameters={**ADAX_PRODUCT.parameters, "alpha": S.One}), "x <="),
        (replace(ADAX_PRODUCT, at_most=tuple(e / 2 for e in ADAX_PRODUCT.at_most)), "at_most"),
        (replace(ADAX_PRODUCT, at_most=tuple(e * n for e in ADAX_PRODUCT.at_most)), "grows"),
        (replace(ADAX_PRODUCT, start=Integer(1)), "before round 1"),
        (replace(ADAX_PRODUCT, recurrence=ADAX_LITERAL.recurrence), "AdaX of Theorem 4.1"),
    ],
)
def test_a_false_claim_about_adax_is_refused(family, words):
    """Must-fail controls: a wrong invariant, a wrong step, a wrong growth, another algorithm."""
    answer = check_family(family)
    assert answer.outcome is FamilyOutcome.NOT_SHOWN
    assert words in answer.reason


def test_adam_needs_large_above_two_and_a_short_step():
    """Must-fail controls: a smaller C, and the step that the assumption excludes."""
    large, alpha = (next(s for s in ADAM_REDDI_1.ranges if s.name == name) for name in ("large", "alpha"))
    small = replace(ADAM_REDDI_1, ranges={**ADAM_REDDI_1.ranges, large: Interval.open(1, S.Infinity)})
    assert check_family(small).outcome is FamilyOutcome.NOT_SHOWN
    end = ADAM_REDDI_1.ranges[alpha].end
    long = replace(ADAM_REDDI_1, ranges={**ADAM_REDDI_1.ranges, alpha: Interval.open(0, 2 * end)})
    assert "alpha <" in check_family(long).reason
