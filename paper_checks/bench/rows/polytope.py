"""Weighted projections onto a polytope, one problem after another, as in the rounds of a game."""

from collections.abc import Sequence
from functools import partial

from paper_checks.bench.peers.polytopes import clarabel_loop, osqp_loop, polytope, problems_of
from paper_checks.bench.row import Answer, BenchRow, Call, Case, Contender, Goal, Peer, Settings

SHAPES = ((5, 15), (10, 30), (30, 90))
"""The shapes (d, rows)."""
PROBLEMS = 200
SOLVER_ACCURACY = 1e-3
"""The allowed distance from the exact projection for an iterative solver at its default tolerance."""


def _ours(dimension: int, rows: int, count: int) -> Call:
    import numpy as np

    from online_sim import Polytope

    kernel = Polytope(*polytope(dimension, rows)).kernel()
    function, work, data = kernel.function, np.empty(kernel.work_size), kernel.data
    problems = problems_of(dimension, count)
    out = np.empty((count, dimension))

    def call() -> Answer:
        codes = [function(p, w, y, work, data) for (p, w), y in zip(problems, out, strict=True)]
        if any(codes):
            raise RuntimeError(f"the projection failed with codes {sorted(set(codes))}")
        return {"y": out}

    return call


def cases(_: Settings) -> Sequence[Case]:
    """One case for each shape."""
    return [_case(d, rows) for d, rows in SHAPES]


def _case(d: int, rows: int) -> Case:
    osqp = Contender("OSQP", partial(osqp_loop, d, rows), PROBLEMS, ("osqp",))
    clarabel = Contender("Clarabel", partial(clarabel_loop, d, rows), PROBLEMS)
    return Case(
        f"polytope.{d}", f"weighted projection, polytope, d = {d}, {rows + 2 * d} rows", "projection",
        Contender("our kernel", partial(_ours, d, rows), PROBLEMS),
        (Peer(osqp, Goal(faster=10.0), SOLVER_ACCURACY), Peer(clarabel, tolerance=SOLVER_ACCURACY)),
        check=16,
    )  # fmt: skip


ROW = BenchRow("polytope", "weighted projections onto polytopes", cases)
