"""Writing a certificate: the statement and the algorithm printed as text, the game as exact rationals.

`docs/certificates.md` describes the format. What is written here is read by `bounds.certify.checker` alone.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from bounds.certify.game import Counterexample, DescentGame, ExactBox, LinearGame, Point
from theory.parameters import Parameter
from theory.printing.formula import formula
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem
from theory.symbols import Vector

FORMAT = "regretcheck certificate 1"
SCHEMA = Path(__file__).with_name("certificate.schema.json")
"""The JSON schema of the format, for other programs."""
DIGITS = 6
"""Digits of the claimed bounds: enough for a reader, few enough to be true of any correct replay."""


def statement_text(theorem: Theorem, reading: str) -> dict[str, Any]:
    """One reading of a theorem as the formulas of a certificate."""
    conditions = [a.condition for a in theorem.assumptions]
    return {
        "theorem": theorem.id,
        "reading": reading,
        "lhs": formula(theorem.lhs),
        "rhs": formula(theorem.reading(reading).rhs),
        "letters": [{"name": str(s), "formula": formula(e)} for s, e in theorem.letters],
        "assumptions": [formula(c) for c in conditions if not isinstance(c, Requires)],
        "requires": [c.name for c in conditions if isinstance(c, Requires)],
    }


def algorithm_text(recurrence: Recurrence) -> dict[str, Any]:
    """An algorithm as the formulas of a certificate."""
    return {
        "name": recurrence.name,
        "parameters": list(recurrence.parameter_names),
        "ranges": [text for p in recurrence.parameters for text in _range(p)],
        "lines": [
            {"name": str(s), "vector": isinstance(s, Vector), "formula": formula(e)}
            for s, e in recurrence.steps
        ],
        "point": formula(recurrence.point),
        "metric": formula(recurrence.metric),
        "initial": {str(s): formula(e) for s, e in recurrence.initial.items()},
    }


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
            "knots": [_texts(knot) for knot in game.slope.knots],
            "outside": _texts((game.slope.left, game.slope.right)),
            "letters": [{"noise": _texts(u), "probability": str(p)} for u, p in game.letters],
        }
    norms = [sum((abs(u) for u in row), Fraction(0)) for row in (*game.lead, *game.pattern)]
    box = isinstance(game.feasible, ExactBox)
    return {
        "kind": "linear",
        **common,
        "set": {"box" if box else "segment": [_texts(end) for end in game.feasible.ends]},
        "lead": [_texts(row) for row in game.lead],
        "pattern": [_texts(row) for row in game.pattern],
        "norms": _texts((min(norms), max(norms))),
        "comparator": _texts(comparator or game.start),
    }


def _texts(values: tuple[Fraction, ...]) -> list[str]:
    return [str(value) for value in values]


def unclaimed(found: Counterexample, *, title: str = "") -> dict[str, Any]:
    """The certificate of a counterexample without its claim about the two sides."""
    return {
        "format": FORMAT,
        "title": title,
        "statement": statement_text(found.theorem, found.reading),
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
