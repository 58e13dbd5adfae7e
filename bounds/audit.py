"""Audit a proof along a run: every step at every recorded round, and which one breaks first.

A step that holds on a run is no proof of it, but a step that breaks is where the proof fails. Each side is
evaluated in float64; a step breaks only beyond the rounding of its own sums, which is bounded by running
error analysis: (T + d + OPERATIONS) eps times the same expression with every term made positive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sympy import Abs, Add, Expr, Mul, Pow

from bounds.values import TraceValues
from theory.proof import Proof, ProofStep, Relation, Status, verify_step
from theory.quantities import CumSum, MaxCoords, Prev, Quantity, SumCoords, measured, pinv

if TYPE_CHECKING:
    from online_sim.trace import Trace

EPS = float(np.finfo(np.float64).eps)
OPERATIONS = 64
"""Rounding errors of one round's arithmetic in a step, in units of eps: a few dozen operations."""


@dataclass(frozen=True)
class StepAudit:
    """What a run says of one step.

    status: what sympy says of its argument; holds: no break beyond rounding at any recorded round of any
    replicate; first_break: the first round that breaks it, and `replicate`, whose; left, right: the two
    sides there (at the tightest place where it holds); tightness: the largest left/right where right > 0
    (for an identity: the largest relative difference).
    """

    key: str
    title: str
    needs: str
    status: Status
    holds: bool
    first_break: int | None
    replicate: int | None
    left: float
    right: float
    tightness: float


def audit_quantities(proof: Proof) -> tuple[Expr, ...]:
    """What a run must record to audit a proof: pass it to ``play(record=...)``."""
    found: dict[Expr, None] = {}
    for step in proof.steps:
        for e in _sides(step):
            found |= dict.fromkeys(measured(e))
    return tuple(found)


def audit(proof: Proof, trace: Trace) -> list[StepAudit]:
    """Every step of a proof along a trace that recorded `audit_quantities(proof)`.

    The trace must have been played with ``vectors={z: ...}``, the point that the proof compares with.
    Raises ValueError when the trace lacks a quantity, or is of another algorithm.
    """
    if trace.meta["algorithm"] != proof.algorithm:
        raise ValueError(
            f"the proof is written for {proof.algorithm}, the trace is of {trace.meta['algorithm']}; "
            f"write the proof for that recurrence"
        )
    values = TraceValues(trace, {})
    return [_audit(step, values, trace) for step in proof.steps]


def first_broken(audits: Iterable[StepAudit]) -> StepAudit | None:
    """The first step of a proof that breaks, in the order of the proof."""
    return next((a for a in audits if not a.holds), None)


def _audit(step: ProofStep, values: TraceValues, trace: Trace) -> StepAudit:
    parts = np.broadcast_arrays(*(np.atleast_2d(values.point(e)) for e in _sides(step)))
    slack = (trace.rounds + trace.dimension + OPERATIONS) * EPS
    if step.vector:
        over, size, ratio = parts
        broken = over > slack * size
        left, right, tightness = over, np.zeros_like(over), ratio
    else:
        left, right, size = parts
        gap = np.abs(left - right) if step.relation is Relation.EQUAL else left - right
        broken = gap > slack * size
        with np.errstate(all="ignore"):
            if step.relation is Relation.EQUAL:
                tightness = np.where(size > 0, np.abs(left - right) / size, 0.0)
            else:
                tightness = np.where(right > slack * size, left / right, -np.inf)
    worst = _place(broken, tightness)
    at = trace.rounds[worst[1]]
    failed = bool(np.any(broken))
    return StepAudit(
        step.key, step.title, step.needs, verify_step(step), not failed,
        int(at) if failed else None, worst[0] if failed else None,
        float(left[worst]), float(right[worst]), float(np.max(tightness)),
    )  # fmt: skip


def _place(broken: Any, tightness: Any) -> tuple[int, int]:
    """(replicate, checkpoint) of the first break, or of the tightest place."""
    if np.any(broken):
        k = int(np.argmax(np.any(broken, axis=0)))
        return int(np.argmax(broken[:, k])), k
    place = np.unravel_index(int(np.argmax(tightness)), tightness.shape)
    return int(place[0]), int(place[1])


def _sides(step: ProofStep) -> Sequence[Expr]:
    """What is evaluated: (left, right, size), or for every coordinate at once (excess, size, ratio)."""
    if not step.vector:
        return step.left, step.right, magnitude(step.left) + magnitude(step.right)
    size = magnitude(step.left) + magnitude(step.right)
    return MaxCoords(step.left - step.right), MaxCoords(size), MaxCoords(step.left * pinv(step.right))


def magnitude(e: Expr) -> Expr:
    """The same expression with every term made positive: what its rounding error is relative to.

    Sums keep their sums, products their factors, everything else its absolute value.
    """
    if isinstance(e, Add):
        return Add(*[magnitude(term) for term in e.args])
    if isinstance(e, Mul):
        return Mul(*[magnitude(factor) for factor in e.args])
    if isinstance(e, SumCoords | CumSum | Prev):
        return e.func(magnitude(e.args[0]))
    if isinstance(e, Pow) and e.exp.is_Integer and e.exp > 0:
        return magnitude(e.base) ** e.exp
    if isinstance(e, Quantity) or e.is_Symbol or e.args:
        return Abs(e)
    return abs(e)
