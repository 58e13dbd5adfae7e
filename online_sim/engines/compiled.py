"""Compiled programs, kept by their content: a game that is played again is not compiled again.

The key is everything that a program is made of (the lines of the algorithm, the loss, what is recorded),
never a name alone: an algorithm that has changed under the same name is another key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sympy import Expr, Symbol

from online_sim.engines.lowering import compile_program
from online_sim.engines.program import Program, Projection
from theory.loss import Loss
from theory.recurrence import Recurrence


@dataclass(frozen=True)
class _Asked:
    """The arguments of `compile_program`, equal when their content is: a recurrence holds mappings."""

    recurrence: Recurrence = field(compare=False)
    loss: Loss | None = field(compare=False)
    content: tuple[Any, ...]
    options: tuple[tuple[str, Any], ...]


def kept_program(
    recurrence: Recurrence,
    loss: Loss | None,
    *,
    projection: Projection,
    record: Sequence[Expr] = (),
    series: Sequence[Expr] = (),
    given: Sequence[Symbol] = (),
    constants: Sequence[Symbol] = (),
    data: tuple[Expr, Expr] | None = None,
) -> Program:
    """As `compile_program`, but each content is compiled only once."""
    content = (
        recurrence.parameters, recurrence.steps, recurrence.point, recurrence.metric,
        tuple(recurrence.initial.items()),
        None if loss is None else (loss.value, loss.oracle, loss.parameters),
    )  # fmt: skip
    options = {
        "projection": projection, "record": tuple(record), "series": tuple(series), "given": tuple(given),
        "constants": tuple(constants), "data": data,
    }  # fmt: skip
    return compiled_once(_Asked(recurrence, loss, content, tuple(options.items())))


@lru_cache(maxsize=256)
def compiled_once(asked: _Asked) -> Program:
    """The program of a content; its `cache_clear` forgets them all."""
    return compile_program(asked.recurrence, asked.loss, **dict(asked.options))
