"""Weighted projections onto a polytope, one problem after another, as in the rounds of a game."""

from collections.abc import Sequence
from functools import partial

from paper_checks.bench.peers.polytopes import (
    clarabel_loop,
    daqp_loop,
    osqp_loop,
    polytope,
    problems_of,
    problems_of_a_game,
)
from paper_checks.bench.row import Answer, BenchRow, Call, Case, Contender, Goal, Peer, Settings

SHAPES = ((5, 15), (10, 30), (30, 90))
"""The shapes (d, rows)."""
PROBLEMS = 200
SOLVER_ACCURACY = 1e-3
"""The allowed distance from the exact projection for an iterative solver at its default tolerance."""
DUAL_ACCURACY = 1e-9
"""The same for a dual active-set solver, which is exact but for rounding."""


def _ours(dimension: int, rows: int, count: int, *, moving: bool = False) -> Call:
    import numpy as np

    from online_sim import Polytope

    kernel = Polytope(*polytope(dimension, rows)).kernel()
    function, work, data = kernel.function, np.empty(kernel.work_size), kernel.data
    problems = (problems_of_a_game if moving else problems_of)(dimension, count)
    out = np.empty((count, dimension))
    last = np.empty(dimension)

    def call() -> Answer:
        # As the engines do: one scratch and one point for all rounds, from which a kernel may begin.
        for (p, w), y in zip(problems, out, strict=True):
            if not moving:
                last[:] = 0.0  # as a projection that is no part of a game
            if (code := function(p, w, last, work, data)) != 0:
                raise RuntimeError(f"the projection failed with code {code}")
            y[:] = last
        return {"y": out}

    return call


def cases(_: Settings) -> Sequence[Case]:
    """Unrelated problems and those of a game, for each shape."""
    return [case for d, rows in SHAPES for case in (_case(d, rows), _in_a_game(d, rows))]


def _case(d: int, rows: int) -> Case:
    daqp = Contender("DAQP", partial(daqp_loop, d, rows), PROBLEMS, ("daqp",))
    osqp = Contender("OSQP", partial(osqp_loop, d, rows), PROBLEMS, ("osqp",))
    clarabel = Contender("Clarabel", partial(clarabel_loop, d, rows), PROBLEMS)
    return Case(
        f"polytope.{d}", f"weighted projection, polytope, d = {d}, {rows + 2 * d} rows", "projection",
        Contender("our kernel", partial(_ours, d, rows), PROBLEMS),
        (
            Peer(daqp, Goal(within=1.2), DUAL_ACCURACY),
            Peer(osqp, Goal(faster=10.0), SOLVER_ACCURACY),
            Peer(clarabel, tolerance=SOLVER_ACCURACY),
        ),
        check=16,
    )  # fmt: skip


def _in_a_game(d: int, rows: int) -> Case:
    cold, warm = (
        Contender(name, partial(daqp_loop, d, rows, moving=True, warm=kept), PROBLEMS, ("daqp",))
        for name, kept in (("DAQP, from cold", False), ("DAQP, warm", True))
    )
    return Case(
        f"polytope.game.{d}", f"the same in a game: each problem near the last, d = {d}", "projection",
        Contender("our kernel", partial(_ours, d, rows, moving=True), PROBLEMS),
        (Peer(cold, Goal(faster=3.0), DUAL_ACCURACY), Peer(warm, tolerance=DUAL_ACCURACY)),
        check=16,
    )  # fmt: skip


ROW = BenchRow("polytope", "weighted projections onto polytopes", cases)
