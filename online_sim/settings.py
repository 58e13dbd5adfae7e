"""What an engine gets for a game and the quantities to record, and which engine plays it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.blocks import sparse_table
from online_sim.constants import constants
from online_sim.domains.full_metric import refusal
from online_sim.engines.base import Engine, Setting
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.program import Program, Projection
from online_sim.engines.small import SMALL, work
from online_sim.engines.torch_engine import TorchEngine
from online_sim.game import Game
from online_sim.oracle import oracle_of
from online_sim.recording import Recording, plan_recording
from online_sim.start import given_vectors
from theory.borders import formula, instance, items, mapping, meant, shown
from theory.loss import Loss
from theory.quantities import FULL_MATRICES
from theory.symbols import z_t

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from online_sim.domains.base import Domain

ENGINES = ("auto", "numba", "numpy", "torch")
KNOWN_ENGINES = f"known: {', '.join(ENGINES)}"


def setting_of(
    game: Game,
    *,
    record: Sequence[Expr] = (),
    series: Sequence[Expr] = (),
    vectors: Mapping[Symbol, ArrayLike] | None = None,
) -> Setting:
    """The setting that an engine gets for a game and these quantities; the arguments are those of `play`."""
    game, record, series, given = checked(game, record, series, vectors)
    recording = plan_recording(record, series, game, cache(lambda: constants(game)))
    return setting_for(game, recording, given_vectors(game, given, [*recording.kept, *recording.series]))


def checked(
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


def setting_for(game: Game, recording: Recording, given: Mapping[Symbol, NDArray[np.float64]]) -> Setting:
    """The setting of a game that records this; given: the fixed vectors, and z_t."""
    used = (*game.recurrence.expressions(), *recording.kept, *recording.series)
    request = Request(
        game.recurrence, game.loss if isinstance(game.loss, Loss) else None,
        projection=projection_of(game.domain), record=recording.kept, series=recording.series,
        given=tuple(s for s in given if s != z_t), moving=z_t in given,
        constants=tuple(recording.in_the_run), data=game.formula,
        oracle=oracle_of(game)[0],
        dimension=_full_dimension(game) if any(e.has(*FULL_MATRICES) for e in used) else 0,
    )  # fmt: skip
    program = compile_program(request)
    oracle = None if isinstance(game.loss, Loss) else game.loss
    # A game without groups or rows has a single number in their place, which no engine reads.
    group = game.group if program.uses_groups else np.zeros(1, dtype=np.int64)
    table = game.rows if program.uses_rows else np.zeros((1, 1))
    parameters = parameters_of(game, recording, program)
    return Setting(
        program, game.domain, parameters, oracle, group, table, game.row_labels, game.dimension,
        sparse_table(game) is not None,
    )  # fmt: skip


def parameters_of(game: Game, recording: Recording, program: Program) -> NDArray[np.float64]:
    """The columns of `program.parameters`, (R, p): the game's numbers, the declared parameters, the seed."""
    numbers = recording.in_the_run
    first = np.broadcast_to(np.array(list(numbers.values()), dtype=float), (game.replicates, len(numbers)))
    last = [game.seeds] if program.data is not None else []
    return np.concatenate([first, game.numbers, *last], axis=1)


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
        raise ValueError(f"`engine` = {shown(engine)} is unknown; {KNOWN_ENGINES}{meant(engine, ENGINES)}")
    reason = chosen.refuse(setting)
    if reason is not None:
        raise ValueError(f"the {chosen.name} engine cannot play this game: {reason}")
    return chosen


def projection_of(domain: Domain | None) -> Projection:
    """How a compiled round brings the next point back into the set."""
    if domain is None:
        return Projection.NONE
    return Projection.CLIP if domain.box_bounds() is not None else Projection.CALL
