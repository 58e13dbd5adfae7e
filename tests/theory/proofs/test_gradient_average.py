"""The proof of Theorem A: sympy confirms the identities and the way the steps combine."""

from dataclasses import replace

import pytest
from sympy import Rational

from theory.algorithms.adal import ADAL, ADAL_EPS_ADAM, ADAL_R1, ADAL_R2
from theory.algorithms.sgd import SGD
from theory.proof import StepStatus
from theory.proof_check import verify, verify_step
from theory.proofs.gradient_average import A_T, proof_of_theorem_a

CHECKED = {"L1", "L2", "L3", "A"}
SMALLER = 1 - Rational(1, 10**6)


@pytest.mark.parametrize("recurrence", [ADAL, ADAL_R1, ADAL_R2], ids=lambda r: r.name)
def test_every_argument_is_confirmed(recurrence):
    """The recursion, its sum, the closing and Theorem A are checked; smoothness is cited."""
    statuses = verify(proof_of_theorem_a(recurrence))
    assert {key for key, status in statuses.items() if status is StepStatus.CHECKED} == CHECKED
    assert set(statuses.values()) == {StepStatus.CHECKED, StepStatus.CITED}


@pytest.mark.parametrize("key", sorted(CHECKED))
def test_a_constant_cut_by_a_millionth_is_not_confirmed(key):
    """A right side smaller by 1e-6 fails, and so does a wrong sign."""
    proof = proof_of_theorem_a(ADAL_R1)
    steps = {s.key: s for s in proof.steps}
    for wrong in (SMALLER, -1):
        changed = replace(steps[key], right=wrong * steps[key].right)
        assert verify_step(changed, steps) is StepStatus.FAILED


@pytest.mark.parametrize("recurrence", [ADAL, ADAL_R1, ADAL_R2], ids=lambda r: r.name)
def test_people_read_the_steps_that_are_audited(recurrence):
    """In the letters A_t and kappa every step says the same: spelled out it is the audited one."""
    proof = proof_of_theorem_a(recurrence)
    meanings = dict(proof.letters)
    for step, (key, *short) in zip(proof.steps, proof.short, strict=True):
        assert key == step.key
        assert [e.xreplace(meanings) for e in short] == [step.left, step.right]
        assert list(proof.in_letters(step)) == short
    assert A_T in proof.in_letters(proof.step("L5"))[0].free_symbols


@pytest.mark.parametrize("recurrence", [SGD, ADAL_EPS_ADAM], ids=lambda r: r.name)
def test_other_algorithms_are_refused(recurrence):
    """The proof is about the preconditioner vhat^{-1/2}, with epsilon beside it or none."""
    with pytest.raises(ValueError, match="epsilon as printed or none"):
        proof_of_theorem_a(recurrence)
