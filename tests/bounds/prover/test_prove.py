"""Deciding theorems for all streams: proofs of the true, counterexamples to the false, and honest silence."""

import math
import runpy
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest
from sympy import Rational, S, log, sqrt

from bounds.certificates.certify import certain_sides, certify, excess
from bounds.prover import prove as module
from bounds.prover import search
from bounds.prover.outcome import ProofOutcome
from bounds.prover.prove import prove
from bounds.prover.question import Question, restate
from bounds.prover.region import region
from theory.algorithms.adal import ADAL, ADAL_EPS_ADAM, ADAL_R1, ADAL_R2, ADAL_R3
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.sgd import SGD, SGD_CONSTANT
from theory.parameters import alpha
from theory.quantities import CumMax, MaxCoords, Norm1, Regret, SumCoords
from theory.statement import Assumption, Reading, Requires
from theory.symbols import D_2, D, D_i, T, g
from theory.theorems.adal import THEOREM1, THEOREM2
from theory.theorems.amsgrad import SHARP
from theory.theorems.ogd import CONSTANT, SQRT
from theory.theorems.orabona import THEOREM2_13_CONSTANT
from theory.theorems.realisable import BY_ROOT
from theory.theorems.repaired import R_CORRECTED, R_EPS, R

ROOT = Path(__file__).resolve().parents[3]
ONE = {"alpha": 1}
MOMENTUM = {"alpha": "1/10", "beta1": "9/10", "beta2": "99/100"}
PLAIN = {"alpha": "1/10", "beta1": 0, "beta2": "99/100"}


def times(theorem, reading, factor):
    """The theorem with its right side multiplied."""
    rhs = theorem.reading(reading).rhs * factor
    return replace(theorem, readings=(Reading(reading, rhs, "multiplied"),))


def with_rhs(rhs, **fields):
    """The statement about gradient descent with another right side."""
    return replace(SQRT, readings=(Reading("r", rhs, ""),), **fields)


def outcomes(decision):
    """The outcome at each horizon."""
    return [result.outcome for result in decision.rounds]


# True statements, a region each, and the horizon.
TRUE = [
    (SQRT, "stated", SGD, 4, ONE, {}),
    (SQRT, "stated", SGD, 3, {"alpha": ("1/10", 1)}, {}),
    (SQRT, "stated", SGD, 2, ONE, {"dimension": 2}),
    (SQRT, "stated", SGD, 3, {"alpha": "1/3"}, {"lower": 0, "upper": 1, "gradient": 2}),
    (SQRT, "stated", SGD, 3, ONE, {"start": ("1/3",)}),
    (CONSTANT, "stated", SGD_CONSTANT, 4, {"alpha": "1/4"}, {}),
    *((R, "D", order, 3, given, {}) for order in (ADAL_R1, ADAL_R2, ADAL_R3) for given in (MOMENTUM, PLAIN)),
    (R, "D_i", ADAL_R2, 2, {"alpha": "1/2", "beta1": "1/2", "beta2": "9/10"}, {"dimension": 2}),
    (R_CORRECTED, "D", ADAL_R3, 2, MOMENTUM, {}),
    (R_EPS, "D", ADAL_EPS_ADAM, 1, {"alpha": "1/2", "beta1": "1/2", "beta2": "9/10"}, {}),
    (SHARP, "stated", AMSGRAD, 3, PLAIN, {}),
    (SQRT, "stated", SGD, 2, ONE, {"lower": (-1, 0), "upper": (1, "1/2")}),
    (R, "D_i", ADAL_R2, 2, PLAIN, {"lower": (-2, "-1/4"), "upper": (2, "1/4")}),
    (BY_ROOT, "D", ADAL_R2, 2, MOMENTUM, {}),
]


@pytest.mark.parametrize(("theorem", "reading", "recurrence", "horizon", "given", "where"), TRUE)
def test_true_theorems_are_proved(theorem, reading, recurrence, horizon, given, where):
    """Each is proved at every horizon, with a nonnegative slack, and no game tried exceeds it."""
    theorem = theorem if theorem.about(recurrence.name)[0] else theorem.asked_of(recurrence.name)
    found = prove(theorem, reading, recurrence, horizon=horizon, parameters=given, budget=50_000, **where)
    assert found.outcome is ProofOutcome.PROVED
    assert [result.horizon for result in found.rounds] == list(range(1, horizon + 1))
    assert found.counterexample is None
    assert found.boxes == sum(result.boxes for result in found.rounds) >= horizon
    for result in found.rounds:
        assert result.slack >= 0
        assert result.closest <= 1
        assert (result.undecided, result.worst) == (0, None)


