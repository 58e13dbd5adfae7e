"""One reading of a theorem on one trace: both sides as intervals, the trivial guarantee, assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sympy import Dummy, Expr

from bounds.assumptions import assumption, spelled
from bounds.curves import Curves
from bounds.noise import Ranges
from bounds.prover.intervals import Intervals
from bounds.statement import nodes
from bounds.values import TraceValues
from bounds.verdict import AssumptionCheck
from online_sim.borders import Floats
from online_sim.regret import idle, lower_key, upper_key
from online_sim.trace import Trace
from theory.quantities import CumSum, Expectation, Regret
from theory.sign import nonnegative
from theory.statement import Reading, Theorem
from theory.symbols import T, z, z_t


@dataclass(frozen=True, eq=False)
class MeasuredReading:
    """One reading checked on one trace: both sides at the recorded rounds, and the assumptions."""

    theorem: Theorem
    reading: Reading
    trace: Trace
    values: TraceValues
    curves: Curves
    assumptions: tuple[AssumptionCheck, ...]

    @property
    def broken(self) -> bool:
        """Whether an assumption fails."""
        return not all(a.holds for a in self.assumptions)

    @cached_property
    def worst(self) -> Curves:
        """The curves of the replicate to report."""
        return self.curves.worst()

    @cached_property
    def looks(self) -> list[int]:
        """The checkpoints to look at again for a violation under the assumptions."""
        return [] if self.broken else self.worst.looks

    def against(self, longer: Trace) -> MeasuredReading:
        """The same reading on the same game in another precision; the difference counts as error of both.

        longer: all replicates, or the first few, whose largest difference is then used for all.
        """
        mine = self.trace.at(longer.rounds)
        few = longer.replicates
        differences = {key: _distance(mine, longer, key) for key in longer.scalars}
        for regret in self.theorem.spelled_out(self.theorem.lhs).atoms(Regret):
            # The distance of its ends is rounding allowance; the distance of the runs is that of the middles.
            ends = lower_key(regret), upper_key(regret)
            if differences.keys() >= set(ends):
                between = _distance(mine, longer, *ends)
                differences |= {k: np.where(np.isfinite(between), between, differences[k]) for k in ends}
        if few < mine.replicates:
            differences = {key: np.max(d, axis=0, keepdims=True) for key, d in differences.items()}
            longer = mine
        known = self.values
        return measured_reading(
            self.theorem, self.reading, longer, known.overrides, known.ranges, differences=differences
        )


def _distance(mine: Trace, longer: Trace, *keys: str) -> Floats:
    """The difference of the means of these records between two runs, over the replicates of both."""
    few = longer.replicates
    one, other = (
        np.mean([np.asarray(run.scalars[key])[:few] for key in keys], axis=0) for run in (mine, longer)
    )
    return np.asarray(np.abs(one - other))


def measured_reading(
    theorem: Theorem,
    chosen: Reading,
    trace: Trace,
    constants: Mapping[str, float],
    ranges: Ranges,
    *,
    differences: Mapping[str, Floats] | None = None,
) -> MeasuredReading:
    """Both sides of a reading, and its assumptions, on a trace.

    constants: name -> number. ranges: see `bounds.noise`. differences: the differences of recorded scalars to
    another precision, by key.
    """
    lhs, rhs = theorem.spelled_out(theorem.lhs), theorem.spelled_out(chosen.rhs)
    _check_sides(lhs, rhs)
    values = TraceValues(trace, constants, ranges=ranges, differences=differences)
    about = theorem.about(trace.run.algorithm, trace.run.algorithm_digest)
    named = AssumptionCheck("the algorithm is one the statement is about", *about)
    assumptions = (
        *(() if named.holds else (named,)),
        *_points_outside((lhs, rhs), trace),
        *(assumption(a.text, spelled(theorem, a.condition), values) for a in theorem.assumptions),
    )
    if all(a.holds for a in assumptions):
        values.require_constants(lhs, rhs)
    left, right = values.enclose(lhs), values.enclose(rhs)
    trivial = _trivial(lhs, values, left)
    parts = np.broadcast_arrays(left.lower, left.upper, right.lower, right.upper, trivial, values.point(rhs))
    low, high, below, above, nothing, bound = (np.atleast_2d(part) for part in parts)
    # A bound whose interval extends beyond its domain still has a value if floats give one.
    defined = (np.isfinite(below) | np.isfinite(above) | np.isfinite(bound)) & (below != np.inf)
    for one in assumptions:
        if one.where is not None:
            defined = defined & one.where
    curves = Curves(trace.rounds, low, high, below, above, nothing, defined)
    return MeasuredReading(theorem, chosen, trace, values, curves, assumptions)


def _points_outside(sides: Sequence[Expr], trace: Trace) -> Iterator[AssumptionCheck]:
    """The points to compare with, z or z_t, that the sides read and that lie outside the set of the game."""
    for point in (z, z_t):
        lies, why = trace.run.properties.get(point.name, (True, ""))
        if not lies and any(side.has(point) for side in sides):
            yield AssumptionCheck(f"{point} lies in X", False, str(why))


def _check_sides(lhs: Expr, rhs: Expr) -> None:
    """Refuse a measured interval in a place where it has no meaning."""
    for node in nodes(rhs):
        if isinstance(node, Expectation | Regret):
            raise ValueError(f"{node} may stand only on the left side of a statement")
    if len([n for n in nodes(lhs) if isinstance(n, Regret | Expectation)]) > 1:
        raise ValueError(f"the left side {lhs} has more than one measured interval; state them one by one")


def _trivial(lhs: Expr, values: TraceValues, left: Intervals) -> Floats:
    """The guarantee of never moving: D sum |w_t| ||df_t||_1 for a regret, the first term for an average."""
    found = nodes(lhs)
    regrets = [n for n in found if isinstance(n, Regret)]
    if regrets and "D" in values.by_name and _grows(lhs, regrets[0]):
        most = values.by_name["D"] * values.record(idle(*regrets[0].args))
        placeholder = Dummy("measured")
        return values.point(lhs.xreplace({regrets[0]: placeholder}), {placeholder: most})
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
