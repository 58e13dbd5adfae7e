"""A game is checked and normalised before the first round."""

from __future__ import annotations

import tracemalloc
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from online_sim.domains.box import Box
from online_sim.domains.simplex import Simplex
from online_sim.game import Game, fingerprint
from online_sim.python_loss import PythonLoss
from online_sim.streams.all_paths import AllPaths
from online_sim.streams.alphabet import skewed
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.formula import FormulaStream
from online_sim.streams.gaussian import GaussianStream
from theory.algorithms.adal import ADAL, adal
from theory.loss import Shape
from theory.losses.half_square import NOISY_HALF_SQUARE
from theory.losses.huber import HUBER
from theory.losses.linear import LINEAR
from theory.losses.rastrigin import RASTRIGIN
from theory.losses.rosenbrock import ROSENBROCK
from theory.quantities import uniform


def game(**changes: object) -> Game:
    """A small game with the given changes."""
    arguments = {
        "recurrence": ADAL, "loss": HUBER, "stream": GaussianStream(3, seed=2),
        "domain": Box(-1, 1, dimension=3), "horizon": 10, "parameters": {"alpha": 0.1},
    }  # fmt: skip
    arguments |= changes
    first = [arguments.pop(name) for name in ("recurrence", "loss", "stream", "domain")]
    return Game(*first, **arguments)


def test_parameters_are_in_order_with_defaults() -> None:
    """Columns: the algorithm's parameters, then the loss's; what is not given takes its default."""
    made = game(parameters={"threshold": 2, "alpha": 0.5})
    assert made.parameter_names == ("alpha", "beta1", "beta2", "eps", "threshold")
    assert made.numbers.tolist() == [[0.5, 0.9, 0.999, 1e-8, 2.0]]
    assert made.values() == {"alpha": 0.5, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "threshold": 2.0}


def test_lists_of_parameters_make_replicates() -> None:
    """One list sets the number of replicates; numbers are repeated."""
    made = game(parameters={"alpha": [0.1, 0.2, 0.3], "beta1": 0.5})
    assert made.replicates == 3
    assert made.numbers[:, 0].tolist() == [0.1, 0.2, 0.3]
    assert made.numbers[:, 1].tolist() == [0.5] * 3
    assert made.starts.shape == (3, 3)
    assert made.values(2)["alpha"] == 0.3


def test_the_start_is_the_sets_own_or_zero() -> None:
    """Without `start`: the set's start, or 0 without a set; a single start is shared."""
    assert game(domain=Simplex(3)).starts.tolist() == [Simplex(3).start().tolist()]
    assert game(domain=None).starts.tolist() == [[0.0, 0.0, 0.0]]
    shared = game(start=[0.1, 0.2, 0.3], replicates=2).starts
    assert shared.tolist() == [[0.1, 0.2, 0.3]] * 2


def test_the_start_may_touch_the_boundary() -> None:
    """On the boundary is inside, also up to rounding; a millionth outside is not."""
    assert game(start=[1.0, -1.0, 1.0 + 4e-16]).starts[0, 0] == 1
    with pytest.raises(ValueError, match="lies outside"):
        game(start=[1.0, -1.0, 1.0 + 1e-6])


def test_groups_are_numbered_from_zero() -> None:
    """Any whole labels; without `groups` there is one."""
    assert game(groups=[7, 3, 7]).group.tolist() == [1, 0, 1]
    assert game().group.tolist() == [0, 0, 0]


def test_the_loss_may_fix_the_dimension() -> None:
    """Rosenbrock's valley lives in the plane."""
    assert game(loss=ROSENBROCK, stream=None, domain=None).dimension == 2
    with pytest.raises(ValueError, match="the loss rosenbrock has d = 2"):
        game(loss=ROSENBROCK, stream=None)
    assert game(loss=RASTRIGIN, stream=None).dimension == 3