@pytest.mark.parametrize(("theorem", "reading", "recurrence", "horizon", "given", "where"), TRUE[::3])
def test_just_below_the_closest_game_the_same_statement_is_false(
    theorem, reading, recurrence, horizon, given, where
):
    """With the right side times 0.999 of the largest lhs/rhs seen, each of them has a counterexample."""
    theorem = theorem if theorem.about(recurrence.name)[0] else theorem.asked_of(recurrence.name)
    ask = {"horizon": horizon, "parameters": given, "budget": 50_000, **where}
    last = prove(theorem, reading, recurrence, **ask).rounds[-1]
    factor = Rational(F(last.closest).limit_denominator(10**6) * F(999, 1000))
    below = prove(times(theorem, reading, factor), reading, recurrence, **ask)
    assert below.rounds[-1].outcome is ProofOutcome.COUNTEREXAMPLE


@pytest.mark.parametrize("reading", ["A", "B", "C"])
def test_theorem_1_is_false_in_one_round(reading):
    """Every reading has a counterexample in short numbers at T = 1, which the certificate checker accepts."""
    given = {"alpha": 1, "beta1": 0, "beta2": "1/2"}
    found = prove(THEOREM1, reading, ADAL, horizon=2, parameters=given)
    assert outcomes(found) == [ProofOutcome.COUNTEREXAMPLE] * 2
    example = found.counterexample
    assert example.game.horizon == 1
    assert example.game.start == (1,)
    assert example.comparator == (-1,)
    assert example.game.rows[0][0].denominator <= 10
    certify(example)
    for result in found.rounds:
        left, right = certain_sides(result.counterexample)
        assert left > right


def test_no_round_with_gradients_of_size_one_breaks_theorem_1():
    """With 1 <= |g| <= 2 the same readings are proved at T = 1 and 2: scale is what breaks them there."""
    for reading in ("A", "B", "C"):
        found = prove(
            THEOREM1, reading, ADAL, horizon=2, gradient=(1, 2),
            parameters={"alpha": 1, "beta1": 0, "beta2": "1/2", "eps": 0},
        )  # fmt: skip
        assert found.outcome is ProofOutcome.PROVED


def test_ranges_of_parameters_are_proved_together():
    """Theorem R for all alpha, beta1 and beta2 of a box; and a counterexample names one of them."""
    given = {"alpha": ("1/10", 1), "beta1": ("1/2", "9/10"), "beta2": ("9/10", "999/1000")}
    found = prove(R, "D", ADAL_R2, horizon=2, parameters=given)
    assert found.outcome is ProofOutcome.PROVED
    assert "beta1 in [1/2, 9/10]" in found.region
    false = prove(times(R, "D", Rational(1, 20)), "D", ADAL_R2, horizon=1, parameters=given)
    assert outcomes(false) == [ProofOutcome.COUNTEREXAMPLE]
    chosen = false.counterexample.game.parameters
    assert all(F(low) <= chosen[name] <= F(high) for name, (low, high) in given.items())


@pytest.mark.parametrize("below", [Rational(1, 1000), Rational(1, 10**9), Rational(1, 10**12)])
def test_a_constant_just_below_the_tight_one_is_refuted(below):
    """At alpha = 2, T = 1 the bound of gradient descent is attained: any smaller constant is false."""
    found = prove(times(SQRT, "stated", 1 - below), "stated", SGD, horizon=1, parameters={"alpha": 2})
    assert outcomes(found) == [ProofOutcome.COUNTEREXAMPLE]
    assert found.counterexample.game.rows == ((1,),)
    assert found.counterexample.game.start == (1,)
    assert excess(found.counterexample) > 0


def test_a_tie_is_left_undecided_and_relaxing_it_is_said():
    """Where both sides are equal nothing is claimed; lhs <= (1 + relax) rhs is proved and named as such."""
    tie = prove(SQRT, "stated", SGD, horizon=1, parameters={"alpha": 2}, budget=20_000)
    assert tie.outcome is ProofOutcome.UNDECIDED
    (result,) = tie.rounds
    assert 0 < result.undecided < 1e-6
    low, high = result.worst.ends["g_1"]
    assert low <= 1 + 1e-3
    assert high >= 1 - 1e-3
    assert 0 <= result.worst.excess < 1e-3
    relaxed = prove(SQRT, "stated", SGD, horizon=1, parameters={"alpha": 2}, relax="1/1000")
    assert relaxed.outcome is ProofOutcome.PROVED
    assert "times 1001/1000" in relaxed.sentence
    assert "times" not in tie.sentence


