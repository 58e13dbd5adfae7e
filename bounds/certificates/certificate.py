"""Writes a certificate: the statement and the algorithm as text, the game in exact rationals.

`docs/certificates.md` describes the format. Only `bounds.certificates.checker` reads certificates.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from sympy import Expr, Piecewise

from bounds.games import Counterexample
from theory.parameters import Parameter
from theory.printing.formula import formula
from theory.quantities import CumSum, LossAt, Prev, Regret
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem
from theory.symbols import Vector, f, t, x, z

FORMAT = "regretcheck certificate 3"
SCHEMA = Path(__file__).with_name("checker") / "certificate.schema.json"
"""The JSON schema of the format, which the checker reads too."""
WIDTH = 88
"""The most characters of a list on one line of a file."""
DIGITS = 6
"""The digits of the claimed bounds: enough for a reader, and few enough that any correct replay agrees."""


def statement_text(theorem: Theorem, reading: str, recurrence: Recurrence | None = None) -> dict[str, Any]:
    """One reading of a theorem for an algorithm, as the formulas of a certificate."""
    conditions = [a.condition for a in theorem.assumptions]
    begins = _begins(recurrence)
    return {
        "theorem": theorem.id,
        "reading": reading,
        "lhs": formula(_against_z(theorem.lhs).xreplace(begins)),
        "rhs": formula(theorem.reading(reading).rhs.xreplace(begins)),
        "letters": [{"name": str(s), "formula": formula(e.xreplace(begins))} for s, e in theorem.letters],
        "assumptions": [formula(c) for c in conditions if not isinstance(c, Requires)],
        "requires": [c.name for c in conditions if isinstance(c, Requires)],
    }


def _against_z(lhs: Expr) -> Expr:
    """A composite regret written out against the comparator z; any other left side as it is.

    The statement stays the same: a largest value over all z is at most a bound if it is for every z.
    """
    if not isinstance(lhs, Regret) or len(lhs.args) == 1:
        return lhs
    weight, phi = lhs.args
    return CumSum(weight * (f + phi - LossAt(z) - phi.xreplace({x: z})))


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
    """Substitutions for initial values, since a certificate knows only 0 before round 1."""
    initial = {} if recurrence is None else recurrence.initial
    return {Prev(s): Piecewise((e, t < 2), (Prev(s), True)) for s, e in initial.items()}


def _range(p: Parameter) -> list[str]:
    ends = [(p.lower, p.lower_open, ">"), (p.upper, p.upper_open, "<")]
    return [
        f"{p.name} {sign}{'' if strict else '='} {Fraction(end)}"
        for end, strict, sign in ends
        if abs(end) != float("inf")
    ]


def unclaimed(found: Counterexample, *, title: str = "") -> dict[str, Any]:
    """The certificate of a counterexample without its claim about the two sides."""
    return {
        "format": FORMAT,
        "title": title,
        "statement": statement_text(found.theorem, found.reading, found.game.recurrence),
        "algorithm": algorithm_text(found.game.recurrence),
        "game": found.game.entry(found.comparator),
    }


def certificate_bytes(certificate: dict[str, Any]) -> bytes:
    """The bytes of a certificate: indented JSON, with a list of numbers or rows on one line if it fits."""
    return (_json(certificate, "\n") + "\n").encode()


def _json(value: Any, newline: str) -> str:
    line = json.dumps(value, ensure_ascii=False)
    deeper = newline + "  "
    if isinstance(value, dict) and value:
        fields = (f"{json.dumps(k, ensure_ascii=False)}: {_json(v, deeper)}" for k, v in value.items())
        return f"{{{deeper}{f',{deeper}'.join(fields)}{newline}}}"
    if not isinstance(value, list) or not value or ("{" not in line and len(line) <= WIDTH):
        return line
    return f"[{deeper}{f',{deeper}'.join(_json(entry, deeper) for entry in value)}{newline}]"
