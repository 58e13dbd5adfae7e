"""One conformance function for every convex loss: `check_loss(loss, engine)` tests its subgradients.

A vector g returned at x is a subgradient of a convex f if f(y) >= f(x) + <g, y - x> for all y. With any other
vector a run follows another function, and the comparator's tangents are not minorants. The inequality is
checked in one variable, at every tie of branches that can be solved for, near the ties, and far apart, for
the gradients that an engine returns and for the slopes that the comparator uses. Only rounding is allowed
for, with the bounds of `online_sim.comparator.functions`, derived from the expression. A pass is evidence at
these points, not a proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Expr

from online_sim.comparator.functions import Functions, compile_functions
from online_sim.comparator.structure import PRODUCT, structure_of
from online_sim.expressions import evaluate
from theory.loss import Loss
from theory.parameters import resolve
from theory.symbols import a, b, g, x
from theory.ties import ties

if TYPE_CHECKING:
    from online_sim.engines.base import Engine

Array = NDArray[np.float64]
OFFSETS = (0.0, 2.0**-30, -(2.0**-30), 0.25, -0.25, 8.0, -8.0, 2.0**20, -(2.0**20))
"""The offsets of the test points from every tie."""


class LossConformanceError(ValueError):
    """A slope does not support the function; the message says where, and by how much."""


def check_loss(
    loss: Loss,
    engine: Engine | None,
    *,
    vector: float = 1.0,
    label: float = 1.0,
    parameters: Mapping[str, float] | None = None,
    within: tuple[float, float] = (-np.inf, np.inf),
) -> int:
    """Check the slopes of a convex loss in d = 1 at its ties and return the number of ties.

    engine: the engine whose gradients are checked; None checks the comparator's slopes. vector, label: the
    round's data; parameters: values of the loss's parameters by name, required for those without a default;
    within: the interval on which the loss is defined. Raises LossConformanceError, or ValueError for a loss
    that the comparator cannot handle.
    """
    values = resolve(loss.parameters, parameters or {})
    e = in_one_variable(loss)
    at = tie_points(e, values, vector, label)
    points = np.unique(np.add.outer(np.r_[0.0, at], OFFSETS))
    points = points[(within[0] <= points) & (points <= within[1])]
    functions = compile_functions(e, x, values)
    slopes = (
        functions.slope(points, vector, label)
        if engine is None
        else _handed_out(loss, engine, points, vector, label, values)
    )
    check_slopes(functions, points, slopes, vector, label)
    return len(at)


def in_one_variable(loss: Loss) -> Expr:
    """The value of a convex loss for d = 1, as an expression of x, a, b and the parameters."""
    structure = structure_of(loss)
    return structure.link.xreplace({PRODUCT: a * x}) + structure.coordinate


def tie_points(e: Expr, parameters: Mapping[str, float], vector: float, label: float) -> Array:
    """The finite ties of `e` in x for these numbers, in increasing order."""
    known = {s: parameters[str(s)] for s in e.free_symbols - {x, a, b}} | {a: vector, b: label}
    found = np.array([float(evaluate(tie, known)) for tie in ties(e, x)])
    return np.unique(found[np.isfinite(found)])


def check_slopes(
    functions: Functions, points: ArrayLike, slopes: ArrayLike, vector: float, label: float
) -> None:
    """Raise LossConformanceError unless the tangent at each point stays below the function."""
    u, g_ = np.asarray(points, dtype=np.float64), np.asarray(slopes, dtype=np.float64)
    value, error = functions.value(u, vector, label), functions.value_error(u, vector, label)
    slope_error = functions.slope_error(u, vector, label)
    step = u[None, :] - u[:, None]
    with np.errstate(all="ignore"):
        line = value[:, None] + g_[:, None] * step
        # Computing the line from its parts adds two roundings.
        allowed = error[:, None] + error[None, :] + slope_error[:, None] * np.abs(step)
        allowed = allowed + 4.0 * np.finfo(np.float64).eps * (
            np.abs(value)[:, None] + np.abs(g_[:, None] * step)
        )
        above = line - value[None, :] - allowed
    defined = np.isfinite(value)
    if not np.all(np.isfinite(g_[defined])):
        raise LossConformanceError(f"the slope at {u[defined & ~np.isfinite(g_)][0]!r} is not finite")
    above[~defined, :] = -np.inf
    above[:, ~defined] = -np.inf
    j, k = np.unravel_index(int(np.argmax(above)), above.shape)
    if above[j, k] > 0.0:
        raise LossConformanceError(
            f"the slope {g_[j]!r} at {u[j]!r} is not a subgradient: f({u[k]!r}) = {value[k]!r} lies below "
            f"the line {line[j, k]!r} by {above[j, k]:.3g} more than rounding explains"
        )


def _handed_out(
    loss: Loss, engine: Engine, points: Array, vector: float, label: float, values: Mapping[str, float]
) -> Array:
    """The true gradients of one round of plain gradient descent from each point."""
    from online_sim.game import Game
    from online_sim.simulate import play
    from online_sim.streams.arrays import ArrayStream
    from theory.algorithms.sgd import SGD

    table = (np.array([[vector]]), np.array([label]))
    game = Game(
        SGD, replace(loss, oracle=None), ArrayStream(*table), horizon=1, parameters={**values, "alpha": 1.0},
        start=points[:, None], replicates=len(points), table=table if loss.uses_rows else None,
    )  # fmt: skip
    trace = play(game, record=[g], checkpoints="all", engine=engine)
    return trace.vectors[str(g)][:, 0, 0]
