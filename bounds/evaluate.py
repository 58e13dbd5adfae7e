"""Hold a theorem against a trace: every reading, every checkpoint, every assumption, one verdict each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Dummy, Expr, Rel, false, true

from bounds.expectation import confidence_sequence, exact
from bounds.verdict import AssumptionCheck, Check, Verdict
from online_sim.expressions import evaluate
from online_sim.regret import idle, lower_key, upper_key
from online_sim.trace import Trace
from theory.quantities import Expectation, Regret, Supremum, measured
from theory.statement import Requires, Theorem
from theory.symbols import Scalar, T, t

LEVEL = 0.99
"""Confidence of a verdict on an expectation that is estimated, not enumerated."""

ROUNDING = 64 * np.finfo(np.float64).eps
"""Relative slack for evaluating a right side in float64: a few dozen operations, each within eps."""

TINY = float(np.finfo(np.float64).tiny)
"""Below the normal range nothing is measured: such a number counts as 0."""

Interval = tuple[NDArray[np.float64], NDArray[np.float64]]


def checks(theorem: Theorem, trace: Trace, *, constants: Mapping[str, float] | None = None) -> list[Check]:
    """Every reading of a theorem held against a trace."""
    return [check(theorem, reading.key, trace, constants=constants) for reading in theorem.readings]


def check(theorem: Theorem, reading: str, trace: Trace, *, constants: Mapping[str, float] | None = None) -> Check:
    """One reading of a theorem held against a trace, at every recorded round.

    The trace must have recorded `theorem.quantities`. constants: values that the game does not know by
    itself (L on the visited region, f_star), by symbol name; they override. With several replicates a
    statement without expectation is held against each, and the worst is reported.
    """
    chosen = theorem.reading(reading)
    values = _Values(trace, constants or {})
    label = f"{theorem.id}.{chosen.key}"
    assumptions = tuple(_assumption(a.text, a.condition, values) for a in theorem.assumptions)
    left = values.interval(theorem.lhs)
    right = values.point(chosen.rhs)
    trivial = _trivial(theorem.lhs, values, left)
    lower, upper, rhs, idle_bound = (np.atleast_2d(part) for part in np.broadcast_arrays(*left, right, trivial))
    r = _worst(upper, rhs)
    curves = lower[r], upper[r], rhs[r], idle_bound[r]
    verdict, reason, first = _decide(trace.rounds, *curves, assumptions)
    if values.method:
        reason = f"{reason} ({values.method})"
    margin, at = _margin(trace.rounds, curves[1], curves[2])
    return Check(
        label, verdict, reason, trace.rounds, *curves, margin, at, first, assumptions,
        labels={"title": theorem.title, "reading": chosen.key, "note": chosen.note, "source": str(theorem.source),
                "lhs": theorem.measures, **{k: str(v) for k, v in chosen.constants.items()}},
        meta=trace.meta,
    )  # fmt: skip


class _Values:
    """Numbers for the symbols and nodes of a statement, taken from a trace."""

    def __init__(self, trace: Trace, overrides: Mapping[str, float]) -> None:
        self.trace = trace
        known = {**trace.meta["constants"], **overrides}
        names = trace.meta["parameter_values"]
        self.by_name: dict[str, Any] = {name: np.asarray(values)[:, None] for name, values in names.items()}
        self.by_name |= {name: np.float64(value) for name, value in known.items() if value is not None}
        rounds = trace.rounds.astype(np.float64)[None, :]
        self.by_name |= {T.name: rounds, t.name: rounds}
        self.overrides = dict(overrides)
        self.method = ""

    def symbols(self, e: Expr) -> dict[Any, Any]:
        return {s: self.by_name[s.name] for s in e.free_symbols if s.name in self.by_name}

    def record(self, node: Expr) -> NDArray[np.float64]:
        key = str(node)
        if key not in self.trace.scalars:
            raise ValueError(f"the trace did not record {key}; play with record=theorem.quantities")
        return np.asarray(self.trace.scalars[key])

    def point(self, e: Expr) -> NDArray[np.float64]:
        """An expression without interval nodes, as an array (R or 1, K)."""
        values = self.symbols(e)
        for node in _nodes(e):
            placeholder = Dummy("q")
            if isinstance(node, Supremum):
                inner = self.point(node.args[0])
                values[placeholder] = np.max(inner, axis=0, keepdims=True)
            elif isinstance(node, Expectation | Regret):
                raise ValueError(f"{node} may stand only on the left side of a statement")
            else:
                values[placeholder] = self.record(node)
            e = e.xreplace({node: placeholder})
        return np.asarray(evaluate(e, values), dtype=np.float64)

    def interval(self, e: Expr) -> Interval:
        """An expression that is affine and increasing in one interval node, as its two ends (R or 1, K)."""
        nodes = [n for n in _nodes(e) if isinstance(n, Regret | Expectation)]
        if not nodes:
            value = self.point(e)
            return value, value
        if len(nodes) > 1:
            raise ValueError(f"the left side {e} has more than one measured interval; state them one by one")
        placeholder = Scalar("measured")
        outer = e.xreplace({nodes[0]: placeholder})
        slope = outer.diff(placeholder)
        if slope.has(placeholder):
            raise ValueError(f"the left side {e} must be affine in {nodes[0]}")
        lower, upper = self.enclosure(nodes[0])
        values = self.symbols(outer)
        ends = [np.asarray(evaluate(outer, {**values, placeholder: end})) for end in (lower, upper)]
        return np.minimum(*ends), np.maximum(*ends)

    def enclosure(self, node: Expr) -> Interval:
        if isinstance(node, Regret):
            if lower_key(node) not in self.trace.scalars:
                raise ValueError(f"the trace did not record {node}; play with record=theorem.quantities")
            return self.trace.scalars[lower_key(node)], self.trace.scalars[upper_key(node)]
        inner = self.point(node.args[0])
        if not self.trace.meta["stochastic"]:
            return inner, inner
        weights = self.trace.meta.get("path_weights")
        finite = np.all(np.isfinite(inner), axis=0)
        lower, upper = np.full(finite.shape, -np.inf), np.full(finite.shape, np.inf)  # a diverged run says nothing
        if weights is not None:
            mean = exact(inner[:, finite], np.asarray(weights))
            self.method = f"{mean.method} of {inner.shape[0]} noise paths"
        else:
            mean = confidence_sequence(inner[:, finite], level=LEVEL, simultaneous=True)
            self.method = f"{mean.method}, level {LEVEL:g}, {inner.shape[0]} replicates"
        lower[finite], upper[finite] = mean.lower, mean.upper
        return lower[None, :], upper[None, :]


def _nodes(e: Expr) -> list[Expr]:
    """The outermost measured nodes, expectations and suprema kept whole."""
    wrapped = [n for n in e.atoms(Expectation, Supremum)]
    outside = e.xreplace({n: Dummy() for n in wrapped})
    return [*wrapped, *measured(outside)]


def _assumption(text: str, condition: Any, values: _Values) -> AssumptionCheck:
    if isinstance(condition, Requires):
        known = {Requires.SMOOTH_LOSS: "L", Requires.MINIMUM_KNOWN: "f_star"}.get(condition)
        if known in values.overrides:
            return AssumptionCheck(text, True, f"{known} = {values.overrides[known]:g} was given")
        holds, detail = values.trace.meta["properties"][condition.name]
        return AssumptionCheck(text, bool(holds), str(detail))
    if condition in {true, false}:
        return AssumptionCheck(text, condition == true, "a relation between constants")
    if not isinstance(condition, Rel):
        raise ValueError(f"the condition {condition} must be a relation such as a < b")
    left, right = values.point(condition.lhs), values.point(condition.rhs)
    holds = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[condition.rel_op](left, right)
    worst = float(np.min(left) if condition.rel_op in {">", ">="} else np.max(left))
    return AssumptionCheck(text, bool(np.all(holds)), f"{condition.lhs} = {worst:.6g}")


def _trivial(lhs: Expr, values: _Values, left: Interval) -> NDArray[np.float64]:
    """What doing nothing guarantees: D sum |w_t| ||g_t||_1 for a regret, the first average for a mean."""
    regrets = list(lhs.atoms(Regret))
    if regrets and "D" in values.by_name:
        return np.asarray(values.by_name["D"] * values.record(idle(regrets[0].args[0])))
    if lhs.has(Expectation) and values.trace.rounds[0] == 1:
        return np.broadcast_to(left[1][:, :1], left[1].shape)
    return np.full(left[0].shape, np.nan)


def _worst(upper: NDArray[np.float64], rhs: NDArray[np.float64]) -> int:
    """The replicate that comes closest to (or furthest beyond) its bound."""
    with np.errstate(all="ignore"):
        ratio = np.where(np.isfinite(rhs), upper / rhs, -np.inf)
    return int(np.argmax(np.max(ratio, axis=1)))


def _margin(rounds: NDArray[np.int64], upper: NDArray[np.float64], rhs: NDArray[np.float64]) -> tuple[float | None, int | None]:
    usable = (upper > TINY) & np.isfinite(rhs)
    if not np.any(usable):
        return None, None
    ratio = np.where(usable, rhs / np.where(usable, upper, 1.0), np.inf)
    k = int(np.argmin(ratio))
    return float(ratio[k]), int(rounds[k])


def _decide(
    rounds: NDArray[np.int64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    rhs: NDArray[np.float64],
    trivial: NDArray[np.float64],
    assumptions: tuple[AssumptionCheck, ...],
) -> tuple[Verdict, str, int | None]:
    broken = [a for a in assumptions if not a.holds]
    if broken:
        return Verdict.ASSUMPTION_BROKEN, f"{broken[0].text}: {broken[0].detail}", None
    defined = np.isfinite(rhs)
    ceiling = rhs + ROUNDING * np.abs(rhs) + TINY
    violated = defined & (lower > ceiling)
    if np.any(violated):
        k = int(np.argmax(violated))
        worst = int(np.argmax(np.where(violated, lower - rhs, -np.inf)))
        reason = f"at T = {rounds[k]} the left side is at least {lower[k]:.6g}, the bound {rhs[k]:.6g}"
        if worst != k:
            reason += f"; at T = {rounds[worst]}, {lower[worst]:.6g} against {rhs[worst]:.6g}"
        return Verdict.VIOLATED, reason, int(rounds[k])
    if not np.any(defined):
        return Verdict.VACUOUS, "the bound is undefined or infinite at every recorded round", None
    if np.any(defined & (upper > ceiling)):
        k = int(np.argmax(defined & (upper > ceiling)))
        return Verdict.UNDECIDED, f"at T = {rounds[k]} the left side lies in [{lower[k]:.6g}, {upper[k]:.6g}], the bound is {rhs[k]:.6g}", None
    idle_bound = np.where(np.isfinite(trivial), trivial, math.inf)
    if np.all(rhs[defined] >= idle_bound[defined]):
        k = int(np.flatnonzero(defined)[-1])
        return Verdict.VACUOUS, f"at T = {rounds[k]} the bound is {rhs[k]:.6g}, doing nothing guarantees {trivial[k]:.6g}", None
    k = int(np.flatnonzero(defined)[-1])
    reason = f"at T = {rounds[k]} the left side is at most {upper[k]:.6g}, the bound {rhs[k]:.6g}"
    return Verdict.HOLDS, reason, None
