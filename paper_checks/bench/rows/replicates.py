"""256 simultaneous games of AdaL on the same data with different step sizes; full rounds as in `round`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from paper_checks.bench.game import ALPHA, PARAMETERS, centres, played
from paper_checks.bench.peers.jax_scan import jax_scan
from paper_checks.bench.row import BenchRow, Call, Case, Contender, Goal, Peer, Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

REPLICATES = 256
ROUNDS = {1: 2000, 10: 1000, 100: 200}
FASTER_THAN_JAX = {1: 5.0, 10: 3.3, 100: 3.5}


def _alphas() -> NDArray[Any]:
    import numpy as np

    return np.geomspace(ALPHA / 10, ALPHA, REPLICATES)


def _ours(dimension: int, rounds: int) -> Call:
    from online_sim import Box

    return played(
        rounds, Box(-1, 1, dimension=dimension), rows=centres(dimension), replicates=REPLICATES,
        parameters={**PARAMETERS, "alpha": _alphas()},
    )  # fmt: skip


def _jax(dimension: int, rounds: int) -> Call:
    return jax_scan(dimension, rounds, alphas=_alphas())


def cases(_: Settings) -> Sequence[Case]:
    """One case for each number of coordinates."""
    return [
        Case(
            f"replicates.{d}",
            f"{REPLICATES} games of AdaL on a box, d = {d}",
            "replicate-round",
            Contender("numba engine", partial(_ours, d), rounds),
            (
                Peer(
                    Contender("JAX vmap of scan", partial(_jax, d), rounds, ("jax",)),
                    Goal(faster=FASTER_THAN_JAX[d]),
                ),
            ),
            scale=REPLICATES,
        )
        for d, rounds in ROUNDS.items()
    ]


ROW = BenchRow("replicates", "256 games at once", cases)
