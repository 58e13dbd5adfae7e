"""Hold a theorem against a trace: every reading, every round that can be known, every assumption.

Both sides are intervals. A statement is VIOLATED where the lower end of its left side exceeds the upper end
of its right side, and that is confirmed by playing the game again (`bounds.confirm`); it HOLDS where the
upper end of the left side is at most the lower end of the right side at every recorded round, and in every
other round too where the run kept what says so (`online_sim.excess`). Everything else is UNDECIDED.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Dummy, Expr, Rational, Rel, false, true

from bounds.confirm import Found, confirm, settle
from bounds.enclosure import Intervals, outwards
from bounds.noise import Ranges, checked_ranges
from bounds.values import TraceValues, nodes
from bounds.verdict import AssumptionCheck, Check, Verdict
from online_sim.excess import error_of_key, fine_key, largest_key
from online_sim.regret import idle
from online_sim.trace import Trace
from theory.quantities import CumMax, CumSum, Excess, Expectation, Regret
from theory.sign import nonnegative
from theory.statement import Reading, Requires, Theorem, ordered_sides
from theory.symbols import D_2, D, T, f, t

Floats = NDArray[np.float64]

TINY = np.finfo(np.longdouble).tiny
"""Below the normal range nothing is measured: such a number counts as 0."""
BESIDE = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)
"""Where a run first exceeds its bound between two recorded rounds, so many rounds later are looked at too."""


def checks(
    theorem: Theorem,
    trace: Trace,
    *,
    constants: Mapping[str, float] | None = None,
    ranges: Ranges | None = None,
) -> list[Check]:
    """Every reading of a theorem held against a trace, at the same rounds."""
    trace, outside = in_range(trace)
    if outside is None:
        trace = _with_crossings(theorem, theorem.readings, trace)
    return [check(theorem, r.key, trace, constants=constants, ranges=ranges) for r in theorem.readings]


@np.errstate(over="ignore", invalid="ignore", under="ignore")
def check(
    theorem: Theorem,
    reading: str,
    trace: Trace,
    *,
    constants: Mapping[str, float] | None = None,
    ranges: Ranges | None = None,
) -> Check:
    """One reading of a theorem held against a trace.

    The trace must have recorded `theorem.quantities`. constants: values that the game does not know by
    itself (L on the visited region, f_star), by symbol name; they override. ranges: quantities that lie
    between two numbers whatever the noise, as `bounds.noise` describes. With several replicates a
    statement without expectation is held against each, and the worst is reported. Of an algorithm that the
    theorem does not name, ask `theorem.asked_of(name)`.

    Raises ValueError when the trace lacks a quantity, when a constant is missing although every assumption
    holds, and for constants that are no numbers, belong to the algorithm, contradict what the set says, or
    occur nowhere in the theorem.
    """
    chosen = theorem.reading(reading)
    given = _checked_constants(theorem, trace, constants or {})
    trace, outside = in_range(trace)
    if outside is None:
        trace = _with_crossings(theorem, [chosen], trace)
    held = _hold(theorem, chosen, trace, given, checked_ranges(ranges, _sides(theorem)))
    curves = held.curves.worst()
    if not held.broken and outside is None:
        found = confirm(held, curves) if curves.violated.any() else settle(held, curves)
        curves = curves.with_found(found)
    else:
        found = {}
    verdict, reason, first = _decide(curves, held.assumptions, outside, found)
    every_round = len(trace.rounds) == trace.horizon or _everywhere(_excess(theorem, chosen), trace)
    notes = list(held.values.notes)
    if verdict is Verdict.UNDECIDED and trace.meta.get("not_finite_from"):
        notes.append(f"not finite from round {trace.meta['not_finite_from']} on")
    if verdict is Verdict.HOLDS and not every_round:
        notes.append(f"at the {len(trace.rounds)} recorded rounds of {trace.horizon}")
    if notes and verdict is not Verdict.ASSUMPTION_BROKEN:
        reason = f"{reason} ({'; '.join(notes)})"
    lower, upper = outwards(Intervals(curves.lower[0], curves.upper[0]))
    below, above = (
        np.where(curves.defined[0], end, np.nan)
        for end in outwards(Intervals(curves.rhs[0], curves.rhs_upper[0]))
    )
    # Of a violation the ratio that it is at most, otherwise the one that it is at least.
    violated = verdict is Verdict.VIOLATED
    margin, at = _margin(trace.rounds, upper, above if violated else below)
    if margin is None:  # perhaps beyond the range of float64
        long = curves.rhs_upper[0] if violated else curves.rhs[0]
        margin, at = _margin(trace.rounds, curves.upper[0], np.where(curves.defined[0], long, np.nan))
    with np.errstate(over="ignore"):
        trivial = np.asarray(curves.trivial[0], dtype=np.float64)
    return Check(
        f"{theorem.id}.{chosen.key}", verdict, reason, trace.rounds, lower, upper, below, above, trivial,
        margin, at, first, held.assumptions, every_round=every_round,
        labels={
            "title": theorem.title, "reading": chosen.key, "note": chosen.note, "source": str(theorem.source),
            "lhs": theorem.measures, **{k: str(v) for k, v in chosen.constants.items()},
        },
        meta=trace.meta,
    )  # fmt: skip


def in_range(trace: Trace) -> tuple[Trace, str | None]:
    """The trace, or the game in floats of a longer range where float64 left its own; else what left it."""
    left = trace.meta.get("range_left")
    if left is None:
        return trace, None
    said = f"float64 left its range in round {left['round']} ({left['what']})"
    wider = trace.wider()
    if wider is None or wider.meta.get("range_left") is not None:
        return trace, said
    return wider, None


def _excess(theorem: Theorem, reading: Reading) -> Excess:
    return Excess(theorem.spelled_out(theorem.lhs), theorem.spelled_out(reading.rhs))


def _everywhere(node: Excess, trace: Trace) -> bool:
    """Whether the run itself says that lhs <= rhs in every round."""
    if largest_key(node) not in trace.scalars:
        return False
    largest, error = (trace.scalars[key(node)][:, -1] for key in (largest_key, error_of_key))
    return bool(np.all(largest + error <= 0))


def _with_crossings(theorem: Theorem, readings: Sequence[Reading], trace: Trace) -> Trace:
    """The trace with the rounds recorded in which a bound is first reached, and some after each of them."""
    crossed: set[int] = set()
    for node in (_excess(theorem, reading) for reading in readings):
        if fine_key(node) in trace.scalars and not _everywhere(node, trace):
            first = trace.scalars[fine_key(node)][:, -1] + 1
            first = first[first <= trace.horizon]  # not a NaN of a run that diverged
            crossed |= {int(s) + k for s in first for k in BESIDE if s + k <= trace.horizon}
    new = sorted(crossed - set(trace.rounds.tolist()))
    return trace.again(np.union1d(trace.rounds, new)) if new and trace.replay is not None else trace


@dataclass(frozen=True, eq=False)
class Held:
    """One reading held against one trace: what it was, both sides at the recorded rounds, the assumptions."""

    theorem: Theorem
    reading: Reading
    trace: Trace
    constants: Mapping[str, float]
    ranges: Ranges
    values: TraceValues
    curves: Curves
    assumptions: tuple[AssumptionCheck, ...]

    @property
    def broken(self) -> bool:
        """Whether an assumption fails."""
        return not all(a.holds for a in self.assumptions)

    def against(self, longer: Trace) -> Held:
        """The same reading on the same game in another precision; what they differ by is an error of both.

        longer: all replicates, or the first ones: then the largest difference among them is taken for all.
        """
        mine = self.trace.at(longer.rounds)
        few = longer.replicates
        differences = {
            key: np.abs(np.asarray(mine.scalars[key])[:few] - np.asarray(other))
            for key, other in longer.scalars.items()
        }
        if few < mine.replicates:
            differences = {key: np.max(d, axis=0, keepdims=True) for key, d in differences.items()}
            longer = mine
        return _hold(self.theorem, self.reading, longer, self.constants, self.ranges, differences=differences)


def _hold(
    theorem: Theorem,
    chosen: Reading,
    trace: Trace,
    constants: Mapping[str, float],
    ranges: Ranges,
    *,
    differences: Mapping[str, Floats] | None = None,
) -> Held:
    lhs, rhs = theorem.spelled_out(theorem.lhs), theorem.spelled_out(chosen.rhs)
    _check_sides(lhs, rhs)
    values = TraceValues(trace, constants, ranges=ranges, differences=differences)
    about = theorem.about(trace.meta["algorithm"], trace.meta["algorithm_digest"])
    named = AssumptionCheck("the algorithm is one the statement is about", *about)
    assumptions = (
        *(() if named.holds else (named,)),
        *(_assumption(a.text, _spelled(theorem, a.condition), values) for a in theorem.assumptions),
    )
    if all(a.holds for a in assumptions):
        values.require_constants(lhs, rhs)
    left, right = values.enclose(lhs), values.enclose(rhs)
    trivial = _trivial(lhs, values, left)
    parts = np.broadcast_arrays(left.lower, left.upper, right.lower, right.upper, trivial, values.point(rhs))
    low, high, below, above, nothing, bound = (np.atleast_2d(part) for part in parts)
    # A bound whose interval reaches out of where it is defined still has a value if floats give it one.
    defined = (np.isfinite(below) | np.isfinite(above) | np.isfinite(bound)) & (below != np.inf)
    curves = Curves(trace.rounds, low, high, below, above, nothing, defined)
    return Held(theorem, chosen, trace, constants, ranges, values, curves, assumptions)


def _check_sides(lhs: Expr, rhs: Expr) -> None:
    """Refuse a measured interval where it makes no sense."""
    for node in nodes(rhs):
        if isinstance(node, Expectation | Regret):
            raise ValueError(f"{node} may stand only on the left side of a statement")
    if len([n for n in nodes(lhs) if isinstance(n, Regret | Expectation)]) > 1:
        raise ValueError(f"the left side {lhs} has more than one measured interval; state them one by one")


def _sides(theorem: Theorem) -> list[Expr]:
    """All that a theorem measures: its left side, the right side of every reading, its conditions."""
    sides = [theorem.lhs, *(r.rhs for r in theorem.readings), *theorem.relations]
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
        if isinstance(value, bool | str) or not math.isfinite(value):
            raise ValueError(f"`constants` gives {name} = {value!r}; give a finite number")
        bounds = trace.meta.get("constant_bounds", {}).get(name) if name in {D.name, D_2.name} else None
        if bounds is not None and not bounds[0] <= value <= bounds[1]:
            raise ValueError(
                f"`constants` gives {name} = {value:g}, but {trace.meta['domain']} has {name} in "
                f"[{bounds[0]:.17g}, {bounds[1]:.17g}]; leave it out"
            )
    return {name: float(value) for name, value in given.items()}


def _spelled(theorem: Theorem, condition: Any) -> Any:
    return condition if isinstance(condition, Requires) else theorem.spelled_out(condition)


def _assumption(text: str, condition: Any, values: TraceValues) -> AssumptionCheck:
    if isinstance(condition, Requires):
        return _required(text, condition, values)
    if condition in {true, false}:
        return AssumptionCheck(text, condition == true, "a relation between constants")
    if not isinstance(condition, Rel) or ordered_sides(condition) is None:
        raise ValueError(f"the condition {condition} must be a relation such as a < b")
    if not nodes(condition.lhs) and not nodes(condition.rhs):
        return _between_numbers(text, condition, values)
    small, large = ordered_sides(condition) or (condition.lhs, condition.rhs)
    left, right = values.enclose(small), values.enclose(large)
    strict = condition.rel_op in {"<", ">"}
    with np.errstate(invalid="ignore"):
        # Two sides that agree up to rounding: <= is taken to hold, < is what floats say.
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
    """A property of the game: what was declared is tried on the game, and a given constant in its place."""
    name, declared = _CONSTANTS.get(condition, (None, None))
    holds, detail = values.trace.meta["properties"][condition.name]
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
    return AssumptionCheck(text, True, str(detail))


_CONSTANTS = {Requires.SMOOTH_LOSS: ("L", "smoothness"), Requires.MINIMUM_KNOWN: ("f_star", "minimum")}
"""The constant that a property is about, and what `online_sim.declared` calls it."""


def _between_numbers(text: str, condition: Rel, values: TraceValues) -> AssumptionCheck:
    """A relation between parameters and constants: of the decimals that are meant, exactly where they are."""
    for replicate in range(values.trace.replicates):
        exact = {
            s: Rational(repr(float(np.ravel(values.by_name[s.name])[replicate])))
            for s in condition.free_symbols
            if s.name in values.trace.meta["parameter_values"]
        }
        meant = condition.xreplace(exact)
        if meant in {true, false}:
            holds = meant == true
        else:
            small, large = ordered_sides(meant) or (meant.lhs, meant.rhs)
            left, right = values.enclose(small), values.enclose(large)
            certain = np.all(left.upper < right.lower)
            broken = (
                np.any(left.lower > right.upper) or np.isnan(left.lower).any() or np.isnan(right.upper).any()
            )
            # Numbers that agree to the last bit: the relation holds unless it is strict.
            holds = bool(certain or (not broken and condition.rel_op in {"<=", ">="}))
        shown = " ".join(
            [_number(condition.lhs, exact, values), condition.rel_op, _number(condition.rhs, exact, values)]
        )
        if not holds:
            return AssumptionCheck(text, False, f"{condition}: {shown} is not so")
    return AssumptionCheck(text, True, f"{condition}: {shown}")


def _number(e: Expr, exact: Mapping[Any, Any], values: TraceValues) -> str:
    known = e.xreplace(exact)
    if known.is_number:
        return f"{float(known):.6g}"
    return f"{float(np.max(values.enclose(known).upper)):.6g}"


def _trivial(lhs: Expr, values: TraceValues, left: Intervals) -> Floats:
    """What doing nothing guarantees: D sum |w_t| ||df_t||_1 for a regret, the first term for an average."""
    found = nodes(lhs)
    regrets = [n for n in found if isinstance(n, Regret)]
    if regrets and "D" in values.by_name and _grows(lhs, regrets[0]):
        most = values.by_name["D"] * values.record(idle(regrets[0].args[0]))
        return values.around(lhs, regrets[0], most)
    # A point that never moves has the same gradient of the one f in every round.
    average = any(
        isinstance(n, Expectation) and isinstance(n.args[0], CumSum) and lhs * T == n for n in found
    )
    upper = np.asarray(left.upper)
    if average and values.trace.rounds[0] == 1:
        return np.broadcast_to(upper[:, :1], upper.shape)
    return np.full(upper.shape, np.nan)


def _grows(lhs: Expr, node: Expr) -> bool:
    """Whether a left side is affine in a measured node and grows with it."""
    placeholder = Dummy("measured", real=True)
    slope = lhs.xreplace({node: placeholder}).diff(placeholder)
    return bool(not slope.has(placeholder) and nonnegative(slope))


@dataclass(frozen=True, eq=False)
class Curves:
    """Both sides of a statement as intervals, (R, K) each, and what they say.

    defined: whether the right side has a value at all; replicate: which one this is, after `worst`.
    """

    rounds: NDArray[np.int64]
    lower: Floats
    upper: Floats
    rhs: Floats
    rhs_upper: Floats
    trivial: Floats
    defined: NDArray[np.bool_]
    replicate: int = 0

    def __post_init__(self) -> None:
        """An end that is no number is no end."""
        for name, least in (("lower", -np.inf), ("upper", np.inf), ("rhs", -np.inf), ("rhs_upper", np.inf)):
            end = getattr(self, name)
            object.__setattr__(self, name, np.where(np.isnan(end), least, end))

    @property
    def violated(self) -> NDArray[np.bool_]:
        """Where the left side certainly exceeds the right one, as far as these floats go."""
        return np.asarray(self.defined & (self.lower > self.rhs_upper))

    @property
    def open(self) -> NDArray[np.bool_]:
        """Where it may."""
        return np.asarray(self.defined & ~(self.upper <= self.rhs))

    @property
    def informative(self) -> NDArray[np.bool_]:
        """Where the bound is below what doing nothing guarantees."""
        nothing = np.where(np.isfinite(self.trivial), self.trivial, np.inf)
        return np.asarray(self.defined & (self.rhs_upper < nothing))

    def worst(self) -> Curves:
        """The one replicate to report: violated before open before informative, then nearest to its bound."""
        with np.errstate(all="ignore"):
            ratio = self.upper / self.rhs
        # 0/0 is no ratio, and neither is a left side that rounding alone makes positive.
        ratio = np.max(np.where(self.defined & (self.upper > TINY), ratio, -np.inf), axis=1)
        rank = 4 * self.violated.any(axis=1) + 2 * self.open.any(axis=1) + self.informative.any(axis=1)
        return self.of(int(np.lexsort((ratio, rank))[-1]))

    def of(self, r: int) -> Curves:
        """One replicate."""
        one = slice(r, r + 1)
        return Curves(
            self.rounds, self.lower[one], self.upper[one], self.rhs[one], self.rhs_upper[one],
            self.trivial[one], self.defined[one], r,
        )  # fmt: skip

    def with_found(self, found: Mapping[int, Found]) -> Curves:
        """One replicate with better enclosures in place of its own where there are some."""
        ends = {name: getattr(self, name).copy() for name in ("lower", "upper", "rhs", "rhs_upper")}
        for k, better in found.items():
            for name, end in zip(
                ends, (better.lower, better.upper, better.rhs, better.rhs_upper), strict=True
            ):
                ends[name][0, k] = end
        return replace(self, **ends)


def _margin(rounds: NDArray[np.int64], upper: Floats, rhs: Floats) -> tuple[float | None, int | None]:
    usable = (upper > np.finfo(upper.dtype).tiny) & np.isfinite(upper) & np.isfinite(rhs)
    if not np.any(usable):
        return None, None
    ratio = np.where(usable, rhs / np.where(usable, upper, 1.0), np.inf)
    k = int(np.argmin(ratio))
    return float(ratio[k]), int(rounds[k])


def _decide(
    curves: Curves, assumptions: tuple[AssumptionCheck, ...], outside: str | None, found: Mapping[int, Found]
) -> tuple[Verdict, str, int | None]:
    """The verdict on one replicate, its reason, and the first round that violates."""
    broken = [a for a in assumptions if not a.holds]
    if broken:
        return Verdict.ASSUMPTION_BROKEN, f"{broken[0].text}: {broken[0].detail}", None
    if outside is not None:
        return (
            Verdict.UNDECIDED,
            f"{outside}; scale the data, so that squares stay between 1e-300 and 1e300",
            None,
        )
    rounds = curves.rounds
    lower, upper, rhs, trivial = curves.lower[0], curves.upper[0], curves.rhs[0], curves.trivial[0]
    above, defined = curves.rhs_upper[0], curves.defined[0]
    violated, undecided = curves.violated[0], curves.open[0]
    confirmed = violated & np.isin(np.arange(len(rounds)), [k for k, f in found.items() if f.how is not None])
    if np.any(confirmed):
        k = int(np.argmax(confirmed))
        worst = int(np.argmax(np.where(violated, lower - above, -np.inf)))
        reason = f"at T = {rounds[k]} the left side is at least {lower[k]:.6g}, the bound {above[k]:.6g}"
        if worst != k:
            reason += f"; at T = {rounds[worst]}, {lower[worst]:.6g} against {above[worst]:.6g}"
        return Verdict.VIOLATED, f"{reason}; {found[k].how}", int(rounds[k])
    if not np.any(defined):
        return Verdict.VACUOUS, "the bound is undefined or infinite at every recorded round", None
    if np.any(violated):
        k = int(np.argmax(violated))
        why = found[k].why if k in found else "it was not confirmed"
        said = (
            f"in floats the left side is at least {lower[k]:.6g} at T = {rounds[k]}, the bound {above[k]:.6g}"
        )
        return Verdict.UNDECIDED, f"{said}, but {why}", None
    if np.any(undecided):
        k = int(np.argmax(undecided))
        return Verdict.UNDECIDED, _straddle(int(rounds[k]), lower[k], upper[k], rhs[k], above[k]), None
    k = int(np.flatnonzero(defined)[-1])
    if not np.any(curves.informative):
        nothing = f"doing nothing guarantees {trivial[k]:.6g}"
        return Verdict.VACUOUS, f"at T = {rounds[k]} the bound is {rhs[k]:.6g}, {nothing}", None
    reason = f"at T = {rounds[k]} the left side is at most {upper[k]:.6g}, the bound {rhs[k]:.6g}"
    return Verdict.HOLDS, reason, None


def _straddle(T: int, lower: float, upper: float, below: float, above: float) -> str:
    """What an open comparison looks like: in as many digits as tell the ends apart, or a tie."""
    size = max(abs(lower), abs(upper), abs(below), abs(above))
    if size > 0 and math.isfinite(size) and max(upper, above) - min(lower, below) <= 1e-9 * size:
        return f"at T = {T} both sides are {upper:.9g}: a tie within rounding"
    left = f"the left side lies in [{lower:.6g}, {upper:.6g}]"
    bound = f"is {below:.6g}" if f"{below:.6g}" == f"{above:.6g}" else f"lies in [{below:.6g}, {above:.6g}]"
    return f"at T = {T} {left}, the bound {bound}"
