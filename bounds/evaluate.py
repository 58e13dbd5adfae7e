"""Check a theorem on a trace: every reading, every round that can be decided, every assumption.

Both sides are intervals. A statement is VIOLATED if the lower end of its left side exceeds the upper end of
its right side, which is confirmed by playing the game again (`bounds.confirm`). It HOLDS if the upper end of
the left side is at most the lower end of the right side at every recorded round, and in every other round too
if the run kept the evidence (`online_sim.excess`). Everything else is UNDECIDED.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from sympy import Expr

from bounds.borders import check_stated
from bounds.confirm import confirm, settle
from bounds.curves import decide, margin_of
from bounds.enclosure import outwards
from bounds.measured import MeasuredReading, measured_reading
from bounds.noise import Ranges, checked_ranges, parts_of
from bounds.prover.intervals import Intervals
from bounds.verdict import Check, Checks, Verdict
from online_sim.excess import error_of_key, fine_key, largest_key
from online_sim.trace import Trace
from theory.borders import SHOWN, WrongType, as_number, instance, listed, mapping, one_line, shown
from theory.quantities import Excess
from theory.statement import Reading, Theorem
from theory.symbols import D_2, D, T, t

BESIDE = (*range(-8, 3), 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)
"""Rounds to examine around the first excess between two recorded rounds, relative to it: in a long game
rounding hides the first excesses."""


def checks(
    theorem: Theorem,
    trace: Trace,
    *,
    constants: Mapping[str, float] | None = None,
    ranges: Ranges | None = None,
) -> Checks:
    """Check every reading of a theorem on a trace, all at the same rounds.

    Args:
        theorem: the statement lhs <= rhs with its assumptions. For an algorithm that it does not name, pass
            `theorem.asked_of(name)`.
        trace: what `play(..., record=theorem.quantities)` returned. With several replicates, a statement
            without expectation is checked on each and the worst is reported.
        constants: name -> number, for constants that the game does not determine (L on the visited region,
            f_star); they override.
        ranges: expression -> (low, high), between which it lies for any noise; see `bounds.noise`.

    Returns:
        One `Check` for each reading, in the theorem's order, as a list that shows itself.

    Raises:
        ValueError: the trace lacks a quantity; a constant is missing although every assumption holds; or a
            constant is not a number, belongs to the algorithm, contradicts the set, or is not in the theorem.
    """
    check_stated(theorem)
    return Checks(_checks(theorem, theorem.readings, trace, constants, ranges))


def check(
    theorem: Theorem,
    reading: str,
    trace: Trace,
    *,
    constants: Mapping[str, float] | None = None,
    ranges: Ranges | None = None,
) -> Check:
    """Check one reading of a theorem on a trace.

    Args:
        theorem: as for `checks`.
        reading: the key of the reading.
        trace: as for `checks`.
        constants: as for `checks`.
        ranges: as for `checks`.

    Raises:
        ValueError: as `checks`, and for a reading that the theorem lacks.
    """
    check_stated(theorem)
    return _checks(theorem, [theorem.reading(reading)], trace, constants, ranges)[0]


def only_used(
    theorem: Theorem, beside: Iterable[Theorem], constants: Mapping[str, float], ranges: Ranges
) -> tuple[dict[str, float], dict[Expr, tuple[float, float]]]:
    """A game's constants and ranges without those that only other statements about it use.

    beside: all the statements that are checked on the game. What none of them uses is misspelt and stays, so
    that `check` refuses it.
    """
    own, others = _uses(theorem), [_uses(t) for t in beside]
    letters = {name for names, _ in others for name in names}
    parts = {part for _, inside in others for part in inside}
    kept = {name: value for name, value in constants.items() if name in own[0] or name not in letters}
    return kept, {e: pair for e, pair in ranges.items() if e in own[1] or e not in parts}


def _uses(theorem: Theorem) -> tuple[frozenset[str], frozenset[Expr]]:
    """The names of the symbols of a statement, and the parts for which a range can be declared."""
    sides = _sides(theorem)
    names = frozenset(s.name for e in sides for s in e.free_symbols)
    return names, frozenset(part for e in sides for part in parts_of(e))


@np.errstate(over="ignore", invalid="ignore", under="ignore")
def _checks(
    theorem: Theorem,
    readings: Sequence[Reading],
    trace: Trace,
    constants: Mapping[str, float] | None,
    ranges: Ranges | None,
) -> list[Check]:
    instance("trace", trace, Trace, "a Trace", "play(..., record=theorem.quantities) returns one")
    fixed = {} if constants is None else mapping("constants", constants, "name -> number")
    given = _checked_constants(theorem, trace, fixed)
    known = checked_ranges(ranges, _sides(theorem))
    trace, outside = _in_range(trace)
    if outside is None:
        trace = _with_crossings(theorem, readings, trace)
    held = [measured_reading(theorem, reading, trace, given, known) for reading in readings]
    # The game is replayed once for all readings that it violates.
    again = [int(one.worst.rounds[k]) for one in held for k in one.looks]
    return [_decided(one, outside, again) for one in held]


def _decided(held: MeasuredReading, outside: str | None, again: Sequence[int]) -> Check:
    theorem, chosen, trace, curves = held.theorem, held.reading, held.trace, held.worst
    found = {}
    if not held.broken and outside is None:
        found = confirm(held, again) if held.looks else settle(held)
        curves = curves.with_found(found)
    verdict, reason, first = decide(curves, held.assumptions, outside, found)
    every_round = len(trace.rounds) == trace.horizon or _everywhere(_excess(theorem, chosen), trace)
    notes = [*held.values.notes, *(a.detail for a in held.assumptions if a.where is not None)]
    if verdict is Verdict.UNDECIDED and trace.run.not_finite_from:
        notes.append(f"not finite from round {trace.run.not_finite_from} on")
    if verdict is Verdict.HOLDS and not every_round:
        notes.append(f"at the {len(trace.rounds)} recorded rounds of {trace.horizon}")
    if notes and verdict is not Verdict.ASSUMPTION_BROKEN:
        reason = f"{reason} ({'; '.join(notes)})"
    lower, upper = outwards(Intervals(curves.lower[0], curves.upper[0]))
    below, above = (
        np.where(curves.defined[0], end, np.nan)
        for end in outwards(Intervals(curves.rhs[0], curves.rhs_upper[0]))
    )
    # An upper bound of the ratio for a violation, otherwise a lower bound.
    violated = verdict is Verdict.VIOLATED
    margin, at = margin_of(trace.rounds, upper, above if violated else below)
    if margin is None:  # perhaps beyond the range of float64
        long = curves.rhs_upper[0] if violated else curves.rhs[0]
        margin, at = margin_of(trace.rounds, curves.upper[0], np.where(curves.defined[0], long, np.nan))
    with np.errstate(over="ignore"):
        trivial = np.asarray(curves.trivial[0], dtype=np.float64)
    return Check(
        f"{theorem.id}.{chosen.key}", verdict, reason, trace.rounds, lower, upper, below, above, trivial,
        margin, at, first, held.assumptions, every_round=every_round,
        labels={
            "title": theorem.title, "reading": chosen.key, "note": chosen.note, "source": str(theorem.source),
            "lhs": theorem.measures, **{k: str(v) for k, v in chosen.constants.items()},
        },
        run=trace.run,
    )  # fmt: skip


def _in_range(trace: Trace) -> tuple[Trace, str | None]:
    """The trace, or the game in floats of wider range if float64 overflowed; otherwise what overflowed."""
    left = trace.run.range_left
    if left is None:
        return trace, None
    said = f"float64 left its range in round {left.round} ({left.what})"
    wider = trace.wider()
    if wider is None or wider.run.range_left is not None:
        return trace, said
    return wider, None


def _excess(theorem: Theorem, reading: Reading) -> Excess:
    return Excess(theorem.spelled_out(theorem.lhs), theorem.spelled_out(reading.rhs))


def _everywhere(node: Excess, trace: Trace) -> bool:
    """Whether the run itself shows that lhs <= rhs in every round."""
    if largest_key(node) not in trace.scalars:
        return False
    largest, error = (trace.scalars[key(node)][:, -1] for key in (largest_key, error_of_key))
    with np.errstate(invalid="ignore"):  # inf - inf is NaN, which decides nothing
        return bool(np.all(largest + error <= 0))


def _with_crossings(theorem: Theorem, readings: Sequence[Reading], trace: Trace) -> Trace:
    """The trace that also records the rounds where a bound is first reached, and some after each of them."""
    crossed: set[int] = set()
    for node in (_excess(theorem, reading) for reading in readings):
        if fine_key(node) in trace.scalars and not _everywhere(node, trace):
            first = trace.scalars[fine_key(node)][:, -1] + 1
            first = first[first <= trace.horizon]  # excludes the NaN of a diverged run
            crossed |= {int(s) + k for s in first for k in BESIDE if 1 <= s + k <= trace.horizon}
    new = sorted(crossed - set(trace.rounds.tolist()))
    return trace.again(np.union1d(trace.rounds, new)) if new and trace.replay is not None else trace


def _sides(theorem: Theorem) -> list[Expr]:
    """Everything a theorem measures: its left side, the right side of every reading, its conditions."""
    sides = [theorem.lhs, *(r.rhs for r in theorem.readings), *theorem.relations]
    return [theorem.spelled_out(e) for e in sides]


def _checked_constants(theorem: Theorem, trace: Trace, given: Mapping[str, float]) -> dict[str, float]:
    sides = _sides(theorem)
    known = set(trace.run.constants) | {s.name for e in sides for s in e.free_symbols}
    for name, value in given.items():
        if name in {T.name, t.name, *trace.run.parameter_values}:
            raise ValueError(f"`constants` gives {name}, which the run itself has; leave it out")
        if name not in known:
            raise ValueError(
                f"`constants` gives {one_line(name, SHOWN)}, which {theorem.id} does not use; "
                f"{listed(name, sorted(known))}"
            )
        number = as_number(value)
        if number is None or not math.isfinite(number):
            raise (WrongType if number is None else ValueError)(
                f"`constants` gives {name} = {shown(value)}; give a finite number"
            )
        bounds = trace.run.constant_bounds.get(name) if name in {D.name, D_2.name} else None
        if bounds is not None and not bounds[0] <= value <= bounds[1]:
            raise ValueError(
                f"`constants` gives {name} = {value:g}, but {trace.run.domain} has {name} in "
                f"[{bounds[0]:.17g}, {bounds[1]:.17g}]; leave it out"
            )
    return {name: float(value) for name, value in given.items()}
