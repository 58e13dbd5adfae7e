"""Coordinates in float32: rounding of their own size, and sums that lose nothing."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import sqrt

from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.trace import Trace
from theory.algorithms.adal import ADAL
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.quadratic import QUADRATIC
from theory.quantities import CumSum, Norm1, SumCoords
from theory.symbols import f, g, vhat, x

SINGLE = NumbaEngine(dtype=np.float32)
TOTAL = SumCoords(sqrt(vhat))


def run(engine: NumbaEngine, loss: object, rows: np.ndarray, **parameters: float) -> Trace:
    """AdaL on a box."""
    stream = ArrayStream(rows, np.ones(len(rows)), order="cycle")
    return play(
        Game(
            ADAL,
            loss,
            stream,
            Box(-1, 1, dimension=rows.shape[1]),
            horizon=40,
            parameters={"alpha": 0.1, **parameters},
        ),
        record=[x, f, CumSum(f), TOTAL],
        checkpoints="all",
        engine=engine,
    )


@pytest.mark.parametrize("loss", [LINEAR, QUADRATIC, LOGISTIC], ids=lambda loss: loss.name)
def test_the_game_is_the_same_up_to_single_rounding(loss: object) -> None:
    """Each number is off by rounding to 24 bits, and by more than nothing; interpreted too."""
    rows = np.random.default_rng(0).normal(size=(7, 33))
    exact = run(NumbaEngine(), loss, rows)
    for engine in (SINGLE, NumbaEngine(dtype=np.float32, interpreted=True)):
        trace = run(engine, loss, rows)
        assert trace.run.dtype == "float32"
        assert trace.state.vectors.dtype == np.float32
        for q in (x, f, CumSum(f), TOTAL):
            difference = np.abs(trace[q] - exact[q]).max() / max(1.0, np.abs(exact[q]).max())
            # 40 rounds of some ten roundings of 6e-8 each, amplified where vhat is small
            assert 0 < difference < 2e-5, q


def test_one_minus_beta_belongs_to_the_rounded_beta() -> None:
    """With constant gradients vhat is their square: an unrounded 1 - beta2 would be off by 1e-5."""
    rows = np.full((1, 1000), 0.5)
    trace = run(SINGLE, LINEAR, rows, beta2=0.999)
    ghat = 0.5 * 500
    # a few roundings of 6e-8 in each of 40 rounds, of which each keeps 1/40 of the weight
    assert trace[TOTAL][-1] == pytest.approx(1000 * ghat, rel=1e-6)
    wrong = 0.001 / (1 - float(np.float32(0.999)))
    assert abs(np.sqrt(wrong) - 1) > 5e-6


def test_sums_do_not_saturate() -> None:
    """The l1 norm of 2^24 + 8 ones is exact: added one by one in float32 it would stop at 2^24."""
    d = 2**24 + 8
    stream = ArrayStream(np.ones((1, d)), order="cycle")
    trace = play(
        Game(ADAL, LINEAR, stream, horizon=1, parameters={"alpha": 0.1}), record=[Norm1(g)], engine=SINGLE
    )
    assert trace[Norm1(g)][-1] == d


def test_what_takes_float64_refuses() -> None:
    """Compiled projections and lanes hold float64, and other floats are not compiled at all."""
    options = {"horizon": 2, "parameters": {"alpha": 0.1}}
    rows = ArrayStream(np.ones((2, 3)))
    with pytest.raises(ValueError, match="the compiled projections take float64"):
        play(Game(ADAL, LINEAR, rows, L2Ball(3, 1.0), **options), engine=SINGLE)
    with pytest.raises(ValueError, match="`lanes` hold float64"):
        play(Game(ADAL, LINEAR, rows, **options), engine=NumbaEngine(dtype=np.float32, lanes=True))
    with pytest.raises(ValueError, match="`dtype` = "):
        NumbaEngine(dtype=np.longdouble)
