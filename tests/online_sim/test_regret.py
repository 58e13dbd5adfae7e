"""Regret is an interval that contains the exact one; where there is none, nothing is played."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sympy import Integer, Rational, S

from online_sim.domains.box import Box
from online_sim.domains.simplex import Simplex
from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.recording import plan_recording
from online_sim.regret import idle, lower_key, paid, sizes, upper_key
from online_sim.simulate import play
from online_sim.streams.adversarial import constant, wrong_end
from online_sim.streams.alphabet import AlphabetStream, skewed
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.loss import Shape
from theory.losses.half_square import HALF_SQUARE, NOISY_HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.nonconvex_logistic import nonconvex_logistic
from theory.losses.quadratic import QUADRATIC
from theory.losses.rosenbrock import ROSENBROCK
from theory.quantities import CumSum, Norm1, Regret
from theory.symbols import g, t, x

R = Regret(S.One)
GIVEN = {"alpha": 0.3}
BOX = Box(-1.0, 1.0, dimension=1)


def exact_regret(rows, points, weights, minimum):
    """sum w <g, x> - min sum w <g, z>, in rationals of the floats that were played, every round."""
    total = Fraction(0)
    sums = [Fraction(0)] * len(rows[0])
    found = []
    for row, point, w in zip(rows, points, weights, strict=True):
        a = [Fraction(float(c)) for c in row]
        total += Fraction(float(w)) * sum(p * Fraction(float(c)) for p, c in zip(a, point, strict=True))
        sums = [s + Fraction(float(w)) * c for s, c in zip(sums, a, strict=True)]
        found.append(total - minimum(sums))
    return found


def on_box(sums):
    """min over [-1, 2]^d of <sums, z>."""
    return sum(min(-s, 2 * s) for s in sums)


CASES = [("box", Box(-1.0, 2.0, dimension=3), on_box), ("simplex", Simplex(3), min)]


@pytest.mark.parametrize(("name", "domain", "minimum"), CASES, ids=["box", "simplex"])
@pytest.mark.parametrize("weight", [S.One, Rational(1, 3), Norm1(g), 1 / t, t], ids=str)
@pytest.mark.parametrize("scale", [1.0, 1e-8, 1e12])
def test_the_interval_contains_the_exact_regret(name, domain, minimum, weight, scale) -> None:
    """Linear losses in rational arithmetic, at every round, with sums over coordinates that cancel."""
    rows = scale * np.random.default_rng(7).normal(size=(40, 3))
    rows[::4, 2] = -rows[::4, 0]
    regret = Regret(weight)
    each = () if weight.is_number else (weight,)
    trace = play(
        Game(ADAL, LINEAR, ArrayStream(rows), domain, horizon=40, parameters=GIVEN),
        record=(x, regret),
        series=each,
        checkpoints="all",
        engine="numpy",
    )
    weights = np.full(40, float(weight)) if weight.is_number else trace[weight]
    low, high = trace.interval(regret)
    exact = exact_regret(rows, trace[x], weights, minimum)
    assert all(Fraction(a) <= e <= Fraction(b) for a, e, b in zip(low, exact, high, strict=True))
    size = np.cumsum(weights * np.abs(rows).sum(axis=1)) * 2
    # Rounding only: (T + d + 16) eps and the comparator's hundred, of numbers of this size.
    assert (high - low <= 2e-13 * size).all()
    assert (high > low).all()


def test_a_loss_that_cancels_is_enclosed_by_the_size_of_its_terms() -> None:
    """<a, x> = 0 up to rounding although |a_i x_i| = 1e16 / 3: the width follows the terms, not the sum."""
    row = np.array([[1e16, -1e16]])
    start = [1 / 3, 1 / 3 + 2**-54]
    trace = play(
        Game(
            SGD,
            LINEAR,
            ArrayStream(row),
            Box(-1.0, 1.0, dimension=2),
            horizon=1,
            parameters=GIVEN,
            start=start,
        ),
        record=[x, R],
        engine="numpy",
        checkpoints="all",
    )
    low, high = trace.interval(R)
    exact = exact_regret(row, trace[x], [1.0], lambda sums: -sum(map(abs, sums)))[0]
    assert Fraction(float(low[0])) <= exact <= Fraction(float(high[0]))


def test_the_rounding_room_is_small_after_many_rounds() -> None:
    """A hundred thousand rounds of a closed form: the interval is within 1e-9 of it, and contains it."""
    rounds = 100_000
    trace = play(
        Game(
            ADAL,
            LINEAR,
            wrong_end(2, 3),
            Box(-1.0, 1.0, dimension=1),
            horizon=rounds,
            parameters=GIVEN,
            start=[-1.0],
        ),
        record=[R],
        checkpoints=1,
    )
    low, high = trace.interval(R)
    exact = 2.0 * rounds / 4
    assert low[0] <= exact <= high[0]
    # (T + d + 16) eps (|f| + |x g|) with an average |g| of 5/4: 1e5 * 2.2e-16 * 2.5 * 1e5 = 5.6e-6.
    assert high[0] - low[0] < 2e-5


def test_the_error_of_a_long_sum_is_inside_the_interval() -> None:
    """A tenth added a hundred thousand times, one by one, is off by 2e-12 of the sum; 2 T/10 is enclosed."""
    rounds = 100_000
    trace = play(
        Game(SGD, LINEAR, constant([0.1]), BOX, horizon=rounds, parameters={"alpha": 1e-30}, start=[1.0]),
        record=[R],
        checkpoints=1,
    )
    assert abs(Fraction(float(trace[paid(S.One)][0])) / (Fraction(0.1) * rounds) - 1) > 1e-12
    low, high = trace.interval(R)
    assert Fraction(float(low[0])) <= 2 * Fraction(0.1) * rounds <= Fraction(float(high[0]))


def test_the_numba_engine_gives_the_same_interval() -> None:
    """Whichever engine plays, the enclosure is that of the same sums up to their rounding."""
    rows = np.random.default_rng(2).normal(size=(50, 2))
    found = []
    for engine in ("numpy", "numba"):
        trace = play(
            Game(ADAL, LINEAR, ArrayStream(rows), Box(-1.0, 1.0, dimension=2), horizon=50, parameters=GIVEN),
            record=[R],
            engine=engine,
        )
        found.append(trace.interval(R))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-12)  # 50 rounds, a few operations each


def test_a_regret_costs_four_sums_and_its_weights() -> None:
    """What an engine must keep for it; a repeated regret is kept once."""
    game = Game(ADAL, LINEAR, constant([1.0]), BOX, horizon=1, parameters=GIVEN)
    found = plan_recording([x, R, R, CumSum(Norm1(g))], [], game, dict)
    assert found.kept == (x, CumSum(Norm1(g)), paid(S.One), *sizes(S.One), idle(S.One))
    assert (found.series, found.regrets) == ((), (R,))
    assert plan_recording([Regret(Norm1(g))], [], game, dict).series == (Norm1(g),)
    assert lower_key(R) != upper_key(R)


def test_noise_in_the_gradient_is_not_in_the_regret() -> None:
    """Losses are those of f itself: doing nothing is measured with the true gradient, not the noisy one."""
    trace = play(
        Game(
            ADAL,
            NOISY_HALF_SQUARE,
            AlphabetStream(skewed(100)),
            BOX,
            horizon=5,
            parameters=GIVEN,
            start=[1.0],
        ),
        record=[x, R],
        checkpoints="all",
        engine="numpy",
    )
    points = trace[x][:, 0]
    np.testing.assert_allclose(trace[idle(S.One)], np.cumsum(np.abs(points)), rtol=1e-14)
    low, high = trace.interval(R)
    exact = np.cumsum(points**2) / 2
    assert ((low <= exact + 1e-15) & (exact - 1e-15 <= high)).all()


def refuse_to_be_called(*_):
    """A loss that must not be played."""
    raise AssertionError("the game was played")


@pytest.mark.parametrize(
    ("loss", "stream", "domain", "regret", "match"),
    [
        (PythonLoss("mine", refuse_to_be_called, Shape.CONVEX), constant([1.0]), BOX, R, "in symbols"),
        (nonconvex_logistic(oracle="full"), None, BOX, R, "needs convex losses"),
        (LINEAR, constant([1.0]), None, R, "give a `domain`"),
        (HALF_SQUARE, None, BOX, R, "give a `stream`"),
        (LINEAR, constant([1.0]), BOX, Regret(Integer(-1)), "negative"),
    ],
    ids=["python", "nonconvex", "no set", "no stream", "negative weight"],
)
def test_a_game_without_regret_is_refused_before_it_is_played(loss, stream, domain, regret, match) -> None:
    """One clear error that says what is missing, and no round played."""
    told = []
    table = (np.ones((2, 1)), np.ones(2)) if "logistic" in loss.name else None
    with pytest.raises(ValueError, match=match):
        play(
            Game(ADAL, loss, stream, domain, horizon=5, parameters=GIVEN, start=[0.5], table=table),
            record=[R, regret],
            engine="numpy",
            progress=lambda *done: told.append(done),
        )
    assert not told


def test_a_nonconvex_function_has_no_regret_here() -> None:
    """Rosenbrock's is refused with its shape."""
    with pytest.raises(ValueError, match="not convex"):
        play(
            Game(
                ADAL,
                ROSENBROCK,
                None,
                Box(-1.0, 1.0, dimension=2),
                horizon=2,
                parameters=GIVEN,
                start=[0.5, 0.5],
            ),
            record=[R],
        )


