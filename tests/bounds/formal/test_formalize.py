"""What a Coq file says, and what is refused before Coq sees it."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from bounds.certificates.certify import certify
from bounds.formal import NotFormalizable, formalize
from bounds.formal.formalize import file_of
from bounds.formal.slopes import slopes_of
from bounds.formal.subject import horizon_of, subject_of
from bounds.games import Block, Counterexample, ExactL1Ball, ExactSimplex, LinearGame
from paper_checks.gallery.exhibit import FOLDER
from theory.algorithms.adal import ADAL
from theory.quantities import CumMax, MaxCoords, Prev
from theory.statement import Assumption
from theory.symbols import v
from theory.theorems.adal import THEOREM1

GIVEN = {"alpha": 1, "beta1": 0, "beta2": Fraction(1, 2), "eps": 0}


def gallery(name: str) -> bytes:
    """A certificate of the gallery."""
    return (FOLDER / f"{name}.json").read_bytes()


def changed(raw: bytes, **fields: Any) -> bytes:
    """A certificate with other fields in its statement."""
    file = json.loads(raw)
    file["statement"] |= fields
    return json.dumps(file).encode()


def test_the_first_page_holds_the_algorithm_and_the_statement(one_round: bytes) -> None:
    """The referee reads the words, the algorithm, both sides and the statement before any lemma."""
    first, _, _ = formalize(one_round).partition("Lemma")
    assert len(first.splitlines()) < 110
    for line in (
        "      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\\",
        "    projection d X",
        "  CumSum (fun t => f t (x t) - f t z) T.",
        "  let M := CumMax (fun t => SumCoords d (fun i => Rabs (g t i))) T in",
        "  0 < alpha /\\ 0 <= beta1 /\\ beta1 < 1 /\\ 0 < beta2 /\\ beta2 < 1 /\\ 0 <= eps /\\ gamma < 1.",
        "  (forall t, (1 <= t <= T)%nat -> convex (f t) /\\ subgradient d (f t) (x t) (g t)) ->",
    ):
        assert line in first.splitlines()


@pytest.mark.parametrize("shape", [ExactSimplex(3), ExactL1Ball((0, 0, 0), 1)])
def test_a_set_without_lemmas_is_refused(shape) -> None:
    """A simplex or a ball is verified, and not formalised: the reason names it."""
    game = LinearGame(ADAL, GIVEN, shape, (1, 0, 0), (Block(((Fraction(1, 100), Fraction(-1, 100), 0),)),))
    says = f"no set of the kind {shape.kind} is formalised; box and segment are"
    with pytest.raises(NotFormalizable, match=says):
        formalize(certify(Counterexample(THEOREM1, "C", game)))


def test_the_game_is_exact(plane: bytes) -> None:
    """The gradients, the parameters and the box are the certificate's rationals."""
    text = formalize(plane)
    assert "  if (s <? 1)%N then [1 # 1000; 1 # 500] else\n  [-1 # 1000; 1 # 1000]." in text
    assert "Definition beta1 : R := Q2R (1 # 3)." in text
    assert "Definition lower : point := vector [-1 # 1; -2 # 1]." in text
    assert "Definition d : nat := 2." in text


def test_nothing_is_assumed(one_round: bytes) -> None:
    """No file admits a lemma or adds an axiom."""
    for text in map(
        formalize, (one_round, gallery("theorem2_one_round_M"), gallery("theorem1_epsilon_segment_R2"))
    ):
        for word in ("Admitted", "admit", "Axiom", "Parameter ", "Hypothesis", "Conjecture"):
            assert word not in text


def test_a_file_of_noise_speaks_of_all_paths() -> None:
    """An expectation and a supremum are over the paths of the noise."""
    text = formalize(gallery("theorem2_noise_epsilon"))
    assert "Expectation law T (fun w => CumSum (fun t => SumCoords d (fun i => df w t i ^ 2)) T)" in text
    assert (
        "let G := Supremum law T (fun w => CumMax (fun t => MaxCoords d (fun i => Rabs (df w t i))) T) in"
        in text
    )
    assert "  smooth d L F dF -> minimum F f_star -> noise d law ->" in text.replace(
        "(1 <= T)%nat ->", "(1 <= T)%nat ->\n "
    )


