"""Steps in a full metric: known cases, symmetries, longer floats, and engines and games that refuse."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Integer, Rational

from online_sim.domains.box import Box
from online_sim.domains.ellipsoid import Ellipsoid
from online_sim.domains.l2_ball import L2Ball
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.recording import error_key
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adagrad import ADAGRAD
from theory.losses.linear import LINEAR
from theory.parameters import alpha, eps
from theory.quantities import FullMatrixStep, RoundingOf, TraceRoot
from theory.symbols import g, x, x_next
from theory.theorems.adagrad import ADAGRAD_RDA
from theory.theorems.adagrad_full_matrix import ADAGRAD_MATRIX, ADAGRAD_MATRIX_RDA, ROOT
from theory.theorems.online_newton import ONLINE_NEWTON

ROWS = np.random.default_rng(5).normal(size=(20, 3))
ADAGRAD_NUMBERS = {"alpha": 0.4, "eps": 0.25}


def points(algorithm, rows, domain, numbers=None, engine="auto", record=(x_next,)):
    """The trace of linear losses with these gradients, from the origin."""
    game = Game(
        algorithm, LINEAR, ArrayStream(rows), domain,
        horizon=len(rows), parameters=numbers or ADAGRAD_NUMBERS, start=np.zeros(rows.shape[1]),
    )  # fmt: skip
    return play(game, record=record, checkpoints="all", engine=engine)


@pytest.mark.parametrize(("full", "diagonal"), [(ADAGRAD_MATRIX, ADAGRAD), (ADAGRAD_MATRIX_RDA, ADAGRAD_RDA)])
def test_one_coordinate_is_the_diagonal_algorithm(full, diagonal):
    """For d = 1 every matrix is a number."""
    box = Box(-0.5, 0.5, dimension=1)
    one, other = (points(a, ROWS[:, :1], box)[x_next] for a in (full, diagonal))
    assert np.ptp(one) > 0.25  # it moves
    # a dozen roundings a round
    assert np.allclose(one, other, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("full", "diagonal"), [(ADAGRAD_MATRIX, ADAGRAD), (ADAGRAD_MATRIX_RDA, ADAGRAD_RDA)])
def test_gradients_along_the_axes_reproduce_the_diagonal_algorithm(full, diagonal):
    """Their outer products are diagonal; and a control: for other gradients the two differ."""
    rows = ROWS * np.eye(3)[np.arange(20) % 3]
    box = Box([-0.5, -1.0, -0.25], [0.5, 1.0, 0.75])
    one, other = (points(a, rows, box)[x_next] for a in (full, diagonal))
    assert np.allclose(one, other, rtol=0, atol=1e-13)
    one, other = (points(a, ROWS, box)[x_next] for a in (full, diagonal))
    assert np.abs(one - other).max() > 0.01


@pytest.mark.parametrize("algorithm", [ADAGRAD_MATRIX, ADAGRAD_MATRIX_RDA, ONLINE_NEWTON])
def test_a_turned_game_on_a_ball_has_turned_points(algorithm):
    """A full metric does not know the axes; and a control: the diagonal algorithm does."""
    numbers = ADAGRAD_NUMBERS if "eps" in algorithm.parameter_names else {"mu": 1, "D_bar": 2, "G_bar": 4}
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    plain = points(algorithm, ROWS, L2Ball(3, radius=0.5), numbers)
    turned = points(algorithm, ROWS @ turn.T, L2Ball(3, radius=0.5), numbers)
    # the conditions of the metrics are below 1e3
    assert np.allclose(plain[x_next] @ turn.T, turned[x_next], rtol=0, atol=1e-11)
    plain, turned = (points(ADAGRAD, rows, L2Ball(3, radius=0.5))[x_next] for rows in (ROWS, ROWS @ turn.T))
    assert np.abs(plain @ turn.T - turned).max() > 0.01


def test_the_newton_step_of_the_book():
    """Without a set: x - (1/c) A^-1 g with A = I/(c D)^2 + sum of g g^T, replayed by numpy.linalg."""
    c, D = 0.125, 2.0
    at, metric = np.zeros(3), np.eye(3) / (c * D) ** 2
    trace = points(ONLINE_NEWTON, ROWS, None, {"mu": 1.0, "D_bar": D, "G_bar": 2.0})
    for row, found in zip(ROWS, trace[x_next], strict=True):
        metric = metric + np.outer(row, row)
        at = at - np.linalg.solve(metric, row) / c
        assert np.allclose(found, at, rtol=0, atol=1e-12)


def test_adagrad_of_the_paper():
    """Without a set: x - eta (delta I + G^(1/2))^-1 g, the root from singular values of the gradients."""
    at = np.zeros(3)
    trace = points(ADAGRAD_MATRIX, ROWS, None)
    for k, found in enumerate(trace[x_next], start=1):
        _, values, turn = np.linalg.svd(ROWS[:k], full_matrices=False)
        root = (turn.T * values) @ turn
        at = at - 0.4 * np.linalg.solve(0.25 * np.eye(3) + root, ROWS[k - 1])
        # the first two matrices are singular, and the roots of their zeros have half the digits
        assert np.allclose(found, at, rtol=0, atol=1e-6)


def test_the_trace_of_the_root_is_the_sum_of_singular_values():
    """Within its own error bound, in rank-deficient rounds too; the bound is no excuse."""
    for rows in (ROWS, ROWS[:, :1] * np.array([[1.0, 2.0, -1.0]])):
        trace = points(ADAGRAD_MATRIX, rows, L2Ball(3), record=(ROOT, RoundingOf(ROOT)))
        exact = [np.linalg.svd(rows[:k], compute_uv=False).sum() for k in range(1, 21)]
        error = trace.scalars[error_key(ROOT)][0]
        assert np.all(np.abs(trace[ROOT] - exact) <= error)
        assert np.all(error < 1e-3 * trace[ROOT])


def test_longer_floats_play_the_same_game():
    """In long double every line differs by rounding alone."""
    for domain in (Box(-0.5, 0.5, dimension=3), L2Ball(3, radius=0.5)):
        once = points(ADAGRAD_MATRIX, ROWS, domain, record=(x_next, ROOT))
        longer = points(
            ADAGRAD_MATRIX, ROWS, domain, engine=NumpyEngine(np.longdouble), record=(x_next, ROOT)
        )
        assert longer[x_next].dtype == np.longdouble
        # the root of a matrix of rank 1 or 2 has half the digits
        assert np.abs(once[x_next] - longer[x_next]).max() < 1e-6
        assert np.abs(once[ROOT] - longer[ROOT]).max() < 1e-6


def test_a_run_in_parts_is_the_run():
    """The columns of the matrix are states: blocks and a resumed run change nothing."""
    engine = NumpyEngine()
    engine.block_rounds = 7
    whole, parts = (points(ADAGRAD_MATRIX, ROWS, L2Ball(3), engine=e)[x_next] for e in ("auto", engine))
    assert np.array_equal(whole, parts)


@pytest.mark.parametrize("engine", ["numba", "torch"])
def test_other_engines_refuse(engine):
    """With the remedy; auto takes numpy."""
    with pytest.raises(ValueError, match=r"full matrix, which only the numpy engine has; use engine='numpy'"):
        points(ADAGRAD_MATRIX, ROWS, None, engine=engine)
    with pytest.raises(ValueError, match="full matrix"):
        points(ADAGRAD, ROWS, None, engine=engine, record=(TraceRoot(g),))
    assert points(ADAGRAD_MATRIX, ROWS, None).run.engine == "numpy"


def test_games_are_refused_before_they_are_played():
    """A set without a projection in a full metric, and more coordinates than are meant."""
    with pytest.raises(ValueError, match=r"`domain`: AdaGrad.* full metric, and ellipsoid.* play on a Box"):
        points(ADAGRAD_MATRIX, ROWS, Ellipsoid([1.0, 1.0, 2.0]))
    with pytest.raises(ValueError, match="6 coordinates; play at most 5"):
        points(ADAGRAD_MATRIX, np.ones((4, 6)), None)
    with pytest.raises(ValueError, match="6 coordinates; play at most 5"):
        points(ADAGRAD, np.ones((4, 6)), None, record=(TraceRoot(g),))


def test_a_metric_that_is_not_positive_stops_the_run():
    """With the round: delta - 1 < 0 in a direction without gradients."""
    step = FullMatrixStep(x, alpha * g, g, eps - 1, Rational(1, 2))
    bad = replace(ADAGRAD_MATRIX, name="toy indefinite", point=step)
    with pytest.raises(RuntimeError, match=r"round 1: the metric has the eigenvalue -0\.75; raise delta"):
        points(bad, ROWS, None)


def test_a_power_that_no_matrix_gets_is_refused():
    """Only 1 and 1/2."""
    with pytest.raises(ValueError, match="`power` = 1/3"):
        FullMatrixStep(x, g, g, Integer(1), Rational(1, 3))


def test_a_step_without_a_dimension_is_refused():
    """Whoever compiles a round without a game, as optimizers do."""
    from online_sim.engines.lowering import Request, compile_program
    from online_sim.engines.program import Projection

    named = replace(ADAGRAD_MATRIX, name="toy")
    with pytest.raises(ValueError, match="needs a full matrix, which only `play` has"):
        compile_program(Request(named, LINEAR, projection=Projection.NONE))
