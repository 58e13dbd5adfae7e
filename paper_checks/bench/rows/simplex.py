"""A full round of AdaL on the probability simplex, projected in the metric sqrt(vhat)."""

from collections.abc import Sequence
from functools import partial

from paper_checks.bench.game import centres, played
from paper_checks.bench.peers.arrays import Project
from paper_checks.bench.peers.jax_scan import jax_scan
from paper_checks.bench.peers.simplex import by_jax_sorting, by_newton
from paper_checks.bench.row import BenchRow, Call, Case, Contender, Goal, Peer, Settings

ROUNDS = {10: 60_000, 100: 10_000, 1000: 1500}
JAX_ROUNDS = {10: 5000, 100: 2000, 1000: 300}


def _ours(dimension: int, rounds: int) -> Call:
    from online_sim import Simplex

    return played(rounds, Simplex(dimension), rows=centres(dimension))


def _jax(name: str, project: Project, dimension: int) -> Contender:
    play = partial(jax_scan, dimension, start=1 / dimension, project=project)
    return Contender(name, play, JAX_ROUNDS[dimension], ("jax",))


def cases(_: Settings) -> Sequence[Case]:
    """One case for each number of coordinates."""
    return [
        Case(
            f"simplex.{d}",
            f"full round of AdaL on the simplex, d = {d}",
            "round",
            Contender("numba engine", partial(_ours, d), rounds),
            (
                Peer(_jax("JAX scan, Newton in a while loop", by_newton, d), Goal(faster=5.0)),
                Peer(_jax("JAX scan, argsort", by_jax_sorting, d)),
            ),
        )
        for d, rounds in ROUNDS.items()
    ]


ROW = BenchRow("simplex", "a full round on the simplex in the metric of the algorithm", cases)
