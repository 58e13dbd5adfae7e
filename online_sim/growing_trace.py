"""The records of a game so far, as a trace that can be saved and resumed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from online_sim.engines.base import BlockResult, Engine, RunState
from online_sim.engines.program import Program
from online_sim.nonfinite import Watch, copy_state
from online_sim.noting import Seen
from online_sim.provenance import Provenance, RangeExit
from online_sim.resume import check_resume
from online_sim.trace import Trace


class Records(NamedTuple):
    """The first arguments of a `Trace`."""

    rounds: NDArray[np.int64]
    scalars: dict[str, NDArray[np.float64]]
    vectors: dict[str, NDArray[np.float64]]
    series: dict[str, NDArray[np.float64]]
    state: RunState


class GrowingTrace:
    """The records of a game while it is played, started afresh or from a trace to resume.

    origin: makes the provenance before the first round. start: the state then, which is played on. horizon:
    the number of rounds to play.
    """

    def __init__(
        self,
        program: Program,
        rounds: NDArray[np.int64],
        horizon: int,
        origin: Callable[[], Provenance],
        resume: Trace | None,
        start: RunState,
        engine: Engine,
    ) -> None:
        self.program, self.origin, self.rounds, self.horizon = program, origin, rounds, horizon
        self.engine, self.state, self.old = engine, start, resume
        self.seconds = 0.0
        self.inputs: Mapping[str, str] = {}
        self.first: int | None = None
        self.left: RangeExit | None = None
        if resume is not None:
            check_resume(resume, origin(), horizon, engine)
            state, before = resume.state, resume.run
            self.state = copy_state(state)
            self.seconds, self.inputs = before.seconds, before.inputs
            self.first, self.left = before.not_finite_from, before.range_left
            self.rounds = np.concatenate([resume.rounds, rounds[rounds > state.played]])
        self.blocks: list[BlockResult] = []

    def reads(self, seen: Seen | None) -> None:
        """Add the inputs read in this process to those of earlier processes."""
        if seen is not None:
            self.inputs = {**self.inputs, **seen.inputs}

    def watched(self, watch: Watch) -> None:
        """Note the first round that left a nonfinite number, and the first that left the float range."""
        if self.left is None and watch.left is not None:
            self.left = RangeExit(watch.left.round or 0, str(watch.left))
        self.first = watch.first or self.first

    def records(self) -> Records:
        """What is recorded so far, and the state now."""
        state = self.state
        # The final state is not copied, so that a very long vector is held only once.
        over = state.played == self.horizon
        snapshot = state if over else copy_state(state)
        done = self.rounds.copy() if over else self.rounds[self.rounds <= state.played]
        old, blocks, program = self.old, self.blocks, self.program
        scalars = _stored(program.scalar_records, [b.scalars for b in blocks], old.scalars if old else {})
        vectors = _stored(program.vector_records, [b.vectors for b in blocks], old.vectors if old else {})
        series = _stored(program.series, [b.series for b in blocks], old.series if old else {})
        return Records(done, scalars, vectors, series, snapshot)

    def run(self, seconds: float) -> Callable[[], Provenance]:
        """What makes the provenance; seconds: how long this process has played."""
        facts = {
            "engine_details": dict(self.engine.details()), "seconds": self.seconds + seconds,
            "inputs": self.inputs, "not_finite_from": self.first, "range_left": self.left,
        }  # fmt: skip
        return partial(_described, self.origin, facts)


def _described(origin: Callable[[], Provenance], facts: Mapping[str, Any]) -> Provenance:
    return replace(origin(), **facts)


def _stored(keyed: Sequence[tuple[str, Any]], parts: list[Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """The records of all blocks by key, behind those of an old trace."""
    stored = {}
    for k, (key, _) in enumerate(keyed):
        pieces = [old[key]] if key in old else []
        for part in parts:
            kind = np.longdouble if part.dtype == np.longdouble else np.float64
            pieces.append(np.array(part[:, :, k], dtype=kind, order="C"))
        stored[key] = np.concatenate(pieces, axis=1) if key in old or len(parts) > 1 else pieces[0]
    return stored
