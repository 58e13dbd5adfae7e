"""A full round of AdaL on a box, with everything that Theorem 1 needs recorded in every round."""

from collections.abc import Sequence
from functools import partial

from paper_checks.bench.game import centres, played
from paper_checks.bench.peers.c_loop import c_loop
from paper_checks.bench.peers.floors import square_roots
from paper_checks.bench.peers.jax_scan import jax_scan
from paper_checks.bench.peers.numpy_loop import cvxpy_loop, numpy_loop
from paper_checks.bench.row import BenchRow, Call, Case, Contender, Goal, Peer, Settings

ROUNDS = {1: 300_000, 10: 200_000, 100: 50_000, 1000: 6_000, 10_000: 600}
"""The number of rounds in a timed call, by d: about 15 ms for our code."""
JAX_ROUNDS = {1: 300_000, 10: 20_000, 100: 10_000, 1000: 3_000, 10_000: 400}
NUMPY_ROUNDS = {1: 1000, 10: 1000, 100: 1000, 1000: 500, 10_000: 200}
CVXPY_ROUNDS = {1: 20, 10: 20, 100: 20, 1000: 20}
FASTER_THAN_JAX = {1: 1.8, 10: 15.0, 100: 7.0, 1000: 3.0, 10_000: 2.0}
CVXPY_ACCURACY = 1e-3
"""The tolerance for a solver, whose errors accumulate over a game of 64 rounds."""


def _ours(dimension: int, rounds: int) -> Call:
    from online_sim import Box

    return played(rounds, Box(-1, 1, dimension=dimension), rows=centres(dimension))


def cases(_: Settings) -> Sequence[Case]:
    """One case for each number of coordinates."""
    return [_case(d, rounds) for d, rounds in ROUNDS.items()]


def _case(d: int, rounds: int) -> Case:
    peers = [
        Peer(
            Contender("JAX lax.scan", partial(jax_scan, d), JAX_ROUNDS[d], ("jax",)),
            Goal(faster=FASTER_THAN_JAX[d]),
        ),
        Peer(Contender("C by hand", partial(c_loop, d), rounds), Goal(within=1.10)),
        Peer(Contender("numpy loop", partial(numpy_loop, d), NUMPY_ROUNDS[d])),
    ]
    if d in CVXPY_ROUNDS:
        solver = Contender("cvxpy in the loop", partial(cvxpy_loop, d), CVXPY_ROUNDS[d])
        peers.append(Peer(solver, Goal(faster=1000.0), tolerance=CVXPY_ACCURACY))
    if d in {100, 1000}:
        floor = Contender("floor: 2 roots, 1 division", partial(square_roots, d), rounds)
        said = "reciprocal roots need less: a goal beyond it can be met"
        peers.append(Peer(floor, Goal(within=0.95), tolerance=None, note=said))
    return Case(
        f"round.{d}", f"full round of AdaL on a box, d = {d}", "round",
        Contender("numba engine", partial(_ours, d), rounds), tuple(peers),
    )  # fmt: skip


ROW = BenchRow(
    "round", "a full round of AdaL on a box, loss, norm and both sums recorded in every round", cases
)
