"""The one entry to simulation: play a game and return its trace."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.borders import as_numbers, wholes_or_none
from online_sim.constants import constant_bounds, constants, properties
from online_sim.engines.base import BlockData, Engine, RunState, Setting
from online_sim.engines.compiled import kept_program
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.precise import longer_engine
from online_sim.engines.program import Program, Projection
from online_sim.engines.torch_engine import TorchEngine
from online_sim.game import Game, fingerprint, make_game
from online_sim.inputs import first_changed, program_digest
from online_sim.inputs import versions as versions
from online_sim.memory import check_room
from online_sim.nonfinite import Watch, copy_state
from online_sim.noting import Seen
from online_sim.noting import recording as noting_inputs
from online_sim.ranges import first_round, known_ranges, same_law
from online_sim.recording import Played, Recording, excess_records, plan_recording, recorded_errors
from online_sim.regret import check_comparable, enclose, lower_key, upper_key
from online_sim.streams.alphabet import Enumeration
from online_sim.streams.base import Block
from online_sim.trace import Trace, load_trace
from theory.borders import (
    WrongType,
    as_index,
    formula,
    function,
    instance,
    items,
    mapping,
    meant,
    must,
    shown,
)
from theory.loss import Loss
from theory.quantities import Component, Excess, Regret
from theory.symbols import D_i, Vector

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from online_sim.domains.base import Domain
    from online_sim.python_loss import PythonLoss
    from online_sim.streams.base import Stream
    from theory.recurrence import Recurrence

LOG_CHECKPOINTS = 60
AUTOSAVE_SECONDS = 30.0
ENGINES = ("auto", "numba", "numpy", "torch")
_KNOWN_ENGINES = f"known: {', '.join(ENGINES)}"
BLOCK_WORK = 1 << 27
"""A block holds about this many coordinate-rounds at most, half a second of compiled work: progress is shown
and a run can be saved after each block."""
BLOCK_NUMBERS = 1 << 20
"""A block holds about this many float64 numbers of generated data (8 MiB) at most."""

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

    A run that diverges goes on; ``trace.meta["not_finite_from"]`` is the first round that left a number that
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
            f"`series` in all {game.horizon} rounds", "record at checkpoints instead",
        )  # fmt: skip
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
    meta = _meta(game, chosen, program, enumeration, recording.kept, given, known())
    path = Path(autosave) if autosave is not None else None
    if path is not None and resume is None:
        resume = _autosaved(path, meta, program, rounds, chosen)
    run = _Run(game, program, rounds, meta, resume, given, chosen)
    # What the streams and the loss read while they play belongs to what is saved.
    with nullcontext() if path is None else noting_inputs() as seen:
        advance = chosen.prepare(setting)
        watch = Watch(game, setting, advance)
        saved = time.monotonic()
        started = time.perf_counter()
        while run.state.played < game.horizon:
            before = run.state.played
            stop = min(game.horizon, before + _block_rounds(chosen, game))
            inside = run.rounds[slice(*np.searchsorted(run.rounds, (before, stop), side="right"))]
            block = _block(game, program, before, stop)
            watch.before(run.state)
            try:
                result = advance(run.state, block, inside)
            except RuntimeError:
                watch.failed(block)
                raise
            watch.after(run.state, block, result, inside)
            run.meta["not_finite_from"] = watch.first or run.meta["not_finite_from"]
            if watch.left is not None and run.meta["range_left"] is None:
                run.meta["range_left"] = {"round": watch.left.round, "what": str(watch.left)}
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
    return Setting(
        program, game.domain, parameters, oracle, group, table, game.table_labels, game.dimension
    )  # fmt: skip


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


def checkpoint_rounds(checkpoints: str | int | ArrayLike, horizon: int) -> NDArray[np.int64]:
    """The rounds to record at: increasing, within 1..horizon, the last one always included."""
    if isinstance(checkpoints, str):
        if checkpoints == "all":
            check_room(8 * horizon, f"`checkpoints` = 'all' of {horizon} rounds", "give 'log' or a number")
            return np.arange(1, horizon + 1)
        if checkpoints != "log":
            raise ValueError(
                f"`checkpoints` = {shown(checkpoints)} is unknown; give 'all', 'log', a number or the rounds"
                f"{meant(checkpoints, ('all', 'log'))}"
            )
        checkpoints = LOG_CHECKPOINTS
    count = as_index(checkpoints)
    if count is not None:
        if count < 1:
            raise ValueError(f"`checkpoints` = {count} must be at least 1")
        check_room(32 * count, f"`checkpoints` = {shown(count)} rounds", "give fewer")
        return (
            np.unique(np.round(np.geomspace(1, horizon, count)).astype(np.int64))
            if count > 1
            else np.array([horizon])
        )
    whole_rounds = wholes_or_none(checkpoints)
    rounds = np.unique(whole_rounds) if whole_rounds is not None else np.empty(0, dtype=np.int64)
    if rounds.size == 0 or rounds[0] < 1 or rounds[-1] > horizon:
        raise (WrongType if whole_rounds is None else ValueError)(
            f"`checkpoints` must be whole rounds in 1..{horizon}, got {shown(checkpoints)}; "
            "'all', 'log' and a number of rounds are known too"
        )
    return np.unique(np.append(rounds, horizon)).astype(np.int64)


class _Run:
    """The growing record of a game."""

    def __init__(
        self,
        game: Game,
        program: Program,
        rounds: NDArray[np.int64],
        meta: dict[str, Any],
        resume: Trace | None,
        given: Mapping[Symbol, NDArray[np.float64]],
        engine: Engine,
    ) -> None:
        self.game, self.program, self.meta, self.rounds = game, program, meta, rounds
        self.engine = engine
        self.seconds = 0.0
        self.old = resume
        if resume is None:
            self.state = initial_state(game, program, given, engine)
        else:
            _check_resume(resume, meta, program, game.horizon, engine)
            state = resume.state
            self.state = copy_state(state)
            self.meta["inputs"] = dict(resume.meta.get("inputs") or {})
            self.meta["not_finite_from"] = resume.meta.get("not_finite_from")
            self.meta["range_left"] = resume.meta.get("range_left")
            self.rounds = np.concatenate([resume.rounds, rounds[rounds > state.played]])
            self.seconds = float(resume.meta.get("seconds", 0.0))
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
            self.meta["inputs"] = {**self.meta["inputs"], **seen.inputs}

    def trace(self, seconds: float) -> Trace:
        state = self.state
        # The end of a game is handed over: the state of a very long vector is there once.
        snapshot = state if state.played == self.game.horizon else copy_state(state)
        details = {"engine_details": dict(self.engine.details())} if self.engine.details() else {}
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
            done, scalars, vectors, series, snapshot,
            {**self.meta, **details, "seconds": self.seconds + seconds},
        )  # fmt: skip

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


def _block_rounds(engine: Engine, game: Game) -> int:
    limit = int(np.clip(BLOCK_WORK // (game.dimension * game.replicates), 1, engine.block_rounds))
    if game.formula or all(s.table is not None for s in game.streams):
        return limit
    per_round = game.dimension * max(1, len(game.streams))
    return int(np.clip(BLOCK_NUMBERS // per_round, 1, limit))


def _block(game: Game, program: Program, start: int, stop: int) -> BlockData:
    if not game.streams or program.data is not None:
        return BlockData(
            np.zeros((1, 1, game.dimension)), np.zeros((1, 1)), np.zeros((1, stop - start), dtype=np.int64)
        )
    blocks = [s.block(start, stop) for s in game.streams]
    if len({b.vectors.shape for b in blocks}) > 1:
        own = np.arange(stop - start, dtype=np.int64)
        blocks = [Block(b.vectors[b.index], b.labels[b.index], own) for b in blocks]
    first = blocks[0]
    index = np.stack([b.index for b in blocks])
    if all(b.vectors is first.vectors and b.labels is first.labels for b in blocks):
        return BlockData(
            np.ascontiguousarray(first.vectors, dtype=np.float64)[None],
            np.ascontiguousarray(first.labels, dtype=np.float64)[None],
            index,
        )
    return BlockData(np.stack([b.vectors for b in blocks]), np.stack([b.labels for b in blocks]), index)


def _autosaved(
    path: Path, meta: Mapping[str, Any], program: Program, rounds: NDArray[np.int64], engine: Engine
) -> Trace | None:
    """The trace in a file, where going on from it gives what a fresh run gives; else None."""
    try:
        trace = load_trace(path)
        _check_resume(trace, meta, program, int(rounds[-1]), engine)
    except ValueError:
        return None
    # Whoever resumes a trace by hand may change these; a file that happens to be there may not.
    same = all(trace.meta.get(name) == meta[name] for name in ("engine", "dtype", "precision"))
    return trace if same and np.array_equal(trace.rounds, rounds[rounds <= trace.horizon]) else None


def _check_resume(
    resume: Trace, meta: Mapping[str, Any], program: Program, horizon: int, engine: Engine
) -> None:
    for name in (
        "algorithm", "loss", "domain", "streams", "seeds", "parameters", "start", "replicates", "vectors",
        "fingerprint", "program",
    ):  # fmt: skip
        if resume.meta.get(name) != meta[name]:
            raise ValueError(
                f"the trace to resume was played with {name} = {resume.meta.get(name)!r}, "
                f"this game has {meta[name]!r}; resume the same game or start a new one"
            )
    # The running sums in the state belong to the quantities recorded, in their order.
    if resume.meta.get("recorded") != meta["recorded"]:
        raise ValueError(
            f"the trace to resume recorded {resume.meta.get('recorded')}, "
            f"this run records {meta['recorded']}; "
            f"record the same quantities in the same order"
        )
    if resume.horizon > horizon:
        raise ValueError(
            f"the trace to resume has {resume.horizon} rounds already, more than `horizon` = {horizon}"
        )
    if np.iscomplexobj(resume.state.vectors) != engine.double_double:
        raise ValueError(
            "the trace to resume and the `engine` differ in precision: one is double-double, the "
            "other is not; resume with the engine that began"
        )
    changed = first_changed(resume.meta.get("inputs") or {})
    if changed is not None:
        raise ValueError(f"the trace to resume was played with other content of {changed}; start a new one")


def _check_enumeration(enumeration: Enumeration | None, game: Game) -> None:
    if enumeration is None:
        return
    if not isinstance(enumeration, Enumeration):
        raise WrongType(
            f"`enumeration` = {shown(enumeration)} must be an Enumeration of a NoiseAlphabet, which "
            "makes its own weights; none are taken beside it"
        )
    enumeration.check(game.streams, game.horizon)


def _meta(
    game: Game,
    engine: Engine,
    program: Program,
    enumeration: Enumeration | None,
    recorded: Sequence[Expr],
    given: Mapping[Symbol, NDArray[np.float64]],
    known: Mapping[str, float | None],
) -> dict[str, Any]:
    names = game.parameter_names
    noisy = isinstance(game.loss, Loss) and game.loss.oracle is not None
    random = noisy or enumeration is not None or any(s.seed is not None for s in game.streams)
    sampled = enumeration is None and any(s.seed is not None for s in game.streams)
    bounds = constant_bounds(game, known)
    return {
        "algorithm": game.recurrence.name,
        "algorithm_digest": game.recurrence.digest,
        "source": str(game.recurrence.source),
        "variant": dict(game.recurrence.variant),
        "loss": game.loss.name,
        "domain": game.domain.name if game.domain is not None else "unconstrained",
        "streams": [s.name for s in game.streams[:8]],
        "seeds": [s.seed for s in game.streams],
        "parameters": {n: sorted(set(game.parameters[:, k].tolist())) for k, n in enumerate(names)},
        "start": game.start[0].tolist() if game.dimension <= 16 else [float(np.sum(game.start[0]))],
        "one_start": game.replicates == 1 or bool(np.all(game.start == game.start[0])),
        "replicates": game.replicates,
        "fingerprint": fingerprint(game),
        "program": program_digest(),
        "inputs": {},
        "not_finite_from": None,
        "range_left": None,
        "recorded": [key for key, _ in (*program.records, *program.series)],
        "dimension": game.dimension,
        "engine": engine.name,
        "dtype": str(engine.dtype),
        "precision": engine.precision,
        "projection": program.projection.value,
        "constants": dict(known),
        "constant_bounds": {name: list(ends) for name, ends in bounds.items()},
        "properties": properties(game, known=known, enumeration=enumeration),
        "path_weights": None if enumeration is None else enumeration.weights.tolist(),
        "vectors": {str(s): hashlib.sha256(v.tobytes()).hexdigest()[:16] for s, v in given.items()},
        "parameter_values": {n: game.parameters[:, k].tolist() for k, n in enumerate(names)},
        "stochastic": random,
        "one_law": random and same_law(game),
        "ranges": {**known_ranges(game), **first_round(game, recorded)} if sampled else {},
        "versions": versions(),
    }
