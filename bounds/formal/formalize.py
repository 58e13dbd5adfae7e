"""From a certificate to a Coq file that proves it."""

from __future__ import annotations

from bounds.formal.descent import descent_file
from bounds.formal.regret import regret_file
from bounds.formal.subject import NotFormalizable, Subject, subject_of
from bounds.formal.words import comment
from theory.printing.base import UnknownNodeError

IMPORTS = """\
From Coq Require Import Reals Lra Lia List Bool ZArith NArith QArith_base Qreals Setoid Morphisms.
From Interval Require Import Specific_bigint Specific_ops Float_full Xreal.
From Interval Require Import Interval.Interval.
Import ListNotations.
Open Scope R_scope.
Notation "a # b" := (Qmake a b) (at level 55, no associativity) : R_scope.
"""


def formalize(certificate: bytes) -> str:
    """A self-contained Coq file that proves what a certificate claims, and that its statement is false.

    The file can be read from its beginning: first come the words, the algorithm, both sides, the statement.
    Its theorems are `game_violates` and `statement_is_false`.

    Args:
        certificate: the bytes of a certificate (docs/certificates.md).

    Raises:
        NotFormalizable: the certificate is not accepted, not about this package's formulas, or outside what
            the file can state; the message says which.
    """
    return file_of(subject_of(certificate))


def file_of(subject: Subject) -> str:
    """The Coq file of a subject, whether or not its claims are true: Coq decides that."""
    try:
        parts = descent_file(subject) if subject.game["kind"] == "descent" else regret_file(subject)
    except UnknownNodeError as problem:
        raise NotFormalizable(f"a formula has no form in Coq: {problem}") from None
    head = comment(
        f"{subject.title}. Theorem statement_is_false, at the end, says that the statement below is false: "
        "the game of the certificate violates it. Compile this file with coqc; docs/formal.md says what is "
        "trusted."
    )
    return "\n".join([head, "", IMPORTS, *parts])
