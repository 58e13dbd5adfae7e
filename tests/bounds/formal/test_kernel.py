"""What Coq accepts, and that it refuses what is wrong: skipped where Coq is not installed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Rational

from bounds.formal import Compiled, formalize
from bounds.formal.formalize import file_of
from bounds.formal.subject import Subject, subject_of
from levels import mostly_slow
from paper_checks.gallery.exhibit import FOLDER

Coq = Callable[[str], Compiled]


def margin_of(raw: bytes) -> Rational:
    """The claimed difference of the two sides."""
    claim = json.loads(raw)["claim"]
    return Rational(claim["lhs_at_least"]) - Rational(claim["rhs_at_most"])


def longer_bound(subject: Subject, by: Rational) -> Subject:
    """Return the subject with a larger right side."""
    return replace(subject, reading=replace(subject.reading, rhs=subject.reading.rhs + by))


def other_game(subject: Subject, **fields: object) -> Subject:
    """The subject with another game."""
    return replace(subject, game={**subject.game, **fields})


def test_a_small_game_is_accepted(coq: Coq, one_round: bytes) -> None:
    """Coq accepts the file of one round, and its theorem rests on the axioms of the reals and of integers."""
    answer = coq(formalize(one_round) + "\nPrint Assumptions statement_is_false.\n")
    assert answer.accepted, answer.output
    words = [line.split(" ")[0] for line in answer.output.splitlines() if line[:1].isalpha()]
    axioms = {word.split(".")[0] for word in words}
    of_reals = {"ClassicalDedekindReals", "Classical_Prop", "FunctionalExtensionality"}
    assert axioms - {"Axioms:"} <= of_reals | {"PrimInt63", "Uint63"}


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
    """The bound may grow by less than the margin of the certificate, and not by more than it."""
    subject, margin = subject_of(one_round), margin_of(one_round)
    assert coq(file_of(longer_bound(subject, margin * Rational(99, 100)))).accepted
    answer = coq(file_of(longer_bound(subject, margin * Rational(101, 100))))
    assert not answer.accepted
    assert "verdict game bits" in answer.output


def test_a_comparator_outside_the_set_is_refused(coq: Coq, one_round: bytes) -> None:
    """The point to compare with must lie in the set, although a point outside would make more regret."""
    subject = subject_of(one_round)
    answer = coq(file_of(other_game(subject, comparator=[Fraction(-2)])))
    assert not answer.accepted
    assert "Unable to unify" in answer.output


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Xund => I.join a b end.\nDefinition smaller", "Xund => a end.\nDefinition smaller"),
        ("| Root a => I.sqrt prec (v i a) |", "| Root a => v i a |"),
        ("(i < d)%nat -> 0 < w i) -> (forall", "(i < d)%nat -> 0 <= w i) -> (forall"),
        ("match I.sign_strict a with Xgt", "match I.sign_strict a with Xund"),
    ],
)
def test_a_weakened_prelude_is_refused(coq: Coq, one_round: bytes, right: str, wrong: str) -> None:
    """An unsound operation, a test that shows nothing and a lemma that asks less have no proof."""
    text = formalize(one_round)
    assert text.count(right) == 1
    assert not coq(text.replace(right, wrong)).accepted


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["theorem1_epsilon_segment_R2", "theorem2_noise_epsilon", "theorem1_maximum_R2_C"]
)
def test_exhibits_are_accepted(coq: Coq, name: str) -> None:
    """Coq accepts a segment, an expectation over noise, and 420 rounds."""
    answer = coq(formalize((FOLDER / f"{name}.json").read_bytes()))
    assert answer.accepted, answer.output


@pytest.mark.slow
def test_unfair_noise_and_a_larger_bound_on_averages_are_refused(coq: Coq) -> None:
    """Noise whose mean is not 0 is no noise, and a bound beyond the margin is not exceeded."""
    raw = (FOLDER / "theorem2_noise_epsilon.json").read_bytes()
    subject = subject_of(raw)
    letters = [
        {"noise": [Fraction(-100_000)], "probability": Fraction(1, 2)},
        {"noise": [Fraction(100_001)], "probability": Fraction(1, 2)},
    ]
    assert not coq(file_of(other_game(subject, letters=letters))).accepted
    assert not coq(file_of(longer_bound(subject, margin_of(raw) * Rational(101, 100)))).accepted


STARTS_AND_CONDITIONS = [
    ("adagrad_delta_three_rounds", "x 1%nat i = 0) ->", "x 1%nat i = 1) ->"),
    ("adam_product_proof", "decayed O = 1)", "decayed O = 2)"),
    ("adamnc_theorem5_iclr", "- INR t * v t i)) T <= 0.", "+ INR t * v t i)) T <= 0."),
    ("amsgrad_theorem4_iclr", "if Rle_dec (INR t) hold", "if Rle_dec hold (INR t)"),
]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    # A start and a condition.
    mostly_slow(STARTS_AND_CONDITIONS, lambda number, *_: number in {0, 3}),
)
def test_a_start_and_a_condition_are_proved(coq: Coq, name: str, right: str, wrong: str) -> None:
    """Coq accepts starts, values of round 0 and conditions about rounds as they are, and no others."""
    text = formalize((FOLDER / f"{name}.json").read_bytes())
    assert text.count(right) == 1
    answer = coq(text)
    assert answer.accepted, answer.output
    assert not coq(text.replace(right, wrong)).accepted


def test_a_start_elsewhere_is_refused(coq: Coq) -> None:
    """A game that does not start at the origin does not refute a statement that requires it."""
    subject = subject_of((FOLDER / "adagrad_delta_three_rounds.json").read_bytes())
    (start,) = subject.game["start"]
    answer = coq(file_of(other_game(subject, start=[start + Fraction(1, 10**6)])))
    assert not answer.accepted
    assert "Unable to unify" in answer.output