def test_each_replicate_has_its_own_seed_and_its_own_comparator() -> None:
    """Replicates of a random stream are different games with different regrets, each enclosed by itself."""
    from online_sim.streams.gaussian import GaussianStream

    domain = Box(-1.0, 1.0, dimension=2)
    setting = {"horizon": 20, "parameters": GIVEN}
    options = {"record": [R], "engine": "numpy", "checkpoints": "all"}
    both = play(Game(SGD, QUADRATIC, GaussianStream(2, seed=11), domain, replicates=3, **setting), **options)
    assert both.run.seeds == [11, 12, 13]
    low, _ = both.interval(R)
    assert len({row[-1] for row in low.tolist()}) == 3
    for r, seed in enumerate(both.run.seeds):
        alone = play(Game(SGD, QUADRATIC, GaussianStream(2, seed=seed), domain, **setting), **options)
        # The minimiser may warm-start differently; both enclose the same number.
        a, b = alone.interval(R), [end[r] for end in both.interval(R)]
        assert (np.maximum(a[0], b[0]) <= np.minimum(a[1], b[1])).all()


def test_replicates_of_one_stream_share_the_comparator() -> None:
    """Two step sizes on the same losses: the regrets differ by what was paid, exactly."""
    trace = play(
        Game(SGD, LINEAR, wrong_end(2, 3), BOX, horizon=12, parameters={"alpha": [0.1, 0.4]}, start=[0.0]),
        record=[R],
        engine="numpy",
        checkpoints="all",
    )
    cost = trace[paid(S.One)]
    low, _ = trace.interval(R)
    # Two subtractions and the slack, of numbers below 50.
    np.testing.assert_allclose(low[1] - low[0], cost[1] - cost[0], atol=1e-12)
