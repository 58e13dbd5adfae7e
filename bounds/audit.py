"""Audit a proof along a run: check every step at every recorded round and find which breaks first.

A step that holds on a run is not proved, but a step that breaks shows where the proof fails. Both sides are
evaluated in float64; a step breaks only by more than the rounding of its arithmetic (`online_sim.rounding`).
If a side is not finite, the step is undefined: it neither holds nor breaks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Abs, Expr, Rational

from bounds.values import TraceValues
from online_sim.borders import Floats
from online_sim.rounding import rounding
from online_sim.trace import Trace
from theory.borders import instance, mapping
from theory.loss import Loss
from theory.proof import Proof, ProofStep, Relation, StepStatus
from theory.proof_check import verify
from theory.quantities import MaxCoords, SumCoords, measured, pinv

EPS = Rational(1, 2**52)
ROOM = 1e6
"""The least ratio of right side to rounding error at which tightness is read, to six digits."""


class StepOutcome(Enum):
    """The outcome of a step on a run."""

    HOLDS = "holds at every recorded round of this run"
    BREAKS = "breaks"
    UNDEFINED = "a side is not finite"


@dataclass(frozen=True)
class StepAudit:
    """The findings of a run on one step of a proof.

    Args:
        key: the key of the step.
        title: the step in words.
        needs: what it assumes.
        status: sympy's result on its argument.
        outcome: BREAKS if any round of any replicate breaks it, else UNDEFINED if a side is NaN or infinite,
            else HOLDS.
        at: the first round that fails; None if it holds.
        replicate: the replicate that fails there.
        left: the left side there, or where the step is tightest; the largest ratio for a step about every
            coordinate.
        right: the right side there; 1 for a step about every coordinate.
        tightness: the largest left/right over the rounds (for an identity the largest |left - right| over its
            rounding error); None if the right side never exceeds its rounding error by much.
    """

    key: str
    title: str
    needs: str
    status: StepStatus
    outcome: StepOutcome
    at: int | None
    replicate: int | None
    left: float
    right: float
    tightness: float | None

    @property
    def holds(self) -> bool:
        """Whether the step holds at every recorded round."""
        return self.outcome is StepOutcome.HOLDS


@dataclass(frozen=True)
class _Sides:
    """The evaluated sides of a step.

    excess: by how much it breaks beyond rounding (<= 0 where it holds). left, right: the sides to show and to
    divide. error: the rounding error of both. finite: a quantity that is finite where both sides are.
    """

    excess: Expr
    left: Expr
    right: Expr
    error: Expr
    finite: tuple[Expr, ...] = field(default=())


def audit_quantities(proof: Proof, loss: Loss) -> tuple[Expr, ...]:
    """What a run must record to audit a proof: pass it to ``play(record=...)``.

    Args:
        proof: one of `theory.proofs`.
        loss: the loss of the games.
    """
    found: dict[Expr, None] = {}
    for step in proof.steps:
        sides = _sides(step, loss)
        for e in (sides.excess, sides.left, sides.right, sides.error, *sides.finite):
            found |= dict.fromkeys(measured(e))
    return tuple(found)


def audit(
    proof: Proof, trace: Trace, loss: Loss, *, constants: Mapping[str, float] | None = None
) -> list[StepAudit]:
    """Audit every step of a proof along a trace.

    Args:
        proof: one of `theory.proofs`.
        trace: a run that recorded ``audit_quantities(proof, loss)``; if the proof compares with a point z,
            played with ``vectors={z: ...}``, a point of the set.
        loss: the loss that was played.
        constants: name -> number, for constants that the game does not determine, such as L and f_star.

    Returns:
        One `StepAudit` for each step, in the order of the proof.

    Raises:
        ValueError: the trace lacks a quantity or has another algorithm or loss, or a constant is unknown.
    """
    instance("proof", proof, Proof, "a Proof", "take one of theory.proofs")
    instance("trace", trace, Trace, "a Trace", "play returns one")
    instance("loss", loss, Loss, "a Loss", "the one that was played")
    if constants is not None:
        mapping("constants", constants, "name -> number")
    for what, expected in (("algorithm", proof.algorithm), ("loss", loss.name)):
        played = getattr(trace.run, what)
        if played != expected:
            raise ValueError(
                f"the audit is written for the {what} {expected}, the trace is of {played}; "
                f"write it for that {what}"
            )
    values = TraceValues(trace, constants or {})
    values.require_constants(*(side for step in proof.steps for side in (step.left, step.right)))
    statuses = verify(proof)
    return [_audit(step, statuses[step.key], values, _sides(step, loss)) for step in proof.steps]


def first_broken(audits: Iterable[StepAudit]) -> StepAudit | None:
    """The first step of a proof that breaks, in the order of the proof."""
    return next((a for a in audits if a.outcome is StepOutcome.BREAKS), None)


def _audit(step: ProofStep, status: StepStatus, values: TraceValues, sides: _Sides) -> StepAudit:
    shape = (values.trace.replicates, len(values.trace.rounds))

    def array(e: Expr) -> Floats:
        return np.broadcast_to(values.point(e), shape)

    excess, left, right, error = map(array, (sides.excess, sides.left, sides.right, sides.error))
    finite = np.isfinite(excess) & np.isfinite(error)
    for e in (sides.left, sides.right, *sides.finite):
        finite &= np.isfinite(array(e))
    broken = finite & (excess > 0)
    ratio = _tightness(step, left, right, error, finite)
    outcome = (
        StepOutcome.BREAKS
        if np.any(broken)
        else StepOutcome.HOLDS
        if np.all(finite)
        else StepOutcome.UNDEFINED
    )
    place = _place({StepOutcome.BREAKS: broken, StepOutcome.UNDEFINED: ~finite}.get(outcome), ratio)
    tight = float(np.max(ratio))
    fails = outcome is not StepOutcome.HOLDS
    return StepAudit(
        step.key, step.title, step.needs, status, outcome,
        int(values.trace.rounds[place[1]]) if fails else None, place[0] if fails else None,
        float(left[place]), float(right[place]), tight if np.isfinite(tight) else None,
    )  # fmt: skip


def _tightness(step: ProofStep, left: Any, right: Any, error: Any, finite: Any) -> Floats:
    with np.errstate(all="ignore"):
        if step.vector:
            ratio = np.asarray(left)
        elif step.relation is Relation.EQUAL:
            ratio = np.where(error > 0, np.abs(left - right) / error, 0.0)
        else:
            ratio = np.where(right > ROOM * error, left / right, -np.inf)
    return np.where(finite, ratio, -np.inf)


def _place(failing: NDArray[np.bool_] | None, ratio: Floats) -> tuple[int, int]:
    """(replicate, checkpoint) of the first failure, or of the tightest place."""
    if failing is not None:
        k = int(np.argmax(np.any(failing, axis=0)))
        return int(np.argmax(failing[:, k])), k
    place = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
    return int(place[0]), int(place[1])


@cache
def _sides(step: ProofStep, loss: Loss) -> _Sides:
    gap = step.left - step.right
    if step.relation is Relation.EQUAL:
        gap = Abs(gap)
    error = EPS * (rounding(step.left, loss) + rounding(step.right, loss))
    if not step.vector:
        return _Sides(gap - error, step.left, step.right, error)
    # Per coordinate, so that a large coordinate lends no slack to a small one. A maximum may skip a
    # NaN, a sum does not.
    ratio = MaxCoords(step.left * pinv(step.right))
    return _Sides(MaxCoords(gap - error), ratio, Rational(1), EPS, (SumCoords(step.left - step.right),))
