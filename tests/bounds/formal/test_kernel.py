"""What Coq accepts, and that it refuses what is wrong: skipped where Coq is not installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Rational

from bounds.formal import Compiled, formalize
from bounds.formal import formalize as writer
from bounds.formal.formalize import file_of
from bounds.formal.subject import Subject, subject_of
from paper_checks.gallery.exhibit import FOLDER

Coq = Callable[[str], Compiled]


def longer_bound(subject: Subject, by: Rational) -> Subject:
    """The subject with a larger right side."""
    return replace(subject, reading=replace(subject.reading, rhs=subject.reading.rhs + by))


def other_game(subject: Subject, **fields: object) -> Subject:
    """The subject with another game."""
    return replace(subject, game={**subject.game, **fields})


def test_a_small_game_is_accepted(coq: Coq, one_round: bytes) -> None:
    """Coq accepts the file of one round, and its theorem rests on the axioms of the reals and of integers."""
    answer = coq(formalize(one_round) + "\nPrint Assumptions statement_is_false.\n")
    assert answer.accepted, answer.output
    axioms = {line.split(" ")[0].split(".")[0] for line in answer.output.splitlines() if line[:1].isalpha()}
    assert axioms <= {
        "Axioms:", "ClassicalDedekindReals", "Classical_Prop", "FunctionalExtensionality", "PrimInt63", "Uint63",
    }  # fmt: skip


def test_a_game_in_the_plane_is_accepted(coq: Coq, plane: bytes) -> None:
    """Coq accepts a box of two dimensions and two rounds."""
    answer = coq(formalize(plane))
    assert answer.accepted, answer.output


def test_a_flipped_sign_is_refused(coq: Coq, one_round: bytes) -> None:
    """A recurrence that is not the one computed has no proof."""
    right = "(fun i => x t i - alpha * mhat t i"
    text = formalize(one_round)
    assert text.count(right) == 1
    answer = coq(text.replace(right, "(fun i => x t i + alpha * mhat t i"))
    assert not answer.accepted
    assert "Error" in answer.output


def test_a_larger_bound_is_refused(coq: Coq, one_round: bytes) -> None:
    """The bound may grow by less than the margin, 0.8 - 0.4836..., and not by more."""
    subject = subject_of(one_round)
    assert coq(file_of(longer_bound(subject, Rational(31, 100)))).accepted
    answer = coq(file_of(longer_bound(subject, Rational(32, 100))))
    assert not answer.accepted
    assert "computed" in answer.output or "true" in answer.output


def test_a_comparator_outside_the_set_is_refused(coq: Coq, one_round: bytes) -> None:
    """The point to compare with must lie in the set, although a point outside would make more regret."""
    subject = subject_of(one_round)
    answer = coq(file_of(other_game(subject, comparator=[Fraction(-2)])))
    assert not answer.accepted
    assert "Unable to unify" in answer.output


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Xgt => a | Xund => I.join a b end.\nDefinition smaller", "Xgt => a | Xund => a end.\nDefinition smaller"),
        ("| Root a => I.sqrt prec (v i a) |", "| Root a => v i a |"),
        ("(forall i, (i < d)%nat -> 0 < w i) -> (forall", "(forall i, (i < d)%nat -> 0 <= w i) -> (forall"),
        ("if fst c then match I.sign_strict a with Xgt => true", "if fst c then match I.sign_strict a with Xund => true"),
    ],
)  # fmt: skip
def test_a_weakened_prelude_is_refused(coq: Coq, one_round: bytes, right: str, wrong: str) -> None:
    """An operation that does not enclose, a test that shows nothing and a lemma that asks less have no proof."""
    text = formalize(one_round)
    assert text.count(right) == 1
    assert not coq(text.replace(right, wrong)).accepted


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["theorem1_epsilon_segment_R2", "theorem2_noise_epsilon", "theorem1_maximum_R2_C"]
)
def test_exhibits_are_accepted(coq: Coq, name: str) -> None:
    """Coq accepts a segment, an expectation over noise, and 420 rounds."""
    answer = coq(writer((FOLDER / f"{name}.json").read_bytes()))
    assert answer.accepted, answer.output


@pytest.mark.slow
def test_fairer_noise_and_a_longer_law_are_refused(coq: Coq) -> None:
    """Noise whose mean is not 0 is no noise, and a bound beyond the margin is not exceeded."""
    subject = subject_of((FOLDER / "theorem2_noise_epsilon.json").read_bytes())
    letters = [
        {"noise": [Fraction(-100_000)], "probability": Fraction(1, 2)},
        {"noise": [Fraction(100_001)], "probability": Fraction(1, 2)},
    ]
    assert not coq(file_of(other_game(subject, letters=letters))).accepted
    assert not coq(file_of(longer_bound(subject, Rational(6, 100)))).accepted
