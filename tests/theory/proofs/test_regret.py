"""The proof of Theorem R: sympy confirms what it can, and none of the planted errors."""

from dataclasses import replace

import pytest
from sympy import Rational

from theory.algorithms.adal import ADAL, ADAL_GROUP, ADAL_R1, ADAL_R2, ADAL_R3, adal, box_metric
from theory.algorithms.adam import ADAM
from theory.proof import Combined, Lemma, Relation, StepStatus
from theory.proof_check import verify, verify_step
from theory.proofs.regret import W, needs_of_theorem1, proof_of_theorem_r

CITED = {"L0", "L11b"}
PARTLY = {"L8"}


def expected(proof, cited=CITED):
    """The status of every step when sympy confirms all that is not cited."""
    return {
        s.key: StepStatus.CITED
        if s.key in cited
        else StepStatus.PARTLY
        if s.key in PARTLY
        else StepStatus.CHECKED
        for s in proof.steps
    }


@pytest.mark.parametrize("recurrence", [ADAL, ADAL_R1, ADAL_R2, ADAL_R3], ids=lambda r: r.name)
def test_every_argument_is_confirmed(recurrence):
    """All steps but convexity and Jensen are checked for all rounds; the same proof serves every variant."""
    proof = proof_of_theorem_r(recurrence)
    assert verify(proof) == expected(proof)


def test_the_proof_for_a_box_is_confirmed():
    """With the printed epsilon a box may take the inverse of the preconditioner as metric."""
    proof = proof_of_theorem_r(ADAL, metric=box_metric(ADAL))
    assert verify(proof) == expected(proof)
    assert box_metric(ADAL_R2) == ADAL_R2.metric


PROOF = proof_of_theorem_r(ADAL_R2)
SMALLER = 1 - Rational(1, 10**6)


@pytest.mark.parametrize("key", [s.key for s in PROOF.steps if s.key not in CITED | PARTLY])
def test_a_constant_cut_by_a_millionth_is_not_confirmed(key):
    """No step has room in its argument: a right side smaller by 1e-6 fails, and so does a wrong sign."""
    step, steps = PROOF.step(key), {s.key: s for s in PROOF.steps}
    for wrong in (SMALLER, -1):
        assert verify_step(replace(step, right=wrong * step.right), steps) is StepStatus.FAILED


def test_a_wrong_earlier_step_does_not_carry_the_later_one():
    """T0 is the sum of the steps before it: cut one of them and T0 fails."""
    steps = {s.key: s for s in PROOF.steps}
    for part in PROOF.step("T0").argument.parts:
        cut = replace(steps[part.key], right=SMALLER * steps[part.key].right)
        assert verify_step(PROOF.step("T0"), {**steps, part.key: cut}) is StepStatus.FAILED


def test_the_lemma_of_l8_needs_its_square():
    """(1 - p^2)(1 - q^2) <= (1 - pq)^2 is confirmed; with (1 - pq) alone on the right it is not."""
    step = PROOF.step("L8")
    assert isinstance(step.argument, Lemma)
    wrong = replace(step.argument, right=1 - step.argument.right)
    assert verify_step(replace(step, argument=wrong)) is StepStatus.FAILED


def test_conditions_are_named_where_a_variant_breaks_them():
    """The steps that a variant can break say what they need; the conclusion names them."""
    needs = {s.key for s in PROOF.steps if s.needs}
    assert {"L2", "L3", "L5m", "L6", "L8", "L11", "L11b", "T0"} == needs
    assert isinstance(PROOF.step("T0").argument, Combined)
    assert PROOF.step("L1").relation is Relation.EQUAL


def test_what_the_printed_theorem_needs_is_three_steps():
    """F3, F1 and F2 in the order of the proof; the last has no argument, only a condition."""
    proof = needs_of_theorem1(ADAL)
    assert [s.key for s in proof.steps] == ["F3", "F1", "F2"]
    assert verify(proof) == {"F3": StepStatus.CHECKED, "F1": StepStatus.CHECKED, "F2": StepStatus.CITED}


@pytest.mark.parametrize("recurrence", [ADAL, ADAL_R1, ADAL_R2, ADAL_R3], ids=lambda r: r.name)
def test_people_read_the_steps_that_are_audited(recurrence):
    """In the letters w, a_t and gamma every step says the same: spelled out it is the audited one."""
    for proof in (
        proof_of_theorem_r(recurrence, metric=box_metric(recurrence)),
        needs_of_theorem1(recurrence),
    ):
        meanings = dict(proof.letters)
        for step, (key, *short) in zip(proof.steps, proof.short, strict=True):
            assert key == step.key
            assert [e.xreplace(meanings) for e in short] == [step.left, step.right]
            assert list(proof.in_letters(step)) == short
    assert W in proof.in_letters(proof.step("F1"))[1].free_symbols


def test_a_changed_step_is_not_shown_in_the_old_letters():
    """Must-fail control: a step whose letters do not spell it out is shown as it is."""
    step = PROOF.step("L4")
    cut = replace(step, right=SMALLER * step.right)
    changed = replace(PROOF, steps=tuple(cut if s is step else s for s in PROOF.steps))
    assert changed.in_letters(cut) == (cut.left, cut.right)
    assert (
        changed.in_letters(changed.step("L3"))
        == PROOF.in_letters(PROOF.step("L3"))
        != (step.left, step.right)
    )


@pytest.mark.parametrize("recurrence", [ADAM, ADAL_GROUP, adal(schedule="constant")], ids=lambda r: r.name)
def test_other_algorithms_are_refused(recurrence):
    """The proof is about ghat = ||g||_1 g and steps alpha/sqrt(t) only."""
    with pytest.raises(ValueError, match="is not AdaL"):
        proof_of_theorem_r(recurrence)
