"""What a certificate says, held against what this package says: the same statement, or another one?

The checker takes the formulas in a file as they stand. A file could call anything "Theorem 1"; here its text
is compared, formula by formula, with the text printed from the objects of `theory`. A letter that a reading
leaves to the reader (`Reading.constants`, such as vhat_0) may be chosen by the file.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bounds.certify.certificate import algorithm_text, statement_text
from theory.algorithms.registry import algorithms
from theory.statement import Theorem
from theory.theorems.registry import theorems


class Bound(Enum):
    """What is known of the statement of a file; the value is the sentence to show."""

    STATED = "the statement and the algorithm are those of this package"
    ASKED = "the statement is this package's, asked of another algorithm of this package"
    FOREIGN = "the statement or the algorithm is the file's own; it is checked as it stands"
    ALTERED = "the file changes a statement or an algorithm that this package knows by that name"


@dataclass(frozen=True)
class Binding:
    """What was found, and the fields that differ from this package's."""

    bound: Bound
    differences: tuple[str, ...] = ()


def bind(raw: bytes) -> Binding:
    """Compare a certificate that the checker has read with this package's theorems and algorithms."""
    file = json.loads(raw)
    theorem = theorems().get(file["statement"]["theorem"])
    recurrence = algorithms().get(file["algorithm"]["name"])
    reading = file["statement"]["reading"]
    differences: list[str] = []
    known = theorem is not None and reading in {r.key for r in theorem.readings}
    if theorem is not None and known:
        free = theorem.reading(reading).constants
        expected = statement_text(theorem, reading, recurrence)
        texts = (_fixed(text, free) for text in (file["statement"], expected))
        differences += _differing("statement", *texts)
    if recurrence is not None:
        differences += _differing("algorithm", file["algorithm"], algorithm_text(recurrence))
    if differences:
        return Binding(Bound.ALTERED, tuple(differences))
    if theorem is None or not known or recurrence is None:
        return Binding(Bound.FOREIGN)
    return Binding(Bound.STATED if _is_about(theorem, recurrence.name) else Bound.ASKED)


def _is_about(theorem: Theorem, algorithm: str) -> bool:
    return theorem.about(algorithm)[0]


def _fixed(statement: Mapping[str, Any], free: Container[str]) -> dict[str, Any]:
    """A statement without the letters that its reader chooses."""
    letters = [letter for letter in statement["letters"] if letter["name"] not in free]
    return {**statement, "letters": letters}


def _differing(part: str, found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    return [f"{part}.{key}" for key in expected if found[key] != expected[key]]


__all__ = ["Binding", "Bound", "bind"]