def test_relaxing_hides_no_violation():
    """A game between rhs and (1 + relax) rhs violates the statement itself: a counterexample all the same."""
    found = prove(
        times(SQRT, "stated", Rational(999, 1000)), "stated", SGD, horizon=1, parameters={"alpha": 2}, relax=1
    )
    assert found.outcome is ProofOutcome.COUNTEREXAMPLE


def test_a_violation_that_sampling_misses_is_found_by_the_search(monkeypatch):
    """Without any sample the midpoints of the boxes find the violation, after some boxes."""
    monkeypatch.setattr(module, "hunt", lambda question: (np.empty((len(question.unknowns), 0)), -math.inf))
    found = prove(
        times(SQRT, "stated", Rational(999, 1000)), "stated", SGD, horizon=1, parameters={"alpha": 2}
    )
    assert found.outcome is ProofOutcome.COUNTEREXAMPLE
    assert found.boxes > 0
    certify(found.counterexample)


@pytest.mark.parametrize(
    "rhs",
    [
        5 + sqrt(CumMax(Norm1(g)) - Rational(1, 2)),
        5 + log(CumMax(Norm1(g))) ** 2,
        5 + 1 / CumMax(Norm1(g)),
        5 + 1 / (CumMax(Norm1(g)) - Rational(1, 2)) ** 2,
    ],
    ids=["root", "logarithm", "infinite at 0", "infinite inside"],
)
def test_where_the_right_side_is_undefined_nothing_is_proved(rhs):
    """lhs <= 2 < rhs wherever rhs is a number; where it is none the statement stays undecided."""
    found = prove(with_rhs(rhs), "r", SGD, horizon=1, parameters=ONE, budget=2000)
    assert found.outcome is ProofOutcome.UNDECIDED
    assert found.rounds[0].worst.excess == math.inf
    assert prove(with_rhs(S(5)), "r", SGD, horizon=1, parameters=ONE).outcome is ProofOutcome.PROVED


def test_an_undefined_step_is_not_clipped_away():
    """The projection brings any number into X, but a step that is not a number does not become one."""
    bad = replace(SGD, name="bad", point=SGD.point + sqrt(Norm1(g) - Rational(1, 2)))
    statement = with_rhs(S(50), algorithms=("bad",))
    found = prove(statement, "r", bad, horizon=2, parameters=ONE, budget=2000)
    assert outcomes(found) == [ProofOutcome.PROVED, ProofOutcome.UNDECIDED]


def test_a_budget_that_ends_says_what_is_left():
    """With one box the whole region is left; the share shrinks as the budget grows; progress is told."""
    told = []
    shares = []
    for budget in (1, 60, 2000):
        found = prove(
            SQRT, "stated", SGD, horizon=2, parameters={"alpha": (1, 3)}, budget=budget,
            progress=lambda *news: told.append(news),
        )  # fmt: skip
        last = found.rounds[-1]
        assert last.boxes <= 2 * max(budget, 1)  # each of the two searches has the budget
        shares.append(last.undecided)
    assert shares[0] == 1
    assert shares[0] > shares[1] > shares[2]
    assert {T for T, _, _ in told} == {1, 2}
    assert all(0 <= left <= 1 for _, _, left in told)


def test_boxes_cover_what_they_are_cut_from(monkeypatch):
    """Every random point of the region lies in a box that was settled: the proof leaves no gap."""
    settled = []
    evaluated = Question.sides

    def noting(question, lower, upper):
        sides = evaluated(question, lower, upper)
        kept = sides.lhs.upper <= sides.rhs.lower
        settled.append((lower[:, kept], upper[:, kept]))
        return sides

    monkeypatch.setattr(Question, "sides", noting)
    assert prove(SQRT, "stated", SGD, horizon=3, parameters=ONE).outcome is ProofOutcome.PROVED
    three = [(low, up) for low, up in settled if len(low) == 4]
    lower, upper = (np.concatenate(ends, axis=1) for ends in zip(*three, strict=True))
    points = 2 * np.random.default_rng(0).random((4, 500)) - 1
    inside = (lower[:, :, None] <= points[:, None, :]) & (points[:, None, :] <= upper[:, :, None])
    assert inside.all(axis=0).any(axis=0).all()


def test_both_corners_give_the_answer_of_one():
    """Where mirror images are granted, the statement is proved against the other corner too."""
    where = region(SGD, ONE, dimension=1, lower=-1, upper=1, gradient=1, start=None)
    statement = restate(SQRT, "stated", where, 3)
    for corner in where.corners():
        question = Question(statement, where, 3, corner)
        box = np.array([[-1.0]] * 4), np.array([[1.0]] * 4)
        found = search.BoxSearch(question, *box, F(0))
        assert found.run(5000)
        assert not found.left.count
        assert 0 < found.closest < 1


