"""256 simultaneous games of AdaL on the same data with different step sizes; full rounds as in `round`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from paper_checks.bench.game import ALPHA, PARAMETERS, centres, played
from paper_checks.bench.peers.jax_scan import jax_scan
from paper_checks.bench.row import BenchRow, Call, Case, Contender, Goal, Peer, Settings, Unavailable

if TYPE_CHECKING:
    from numpy.typing import NDArray

REPLICATES = 256
ROUNDS = {1: 2000, 10: 1000, 100: 200}
FASTER_THAN_JAX = {1: 6.0, 10: 4.0, 100: 2.3}
BARE = 2.6e-9
"""The goal at d = 1 where nothing is recorded, in seconds a replicate-round."""
LONGER = 16
"""How much longer a game is that is worth a second thread: to begin one takes about a millisecond."""
EXACT = 1e-300
"""The tolerance where the bits are to be the same."""
POWER_OF_TWO, NEIGHBOUR = 2048, 2000
"""Horizons whose series may share cache sets, and may not."""


def _alphas() -> NDArray[Any]:
    import numpy as np

    return np.geomspace(ALPHA / 10, ALPHA, REPLICATES)


def _ours(dimension: int, rounds: int, *, recording: bool = True, threads: int = 1) -> Call:
    from online_sim import Box

    if threads > len(os.sched_getaffinity(0)):
        raise Unavailable(f"fewer than {threads} processors; run it on a machine with {threads}")
    return played(
        rounds, Box(-1, 1, dimension=dimension), rows=centres(dimension), replicates=REPLICATES,
        parameters={**PARAMETERS, "alpha": _alphas()}, recording=recording, threads=threads,
    )  # fmt: skip


def _jax(dimension: int, rounds: int) -> Call:
    return jax_scan(dimension, rounds, alphas=_alphas())


def cases(_: Settings) -> Sequence[Case]:
    """One case for each number of coordinates; then a game without records, and two horizons."""
    return [
        *(_case(d, rounds) for d, rounds in ROUNDS.items()),
        Case(
            "replicates.bare.1", f"{REPLICATES} games of AdaL on a box, nothing recorded, d = 1",
            "replicate-round", Contender("numba engine", partial(_ours, 1, recording=False), ROUNDS[1]),
            scale=REPLICATES, goal=Goal(below=BARE),
        ),
        Case(
            "replicates.power.1", f"the same recorded, {POWER_OF_TWO:,} rounds, d = 1", "replicate-round",
            Contender("numba engine", partial(_ours, 1), POWER_OF_TWO),
            (
                Peer(
                    Contender(f"numba engine, {NEIGHBOUR:,} rounds", partial(_ours, 1), NEIGHBOUR),
                    Goal(within=1.1), note="ours too: a horizon should cost no more than its neighbour",
                ),
            ),
            scale=REPLICATES,
        ),
        *(_threads(d, LONGER * rounds) for d, rounds in ROUNDS.items()),
    ]  # fmt: skip


def _threads(d: int, rounds: int) -> Case:
    one = Contender("one thread", partial(_ours, d), rounds)
    return Case(
        f"replicates.threads.{d}", f"{REPLICATES} games of AdaL on a box over two threads, d = {d}",
        "replicate-round", Contender("two threads", partial(_ours, d, threads=2), rounds),
        (Peer(one, Goal(faster=1.7), tolerance=EXACT, note="ours too"),), scale=REPLICATES, wall=True,
    )  # fmt: skip


def _case(d: int, rounds: int) -> Case:
    jax = Contender("JAX vmap of scan", partial(_jax, d), rounds, ("jax",))
    return Case(
        f"replicates.{d}", f"{REPLICATES} games of AdaL on a box, d = {d}", "replicate-round",
        Contender("numba engine", partial(_ours, d), rounds), (Peer(jax, Goal(faster=FASTER_THAN_JAX[d])),),
        scale=REPLICATES,
    )  # fmt: skip


ROW = BenchRow("replicates", "256 games at once", cases)
