"""What audits rest on: fixed vectors, projections and losses at other points are the same on every engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from audited_games import SMALL, gradients, parameters
from online_sim.domains import Box, BoxHyperplane, L2Ball
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import ArrayStream
from theory.algorithms.adal import ADAL_R2
from theory.losses.linear import LINEAR
from theory.losses.nonconvex_logistic import nonconvex_logistic
from theory.losses.rastrigin import RASTRIGIN
from theory.losses.rosenbrock import ROSENBROCK
from theory.quantities import CumSum, Dot, LossAt, MaxCoords, Norm1, SumCoords
from theory.symbols import f, g, ghat, m, x, x_next, z

DEEP = [
    SumCoords(z * x), SumCoords(z * SumCoords(z * Norm1(g))), CumSum(Norm1(g) * (f - LossAt(z))),
    Dot(ghat, x_next - z), MaxCoords(z * MaxCoords(z * x_next)), CumSum(Dot(m, x - z)),
]  # fmt: skip


@pytest.mark.parametrize("domain", [Box(-1.0, 1.0, dimension=3), L2Ball(3)], ids=["box", "ball"])
def test_a_fixed_vector_keeps_its_value_in_every_stage(domain):
    """Engines agree on quantities that read z again after a reduction, and z stays what it was given."""
    rng = np.random.default_rng(0)
    points = np.stack([domain.maximiser(c) for c in rng.normal(size=(4, 3))])
    traces = [
        play(
            Game(
                ADAL_R2,
                LINEAR,
                [ArrayStream(r) for r in np.random.default_rng(1).normal(size=(4, 20, 3))],
                domain,
                horizon=20,
                parameters={"alpha": 0.3},
            ),
            record=[*DEEP, z, x],
            checkpoints="all",
            vectors={z: points},
            engine=engine,
        )
        for engine in ("numba", "numpy")
    ]
    for q in (*DEEP, z, x):
        # Sums of a few dozen terms of size one: 1e-13 is a few hundred eps.
        np.testing.assert_allclose(traces[0][q], traces[1][q], rtol=1e-13, atol=1e-13, err_msg=str(q))
    assert np.all(traces[0][z] == points[:, None, :])
    again = np.sum(points[:, None, :] * traces[0][x], axis=2)
    np.testing.assert_allclose(traces[0][DEEP[0]], again, rtol=1e-13, atol=1e-13)


def test_the_compiled_projection_onto_a_box_and_hyperplane_is_the_plain_one():
    """Inlined in the compiled loop, with fused products, the projection stays where it is outside of it."""
    rng = np.random.default_rng(12)
    domain = BoxHyperplane([-1.0] * 3, [1.0] * 3, [1.0, 2.0, -1.0], 0.5)
    rows, values = gradients(rng, 60, 30, 3), parameters(rng, 60)
    traces = [
        play(
            Game(ADAL_R2, LINEAR, [ArrayStream(r) for r in rows], domain, horizon=30, parameters=values),
            record=[x],
            checkpoints="all",
            engine=engine,
        )[x]
        for engine in ("numba", "numpy")
    ]
    np.testing.assert_allclose(traces[0] @ domain.normal, 0.5, atol=1e-12)
    # Open loop: rounding adds up over 30 rounds; fused products cost 5e-15, the wrong branch cost 2.
    np.testing.assert_allclose(traces[0], traces[1], atol=1e-12)


def test_the_loss_is_known_at_points_that_are_not_played():
    """LossAt of any vector: the next point, and a virtual one; engines agree, sums, components and tables."""
    virtual = LossAt(x - 2 * m)
    for loss, d, extra in (
        (RASTRIGIN, 2, {}),
        (ROSENBROCK, 2, {}),
        (nonconvex_logistic(), 3, {"table": SMALL.table}),
    ):
        game = Game(
            ADAL_R2, loss, horizon=6, parameters={"alpha": 0.1}, start=np.linspace(0.1, 0.7, d), **extra
        )
        record = [LossAt(x_next), virtual, f, x, m]
        traces = [play(game, record=record, checkpoints="all", engine=e) for e in ("numba", "numpy")]
        np.testing.assert_allclose(traces[0][LossAt(x_next)][:-1], traces[0][f][1:], rtol=1e-13)
        np.testing.assert_allclose(traces[0][virtual], traces[1][virtual], rtol=1e-12)
        for k in range(6):
            point = traces[0][x][k] - 2 * traces[0][m][k]
            there = play(replace(game, horizon=1, start=point), record=[f], engine="numpy")
            # Rastrigin is a difference of tens: 1e-13 of those.
            np.testing.assert_allclose(traces[0][virtual][k], there[f][0], rtol=1e-11, atol=1e-12)
