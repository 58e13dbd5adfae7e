"""Weighted projections onto a polytope, one problem after the other, as the rounds of a game ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from paper_checks.bench.row import Answer, Call, Case, Contender, Goal, Peer, Row, Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPES = ((5, 15), (10, 30), (30, 90))
"""(d, rows)."""
PROBLEMS = 200
SOLVER_ACCURACY = 1e-3
"""How far an iterative solver at its own tolerance may be from the exact projection."""


def _polytope(dimension: int, rows: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """A random one around 0: the box [-1, 1]^d, cut by rows at distances near 1/2."""
    import numpy as np

    rng = np.random.default_rng(dimension)
    cuts = rng.normal(size=(rows, dimension))
    cuts /= np.linalg.norm(cuts, axis=1)[:, None]
    eye = np.eye(dimension)
    return np.vstack([cuts, eye, -eye]), np.concatenate(
        [rng.uniform(0.4, 0.6, size=rows), np.ones(2 * dimension)]
    )


def _problems(dimension: int, count: int) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    import numpy as np

    rng = np.random.default_rng(1)
    weights = 10 ** rng.uniform(-1, 1, size=(count, dimension))
    return list(zip(rng.normal(size=(count, dimension)), weights, strict=True))


def _ours(dimension: int, rows: int, count: int) -> Call:
    import numpy as np

    from online_sim.domains.polytope import Polytope

    kernel = Polytope(*_polytope(dimension, rows)).kernel()
    function, work, data = kernel.function, np.empty(kernel.work_size), kernel.data
    problems = _problems(dimension, count)
    out = np.empty((count, dimension))

    def call() -> Answer:
        codes = [function(p, w, y, work, data) for (p, w), y in zip(problems, out, strict=True)]
        if any(codes):
            raise RuntimeError(f"the projection failed with codes {sorted(set(codes))}")
        return {"y": out}

    return call


def _osqp(dimension: int, rows: int, count: int) -> Call:
    from paper_checks.bench.peers.polytopes import osqp_loop

    return osqp_loop(*_polytope(dimension, rows), _problems(dimension, count))


def _clarabel(dimension: int, rows: int, count: int) -> Call:
    from paper_checks.bench.peers.polytopes import clarabel_loop

    return clarabel_loop(*_polytope(dimension, rows), _problems(dimension, count))


def cases(_: Settings) -> Sequence[Case]:
    """One for each shape."""
    return [
        Case(
            f"polytope.{d}",
            f"weighted projection, polytope, d = {d}, {rows + 2 * d} rows",
            "projection",
            Contender("our kernel", partial(_ours, d, rows), PROBLEMS),
            (
                Peer(
                    Contender("OSQP", partial(_osqp, d, rows), PROBLEMS, ("osqp",)),
                    Goal(faster=10.0),
                    SOLVER_ACCURACY,
                ),
                Peer(Contender("Clarabel", partial(_clarabel, d, rows), PROBLEMS), tolerance=SOLVER_ACCURACY),
            ),
            check=16,
        )
        for d, rows in SHAPES
    ]


ROW = Row("polytope", "weighted projections onto polytopes", cases)
