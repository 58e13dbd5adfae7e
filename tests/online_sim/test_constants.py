"""The numbers and properties of a game that theorems ask for."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from sympy import Max, S

from online_sim.constants import constants, properties
from online_sim.domains.box import Box
from online_sim.domains.half_space import HalfSpace
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams.adversarial import constant
from online_sim.streams.all_paths import AllPaths
from online_sim.streams.alphabet import AlphabetStream, NoiseAlphabet, skewed
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.gaussian import GaussianStream
from online_sim.streams.shuffled import Shuffled
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.loss import Loss, Shape
from theory.losses.absolute import ABSOLUTE
from theory.losses.half_square import HALF_SQUARE, NOISY_HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.nonconvex_logistic import nonconvex_logistic
from theory.losses.portfolio import PORTFOLIO
from theory.losses.quadratic import QUADRATIC
from theory.losses.scaled import scaled
from theory.losses.squared import SQUARED
from theory.parameters import Parameter
from theory.quantities import CumSum, Norm2Squared, SumCoords
from theory.source import Source
from theory.symbols import D, Scalar, df, g, t, x

TABLE = (np.array([[1.0, 2.0], [3.0, 0.0], [-1.0, 1.0]]), np.array([1.0, -1.0, 1.0]))


def game(loss, stream=None, domain=None, **options):
    """AdaL against a loss for three rounds."""
    options = {"horizon": 3, **options}
    options["parameters"] = {"alpha": 0.1, **options.get("parameters", {})}
    return Game(ADAL, loss, stream, domain, **options)


def holds(played, name, **options):
    """Whether a game has a property, and the reason."""
    return properties(played, **options)[name]


def test_the_numbers_of_a_set() -> None:
    """d, and both diameters of a box and a ball; none without a set, infinite for an unbounded one."""
    found = constants(game(LINEAR, constant([1.0, 1.0]), Box(-1.0, 2.0, dimension=2)))
    assert (found["d"], found["D"]) == (2.0, 3.0)
    assert found["D_2"] == pytest.approx(3 * math.sqrt(2), rel=1e-15)
    assert constants(game(LINEAR, constant([1.0, 1.0]), L2Ball(2, radius=2.0)))["D"] == 4.0
    free = constants(game(LINEAR, constant([1.0, 1.0])))
    assert (free["D"], free["D_2"]) == (None, None)
    half = game(LINEAR, constant([1.0]), HalfSpace(np.array([1.0]), 1.0))
    assert constants(half)["D"] == math.inf
    assert not holds(half, "COMPACT_SET")[0]


def test_the_numbers_of_a_function() -> None:
    """L and the minimum of a scaled half square; none for a loss that declares none."""
    found = constants(game(scaled(HALF_SQUARE, 6), start=[1.0]))
    assert (found["L"], found["f_star"]) == (6.0, 0.0)
    found = constants(game(QUADRATIC, constant([1.0])))
    assert (found["L"], found["f_star"]) == (1.0, None)


def test_L_of_a_loss_of_the_data_is_the_largest_over_its_rows() -> None:
    """The logistic loss has L = max ||a||^2 / 4 on a table, and none on an endless stream."""
    cycled = Shuffled(ArrayStream(*TABLE))
    assert constants(game(LOGISTIC, cycled))["L"] == pytest.approx(9 / 4, rel=1e-15)
    assert constants(game(LOGISTIC, GaussianStream(2)))["L"] is None
    assert "give it in `constants`" in holds(game(LOGISTIC, GaussianStream(2)), "SMOOTH_LOSS")[1]


K = Parameter(Scalar("k", positive=True), "k", "a factor", lower=0, lower_open=True, typical=(1.0, 2.0))
BOWL = Loss(
    "bowl", Source("nesterov2018", "section 2.1"), K.symbol * (Norm2Squared(x) / 2 - 1), Shape.CONVEX,
    parameters=(K,), smoothness=K.symbol, minimum=-K.symbol,
)  # fmt: skip


def test_one_constant_for_all_replicates_or_none() -> None:
    """Replicates with different functions have no common L or minimum; with the same ones they do."""
    same = constants(game(BOWL, start=[1.0], parameters={"k": [2.0, 2.0], "alpha": [0.1, 0.2]}))
    assert (same["L"], same["f_star"]) == (2.0, -2.0)
    for ks in ([1.0, 2.0], [2.0, 1.0]):
        different = game(BOWL, start=[1.0], parameters={"k": ks})
        assert (constants(different)["L"], constants(different)["f_star"]) == (None, None)
        assert not holds(different, "SMOOTH_LOSS")[0]
        assert not holds(different, "MINIMUM_KNOWN")[0]


def test_a_parameter_of_the_algorithm_and_of_the_loss_needs_two_names() -> None:
    """One number given under a name cannot be meant for two."""
    step = Parameter(Scalar("alpha", positive=True), "alpha", "a factor", lower=0, typical=(1.0, 2.0))
    bowl = Loss(
        "bowl", Source("nesterov2018", "section 2.1"), step.symbol * Norm2Squared(x), Shape.CONVEX,
        parameters=(step,),
    )  # fmt: skip
    with pytest.raises(ValueError, match="`alpha` is a parameter of AdaL and of the loss bowl"):
        game(bowl, start=[1.0])


def test_shape_set_and_function() -> None:
    """Convexity, boundedness, one function, no projection: yes and no, each with a reason."""
    box = Box(-1.0, 1.0, dimension=1)
    linear, fixed = game(LINEAR, constant([1.0]), box), game(HALF_SQUARE, start=[1.0])
    assert holds(linear, "CONVEX_LOSSES")[0]
    assert not holds(game(nonconvex_logistic(oracle="full"), start=[0.0] * 2, table=TABLE), "CONVEX_LOSSES")[
        0
    ]
    assert holds(linear, "COMPACT_SET") == (True, "D = 2")
    assert not holds(fixed, "COMPACT_SET")[0]
    assert holds(fixed, "UNCONSTRAINED") == (True, "no set")
    assert not holds(linear, "UNCONSTRAINED")[0]
    assert holds(fixed, "FIXED_LOSS")[0]
    assert not holds(linear, "FIXED_LOSS")[0]


def test_what_a_python_function_promises() -> None:
    """Only its declared shape: it has no constants, and nobody knows whether it is fixed or unbiased."""
    mine = PythonLoss("mine", lambda *_: (0.0, np.zeros(1)), Shape.CONVEX)
    played = game(mine, constant([1.0]), Box(-1.0, 1.0, dimension=1))
    assert holds(played, "CONVEX_LOSSES")[0]
    for name in ("SMOOTH_LOSS", "MINIMUM_KNOWN", "FIXED_LOSS", "UNBIASED_ORACLE"):
        assert not holds(played, name)[0]


def test_additive_noise_is_unbiased_when_its_mean_is_known_to_be_zero() -> None:
    """Exact mean zero, another mean, and a mean that nobody knows."""
    biased = NoiseAlphabet([2, -1], ["1/2", "1/2"])
    assert holds(game(NOISY_HALF_SQUARE, AlphabetStream(skewed())), "UNBIASED_ORACLE")[0]
    assert not holds(game(NOISY_HALF_SQUARE, AlphabetStream(biased)), "UNBIASED_ORACLE")[0]
    unknown = game(NOISY_HALF_SQUARE, ArrayStream(np.array([[1.0], [-1.0], [0.0]])))
    assert holds(unknown, "UNBIASED_ORACLE") == (False, "the mean of the noise is not known")
    assert holds(game(HALF_SQUARE, start=[1.0]), "UNBIASED_ORACLE")[0]


def test_an_oracle_without_a_rule_is_not_called_unbiased() -> None:
    """Twice the gradient has the right direction and the wrong mean."""
    twice = Loss(
        "twice", Source("nesterov2018", "section 2.1"), Norm2Squared(x) / 2, Shape.CONVEX, oracle=2 * df,
        smoothness=S.One, minimum=S.Zero,
    )  # fmt: skip
    assert not holds(game(twice, AlphabetStream(skewed())), "UNBIASED_ORACLE")[0]


def test_one_row_a_round_is_unbiased_when_drawn_uniformly_from_the_table() -> None:
    """With replacement, from the same table; a permutation or another table is not."""
    loss = nonconvex_logistic(oracle="row")
    rows = ArrayStream(*TABLE)
    other = ArrayStream(TABLE[0] + 1, TABLE[1])
    options = {"start": [0.0, 0.0], "table": TABLE}
    assert holds(game(loss, Shuffled(rows), **options), "UNBIASED_ORACLE")[0]
    permuted = game(loss, Shuffled(rows, with_replacement=False), **options)
    assert not holds(permuted, "UNBIASED_ORACLE")[0]
    assert not holds(game(loss, Shuffled(other), **options), "UNBIASED_ORACLE")[0]
    assert not holds(game(loss, ArrayStream(*TABLE), **options), "UNBIASED_ORACLE")[0]


@pytest.mark.parametrize(
    ("letters", "chances", "unbiased"),
    [([1, -1], ["1/2", "1/2"], True), ([3, -1], ["1/4", "3/4"], True), ([1, -1], ["3/5", "2/5"], False)],
)
def test_all_paths_are_unbiased_when_the_letters_are(letters, chances, unbiased) -> None:
    """The exact mean of a letter decides: the rounds of an enumeration are independent."""
    noise = AllPaths(NoiseAlphabet(letters, chances))
    trace = play(Game(ADAL, NOISY_HALF_SQUARE, noise, horizon=2, parameters={"alpha": 0.1}), engine="numpy")
    assert trace.run.properties["UNBIASED_ORACLE"][0] == unbiased


MU = Parameter(Scalar("mu"), r"\mu", "the modulus", lower=0, lower_open=True, default=1.0)
KINKED = Loss("kinked", Source("boyd2004", ""), SumCoords(x**2 / 2 - Max(x, 0)), Shape.NONCONVEX)


def curved(loss, mu, domain=None):
    """The game of a loss with a method that has a modulus `mu`."""
    method = replace(SGD, name="with a modulus", parameters=(MU,), point=x - g / (MU.symbol * t))
    return Game(
        method, loss, constant([1.0, 2.0]), domain, horizon=3, parameters={"mu": mu}, start=[0.5, 0.5]
    )


@pytest.mark.parametrize(
    ("domain", "start", "has"),
    [
        (Simplex(2), None, {"PROBABILITY_SIMPLEX", "START_AT_CENTRE"}),
        (Simplex(2), [1.0, 0.0], {"PROBABILITY_SIMPLEX"}),
        (Simplex(2, total=2.0), None, {"START_AT_CENTRE"}),
        (L2Ball(2, radius=2.0), None, {"BALL", "CONTAINS_ORIGIN", "START_AT_ORIGIN", "START_AT_CENTRE"}),
        (L2Ball(2, radius=1.0, centre=[3.0, 0.0]), None, {"BALL", "START_AT_CENTRE"}),
        (L2Ball(2, radius=2.0), [1.0, 1e-9], {"BALL", "CONTAINS_ORIGIN"}),
        (Box(-1.0, 3.0, dimension=2), None, {"CONTAINS_ORIGIN", "START_AT_CENTRE"}),
        (Box(1.0, 3.0, dimension=2), [1.0, 1.0], set()),
        (HalfSpace(np.array([1.0, 0.0]), -1.0), [-1.0, 0.0], set()),
        (None, None, {"CONTAINS_ORIGIN", "START_AT_ORIGIN"}),
    ],
)
def test_which_set_and_which_start(domain, start, has) -> None:
    """A set has the properties that its formula shows, no others; a start 1e-9 away is another start."""
    found = properties(game(LINEAR, constant([1.0, 2.0]), domain, start=start))
    names = {"PROBABILITY_SIMPLEX", "BALL", "CONTAINS_ORIGIN", "START_AT_ORIGIN", "START_AT_CENTRE"}
    assert {name for name in names if found[name][0]} == has
    assert all(found[name][1] for name in names)


def test_an_interval_is_a_ball() -> None:
    """In one dimension every bounded convex set is a ball."""
    assert holds(game(LINEAR, constant([1.0]), Box(-1.0, 3.0, dimension=1)), "BALL")[0]


def test_one_start_of_several_elsewhere_is_noticed() -> None:
    """Each replicate has to start where the statement says."""
    played = game(LINEAR, constant([1.0]), Box(-1.0, 1.0, dimension=1), start=[[0.0], [0.5]], replicates=2)
    assert not holds(played, "START_AT_ORIGIN")[0]


@pytest.mark.parametrize(
    ("loss", "mu", "strongly"),
    [
        (QUADRATIC, 1.0, True), (QUADRATIC, 1.5, False), (scaled(HALF_SQUARE, 6), 6.0, True),
        (LINEAR, 0.1, False), (LOGISTIC, 0.1, False), (KINKED, 0.5, False),
    ],
)  # fmt: skip
def test_strong_convexity_is_compared_with_mu(loss, mu, strongly) -> None:
    """Seen where the Hessian is one number; a kink, a linear loss and a larger modulus are no."""
    assert holds(curved(loss, mu), "STRONGLY_CONVEX")[0] is strongly


def test_a_modulus_must_be_called_mu() -> None:
    """Without a parameter of this name nothing is claimed, and the reason says so."""
    found, reason = holds(game(QUADRATIC, constant([1.0])), "STRONGLY_CONVEX")
    assert not found
    assert "called mu" in reason
    mine = PythonLoss("mine", lambda *_: (0.0, np.zeros(2)), Shape.CONVEX)
    assert not holds(curved(mine, 1.0), "STRONGLY_CONVEX")[0]


def test_the_portfolio_loss_is_exp_concave() -> None:
    """-log <a, x> with modulus 1; 1 is the largest; the squared loss is not known to be."""
    assert holds(curved(PORTFOLIO, 1.0), "EXP_CONCAVE")[0]
    assert not holds(curved(PORTFOLIO, 1.001), "EXP_CONCAVE")[0]
    assert not holds(curved(SQUARED, 0.1), "EXP_CONCAVE")[0]


def test_losses_that_are_never_negative() -> None:
    """By the formula or the known minimum; self-bounded with a known L on top."""
    for loss, nonnegative, bounded in (
        (QUADRATIC, True, True), (scaled(HALF_SQUARE, 6), True, True), (LINEAR, False, False),
        (PORTFOLIO, False, False), (KINKED, False, False), (ABSOLUTE, True, False),
    ):  # fmt: skip
        played = curved(loss, 1.0)
        assert holds(played, "NONNEGATIVE_LOSSES")[0] is nonnegative
        assert holds(played, "SELF_BOUNDED")[0] is bounded


@pytest.mark.parametrize("engine", ["numba", "numpy", "precise"])
def test_a_run_may_record_what_reads_the_diameter(engine) -> None:
    """Whether or not a statement asks for an excess, in every precision."""
    box = Box(-1.5, 1.5, dimension=1)
    game = Game(SGD, LINEAR, constant([1.0]), box, horizon=4, parameters={"alpha": 0.5})
    trace = play(game, record=[CumSum(D)], engine=engine)
    assert trace.scalars[str(CumSum(D))][0, -1] == 12
