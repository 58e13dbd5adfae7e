"""The records of a game so far, as a trace that can be saved and resumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from online_sim.engines.base import Engine
from online_sim.engines.program import Program
from online_sim.nonfinite import Watch, copy_state
from online_sim.noting import Seen
from online_sim.provenance import Provenance, RangeExit
from online_sim.resume import check_resume
from online_sim.start import initial_state
from online_sim.trace import Trace

if TYPE_CHECKING:
    from sympy import Symbol

    from online_sim.game import Game


class GrowingTrace:
    """The records of a game while it is played, started afresh or from a trace to resume."""

    def __init__(
        self,
        game: Game,
        program: Program,
        rounds: NDArray[np.int64],
        origin: Provenance,
        resume: Trace | None,
        given: Mapping[Symbol, NDArray[np.float64]],
        engine: Engine,
    ) -> None:
        self.game, self.program, self.origin, self.rounds = game, program, origin, rounds
        self.engine = engine
        self.seconds = 0.0
        self.old = resume
        if resume is None:
            self.state = initial_state(program, game.starts, game.columns, given, engine)
        else:
            check_resume(resume, origin, game.horizon, engine)
            state = resume.state
            self.state = copy_state(state)
            before = resume.run
            self.origin = replace(
                origin,
                inputs=before.inputs,
                not_finite_from=before.not_finite_from,
                range_left=before.range_left,
            )
            self.rounds = np.concatenate([resume.rounds, rounds[rounds > state.played]])
            self.seconds = before.seconds
        self.scalars: list[Any] = []
        self.vectors: list[Any] = []
        self.series: list[Any] = []

    def keep(self, scalars: Any, vectors: Any, series: Any) -> None:
        """Add the records of a block."""
        self.scalars.append(scalars)
        self.vectors.append(vectors)
        self.series.append(series)

    def reads(self, seen: Seen | None) -> None:
        """Add the inputs read in this process to those of earlier processes."""
        if seen is not None:
            self.origin = replace(self.origin, inputs={**self.origin.inputs, **seen.inputs})

    def watched(self, watch: Watch) -> None:
        """Note the first round that left a nonfinite number, and the first that left the float range."""
        left = self.origin.range_left
        if left is None and watch.left is not None:
            left = RangeExit(watch.left.round or 0, str(watch.left))
        first = watch.first or self.origin.not_finite_from
        self.origin = replace(self.origin, not_finite_from=first, range_left=left)

    def trace(self, seconds: float) -> Trace:
        """The trace so far; seconds: how long this process has played."""
        state = self.state
        # The final state is not copied, so that a very long vector is held only once.
        snapshot = state if state.played == self.game.horizon else copy_state(state)
        done = self.rounds[self.rounds <= state.played]
        old = self.old
        scalars = self._store(
            [k for k, _ in self.program.scalar_records], self.scalars, old.scalars if old else {}
        )
        vectors = self._store(
            [k for k, _ in self.program.vector_records], self.vectors, old.vectors if old else {}
        )
        series = self._store([k for k, _ in self.program.series], self.series, old.series if old else {})
        return Trace(
            done,
            scalars,
            vectors,
            series,
            snapshot,
            replace(self.origin, engine_details=dict(self.engine.details()), seconds=self.seconds + seconds),
        )

    @staticmethod
    def _store(keys: list[str], parts: list[Any], old: Mapping[str, Any]) -> dict[str, Any]:
        stored = {}
        for k, key in enumerate(keys):
            pieces = ([old[key]] if key in old else []) + [
                np.asarray(part[:, :, k], dtype=np.float64) if part.dtype != np.longdouble else part[:, :, k]
                for part in parts
            ]
            stored[key] = np.concatenate(pieces, axis=1)
        return stored
