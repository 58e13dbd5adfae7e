"""Means and suprema over noise from replicates, and the ranges that they require.

`bounds.expectation.mean_interval` encloses a mean on the sides where the range of the averaged quantity is
known. For a supremum, the replicates give the lower end, the largest value seen, and the range gives the
upper end. A range is known

* by declaration: `ranges` of a check, from an expression of the language to its two ends, such as
  ``{Norm1(df): (0, 2)}``. It holds for every round, path and coordinate, and is trusted unless the run
  contradicts it;
* by form: a sum of squares is not negative (`theory.sign.nonnegative`);
* by the game: the ranges of data drawn from a finite table, of points in a box, of piecewise affine gradients
  and of values fixed in the first round (`online_sim.ranges`), propagated through the expression by interval
  arithmetic, with one interval for all coordinates.

Recorded numbers are rounded, so an end is moved outwards by the possible error of a sum over rounds and
coordinates.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np
from sympy import Expr

from bounds.expectation import UNBOUNDED, mean_interval
from bounds.extension import EVERYTHING, range_of
from bounds.prover.intervals import Intervals
from online_sim.borders import Floats
from online_sim.trace import Trace
from theory.borders import WrongType, as_number, mapping, shown
from theory.quantities import Quantity
from theory.sign import nonnegative
from theory.symbols import T, d, t

Ranges = Mapping[Expr, tuple[float, float]]

OPERATIONS = 256
"""The rounding allowance of a recorded number in eps of its range, besides that of sums."""


def checked_ranges(
    ranges: Ranges | None, sides: Iterable[Expr] | None = None
) -> dict[Expr, tuple[float, float]]:
    """The declared ranges; ValueError for what is not an expression or a range, or is in none of `sides`."""
    found: dict[Expr, tuple[float, float]] = {}
    used = None if sides is None else {part for side in sides for part in parts_of(side)}
    given = {} if ranges is None else mapping("ranges", ranges, "expression -> (low, high)")
    for e, pair in given.items():
        if not isinstance(e, Expr) or not (e.atoms(Quantity) or e.free_symbols):
            raise ValueError(
                f"`ranges` names {shown(e)}; its keys are expressions of what is measured, Norm1(df) say"
            )
        ends = [as_number(end) for end in pair] if isinstance(pair, tuple | list) else []
        if len(ends) != 2 or ends[0] is None or ends[1] is None:
            raise WrongType(f"`ranges` gives {e} the range {shown(pair)}; give two numbers (low, high)")
        low, high = ends[0], ends[1]
        if not low <= high or math.inf in {low, -high}:
            raise ValueError(f"`ranges` gives {e} the range ({low:g}, {high:g}); give low <= high")
        if used is not None and e not in used:
            raise ValueError(f"`ranges` gives {e}, which does not occur in the statement; leave it out")
        found[e] = (low, high)
    return found


def parts_of(e: Expr) -> set[Expr]:
    """An expression and every expression inside it."""
    return {e} | {part for argument in e.args if isinstance(argument, Expr) for part in parts_of(argument)}


def _advice(known: Intervals, e: Expr) -> str:
    """What to declare if an end of a range is unknown, else empty."""
    low, high = (bool(np.any(np.isinf(end))) for end in (known.lower, known.upper))
    if not (low or high):
        return ""
    which = "range" if low and high else f"{'lower' if low else 'upper'} end of the range"
    return f"the {which} of {e} is not known; declare the range of {e} in `ranges`"


def quantity_range(
    e: Expr, trace: Trace, ranges: Ranges | None = None, values: Floats | None = None
) -> Intervals:
    """The range of a scalar quantity over all noise at every checkpoint, (K,); an unknown end is infinite.

    values (R, K): the run's measurements, if any. If they leave a derived range, rounding has led the run
    away from the formulas, and that range is dropped. Raises ValueError if they leave a declared range.
    """
    derived = _consistent(_rounded(e, trace, {}), values)
    if not ranges:
        return derived
    _contradictions(trace, ranges)
    declared = _rounded(e, trace, ranges)
    if values is not None:
        finite = np.where(np.isfinite(values), values, np.nan)
        outside = (finite < declared.lower) | (finite > declared.upper)
        if np.any(outside & (finite >= derived.lower) & (finite <= derived.upper)):
            r, k = np.argwhere(outside)[0]
            raise ValueError(
                f"`ranges` puts {e} into [{declared.lower[k]:g}, {declared.upper[k]:g}], but it is "
                f"{values[r, k]:.17g} in round {trace.rounds[k]} of replicate {r}; "
                "declare a range that holds for all noise"
            )
    return _consistent(declared, values)


def _contradictions(trace: Trace, ranges: Ranges) -> None:
    """Raise ValueError if a declared and recorded quantity leaves its range."""
    for e, (low, high) in ranges.items():
        seen = trace.scalars.get(str(e), trace.vectors.get(str(e)))
        if seen is None:
            continue
        slack = float(_slack(trace).max()) * max(abs(u) for u in (low, high, 0.0) if math.isfinite(u))
        least, most = float(np.nanmin(seen)), float(np.nanmax(seen))
        if least < low - slack or most > high + slack:
            raise ValueError(
                f"`ranges` puts {e} into [{low:g}, {high:g}], but on this run it takes values in "
                f"[{least:.17g}, {most:.17g}]; declare a range that holds for all noise"
            )


def _consistent(known: Intervals, values: Floats | None) -> Intervals:
    """A range, dropped if a finite value lies outside."""
    if values is None:
        return known
    finite = np.where(np.isfinite(values), values, np.nan)
    wrong = np.any((finite < known.lower) | (finite > known.upper), axis=0)
    return Intervals(np.where(wrong, -np.inf, known.lower), np.where(wrong, np.inf, known.upper))


def _slack(trace: Trace) -> Floats:
    """The relative error of a recorded number: one eps per term of a sum over rounds and coordinates."""
    dtype = str(trace.run.dtype)
    eps = float(np.finfo(np.float32 if dtype.endswith("32") else np.float64).eps)
    return np.asarray((OPERATIONS + 4.0 * (trace.rounds + trace.dimension)) * eps)


def _rounded(e: Expr, trace: Trace, ranges: Ranges) -> Intervals:
    """The range of the exact quantity, widened by the rounding of the recorded one."""
    found = range_of(e, known_symbols(trace), ranges=ranges, rounds=trace.rounds)
    low, high = (np.broadcast_to(end, trace.rounds.shape) for end in (found.lower, found.upper))
    with np.errstate(invalid="ignore", over="ignore"):
        sizes = [np.where(np.isfinite(end), np.abs(end), 0.0) for end in (low, high)]
        room = _slack(trace) * np.maximum(*sizes)
        low, high = low - room, high + room
    low = np.where(np.isfinite(low), low, -np.inf)
    high = np.where(np.isfinite(high), high, np.inf)
    # Floats preserve a sign implied by the form.
    low = np.maximum(low, 0.0) if nonnegative(e) else low
    high = np.minimum(high, 0.0) if nonnegative(-e) else high
    return Intervals(low, high)


def known_symbols(trace: Trace) -> dict[str, Intervals]:
    """Name -> the range of a symbol over all rounds and all noise, as far as the game determines it."""
    run = trace.run
    rounds = trace.rounds.astype(np.float64)
    derived = run.ranges
    found = {name: Intervals(float(low), float(high)) for name, (low, high) in derived.items()}
    for name, values in run.parameter_values.items():
        found[name] = Intervals(min(values), max(values))
    for name, value in run.constants.items():
        # An unknown constant may be anything, whatever the value of a parameter with its name.
        found[name] = EVERYTHING if value is None else Intervals(float(value), float(value))
    found[d.name] = Intervals(float(trace.dimension), float(trace.dimension))
    return {**found, T.name: Intervals(rounds, rounds), t.name: Intervals(1.0, rounds)}


def mean_over_noise(
    e: Expr, trace: Trace, values: Floats, *, level: float, ranges: Ranges | None = None
) -> tuple[Floats, Floats, list[str]]:
    """The mean of a quantity over the noise from independent replicates: its two ends (K,), and notes.

    values (R, K): the quantity, replicate r in row r. The means of all K columns lie between the ends with
    probability `level`. A column with a number that is not finite has infinite ends.
    """
    finite = np.all(np.isfinite(values), axis=0)
    lower, upper = np.full(finite.shape, -np.inf), np.full(finite.shape, np.inf)
    if not np.any(finite):
        return lower, upper, []
    known = quantity_range(e, trace, ranges, values)
    mean = mean_interval(values[:, finite], level=level, low=known.lower[finite], high=known.upper[finite])
    lower[finite], upper[finite] = mean.lower, mean.upper
    level_of = f"{mean.method}, level {level:g}, " if mean.method != UNBOUNDED else ""
    notes = [f"{level_of}{values.shape[0]} replicates", _advice(known, e)]
    return lower, upper, [note for note in notes if note]


def supremum_over_noise(
    e: Expr, trace: Trace, values: Floats, *, ranges: Ranges | None = None
) -> tuple[Floats, Floats, list[str]]:
    """The largest value of a quantity over the noise, seen on replicates: its two ends (K,), and notes.

    values (R, K). The lower end is the largest value seen, the upper end that of the range; unknown ends are
    infinite.
    """
    known = quantity_range(e, trace, ranges, values)
    lower = np.max(np.where(np.isnan(values), -np.inf, values), axis=0)
    upper = np.maximum(known.upper, lower)
    notes = []
    if np.any(np.isinf(upper)):
        notes.append(f"of the supremum of {e} the replicates show a lower end only")
        notes.append(_advice(Intervals(lower, upper), e))
    return lower, upper, notes
