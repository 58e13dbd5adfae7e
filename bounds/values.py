"""Numbers for the symbols and nodes of a statement, taken from a trace: each as an interval."""

import math
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sympy import Expr

from bounds.enclosure import around, enclose, exactly
from bounds.expectation import enumerated_mean
from bounds.noise import Ranges, mean_over_noise, supremum_over_noise
from bounds.prover.constants import float_ends
from bounds.prover.intervals import Intervals
from bounds.statement import evaluated
from online_sim.borders import Floats
from online_sim.decimals import decimal
from online_sim.recording import error_key
from online_sim.regret import lower_key, upper_key
from online_sim.trace import Trace
from theory.quantities import Expectation, Regret, Supremum
from theory.symbols import T, t

LEVEL = 0.99
"""The confidence of an expectation that is estimated, not enumerated."""


Means = tuple[Any, Any, list[str]]
_MEANS: WeakKeyDictionary[Trace, dict[Any, Means]] = WeakKeyDictionary()


class TraceValues:
    """Evaluates expressions of the language on a trace, as arrays (replicates or 1, checkpoints).

    overrides: values of constants that the game does not determine, by name. ranges: the declared ranges of
    quantities over all noise (`bounds.noise`). differences: the differences of recorded scalars to another
    precision, by key, which are added to their errors. notes: what the reader of a verdict must know about
    how an expectation or a supremum was found.
    """

    def __init__(
        self,
        trace: Trace,
        overrides: Mapping[str, float],
        *,
        ranges: Ranges | None = None,
        differences: Mapping[str, Floats] | None = None,
    ) -> None:
        self.trace, self.differences = trace, differences or {}
        self.ranges = dict(ranges or {})
        known = {**trace.run.constants, **overrides}
        self.unknown = {name for name, value in known.items() if value is None}
        # An unknown constant is NaN, never a parameter of the same name.
        self.parameters = {
            name: np.array(values) for name, values in trace.run.parameter_values.items() if name not in known
        }
        rounds = trace.rounds.astype(np.float64)[None, :]
        self.by_name: dict[str, Any] = {name: values[:, None] for name, values in self.parameters.items()}
        self.by_name |= {n: np.float64(math.nan if value is None else value) for n, value in known.items()}
        self.by_name |= {T.name: rounds, t.name: rounds}
        self.intervals = {name: exactly(value) for name, value in self.by_name.items()}
        for name, values in self.parameters.items():
            # A parameter means the decimal that it prints as, not the float.
            ends = np.array([float_ends(decimal(value)) for value in values])
            self.intervals[name] = Intervals(ends[:, :1], ends[:, 1:])
        for name, (low, high) in trace.run.constant_bounds.items():
            if name not in overrides:
                self.intervals[name] = Intervals(np.float64(low), np.float64(high))
        self.overrides = dict(overrides)
        self.notes: dict[str, None] = {}
        weights = trace.run.path_weights
        self.weights = None if weights is None else np.asarray(weights, dtype=np.float64)

    def require_constants(self, *sides: Expr) -> None:
        """Raise ValueError if a side of the statement uses an unknown constant."""
        missing = sorted({s.name for e in sides for s in e.free_symbols} & self.unknown)
        if missing:
            raise ValueError(
                f"no value for {', '.join(missing)} is known in this game; give it in `constants`"
            )

    def record(self, node: Expr, key: str | None = None) -> Floats:
        """A recorded scalar (R, K), under the node's key or another; ValueError if it is missing."""
        key = str(node) if key is None else key
        if key not in self.trace.scalars:
            raise ValueError(f"the trace did not record {node}; play with record=theorem.quantities")
        return np.asarray(self.trace.scalars[key])

    def point(self, e: Expr, given: Mapping[Expr, Any] | None = None) -> Floats:
        """An expression without interval nodes, in floats, (R or 1, K); `given` holds values of symbols."""
        return np.asarray(evaluated(e, self.measured, self.by_name, given=given))

    def measured(self, node: Expr) -> Floats:
        """A node of the language in floats; for a supremum, the largest value over the noise played."""
        if not isinstance(node, Supremum):
            return self.record(node)
        inner = self.point(node.args[0])
        one_game = self.trace.run.stochastic and not self.different_games()
        return np.asarray(np.max(inner, axis=0, keepdims=True)) if one_game else inner

    def enclose(self, e: Expr, given: Mapping[Expr, Intervals] | None = None) -> Intervals:
        """An expression as an interval, (R or 1, K); `given` holds the intervals of symbols."""
        found: Intervals = evaluated(e, self.enclose_node, self.intervals, given=given, arithmetic=enclose)
        return found

    def enclose_node(self, node: Expr) -> Intervals:
        """A node of the language as an interval."""
        if isinstance(node, Regret):
            return self.regret(node)
        if isinstance(node, Supremum):
            return self.supremum(node)
        if isinstance(node, Expectation):
            return self.expectation(node)
        error = self.trace.scalars.get(error_key(node), 0.0)
        return around(self.record(node), error + self.differences.get(str(node), 0.0))

    def regret(self, node: Expr) -> Intervals:
        """The two ends of a regret that the run found."""
        low, high = (
            around(self.record(node, key), self.differences.get(key, 0.0))
            for key in (lower_key(node), upper_key(node))
        )
        return Intervals(low.lower, high.upper)

    def supremum(self, node: Expr) -> Intervals:
        """The largest value over all noise; without noise, the value of the single run."""
        inner = self.enclose(node.args[0])
        if not self.trace.run.stochastic:
            return inner
        low, high = self._by_replicate(inner)
        largest_low, largest_high = (np.max(end, axis=0, keepdims=True) for end in (low, high))
        if self.weights is not None:
            # Every letter has positive probability, so every path counts, however small its weight.
            return Intervals(largest_low, largest_high)
        seen = np.broadcast_to(self.point(node.args[0]), low.shape)
        _, most, notes = supremum_over_noise(node.args[0], self.trace, seen, ranges=self.ranges)
        self.notes |= dict.fromkeys(notes)
        # Other games provide no evidence about this one.
        least = low if self.different_games() else largest_low
        return Intervals(least, np.maximum(most[None, :], largest_high))

    def _by_replicate(self, inner: Intervals) -> tuple[Floats, Floats]:
        """Both ends, with one row per replicate."""
        shape = (self.trace.replicates, len(self.trace.rounds))
        return np.broadcast_to(inner.lower, shape), np.broadcast_to(inner.upper, shape)

    def expectation(self, node: Expr) -> Intervals:
        """The mean over the noise, (1, K)."""
        inner = self.enclose(node.args[0])
        if not self.trace.run.stochastic:
            return inner
        low, high = self._by_replicate(inner)
        lower, upper = np.full((2, low.shape[1]), [[-np.inf], [np.inf]])
        obstacle = self.obstacle()
        if obstacle:
            self.notes |= {obstacle: None}
        elif self.weights is None:
            seen = np.broadcast_to(self.point(node.args[0]), low.shape)
            lower, upper, notes = self._mean(node.args[0], seen)
            # The mean is taken of floats, each of which is off by this much from its exact value.
            with np.errstate(invalid="ignore"):
                lower = lower - np.max(seen - low, axis=0)
                upper = upper + np.max(high - seen, axis=0)
            self.notes |= dict.fromkeys(notes)
        else:
            # A diverged path carries no information about the mean.
            finite = np.all(np.isfinite(low) & np.isfinite(high), axis=0)
            if np.any(finite):
                below, above = (
                    enumerated_mean(low[:, finite], self.weights),
                    enumerated_mean(high[:, finite], self.weights),
                )
                lower[finite], upper[finite] = below.lower, above.upper
                self.notes |= {f"{below.method} of {len(low)} noise paths": None}
        return Intervals(lower[None, :], upper[None, :])

    def _mean(self, e: Expr, seen: Floats) -> Means:
        """`mean_over_noise`, once for all readings of a theorem."""
        kept = _MEANS.setdefault(self.trace, {})
        key = (e, tuple(self.ranges.items()), tuple(self.overrides.items()))
        if key not in kept:
            kept[key] = mean_over_noise(e, self.trace, seen, level=LEVEL, ranges=self.ranges)
        return kept[key]

    def different_games(self) -> str:
        """Why the replicates are not runs of one game, else empty."""
        run = self.trace.run
        varying = [name for name, values in run.parameter_values.items() if len(set(values)) > 1]
        if varying:
            return f"no mean: the replicates differ in {varying[0]}"
        if not run.one_start:
            return "no mean: the replicates differ in their start"
        if self.weights is None and self.trace.replicates > 1 and not run.one_law:
            return "no mean: the replicates do not draw their noise from one law"
        return ""

    def obstacle(self) -> str:
        """Why the replicates cannot be averaged, else empty."""
        seeds = self.trace.run.seeds
        if self.weights is None and not len(seeds) == len(set(seeds)) == self.trace.replicates:
            return self.different_games() or "no mean: the replicates share their noise"
        return self.different_games()
