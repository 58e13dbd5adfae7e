"""The best fixed point of a box kept by the run itself: equal to the one found afterwards, and exact."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from sympy import Integer, Rational, S

from levels import mostly_slow
from online_sim.comparator import best_in_hindsight
from online_sim.domains import Box, L2Ball
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.running_minimum import in_the_run, running_minimum
from online_sim.simulate import play
from online_sim.streams import ArrayStream, FormulaStream
from theory.algorithms.adal import ADAL
from theory.loss import Loss, Shape
from theory.losses.absolute import ABSOLUTE
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.quadratic import QUADRATIC
from theory.quantities import Norm1, Norm2Squared, Regret, SumCoords, uniform
from theory.source import Source
from theory.symbols import a, b, g, t, x

P = {"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
BOX = Box([-1.0, 0.2, -3.0], [1.0, 0.5, 2.0])
STREAM = FormulaStream(2 * uniform() - 1, dimension=3, seed=3, label=1 / t)
WEIGHED = Loss(
    "weighed quadratic",
    Source("shalev2012", "section 2.2"),
    SumCoords(a**2 * x**2) + SumCoords(x) + b,
    Shape.CONVEX,
)
"""Curvature that differs from coordinate to coordinate, a linear part, and a part without x."""
LOSSES = [LINEAR, QUADRATIC, WEIGHED]


WEIGHTS = [S.One, Rational(1, 3), Norm1(g), 1 / t]


def reference_or_in_turn(number, loss, weight, engine):
    """Whether a plain test plays it: on the reference all, compiled each loss with another weight."""
    return engine == "numpy" or WEIGHTS.index(weight) == LOSSES.index(loss) + 1


@pytest.mark.parametrize(
    ("loss", "weight", "engine"),
    mostly_slow(product(LOSSES, WEIGHTS, ["numpy", "numba"]), reference_or_in_turn),
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_the_two_intervals_of_a_regret_meet(engine, weight, loss):
    """On the formula the run keeps the minimum; on the same rows in an array it is found afterwards."""
    regret = Regret(weight)
    kept = STREAM.block(0, 200)
    setting = {"horizon": 200, "parameters": P}
    common = {"record": [regret], "engine": engine}
    low, high = play(Game(ADAL, loss, STREAM, BOX, **setting), **common).interval(regret)
    rows = ArrayStream(kept.vectors, labels=kept.labels)
    first, last = play(Game(ADAL, loss, rows, BOX, **setting), **common).interval(regret)
    assert (low <= last).all()
    assert (first <= high).all()
    assert (high - low < 1e-9 * (1 + np.abs(high))).all()


def test_the_interval_contains_the_exact_minimum():
    """Linear losses in rational arithmetic of the floats that were played, every round."""
    regret = Regret(S.One)
    trace = play(
        Game(ADAL, LINEAR, STREAM, BOX, horizon=50, parameters=P),
        record=[x, regret],
        checkpoints="all",
        engine="numpy",
    )
    low, high = trace.interval(regret)
    paid, sums = Fraction(0), [Fraction(0)] * 3
    for k, row in enumerate(STREAM.block(0, 50).vectors):
        exact = [Fraction(float(c)) for c in row]
        point = [Fraction(float(c)) for c in trace[x][k]]
        paid += sum(p * q for p, q in zip(exact, point, strict=True))
        sums = [s + c for s, c in zip(sums, exact, strict=True)]
        ends = zip(sums, BOX.lower, BOX.upper, strict=True)
        best = sum(min(s * Fraction(float(m)), s * Fraction(float(n))) for s, m, n in ends)
        assert Fraction(float(low[k])) <= paid - best <= Fraction(float(high[k]))
    # Twice (32 + 2 T + d) eps of B sum |q| <= 3 * 150, and as much for what was paid.
    assert (high - low < 4 * 140 * 2.3e-16 * 450).all()


def test_single_precision_widens_the_interval_as_much_as_it_must():
    """The same game in float32: wider by about 2^29, and the regret of the points it played is inside."""
    regret = Regret(S.One)
    setting = {"horizon": 100, "parameters": P}
    common = {"record": [x, regret], "checkpoints": "all"}
    trace = play(Game(ADAL, LINEAR, STREAM, BOX, **setting), engine=NumpyEngine(np.float32), **common)
    low, high = trace.interval(regret)
    rows = STREAM.block(0, 100)
    points = trace[x]
    paid = np.cumsum(np.einsum("ti,ti->t", rows.vectors, points))
    minima = best_in_hindsight(LINEAR, {}, BOX, ArrayStream(rows.vectors), np.arange(1, 101))
    exact = paid - np.array([m.upper for m in minima])
    assert (low <= exact).all()
    assert (exact <= high).all()
    double = play(Game(ADAL, LINEAR, STREAM, BOX, **setting), engine="numpy", **common).interval(regret)
    assert (high - low > 1e7 * (double[1] - double[0])).all()


def test_a_weight_of_zero_leaves_nothing_to_minimise():
    """Rounds that do not count: the minimum is 0 until the first that does."""
    regret = Regret(t * (t - 1))
    trace = play(
        Game(ADAL, QUADRATIC, STREAM, BOX, horizon=4, parameters=P), record=[regret], checkpoints="all"
    )
    low, high = trace.interval(regret)
    assert low[0] == 0 == high[0]
    assert high[3] > 0


@pytest.mark.parametrize("loss", [ABSOLUTE, LOGISTIC], ids=lambda loss: loss.name)
def test_other_losses_have_no_running_minimum(loss):
    """Kinks and links need the rows."""
    assert running_minimum(loss, S.One) is None


def test_only_a_box_and_a_formula_keep_the_minimum_in_the_run():
    """Any other game is left to the comparator."""
    rows = ArrayStream(np.ones((2, 3)))
    for stream, domain, kept in [(STREAM, BOX, True), (rows, BOX, False), (STREAM, L2Ball(3, 1.0), False)]:
        game = Game(ADAL, QUADRATIC, stream, domain, horizon=2, parameters=P)
        assert (in_the_run(game, Regret(S.One)) is not None) is kept


def test_a_wrong_minimum_would_be_noticed():
    """The control: with the ends of the box exchanged the intervals part."""
    found = running_minimum(QUADRATIC, S.One)
    wrong = running_minimum(
        Loss("shifted", QUADRATIC.source, Norm2Squared(x - a) / 2 + Integer(1) / 1000, Shape.CONVEX), S.One
    )
    assert found is not None
    assert wrong is not None
    assert found.minimum != wrong.minimum
    setting = {"horizon": 50, "parameters": P}
    common = {"record": [found.minimum, wrong.minimum]}
    trace = play(Game(ADAL, QUADRATIC, STREAM, BOX, **setting), **common)
    minima = best_in_hindsight(QUADRATIC, {}, BOX, STREAM, trace.rounds)
    ends = np.array([(m.lower, m.upper) for m in minima]).T
    assert (np.abs(trace[found.minimum] - ends[1]) < 1e-9).all()
    assert (np.abs(trace[wrong.minimum] - ends[1]) > 1e-4).all()
