"""Playing a planned game, block by block, and what is computed from its records."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from online_sim.checkpoints import checkpoint_rounds
from online_sim.engines.base import Engine
from online_sim.game import Game
from online_sim.growing_trace import GrowingTrace, Records
from online_sim.nonfinite import Watch
from online_sim.noting import recording as noting_inputs
from online_sim.plan import Asked, Plan, plan_game
from online_sim.recording import Played, excess_records, recorded_errors
from online_sim.regret import Minima, enclose, lower_key, upper_key
from online_sim.resume import autosaved
from online_sim.stopwatch import Stage, stage
from online_sim.trace import Replay, Trace
from theory.quantities import Excess

AUTOSAVE_SECONDS = 30.0

Progress = Callable[[int, int], None]


def played(
    ready: Plan,
    progress: Progress | None = None,
    resume: Trace | None = None,
    autosave: Path | None = None,
    *,
    described: bool = True,
) -> Trace:
    """Play a planned game; the arguments are those of `play`.

    described: whether to make the provenance before the first round, and not when it is asked for.

    Raises:
        ValueError: The trace to resume is of another game, or the loss or its data are not finite at a finite
            point.
        RuntimeError: A projection fails.
    """
    game, setting, engine, rounds = ready.game, ready.setting, ready.engine, ready.asked.rounds
    origin = ready.origin
    if described or not ready.same or autosave is not None:
        # Before the first round: a Python loss may change what it reads.
        found = ready.origin()
        origin = lambda: found  # noqa: E731
    if autosave is not None and resume is None:
        resume = autosaved(autosave, origin(), rounds, engine)
    run = GrowingTrace(setting.program, rounds, game.horizon, origin, resume, ready.first(), engine)
    # The files that the streams and the loss read while they play are saved as inputs.
    with stage(Stage.PLAYING), nullcontext() if autosave is None else noting_inputs() as seen:
        advance = ready.player(setting.parameters)
        watch = Watch(game, setting, advance)
        saved = time.monotonic()
        started = time.perf_counter()
        while run.state.played < game.horizon:
            before = run.state.played
            stop = min(game.horizon, before + ready.longest)
            inside = run.rounds
            if stop - before < game.horizon:
                inside = inside[slice(*np.searchsorted(inside, (before, stop), side="right"))]
            block = ready.block(before, stop, noted=autosave is not None)
            watch.before(run.state)
            try:
                result = advance(run.state, block, inside)
            except RuntimeError:
                watch.failed(block)
                raise
            watch.after(run.state, block, result, inside)
            run.watched(watch)
            run.blocks.append(result)
            if progress is not None:
                progress(stop, game.horizon)
            late = autosave is not None and time.monotonic() - saved > AUTOSAVE_SECONDS
            if autosave is not None and late and stop < game.horizon:
                run.reads(seen)
                Trace(*run.records(), run.run(time.perf_counter() - started)).save(autosave)
                saved = time.monotonic()
    run.reads(seen)
    records = run.records()
    provenance = run.run(time.perf_counter() - started)
    records.scalars.update(_found(ready, records, ready.minima() if resume is None else Minima()))
    trace = Trace(*records, provenance, game, _replay(game, ready.asked, engine), ready.keys)
    if autosave is not None:
        trace.save(autosave)
    return trace


def _found(ready: Plan, records: Records, minima: Minima) -> dict[str, Any]:
    """What is computed from the records: regrets, errors and excesses.

    minima: those known at the rounds of the plan; a resumed trace may have others.
    """
    game, engine, recording = ready.game, ready.engine, ready.recording
    if not (recording.regrets or recording.errors or recording.excesses):
        return {}
    found: dict[str, Any] = {}
    once, sums = (engine.rounding or float(np.finfo(kind).eps) for kind in (engine.dtype, engine.sums))
    # A nonfinite end does not bound anything.
    with stage(Stage.REGRET), np.errstate(over="ignore", invalid="ignore"):
        for regret in recording.regrets:
            ends = enclose(
                game, regret, *records[:2], records.series, numbers=engine.dtype, sums=engine.sums,
                rounding=engine.rounding, minima=minima,
            )  # fmt: skip
            found |= zip((lower_key(regret), upper_key(regret)), ends, strict=True)
        over = Played(game, records.scalars, records.rounds, once, sums)
        return {**found, **recorded_errors(recording, over), **excess_records(recording, over)}


def _replay(game: Game, asked: Asked, engine: Engine) -> Replay:
    def replay(rounds: NDArray[np.int64], on: str | None, until: int | None, first: int | None) -> Trace:
        # The paths of a noise span the whole horizon, so it cannot be shortened.
        same = game if until is None or game.all_paths is not None else replace(game, horizon=until)
        if first is not None and game.all_paths is None:
            same = same.first(first)
        # Doubled precision is for values in single rounds; the excess over all rounds is known by then.
        kept = tuple(q for q in asked.record if on != "precise" or not isinstance(q, Excess))
        at = checkpoint_rounds(rounds, same.horizon)
        again = replace(asked, record=kept, rounds=at, engine=engine if on is None else on, threads=1)
        return played(plan_game(same, again))

    return replay
