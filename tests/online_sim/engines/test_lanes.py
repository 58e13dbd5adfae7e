"""Replicates played side by side: the same games as one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from sympy import Expr, sqrt

from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.engines import numba_engine
from online_sim.engines.base import BlockData, RunState, Setting
from online_sim.engines.loop.kernel import print_kernel
from online_sim.engines.loop.placement import LANES, lanes_fit
from online_sim.engines.loop.style import Printed, Style
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.numba_engine import LEAST_LANES, NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.program import Projection
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.trace import Trace
from theory.algorithms.adal import ADAL
from theory.algorithms.registry import algorithms
from theory.loss import Loss
from theory.losses.logistic import LOGISTIC
from theory.losses.quadratic import QUADRATIC
from theory.losses.registry import losses
from theory.quantities import Component, CumMax, CumSum, GroupSum, MaxCoords, Norm1, Prev, SumCoords
from theory.recurrence import Recurrence
from theory.symbols import f, g, vhat, x

HORIZON = 23
REPLICATES = LANES + 3  # one full block of lanes and a short one
RECORD = (x, g, vhat, f, CumSum(f), CumMax(Norm1(g)), SumCoords(sqrt(vhat)), Prev(g), MaxCoords(g))


def rows(own: bool, d: int = 3) -> ArrayStream | list[ArrayStream]:
    """Rows that all replicates share, or rows of their own."""
    rng = np.random.default_rng(1)
    labels = np.where(rng.normal(size=HORIZON) > 0, 1.0, -1.0)
    made = [
        ArrayStream(rng.uniform(0.2, 1.9, size=(HORIZON, d)), labels) for _ in range(REPLICATES if own else 1)
    ]
    return made if own else made[0]


def run(
    engine: NumbaEngine | NumpyEngine,
    *,
    own: bool,
    recurrence: Recurrence = ADAL,
    loss: Loss = QUADRATIC,
    record: Sequence[Expr] = RECORD,
    box: tuple[float, float] = (-0.3, 0.3),
) -> Trace:
    """A game of replicates that differ in their step size and, on demand, in their data."""
    d = loss.dimension or 3
    given = {p.name: p.default if p.default is not None else 0.5 for p in recurrence.parameters}
    given["alpha"] = np.linspace(0.1, 0.5, REPLICATES)
    return play(
        Game(
            recurrence,
            loss,
            rows(own, d),
            Box(*box, dimension=d),
            horizon=HORIZON,
            parameters=given,
            replicates=REPLICATES,
        ),
        record=record,
        series=[f],
        checkpoints=[1, 2, 5, 17, HORIZON],
        engine=engine,
    )


def largest_difference(first: Trace, second: Trace) -> float:
    """Over everything recorded and the final state, relative to the size of each quantity."""
    pairs = [(first.scalars[k], second.scalars[k]) for k in first.scalars]
    pairs += [(first.vectors[k], second.vectors[k]) for k in first.vectors]
    pairs += [(first.series[k], second.series[k]) for k in first.series]
    pairs += [(first.state.vectors, second.state.vectors), (first.state.scalars, second.state.scalars)]
    return max(float(np.max(np.abs(u - w)) / max(np.max(np.abs(w)), 1.0)) for u, w in pairs if u.size)


# Sums in another order and fused products: a few units in the last place, hardly amplified by 23 rounds.
CLOSE = 1e-12


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("loss", [QUADRATIC, LOGISTIC], ids=lambda loss: loss.name)
def test_compiled_lanes_are_the_same_games(loss: Loss, own: bool) -> None:
    """Every replicate, also those of the last, short block, is played as by the other layout and by numpy."""
    side_by_side = run(NumbaEngine(lanes=True), own=own, loss=loss)
    assert 0 <= largest_difference(side_by_side, run(NumbaEngine(lanes=False), own=own, loss=loss)) < CLOSE
    assert largest_difference(side_by_side, run(NumpyEngine(), own=own, loss=loss)) < CLOSE


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("series", [(), (f, Norm1(g))])
def test_reproducible_lanes_have_the_bits_of_one_by_one(own: bool, series: Sequence[Expr]) -> None:
    """With and without series, over a horizon that is a power of two, and in two blocks."""
    rng = np.random.default_rng(2)
    streams = [ArrayStream(rng.normal(size=(9, 3)), order="cycle") for _ in range(REPLICATES if own else 1)]
    game = Game(
        ADAL, QUADRATIC, streams if own else streams[0], Box(-0.3, 0.3, dimension=3), horizon=128,
        parameters={"alpha": np.linspace(0.1, 0.5, REPLICATES)}, replicates=REPLICATES,
    )  # fmt: skip
    traces = []
    for lanes in (True, False):
        engine = NumbaEngine(reproducible=True, lanes=lanes)
        engine.block_rounds = 64
        traces.append(play(game, record=[x, CumSum(f)], series=series, engine=engine))
    first, second = traces
    for kind in ("scalars", "vectors", "series"):
        here, there = getattr(first, kind), getattr(second, kind)
        assert here.keys() == there.keys()
        assert all(np.array_equal(here[key], there[key]) for key in here), kind
    assert len(first.series) == len(series)
    assert all(value.shape == (REPLICATES, 128) for value in first.series.values())


@pytest.mark.parametrize("name", sorted(algorithms()))
def test_printed_lanes_agree_for_every_algorithm(name: str) -> None:
    """The source for lanes, run as plain Python, gives the numbers of the other layout."""
    recurrence = algorithms()[name]
    loss = list(losses())[len(name) % len(list(losses()))]
    recorded = [s for s, _ in recurrence.steps] + [f, CumSum(f), x]
    program = compile_program(Request(recurrence, loss, projection=Projection.CLIP, record=recorded))
    if not lanes_fit(program):
        pytest.skip("sums over groups or rows of a table have no lanes")
    engines = [NumbaEngine(interpreted=True, reproducible=True, lanes=lanes) for lanes in (True, False)]
    # A box where every loss is defined.
    first, second = (
        run(e, own=True, recurrence=recurrence, loss=loss, record=recorded, box=(0.75, 1.25)) for e in engines
    )
    for key in first.scalars:
        assert np.array_equal(first.scalars[key], second.scalars[key], equal_nan=True), key
    for key in first.vectors:
        assert np.array_equal(first.vectors[key], second.vectors[key], equal_nan=True), key


def test_a_swapped_lane_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison sees one lane that reads its neighbour's step size."""

    def swapped(*arguments: object) -> Printed:
        printed = print_kernel(*arguments)
        text = printed.text.replace("= parameters[rep, 0]", "= parameters[rep - (l == 5), 0]")
        assert text != printed.text
        return replace(printed, text=text)

    reference = run(NumbaEngine(interpreted=True, lanes=False), own=False, box=(-9.0, 9.0))
    monkeypatch.setattr(numba_engine, "print_kernel", swapped)
    faulty = run(NumbaEngine(interpreted=True, lanes=True), own=False, box=(-9.0, 9.0))
    assert largest_difference(faulty, reference) > 1e-3