def test_a_box_with_equal_sides_is_the_cube():
    """Its corners may be written out; one number counts for every coordinate."""
    ask = {"horizon": 2, "parameters": ONE}
    cube = prove(SQRT, "stated", SGD, lower=-1, upper=1, dimension=2, **ask)
    for ends in ({"lower": (-1, -1), "upper": (1, 1)}, {"lower": -1, "upper": (1, 1)}):
        assert prove(SQRT, "stated", SGD, **ends, **ask) == cube


SHORTEST = -MaxCoords(-D_i)


@pytest.mark.parametrize("diameter", [SumCoords(D_i), D + Rational(1, 2), sqrt(D_2**2 + 4), 9 * SHORTEST])
def test_the_sides_of_a_box_are_measured_one_by_one(diameter):
    """In one round on [-2, 2] x [-1/4, 1/4] the largest regret is 9/2, however the sides enter the bound."""
    ask = {"horizon": 1, "parameters": ONE, "lower": (-2, "-1/4"), "upper": (2, "1/4")}
    above = prove(with_rhs(Rational(1001, 1000) * diameter), "r", SGD, **ask)
    assert above.outcome is ProofOutcome.PROVED
    assert "X = [-2, 2] x [-1/4, 1/4]" in above.region
    below = prove(with_rhs(Rational(999, 1000) * diameter), "r", SGD, **ask)
    assert below.outcome is ProofOutcome.COUNTEREXAMPLE
    assert excess(below.counterexample) > 0
    certify(below.counterexample)


def test_every_corner_of_a_box_off_the_origin_counts():
    """About unequal centres no mirror image is granted: what holds against the first corner may fall."""
    where = {"lower": (0, 0), "upper": (1, 3), "start": ("1/2", 0)}
    found = prove(with_rhs(S(3)), "r", SGD, horizon=1, parameters=ONE, **where)
    assert not found.mirrored
    assert found.outcome is ProofOutcome.COUNTEREXAMPLE
    enough = prove(with_rhs(Rational(36, 10)), "r", SGD, horizon=1, parameters=ONE, **where)
    assert enough.outcome is ProofOutcome.PROVED


def test_assumptions_bound_the_region():
    """gamma >= 1 everywhere is refused; what is partly outside is proved inside, or left near gamma = 1."""
    with pytest.raises(ValueError, match="fails for these parameters"):
        prove(R, "D", ADAL_R1, horizon=1, parameters={"alpha": 1, "beta1": "9/10", "beta2": "1/2"})
    outside = {"alpha": 1, "beta1": ("9/10", "95/100"), "beta2": ("1/2", "3/5")}
    with pytest.raises(ValueError, match="nowhere in the region"):
        prove(R, "D", ADAL_R1, horizon=1, parameters=outside)
    small = replace(SQRT, assumptions=(*SQRT.assumptions, Assumption("alpha is small", alpha < 1)))
    half = times(small, "stated", Rational(9, 10))
    found = prove(half, "stated", SGD, horizon=1, parameters={"alpha": ("1/2", 3)})
    assert found.outcome is ProofOutcome.PROVED
    anywhere = times(SQRT, "stated", Rational(9, 10))
    whole = prove(anywhere, "stated", SGD, horizon=1, parameters={"alpha": ("1/2", 3)})
    assert whole.outcome is ProofOutcome.COUNTEREXAMPLE
    straddling = {"alpha": 1, "beta1": "9/10", "beta2": ("4/5", "9/10")}
    open_end = prove(R, "D", ADAL_R1, horizon=1, parameters=straddling, budget=3000)
    assert open_end.outcome is ProofOutcome.UNDECIDED
    low, high = open_end.rounds[0].worst.ends["beta2"]
    assert low <= 0.81 <= high


