"""The conventions of the language, stated once in theory.quantities, hold on every engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sympy import Integer, Rational, sqrt

from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from online_sim.engines.base import Engine
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.torch_engine import TorchEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL, adal
from theory.losses.linear import LINEAR
from theory.parameters import ALPHA, alpha
from theory.quantities import (
    Component,
    CumMax,
    CumSum,
    First,
    GroupSum,
    MaxCoords,
    Norm1,
    Prev,
    SumCoords,
    pinv,
)
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, Vector, d, g, m, t, vhat, x, x_next

SOURCE = Source("zinkevich2003", "section 2")
ROWS = np.array([[0.0, -1.0, 2.0], [0.5, 0.0, -3.0], [0.0, 4.0, 0.0], [-0.25, 1.0, 1.0]])
ENGINES = {
    "compiled": NumbaEngine(),
    "interpreted": NumbaEngine(interpreted=True),
    "numpy": NumpyEngine(),
    "longdouble": NumpyEngine(np.longdouble),
    "torch": TorchEngine("cpu"),
}


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest) -> Engine:
    """Every engine."""
    return ENGINES[request.param]


y, error, kept, total = Vector("y"), Vector("error"), Vector("kept"), Scalar("total")
LEDGER = Recurrence(
    "ledger",
    SOURCE,
    (ALPHA,),
    (
        (y, x),
        (error, g - Prev(g)),  # a vector whose name begins like the compiler's shared subexpressions
        (kept, Prev(error) + Prev(y)),
        (total, Norm1(g) + Prev(total)),
    ),
    point=x - alpha * g,
    metric=Integer(1),
    initial={total: 10 * alpha, error: Integer(7)},
)


def test_quantities_of_every_kind(engine: Engine) -> None:
    """Prev starts at 0 or as declared, sums and maxima include the current round, groups are spread out."""
    run, peak, least = CumSum(g), CumMax(g), CumMax(-SumCoords(g) - 100)
    record = [
        x,
        x_next,
        y,
        error,
        kept,
        total,
        run,
        peak,
        least,
        Prev(m) if m in LEDGER.states else Prev(total),
    ]
    record += [Prev(run), First(g), GroupSum(g), Component(GroupSum(g), 2), Component(run, 1), MaxCoords(g)]
    record += [SumCoords(2 * d), t * d, Prev(Prev(g)), SumCoords(Integer(1))]
    trace = play(
        Game(
            LEDGER,
            LINEAR,
            ArrayStream(ROWS),
            horizon=4,
            parameters={"alpha": 0.5},
            start=[1.0, 2.0, 3.0],
            groups=[5, 2, 5],
        ),
        record=record,
        series=[total, t],
        checkpoints="all",
        engine=engine,
    )
    before = np.vstack([np.zeros(3), ROWS[:-1]])
    points = np.array([1.0, 2.0, 3.0]) - 0.5 * np.vstack([np.zeros(3), np.cumsum(ROWS, axis=0)])
    changes = ROWS - before
    ledger = 5 + np.cumsum(np.abs(ROWS).sum(axis=1))
    expected = {
        x: points[:-1],
        x_next: points[1:],
        y: points[:-1],
        error: changes,
        kept: np.vstack([np.full(3, 7.0), changes[:-1]]) + np.vstack([np.zeros(3), points[:-2]]),
        total: ledger,
        run: np.cumsum(ROWS, axis=0),
        peak: np.maximum.accumulate(ROWS, axis=0),
        least: np.maximum.accumulate(-ROWS.sum(axis=1) - 100),
        Prev(total): np.r_[5, ledger[:-1]],
        Prev(run): np.cumsum(before, axis=0),
        First(g): np.tile(ROWS[0], (4, 1)),
        GroupSum(g): (ROWS[:, 0] + ROWS[:, 2])[:, None] * [1, 0, 1] + ROWS[:, 1][:, None] * [0, 1, 0],
        Component(GroupSum(g), 2): ROWS[:, 0] + ROWS[:, 2],
        Component(run, 1): np.cumsum(ROWS[:, 1]),
        MaxCoords(g): ROWS.max(axis=1),
        SumCoords(2 * d): np.full(4, 18.0),
        t * d: 3.0 * np.arange(1, 5),
        Prev(Prev(g)): np.vstack([np.zeros((2, 3)), ROWS[:-2]]),
        SumCoords(Integer(1)): np.full(4, 3.0),
    }
    assert set(expected) == set(record)
    for q, value in expected.items():
        found = trace.vectors[str(q)][0] if str(q) in trace.vectors else trace.scalars[str(q)][0]
        # every number is a short dyadic fraction: exact in any precision
        assert np.array_equal(found, value), q
    assert np.array_equal(trace.series[str(t)][0], np.arange(1, 5))
    assert np.array_equal(trace.series[str(total)][0], ledger)


def test_nothing_moves_where_the_gradient_has_been_zero(engine: Engine) -> None:
    """0/0 is 0: a coordinate whose gradient has been 0 so far keeps its start exactly, and nothing is NaN."""
    rows = np.array([[1.0, 0.0], [0.5, 0.0], [0.5, -2.0], [0.0, 0.0]])
    trace = play(
        Game(
            adal(eps_mode="none"),
            LINEAR,
            ArrayStream(rows),
            horizon=4,
            parameters={"alpha": 1.0},
            start=[0.3, 0.7],
        ),
        record=[x, x_next, vhat],
        checkpoints="all",
        engine=engine,
    )
    assert np.array_equal(trace[x][:3, 1], [0.7, 0.7, 0.7])
    assert trace[x_next][2, 1] > 0.7
    assert np.isfinite(trace[vhat]).all()
    assert np.isfinite(trace[x_next]).all()


def test_an_all_zero_stream_moves_nothing(engine: Engine) -> None:
    """With every gradient 0 the point stays, also on a set whose metric is then all zero."""
    recurrence = adal(eps_mode="none")
    trace = play(
        Game(
            recurrence,
            LINEAR,
            ArrayStream(np.zeros((3, 3))),
            Simplex(3),
            horizon=3,
            parameters={"alpha": 1.0},
            start=[0.25, 0.25, 0.5],
        ),
        record=[x, x_next, vhat, recurrence.point],
        engine=engine,
    )
    # the projection of a point of the simplex is itself up to its 1e-15
    assert np.allclose(trace[x_next][-1], [0.25, 0.25, 0.5], rtol=0, atol=4e-16)


def test_zero_metric_weights_follow_the_domain(engine: Engine) -> None:
    """Where a coordinate's metric is 0, the set's own convention for zero weights decides."""
    rows = np.array([[1.0, 0.0, -1.0], [2.0, 0.0, 1.0]])
    recurrence = adal(eps_mode="none")
    for domain in (Simplex(3), L2Ball(3, 0.25)):
        trace = play(
            Game(recurrence, LINEAR, ArrayStream(rows), domain, horizon=2, parameters={"alpha": 1.0}),
            record=[x, x_next, vhat, recurrence.point],
            checkpoints="all",
            engine=engine,
        )
        for k in range(2):
            point = np.asarray(trace[recurrence.point][k], dtype=np.float64)
            weight = np.sqrt(np.asarray(trace[vhat][k], dtype=np.float64))
            assert weight[1] == 0
            assert not domain.contains(point)
            # sqrt and the projection round a few times each
            assert np.allclose(trace[x_next][k], domain.project(point, weight), rtol=0, atol=1e-14)


def test_powers_underflow_to_zero(engine: Engine) -> None:
    """beta**t fades to 0 (exactly, in the loops: no denormal numbers) and the correction to 1."""
    rows = np.ones((400, 1))
    q, faded = 1 - Rational(1, 2) ** t, Rational(1, 2) ** t
    fades = replace(ADAL, name="fades", point=ADAL.point * 1)
    trace = play(
        Game(
            fades, LINEAR, ArrayStream(rows), horizon=400, parameters={"alpha": 1.0, "beta1": 0.1, "eps": 0.0}
        ),
        record=[m, vhat, q, faded],
        checkpoints="all",
        engine=engine,
    )
    assert np.all(trace[q][-100:] == 1)
    # constant gradients: both corrected moments are 1 up to the rounding of (1 - beta) sum beta^k, 400 terms
    assert np.allclose(np.asarray(trace[vhat], dtype=float), 1, rtol=0, atol=1e-12)
    if trace.state.powers is not None:
        assert 0.0 in trace.state.powers


def test_negative_and_constant_bases(engine: Engine) -> None:
    """Powers of constants and of negative numbers are kept as running products too, with their signs."""
    signs, halves, thirds = (-1) ** t, (-Rational(1, 2)) ** t, Rational(3, 2) ** t
    trace = play(
        Game(LEDGER, LINEAR, ArrayStream(ROWS), horizon=4, parameters={"alpha": 0.5}, start=np.zeros(3)),
        record=[SumCoords(g) * 0 + signs, halves + 0 * t, thirds, alpha**t],
        checkpoints="all",
        engine=engine,
    )
    powers = np.arange(1.0, 5)
    assert np.array_equal(trace[signs], (-1.0) ** powers)
    assert np.array_equal(trace[halves], (-0.5) ** powers)
    assert np.array_equal(trace[thirds], 1.5**powers)
    assert np.array_equal(trace[alpha**t], 0.5**powers)


def test_pinv_of_numbers_and_expressions() -> None:
    """On numbers pinv evaluates at once, with pinv(0) = 0; on symbols it waits."""
    assert pinv(Integer(0)) == 0
    assert pinv(Integer(4)) == Rational(1, 4)
    assert isinstance(pinv(sqrt(vhat)), pinv)
