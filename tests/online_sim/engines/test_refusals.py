"""What each engine refuses, and why."""

from __future__ import annotations

import numpy as np
import pytest

from online_sim.domains.box import Box
from online_sim.domains.cvxpy_set import CvxpySet
from online_sim.domains.l2_ball import L2Ball
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL
from theory.losses.linear import LINEAR
from theory.symbols import x

STREAM = ArrayStream(np.ones((4, 2)))


def run(domain=None, *, engine="auto"):
    """AdaL for four rounds."""
    game = Game(ADAL, LINEAR, STREAM, domain, horizon=4, parameters={"alpha": 0.1})
    return play(game, record=[x], engine=engine)


def test_a_set_without_a_kernel_is_played_by_numpy() -> None:
    """auto falls back, numba and longer floats refuse with the remedy."""
    import cvxpy

    ball = CvxpySet(2, lambda v: [cvxpy.norm(v, 2) <= 0.05], name="ball")
    trace = run(ball)
    assert trace.run.engine == "numpy"
    reference = run(L2Ball(2, 0.05), engine="numpy")
    # the accuracy of an interior-point solver
    assert np.allclose(trace[x], reference[x], rtol=0, atol=1e-6)
    with pytest.raises(ValueError, match="has no compiled projection; use engine='numpy'"):
        run(ball, engine="numba")
    with pytest.raises(ValueError, match=r"has no projection in .*float.*; use float64"):
        run(ball, engine=NumpyEngine(np.longdouble))


def test_a_box_needs_no_kernel_in_any_precision() -> None:
    """A clip is written for every float."""
    trace = run(Box(-0.05, 0.05, dimension=2), engine=NumpyEngine(np.longdouble))
    assert trace[x].dtype == np.longdouble
    assert trace.run.dtype == str(np.dtype(np.longdouble))


def test_longdouble_is_longer() -> None:
    """The state stays long from block to block: a run in blocks is a run in one, and differs from float64."""
    engine, rows = NumpyEngine(np.longdouble), ArrayStream(np.random.default_rng(0).normal(size=(9, 2)))
    game = Game(ADAL, LINEAR, rows, horizon=9, parameters={"alpha": 0.1})
    options = {"record": [x], "checkpoints": "all"}
    whole = play(game, engine=engine, **options)
    engine.block_rounds = 2
    pieces = play(game, engine=engine, **options)
    assert np.array_equal(whole[x], pieces[x])
    assert whole.state.vectors.dtype == np.longdouble
    short = play(game, engine="numpy", **options)
    difference = np.abs(whole[x] - short[x]).max()
    # off by float64 rounding: more than nothing, less than a hundred units in the last place
    assert 0 < difference < 100 * np.finfo(np.float64).eps


def test_an_engine_object_is_taken_as_it_is() -> None:
    """Passing an engine chooses it; a game that it refuses is an error, not another engine."""
    loss = PythonLoss("mine", lambda t, p, v, label: (0.0, p))
    with pytest.raises(ValueError, match="the numba engine cannot play this game"):
        play(
            Game(ADAL, loss, horizon=4, parameters={"alpha": 0.1}, start=[1.0]),
            engine=NumbaEngine(interpreted=True),
        )
