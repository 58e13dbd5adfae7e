"""Which engine plays a game again in more precision, and what that is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.engines import precise
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.precise import precise_engine
from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.settings import setting_of
from online_sim.simulate import play
from online_sim.streams.formula import FormulaStream
from online_sim.streams.periodic import Periodic
from theory.algorithms.adal import ADAL
from theory.loss import Shape
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.losses.rastrigin import RASTRIGIN
from theory.quantities import CumSum, Regret, uniform
from theory.symbols import f, x

EPS = float(np.finfo(np.float64).eps)
LONGER = np.finfo(np.longdouble).eps < EPS
PATTERN = np.array([[0.3, -1.1], [0.7, 0.2], [-0.9, 0.4]])


def game(loss: Any = LINEAR, domain: Any = None, stream: Any = None, horizon: int = 50) -> Game:
    """AdaL in two coordinates."""
    stream = stream or (None if loss is RASTRIGIN else Periodic(PATTERN))
    return Game(ADAL, loss, stream, domain, horizon=horizon, parameters={"alpha": 0.1}, start=[0.3, -0.2])


def test_a_box_is_played_in_doubled_precision() -> None:
    """The compiled loop takes what it can."""
    for domain in (None, Box(-1, 1, dimension=2)):
        engine = precise_engine(setting_of(game(QUADRATIC, domain), record=[x]))
        assert isinstance(engine, NumbaEngine)
        assert engine.double_double


@pytest.mark.skipif(not LONGER, reason="longdouble is float64 on this platform")
def test_other_sets_and_cosines_are_played_in_longdouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the compiled loop refuses goes to numpy; where longdouble is no longer than float64, to nobody."""
    games = [game(LINEAR, L2Ball(2, 1.0)), game(RASTRIGIN)]
    for g in games:
        engine = precise_engine(setting_of(g))
        assert isinstance(engine, NumpyEngine)
        assert engine.dtype == np.longdouble
        trace = play(g, record=[x], engine=engine)
        assert np.allclose(trace.vectors[str(x)].astype(float), play(g, record=[x]).vectors[str(x)])
    monkeypatch.setattr(precise.np, "longdouble", np.float64)
    assert [precise_engine(setting_of(g)) for g in games] == [None, None]


def test_a_python_loss_is_played_by_none() -> None:
    """Its values are float64 whoever plays."""
    loss = PythonLoss("flat", lambda *given: (0.0, np.ones(2)), Shape.CONVEX)
    assert precise_engine(setting_of(game(loss, Box(-1, 1, dimension=2)))) is None


@pytest.mark.skipif(not LONGER, reason="longdouble is float64 on this platform")
def test_both_engines_play_the_same_game() -> None:
    """Longdouble with parameters as decimals is off by its own rounding; with floats by that of 0.1."""
    g = game(QUADRATIC, Box(-1, 1, dimension=2))
    engines = (
        NumbaEngine(double_double=True),
        NumpyEngine(np.longdouble, decimals=True),
        NumpyEngine(np.longdouble),
    )
    doubled, longer, floats = (play(g, record=[x], engine=e).state.vectors for e in engines)
    exact = doubled.real.astype(np.longdouble) + doubled.imag.astype(np.longdouble)
    assert np.abs(longer - exact).max() < 50 * 100 * np.finfo(np.longdouble).eps  # rounds and operations
    assert np.abs(floats - exact).max() > 1e-17


@pytest.mark.parametrize(
    "stream",
    [Periodic(PATTERN), FormulaStream(2 * uniform() - 1, dimension=2, seed=3)],
    ids=["rows", "formula"],
)
@pytest.mark.parametrize("loss", [LINEAR, QUADRATIC], ids=lambda loss: loss.name)
def test_the_regret_is_enclosed_more_tightly(loss: Any, stream: Any) -> None:
    """What is left is the rounding of kept sums, and of the best fixed point where rows are replayed."""
    g = game(loss, Box(-1, 1, dimension=2), stream, horizon=5000)
    R = Regret(1)
    wide, narrow = (
        play(g, record=[R, CumSum(f)], engine=engine, checkpoints=[5000])
        for engine in (NumbaEngine(), NumbaEngine(double_double=True, interpreted=True))
    )
    (low, high), (lower, upper) = wide.interval(R), narrow.interval(R)
    assert low <= lower <= upper <= high
    scale = max(abs(narrow[CumSum(f)][-1]), 1.0) + abs(narrow[CumSum(f)][-1] - lower[-1])
    # Of replayed rows the minimum is enclosed by float64 sums of its own: 1e-13 of their size, found here.
    assert upper[-1] - lower[-1] < (1e-12 if stream.formula is None else 100 * EPS) * scale
    assert high[-1] - low[-1] > 10 * (upper[-1] - lower[-1])


def test_at_the_end_of_the_range_a_regret_is_as_wide_as_in_floats() -> None:
    """Where low parts have left the range of floats, no accuracy is claimed that is not there."""
    stream = FormulaStream((2 * uniform() - 1) / 2**960, dimension=2, seed=3)
    g = game(LINEAR, Box(-1, 1, dimension=2), stream, horizon=200)
    trace = play(g, record=[Regret(1)], engine=NumbaEngine(double_double=True, interpreted=True))
    lower, upper = trace.interval(Regret(1))
    size = 200 * 2.0**-960 / 10  # 200 losses, each a tenth of a typical one
    assert upper[-1] - lower[-1] > 200 * EPS * size