@pytest.mark.parametrize(
    "name",
    [
        "adam_one_round_textbook", "amsgrad_iclr_one_round", "theorem1_maximum_R3_A", "theorem1_silence_B",
        "theorem1_epsilon_diagonal_R1", "theorem2_epsilon_half", "theorem2_skewed_tenth",
    ],
)  # fmt: skip
def test_every_kind_of_exhibit_has_a_file(name: str) -> None:
    """Every algorithm, set and kind of noise of the gallery is formalised."""
    text = formalize(gallery(name))
    assert f"{horizon_of(gallery(name))} = true." in text
    assert "Theorem statement_is_false : ~ statement." in text


def test_a_certificate_that_is_not_accepted_is_refused(one_round: bytes) -> None:
    """The checker of certificates comes first."""
    with pytest.raises(NotFormalizable, match="not accepted"):
        formalize(one_round.replace(b'"2/5"', b'"3"'))
    with pytest.raises(NotFormalizable, match="not a certificate"):
        horizon_of(b"{}")


def test_a_statement_of_another_is_refused(one_round: bytes) -> None:
    """Only the package's own formulas are printed, since only they are objects."""
    with pytest.raises(NotFormalizable, match="the file's own"):
        formalize(changed(one_round, theorem="mine"))
    with pytest.raises(NotFormalizable, match="not accepted"):
        formalize(changed(one_round, rhs="0"))


def test_a_function_that_falls_twice_is_refused() -> None:
    """A derivative that changes its sign more than once leaves open where the function is least."""
    subject = subject_of(gallery("theorem2_one_round_M"))
    knots = [{"at": Fraction(k), "slope": Fraction(y)} for k, y in enumerate((-1, 1, -1, 1))]
    with pytest.raises(NotFormalizable, match="does not change its sign just once"):
        slopes_of(replace(subject, game={**subject.game, "knots": knots}))


def test_the_lowest_point_of_a_function() -> None:
    """It is where the derivative is 0, on a piece or at a knot, whether or not the function is convex."""
    assert slopes_of(subject_of(gallery("theorem2_maximum_R1_skewed"))).lowest == 0
    subject = subject_of(gallery("theorem2_one_round_M"))
    knots = [{"at": Fraction(k), "slope": Fraction(y, 3)} for k, y in enumerate((-3, -1, -2, 4))]
    found = slopes_of(replace(subject, game={**subject.game, "knots": knots}))
    assert found.lowest == 2 + Fraction(1, 3)
    assert found.bends == (Fraction(2, 3), Fraction(-1, 3), 2)
    assert found.lengths == (1, 1)


def test_the_precision_is_the_checkers() -> None:
    """Coq computes with the bits at which the checker decides."""
    raw = gallery("theorem2_epsilon")
    assert f"F.PtoP {subject_of(raw).precision}." in formalize(raw)


def test_a_start_that_is_no_number_is_refused() -> None:
    """A line whose value of round 0 is a parameter has no words; the refusal names the line."""
    subject = subject_of(gallery("adam_product_proof"))
    (line,) = subject.recurrence.initial
    letter = subject.recurrence.parameters[0].symbol
    with pytest.raises(NotFormalizable, match=f"the line `{line}` has the value {letter} in round 0"):
        file_of(replace(subject, recurrence=replace(subject.recurrence, initial={line: letter})))


@pytest.mark.parametrize(
    ("condition", "problem"),
    [(MaxCoords(v) <= 1, "outside of a sum or a maximum"), (CumMax(MaxCoords(Prev(v + 1))) <= 2, "before")],
)
def test_a_condition_about_no_stated_round_is_refused(condition: Any, problem: str) -> None:
    """A condition must say in which rounds it holds, and speak of values that exist in round 0."""
    subject = subject_of(gallery("adamnc_theorem5_iclr"))
    more = (*subject.theorem.assumptions, Assumption("another", condition))
    with pytest.raises(NotFormalizable, match=problem):
        file_of(replace(subject, theorem=replace(subject.theorem, assumptions=more)))
