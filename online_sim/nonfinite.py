"""The first round in which the numbers of a run become nonfinite or leave the range of floats, and why.

A point that diverges to infinity is a legitimate outcome of an experiment (an exploding step may be what is
studied): such a run continues, and ``run.not_finite_from`` in its trace gives the first such round. A loss
that gives NaN, or a nonfinite gradient, at a finite point of moderate size is a mistake in the loss, in its
data or in the choice of the set, and makes every later number meaningless: it raises an error that names the
round. So does a stream that yields NaN or inf.

Floats may also leave their range silently: the square of 1e-170 is 0, and the algorithm then deviates from
its formula. Engines notice that (`range_watch`); the trace names the round and the line in
``run.range_left``, and no verdict is based on such a run.

A block is replayed only if something is nonfinite after it, or if the range was left in it; a healthy run
costs one extra sum per block.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sympy import Integer

from online_sim.engines.base import Advance, BlockData, BlockResult, RangeLeft, RunState, Setting
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.program import Projection
from online_sim.python_loss import MODERATE
from theory.loss import Loss
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import f, g, x

if TYPE_CHECKING:
    from online_sim.game import Game

FEW = 32
TINY = float(np.finfo(np.float64).tiny)
LARGEST_COPY = 1 << 22
"""The size above which a state (32 MiB) is not copied before each block; only its end is judged."""


class Watch:
    """Checks the state after every block; `first` is the first round that left something nonfinite."""

    def __init__(self, game: Game, setting: Setting, advance: Advance) -> None:
        """`advance` is the engine's function, which is called again to find the round."""
        self.game, self.setting, self.advance = game, setting, advance
        self.first: int | None = None
        self.left: RangeLeft | None = None
        self._saved: RunState | None = None
        self._records_judged = False

    def before(self, state: RunState) -> None:
        """Remember the state that a block starts from."""
        wanted = self.first is None or self.left is None
        self._saved = copy_state(state) if wanted and state.vectors.size <= LARGEST_COPY else None

    def failed(self, block: BlockData) -> None:
        """Handle a projection failure in the block: ValueError if the loss or its data are the cause."""
        if self._saved is not None:
            self._find(block)

    def after(
        self, state: RunState, block: BlockData, result: BlockResult, checkpoints: NDArray[np.int64]
    ) -> None:
        """Judge the block just played; ValueError if the loss or its data are the cause of a failure."""
        if self.left is None:
            self.left = self._where_left(state, block, result.left)
        if self._saved is not None and self.first is None:
            if not healthy(state):
                self.first = self._find(block)
            elif not self._records_judged:
                self._judge_records(block, result, checkpoints)
        elif self.first is None and state.played == self.game.horizon and not healthy(state):
            self.first = state.played

    def _find(self, block: BlockData) -> int:
        """The first round of the block that left something nonfinite."""
        good, low = self._bisect(block, self._plays)
        self._examine(good, cut(block, low, low + 1))
        return good.played + 1

    def _bisect(self, block: BlockData, fine: Callable[[RunState, BlockData], bool]) -> tuple[RunState, int]:
        """The state before the first round that is not fine, and its place in the block."""
        good, low, high = copy_state(self._start), 0, block.rounds
        while high - low > 1:
            middle = (low + high) // 2
            trial = copy_state(good)
            if fine(trial, cut(block, low, middle)):
                good, low = trial, middle
            else:
                high = middle
        return good, low

    def _where_left(self, state: RunState, block: BlockData, left: RangeLeft | None) -> RangeLeft | None:
        """Where floats left their range in this block, with round and line; None if they did not."""
        if left is None:
            return _faded(state)
        if left.round is not None or self._saved is None:
            return replace(left, round=left.round or state.played)
        nothing = np.empty(0, dtype=np.int64)

        def fine(trial: RunState, part: BlockData) -> bool:
            try:
                return self.advance(trial, part, nothing).left is None
            except RuntimeError:
                return False

        good, low = self._bisect(block, fine)
        # The numpy engine knows the line, unless it does not compute the quantity.
        if np.iscomplexobj(good.vectors):  # two floats per number, but that engine uses one
            return replace(left, round=good.played + 1)
        again = copy_state(good)
        try:
            seen = NumpyEngine().prepare(self.setting)(again, cut(block, low, low + 1), nothing).left
        except RuntimeError:
            seen = None
        return replace(left, round=good.played + 1, line=seen.line if seen is not None else "")

    def _judge_records(self, block: BlockData, result: BlockResult, checkpoints: NDArray[np.int64]) -> None:
        """Check whether a recorded NaN in a healthy run comes from the loss; otherwise it is legitimate."""
        with np.errstate(all="ignore"):
            if not any(
                np.isnan(records.sum()) for records in (result.scalars, result.series) if records.size
            ):
                return
        at = [*checkpoints[np.isnan(result.scalars).any(axis=(0, 2))]]
        each_round = np.flatnonzero(np.isnan(result.series).any(axis=(0, 2)))
        at += [self._start.played + 1 + k for k in each_round[:1]]
        if not at:
            return
        self._records_judged = True
        rounds = int(min(at)) - 1 - self._start.played
        state = copy_state(self._start)
        if rounds:
            self.advance(state, cut(block, 0, rounds), np.empty(0, dtype=np.int64))
        self._examine(state, cut(block, rounds, rounds + 1))

    @property
    def _start(self) -> RunState:
        if self._saved is None:
            raise RuntimeError("`before` must be called before a block is judged")
        return self._saved

    def _plays(self, state: RunState, block: BlockData) -> bool:
        try:
            self.advance(state, block, np.empty(0, dtype=np.int64))
        except RuntimeError:
            return False
        return healthy(state)

    def _examine(self, state: RunState, block: BlockData) -> None:
        """Check the data, the loss and the gradient of one round at the points played in it."""
        number = state.played + 1
        points = np.asarray(state.vectors[:, 0]).real.astype(np.float64)  # the high part of hi + lo
        for r in range(len(points)):
            where = f"in round {number}" + (f" of replicate {r}" if len(points) > 1 else "")
            row, label = self._data(r, state.played, block)
            if not (np.isfinite(row).all() and np.isfinite(label)):
                raise ValueError(f"the `stream` hands out NaN or inf {where}; clean the data first")
        values, gradients = self._loss_at(points, state.played, block)
        for r, point in enumerate(points):
            where = f"in round {number}" + (f" of replicate {r}" if len(points) > 1 else "")
            moderate = np.isfinite(point).all() and np.abs(point).max() <= MODERATE
            if moderate and (np.isnan(values[r]) or not np.isfinite(gradients[r]).all()):
                raise ValueError(
                    f"the loss {self.game.loss.name} gives f = {values[r]} and g = {gradients[r]} "
                    f"at the finite x = {point} {where}; keep to a set where it is defined, or scale the data"
                )

    def _data(self, replicate: int, played: int, block: BlockData) -> tuple[Any, Any]:
        """The row and the label of a replicate in the only round of the block."""
        if self.setting.program.data is not None:
            made = self.game.stream_of(replicate).block(played, played + 1)
            return made.played[0], made.labels[0]
        block = block.spread()
        table = replicate if len(block.dense) > 1 else 0
        at = block.index[replicate if len(block.index) > 1 else 0, 0]
        return block.dense[table, at], block.labels[table, at]

    def _loss_at(self, points: NDArray[np.float64], played: int, block: BlockData) -> tuple[Any, Any]:
        """f (R,) and g (R, d) at the points, computed by the reference engine."""
        loss = self.game.loss if isinstance(self.game.loss, Loss) else None
        probe = Recurrence("probe", Source("zinkevich2003", "section 2"), (), (), x - g, Integer(1))
        data = self.setting.program.data
        program = compile_program(Request(probe, loss, projection=Projection.NONE, record=[f, g], data=data))
        own = len(program.parameters)
        parameters = self.setting.parameters[:, self.setting.parameters.shape[1] - own :]
        given = self.setting
        setting = Setting(
            program, None, parameters, given.oracle, given.group, given.table, given.table_labels
        )
        state = RunState(played, points[:, None].copy(), np.zeros((len(points), 0)))
        result = NumpyEngine().prepare(setting)(state, block, np.array([played + 1]))
        return result.scalars[:, 0, 0], result.vectors[:, 0, 0]


