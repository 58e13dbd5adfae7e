"""The one entry: what it plays, what it refuses, and what it says when numbers stop being finite."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sympy import Integer

from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.engines.base import Engine
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.base import Block
from online_sim.streams.gaussian import GaussianStream
from theory.algorithms.adal import ADAL
from theory.loss import Shape
from theory.losses.half_square import HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.portfolio import PORTFOLIO
from theory.losses.quadratic import QUADRATIC
from theory.losses.squared import SQUARED
from theory.parameters import ALPHA, alpha
from theory.quantities import Component, CumSum, Expectation, Norm1, Prev, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import T, Vector, a, b, f, g, m, x, x_next

INTERPRETED = NumbaEngine(interpreted=True)
ENGINES = [INTERPRETED, NumpyEngine()]
SGD = Recurrence("plain", Source("zinkevich2003", "section 2"), (ALPHA,), (), x - alpha * g, Integer(1))
RECORD = [x, Norm1(g), CumSum(f)]


@pytest.fixture(params=ENGINES, ids=["loops", "numpy"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The loops (uncompiled) and the reference."""
    return request.param


def test_gradient_descent_by_hand(engine: Engine) -> None:
    """x_{t+1} = clip(x_t - (x_t - a_t)/2) on dyadic numbers, exactly."""
    rows = np.array([[4.0, -8.0], [0.0, 2.0], [1.0, 1.0]])
    trace = play(
        Game(
            SGD,
            QUADRATIC,
            ArrayStream(rows),
            Box(-1, 2, dimension=2),
            horizon=3,
            parameters={"alpha": 0.5},
            start=[0.0, 1.0],
        ),
        record=[x, x_next, f, g],
        checkpoints="all",
        engine=engine,
    )
    assert np.array_equal(trace[x], [[0, 1], [2, -1], [1, 0.5]])
    assert np.array_equal(trace[x_next], [[2, -1], [1, 0.5], [1, 0.75]])
    assert np.array_equal(trace[g], [[-4, 9], [2, -3], [0, -0.5]])
    assert np.array_equal(trace[f], [48.5, 6.5, 0.125])


def test_the_compiled_default_plays_the_same() -> None:
    """engine="auto" compiles, and a loss in Python falls back to numpy."""
    stream = GaussianStream(2, seed=1)
    setting = {"horizon": 50, "parameters": {"alpha": 0.1}}
    options = {"record": RECORD}
    compiled = play(Game(SGD, QUADRATIC, stream, **setting), **options)
    python = PythonLoss("mine", lambda t, p, v, label: (0.5 * float((p - v) @ (p - v)), p - v), Shape.CONVEX)
    other = play(Game(SGD, python, stream, **setting), **options)
    assert (compiled.run.engine, other.run.engine) == ("numba", "numpy")
    # two orders of the same few operations a round
    assert np.allclose(compiled[CumSum(f)], other[CumSum(f)], rtol=1e-13, atol=0)
    with pytest.raises(ValueError, match="numba engine cannot play this game: a Python loss"):
        play(Game(SGD, python, stream, **setting), engine="numba", **options)


def test_replicates_are_single_runs(engine: Engine) -> None:
    """R replicates of parameters, starts and data are R single runs, bit for bit."""
    streams = [ArrayStream(np.random.default_rng(r).normal(size=(9 + r, 2)), order="cycle") for r in range(3)]
    alphas, starts = [0.1, 0.2, 0.4], np.arange(6.0).reshape(3, 2) / 10
    setting = {"horizon": 30}
    options = {"record": RECORD, "series": [Norm1(g)], "checkpoints": "all", "engine": engine}
    together = play(
        Game(
            ADAL,
            SQUARED,
            streams,
            L2Ball(2, 2.0),
            parameters={"alpha": alphas},
            start=starts,
            replicates=3,
            **setting,
        ),
        **options,
    )
    assert together[x].shape == (3, 30, 2)
    assert together.replicates == 3
    for r in range(3):
        alone = play(
            Game(
                ADAL,
                SQUARED,
                streams[r],
                L2Ball(2, 2.0),
                parameters={"alpha": alphas[r]},
                start=starts[r],
                **setting,
            ),
            **options,
        )
        for q in RECORD:
            assert np.array_equal(together[q][r], alone[q])
        assert np.array_equal(together.series[str(Norm1(g))][r], alone.series[str(Norm1(g))][0])
    assert not np.array_equal(together[x][0], together[x][1])


def test_compiled_replicates_are_single_runs() -> None:
    """Compiled as well."""
    stream = GaussianStream(3, seed=4)
    setting = {"horizon": 40}
    options = {"record": RECORD, "engine": "numba"}
    together = play(
        Game(ADAL, LINEAR, stream, parameters={"alpha": [0.1, 0.3]}, replicates=2, **setting), **options
    )
    for r, step in enumerate((0.1, 0.3)):
        alone = play(
            Game(ADAL, LINEAR, stream.reseed(4 + r), parameters={"alpha": step}, **setting), **options
        )
        assert np.array_equal(together[x][r], alone[x])
        assert np.array_equal(together[CumSum(f)][r], alone[CumSum(f)])


