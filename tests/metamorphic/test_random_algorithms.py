"""Random algorithms on every loss: the compiled loop plays what the printed arithmetic of numpy plays.

The algorithms of the package use a few names and shapes of lines. Here lines are drawn at random: with short
names that a compiler likes to use itself, and with previous values of every line, of g and of f. They are
played with one replicate and with many side by side.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from sympy import Integer

from drawn_recurrences import drawn
from online_sim.domains import Box, L2Ball
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import GaussianStream
from theory.losses.registry import losses
from theory.parameters import ALPHA, alpha
from theory.quantities import CumMax, CumSum, Norm1, Prev, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, f, g, x, z

LOSSES = {loss.name: loss for loss in losses() if loss.name != "portfolio"}
"""All but the one that is defined for positive data only."""


def check(seed: int) -> None:
    """Play one random algorithm on a random loss and set; compare every recorded number."""
    rng = random.Random(-seed)
    recurrence, lines = drawn(seed)
    # Rosenbrock's gradient is given coordinate by coordinate.
    loss = LOSSES[rng.choice([*sorted(LOSSES), *3 * ["rosenbrock"]])]
    d = loss.dimension or rng.choice([1, 2, 3])
    domain = rng.choice([None, Box(-1, 1, dimension=d), L2Ball(d, 1.0)])
    replicates = rng.choice([1, 3, 16])
    numbers = np.random.default_rng(seed)
    stream = GaussianStream(d, seed=seed) if loss.uses_stream or loss.oracle is not None else None
    game = Game(
        recurrence,
        loss,
        stream,
        domain,
        horizon=5,
        start=numbers.uniform(-0.3, 0.3, size=(replicates, d)),
        replicates=replicates,
        parameters={"alpha": 0.05} | {p.name: p.default or sum(p.typical) / 2 for p in loss.parameters},
        table=(numbers.normal(size=(4, d)), np.sign(numbers.normal(size=4))) if loss.uses_rows else None,
    )
    record = (x, *lines, CumSum(Norm1(g)), CumMax(f))

    def played(engine: Any) -> Any:
        return play(game, record=record, checkpoints="all", engine=engine)

    loop, plain, longer = (
        played(e) for e in (NumbaEngine(interpreted=True), NumpyEngine(), NumpyEngine(np.longdouble))
    )
    for quantity in record:
        mine, theirs, exact = (np.asarray(run[quantity], dtype=float) for run in (loop, plain, longer))
        assert np.array_equal(np.isfinite(mine), np.isfinite(theirs)), (seed, quantity)
        whole = np.isfinite(theirs) & np.isfinite(exact)
        if not np.any(whole):
            continue
        # What rounding the game amplifies is measured by longer floats.
        room = 1e-9 * (1 + np.abs(theirs[whole]).max()) + 1e3 * np.abs(theirs[whole] - exact[whole]).max()
        assert np.abs(mine[whole] - theirs[whole]).max() <= room, (seed, quantity, recurrence.lines)


@pytest.mark.parametrize("seed", range(1, 41))
def test_random_algorithms_agree_on_both_engines(seed: int) -> None:
    """Whatever the lines are called and whichever previous values they read."""
    check(seed)


@pytest.mark.slow
def test_many_random_algorithms_agree_on_both_engines() -> None:
    """The same for a thousand of them."""
    for seed in range(1000, 2000):
        check(seed)


def test_the_previous_value_of_a_line_called_p() -> None:
    """A name that begins like the compiler's own for parameters is no constant."""
    p, q = Scalar("p"), Scalar("q")
    recurrence = Recurrence(
        "two sums", Source("adal", "Algorithm 1"), (ALPHA,),
        ((p, SumCoords(x)), (q, Prev(p) / 2)), x - alpha * q * g, Integer(1),
    )  # fmt: skip
    trace = play(
        Game(recurrence, LOSSES["half_square"], horizon=3, parameters={"alpha": 0.5}, start=[0.5, 0.5]),
        record=[p, q],
        checkpoints="all",
        engine="numba",
    )
    assert trace[p].tolist() == [1.0, 1.0, 0.75]
    assert trace[q].tolist() == [0.0, 0.5, 0.5]


def test_names_that_mean_two_things_are_refused() -> None:
    """A line cannot be called like a parameter of the loss, or like a fixed vector that is given."""
    clash = Recurrence(
        "clash",
        Source("adal", "Algorithm 1"),
        (ALPHA,),
        ((Scalar("q"), Norm1(g)),),
        x - alpha * g,
        Scalar("q"),
    )
    with pytest.raises(
        ValueError, match="`q` is a line of clash and a parameter of the loss power_tail; rename"
    ):
        play(Game(clash, LOSSES["power_tail"], horizon=1, parameters={"alpha": 0.5}, start=[0.5]))
    dual = Recurrence(
        "dual", Source("adal", "Algorithm 1"), (ALPHA,), ((z, Prev(z) + g),), x - alpha * z, Integer(1)
    )
    with pytest.raises(ValueError, match="`vectors` gives `z`, which is a line of dual; rename the line"):
        play(
            Game(dual, LOSSES["half_square"], horizon=1, parameters={"alpha": 0.5}, start=[0.5]),
            record=[SumCoords((x - z) ** 2)],
            vectors={z: [0.0]},
        )
    assert (
        play(
            Game(dual, LOSSES["half_square"], horizon=1, parameters={"alpha": 0.5}, start=[0.5]), record=[z]
        )[z][0, 0]
        == 0.5
    )