def _faded(state: RunState) -> RangeLeft | None:
    """Underflow in the state at the end of a block, for engines that do not detect it themselves."""
    if state.vectors.size > LARGEST_COPY:
        return None
    for kept in (np.asarray(state.vectors), np.asarray(state.scalars)):
        if _few(kept):
            if any(0.0 < u < TINY or -TINY < u < 0.0 for u in kept.ravel().tolist()):
                return RangeLeft("underflow", state.played)
        elif kept.dtype.kind == "f" and kept.size:
            size = np.abs(kept)
            if np.any((size > 0) & (size < np.finfo(kept.dtype).tiny)):
                return RangeLeft("underflow", state.played)
    return None


def healthy(state: RunState) -> bool:
    """Whether the point is finite and no state is NaN (a running maximum may still be -inf).

    In floats shorter than float64, whose range a sound game may leave, no state may be +inf either.
    """
    if _few(state.vectors) and _few(state.scalars):
        if all(map(math.isfinite, [*state.vectors.ravel().tolist(), *state.scalars.ravel().tolist()])):
            return True
    else:
        with np.errstate(all="ignore"):
            if np.isfinite(state.vectors.sum()) and np.isfinite(state.scalars.sum()):
                return True
    point = state.vectors[:, 0]
    kept = (np.asarray(state.vectors), np.asarray(state.scalars))
    short = kept[0].dtype.itemsize < 8
    return bool(np.isfinite(point).all()) and not any(
        bool(np.isnan(k).any()) or (short and bool(np.isposinf(k).any())) for k in kept
    )


def _few(kept: Any) -> bool:
    """Whether these are so few float64 numbers that Python, without numpy's overhead, is faster."""
    return isinstance(kept, np.ndarray) and kept.dtype == np.float64 and kept.size <= FEW


def copy_state(state: RunState) -> RunState:
    """A copy of a state that shares no memory with it."""
    powers = None if state.powers is None else state.powers.copy()
    return RunState(state.played, state.vectors.copy(), state.scalars.copy(), powers)


def cut(block: BlockData, start: int, stop: int) -> BlockData:
    """Rounds start+1..stop of a block."""
    return BlockData(block.vectors, block.labels, np.ascontiguousarray(block.index[:, start:stop]))
