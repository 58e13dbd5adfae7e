"""Rewrite an expression so that parts of it are computed elsewhere, for example once per round."""

from collections.abc import Callable
from typing import Any

from sympy import Add, Mul
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import Boolean


def replace_parts(e: Any, wanted: Callable[[Any], Any], replacement: Callable[[Any], Any]) -> Any:
    """The expression with its largest wanted parts replaced.

    All wanted terms of a sum, or factors of a product, form one part. A condition or a branch of a Piecewise
    is not a part, because it has no value to keep; the compared expressions may be parts.
    """
    condition = isinstance(e, Boolean | ExprCondPair) and not e.is_Symbol
    if not condition and wanted(e):
        return replacement(e)
    together = [part for part in e.args if wanted(part)] if isinstance(e, Add | Mul) else []
    parts = [replace_parts(part, wanted, replacement) for part in e.args if part not in together]
    if together:
        return e.func(replacement(e.func(*together)), *parts)
    return e if tuple(parts) == e.args else e.func(*parts)  # sympy is slow to build a maximum