def test_convexity_is_the_losses() -> None:
    """Linear and convex losses make a convex game, a Python loss only when it says so."""
    assert game().convex
    assert game(loss=LINEAR).convex
    assert not game(loss=RASTRIGIN).convex
    assert not game(loss=PythonLoss("mine", lambda *_: (0.0, np.zeros(3)))).convex
    assert game(loss=PythonLoss("mine", lambda *_: (0.0, np.zeros(3)), Shape.CONVEX)).convex


SEEDED = GaussianStream(3, seed=2)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"replicates": 4},
        {"parameters": {"alpha": [0.1, 0.2, 0.3]}},
        {"parameters": {"alpha": [0.1, 0.2, 0.3]}, "replicates": 3},
        {"stream": [SEEDED, SEEDED.reseed(7)], "start": [[0.1, 0.2, 0.3], [0.0, 0.0, 0.0]]},
        {"stream": ArrayStream(np.eye(3), order="cycle"), "replicates": 2, "groups": [4, 4, 7]},
        {"table": (np.eye(3), np.ones(3)), "domain": None, "start": [0.5, 0.5, 0.5]},
    ],
)
def test_replacing_nothing_changes_nothing(changes: dict) -> None:
    """A copy plays the same streams from the same points: each argument says what was meant by it."""
    first = game(**changes)
    again = replace(first, horizon=4)
    assert again.horizon == 4
    assert again.replicates == first.replicates
    assert fingerprint(again) == fingerprint(first)
    assert fingerprint(first.first(first.replicates)) == fingerprint(first)


def test_a_list_of_one_stream_is_shared() -> None:
    """One seeded stream is reseeded for each replicate; in a list it is the stream of all of them."""
    assert [s.seed for s in game(replicates=2).streams] == [2, 3]
    assert [s.seed for s in game(stream=[SEEDED], replicates=2).streams] == [2]


def test_all_paths_make_replicates() -> None:
    """One for each path, whatever the horizon and the number given."""
    made = game(stream=AllPaths(skewed()), domain=None, loss=NOISY_HALF_SQUARE, horizon=3)
    assert made.replicates == 8
    assert made.all_paths == made.stream
    assert game().all_paths is None
    assert replace(made, horizon=2).replicates == 4
    assert replace(made, replicates=3).replicates == 8


def test_a_game_is_frozen() -> None:
    """The statement of a run does not change under it."""
    with pytest.raises(FrozenInstanceError):
        game().horizon = 3


def test_the_fingerprint_sees_every_part() -> None:
    """All that a run depends on changes it; the horizon alone does not, for a longer run goes on."""
    changes = [
        {"recurrence": adal(maximum="R2")}, {"loss": LINEAR}, {"stream": GaussianStream(3, seed=3)},
        {"domain": Box(-1, 2, dimension=3)}, {"domain": None}, {"parameters": {"alpha": 0.2}},
        {"start": [0.1, 0.0, 0.0]}, {"groups": [0, 0, 1]}, {"replicates": 2},
        {"stream": ArrayStream(np.eye(3), order="cycle")},
        {"stream": ArrayStream(np.eye(3) + 1, order="cycle")},
        {"table": (np.eye(3), np.ones(3))},
    ]  # fmt: skip
    prints = [fingerprint(game(**change)) for change in ({}, *changes)]
    assert len(set(prints)) == len(prints)
    assert fingerprint(game(horizon=20)) == fingerprint(game())
    assert fingerprint(replace(game())) == prints[0]


def test_a_game_of_a_billion_coordinates_is_stated_in_no_memory() -> None:
    """A box given by two numbers, its centre as the start and a formula for the data: a few kilobytes."""
    tracemalloc.start()
    d = 10**9
    game = Game(
        ADAL,
        LINEAR,
        FormulaStream(2 * uniform() - 1, dimension=d),
        Box(-1, 1, dimension=d),
        horizon=3,
        parameters={"alpha": 0.1},
    )
    digest = fingerprint(game)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert game.dimension == d
    assert peak < 4_000_000
    other = Game(
        ADAL,
        LINEAR,
        FormulaStream(2 * uniform() - 1, dimension=d),
        Box(-1, 2, dimension=d),
        horizon=3,
        parameters={"alpha": 0.1},
    )
    assert fingerprint(other) != digest
