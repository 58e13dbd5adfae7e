"""Numbers for the symbols and nodes of a statement, taken from a trace."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Dummy, Expr

from bounds.enclosure import enclose
from bounds.expectation import exact
from bounds.noise import Ranges, mean_over_noise, supremum_over_noise
from bounds.prove.intervals import Intervals
from online_sim.expressions import evaluate
from online_sim.regret import lower_key, upper_key
from online_sim.trace import Trace
from theory.quantities import Expectation, Quantity, Regret, Supremum
from theory.symbols import T, t

LEVEL = 0.99
"""Confidence of an expectation that is estimated, not enumerated."""

Interval = tuple[NDArray[np.float64], NDArray[np.float64]]


class TraceValues:
    """Evaluates expressions of the language on a trace, as arrays (replicates or 1, checkpoints).

    overrides: values of constants that the game does not know, by name; ranges: the declared ranges of
    quantities over all noise (`bounds.noise`); notes: what the reader of a verdict must be told of how an
    expectation or a supremum was found.
    """

    def __init__(self, trace: Trace, overrides: Mapping[str, float], *, ranges: Ranges | None = None) -> None:
        self.trace = trace
        self.ranges = dict(ranges or {})
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
        """A recorded scalar (R, K); ValueError where the trace lacks it."""
        key = str(node)
        if key not in self.trace.scalars:
            raise ValueError(f"the trace did not record {key}; play with record=theorem.quantities")
        return np.asarray(self.trace.scalars[key])

    def point(self, e: Expr, given: Mapping[Expr, Any] | None = None) -> NDArray[np.float64]:
        """An expression without interval nodes, as an array (R or 1, K); `given` holds values of symbols."""
        values: dict[Any, Any] = dict(given or {})
        stand_ins: dict[Expr, Expr] = {}
        for node in nodes(e):
            stand_ins[node] = placeholder = Dummy("q", real=True)
            if isinstance(node, Supremum):
                values[placeholder] = self.supremum(node)[0]
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

    def supremum(self, node: Expr) -> Interval:
        """The two ends of the largest value over all noise, (R or 1, K); of each run without noise."""
        inner = self.point(node.args[0])
        if not self.trace.meta["stochastic"]:
            return inner, inner
        if self.weights is not None:
            # Every letter has a probability, so every path counts, however small its weight.
            most = np.max(inner, axis=0, keepdims=True)
            return most, most
        inner = np.broadcast_to(inner, (self.trace.replicates, len(self.trace.rounds)))
        lower, upper, notes = supremum_over_noise(node.args[0], self.trace, inner, ranges=self.ranges)
        self.notes |= dict.fromkeys(notes)
        # What other games show says nothing of this one.
        return (inner if self.different_games() else lower[None, :]), upper[None, :]

    def ends(self, e: Expr) -> Interval:
        """An expression without a regret as an interval, (R or 1, K) each; a point where all is known."""
        found = {n: self.supremum(n) for n in nodes(e) if isinstance(n, Supremum)}
        if all(np.array_equal(lower, upper) for lower, upper in found.values()):
            value = self.point(e)
            return value, value
        at: dict[Any, Intervals] = {n: Intervals(*found[n]) for n in found}
        at |= {n: Intervals(*self.enclosure(n)) for n in nodes(e) if isinstance(n, Regret | Expectation)}
        at |= {n: Intervals(*2 * [self.record(n)]) for n in nodes(e) if n not in at}
        at |= {name: Intervals(value, value) for name, value in self.by_name.items()}
        box = enclose(e, at)
        return np.atleast_2d(box.lower), np.atleast_2d(box.upper)

    def interval(self, e: Expr) -> Interval:
        """An expression that is affine and increasing in one interval node, as its two ends (R or 1, K)."""
        found = [n for n in nodes(e) if isinstance(n, Regret | Expectation)]
        if not found or any(isinstance(n, Supremum) for n in nodes(e)):
            return self.ends(e)
        if len(found) > 1:
            raise ValueError(f"the left side {e} has more than one measured interval; state them one by one")
        lower, upper = self.enclosure(found[0])
        return self.around(e, found[0], lower), self.around(e, found[0], upper)

    def around(self, e: Expr, node: Expr, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """An expression with a value in place of its interval node."""
        placeholder = Dummy("measured")
        outer = e.xreplace({node: placeholder})
        slope = outer.diff(placeholder)
        if slope.has(placeholder) or np.any(self.point(slope) < 0):
            raise ValueError(f"the left side {e} must be affine and increasing in {node}")
        return self.point(outer, {placeholder: value})

    def enclosure(self, node: Expr) -> Interval:
        """The two ends of a regret or an expectation, (R or 1, K) each."""
        if isinstance(node, Regret):
            if lower_key(node) not in self.trace.scalars:
                raise ValueError(f"the trace did not record {node}; play with record=theorem.quantities")
            return self.trace.scalars[lower_key(node)], self.trace.scalars[upper_key(node)]
        inner = self.point(node.args[0])
        if not self.trace.meta["stochastic"]:
            return inner, inner
        inner = np.broadcast_to(inner, (self.trace.replicates, len(self.trace.rounds)))
        obstacle = self.obstacle()
        if obstacle:
            self.notes |= {obstacle: None}
            lower, upper = np.full((2, inner.shape[1]), [[-np.inf], [np.inf]])
        elif self.weights is None:
            lower, upper, notes = mean_over_noise(
                node.args[0], self.trace, inner, level=LEVEL, ranges=self.ranges
            )
            self.notes |= dict.fromkeys(notes)
        else:
            # A path that diverged says nothing about the mean.
            finite = np.all(np.isfinite(inner), axis=0)
            lower, upper = np.full((2, inner.shape[1]), [[-np.inf], [np.inf]])
            if np.any(finite):
                mean = exact(inner[:, finite], self.weights)
                lower[finite], upper[finite] = mean.lower, mean.upper
                self.notes |= {f"{mean.method} of {inner.shape[0]} noise paths": None}
        return lower[None, :], upper[None, :]

    def different_games(self) -> str:
        """Why the replicates are not runs of one game, or nothing."""
        meta = self.trace.meta
        varying = [name for name, values in meta["parameter_values"].items() if len(set(values)) > 1]
        if varying:
            return f"no mean: the replicates differ in {varying[0]}"
        if not meta.get("one_start", True):
            return "no mean: the replicates differ in their start"
        if self.weights is None and self.trace.replicates > 1 and not meta.get("one_law", False):
            return "no mean: the replicates do not draw their noise from one law"
        return ""

    def obstacle(self) -> str:
        """Why the replicates cannot be averaged, or nothing."""
        seeds = self.trace.meta["seeds"]
        if self.weights is None and not len(seeds) == len(set(seeds)) == self.trace.replicates:
            return self.different_games() or "no mean: the replicates share their noise"
        return self.different_games()


def nodes(e: Expr) -> list[Expr]:
    """The outermost nodes of the language, expectations and suprema kept whole."""
    if isinstance(e, Quantity):
        return [e]
    return list(dict.fromkeys(node for part in e.args for node in nodes(part)))
