"""Hold a theorem against a trace: every reading, every checkpoint, every assumption, one verdict each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Rel, false, true

from bounds.noise import Ranges, checked_ranges
from bounds.values import Interval, TraceValues, nodes
from bounds.verdict import AssumptionCheck, Check, Verdict
from online_sim.regret import idle
from online_sim.trace import Trace
from theory.quantities import CumSum, Expectation, Regret
from theory.statement import Requires, Theorem
from theory.symbols import T, t

EPS = float(np.finfo(np.float64).eps)

OPERATIONS = 256
"""Room for rounding, in eps of the bound, beside its sums over rounds and coordinates: a right side takes a
few dozen operations, the enclosure of a minimum about a hundred. A tie within it is no violation."""

TINY = float(np.finfo(np.float64).tiny)
"""Below the normal range nothing is measured: such a number counts as 0."""


def checks(
    theorem: Theorem,
    trace: Trace,
    *,
    constants: Mapping[str, float] | None = None,
    ranges: Ranges | None = None,
) -> list[Check]:
    """Every reading of a theorem held against a trace."""
    return [check(theorem, r.key, trace, constants=constants, ranges=ranges) for r in theorem.readings]


def check(
    theorem: Theorem,
    reading: str,
    trace: Trace,
    *,
    constants: Mapping[str, float] | None = None,
    ranges: Ranges | None = None,
) -> Check:
    """One reading of a theorem held against a trace, at every recorded round.

    The trace must have recorded `theorem.quantities`. constants: values that the game does not know by
    itself (L on the visited region, f_star), by symbol name; they override. ranges: quantities that lie
    between two numbers whatever the noise, as `bounds.noise` describes. With several replicates a
    statement without expectation is held against each, and the worst is reported. Of an algorithm that the
    theorem does not name, ask `theorem.asked_of(name)`.

    Raises ValueError when the trace lacks a quantity, when a constant is missing although every assumption
    holds, and for constants that are no numbers, belong to the algorithm, or occur nowhere in the theorem.
    """
    chosen = theorem.reading(reading)
    lhs, rhs = theorem.spelled_out(theorem.lhs), theorem.spelled_out(chosen.rhs)
    ranges = checked_ranges(ranges, _sides(theorem))
    values = TraceValues(trace, _checked_constants(theorem, trace, constants or {}), ranges=ranges)
    about = theorem.about(trace.meta["algorithm"])
    named = AssumptionCheck("the algorithm is one the statement is about", *about)
    assumptions = (
        *(() if named.holds else (named,)),
        *(_assumption(a.text, _spelled(theorem, a.condition), values) for a in theorem.assumptions),
    )
    if all(a.holds for a in assumptions):
        values.require_constants(lhs, rhs)
    left = values.interval(lhs)
    right = values.ends(rhs)
    trivial = _trivial(lhs, values, left)
    lower, upper, least, bound, nothing = (
        np.atleast_2d(part) for part in np.broadcast_arrays(*left, *right, trivial)
    )
    # Sums over T rounds and d coordinates stand on both sides; each is within (T + d) eps of exact.
    slack = np.asarray(OPERATIONS + 4.0 * (trace.rounds + trace.dimension)) * EPS
    curves = _Curves(trace.rounds, lower, upper, bound, nothing, slack, least).worst()
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


def _sides(theorem: Theorem) -> list[Expr]:
    """All that a theorem measures: its left side, the right side of every reading, its conditions."""
    sides = [theorem.lhs, *(r.rhs for r in theorem.readings)]
    sides += [a.condition for a in theorem.assumptions if not isinstance(a.condition, Requires)]
    return [theorem.spelled_out(e) for e in sides]


def _checked_constants(theorem: Theorem, trace: Trace, given: Mapping[str, float]) -> dict[str, float]:
    sides = _sides(theorem)
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


def _assumption(text: str, condition: Any, values: TraceValues) -> AssumptionCheck:
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
    measured = "measured" if nodes(condition.lhs) else f"{condition.lhs} ="
    return AssumptionCheck(text, bool(np.all(holds)), f"{measured} {worst:.6g}")


def _trivial(lhs: Expr, values: TraceValues, left: Interval) -> NDArray[np.float64]:
    """What doing nothing guarantees: D sum |w_t| ||df_t||_1 for a regret, the first term for an average."""
    found = nodes(lhs)
    regrets = [n for n in found if isinstance(n, Regret)]
    if regrets and "D" in values.by_name:
        most = values.by_name["D"] * values.record(idle(regrets[0].args[0]))
        return values.around(lhs, regrets[0], most)
    # A point that never moves has the same gradient of the one f in every round.
    average = any(
        isinstance(n, Expectation) and isinstance(n.args[0], CumSum) and lhs * T == n for n in found
    )
    if average and values.trace.rounds[0] == 1:
        return np.broadcast_to(left[1][:, :1], left[1].shape)
    return np.full(left[0].shape, np.nan)


@dataclass(frozen=True, eq=False)
class _Curves:
    """Both sides of a statement, (R, K) each, and what they say.

    rhs, least: the two ends of the right side; slack: (K,), relative error of rounding.
    """

    rounds: NDArray[np.int64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    rhs: NDArray[np.float64]
    trivial: NDArray[np.float64]
    slack: NDArray[np.float64]
    least: NDArray[np.float64]

    def __post_init__(self) -> None:
        """An end that is not finite is no end."""
        object.__setattr__(self, "lower", np.where(np.isfinite(self.lower), self.lower, -np.inf))
        object.__setattr__(self, "upper", np.where(np.isfinite(self.upper), self.upper, np.inf))

    @property
    def defined(self) -> NDArray[np.bool_]:
        # A right side of which only the lower end is known is no infinite one.
        return np.asarray(np.isfinite(self.rhs) | (self.least < self.rhs))

    @property
    def ceiling(self) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore"):
            return np.asarray(self.rhs + self.slack * np.abs(self.rhs) + TINY)

    @property
    def floor(self) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore"):
            known = self.least + self.slack * np.abs(self.least) + TINY
        return np.where(np.isfinite(self.least), known, -np.inf)

    @property
    def violated(self) -> NDArray[np.bool_]:
        return np.asarray(self.defined & (self.lower > self.ceiling))

    @property
    def open(self) -> NDArray[np.bool_]:
        return np.asarray(self.defined & (self.upper > self.floor))

    @property
    def informative(self) -> NDArray[np.bool_]:
        nothing = np.where(np.isfinite(self.trivial), self.trivial, np.inf)
        return np.asarray(self.defined & (self.floor < nothing))

    def worst(self) -> _Curves:
        """The one replicate to report: violated before open before informative, then nearest to its bound."""
        with np.errstate(all="ignore"):
            ratio = self.upper / self.rhs
        # 0/0 is no ratio, and neither is a left side that rounding alone makes positive.
        ratio = np.max(np.where(self.defined & (self.upper > TINY), ratio, -np.inf), axis=1)
        rank = 4 * self.violated.any(axis=1) + 2 * self.open.any(axis=1) + self.informative.any(axis=1)
        r = int(np.lexsort((ratio, rank))[-1])
        one = slice(r, r + 1)
        return _Curves(
            self.rounds,
            self.lower[one],
            self.upper[one],
            self.rhs[one],
            self.trivial[one],
            self.slack,
            self.least[one],
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
        least = curves.least[0, k]
        bound = f"is {rhs[k]:.6g}" if least == rhs[k] else f"lies in [{least:.6g}, {rhs[k]:.6g}]"
        return Verdict.UNDECIDED, f"at T = {rounds[k]} {side}, the bound {bound}", None
    k = int(np.flatnonzero(defined)[-1])
    if not np.any(curves.informative):
        nothing = f"doing nothing guarantees {trivial[k]:.6g}"
        return Verdict.VACUOUS, f"at T = {rounds[k]} the bound is {rhs[k]:.6g}, {nothing}", None
    reason = f"at T = {rounds[k]} the left side is at most {upper[k]:.6g}, the bound {rhs[k]:.6g}"
    return Verdict.HOLDS, reason, None
