"""A game checked, planned and printed once, to be played many times."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.blocks import block_of, block_rounds
from online_sim.checkpoints import checkpoint_rounds
from online_sim.constants import constants
from online_sim.domains.cvxpy_set import CvxpySet
from online_sim.engines.base import BlockData, Engine, Player, RunState, Setting
from online_sim.engines.precise import longer_engine
from online_sim.engines.threads import checked_threads
from online_sim.game import Game
from online_sim.growing_trace import GrowingTrace
from online_sim.memory import check_room
from online_sim.nonfinite import Watch, copy_state
from online_sim.noting import recording as noting_inputs
from online_sim.provenance import Provenance, provenance
from online_sim.recording import (
    Played,
    Recording,
    asked_keys,
    excess_records,
    plan_recording,
    recorded_errors,
)
from online_sim.regret import Minima, check_comparable, enclose, lower_key, upper_key
from online_sim.resume import autosaved
from online_sim.settings import KNOWN_ENGINES, checked, choose_engine, parameters_of, setting_for
from online_sim.start import given_vectors, initial_state
from online_sim.stopwatch import Stage, stage
from online_sim.streams.all_paths import AllPaths
from online_sim.streams.base import Stream
from online_sim.trace import Replay, Trace
from theory.borders import function, instance, mapping, must
from theory.displayed import Displayed
from theory.loss import Loss
from theory.quantities import Component, Excess, Regret

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from theory.printing.html import Html

AUTOSAVE_SECONDS = 30.0
LARGEST_KEPT = 1 << 16
"""The most numbers of a start or of a block of data that are kept for the next play (half a MiB)."""

Progress = Callable[[int, int], None]


def prepare(
    game: Game,
    *,
    record: Sequence[Expr] = (),
    series: Sequence[Expr] = (),
    checkpoints: str | int | ArrayLike = "log",
    engine: str | Engine = "auto",
    vectors: Mapping[Symbol, ArrayLike] | None = None,
    threads: int = 1,
) -> PreparedGame:
    """Check and plan a game once, to play it many times.

    ``prepare(game, ...).play()`` has the trace of ``play(game, ...)``, in every number, verdict and saved
    file. `play` says what the arguments mean. A small game runs as plain Python until it has been played for two seconds, and is then compiled
    (three to five seconds, once on this machine; see `engines/small.py`); with
    ``engine=NumbaEngine(reproducible=True)``, which has the same bits, it is compiled here.

    Raises:
        ValueError: An argument is wrong.
    """
    game, quantities, each_round, fixed = checked(game, record, series, vectors)
    if not isinstance(engine, str):
        instance("engine", engine, Engine, "the name of an engine or an Engine", KNOWN_ENGINES)
    threads = checked_threads(threads)
    rounds = checkpoint_rounds(checkpoints, game.horizon)
    if each_round:
        check_room(
            8 * game.horizon * game.replicates * len(each_round),
            f"`series` in all {game.horizon} rounds",
            "record at checkpoints instead",
        )
    return _prepared(game, _Asked(tuple(quantities), tuple(each_round), rounds, engine, fixed, threads))


@dataclass(frozen=True, eq=False)
class _Asked:
    """The checked arguments of `prepare`."""

    record: tuple[Expr, ...]
    series: tuple[Expr, ...]
    rounds: NDArray[np.int64]
    engine: str | Engine
    vectors: Mapping[Symbol, ArrayLike]
    threads: int


def _prepared(game: Game, asked: _Asked) -> PreparedGame:
    _check_regrets(game, asked)
    known = cache(lambda: constants(game))
    recording = plan_recording(asked.record, asked.series, game, known)
    quantities = [*recording.kept, *recording.series]
    _check_coordinates(quantities, game.dimension)
    given = given_vectors(game, asked.vectors, quantities)
    setting = setting_for(game, recording, given)
    name, horizon = asked.engine, game.horizon
    if isinstance(name, str) and name in {"precise", "wide"}:
        engine: Engine = longer_engine(setting, rounds=horizon, wide=name == "wide")
    else:
        engine = choose_engine(name, setting, horizon, len(asked.rounds), asked.threads)
    with stage(Stage.PLAYING):
        player = engine.player(setting)
    keys = asked_keys((*asked.record, *asked.series))
    return PreparedGame(
        game, asked, recording, given, setting, engine, player, known, _Kept(), keys, _unchanging(game)
    )


@dataclass
class _Kept:
    """What one play leaves for the next: all that depends on the game alone, and is the same every time."""

    origin: Provenance | None = None
    start: RunState | None = None
    block: BlockData | None = None
    minima: Minima = field(default_factory=Minima)


@final
@dataclass(frozen=True, eq=False, repr=False)
class PreparedGame(Displayed):
    """A game that `prepare` has planned: it is played again without being checked, planned or printed again.

    `play` may change what needs no other program. Two threads must not play the same prepared game at once.
    """

    game: Game
    _asked: _Asked
    _recording: Recording
    _given: Mapping[Symbol, NDArray[np.float64]]
    _setting: Setting
    _engine: Engine
    _player: Player
    _known: Callable[[], Mapping[str, float | None]]
    _kept: _Kept
    _asked_keys: tuple[str, ...]
    _same: bool

    def play(
        self,
        *,
        parameters: Mapping[str, ArrayLike] | None = None,
        start: ArrayLike | None = None,
        stream: Stream | Sequence[Stream] | AllPaths | None = None,
        progress: Progress | None = None,
        resume: Trace | None = None,
        autosave: str | Path | None = None,
    ) -> Trace:
        """Play the game; the trace is that of `online_sim.play` for the game with these changes.

        A change holds for this play only, and is checked as a new `Game` is.

        Args:
            parameters: Name -> number, or one number per replicate, in place of those of the game; parameters
                that are not named keep their values.
            start: x_1, of shape (d,) or (R, d).
            stream: Other data of the same dimension, such as ``stream.reseed(1)``; also one stream per
                replicate.
            progress: See `online_sim.play`.
            resume: See `online_sim.play`.
            autosave: See `online_sim.play`.

        Raises:
            ValueError: As `online_sim.play`; or a change needs another program, such as another number of
                replicates.
            RuntimeError: A projection fails.
        """
        check_how(progress, resume, autosave)
        changes: dict[str, Any] = {}
        if parameters is not None:
            given = mapping("parameters", parameters, "name -> number")
            changes["parameters"] = {**self.game.parameters, **given}
        if start is not None:
            changes["start"] = start
        if stream is not None:
            changes["stream"] = stream
        ready = self._changed(changes) if changes else self
        return ready._played(progress, resume, Path(autosave) if autosave is not None else None)

    def _changed(self, changes: Mapping[str, Any]) -> PreparedGame:
        """The game with other arguments, prepared with what this one has prepared."""
        game = replace(self.game, **changes)
        for what, before, now in (
            ("replicates", self.game.replicates, game.replicates),
            ("coordinates", self.game.dimension, game.dimension),
        ):
            if now != before:
                raise ValueError(
                    f"{_named(changes)} would make {now} {what}, and the game was prepared for {before}; "
                    "prepare another one"
                )
        if game.formula != self.game.formula:
            raise ValueError(
                "`stream` follows another formula, which is part of the program; prepare another game"
            )
        if self._recording.excesses:  # these may read the constants of the game
            return _prepared(game, self._asked)
        _check_regrets(game, self._asked)
        parameters = parameters_of(game, self._recording, self._setting.program)
        old = self._kept
        kept = _Kept() if "stream" in changes else _Kept(block=old.block, minima=old.minima)
        return replace(
            self, game=game, _setting=replace(self._setting, parameters=parameters),
            _known=cache(lambda: constants(game)), _kept=kept, _same=_unchanging(game),
        )  # fmt: skip

    def _played(self, progress: Progress | None, resume: Trace | None, path: Path | None) -> Trace:
        game, setting, engine, kept, asked = self.game, self._setting, self._engine, self._kept, self._asked
        program, rounds, same = setting.program, asked.rounds, self._same
        origin = kept.origin
        if origin is None or not same:
            origin = kept.origin = provenance(
                game, engine, program, recorded=self._recording.kept, given=self._given, known=self._known()
            )
        if path is not None and resume is None:
            resume = autosaved(path, origin, rounds, engine)
        run = GrowingTrace(program, rounds, game.horizon, origin, resume, self._first(keep=same), engine)
        # The files that the streams and the loss read while they play are saved as inputs.
        with stage(Stage.PLAYING), nullcontext() if path is None else noting_inputs() as seen:
            advance = self._player(setting.parameters)
            watch = Watch(game, setting, advance)
            saved = time.monotonic()
            started = time.perf_counter()
            longest = block_rounds(engine, game)
            while run.state.played < game.horizon:
                before = run.state.played
                stop = min(game.horizon, before + longest)
                inside = run.rounds
                if (before, stop) != (0, game.horizon):
                    inside = inside[slice(*np.searchsorted(inside, (before, stop), side="right"))]
                block = self._block(before, stop, keep=same and path is None)
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
                if path is not None and stop < game.horizon and time.monotonic() - saved > AUTOSAVE_SECONDS:
                    run.reads(seen)
                    run.trace(time.perf_counter() - started).save(path)
                    saved = time.monotonic()
        run.reads(seen)
        trace = run.trace(time.perf_counter() - started)
        scalars = {**trace.scalars, **self._found(trace, keep=same)}
        trace = Trace(
            trace.rounds, scalars, trace.vectors, trace.series, trace.state, trace.run, game,
            _replay(game, asked, engine), self._asked_keys,
        )  # fmt: skip
        if path is not None:
            trace.save(path)
        return trace

    def _first(self, *, keep: bool) -> RunState:
        """The state before the first round, not shared with any other play."""
        game, kept, program = self.game, self._kept, self._setting.program
        if kept.start is not None and keep:
            return copy_state(kept.start)
        state = initial_state(program, game.starts, game.columns, self._given, self._engine)
        if keep and isinstance(state.vectors, np.ndarray) and state.vectors.size <= LARGEST_KEPT:
            kept.start = copy_state(state)
        return state

    def _block(self, start: int, stop: int, *, keep: bool) -> BlockData:
        """The data of these rounds; engines do not change them."""
        kept, whole = self._kept, keep and stop - start == self.game.horizon
        if whole and kept.block is not None:
            return kept.block
        block = block_of(self.game, self._setting.program, start, stop)
        if whole and block.vectors.size + block.index.size <= LARGEST_KEPT:
            kept.block = block
        return block

    def _found(self, trace: Trace, *, keep: bool) -> dict[str, Any]:
        """What is computed from the records: regrets, errors and excesses."""
        game, engine, recording, rounds = self.game, self._engine, self._recording, trace.rounds
        if not (recording.regrets or recording.errors or recording.excesses):
            return {}
        found: dict[str, Any] = {}
        once, sums = (engine.rounding or float(np.finfo(kind).eps) for kind in (engine.dtype, engine.sums))
        minima = self._kept.minima if keep else Minima()
        # A nonfinite end does not bound anything.
        with stage(Stage.REGRET), np.errstate(over="ignore", invalid="ignore"):
            for regret in recording.regrets:
                ends = enclose(
                    game, regret, rounds, trace.scalars, trace.series, numbers=engine.dtype,
                    sums=engine.sums, rounding=engine.rounding, minima=minima,
                )  # fmt: skip
                found |= zip((lower_key(regret), upper_key(regret)), ends, strict=True)
            played = Played(game, trace.scalars, rounds, once, sums)
            return {**found, **recorded_errors(recording, played), **excess_records(recording, played)}

    def _text(self) -> str:
        return f"Prepared{self.game!r}"

    def _page(self) -> Html:
        return self.game._page()

    def _formulas(self) -> tuple[str, ...]:
        return self.game._formulas()


def _replay(game: Game, asked: _Asked, engine: Engine) -> Replay:
    def replay(rounds: NDArray[np.int64], on: str | None, until: int | None, first: int | None) -> Trace:
        # The paths of a noise span the whole horizon, so it cannot be shortened.
        same = game if until is None or game.all_paths is not None else replace(game, horizon=until)
        if first is not None and game.all_paths is None:
            same = same.first(first)
        # Doubled precision is for values in single rounds; the excess over all rounds is known by then.
        kept = [q for q in asked.record if on != "precise" or not isinstance(q, Excess)]
        return prepare(
            same, record=kept, series=asked.series, checkpoints=rounds, engine=engine if on is None else on,
            vectors=asked.vectors,
        ).play()  # fmt: skip

    return replay


def _unchanging(game: Game) -> bool:
    """Whether all parts of a game are this package's, which cannot change from one play to the next.

    A Python loss reads what it likes, and the constraints of cvxpy may have parameters.
    """
    parts = [*game.streams, *([] if game.domain is None else [game.domain])]
    mine = all(type(part).__module__.startswith("online_sim.") for part in parts)
    return isinstance(game.loss, Loss) and mine and not isinstance(game.domain, CvxpySet)


def _named(changes: Mapping[str, Any]) -> str:
    return " and ".join(f"`{name}`" for name in changes)


def _check_regrets(game: Game, asked: _Asked) -> None:
    for regret in asked.record:
        if isinstance(regret, Regret):
            check_comparable(game, regret)


def check_how(progress: object, resume: object, autosave: str | Path | None) -> None:
    """Raise WrongType for anything that is not a function, a trace or a file, respectively."""
    if progress is not None:
        function("progress", progress, "called with (rounds done, horizon)")
    if resume is not None:
        instance("resume", resume, Trace, "a Trace", "load_trace reads one from a file")
    if autosave is not None:
        instance("autosave", autosave, (str, Path), "the path of a file", "run.npz say")
        if not Path(autosave).name:
            raise ValueError(must("autosave", str(autosave), "the path of a file", "run.npz say"))


def _check_coordinates(quantities: Sequence[Expr], dimension: int) -> None:
    for q in quantities:
        for component in q.atoms(Component):
            index = component.args[1]
            if not (index.is_Integer and 0 <= index < dimension):
                raise ValueError(f"{component} does not exist: coordinates are 0..{dimension - 1}")
