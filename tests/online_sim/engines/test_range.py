"""Every engine notices when numbers leave the range of floats, with the round and the line."""

from __future__ import annotations

import numpy as np
import pytest

from online_sim.domains.box import Box
from online_sim.engines import range_watch
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adagrad import ADAGRAD
from theory.algorithms.adal import ADAL
from theory.losses.linear import LINEAR
from theory.quantities import CumSum, Norm2Squared
from theory.symbols import g

ENGINES = {
    "numpy": "numpy",
    "numba": "numba",
    "reproducible": NumbaEngine(reproducible=True),
    "interpreted": NumbaEngine(interpreted=True),
    "auto": "auto",
}


def left(rows, engine, *, recurrence=ADAL, record=(), **parameters):
    """Where the range was left, as the trace tells it."""
    array = np.asarray(rows, dtype=float)
    trace = play(
        Game(
            recurrence,
            LINEAR,
            ArrayStream(array),
            Box(-1.0, 1.0, dimension=array.shape[1]),
            horizon=len(array),
            parameters={"alpha": 0.5, **parameters},
        ),
        record=record,
        engine=ENGINES.get(engine, engine),
    )
    return trace.run.range_left


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("size", "what"), [(1e160, "overflow"), (1e-170, "underflow"), (1e90, "overflow")])
def test_the_first_round_and_the_line_are_named(engine, size, what) -> None:
    """Ten ordinary rounds, then one whose squares leave the range: AdaL squares ||g||_1 g."""
    found = left([*[[1.0]] * 10, [size], *[[1.0]] * 5], engine)
    assert found.round == 11
    assert found.what.startswith(what)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_ordinary_game_leaves_nothing(engine) -> None:
    """Gradients from 1e-30 to 1e30, zeros, exact powers that fade away for ten thousand rounds."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(2000, 3)) * 10.0 ** rng.integers(-30, 30, size=(2000, 1))
    rows[500:] = 0.0
    assert left(rows, engine) is None
    assert left(np.r_[[[1.0]], np.zeros((12_000, 1))], engine) is None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_recorded_quantity_counts_too(engine) -> None:
    """The algorithm is fine, the sum of squares that is asked for is not."""
    record = (CumSum(Norm2Squared(g) ** 2),)
    assert left([[1.0]] * 3 + [[1e80]], engine, recurrence=ADAGRAD) is None
    assert left([[1.0]] * 3 + [[1e80]], engine, recurrence=ADAGRAD, record=record).round == 4


def test_many_replicates_side_by_side_leave_nothing_by_themselves() -> None:
    """Empty lanes compute too; they must not look like an underflow."""
    rng = np.random.default_rng(1)
    streams = [ArrayStream(rng.normal(size=(50, 2))) for _ in range(11)]
    trace = play(
        Game(ADAL, LINEAR, streams, Box(-1.0, 1.0, dimension=2), horizon=50, parameters={"alpha": 0.5}),
        engine=NumbaEngine(lanes=True),
    )
    assert trace.run.range_left is None


@pytest.mark.skipif(
    range_watch.library() is None, reason="the C library does not show its floating-point flags here"
)
def test_the_flags_of_the_processor_are_read() -> None:
    """Cleared, raised by an underflow and an overflow of the C library, cleared again."""
    import ctypes

    range_watch.clear()
    assert range_watch.raised() == ()
    library = ctypes.CDLL(None)
    library.ldexp.restype, library.ldexp.argtypes = ctypes.c_double, [ctypes.c_double, ctypes.c_int]
    assert library.ldexp(1.5, -1074) > 0
    assert "underflow" in range_watch.raised()
    assert library.ldexp(1.5, 5000) == np.inf
    assert "overflow" in range_watch.raised()
    range_watch.clear()
    assert range_watch.raised() == ()
