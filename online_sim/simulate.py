"""Play a game and return its trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from online_sim.engines.base import Engine
from online_sim.game import Game
from online_sim.playing import Progress
from online_sim.prepared import check_how, prepare
from online_sim.trace import Trace

if TYPE_CHECKING:
    from sympy import Expr, Symbol


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
        vectors: Fixed vectors that quantities use, such as a comparator z: symbol -> (d,) or (R, d); and the
            comparators of a dynamic regret, z_t -> (T, d). A statement holds for points of the set. The
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
    check_how(progress, resume, autosave)
    prepared = prepare(
        game, record=record, series=series, checkpoints=checkpoints, engine=engine, vectors=vectors,
        threads=threads,
    )  # fmt: skip
    return prepared.play(progress=progress, resume=resume, autosave=autosave)