def test_a_seeded_stream_gives_each_replicate_its_own_data(engine: Engine) -> None:
    """Seeds s, s + 1, ...; a parameter list alone compares on common data."""
    stream = GaussianStream(2, seed=10)
    setting = {"horizon": 5}
    options = {"record": [g], "checkpoints": "all", "engine": engine}
    own = play(Game(SGD, LINEAR, stream, parameters={"alpha": 0.1}, replicates=2, **setting), **options)
    assert own.run.seeds == [10, 11]
    assert not np.array_equal(own[g][0], own[g][1])
    common = play(Game(SGD, LINEAR, stream, parameters={"alpha": [0.1, 0.2]}, **setting), **options)
    assert np.array_equal(common[g][0], common[g][1])
    rows = ArrayStream(np.eye(2), order="cycle")
    shared = play(Game(SGD, LINEAR, rows, parameters={"alpha": 0.1}, replicates=2, **setting), **options)
    assert np.array_equal(shared[g][0], shared[g][1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"horizon": 0}, "`horizon` = 0"),
        ({"horizon": 2.5}, "`horizon` = 2.5"),
        ({"horizon": 11}, "has 10 rounds, the `horizon` is 11"),
        ({"replicates": 0}, "`replicates` = 0"),
        ({"engine": "jax"}, "`engine` = 'jax' is unknown"),
        ({"parameters": {"alpha": 0.1, "beta3": 1}}, "unknown parameter `beta3` of AdaL"),
        ({"parameters": {}}, "`alpha` is missing"),
        ({"parameters": {"alpha": 0.0}}, "`alpha` = 0 is out of range"),
        ({"parameters": {"alpha": -1}}, "`alpha` = -1 is out of range"),
        ({"parameters": {"alpha": float("nan")}}, "`alpha` = nan is out of range"),
        ({"parameters": {"alpha": float("inf")}}, "`alpha` = inf is out of range"),
        ({"parameters": {"alpha": "big"}}, "`alpha` must be a number, got 'big'"),
        ({"parameters": {"alpha": 0.1, "beta1": 1}}, "`beta1` = 1 is out of range"),
        ({"parameters": {"alpha": 0.1, "beta2": 0}}, "`beta2` = 0 is out of range"),
        ({"parameters": {"alpha": 0.1, "beta2": 1}}, "`beta2` = 1 is out of range"),
        ({"parameters": {"alpha": 0.1, "eps": -1}}, "`eps` = -1 is out of range"),
        ({"parameters": {"alpha": [0.1, 0.2], "beta1": [0.1] * 3}}, "do not match"),
        ({"parameters": {"alpha": [0.1, 0.2]}, "replicates": 3}, "do not match 3 replicates"),
        ({"parameters": {"alpha": []}}, "`alpha`"),
        ({"start": [0.0, np.nan]}, "`start` = .* holds NaN"),
        ({"start": [2.0, 0.0]}, "`start` = .* lies outside"),
        ({"start": [0.0]}, "numbers of coordinates differ"),
        ({"start": np.zeros((2, 2, 2))}, r"`start` has shape \(2, 2, 2\)"),
        ({"start": np.zeros((3, 2)), "replicates": 2}, r"`start` has shape \(3, 2\)"),
        ({"domain": Box(-1, 1, dimension=3)}, "numbers of coordinates differ"),
        ({"stream": None}, "needs data every round"),
        ({"stream": []}, "`stream` is an empty list"),
        ({"stream": [GaussianStream(2), GaussianStream(2)], "replicates": 3}, "2 streams were given"),
        ({"groups": [0]}, "`groups` must hold 2"),
        ({"groups": [0, -1]}, "`groups` must hold 2"),
        ({"groups": [0.5, 1.0]}, "`groups` must hold 2"),
        ({"table": (np.ones((3, 2)), np.ones(2))}, "`table` has shapes"),
        ({"table": (np.full((3, 2), np.inf), np.ones(3))}, "`table` holds NaN or inf"),
        ({"checkpoints": "some"}, "`checkpoints` = 'some'"),
        ({"record": [Component(x, 2)]}, r"coordinates are 0\.\.1"),
        ({"record": [Component(x, -1)]}, r"coordinates are 0\.\.1"),
        ({"record": [Vector("v")]}, "`v` in v has no value in this game"),
        ({"record": [T * f]}, "`T` in .* has no value in this game"),
        ({"record": [Expectation(f)]}, "Expectation cannot be computed inside a round"),
        ({"record": [Prev(x)]}, r"Prev\(x\)"),
        ({"series": [x]}, "`series` holds x, a vector"),
    ],
)
def test_wrong_input_is_one_clear_error(change: dict, message: str) -> None:
    """Each wrong argument is a ValueError that names it, before anything is played."""
    game = Game(
        ADAL, LINEAR, ArrayStream(np.ones((10, 2))), Box(-1, 1, dimension=2), horizon=10,
        parameters={"alpha": 0.1},
    )  # fmt: skip
    play(game, engine="numpy")
    calls: list[int] = []
    how = {name: change[name] for name in ("engine", "record", "series", "checkpoints") if name in change}
    arguments = {name: value for name, value in change.items() if name not in how}
    with pytest.raises(ValueError, match=message):
        play(replace(game, **arguments), progress=lambda *_: calls.append(1), **{"engine": "numpy", **how})
    assert calls == []


