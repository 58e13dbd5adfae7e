"""Hold a theorem against a trace: every reading, every checkpoint, every assumption, one verdict each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Dummy, Expr, Rel, false, true

from bounds.expectation import confidence_sequence, exact
from bounds.verdict import AssumptionCheck, Check, Verdict
from online_sim.expressions import evaluate
from online_sim.regret import idle, lower_key, upper_key
from online_sim.trace import Trace
from theory.quantities import CumSum, Expectation, Quantity, Regret, Supremum
from theory.statement import Requires, Theorem
from theory.symbols import T, t

LEVEL = 0.99
"""Confidence of a verdict on an expectation that is estimated, not enumerated."""

EPS = float(np.finfo(np.float64).eps)

OPERATIONS = 256
"""Room for rounding, in eps of the bound, beside its sums over rounds and coordinates: a right side takes a
few dozen operations, the enclosure of a minimum about a hundred. A tie within it is no violation."""

TINY = float(np.finfo(np.float64).tiny)
"""Below the normal range nothing is measured: such a number counts as 0."""

Interval = tuple[NDArray[np.float64], NDArray[np.float64]]


def checks(theorem: Theorem, trace: Trace, *, constants: Mapping[str, float] | None = None) -> list[Check]:
    """Every reading of a theorem held against a trace."""
    return [check(theorem, reading.key, trace, constants=constants) for reading in theorem.readings]


def check(
    theorem: Theorem, reading: str, trace: Trace, *, constants: Mapping[str, float] | None = None
) -> Check:
    """One reading of a theorem held against a trace, at every recorded round.

    The trace must have recorded `theorem.quantities`. constants: values that the game does not know by
    itself (L on the visited region, f_star), by symbol name; they override. With several replicates a
    statement without expectation is held against each, and the worst is reported.

    Raises ValueError when the trace lacks a quantity, when a constant is missing although every assumption
    holds, and for constants that are no numbers, belong to the algorithm, or occur nowhere in the theorem.
    """
    chosen = theorem.reading(reading)
    lhs, rhs = theorem.spelled_out(theorem.lhs), theorem.spelled_out(chosen.rhs)
    values = _Values(trace, _checked_constants(theorem, trace, constants or {}))
    assumptions = tuple(
        _assumption(a.text, _spelled(theorem, a.condition), values) for a in theorem.assumptions
    )
    if all(a.holds for a in assumptions):
        values.require_constants(lhs, rhs)
    left = values.interval(lhs)
    right = values.point(rhs)
    trivial = _trivial(lhs, values, left)
    lower, upper, bound, nothing = (
        np.atleast_2d(part) for part in np.broadcast_arrays(*left, right, trivial)
    )
    # Sums over T rounds and d coordinates stand on both sides; each is within (T + d) eps of exact.
    slack = np.asarray(OPERATIONS + 4.0 * (trace.rounds + trace.dimension)) * EPS
    curves = _Curves(trace.rounds, lower, upper, bound, nothing, slack).worst()
    verdict, reason, first = _decide(curves, assumptions)
    notes = list(values.notes)
    if verdict is Verdict.UNDECIDED and trace.meta.get("not_finite_from"):
        notes.append(f"not finite from round {trace.meta['not_finite_from']} on")
    if notes and verdict is not Verdict.ASSUMPTION_BROKEN:
        reason = f"{reason} ({'; '.join(notes)})"
    margin, at = _margin(trace.rounds, curves.upper[0], curves.rhs[0])
    return Check(
        f"{theorem.id}.{chosen.key}", verdict, reason, trace.rounds,
        curves.lower[0], curves.upper[0], curves.rhs[0], curves.trivial[0],
        margin, at, first, assumptions,
        labels={
            "title": theorem.title, "reading": chosen.key, "note": chosen.note, "source": str(theorem.source),
            "lhs": theorem.measures, **{k: str(v) for k, v in chosen.constants.items()},
        },
        meta=trace.meta,
    )  # fmt: skip


def _checked_constants(theorem: Theorem, trace: Trace, given: Mapping[str, float]) -> dict[str, float]:
    sides = [theorem.lhs, *(r.rhs for r in theorem.readings)]
    sides += [a.condition for a in theorem.assumptions if not isinstance(a.condition, Requires)]
    sides = [theorem.spelled_out(e) for e in sides]
    known = set(trace.meta["constants"]) | {s.name for e in sides for s in e.free_symbols}
    for name, value in given.items():
        if name in {T.name, t.name, *trace.meta["parameter_values"]}:
            raise ValueError(f"`constants` gives {name}, which the run itself has; leave it out")
        if name not in known:
            raise ValueError(
                f"`constants` gives {name}, which {theorem.id} does not use; "
                f"known: {', '.join(sorted(known))}"
            )
        if not math.isfinite(value):
            raise ValueError(f"`constants` gives {name} = {value!r}; give a finite number")
    return {name: float(value) for name, value in given.items()}


def _spelled(theorem: Theorem, condition: Any) -> Any:
    return condition if isinstance(condition, Requires) else theorem.spelled_out(condition)


class _Values:
    """Numbers for the symbols and nodes of a statement, taken from a trace."""

    def __init__(self, trace: Trace, overrides: Mapping[str, float]) -> None:
        self.trace = trace
        known = {**trace.meta["constants"], **overrides}
        self.unknown = {name for name, value in known.items() if value is None}
        names = trace.meta["parameter_values"]
        self.by_name: dict[str, Any] = {name: np.asarray(values)[:, None] for name, values in names.items()}
        # A constant that nobody knows is NaN, never a parameter of the same name.
        self.by_name |= {
            name: np.float64(math.nan if value is None else value) for name, value in known.items()
        }
        rounds = trace.rounds.astype(np.float64)[None, :]
        self.by_name |= {T.name: rounds, t.name: rounds}
        self.overrides = dict(overrides)
        self.notes: dict[str, None] = {}
        weights = trace.meta.get("path_weights")
        self.weights = None if weights is None else np.asarray(weights, dtype=np.float64)

    def require_constants(self, *sides: Expr) -> None:
        """ValueError when a side of the statement uses a constant that nobody knows."""
        missing = sorted({s.name for e in sides for s in e.free_symbols} & self.unknown)
        if missing:
            raise ValueError(
                f"no value for {', '.join(missing)} is known in this game; give it in `constants`"
            )

    def record(self, node: Expr) -> NDArray[np.float64]:
        key = str(node)
        if key not in self.trace.scalars:
            raise ValueError(f"the trace did not record {key}; play with record=theorem.quantities")
        return np.asarray(self.trace.scalars[key])

    def point(self, e: Expr, given: Mapping[Expr, Any] | None = None) -> NDArray[np.float64]:
        """An expression without interval nodes, as an array (R or 1, K); `given` holds values of symbols."""
        values: dict[Any, Any] = dict(given or {})
        stand_ins: dict[Expr, Expr] = {}
        for node in _nodes(e):
            stand_ins[node] = placeholder = Dummy("q")
            if isinstance(node, Supremum):
                values[placeholder] = self.supremum(node)
            elif isinstance(node, Expectation | Regret):
                raise ValueError(f"{node} may stand only on the left side of a statement")
            else:
                values[placeholder] = self.record(node)
        # All at once and from the top, so that a node inside another one is left alone.
        e = e.xreplace(stand_ins)
        values |= {
            s: self.by_name[s.name] for s in e.free_symbols if s not in values and s.name in self.by_name
        }
        return np.asarray(evaluate(e, values), dtype=np.float64)

    def supremum(self, node: Expr) -> NDArray[np.float64]:
        """The largest value over all noise; of one run alone where there is no noise."""
        inner = self.point(node.args[0])
        if not self.trace.meta["stochastic"]:
            return inner
        if self.weights is None:
            self.notes |= {"suprema over noise are those of the replicates played": None}
        else:
            inner = inner[self.weights > 0]
        return np.asarray(np.max(inner, axis=0, keepdims=True))

    def interval(self, e: Expr) -> Interval:
        """An expression that is affine and increasing in one interval node, as its two ends (R or 1, K)."""
        nodes = [n for n in _nodes(e) if isinstance(n, Regret | Expectation)]
        if not nodes:
            value = self.point(e)
            return value, value
        if len(nodes) > 1:
            raise ValueError(f"the left side {e} has more than one measured interval; state them one by one")
        lower, upper = self.enclosure(nodes[0])
        return self.around(e, nodes[0], lower), self.around(e, nodes[0], upper)

    def around(self, e: Expr, node: Expr, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """An expression with a value in place of its interval node."""
        placeholder = Dummy("measured")
        outer = e.xreplace({node: placeholder})
        slope = outer.diff(placeholder)
        if slope.has(placeholder) or np.any(self.point(slope) < 0):
            raise ValueError(f"the left side {e} must be affine and increasing in {node}")
        return self.point(outer, {placeholder: value})

    def enclosure(self, node: Expr) -> Interval:
        if isinstance(node, Regret):
            if lower_key(node) not in self.trace.scalars:
                raise ValueError(f"the trace did not record {node}; play with record=theorem.quantities")
            return self.trace.scalars[lower_key(node)], self.trace.scalars[upper_key(node)]
        inner = self.point(node.args[0])
        if not self.trace.meta["stochastic"]:
            return inner, inner
        inner = np.broadcast_to(inner, (self.trace.replicates, len(self.trace.rounds)))
        finite = np.all(np.isfinite(inner), axis=0)
        # A run that diverged, and replicates that are not draws of one game, say nothing about the mean.
        lower, upper = np.full(finite.shape, -np.inf), np.full(finite.shape, np.inf)
        obstacle = self.obstacle()
        if obstacle:
            self.notes |= {obstacle: None}
        elif np.any(finite):
            if self.weights is not None:
                mean = exact(inner[:, finite], self.weights)
                self.notes |= {f"{mean.method} of {inner.shape[0]} noise paths": None}
            else:
                mean = confidence_sequence(inner[:, finite], level=LEVEL, simultaneous=True)
                self.notes |= {f"{mean.method}, level {LEVEL:g}, {inner.shape[0]} replicates": None}
            lower[finite], upper[finite] = mean.lower, mean.upper
        return lower[None, :], upper[None, :]

    def obstacle(self) -> str:
        """Why the replicates cannot be averaged, or nothing."""
        meta = self.trace.meta
        varying = [name for name, values in meta["parameter_values"].items() if len(set(values)) > 1]
        if varying:
            return f"no mean: the replicates differ in {varying[0]}"
        if not meta.get("one_start", True):
            return "no mean: the replicates differ in their start"
        seeds = meta["seeds"]
        if self.weights is None and not len(seeds) == len(set(seeds)) == self.trace.replicates:
            return "no mean: the replicates share their noise"
        return ""


def _nodes(e: Expr) -> list[Expr]:
    """The outermost nodes of the language, expectations and suprema kept whole."""
    if isinstance(e, Quantity):
        return [e]
    return list(dict.fromkeys(node for part in e.args for node in _nodes(part)))


def _assumption(text: str, condition: Any, values: _Values) -> AssumptionCheck:
    if isinstance(condition, Requires):
        known = {Requires.SMOOTH_LOSS: "L", Requires.MINIMUM_KNOWN: "f_star"}.get(condition)
        if known in values.overrides:
            return AssumptionCheck(text, True, f"{known} = {values.overrides[known]:g} was given")
        holds, detail = values.trace.meta["properties"][condition.name]
        return AssumptionCheck(text, bool(holds), str(detail))
    if condition in {true, false}:
        return AssumptionCheck(text, condition == true, "a relation between constants")
    relations = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
    if not isinstance(condition, Rel) or condition.rel_op not in relations:
        raise ValueError(f"the condition {condition} must be a relation such as a < b")
    left, right = values.point(condition.lhs), values.point(condition.rhs)
    holds = relations[condition.rel_op](left, right)
    worst = float(np.min(left) if condition.rel_op in {">", ">="} else np.max(left))
    return AssumptionCheck(text, bool(np.all(holds)), f"{condition.lhs} = {worst:.6g}")


def _trivial(lhs: Expr, values: _Values, left: Interval) -> NDArray[np.float64]:
    """What doing nothing guarantees: D sum |w_t| ||df_t||_1 for a regret, the first term for an average."""
    nodes = _nodes(lhs)
    regrets = [n for n in nodes if isinstance(n, Regret)]
    if regrets and "D" in values.by_name:
        most = values.by_name["D"] * values.record(idle(regrets[0].args[0]))
        return values.around(lhs, regrets[0], most)
    # A point that never moves has the same gradient of the one f in every round.
    average = any(
        isinstance(n, Expectation) and isinstance(n.args[0], CumSum) and lhs * T == n for n in nodes
    )
    if average and values.trace.rounds[0] == 1:
        return np.broadcast_to(left[1][:, :1], left[1].shape)
    return np.full(left[0].shape, np.nan)


@dataclass(frozen=True, eq=False)
class _Curves:
    """Both sides of a statement, (R, K) each, and what they say; slack: (K,), relative error of rounding."""

    rounds: NDArray[np.int64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    rhs: NDArray[np.float64]
    trivial: NDArray[np.float64]
    slack: NDArray[np.float64]

    def __post_init__(self) -> None:
        """An end that is not finite is no end."""
        object.__setattr__(self, "lower", np.where(np.isfinite(self.lower), self.lower, -np.inf))
        object.__setattr__(self, "upper", np.where(np.isfinite(self.upper), self.upper, np.inf))

    @property
    def defined(self) -> NDArray[np.bool_]:
        return np.isfinite(self.rhs)

    @property
    def ceiling(self) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore"):
            return np.asarray(self.rhs + self.slack * np.abs(self.rhs) + TINY)

    @property
    def violated(self) -> NDArray[np.bool_]:
        return np.asarray(self.defined & (self.lower > self.ceiling))

    @property
    def open(self) -> NDArray[np.bool_]:
        return np.asarray(self.defined & (self.upper > self.ceiling))

    @property
    def informative(self) -> NDArray[np.bool_]:
        nothing = np.where(np.isfinite(self.trivial), self.trivial, np.inf)
        return np.asarray(self.defined & (self.ceiling < nothing))

    def worst(self) -> _Curves:
        """The one replicate to report: violated before open before informative, then nearest to its bound."""
        with np.errstate(all="ignore"):
            ratio = self.upper / self.rhs
        ratio = np.max(np.where(self.defined & ~np.isnan(ratio), ratio, -np.inf), axis=1)
        rank = 4 * self.violated.any(axis=1) + 2 * self.open.any(axis=1) + self.informative.any(axis=1)
        r = int(np.lexsort((ratio, rank))[-1])
        one = slice(r, r + 1)
        return _Curves(
            self.rounds, self.lower[one], self.upper[one], self.rhs[one], self.trivial[one], self.slack
        )


def _margin(
    rounds: NDArray[np.int64], upper: NDArray[np.float64], rhs: NDArray[np.float64]
) -> tuple[float | None, int | None]:
    usable = (upper > TINY) & np.isfinite(upper) & np.isfinite(rhs)
    if not np.any(usable):
        return None, None
    ratio = np.where(usable, rhs / np.where(usable, upper, 1.0), np.inf)
    k = int(np.argmin(ratio))
    return float(ratio[k]), int(rounds[k])


def _decide(curves: _Curves, assumptions: tuple[AssumptionCheck, ...]) -> tuple[Verdict, str, int | None]:
    """The verdict on one replicate, its reason, and the first round that violates."""
    broken = [a for a in assumptions if not a.holds]
    if broken:
        return Verdict.ASSUMPTION_BROKEN, f"{broken[0].text}: {broken[0].detail}", None
    rounds = curves.rounds
    lower, upper, rhs, trivial = curves.lower[0], curves.upper[0], curves.rhs[0], curves.trivial[0]
    defined, violated, undecided = curves.defined[0], curves.violated[0], curves.open[0]
    if np.any(violated):
        k = int(np.argmax(violated))
        worst = int(np.argmax(np.where(violated, lower - rhs, -np.inf)))
        reason = f"at T = {rounds[k]} the left side is at least {lower[k]:.6g}, the bound {rhs[k]:.6g}"
        if worst != k:
            reason += f"; at T = {rounds[worst]}, {lower[worst]:.6g} against {rhs[worst]:.6g}"
        return Verdict.VIOLATED, reason, int(rounds[k])
    if not np.any(defined):
        return Verdict.VACUOUS, "the bound is undefined or infinite at every recorded round", None
    if np.any(undecided):
        k = int(np.argmax(undecided))
        side = f"the left side lies in [{lower[k]:.6g}, {upper[k]:.6g}]"
        return Verdict.UNDECIDED, f"at T = {rounds[k]} {side}, the bound is {rhs[k]:.6g}", None
    k = int(np.flatnonzero(defined)[-1])
    if not np.any(curves.informative):
        nothing = f"doing nothing guarantees {trivial[k]:.6g}"
        return Verdict.VACUOUS, f"at T = {rounds[k]} the bound is {rhs[k]:.6g}, {nothing}", None
    reason = f"at T = {rounds[k]} the left side is at most {upper[k]:.6g}, the bound {rhs[k]:.6g}"
    return Verdict.HOLDS, reason, None
