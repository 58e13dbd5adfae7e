"""The one entry to simulation: play a game and return its trace."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.blocks import block_of, block_rounds
from online_sim.borders import as_numbers
from online_sim.checkpoints import checkpoint_rounds
from online_sim.constants import constants
from online_sim.engines.base import Engine, RunState, Setting
from online_sim.engines.compiled import kept_program
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.precise import longer_engine
from online_sim.engines.program import Program, Projection
from online_sim.engines.torch_engine import TorchEngine
from online_sim.game import Game, make_game
from online_sim.memory import check_room
from online_sim.nonfinite import Watch, copy_state
from online_sim.noting import Seen
from online_sim.noting import recording as noting_inputs
from online_sim.provenance import Provenance, RangeExit, provenance
from online_sim.recording import Played, Recording, excess_records, plan_recording, recorded_errors
from online_sim.regret import check_comparable, enclose, lower_key, upper_key
from online_sim.resume import autosaved, check_resume
from online_sim.streams.enumeration import Enumeration
from online_sim.trace import Trace
from theory.borders import WrongType, formula, function, instance, items, mapping, meant, must, shown
from theory.loss import Loss
from theory.quantities import Component, Excess, Regret
from theory.symbols import D_i, Vector

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from online_sim.domains.base import Domain
    from online_sim.python_loss import PythonLoss
    from online_sim.streams.base import Stream
    from theory.recurrence import Recurrence

AUTOSAVE_SECONDS = 30.0
ENGINES = ("auto", "numba", "numpy", "torch")
_KNOWN_ENGINES = f"known: {', '.join(ENGINES)}"

Progress = Callable[[int, int], None]


def play(
    recurrence: Recurrence,
    loss: Loss | PythonLoss,
    stream: Stream | Sequence[Stream] | None = None,
    domain: Domain | None = None,
    *,
    horizon: int,
    parameters: Mapping[str, ArrayLike] | None = None,
    start: ArrayLike | None = None,
    record: Sequence[Expr] = (),
    series: Sequence[Expr] = (),
    checkpoints: str | int | ArrayLike = "log",
    engine: str | Engine = "auto",
    replicates: int = 1,
    groups: Sequence[int] | None = None,
    table: tuple[ArrayLike, ArrayLike] | None = None,
    progress: Progress | None = None,
    resume: Trace | None = None,
    autosave: str | Path | None = None,
    enumeration: Enumeration | None = None,
    vectors: Mapping[Symbol, ArrayLike] | None = None,
) -> Trace:
    """Play `horizon` rounds and record quantities at checkpoints.

    recurrence, loss, stream, domain: the mathematical objects; domain None means no projection; stream
    may be a list, one for each replicate. parameters: name -> number, or a list with one for each
    replicate. start: x_1, (d,) or (R, d); the domain's own by default. record: quantities, scalars or
    vectors, kept at the checkpoints; series: scalars kept every round. checkpoints: "all", "log" (about
    60), a number of log-spaced rounds, or the rounds themselves. engine: "auto" (numba where it can),
    "numba", "numpy", "torch" (on CUDA where there is one) or an Engine. groups: the group of each
    coordinate, for group norms. table: rows of a loss that averages over a table. progress: called with
    (rounds done, horizon). resume: a trace to go on from, of the same game, played by the same code;
    autosave: a file that is written every 30 seconds, and gone on from where it is whole and of this very
    game, code, data, engine and rounds; else the game begins anew and the file is replaced.
    enumeration: all paths of an alphabet, when the replicates are exactly these (see `play_all_paths`): then
    expectations and suprema over the noise are exact.
    vectors: fixed vectors that quantities use, such as a comparator z: symbol -> (d,) or (R, d); the
    diameters D_i of the set along the coordinates are known by themselves.

    A run that diverges goes on; ``trace.run.not_finite_from`` is the first round that left a number that
    is not finite, or None. Raises ValueError for wrong input before anything is played, and when the loss or
    its data are not finite at a finite point (with the round); RuntimeError when a projection fails.
    """
    game = make_game(
        recurrence, loss, stream, domain, horizon=horizon, parameters=parameters, start=start,
        replicates=replicates, groups=groups, table=table,
    )  # fmt: skip
    return play_game(
        game, record=record, series=series, checkpoints=checkpoints, engine=engine, progress=progress,
        resume=resume, autosave=autosave, enumeration=enumeration, vectors=vectors,
    )  # fmt: skip


def play_game(
    game: Game,
    *,
    record: Sequence[Expr] = (),
    series: Sequence[Expr] = (),
    checkpoints: str | int | ArrayLike = "log",
    engine: str | Engine = "auto",
    progress: Progress | None = None,
    resume: Trace | None = None,
    autosave: str | Path | None = None,
    enumeration: Enumeration | None = None,
    vectors: Mapping[Symbol, ArrayLike] | None = None,
) -> Trace:
    """Play a game that is already checked; see `play`."""
    game, record, series, given_vectors = _checked(game, record, series, vectors)
    _check_how(engine, progress, resume, autosave)
    rounds = checkpoint_rounds(checkpoints, game.horizon)
    if series:
        check_room(
            8 * game.horizon * game.replicates * len(series),
            f"`series` in all {game.horizon} rounds",
            "record at checkpoints instead",
        )
    for regret in record:
        if isinstance(regret, Regret):
            check_comparable(game, regret)
    known = cache(lambda: constants(game))
    recording = plan_recording(record, series, game, known)
    quantities = [*recording.kept, *recording.series]
    _check_coordinates(quantities, game.dimension)
    given = _given(game, given_vectors, quantities)
    setting = _setting(game, recording, given)
    program = setting.program
    if isinstance(engine, str) and engine in {"precise", "wide"}:
        chosen: Engine = longer_engine(setting, rounds=game.horizon, wide=engine == "wide")
    else:
        chosen = choose_engine(engine, setting)
    once, sums = (chosen.rounding or float(np.finfo(kind).eps) for kind in (chosen.dtype, chosen.sums))
    _check_enumeration(enumeration, game)
    origin = provenance(
        game, chosen, program, enumeration=enumeration, recorded=recording.kept, given=given, known=known()
    )
    path = Path(autosave) if autosave is not None else None
    if path is not None and resume is None:
        resume = autosaved(path, origin, rounds, chosen)
    run = _Run(game, program, rounds, origin, resume, given, chosen)
    # What the streams and the loss read while they play belongs to what is saved.
    with nullcontext() if path is None else noting_inputs() as seen:
        advance = chosen.prepare(setting)
        watch = Watch(game, setting, advance)
        saved = time.monotonic()
        started = time.perf_counter()
        while run.state.played < game.horizon:
            before = run.state.played
            stop = min(game.horizon, before + block_rounds(chosen, game))
            inside = run.rounds[slice(*np.searchsorted(run.rounds, (before, stop), side="right"))]
            block = block_of(game, program, before, stop)
            watch.before(run.state)
            try:
                result = advance(run.state, block, inside)
            except RuntimeError:
                watch.failed(block)
                raise
            watch.after(run.state, block, result, inside)
            run.watched(watch)
            run.keep(result.scalars, result.vectors, result.series)
            if progress is not None:
                progress(stop, game.horizon)
            if path is not None and stop < game.horizon and time.monotonic() - saved > AUTOSAVE_SECONDS:
                run.reads(seen)
                run.trace(time.perf_counter() - started).save(path)
                saved = time.monotonic()
    run.reads(seen)
    trace = run.trace(time.perf_counter() - started)
    found: dict[str, Any] = {}
    with np.errstate(over="ignore", invalid="ignore"):  # an end that is not finite is no end
        for regret in recording.regrets:
            ends = enclose(
                game, regret, trace.rounds, trace.scalars, trace.series, numbers=chosen.dtype,
                sums=chosen.sums, rounding=chosen.rounding,
            )  # fmt: skip
            found |= zip((lower_key(regret), upper_key(regret)), ends, strict=True)
        played = Played(game, trace.scalars, trace.rounds, once, sums)
        found |= {**recorded_errors(recording, played), **excess_records(recording, played)}
    trace = replace(trace, scalars={**trace.scalars, **found})
    if path is not None:
        trace.save(path)

    def replay(rounds: NDArray[np.int64], on: str | None, until: int | None, first: int | None) -> Trace:
        # All paths of the noise are those of the whole horizon.
        same = game if until is None or enumeration is not None else replace(game, horizon=until)
        if first is not None and enumeration is None:
            same = same.first(first)
        # Doubled precision is for the values in single rounds; what is said of every round is known by then.
        kept = [q for q in record if on != "precise" or not isinstance(q, Excess)]
        return play_game(
            same, record=kept, series=series, checkpoints=rounds, engine=chosen if on is None else on,
            enumeration=enumeration, vectors=vectors,
        )  # fmt: skip

    return replace(trace, game=game, replay=replay)


def setting_of(
    game: Game,
    *,
    record: Sequence[Expr] = (),
    series: Sequence[Expr] = (),
    vectors: Mapping[Symbol, ArrayLike] | None = None,
) -> Setting:
    """What an engine is asked about a game, and these quantities of it; the arguments are those of `play`."""
    game, record, series, given = _checked(game, record, series, vectors)
    recording = plan_recording(record, series, game, cache(lambda: constants(game)))
    return _setting(game, recording, _given(game, given, [*recording.kept, *recording.series]))


def _checked(
    game: Game, record: object, series: object, vectors: object
) -> tuple[Game, list[Expr], list[Expr], Mapping[Symbol, ArrayLike]]:
    """What is played and what is to be kept of it; WrongType for anything else."""
    instance("game", game, Game, "a Game", "make_game makes one, play takes its parts")
    kept = [
        [formula(f"{name}[{k}]", q) for k, q in enumerate(items(name, given, object, "a sympy expression"))]
        for name, given in (("record", record), ("series", series))
    ]
    fixed = {} if vectors is None else mapping("vectors", vectors, "a Vector symbol -> numbers of shape (d,)")
    return game, kept[0], kept[1], fixed


def _check_how(engine: object, progress: object, resume: object, autosave: str | Path | None) -> None:
    """WrongType for what is no engine, no function, no trace or no file."""
    if not isinstance(engine, str):
        instance("engine", engine, Engine, "the name of an engine or an Engine", _KNOWN_ENGINES)
    if progress is not None:
        function("progress", progress, "called with (rounds done, horizon)")
    if resume is not None:
        instance("resume", resume, Trace, "a Trace", "load_trace reads one from a file")
    if autosave is not None:
        instance("autosave", autosave, (str, Path), "the path of a file", "run.npz say")
        if not Path(autosave).name:
            raise ValueError(must("autosave", str(autosave), "the path of a file", "run.npz say"))


def _setting(game: Game, recording: Recording, given: Mapping[Symbol, NDArray[np.float64]]) -> Setting:
    numbers = recording.in_the_run
    program = kept_program(
        game.recurrence, game.loss if isinstance(game.loss, Loss) else None,
        projection=projection_of(game.domain), record=recording.kept, series=recording.series,
        given=tuple(given), constants=tuple(numbers), data=game.formula,
    )  # fmt: skip
    oracle = None if isinstance(game.loss, Loss) else game.loss
    # The columns of `program.parameters`: the game's numbers, the declared parameters, the seed.
    first = np.broadcast_to(np.array(list(numbers.values()), dtype=float), (game.replicates, len(numbers)))
    last = [game.seeds] if program.data is not None else []
    parameters = np.concatenate([first, game.parameters, *last], axis=1)
    # A game without groups or rows has one number for all coordinates in their place: no engine reads it.
    group = game.group if program.uses_groups else np.zeros(1, dtype=np.int64)
    table = game.table if program.uses_rows else np.zeros((1, 1))
    return Setting(program, game.domain, parameters, oracle, group, table, game.table_labels, game.dimension)


def choose_engine(engine: str | Engine, setting: Setting) -> Engine:
    """The engine asked for, or the fastest that does not refuse."""
    if isinstance(engine, Engine):
        chosen = engine
    elif engine == "auto":
        chosen = NumbaEngine()
        return chosen if chosen.refuse(setting) is None else NumpyEngine()
    elif isinstance(engine, str) and engine in {"numba", "numpy", "torch"}:
        known = {"numba": NumbaEngine, "numpy": NumpyEngine, "torch": TorchEngine}
        chosen = known[engine]()
    else:
        raise ValueError(f"`engine` = {shown(engine)} is unknown; {_KNOWN_ENGINES}{meant(engine, ENGINES)}")
    reason = chosen.refuse(setting)
    if reason is not None:
        raise ValueError(f"the {chosen.name} engine cannot play this game: {reason}")
    return chosen


class _Run:
    """The growing record of a game."""

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
            self.state = initial_state(game, program, given, engine)
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
        self.scalars.append(scalars)
        self.vectors.append(vectors)
        self.series.append(series)

    def reads(self, seen: Seen | None) -> None:
        """Note what was read, in this process and in those that played before."""
        if seen is not None:
            self.origin = replace(self.origin, inputs={**self.origin.inputs, **seen.inputs})

    def watched(self, watch: Watch) -> None:
        """Note the first round that left a number that is not finite, or the range of the floats."""
        left = self.origin.range_left
        if left is None and watch.left is not None:
            left = RangeExit(watch.left.round or 0, str(watch.left))
        first = watch.first or self.origin.not_finite_from
        self.origin = replace(self.origin, not_finite_from=first, range_left=left)

    def trace(self, seconds: float) -> Trace:
        state = self.state
        # The end of a game is handed over: the state of a very long vector is there once.
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


def initial_state(
    game: Game, program: Program, given: Mapping[Symbol, NDArray[np.float64]], engine: Engine | None = None
) -> RunState:
    """The state before round 1, where an engine keeps it: x_1, the fixed vectors, the declared values."""
    engine = engine or NumpyEngine()

    def initial(e: Expr) -> Any:
        columns = {s: game.parameters[:, game.parameter_names.index(s.name)] for s in e.free_symbols}
        return np.broadcast_to(engine.number(e, columns), (game.replicates,))

    vectors: list[Any] = [game.start]
    for state in program.vector_states[1:]:
        vectors.append(given[state.new] if state.new in given else initial(state.initial)[:, None])
    scalars = [initial(state.initial) for state in program.scalar_states]
    return engine.state(vectors, np.stack(scalars, axis=1) if scalars else np.zeros((game.replicates, 0)))


def _given(
    game: Game, vectors: Mapping[Symbol, ArrayLike], quantities: Sequence[Expr]
) -> dict[Symbol, NDArray[np.float64]]:
    """The fixed vectors (R, d) that quantities use; the diameters of the set come from the set."""
    known = dict(vectors)
    if D_i not in known and game.domain is not None and any(q.has(D_i) for q in quantities):
        known[D_i] = game.domain.coordinate_diameters()
    given = {}
    for symbol, value in known.items():
        if not isinstance(symbol, Vector):
            raise WrongType(
                f"`vectors` names {shown(symbol)}; its keys are Vector symbols, theory.symbols.z say"
            )
        if symbol.name in {s.name for s, _ in game.recurrence.steps}:
            raise ValueError(
                f"`vectors` gives `{symbol}`, which is a line of {game.recurrence.name}; rename the line"
            )
        array = as_numbers(value)
        if array is None:
            raise WrongType(
                f"`vectors` gives `{symbol}` = {shown(value)}; expected finite numbers of shape "
                f"({game.dimension},)"
            )
        fits = array.shape in {(game.dimension,), (game.replicates, game.dimension)}
        if not (fits and np.all(np.isfinite(array))):
            raise ValueError(
                f"`vectors` gives `{symbol}` shape {array.shape}; expected finite numbers of shape "
                f"({game.dimension},) or ({game.replicates}, {game.dimension})"
            )
        given[symbol] = np.broadcast_to(array, (game.replicates, game.dimension))
    return given


def projection_of(domain: Domain | None) -> Projection:
    """How a compiled round brings the next point back into the set."""
    if domain is None:
        return Projection.NONE
    return Projection.CLIP if domain.box_bounds() is not None else Projection.CALL


def _check_coordinates(quantities: Sequence[Expr], dimension: int) -> None:
    for q in quantities:
        for component in q.atoms(Component):
            index = component.args[1]
            if not (index.is_Integer and 0 <= index < dimension):
                raise ValueError(f"{component} does not exist: coordinates are 0..{dimension - 1}")


def _check_enumeration(enumeration: Enumeration | None, game: Game) -> None:
    if enumeration is None:
        return
    if not isinstance(enumeration, Enumeration):
        raise WrongType(
            f"`enumeration` = {shown(enumeration)} must be an Enumeration of a NoiseAlphabet, which "
            "makes its own weights; none are taken beside it"
        )
    enumeration.check(game.streams, game.horizon)
