"""Writing a certificate: the statement and the algorithm printed as text, the game as exact rationals.

`docs/certificates.md` describes the format. What is written here is read by `bounds.certify.checker` alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

from sympy import Expr, Piecewise

from bounds.certify.game import Counterexample, DescentGame, ExactBox, LinearGame, Point
from theory.losses.piecewise_quadratic import Slope
from theory.parameters import Parameter
from theory.printing.formula import formula
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem
from theory.symbols import Vector, t

FORMAT = "regretcheck certificate 2"
SCHEMA = Path(__file__).with_name("certificate.schema.json")
"""The JSON schema of the format, for other programs."""
DIGITS = 6
"""Digits of the claimed bounds: enough for a reader, few enough to be true of any correct replay."""


def statement_text(theorem: Theorem, reading: str, recurrence: Recurrence | None = None) -> dict[str, Any]:
    """One reading of a theorem, about an algorithm, as the formulas of a certificate."""
    conditions = [a.condition for a in theorem.assumptions]
    begins = _begins(recurrence)
    return {
        "theorem": theorem.id,
        "reading": reading,
        "lhs": formula(theorem.lhs.xreplace(begins)),
        "rhs": formula(theorem.reading(reading).rhs.xreplace(begins)),
        "letters": [{"name": str(s), "formula": formula(e.xreplace(begins))} for s, e in theorem.letters],
        "assumptions": [formula(c) for c in conditions if not isinstance(c, Requires)],
        "requires": [c.name for c in conditions if isinstance(c, Requires)],
    }


def algorithm_text(recurrence: Recurrence) -> dict[str, Any]:
    """An algorithm as the formulas of a certificate."""
    begins = _begins(recurrence)
    return {
        "name": recurrence.name,
        "parameters": list(recurrence.parameter_names),
        "ranges": [text for p in recurrence.parameters for text in _range(p)],
        "lines": [
            {"name": str(s), "vector": isinstance(s, Vector), "formula": formula(e.xreplace(begins))}
            for s, e in recurrence.steps
        ],
        "point": formula(recurrence.point.xreplace(begins)),
        "metric": formula(recurrence.metric.xreplace(begins)),
    }


def _begins(recurrence: Recurrence | None) -> dict[Expr, Expr]:
    """A certificate knows no value before round 1 but 0: what one begins with stands where it is read."""
    initial = {} if recurrence is None else recurrence.initial
    return {Prev(s): Piecewise((e, t < 2), (Prev(s), True)) for s, e in initial.items()}


def _range(p: Parameter) -> list[str]:
    ends = [(p.lower, p.lower_open, ">"), (p.upper, p.upper_open, "<")]
    return [
        f"{p.name} {sign}{'' if strict else '='} {Fraction(end)}"
        for end, strict, sign in ends
        if abs(end) != float("inf")
    ]


def game_text(game: LinearGame | DescentGame, comparator: Point | None) -> dict[str, Any]:
    """A game as exact rationals in text."""
    common = {
        "parameters": {name: str(value) for name, value in game.parameters.items()},
        "start": _texts(game.start),
        "horizon": game.horizon,
    }
    if isinstance(game, DescentGame):
        return {
            "kind": "descent",
            **common,
            "knots": [{"at": str(k), "slope": str(y)} for k, y in _knots(game.slope)],
            "letters": [{"noise": _texts(u), "probability": str(p)} for u, p in game.letters],
        }
    norms = [sum((abs(u) for u in row), Fraction(0)) for row in (*game.lead, *game.pattern)]
    box, (begin, end) = isinstance(game.feasible, ExactBox), game.feasible.ends
    return {
        "kind": "linear",
        **common,
        "set": {"kind": "box" if box else "segment", "begin": _texts(begin), "end": _texts(end)},
        "lead": _runs(game.lead),
        "pattern": _runs(game.pattern),
        "norms": {"least": str(min(norms)), "most": str(max(norms))},
        "comparator": _texts(comparator or game.start),
    }


def _texts(values: tuple[Fraction, ...]) -> list[str]:
    return [str(value) for value in values]


def _knots(slope: Slope) -> list[tuple[Fraction, Fraction]]:
    """The knots of phi', and one more at each end, a unit away, that says how phi' goes on."""
    (first, y), (last, z) = slope.knots[0], slope.knots[-1]
    return [(first - 1, y - slope.left), *slope.knots, (last + 1, z + slope.right)]


def _runs(rows: Iterable[Point]) -> list[dict[str, Any]]:
    """A stream as a list of equal rows in a row and how often each comes."""
    return [{"times": len(list(same)), "gradient": _texts(row)} for row, same in groupby(rows)]


def unclaimed(found: Counterexample, *, title: str = "") -> dict[str, Any]:
    """The certificate of a counterexample without its claim about the two sides."""
    return {
        "format": FORMAT,
        "title": title,
        "statement": statement_text(found.theorem, found.reading, found.game.recurrence),
        "algorithm": algorithm_text(found.game.recurrence),
        "game": game_text(found.game, found.comparator),
    }


def dumps(certificate: dict[str, Any]) -> bytes:
    """The bytes of a certificate: JSON, two blanks deep, a final newline."""
    return (json.dumps(certificate, indent=2, ensure_ascii=False) + "\n").encode()


__all__ = [
    "DIGITS",
    "FORMAT",
    "SCHEMA",
    "algorithm_text",
    "dumps",
    "game_text",
    "statement_text",
    "unclaimed",
]