def test_what_has_no_lanes_is_refused_or_played_otherwise() -> None:
    """Asked for lanes where there are none, the engine says so; left alone, it plays one after the other."""
    record = [GroupSum(g)]
    options = {"horizon": 3, "parameters": {"alpha": 0.1}, "replicates": 20}
    stream = ArrayStream(np.ones((3, 2)))
    with pytest.raises(ValueError, match="`lanes` cannot hold group sums"):
        play(Game(ADAL, QUADRATIC, stream, **options), record=record, engine=NumbaEngine(lanes=True))
    with pytest.raises(ValueError, match="`lanes` cannot hold group sums"):
        play(Game(ADAL, QUADRATIC, stream, L2Ball(2, 1.0), **options), engine=NumbaEngine(lanes=True))
    trace = play(Game(ADAL, QUADRATIC, stream, groups=[0, 0], **options), record=record)
    assert trace.run.engine == "numba"


def test_the_choice_follows_replicates_and_dimension(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many replicates of few coordinates lie side by side; few replicates, or long vectors, do not."""
    chosen = []

    def noted(*arguments: object) -> object:
        chosen.append(arguments[2].lanes)
        return print_kernel(*arguments)

    monkeypatch.setattr(numba_engine, "print_kernel", noted)
    for replicates, d in ((LEAST_LANES, 2), (1, 2), (LEAST_LANES, 999)):
        stream = ArrayStream(np.ones((2, d)))
        play(
            Game(ADAL, QUADRATIC, stream, horizon=2, parameters={"alpha": 0.1}, replicates=replicates),
            engine=NumbaEngine(interpreted=True),
        )
    assert chosen == [True, False, False]


def test_components_and_stacks_have_lanes() -> None:
    """A coordinate read by itself and a vector given coordinate by coordinate, kept too, lie in lanes."""
    rosenbrock = next(loss for loss in losses() if loss.name == "rosenbrock")
    record = [x, g, Component(x, 1), Component(g, 0), f, Prev(g)]
    engines = NumbaEngine(lanes=True), NumpyEngine()
    first, second = (run(e, own=False, loss=rosenbrock, record=record) for e in engines)
    # Gradients of size 100 amplify the rounding of the point.
    assert largest_difference(first, second) < 1e-9


def test_stores_that_nobody_reads_are_left_out() -> None:
    """A scalar that is used only where it is computed has no cell."""
    program = compile_program(Request(ADAL, QUADRATIC, projection=Projection.CLIP, record=[CumSum(f)]))
    text = print_kernel(program, None, Style(lanes=True)).text
    assert "S[of_f, l] =" not in text
    assert "S[of_run__0__prev, l] = s_run__0" in text


@pytest.mark.parametrize("lanes", [False, True])
def test_a_nan_is_neither_clipped_nor_flushed(lanes: bool) -> None:
    """NaN in the data of one replicate stays NaN in its point and moments, and nobody else's becomes one."""
    program = compile_program(Request(ADAL, QUADRATIC, projection=Projection.CLIP))
    nothing = np.zeros(1, dtype=np.int64), np.zeros((1, 1)), np.zeros(1)
    parameters = np.tile([0.1, 0.9, 0.999, 1e-8], (REPLICATES, 1))
    setting = Setting(program, Box(-1, 1, dimension=2), parameters, None, *nothing)
    data = np.full((REPLICATES, 2, 2), 0.5)
    data[3, 0, 1] = np.nan
    index = np.tile(np.arange(2), (REPLICATES, 1))
    state = RunState(0, np.zeros((REPLICATES, 3, 2)), np.zeros((REPLICATES, 0)))
    block = BlockData(data, np.zeros((REPLICATES, 2)), index)
    NumbaEngine(lanes=lanes).prepare(setting)(state, block, np.zeros(0, dtype=np.int64))
    assert np.isnan(state.vectors[3]).all()  # through the norm, which multiplies every coordinate
    assert np.isfinite(np.delete(state.vectors, 3, axis=0)).all()
