"""Ranges that a game has before it is played: exact at the ends of pieces, nothing where none is seen."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sympy import Abs, Piecewise, Rational, oo, sqrt

from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.ranges import UNKNOWN, affine_range, first_term, known_ranges, same_law
from online_sim.simulate import play
from online_sim.streams.alphabet import AlphabetStream, NoiseAlphabet, rademacher, skewed
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.gaussian import GaussianStream
from online_sim.streams.shuffled import Shuffled
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD_CONSTANT
from theory.losses.half_square import NOISY_HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.noise import with_noise
from theory.losses.piecewise_quadratic import Slope, piecewise_quadratic
from theory.losses.quadratic import QUADRATIC
from theory.losses.scaled import scaled
from theory.quantities import CumSum, First, Norm1, SumCoords
from theory.symbols import a, df, g, t, vhat, x

SATURATING = with_noise(piecewise_quadratic(Slope(((-1, -3), (1, 2)), 0, 0)))
INTERVAL = Box(-1.0, 2.0, dimension=1)
NOISE = AlphabetStream(skewed(), seed=1)


def game(loss, stream=NOISE, domain=None, **options):
    """Constant steps for five rounds from 1/2."""
    options = {"horizon": 5, "parameters": {"alpha": 0.1}, "start": [0.5], **options}
    return Game(SGD_CONSTANT, loss, stream, domain, **options)


@pytest.mark.parametrize(
    ("loss", "domain", "gradients", "handed_out"),
    [
        (LINEAR, None, (-1, 3), (-1, 3)),
        (SATURATING, None, (-3, 2), (-4, 5)),
        (NOISY_HALF_SQUARE, None, None, None),
        (NOISY_HALF_SQUARE, INTERVAL, (-1, 2), (-2, 5)),
        (scaled(NOISY_HALF_SQUARE, 7), INTERVAL, (-7, 14), (-8, 17)),
        (QUADRATIC, INTERVAL, (-4, 3), (-4, 3)),
        (LOGISTIC, INTERVAL, None, None),
    ],
    ids=lambda v: getattr(v, "name", str(v)),
)
def test_ranges_of_gradients(loss, domain, gradients, handed_out) -> None:
    """Piecewise affine gradients have exact ranges; half a square on R and logistic loss have none."""
    found = known_ranges(game(loss, domain=domain))
    assert found.get("df") == gradients
    assert found.get("g") == handed_out
    assert found["a"] == (-1, 3)


@pytest.mark.parametrize("loss", [LINEAR, SATURATING, NOISY_HALF_SQUARE, QUADRATIC], ids=lambda v: v.name)
def test_no_run_leaves_its_ranges(loss) -> None:
    """Whatever is recorded of 50 replicates lies inside, and comes near both ends of what is drawn."""
    trace = play(
        Game(
            SGD_CONSTANT,
            loss,
            NOISE,
            INTERVAL,
            horizon=20,
            parameters={"alpha": 0.5},
            start=[0.5],
            replicates=50,
        ),
        record=[x, df, g],
        checkpoints="all",
        engine="numpy",
    )
    for symbol in (x, df, g):
        low, high = trace.run.ranges[symbol.name]
        assert low <= trace[symbol].min() < trace[symbol].max() <= high
    assert trace[x].min() < -0.9


def test_conditions_are_decided_piece_by_piece() -> None:
    """A branch is looked at where it is active alone; a jump shows both of its sides and the point itself."""
    box = ((x, (-oo, oo)), (a, (Rational(-1), Rational(1))))
    clip = Piecewise((-1, x < -1), (x, x < 1), (1, True))
    assert affine_range(clip, box) == (-1, 1)
    assert affine_range(2 * clip + 3 * a, box) == (-5, 5)
    jump = Piecewise((0, x < 0), (5, x <= 0), (1, True))
    assert affine_range(jump, box) == (0, 5)
    assert affine_range(jump, ((x, (Rational(1), Rational(2))),)) == (1, 1)
    assert affine_range(jump, ((x, (Rational(-2), Rational(0))),)) == (0, 5)


@pytest.mark.parametrize(
    "e", [x**2, x * a, Abs(x), 1 / (1 + x**2), Piecewise((1, x > a), (0, True)), Norm1(x), g], ids=str
)
def test_anything_else_is_unknown(e) -> None:
    """No range is guessed."""
    assert affine_range(e, ((x, (Rational(0), Rational(1))), (a, (Rational(0), Rational(1))))) == UNKNOWN


def test_ends_that_are_no_floats_are_rounded_outwards() -> None:
    """1/3 lies strictly between the ends that are told."""
    third = with_noise(piecewise_quadratic(Slope(((-1, Rational(-1, 3)), (1, Rational(1, 3))), 0, 0)))
    low, high = known_ranges(game(third))["df"]
    assert Rational(low) < Rational(-1, 3) < Rational(1, 3) < Rational(high)
    assert high == -low == math.nextafter(1 / 3, 1)


@pytest.mark.parametrize(
    "stream",
    [GaussianStream(1, seed=1), ArrayStream([[1.0]] * 5), [NOISE, GaussianStream(1, seed=3)]],
    ids=["gaussian", "fixed", "mixed"],
)
def test_data_without_a_finite_table_have_no_range(stream) -> None:
    """Gaussian noise is unbounded, and for fixed data nobody knows what else could have come."""
    assert "a" not in known_ranges(game(NOISY_HALF_SQUARE, stream))


def test_parameters_that_differ_have_no_common_range() -> None:
    """The replicates are different games."""
    assert known_ranges(game(LINEAR, parameters={"alpha": [0.1, 0.2]})) == {}


def test_one_law_is_seen_in_what_is_drawn() -> None:
    """Streams of other probabilities, other letters or another kind are another law, whatever their names."""
    named = [NoiseAlphabet([1, -1], chances, name="coin") for chances in (["1/2", "1/2"], ["1/3", "2/3"])]
    fair, unfair = (AlphabetStream(alphabet) for alphabet in named)
    rows = Shuffled(ArrayStream(np.arange(6.0)[:, None]), seed=1)
    assert same_law(game(LINEAR, [fair.reseed(s) for s in range(5)]))
    assert same_law(game(LINEAR, rows, replicates=4))
    for streams in (
        [fair, unfair.reseed(1)],
        [NOISE, AlphabetStream(rademacher(), seed=2)],
        [NOISE, GaussianStream(1, seed=2)],
        [rows, Shuffled(ArrayStream(np.arange(7.0)[:, None]), seed=2)],
        [ArrayStream([[1.0]] * 5), ArrayStream([[1.0]] * 5)],
    ):
        assert not same_law(game(LINEAR, streams))


FIRST_VHAT = SumCoords(1 / sqrt(First(vhat)))


def adal(loss, stream, **options):
    """AdaL for five rounds from the origin, with what its first round decides recorded."""
    options = {"start": [0.0], "replicates": 3, "parameters": {"alpha": 0.1, "beta1": 0.0}, **options}
    record = [FIRST_VHAT, Norm1(g), CumSum(Norm1(g))]
    return play(Game(ADAL, loss, stream, horizon=5, **options), record=record, engine="numpy")


def test_what_the_first_round_decides_is_seen_on_every_letter() -> None:
    """vhat_1 = ghat_1^2 = |xi|^4 is 1 or 81 for the noise -1 or 3, whatever the three runs drew."""
    for seed in range(5):
        ranges = adal(NOISY_HALF_SQUARE, AlphabetStream(skewed(), seed=10 * seed)).run.ranges
        assert ranges[str(FIRST_VHAT)] == pytest.approx((1 / 9, 1), rel=1e-15)
        assert not {str(Norm1(g)), str(CumSum(Norm1(g)))} & set(ranges)


def test_the_first_round_is_not_played_where_its_law_is_not_known() -> None:
    """Other starts, other laws, no table or too large a one: nothing is told."""
    for stream, options in (
        (NOISE, {"start": [[0.0], [0.0], [1.0]]}),
        (NOISE, {"parameters": {"alpha": [0.1, 0.2, 0.3]}}),
        ([NOISE, AlphabetStream(rademacher(), seed=2)], {"replicates": 1}),
        (GaussianStream(1, seed=1), {}),
        (Shuffled(ArrayStream(np.arange(1.0, 2000.0)[:, None]), seed=1), {}),
    ):
        trace = adal(NOISY_HALF_SQUARE, stream, **options)
        assert str(FIRST_VHAT) not in trace.run.ranges
    small = Shuffled(ArrayStream(np.arange(1.0, 900.0)[:, None]), seed=1)
    assert adal(NOISY_HALF_SQUARE, small).run.ranges[str(FIRST_VHAT)][1] == 1


def test_only_first_terms_are_decided_by_the_first_round() -> None:
    """A sum whose terms go on, or vanish from another round on, is none."""
    assert first_term(First(Norm1(g))) == Norm1(g)
    for e in (
        CumSum(Norm1(g)),
        CumSum(Piecewise((g, t < 3), (0, True))),
        CumSum(Piecewise((g, t < 2), (1, True))),
    ):
        assert first_term(e) is None
