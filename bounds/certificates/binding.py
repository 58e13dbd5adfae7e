"""Decides whether a certificate's statement is one of this package's.

The checker takes the formulas in a file as they are, and a file could call anything "Theorem 1". This module
compares statement, reading, algorithm, ranges, conditions and letters with those printed from the objects of
`theory`. It compares parsed formulas, so only blanks and redundant parentheses are ignored. A letter that a
reading leaves open (`Reading.constants`, such as vhat_0) may have its meaning in the package's theorem or be
a positive rational; the meaning is shown.
"""

import ast
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import Any

from bounds.certificates.certificate import algorithm_text, statement_text
from theory.algorithms.registry import algorithms
from theory.printing.base import UnknownNodeError
from theory.recurrence import Recurrence
from theory.statement import Theorem
from theory.theorems.registry import find

FORMULAS = frozenset({"lhs", "rhs", "formula", "assumptions", "ranges", "point", "metric"})
"""The fields of a file that hold formulas."""


class Bound(Enum):
    """The origin of the statement in a file; the value is the sentence to show."""

    STATED = "the statement and the algorithm are those of this package"
    ASKED = "the statement is this package's, asked of another algorithm of this package"
    FOREIGN = "the statement or the algorithm is the file's own; it is checked as it stands"
    ALTERED = "the file changes a statement or an algorithm that this package knows by that name"


@dataclass(frozen=True)
class Binding:
    """The origin, the fields that differ from this package's, and the meanings of the open letters."""

    bound: Bound
    differences: tuple[str, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)


def bind(raw: bytes) -> Binding:
    """Compare a certificate that passed the checker's reader with this package's theorems and algorithms."""
    file = json.loads(raw)
    theorem = find(file["statement"]["theorem"])
    recurrence = known_algorithm(file["algorithm"]["name"], theorem)
    differences, chosen = _of_statement(file["statement"], theorem, recurrence)
    if recurrence is not None:
        try:
            differences += _differing("algorithm", file["algorithm"], algorithm_text(recurrence))
        except UnknownNodeError:  # no file can express this algorithm, so this one states another
            differences.append("algorithm")
    if differences:
        return Binding(Bound.ALTERED, tuple(differences))
    if theorem is None or recurrence is None:
        return Binding(Bound.FOREIGN, chosen=chosen)
    return Binding(Bound.STATED if theorem.about(recurrence.name)[0] else Bound.ASKED, chosen=chosen)


def known_algorithm(name: str, theorem: Theorem | None) -> Recurrence | None:
    """The algorithm of this package with this name: a registered one, or one that the statement brings."""
    own = () if theorem is None else theorem.algorithms
    brought = {a.name: a for a in own if isinstance(a, Recurrence)}
    return algorithms().get(name) or brought.get(name)


def _of_statement(
    statement: dict[str, Any], theorem: Theorem | None, recurrence: Recurrence | None
) -> tuple[list[str], dict[str, str]]:
    """The fields that differ, and the meanings of the letters that the reading leaves open."""
    if theorem is None:
        return [], {}
    if statement["reading"] not in {reading.key for reading in theorem.readings}:
        return ["statement.reading"], {}
    free = theorem.reading(statement["reading"]).constants
    try:
        expected = statement_text(theorem, statement["reading"], recurrence)
    except UnknownNodeError:  # no file can express this statement, so this one is another
        return ["statement"], {}
    if [letter["name"] for letter in statement["letters"]] != [own["name"] for own in expected["letters"]]:
        return ["statement.letters"], {}
    letters, differences, chosen = [], [], dict[str, str]()
    for letter, own in zip(statement["letters"], expected["letters"], strict=True):
        name, number = letter["name"], _positive_rational(letter["formula"])
        same = _mathematics(letter) == _mathematics(own)
        if name not in free:
            letters.append(letter)
        elif same or number is not None:
            letters.append(own)
            chosen[name] = free[name].partition(":=")[2].strip() if same else str(number)
        else:
            letters.append(own)
            differences.append(f"statement.letters.{name}")
    return differences + _differing("statement", {**statement, "letters": letters}, expected), chosen


def _positive_rational(formula: str) -> Fraction | None:
    """The value of a formula that is a positive integer or a quotient of two, else None."""
    tree = ast.parse(formula.strip(), mode="eval").body
    parts = (
        [tree.left, tree.right] if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div) else [tree]
    )
    numbers = [part.value for part in parts if isinstance(part, ast.Constant)]
    whole = [n for n in numbers if type(n) is int and 0 < n < 10**400]
    return Fraction(*whole) if len(whole) == len(parts) else None


def _mathematics(part: Any, key: str = "") -> Any:
    """A part of a file with its formulas parsed."""
    if isinstance(part, Mapping):
        return {name: _mathematics(value, name) for name, value in part.items()}
    if isinstance(part, list):
        return [_mathematics(value, key) for value in part]
    # Text nested too deeply to parse or dump is not the package's: left unchanged, it differs.
    with suppress(RecursionError, ValueError):
        return ast.dump(ast.parse(part.strip(), mode="eval")) if key in FORMULAS else part
    return part


def _differing(part: str, found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    one, other = _mathematics(found), _mathematics(expected)
    return [f"{part}.{key}" for key in expected if one[key] != other[key]]
