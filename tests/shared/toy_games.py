"""Games that tests of verdicts play: linear losses on [-1, 1], and descent on one function."""

from __future__ import annotations

from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from theory.algorithms.adal import ADAL
from theory.losses.linear import LINEAR
from theory.quantities import CumSum, Expectation, Norm2Squared
from theory.symbols import T, df

MEAN = Expectation(CumSum(Norm2Squared(df))) / T
INTERVAL = Box(-1.0, 1.0, dimension=1)
CLOSE = 1e-12  # a dozen operations and at most a thousand rounds, each within 2.2e-16


def on_interval(stream, horizon, record, *, recurrence=ADAL, checkpoints="all", start=None, **parameters):
    """Linear losses on [-1, 1], played by the interpreted engine."""
    values = {"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 0.0, **parameters}
    names = recurrence.parameter_names
    return play(
        Game(
            recurrence,
            LINEAR,
            stream,
            INTERVAL,
            horizon=horizon,
            parameters={name: value for name, value in values.items() if name in names},
            start=start,
        ),
        record=record,
        engine="numpy",
        checkpoints=checkpoints,
    )


def descent(loss, horizon, record, *, start, stream=None, domain=None, parameters=None, **game):
    """AdaL on one function, played by the interpreted engine."""
    values = {"alpha": 1.0, "beta1": 0.0, "beta2": 0.5, "eps": 0.0, **(parameters or {})}
    made = Game(ADAL, loss, stream, domain, horizon=horizon, parameters=values, start=start, **game)
    return play(made, record=record, checkpoints="all", engine="numpy")