def test_nothing_fixes_the_dimension() -> None:
    """A fixed function of any dimension without set, stream or start is refused."""
    with pytest.raises(ValueError, match="nothing fixes the number of coordinates"):
        play(Game(SGD, HALF_SQUARE, horizon=3, parameters={"alpha": 0.1}))
    assert (
        play(
            Game(SGD, HALF_SQUARE, horizon=3, parameters={"alpha": 0.1}, start=[1.0]), engine="numpy"
        ).horizon
        == 3
    )


def test_a_loss_over_a_table_needs_the_table() -> None:
    """MeanRows without `table` is refused."""
    from theory.losses.nonconvex_logistic import NONCONVEX_LOGISTIC

    with pytest.raises(ValueError, match="give `table`"):
        play(Game(SGD, NONCONVEX_LOGISTIC, horizon=3, parameters={"alpha": 0.1}, start=[1.0]))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_python_loss_names_the_round_of_a_bad_gradient(bad: float) -> None:
    """NaN or inf at a finite point is an error with the round, not a silent run."""

    def function(t: int, point: np.ndarray, vector: np.ndarray, label: float) -> tuple[float, np.ndarray]:
        return 0.0, np.full(2, bad if t == 7 else 1.0)

    with pytest.raises(ValueError, match=r"`mine` gives .* in round 7"):
        play(Game(SGD, PythonLoss("mine", function), horizon=9, parameters={"alpha": 0.1}, start=[0.0, 0.0]))


def test_a_python_loss_of_a_wrong_shape_is_refused() -> None:
    """The gradient must have the shape of the point."""
    wrong = PythonLoss("mine", lambda t, p, v, label: (0.0, np.zeros(3)))
    with pytest.raises(ValueError, match=r"shape \(3,\) in round 1"):
        play(Game(SGD, wrong, horizon=9, parameters={"alpha": 0.1}, start=[0.0, 0.0]))


