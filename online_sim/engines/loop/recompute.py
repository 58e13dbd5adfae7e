"""Recompute a vector that a later pass of the same round reads, if that is cheaper than storing it.

A difference such as x - a costs a store and a load between two passes, but its terms are loaded there anyway.
The bits may change (2(x - a) may be printed as 2x - 2a), so a reproducible kernel does not do this.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from sympy import Symbol

from online_sim.engines.program import METRIC, POINT, Assigned, Averaged, Body, Reduced, Stage, State
from theory.symbols import Vector

Line = TypeVar("Line", Assigned, Reduced)

CHEAP = 2
"""The number of additions and multiplications that cost less than a store and a load."""


def recompute(body: Body, states: Sequence[State], recorded: Sequence[Symbol]) -> Body:
    """A body that stores fewer vectors, equal in exact arithmetic.

    A stored vector is recomputed if it is a sum or product of few terms, if every reader is a pass over the
    coordinates, and if none of its terms has been overwritten by then.
    """
    for symbol in sorted(body.stored - {POINT, METRIC, *recorded, *(s.new for s in states)}, key=str):
        made = _definition(body, symbol)
        if made is not None and _is_cheap(made) and _is_at_hand(body, states, symbol, made):
            body = replace(
                body,
                stages=tuple(
                    _substituted(stage, made) if number > body.stage_of(symbol) else stage
                    for number, stage in enumerate(body.stages)
                ),
                stored=body.stored - {symbol},
            )
    return body


def _definition(body: Body, symbol: Symbol) -> Assigned | None:
    return next((v for stage in body.stages for v in stage.vectors if v.symbol == symbol), None)


def _is_cheap(made: Assigned) -> bool:
    e = made.expression
    nodes = [e, *e.args] if e.args else []
    plain = all(node.is_Add or node.is_Mul or node.is_Symbol or node.is_Integer for node in nodes)
    return plain and 0 < e.count_ops() <= CHEAP


def _is_at_hand(body: Body, states: Sequence[State], symbol: Symbol, made: Assigned) -> bool:
    """Whether all readers are passes over coordinates that find the terms unchanged."""
    home = body.stage_of(symbol)
    readers = [
        (number, line)
        for number, stage in enumerate(body.stages)
        for line in stage.definitions
        if symbol in line.dependencies and (number > home or isinstance(line, Averaged))
    ]
    if not all(
        isinstance(line, Reduced) or (isinstance(line, Assigned) and line.vector) for _, line in readers
    ):
        return False
    last = max((number for number, _ in readers), default=home)
    old = {state.old: state.new for state in states}
    for s in made.dependencies:
        if s in old and body.stage_of(old[s]) < last and old[s] != s:
            return False
        # A vector computed in this round would itself have to be stored.
        if isinstance(s, Vector) and s not in old and _definition(body, s) is not None:
            return False
    return True


def _substituted(stage: Stage, made: Assigned) -> Stage:
    def new(line: Line) -> Line:
        return replace(line, expression=line.expression.xreplace({made.symbol: made.expression}))

    return replace(
        stage, vectors=tuple(map(new, stage.vectors)), reductions=tuple(map(new, stage.reductions))
    )
