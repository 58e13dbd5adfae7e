"""Proofs as data, and what sympy makes of them: right arguments pass, planted errors do not."""

from dataclasses import replace

import pytest
from sympy import Integer, Rational, log

from theory.parameters import beta1
from theory.proof import (
    Cited,
    Combined,
    Earlier,
    Induction,
    Lemma,
    Over,
    Proof,
    ProofStep,
    Relation,
    Square,
    StepStatus,
    before,
    memory,
)
from theory.proof_check import normal_form, verify, verify_step
from theory.quantities import CumMax, CumSum, Discounted, Dot, Norm1, Prev, SumCoords
from theory.source import Source
from theory.symbols import D, Vector, f, g, ghat, m, t, v, x, x_next, z

SOURCE = Source("repaired", "a test")
WHY = Cited("nothing", "it is a test")


def step(left, right, argument=WHY, *, relation=Relation.AT_MOST, key="S"):
    """A step with these sides."""
    return ProofStep(key, "a step", left, right, relation, argument)


def proof(*steps):
    """A proof with these steps."""
    return Proof("p", "a proof", "theorem", "AdaL", SOURCE, steps)


YOUNG = step(2 * m * x, m**2 + x**2, Square(squares=((Integer(1), m - x),)))


def test_a_sum_of_squares_is_checked():
    """2 m x <= m^2 + x^2, coordinate by coordinate and summed over them."""
    assert verify_step(YOUNG) is StepStatus.CHECKED
    summed = replace(YOUNG, left=2 * Dot(m, x), right=SumCoords(m**2) + SumCoords(x**2))
    assert verify_step(summed) is StepStatus.CHECKED


@pytest.mark.parametrize(
    "wrong",
    [
        replace(YOUNG, right=m**2 - x**2),
        replace(YOUNG, right=(m**2 + x**2) * (1 - Rational(1, 10**6))),
        replace(YOUNG, argument=Square(squares=((Integer(1), m + x),))),
        # Algebra alone would accept a negative factor.
        step(m**2 + x**2, 2 * m * x, Square(squares=((Integer(-1), m - x),))),
        step(m**2 + x**2, 2 * m * x, Square(squares=((beta1 - 1, m - x), (-beta1, m - x)))),
        # An identity may not be proved with squares left over.
        replace(YOUNG, relation=Relation.EQUAL),
    ],
)
def test_a_wrong_sum_of_squares_fails(wrong):
    """A wrong sign, a constant off by 1e-6, a negative factor and a false identity all fail."""
    assert verify_step(wrong) is StepStatus.FAILED


def test_a_sum_over_coordinates_may_not_meet_a_bare_number():
    """An expression that is not linear in its sums over coordinates has no share of one coordinate."""
    with pytest.raises(ValueError, match="not linear"):
        verify_step(step(SumCoords(x) * SumCoords(m), SumCoords(x), Square()))
    with pytest.raises(ValueError, match="outside of every sum"):
        verify_step(step(SumCoords(x), SumCoords(m) + t, Square()))


DRIFT = step(CumSum(Dot(x, m) - Prev(Dot(x, m))), Dot(x, m), Induction(), relation=Relation.EQUAL)


def test_a_telescoping_sum_is_checked_by_its_growth():
    """sum_s (u_s - u_{s-1}) = u_t, because both grow alike and start at 0."""
    assert verify_step(DRIFT) is StepStatus.CHECKED
    assert verify_step(replace(DRIFT, right=2 * Dot(x, m))) is StepStatus.FAILED


def test_the_first_round_counts():
    """Growing alike is not enough: a constant more on the left is found in the first round."""
    shifted = step(CumSum(SumCoords(x**2)) + 1, CumSum(SumCoords(x**2)), Induction())
    assert verify_step(shifted) is StepStatus.FAILED
    harmonic = step(
        CumSum(1 / t), 1 + log(t), Induction(known=((-1 / t - log(t - 1) + log(t), "log u <= u - 1"),))
    )
    assert verify_step(harmonic) is StepStatus.CHECKED
    assert verify_step(replace(harmonic, right=Rational(999999, 10**6) + log(t))) is StepStatus.FAILED


def test_the_point_of_the_round_before_is_followed():
    """x_{t+1} of the round before is x_t, and z never moves."""
    path = step(CumSum(Dot(m, x_next - x)), Dot(m, x_next), Induction(), relation=Relation.EQUAL)
    assert verify_step(path) is StepStatus.FAILED
    square = CumSum(SumCoords((x - z) ** 2 - (x_next - z) ** 2))
    first = CumSum(SumCoords((x - z) ** 2)) - CumSum(SumCoords((x_next - z) ** 2))
    assert verify_step(step(square, first, Induction(), relation=Relation.EQUAL)) is StepStatus.CHECKED


