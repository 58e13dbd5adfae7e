"""1 - beta**t near beta = 1: every engine is right to a few units in the last place, in every round."""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp

from online_sim.engines.fading import fading
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.losses.linear import LINEAR
from theory.parameters import BETA1
from theory.printing.array_source import ArrayPrinter
from theory.printing.loop_source import LoopPrinter
from theory.printing.torch_source import TorchPrinter
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import g, t, x

BETAS = (0.0, 0.3, 0.9, 1.0 - 1e-6, 1.0 - 1e-9, 1.0 - 1e-12)
beta1 = BETA1.symbol
# x_{t+1} = 1 - beta1^t where every gradient is 1.
CORRECTION = Recurrence(
    name="correction", source=Source("kingma2015", "Alg. 1"), parameters=(BETA1,), steps=(),
    point=(1 - beta1**t) * g, metric=1, variant={},
)  # fmt: skip
# See `loop.expressions`: 3 eps; expm1 and log of the others' are right to an ulp each.
ULPS = 4.0


def ulps(value: float, beta: float, rounds: int) -> float:
    """How many eps of itself a value of 1 - beta^rounds is off by."""
    with mp.workdps(60):
        truth = 1 - mp.mpf(beta) ** rounds
        return float(abs(mp.mpf(float(value)) - truth) / truth / np.finfo(np.float64).eps)


def played(engine, rounds: int, checkpoints: list[int]) -> np.ndarray:
    """1 - beta^(k - 1) of every beta at every checkpoint k, (R, K)."""
    stream = ArrayStream(np.ones((rounds, 1)))
    trace = play(
        Game(CORRECTION, LINEAR, stream, horizon=rounds, parameters={"beta1": list(BETAS)}),
        engine=engine,
        record=[x],
        checkpoints=checkpoints,
    )
    return np.asarray(trace[x])[:, :, 0]


@pytest.mark.parametrize(
    ("engine", "rounds"),
    [
        (NumbaEngine(lanes=False), 1_000_000),
        (NumbaEngine(lanes=True), 1_000_000),
        (NumbaEngine(reproducible=True), 1_000_000),
        (NumpyEngine(), 3000),
        ("torch", 3000),
    ],
    ids=["numba", "lanes", "reproducible", "numpy", "torch"],
)
def test_bias_corrections_keep_their_digits(engine, rounds):
    """Against 60 digits, for beta from 0 to 1 - 1e-12, early, midway and after a million rounds."""
    checkpoints = [k for k in (2, 3, 10, 101, 1001, 3000, 30_001, 300_001, 1_000_000) if k <= rounds]
    found = played(engine, rounds, checkpoints)
    for values, beta in zip(found, BETAS, strict=True):
        for value, k in zip(values, checkpoints, strict=True):
            assert ulps(value, beta, k - 1) <= ULPS, (beta, k)


def test_a_running_product_would_fail():
    """Must-fail control: the difference of 1 and a product loses what the test above asks for."""
    beta, power = 1.0 - 1e-9, 1.0
    for _ in range(1000):
        power *= beta
    assert ulps(1.0 - power, beta, 1000) > 1000.0 * ULPS


@pytest.mark.parametrize("pieces", [7, 1000])
def test_a_run_in_pieces_is_a_run_in_one(pieces):
    """The sum and what it lost are handed from block to block."""
    checkpoints = [2, 100, 2000, 5000]
    whole = played(NumbaEngine(lanes=False), 5000, checkpoints)
    engine = NumbaEngine(lanes=False)
    engine.block_rounds = pieces
    assert np.array_equal(played(engine, 5000, checkpoints), whole)


@pytest.mark.parametrize("beta", [*BETAS, 1.25])
def test_printed_sources_keep_their_digits(beta):
    """Array, loop and torch sources of 1 - beta^t, its opposite and 1 - beta^(t + 1), t up to a million."""
    import math

    import torch

    for rounds in (1, 1000) if beta > 1.0 else (1, 1000, 1_000_000):
        for expression, power, sign in (
            (1 - beta1**t, rounds, 1.0),
            (beta1**t - 1, rounds, -1.0),
            (1 - beta1 ** (t + 1), rounds + 1, 1.0),
        ):
            for printer, values in (
                (ArrayPrinter(), {"beta1": np.float64(beta), "t": np.float64(rounds)}),
                (LoopPrinter(), {"beta1": beta, "t": float(rounds)}),
                (TorchPrinter(), {"beta1": torch.tensor([beta], dtype=torch.float64),
                                  "t": torch.tensor([float(rounds)], dtype=torch.float64)}),
            ):  # fmt: skip
                with np.errstate(over="ignore"):
                    text = printer.print(expression)
                    value = eval(text, {"np": np, "fading": fading, "math": math, "torch": torch, **values})
                # t log(beta) is rounded where the result grows like the power itself.
                allowed = ULPS * max(1.0, power * math.log(beta)) if beta > 1.0 else ULPS
                assert ulps(sign * float(value), beta, power) <= allowed, (printer, expression, rounds)