def test_a_newcomers_theorem_works_unchanged():
    """The documentation's example file: its bound is proved, half of it is refuted."""
    mine = runpy.run_path(str(ROOT / "docs" / "examples" / "my_theorem.py"))
    ask = {"horizon": 3, "parameters": {"alpha": "3/2"}}
    assert prove(mine["THEOREM"], "full", mine["ALGORITHM"], **ask).outcome is ProofOutcome.PROVED
    half = prove(mine["THEOREM"], "half", mine["ALGORITHM"], **ask)
    assert outcomes(half) == [ProofOutcome.COUNTEREXAMPLE] * 3
    certify(half.counterexample)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"horizon": 0}, "`horizon`"),
        ({"budget": 0}, "`budget`"),
        ({"relax": -1}, "`relax`"),
        ({"dimension": 0}, "`dimension`"),
        ({"lower": 1}, "`lower`"),
        ({"lower": (-1, 1), "upper": 1}, r"`lower` = \(-1, 1\) must be less than `upper` = \(1, 1\)"),
        ({"lower": (-1, -1), "dimension": 3}, "`lower` = .* 2 numbers; give one for each of the 3"),
        ({"upper": ()}, "`upper` is empty"),
        ({"upper": (1, 0.5)}, "not an exact number"),
        ({"gradient": 0}, "`gradient`"),
        ({"gradient": (2, 1)}, "`gradient`"),
        ({"start": (2,)}, "`start`"),
        ({"start": (0, 0)}, "`start`"),
        ({"parameters": {}}, "`alpha` is missing"),
        ({"parameters": {"alpha": 0.5}}, "not an exact number"),
        ({"parameters": {"alpha": 0}}, "`alpha`"),
        ({"parameters": {"alpha": (2, 1)}}, "`alpha`"),
        ({"parameters": {"alpha": 1, "beta": 1}}, "unknown parameter `beta`"),
    ],
)
def test_wrong_use_is_refused(change, words):
    """Each argument that makes no sense is named."""
    with pytest.raises(ValueError, match=words):
        prove(SQRT, "stated", SGD, **{"horizon": 1, "parameters": ONE, **change})


@pytest.mark.parametrize(
    ("theorem", "words"),
    [
        (THEOREM2, "linear losses on a box"),
        (with_rhs(Regret(S.One)), "at most one Regret"),
        (with_rhs(S(5), lhs=Regret(S.One) + Regret(Norm1(g))), "at most one Regret"),
        (with_rhs(S(5), lhs=-Regret(S.One)), "does not grow"),
        (with_rhs(S(5), lhs=Regret(S.One) ** 2), "does not grow"),
        (with_rhs(S(5), assumptions=(Assumption("f is smooth", Requires.SMOOTH_LOSS),)), "smooth"),
    ],
)
def test_statements_of_another_kind_are_refused(theorem, words):
    """A statement that is not about one regret of linear losses on a box is refused with the reason."""
    with pytest.raises(ValueError, match=words):
        prove(theorem, theorem.readings[0].key, SGD, horizon=1, parameters=ONE)


def test_an_average_regret_may_be_stated():
    """lhs may be a positive multiple of a regret: R(T)/T <= rhs/T is the same statement."""
    stated = with_rhs(SQRT.readings[0].rhs / T, lhs=Regret(S.One) / T)
    assert prove(stated, "r", SGD, horizon=2, parameters=ONE).outcome is ProofOutcome.PROVED


@pytest.mark.slow
@pytest.mark.parametrize("variant", [ADAL_R1, ADAL_R2, ADAL_R3])
def test_theorem_r_for_all_common_parameters(variant):
    """T <= 3, alpha in [1/10, 1], beta1 in [1/2, 9/10], beta2 in [9/10, 999/1000]: proved at once."""
    given = {"alpha": ("1/10", 1), "beta1": ("1/2", "9/10"), "beta2": ("9/10", "999/1000")}
    assert prove(R, "D", variant, horizon=3, parameters=given).outcome is ProofOutcome.PROVED


@pytest.mark.slow
def test_a_relaxed_tie_in_four_rounds():
    """The constant step, tight at every T, is proved for T <= 4 with one per cent."""
    found = prove(CONSTANT, "stated", SGD_CONSTANT, horizon=4, parameters=ONE, relax="1/100")
    assert found.outcome is ProofOutcome.PROVED


def test_only_the_horizons_asked_for_are_decided():
    """From `first` on, with the same answers as from the beginning."""
    whole = prove(SQRT, "stated", SGD, horizon=3, parameters=ONE)
    part = prove(SQRT, "stated", SGD, horizon=3, first=2, parameters=ONE)
    assert part.rounds == whole.rounds[1:]


def test_a_statement_may_read_the_next_point():
    """Linear losses meet Orabona's equality on a line; the same with less on the right side is refuted."""
    entry = {"horizon": 1, "parameters": {"alpha": "1/2"}, "gradient": ("1/2", 1), "start": (0,)}
    found = prove(THEOREM2_13_CONSTANT, "stated", SGD_CONSTANT, relax=F(1, 2), **entry)
    assert found.outcome is ProofOutcome.PROVED
    less = times(THEOREM2_13_CONSTANT, "stated", Rational(9, 10))
    assert prove(less, "stated", SGD_CONSTANT, **entry).outcome is ProofOutcome.COUNTEREXAMPLE
