"""Games in which every round has its own point to compare with, z_t."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array
from sympy import cos

from bounds.evaluate import check
from bounds.verdict import Verdict
from online_sim.domains import Box, L2Ball, Simplex
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.game import Game
from online_sim.prepared import prepare
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.formula import FormulaStream
from online_sim.streams.gaussian import GaussianStream
from online_sim.streams.shuffled import Shuffled
from online_sim.streams.sparse import SparseStream
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD_CONSTANT
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.quantities import Prev, path_length
from theory.symbols import coordinate, t, x, z, z_t
from theory.theorems.against import DYNAMIC_GAP, GAP
from theory.theorems.ogd_dynamic import DYNAMIC
from theory.theorems.orabona import THEOREM2_13_CONSTANT

ROUNDS, WIDTH = 60, 3
RNG = np.random.default_rng(7)
ROWS = RNG.normal(size=(ROUNDS, WIDTH))
POINTS = RNG.uniform(-0.5, 0.5, size=(ROUNDS, WIDTH))
RECORD = (DYNAMIC_GAP, path_length(z_t), Prev(z_t), x)
CLOSE = {"rtol": 1e-12, "atol": 1e-12}  # sums of 60 numbers of size 1
STREAMS = {
    "rows in order": ArrayStream(ROWS),
    "rows drawn from a table": Shuffled(ArrayStream(ROWS[:7]), seed=2),
    "rows drawn on the fly": GaussianStream(WIDTH, seed=3),
    "rows by a formula": FormulaStream(cos(t * (coordinate + 1)), dimension=WIDTH),
    "sparse rows": SparseStream(csr_array(np.where(ROWS > 0.5, ROWS, 0.0))),
}
SETS = {"box": Box(-0.5, 0.5, dimension=WIDTH), "ball": L2Ball(WIDTH), "none": None}

BOUNDED = replace(
    THEOREM2_13_CONSTANT, readings=tuple(replace(r, rhs=1000 + r.rhs) for r in THEOREM2_13_CONSTANT.readings)
)


def game_of(stream, domain, loss=QUADRATIC, **changes):
    """AdaL, by default in a game of one replicate."""
    given = {"horizon": ROUNDS, "parameters": {"alpha": 0.1}, **changes}
    return Game(ADAL, loss, stream, domain, **given)


def lost(loss, rows, points):
    """f_t at a point of each round, by hand."""
    return (rows * points).sum(axis=1) if loss is LINEAR else ((points - rows) ** 2).sum(axis=1) / 2


@pytest.mark.parametrize("loss", [LINEAR, QUADRATIC], ids=lambda loss: loss.name)
@pytest.mark.parametrize("engine", ["auto", "numpy", "numba", "precise"])
@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_every_engine_has_the_dynamic_regret_by_hand(stream, engine, loss) -> None:
    """Of whatever data: the loss at x_t minus that at z_t, and the way of z_t."""
    trace = play(
        game_of(stream, SETS["box"], loss),
        record=RECORD, checkpoints="all", engine=engine, vectors={z_t: POINTS},
    )  # fmt: skip
    rows = stream.block(0, ROUNDS).played
    points = trace.vectors["x"][0]
    expected = np.cumsum(lost(loss, rows, points) - lost(loss, rows, POINTS))
    np.testing.assert_allclose(trace.scalars[str(DYNAMIC_GAP)][0], expected, **CLOSE)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(POINTS, axis=0), axis=1))])
    np.testing.assert_allclose(trace.scalars[str(path_length(z_t))][0], way, **CLOSE)
    before = np.concatenate([np.zeros((1, WIDTH)), POINTS[:-1]])
    np.testing.assert_array_equal(trace.vectors[str(Prev(z_t))][0], before)


@pytest.mark.parametrize("domain", SETS.values(), ids=SETS)
@pytest.mark.parametrize("loss", [LINEAR, QUADRATIC], ids=lambda loss: loss.name)
def test_a_point_that_stays_is_a_fixed_one(domain, loss) -> None:
    """With the same point in every round the dynamic regret is the regret against it."""
    point = np.array([0.3, -0.2, 0.1])
    game = game_of([ArrayStream(ROWS), ArrayStream(ROWS[::-1])], domain, loss)
    moving = play(game, record=(DYNAMIC_GAP, path_length(z_t)), vectors={z_t: np.tile(point, (ROUNDS, 1))})
    fixed = play(game, record=(GAP,), vectors={z: point})
    np.testing.assert_allclose(moving[DYNAMIC_GAP], fixed[GAP], **CLOSE)
    assert not moving[path_length(z_t)].any()


def test_replicates_share_the_points_and_keep_their_rows() -> None:
    """Many replicates, with the same rows or with their own, in one thread or two."""
    streams = [GaussianStream(WIDTH, seed=k) for k in range(20)]
    record = (DYNAMIC_GAP, x)
    shared = play(
        game_of(streams[3], SETS["box"], replicates=20), record=record, vectors={z_t: POINTS}, engine="numba"
    )
    own = play(game_of(streams, SETS["box"]), record=record, vectors={z_t: POINTS}, engine="numba", threads=2)
    alone = play(game_of(streams[3], SETS["box"]), record=record, vectors={z_t: POINTS}, engine="numba")
    for many, which in ((shared, 0), (own, 3)):
        found = many.scalars[str(DYNAMIC_GAP)][which]
        np.testing.assert_allclose(found, alone.scalars[str(DYNAMIC_GAP)][0], **CLOSE)


def test_blocks_and_plays_of_a_prepared_game_change_nothing() -> None:
    """The points of a block are those of its rounds, and a replay of fewer rounds has the first points."""

    class Short(NumbaEngine):
        block_rounds = 7

    record = (DYNAMIC_GAP, path_length(z_t), x)
    given = {"record": record, "checkpoints": "all", "vectors": {z_t: POINTS}}
    game = game_of(ArrayStream(ROWS), SETS["box"])
    whole = play(game, **given, engine=NumbaEngine(reproducible=True, interpreted=True))
    parts = play(game, **given, engine=Short(reproducible=True, interpreted=True))
    prepared = prepare(game, **given)
    first = whole.again(np.array([10, 20]), engine="precise", horizon=20)
    for q in record:
        np.testing.assert_array_equal(whole[q], parts[q])
        np.testing.assert_array_equal(whole[q], prepared.play()[q])
        np.testing.assert_allclose(first[q], whole[q][[9, 19]], **CLOSE)


BAD = [
    ({z_t: POINTS[:-1]}, r"shape \(59, 3\); expected finite numbers of shape \(60, 3\)"),
    ({z_t: POINTS[:, :2]}, r"shape \(60, 2\)"),
    ({z_t: POINTS[0]}, r"shape \(3,\)"),
    ({z_t: "here"}, "expected finite numbers"),
    ({}, r"`z_t` in .* has no value in this game; the points to compare with are given in `vectors`"),
]


@pytest.mark.parametrize(("vectors", "says"), BAD)
def test_points_that_do_not_fit_are_refused(vectors, says) -> None:
    """The sentence names the shape that they should have."""
    with pytest.raises((ValueError, TypeError), match=says):
        play(game_of(ArrayStream(ROWS), SETS["box"]), record=(DYNAMIC_GAP,), vectors=vectors)


@pytest.mark.parametrize(
    ("domain", "point"),
    [
        (Box(0.0, 1.0, dimension=WIDTH), [0.5, -1e-6, 0.5]),
        (L2Ball(WIDTH), [1.0, 0.01, 0.0]),
        (Simplex(WIDTH), [0.5, 0.5, 0.5]),
    ],
    ids=["box", "ball", "simplex"],
)
def test_a_point_outside_the_set_breaks_an_assumption(domain, point) -> None:
    """A regret against a point outside X may exceed every bound, and no theorem speaks of it."""
    game = Game(SGD_CONSTANT, LINEAR, ArrayStream(ROWS), domain, horizon=ROUNDS, parameters={"alpha": 0.1})
    inside = domain.project(np.array(point))
    for place, says in ((None, ""), (0, "in round 1"), (41, "in round 42")):
        points = np.tile(inside, (ROUNDS, 1))
        points[[] if place is None else place] = point
        trace = play(game, record=DYNAMIC.quantities, vectors={z_t: points})
        found = check(DYNAMIC, "stated", trace)
        assert found.verdict is (Verdict.HOLDS if place is None else Verdict.ASSUMPTION_BROKEN)
        assert says in found.reason
    # x_t - z is short enough for the relation that the statement itself has.
    for z_now, verdict in ((inside, Verdict.HOLDS), (point, Verdict.ASSUMPTION_BROKEN)):
        trace = play(game, record=THEOREM2_13_CONSTANT.quantities, vectors={z: z_now}, checkpoints=[ROUNDS])
        found = check(BOUNDED, "stated", trace)
        assert found.verdict is verdict
        assert verdict is Verdict.HOLDS or "is not a point of" in found.reason


def test_torch_refuses_them() -> None:
    """With a sentence that names the engines that do not."""
    with pytest.raises(ValueError, match="z_t; use engine='numpy' or 'numba'"):
        play(
            game_of(ArrayStream(ROWS), SETS["box"]),
            record=(DYNAMIC_GAP,), vectors={z_t: POINTS}, engine="torch",
        )  # fmt: skip
