"""Checks and scaling of a set's cvxpy constraints before anything is solved."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from theory.borders import one_line, shown


def checked_constraints(constraints: Callable[[Any], Sequence[Any]], variable: Any) -> list[Any]:
    """The constraints on a variable as a list; ValueError naming `constraints` where they are no set."""
    import cvxpy

    try:
        given = constraints(variable)
    except Exception as error:
        raise ValueError(
            f"`constraints` raised {type(error).__name__} for a variable of shape {variable.shape}: "
            f"{one_line(error)}; it must return a list of cvxpy constraints"
        ) from error
    if not isinstance(given, list | tuple):
        raise ValueError(f"`constraints` returned {shown(given)}; it must return a list of cvxpy constraints")
    if not given:
        raise ValueError(
            "`constraints` returned no constraint, so the set is all of R^d; bound every coordinate"
        )
    for constraint in given:
        if not isinstance(constraint, cvxpy.Constraint):
            raise ValueError(
                f"`constraints` returned {shown(constraint)} in its list, which is not a cvxpy constraint; "
                "write comparisons of cvxpy expressions"
            )
        if not constraint.is_dcp():
            raise ValueError(
                f"`constraints` returned {one_line(constraint)}, which cvxpy cannot recognise as convex; "
                "rewrite it by the rules of disciplined convex programming"
            )
        for v in constraint.variables():
            if v.attributes["integer"] or v.attributes["boolean"]:
                raise ValueError(
                    f"`constraints` returned {one_line(constraint)} with the integer variable {v}: such a "
                    "set is not convex; take the variable real"
                )
        for p in constraint.parameters():
            if p.value is None:
                raise ValueError(
                    f"`constraints` returned {one_line(constraint)}, where the parameter {p} has no value; "
                    "set it before the set is made"
                )
    return list(given)


def in_units_of_change(constraint: Any, local: Any) -> Any:
    """An equation or inequality divided by what it changes by within the frame; others as they are.

    In the frame the numbers of a constraint written in x are as large as the unit, or as small.
    """
    import cvxpy

    if not isinstance(constraint, cvxpy.constraints.Equality | cvxpy.constraints.Inequality):
        return constraint
    values = []
    with np.errstate(all="ignore"):
        for step in (np.zeros(local.size), *np.eye(local.size), *-np.eye(local.size)):
            local.value = step
            value = constraint.expr.value
            if value is None:
                return constraint
            values.append(np.asarray(value, dtype=np.float64))
    change = np.max(np.abs(np.array(values[1:]) - values[0]), axis=0)
    if not np.all(np.isfinite(change)):
        return constraint
    factor = 1.0 / np.where(change > 0.0, change, float(np.max(change)) or 1.0)
    scaled = cvxpy.multiply(factor, constraint.expr)
    return scaled == 0.0 if isinstance(constraint, cvxpy.constraints.Equality) else scaled <= 0.0
