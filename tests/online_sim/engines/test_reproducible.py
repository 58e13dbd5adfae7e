"""The reproducible kernel: the same bits with any number of replicates, in any blocks, compiled or not."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import sqrt

from online_sim.domains.box import Box
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.trace import Trace
from theory.algorithms.adal import ADAL
from theory.loss import Loss
from theory.losses.logistic import LOGISTIC
from theory.losses.quadratic import QUADRATIC
from theory.quantities import CumMax, CumSum, Norm1, SumCoords
from theory.symbols import f, g, vhat, x

HORIZON, D = 60, 13
RECORD = [x, CumSum(f), CumMax(Norm1(g)), SumCoords(sqrt(vhat)), SumCoords(sqrt(CumSum(g**2)))]


def run(
    engine: NumbaEngine, *, replicates: int = 1, loss: Loss = QUADRATIC, checkpoints: object = "all"
) -> Trace:
    """Thirteen coordinates: a sum of them depends on its order."""
    rng = np.random.default_rng(3)
    stream = ArrayStream(rng.normal(size=(HORIZON, D)), np.where(rng.normal(size=HORIZON) > 0, 1.0, -1.0))
    return play(
        Game(
            ADAL,
            loss,
            stream,
            Box(-1, 0.7, dimension=D),
            horizon=HORIZON,
            parameters={"alpha": 0.3},
            replicates=replicates,
        ),
        record=RECORD,
        checkpoints=checkpoints,
        engine=engine,
    )


def same_bits(first: Trace, second: Trace) -> bool:
    """Whether what replicate 0 of the first recorded, and its last state, is that of all of the second."""
    pairs = [(first.scalars[k], second.scalars[k]) for k in first.scalars]
    pairs += [(first.vectors[k], second.vectors[k]) for k in first.vectors]
    pairs += [(first.state.vectors, second.state.vectors), (first.state.scalars, second.state.scalars)]
    return all(np.array_equal(np.broadcast_to(u[:1], w.shape), w) for u, w in pairs)


@pytest.mark.parametrize("loss", [QUADRATIC, LOGISTIC], ids=lambda loss: loss.name)
def test_any_number_of_replicates_gives_the_same_bits(loss: Loss) -> None:
    """One replicate, 256 side by side, 20 one by one and the interpreted source agree in every bit."""
    one = run(NumbaEngine(reproducible=True), loss=loss)
    assert same_bits(one, run(NumbaEngine(reproducible=True, lanes=True), replicates=256, loss=loss))
    assert same_bits(one, run(NumbaEngine(reproducible=True, lanes=False), replicates=20, loss=loss))
    assert same_bits(one, run(NumbaEngine(reproducible=True, interpreted=True), loss=loss))


def test_blocks_and_checkpoints_change_no_bit() -> None:
    """Cut into blocks of seven rounds, or recorded at the end only, the game is the same."""
    one = run(NumbaEngine(reproducible=True))
    cut = NumbaEngine(reproducible=True)
    cut.block_rounds = 7
    assert same_bits(one, run(cut))
    end = run(NumbaEngine(reproducible=True), checkpoints=[HORIZON])
    assert np.array_equal(end.state.vectors, one.state.vectors)
    assert np.array_equal(end.vectors[str(x)][:, -1], one.vectors[str(x)][:, -1])


def test_the_fast_kernel_has_other_bits() -> None:
    """The comparison can fail: sums in another order and fused products differ in the last bits."""
    one, fast = run(NumbaEngine(reproducible=True)), run(NumbaEngine())
    assert not same_bits(one, fast)
    assert np.allclose(one.vectors[str(x)], fast.vectors[str(x)], rtol=0, atol=1e-12)  # rounding, 60 rounds


def test_faded_states_are_zero_not_denormal() -> None:
    """A state that decays below the smallest normal number is set to 0."""
    # The gradient x - a is 1 once, then 0 for ever: x stays at 0.
    rows = np.zeros((1200, 2))
    rows[0] = 1.0
    trace = play(
        Game(
            ADAL,
            QUADRATIC,
            ArrayStream(rows),
            Box(-1, 1, dimension=2),
            horizon=1200,
            parameters={"alpha": 1e-300, "beta1": 0.5, "beta2": 0.5, "eps": 0.0},
            start=[0.0, 0.0],
        ),
        engine=NumbaEngine(),
    )
    kept = trace.state.vectors[0]
    assert np.all((kept == 0) | (np.abs(kept) >= np.finfo(np.float64).tiny))
    assert np.all(kept[1:3] == 0)