def test_a_power_is_compared_only_where_the_right_side_is_never_negative():
    """From left^2 <= right^2 follows nothing when the right side may be negative."""
    two = Induction(power=2, factor=Integer(0), squares=((Integer(1), x),))
    assert verify_step(step(0, x, two)) is StepStatus.FAILED


def test_a_quantity_may_be_held_only_when_it_is_named():
    """The growth of a running maximum is not known; one that never decreases may be held."""
    largest = CumMax(Norm1(g))
    held = Induction(held=(largest,), known=((g**2 * (largest - Norm1(g)), "n_t <= M"),))
    sides = CumSum(Norm1(g) * g**2), largest * CumSum(g**2)
    assert verify_step(step(*sides, held)) is StepStatus.CHECKED
    with pytest.raises(ValueError, match="held"):
        verify_step(step(*sides, replace(held, held=())))


def test_a_discounted_sum_follows_its_recursion():
    """H_t = beta H_{t-1} + |h_t|, which `memory` names in the round before."""
    heavy = Discounted(ghat**2, beta1)
    same = step(heavy, CumSum(heavy) - CumSum(heavy - ghat**2) + memory(heavy) * 0, Induction())
    assert verify_step(same) is StepStatus.FAILED
    grown = step((1 - beta1) * CumSum(heavy), CumSum(ghat**2), Induction(potential=beta1 * heavy))
    assert verify_step(grown) is StepStatus.CHECKED
    assert verify_step(replace(grown, left=(1 - beta1 / 2) * CumSum(heavy))) is StepStatus.FAILED


PRODUCTS, SQUARES = 3 * CumSum(Dot(m, x)), 3 * CumSum(SumCoords(m**2))


def combined(*parts, left=PRODUCTS, right=SQUARES):
    """Three times the sum of a first step <m, x> <= ||m||^2."""
    first = step(Dot(m, x), SumCoords(m**2), key="first")
    return proof(first, step(left, right, Combined(parts), key="second"))


def test_earlier_steps_are_combined():
    """Steps times factors >= 0, summed over rounds; the status of every step is found by key."""
    assert verify(combined(Earlier("first", Integer(3), Over.SUM))) == {
        "first": StepStatus.CITED,
        "second": StepStatus.CHECKED,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        combined(Earlier("first", Integer(2), Over.SUM)),
        combined(Earlier("first", Integer(3))),
        combined(Earlier("first", Integer(3), Over.SUM_BEFORE)),
        combined(Earlier("first", Integer(3), Over.SUM), right=3 * CumSum(SumCoords(m**2)) - D),
        combined(Earlier("first", Integer(-1)), left=SumCoords(m**2), right=Dot(m, x)),
    ],
)
def test_a_wrong_combination_fails(wrong):
    """A wrong factor, wrong rounds, a missing term, an inequality turned around."""
    assert verify(wrong)["second"] is StepStatus.FAILED


def test_steps_may_not_argue_in_a_circle():
    """A step that combines itself or a later one is refused when the proof is built."""
    with pytest.raises(ValueError, match="not before it"):
        proof(step(x, m, Combined((Earlier("S"),))))
    with pytest.raises(ValueError, match="one key"):
        proof(YOUNG, YOUNG)
    with pytest.raises(ValueError, match="no step 'L99'; known: S"):
        proof(YOUNG).step("L99")


def test_a_lemma_is_checked_only_in_part():
    """A cited step with a checked key inequality says so, and fails when that inequality is wrong."""
    lemma = Lemma("AM-GM", "twice", left=2 * x * m, right=x**2 + m**2, squares=((Integer(1), x - m),))
    assert verify_step(step(x, m, lemma)) is StepStatus.PARTLY
    assert verify_step(step(x, m, replace(lemma, right=x**2))) is StepStatus.FAILED


def test_sums_are_taken_apart():
    """Factors that stay move out, sums distribute, and a shifted sum is the sum without its last term."""
    u = Norm1(g)
    assert normal_form(CumSum(2 * beta1 * u + Prev(u))) == 2 * beta1 * CumSum(u) + CumSum(u) - u
    assert normal_form(Prev(CumSum(u))) == CumSum(u) - u
    assert normal_form(SumCoords(f * x + t * m)) == f * SumCoords(x) + t * SumCoords(m)
    assert normal_form(CumSum(t * u)) == CumSum(t * u)


def test_the_round_before_keeps_signs_and_rank():
    """v_{t-1} is a vector that is never negative, like v_t."""
    earlier = before(v)
    assert isinstance(earlier, Vector)
    assert earlier.is_nonnegative
    assert before(m).is_nonnegative is None
