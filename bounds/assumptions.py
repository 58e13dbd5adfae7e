"""Check that a run satisfies the assumptions of a theorem: properties of the game and relations.

A relation between measured quantities is checked in every round if the run keeps the data, otherwise in the
recorded rounds. One between parameters and constants is decided for the intended decimals, exactly if
possible.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Expr, Rational, Rel, false, true

from bounds.statement import nodes
from bounds.values import TraceValues
from bounds.verdict import AssumptionCheck
from online_sim.declared import declared_or_proved
from online_sim.excess import error_of_key, fine_key, largest_key
from theory.quantities import CumMax, Excess
from theory.statement import Requires, Theorem, ordered_sides
from theory.symbols import T, f, t


def spelled(theorem: Theorem, condition: Any) -> Any:
    """A condition with the letters of the theorem replaced by their definitions."""
    return condition if isinstance(condition, Requires) else theorem.spelled_out(condition)


def assumption(text: str, condition: Any, values: TraceValues) -> AssumptionCheck:
    """Whether a run satisfies an assumption; ValueError for a condition that is not an inequality."""
    if isinstance(condition, Requires):
        return _required(text, condition, values)
    if condition in {true, false}:
        return AssumptionCheck(text, condition == true, "a relation between constants")
    ordered = ordered_sides(condition)
    if ordered is None:
        raise ValueError(f"the condition {condition} must be a relation such as a < b")
    if not nodes(condition.lhs) and not nodes(condition.rhs):
        return _between_numbers(text, condition, values)
    small, large = ordered
    left, right = values.enclose(small), values.enclose(large)
    strict = condition.rel_op in {"<", ">"}
    with np.errstate(invalid="ignore"):
        # Two sides that agree up to rounding: <= counts as satisfied, < is decided in floats.
        broken = ~(values.point(small) < values.point(large)) if strict else ~(left.lower <= right.upper)
    measured = values.point(condition.lhs if nodes(condition.lhs) else condition.rhs)
    worst = np.min if (condition.rel_op in {">", ">="}) == bool(nodes(condition.lhs)) else np.max
    detail = f"measured {float(worst(measured)):.6g}"
    node = Excess(small, large)
    if largest_key(node) not in values.trace.scalars:
        everywhere = len(values.trace.rounds) == values.trace.horizon
        return AssumptionCheck(
            text, not np.any(broken), detail if everywhere else f"{detail} at the recorded rounds"
        )
    most, error = (values.trace.scalars[key(node)] for key in (largest_key, error_of_key))
    between = most >= 0 if strict else most > error
    if np.any(between) and not np.any(broken):
        at = int(np.min(values.trace.scalars[fine_key(node)][:, -1])) + 1
        detail = f"the smaller side exceeds the other by {float(np.max(most)):.6g}, from round {at} on"
    return AssumptionCheck(text, not (np.any(broken) or np.any(between)), detail)


def _required(text: str, condition: Requires, values: TraceValues) -> AssumptionCheck:
    """A property of the game: test the declared or given constant on the game."""
    name, declared = _CONSTANTS.get(condition, (None, None))
    holds, detail = values.trace.run.properties[condition.name]
    given = values.overrides.get(name) if name else None
    if given is not None:
        holds, detail = True, f"{name} = {given:g} was given"
    if not holds:
        return AssumptionCheck(text, False, str(detail))
    against = values.trace.refuted(**({declared: given} if declared and given is not None else {}))
    if condition.name in against:
        return AssumptionCheck(text, False, against[condition.name])
    if condition is Requires.MINIMUM_KNOWN:
        reached, known = -values.enclose(CumMax(-f)), values.intervals["f_star"]
        if np.any(reached.upper < known.lower):
            least = float(np.min(reached.upper))
            return AssumptionCheck(
                text, False, f"f(x_*) = {float(known.lower):g}, but the run reached {least:g}"
            )
    game = values.trace.game
    if (
        condition is Requires.CONVEX_LOSSES
        and game is not None
        and declared_or_proved(game.loss) == "declared"
    ):
        detail = f"{detail}, as declared"
    return AssumptionCheck(text, True, str(detail))


_CONSTANTS = {Requires.SMOOTH_LOSS: ("L", "smoothness"), Requires.MINIMUM_KNOWN: ("f_star", "minimum")}
"""The constant of a property, and its name in `online_sim.declared`."""


def _between_numbers(text: str, condition: Rel, values: TraceValues) -> AssumptionCheck:
    """A relation between parameters and constants, decided for the intended decimals, exactly if possible.

    One that reads T says for which numbers of rounds the statement is meant; it fails if it holds for none.
    """
    by_rounds = condition.has(T) and not condition.has(t)
    where = np.ones((values.trace.replicates, len(values.trace.rounds)), dtype=bool)
    for replicate in range(values.trace.replicates):
        exact = {
            s: Rational(repr(float(np.ravel(values.by_name[s.name])[replicate])))
            for s in condition.free_symbols
            if s.name in values.parameters
        }
        meant = condition.xreplace(exact)
        if meant in {true, false}:
            where[replicate] = meant == true
        else:
            small, large = ordered_sides(meant) or (meant.lhs, meant.rhs)
            left, right = values.enclose(small), values.enclose(large)
            broken = (left.lower > right.upper) | np.isnan(left.lower) | np.isnan(right.upper)
            # Numbers that agree to the last bit: the relation holds unless it is strict.
            holds = ~broken if condition.rel_op in {"<=", ">="} else left.upper < right.lower
            where[replicate] = np.broadcast_to(holds, where.shape)[replicate] if by_rounds else np.all(holds)
        low, high = (_number(side, exact, values) for side in condition.args)
        shown = f"{low} {condition.rel_op} {high}"
        if not np.any(where[replicate]):
            return AssumptionCheck(text, False, f"{condition}: {shown} is not so")
    if np.all(where):
        return AssumptionCheck(text, True, f"{condition}: {shown}")
    told = f"{condition}: so at {np.sum(np.any(where, axis=0))} of {where.shape[1]} recorded rounds"
    return AssumptionCheck(text, True, told, where)


def _number(e: Expr, exact: Mapping[Any, Any], values: TraceValues) -> str:
    known = e.xreplace(exact)
    if known.is_number:
        return f"{float(known):.6g}"
    return f"{float(np.max(values.enclose(known).upper)):.6g}"
