"""A game of logistic losses that the tests of the torch engine play."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from online_sim.domains.box import Box
from online_sim.engines.torch_engine import TorchEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL
from theory.losses.logistic import LOGISTIC
from theory.quantities import CumMax, CumSum, Norm1, SumCoords
from theory.symbols import f, g, m, v, vhat, x

PARAMETERS = {"alpha": 0.3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
ROWS = np.random.default_rng(5).normal(size=(40, 6))
LABELS = np.sign(ROWS[:, 0])
RECORD = [x, m, v, f, CumSum(f), CumMax(Norm1(g)), SumCoords(vhat)]


def plain(dtype: str = "float64", **options: object) -> TorchEngine:
    """An engine on the CPU that compiles nothing."""
    return TorchEngine("cpu", dtype, compiled=False, **options)


GAME = Game(
    ADAL, LOGISTIC, ArrayStream(ROWS, LABELS), Box(-0.5, 0.5, dimension=6), horizon=40, parameters=PARAMETERS
)


def logistic(engine: object, domain: object = None, *, changes: dict | None = None, **options: object):
    """Forty rounds of logistic losses in a box, or in another set."""
    game = replace(GAME, **({} if domain is None else {"domain": domain}), **(changes or {}))
    return play(game, engine=engine, **{"record": RECORD, "checkpoints": "all", **options})
