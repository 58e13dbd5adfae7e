"""What a certificate is about, in this package's objects: the theorem, the algorithm, the game."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr, Rational, Rel, Symbol

from bounds.certificates.binding import Bound, known_algorithm
from bounds.certificates.checker.reading import Refused, read
from bounds.certificates.older_formats import current
from bounds.certificates.verification import verify_certificate
from theory.quantities import CumMax, CumSum, Expectation, Prev, Supremum
from theory.recurrence import Recurrence
from theory.statement import Reading, Requires, Theorem
from theory.theorems.registry import theorem as theorem_of


class NotFormalizable(ValueError):
    """A certificate that this package cannot state or prove in Coq; the message says why."""


@dataclass(frozen=True)
class Subject:
    """A certified violation of one of this package's statements.

    Args:
        theorem: the theorem.
        reading: its refuted reading.
        recurrence: the algorithm.
        game: the field `game` of the certificate, with exact numbers.
        precision: the bits at which the checker of certificates decides.
        title: the line for the reader.
        letters: the statement's letters and what they stand for, each may use earlier ones.
    """

    theorem: Theorem
    reading: Reading
    recurrence: Recurrence
    game: Mapping[str, Any]
    precision: int
    title: str
    letters: tuple[tuple[Symbol, Expr], ...]

    @property
    def parameters(self) -> dict[Symbol, Fraction]:
        """The algorithm's parameters and their values."""
        return {p.symbol: self.game["parameters"][p.name] for p in self.recurrence.parameters}

    @property
    def conditions(self) -> list[Rel]:
        """The ranges of the parameters and the assumptions that relate numbers."""
        found: list[Rel] = []
        for p in self.recurrence.parameters:
            for end, strict, above in ((p.lower, p.lower_open, True), (p.upper, p.upper_open, False)):
                if abs(end) != float("inf"):
                    side = Rational(Fraction(end).numerator, Fraction(end).denominator)
                    low, high = (side, p.symbol) if above else (p.symbol, side)
                    found.append(Rel(low, high, "<" if strict else "<=", evaluate=False))
        for relation in self.theorem.relations:
            if not isinstance(relation, Rel) or relation.rel_op not in {"<", "<=", ">", ">="}:
                raise NotFormalizable(f"the condition {relation} is not a relation such as a < b")
            found.append(relation)
        return found

    @property
    def requires(self) -> set[Requires]:
        """What the theorem asks of the game in words."""
        return {a.condition for a in self.theorem.assumptions if isinstance(a.condition, Requires)}

    def spelled_out(self, e: Expr) -> Expr:
        """An expression in which letters under a sum over rounds or a mean over paths get their meaning.

        Elsewhere a letter is taken in the last round of one path, so that it can be named once.
        """
        within = {
            s for node in e.atoms(CumSum, CumMax, Prev, Expectation, Supremum) for s in node.free_symbols
        }
        for letter, meaning in reversed(self.letters):
            if letter in within:
                e = e.xreplace({letter: meaning})
        return e


def horizon_of(raw: bytes) -> int:
    """The number of rounds of a certificate; NotFormalizable if it is not one."""
    try:
        horizon: int = read(current(raw))["game"]["horizon"]
    except Refused as problem:
        raise NotFormalizable(f"it is not a certificate: {problem}") from None
    return horizon


def subject_of(raw: bytes) -> Subject:
    """Read a certificate that the checker accepts; NotFormalizable says why it is not one.

    Args:
        raw: the bytes of a certificate (docs/certificates.md).
    """
    found = verify_certificate(raw)
    if found.problem or found.answer is None or found.binding is None:
        raise NotFormalizable(f"the certificate is not accepted ({found.problem}); see `regretcheck verify`")
    if found.binding.bound not in (Bound.STATED, Bound.ASKED):
        raise NotFormalizable(
            f"{found.binding.bound.value}; only the package's own formulas can be printed in Coq"
        )
    file = read(current(raw))
    theorem = theorem_of(file["statement"]["theorem"])
    recurrence = known_algorithm(file["algorithm"]["name"], theorem)
    if recurrence is None:
        raise NotFormalizable(f"the package does not know the algorithm {file['algorithm']['name']}")
    chosen = {
        letter["name"]: Fraction(found.binding.chosen[letter["name"]])
        for letter in file["statement"]["letters"]
        if found.binding.chosen.get(letter["name"], "").replace("/", "").isdigit()
    }
    return Subject(
        theorem,
        theorem.reading(file["statement"]["reading"]),
        recurrence,
        file["game"],
        found.answer.precision,
        file["title"],
        tuple(
            (s, Rational(*chosen[str(s)].as_integer_ratio()) if str(s) in chosen else meaning)
            for s, meaning in theorem.letters
        ),
    )
