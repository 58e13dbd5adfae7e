"""The only entry point to simulation: play a game and return its trace."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.blocks import block_of, rounds_at_once, sparse_table
from online_sim.checkpoints import checkpoint_rounds
from online_sim.constants import constants
from online_sim.domains.full_metric import refusal
from online_sim.engines.base import Engine, Setting
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.precise import longer_engine
from online_sim.engines.program import Projection
from online_sim.engines.small import SMALL, work
from online_sim.engines.threads import checked_threads
from online_sim.engines.torch_engine import TorchEngine
from online_sim.game import Game
from online_sim.growing_trace import GrowingTrace
from online_sim.memory import check_room
from online_sim.nonfinite import Watch
from online_sim.noting import recording as noting_inputs
from online_sim.oracle import oracle_of
from online_sim.provenance import provenance
from online_sim.recording import (
    Played,
    Recording,
    asked_keys,
    excess_records,
    plan_recording,
    recorded_errors,
)
from online_sim.regret import check_comparable, enclose, lower_key, upper_key
from online_sim.resume import autosaved
from online_sim.start import given_vectors
from online_sim.stopwatch import Stage, stage
from online_sim.trace import Trace
from theory.borders import formula, function, instance, items, mapping, meant, must, shown
from theory.loss import Loss
from theory.quantities import FULL_MATRICES, Component, Excess, Regret

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from online_sim.domains.base import Domain

AUTOSAVE_SECONDS = 30.0
ENGINES = ("auto", "numba", "numpy", "torch")
_KNOWN_ENGINES = f"known: {', '.join(ENGINES)}"

Progress = Callable[[int, int], None]


def play(
    game: Game,
    *,
    record: Sequence[Expr] = (),
    series: Sequence[Expr] = (),
    checkpoints: str | int | ArrayLike = "log",
    engine: str | Engine = "auto",
    vectors: Mapping[Symbol, ArrayLike] | None = None,
    progress: Progress | None = None,
    resume: Trace | None = None,
    autosave: str | Path | None = None,
    threads: int = 1,
) -> Trace:
    """Play a game and record quantities at checkpoints.

    A diverging run continues; ``trace.run.not_finite_from`` is the first round that left a nonfinite number,
    or None.

    Args:
        game: The game to play.
        record: Quantities, scalars or vectors, recorded at the checkpoints.
        series: Scalars recorded in every round.
        checkpoints: "all", "log" (about 60 rounds), a number of rounds spaced evenly on a log scale, or the
            rounds themselves.
        engine: "auto" (numba if possible; a small game has the bits of the reproducible kernel and runs as
            plain Python, see `engines/small.py`), "numba", "numpy", "torch" (on CUDA if available), or an
            Engine.
        vectors: Fixed vectors that quantities use, such as a comparator z: symbol -> (d,) or (R, d). The
            diameters D_i of the set along the coordinates need not be given.
        progress: Called with (rounds done, horizon).
        resume: A trace to resume, of the same game, played by the same code.
        autosave: A file that is written every 30 seconds. An intact file of the same game, code, data, engine
            and rounds is resumed; otherwise the game starts afresh and the file is replaced.
        threads: The most threads over which numba plays the replicates, with the same bits; small games,
            which run as plain Python, use one.

    Returns:
        The trace: rounds, values of shape (R, checkpoints) or (R, checkpoints, d), and its provenance.

    Raises:
        ValueError: An argument is wrong (before anything is played), or the loss or its data are not finite
            at a finite point (with the round).
        RuntimeError: A projection fails.
    """
    game, record, series, vectors_given = _checked(game, record, series, vectors)
    _check_how(engine, progress, resume, autosave)
    threads = checked_threads(threads)
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
    given = given_vectors(game, vectors_given, quantities)
    setting = _setting(game, recording, given)
    program = setting.program
    if isinstance(engine, str) and engine in {"precise", "wide"}:
        chosen: Engine = longer_engine(setting, rounds=game.horizon, wide=engine == "wide")
    else:
        chosen = choose_engine(engine, setting, game.horizon, len(rounds), threads)
    once, sums = (chosen.rounding or float(np.finfo(kind).eps) for kind in (chosen.dtype, chosen.sums))
    origin = provenance(game, chosen, program, recorded=recording.kept, given=given, known=known())
    path = Path(autosave) if autosave is not None else None
    if path is not None and resume is None:
        resume = autosaved(path, origin, rounds, chosen)
    run = GrowingTrace(game, program, rounds, origin, resume, given, chosen)
    # The files that the streams and the loss read while they play are saved as inputs.
    with stage(Stage.PLAYING), nullcontext() if path is None else noting_inputs() as seen:
        advance = chosen.prepare(setting)
        watch = Watch(game, setting, advance)
        saved = time.monotonic()
        started = time.perf_counter()
        while run.state.played < game.horizon:
            before = run.state.played
            stop = min(game.horizon, before + rounds_at_once(chosen, game, program))
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
    # A nonfinite end does not bound anything.
    with stage(Stage.REGRET), np.errstate(over="ignore", invalid="ignore"):
        for regret in recording.regrets:
            ends = enclose(
                game, regret, trace.rounds, trace.scalars, trace.series, numbers=chosen.dtype,
                sums=chosen.sums, rounding=chosen.rounding,
            )  # fmt: skip
            found |= zip((lower_key(regret), upper_key(regret)), ends, strict=True)
        played = Played(game, trace.scalars, trace.rounds, once, sums)
        found |= {**recorded_errors(recording, played), **excess_records(recording, played)}
    trace = replace(trace, scalars={**trace.scalars, **found}, asked=asked_keys([*record, *series]))
    if path is not None:
        trace.save(path)

    def replay(rounds: NDArray[np.int64], on: str | None, until: int | None, first: int | None) -> Trace:
        # The paths of a noise span the whole horizon, so it cannot be shortened.
        same = game if until is None or game.all_paths is not None else replace(game, horizon=until)
        if first is not None and game.all_paths is None:
            same = same.first(first)
        # Doubled precision is for values in single rounds; the excess over all rounds is known by then.
        kept = [q for q in record if on != "precise" or not isinstance(q, Excess)]
        return play(
            same, record=kept, series=series, checkpoints=rounds, engine=chosen if on is None else on,
            vectors=vectors,
        )  # fmt: skip

    return replace(trace, game=game, replay=replay)


def setting_of(
    game: Game,
    *,
    record: Sequence[Expr] = (),
    series: Sequence[Expr] = (),
    vectors: Mapping[Symbol, ArrayLike] | None = None,
) -> Setting:
    """The setting that an engine gets for a game and these quantities; the arguments are those of `play`."""
    game, record, series, given = _checked(game, record, series, vectors)
    recording = plan_recording(record, series, game, cache(lambda: constants(game)))
    return _setting(game, recording, given_vectors(game, given, [*recording.kept, *recording.series]))


def _checked(
    game: Game, record: object, series: object, vectors: object
) -> tuple[Game, list[Expr], list[Expr], Mapping[Symbol, ArrayLike]]:
    """The checked game and the quantities to record; WrongType for anything else."""
    instance("game", game, Game, "a Game", "play(Game(algorithm, loss, ...), ...)")
    kept = [
        [formula(f"{name}[{k}]", q) for k, q in enumerate(items(name, given, object, "a sympy expression"))]
        for name, given in (("record", record), ("series", series))
    ]
    fixed = {} if vectors is None else mapping("vectors", vectors, "a Vector symbol -> numbers of shape (d,)")
    return game, kept[0], kept[1], fixed


def _check_how(engine: object, progress: object, resume: object, autosave: str | Path | None) -> None:
    """Raise WrongType for anything that is not an engine, a function, a trace or a file, respectively."""
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
    used = (*game.recurrence.expressions(), *recording.kept, *recording.series)
    request = Request(
        game.recurrence, game.loss if isinstance(game.loss, Loss) else None,
        projection=projection_of(game.domain), record=recording.kept, series=recording.series,
        given=tuple(given), constants=tuple(numbers), data=game.formula,
        oracle=oracle_of(game)[0],
        dimension=_full_dimension(game) if any(e.has(*FULL_MATRICES) for e in used) else 0,
    )  # fmt: skip
    program = compile_program(request)
    oracle = None if isinstance(game.loss, Loss) else game.loss
    # The columns of `program.parameters`: the game's numbers, the declared parameters, the seed.
    first = np.broadcast_to(np.array(list(numbers.values()), dtype=float), (game.replicates, len(numbers)))
    last = [game.seeds] if program.data is not None else []
    parameters = np.concatenate([first, game.numbers, *last], axis=1)
    # A game without groups or rows has a single number in their place, which no engine reads.
    group = game.group if program.uses_groups else np.zeros(1, dtype=np.int64)
    table = game.rows if program.uses_rows else np.zeros((1, 1))
    return Setting(
        program, game.domain, parameters, oracle, group, table, game.row_labels, game.dimension,
        sparse_table(game) is not None,
    )  # fmt: skip


def _full_dimension(game: Game) -> int:
    """The number of coordinates of a game with full matrices."""
    if (why := refusal(None, game.dimension)) is not None:
        raise ValueError(f"`record` or the algorithm asks for a full matrix, and {why}")
    return game.dimension


def choose_engine(
    engine: str | Engine, setting: Setting, rounds: int, recorded: int, threads: int = 1
) -> Engine:
    """The requested engine, or for "auto" the fastest one that does not refuse; see `small.work`."""
    if threads > 1 and not (isinstance(engine, str) and engine in {"auto", "numba"}):
        name = engine.name if isinstance(engine, Engine) else shown(engine)
        remedy = "NumbaEngine(threads=...) is an engine with threads" if name == "numba" else "leave it out"
        raise ValueError(f"`threads` = {threads} is for engine='auto' or 'numba', not {name}; {remedy}")
    if isinstance(engine, Engine):
        chosen = engine
    elif engine == "auto":
        small = work(setting, rounds, recorded) <= SMALL
        how: dict[str, Any] = {"interpreted": None, "reproducible": True} if small else {}
        chosen = NumbaEngine(**how, threads=threads)
        return chosen if chosen.refuse(setting) is None else NumpyEngine()
    elif isinstance(engine, str) and engine in {"numba", "numpy", "torch"}:
        known: dict[str, Callable[[], Engine]] = {
            "numba": partial(NumbaEngine, threads=threads), "numpy": NumpyEngine, "torch": TorchEngine,
        }  # fmt: skip
        chosen = known[engine]()
    else:
        raise ValueError(f"`engine` = {shown(engine)} is unknown; {_KNOWN_ENGINES}{meant(engine, ENGINES)}")
    reason = chosen.refuse(setting)
    if reason is not None:
        raise ValueError(f"the {chosen.name} engine cannot play this game: {reason}")
    return chosen


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
