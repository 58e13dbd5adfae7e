"""An algorithm as comparable lines of text: its parameters, its steps, the point, the metric.

The formulas are those of a certificate (`theory.printing.formula`): if a line differs, the algorithm differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sympy import Expr

    from theory.parameters import Parameter
    from theory.recurrence import Recurrence


def algorithm_lines(recurrence: Recurrence) -> tuple[str, ...]:
    """Lines ``label: formula``, each label once: everything that determines what the algorithm plays.

    The name and the source are left out.
    """
    from theory.symbols import Vector

    lines = [f"parameter {p.name}: {_range(p)}" for p in recurrence.parameters]
    lines += [
        f"{symbol}: {_text(e)}{'' if isinstance(symbol, Vector) else ' (one number)'}"
        for symbol, e in recurrence.steps
    ]
    lines += [f"{symbol} before round 1: {_text(e)}" for symbol, e in recurrence.initial.items()]
    return (*lines, f"point: {_text(recurrence.point)}", f"metric: {_text(recurrence.metric)}")


def lines_digest(lines: Sequence[str]) -> str:
    """The SHA-256 of the lines, in hexadecimal."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _range(p: Parameter) -> str:
    """The range with every digit, unlike `Parameter.range_text`, and the default value."""
    left, right = "(" if p.lower_open else "[", ")" if p.upper_open else "]"
    default = "" if p.default is None else f", {_number(p.default)} where none is given"
    return f"{left}{_number(p.lower)}, {_number(p.upper)}{right}{default}"


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _text(e: Expr) -> str:
    from theory.printing.formula import formula

    try:
        return formula(e)
    except ValueError:  # a user's node that certificates do not know
        from sympy import srepr

        return str(srepr(e))