@pytest.mark.parametrize("size", [3, 1000])
def test_divergence_is_an_outcome(engine: Engine, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step too long runs off to infinity and on; the trace says since which round."""
    monkeypatch.setattr(engine, "block_rounds", size, raising=False)
    trace = play(
        Game(SGD, HALF_SQUARE, horizon=700, parameters={"alpha": 11.0}, start=[1.0]),
        record=[x, x_next, f],
        checkpoints="all",
        engine=engine,
    )
    first = trace.run.not_finite_from
    # |x_t| = 10^(t-1) exceeds 1.8e308 in x_310; the loss x^2/2 does long before, which is no mistake
    assert first == 309
    assert np.isfinite(trace[x_next][first - 2, 0])
    assert not np.isfinite(trace[x_next][first - 1, 0])
    healthy = play(Game(SGD, HALF_SQUARE, horizon=5, parameters={"alpha": 0.1}, start=[1.0]), engine=engine)
    assert healthy.run.not_finite_from is None


BEYOND_FLOATS = Game(
    ADAL, LINEAR, ArrayStream(np.array([[1e200], [1.0], [1.0]])), Box(-1, 1, dimension=1), horizon=3,
    parameters={"alpha": 0.1, "eps": 0.0},
)  # fmt: skip
"""The square of the first gradient overflows."""


def test_divergence_shows_in_a_box_too(engine: Engine) -> None:
    """Inside a box a NaN stays NaN: the clip does not turn it into a point of the box."""
    trace = play(BEYOND_FLOATS, record=[x_next], checkpoints="all", engine=engine)
    assert trace.run.not_finite_from == 1
    assert np.isnan(trace[x_next]).all()


def test_compiled_clip_keeps_a_nan() -> None:
    """The compiler's max and min would lose it."""
    trace = play(BEYOND_FLOATS, record=[x_next], engine="numba")
    assert np.isnan(trace[x_next]).all()


@pytest.mark.parametrize("size", [4, 1000])
def test_an_undefined_loss_is_refused_with_the_round(
    engine: Engine, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """-log<a, x> at a point with <a, x> < 0 is the caller's mistake: an error, not NaN in the regret."""
    monkeypatch.setattr(engine, "block_rounds", size, raising=False)
    rows = np.vstack([np.ones((8, 1)), -np.ones((4, 1))])
    with pytest.raises(ValueError, match=r"portfolio gives f = nan .* in round 9; keep to a set"):
        play(
            Game(SGD, PORTFOLIO, ArrayStream(rows), horizon=12, parameters={"alpha": 1e-6}, start=[1.0]),
            record=[CumSum(f)],
            engine=engine,
        )


def test_an_undefined_loss_seen_only_where_it_is_recorded(engine: Engine) -> None:
    """Where no sum keeps the NaN, the recorded value shows it; a 0/0 in a user's quantity is no fault."""
    rows = np.vstack([np.ones((8, 1)), -np.ones((4, 1))])
    setting = {"horizon": 12, "parameters": {"alpha": 1e-6}, "start": [1.0]}
    options = {"engine": engine, "checkpoints": "all"}
    with pytest.raises(ValueError, match=r"in round 9"):
        play(Game(SGD, PORTFOLIO, ArrayStream(rows), **setting), record=[f], **options)
    own = (SumCoords(x) - Component(x, 0)) / (SumCoords(x) - Component(x, 0))
    trace = play(Game(SGD, LINEAR, ArrayStream(rows), **setting), record=[own + 0 * f], **options)
    assert trace.run.not_finite_from is None


def test_bad_data_are_refused_with_the_round(engine: Engine) -> None:
    """A stream that hands out NaN is named, also inside a set whose projection fails on it."""
    spoiled = np.ones((10, 2))
    spoiled[5, 1] = np.nan

    class Spoiled(ArrayStream):
        def _block(self, start: int, stop: int) -> Block:
            return Block(spoiled, np.zeros(10), np.arange(start, stop))

    stream = Spoiled(np.ones((10, 2)))
    for domain in (None, L2Ball(2, 1.0)):
        with pytest.raises(ValueError, match="`stream` hands out NaN or inf in round 6"):
            play(Game(SGD, LINEAR, stream, domain, horizon=10, parameters={"alpha": 0.1}), engine=engine)


def test_a_projection_of_infinity_is_refused_with_the_round(engine: Engine) -> None:
    """A curved set has no projection of a point at infinity: RuntimeError with the set and the round."""
    with pytest.raises(RuntimeError, match=r"projection onto l2_ball.* failed in round 1"):
        play(
            Game(
                ADAL,
                LINEAR,
                ArrayStream(np.array([[1e200], [1.0]])),
                L2Ball(1, 1.0),
                horizon=2,
                parameters={"alpha": 0.1},
            ),
            engine=engine,
        )


def test_the_arguments_are_not_changed(engine: Engine) -> None:
    """Start, parameters and data are read, never written."""
    rows, start, alphas = np.ones((5, 2)), np.zeros(2), np.array([0.1, 0.2])
    play(
        Game(ADAL, LINEAR, ArrayStream(rows), horizon=5, parameters={"alpha": alphas}, start=start),
        engine=engine,
    )
    assert np.array_equal(rows, np.ones((5, 2)))
    assert np.array_equal(start, np.zeros(2))
    assert np.array_equal(alphas, [0.1, 0.2])


def test_meta_says_where_it_came_from() -> None:
    """Provenance: algorithm, loss, set, stream, parameters, engine, versions."""
    trace = play(
        Game(ADAL, LINEAR, GaussianStream(2, seed=3), L2Ball(2, 1.0), horizon=4, parameters={"alpha": 0.1}),
        record=[m],
        engine="numpy",
    )
    run = trace.run
    assert run.algorithm == "AdaL"
    assert run.loss == "linear"
    assert run.domain == "l2_ball(d=2, radius=1)"
    assert run.seeds == [3]
    assert run.parameters["alpha"] == [0.1]
    assert run.parameters["beta1"] == [0.9]
    assert run.engine == "numpy"
    assert set(run.versions) >= {"python", "numpy", "sympy", "regretcheck"}


def test_data_of_the_round_can_be_recorded(engine: Engine) -> None:
    """The stream's vector and number are quantities like any other."""
    stream = ArrayStream(np.eye(3), labels=[1.0, 2.0, 3.0])
    trace = play(
        Game(SGD, LINEAR, stream, horizon=3, parameters={"alpha": 0.1}),
        record=[a, b, alpha, Prev(b)],
        checkpoints="all",
        engine=engine,
    )
    assert np.array_equal(trace[a], np.eye(3))
    assert np.array_equal(trace[b], [1, 2, 3])
    assert np.array_equal(trace[Prev(b)], [0, 1, 2])
    assert np.array_equal(trace[alpha], [0.1] * 3)
