"""The torch engine in float32: sums are exact, errors stay within their bounds, overflow is reported."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sympy import Integer, Rational

from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.formula import FormulaStream
from theory.algorithms.adal import ADAL
from theory.losses.linear import LINEAR
from theory.quantities import Norm1, SumCoords, uniform
from theory.recurrence import Recurrence
from theory.symbols import g, v, vhat, x
from torch_games import PARAMETERS, logistic, plain

pytestmark = pytest.mark.torch


def test_sums_of_many_small_numbers_are_exact() -> None:
    """||g||_1 of 2^24 + 1 ones, which is no float32."""
    count = 2**24 + 1
    ones = FormulaStream(Integer(1), dimension=count)
    still = Recurrence("still", ADAL.source, (), (), x, Integer(1))
    trace = play(
        Game(still, LINEAR, ones, horizon=1, start=np.zeros(count)),
        record=[Norm1(g)],
        engine=plain("float32"),
    )
    assert trace[Norm1(g)][-1] == count
    assert float(torch.sum(torch.ones(count))) != count  # control: a sum in float32


def relative_to_float64(recurrence: Recurrence, parameters: dict, quantity: object, dtype: str) -> float:
    """|quantity in a game - in float64| / size, after 2000 rounds of random gradients in 1000 coordinates."""
    stream = FormulaStream(2 * uniform() - 1, dimension=1000, seed=4)
    setting = {"horizon": 2000, "start": np.zeros(1000)}
    options = {"record": [quantity], "checkpoints": [2000]}
    reference = play(Game(ADAL, LINEAR, stream, parameters=PARAMETERS, **setting), engine="numba", **options)
    found = play(
        Game(recurrence, LINEAR, stream, parameters=parameters, **setting), engine=plain(dtype), **options
    )
    key = str(quantity)
    return float(abs(found[key] / reference[key] - 1)[-1])


def test_one_minus_beta_belongs_to_beta() -> None:
    """sum vhat in float32 has no bias of 1.3e-5, the price of 1 - beta2 rounded apart from beta2.

    A coordinate's v remembers 1/(1 - beta2) = 1000 rounds, each rounded by eps/2 = 6e-8 at most: 6e-5 in all,
    random in sign over 1000 coordinates, 6e-5/sqrt(1000) = 2e-6 in their sum.
    """
    quantity = SumCoords(vhat)
    assert relative_to_float64(ADAL, PARAMETERS, quantity, "float32") <= 2e-6
    apart = (v, ADAL.steps[2][1].xreplace({1 - ADAL.parameters[2].symbol: Rational(1, 1000)}))
    biased = replace(ADAL, name="biased", steps=(*ADAL.steps[:2], apart, *ADAL.steps[3:]))
    rounded = {**PARAMETERS, "beta2": float(np.float32(0.999))}
    assert relative_to_float64(biased, rounded, quantity, "float64") > 1e-5


def test_float32_stays_near_float64() -> None:
    """40 rounds: the moments within 4 T eps of their size, the point within the steps' share of that.

    A round multiplies and adds a few times, each time with a relative error of eps/2, to sums of positive
    terms for v, and for m to sums whose terms are at most max|ghat|. The step is alpha/sqrt(t) m/sqrt(v).
    """
    exactly, shortly = (
        logistic(plain(), Box(-9.0, 9.0, dimension=6)),
        logistic(plain("float32"), Box(-9.0, 9.0, dimension=6)),
    )
    eps, rounds = float(np.finfo(np.float32).eps), 40
    assert shortly.run.dtype == "float32"
    difference = np.abs(exactly[v] - shortly[v])
    assert difference.max() > 0
    # the gradient itself feels the point's error: a factor 2 for all that is fed back
    assert np.all(difference <= 2 * 4 * rounds * eps * exactly[v].max())
    steps = np.abs(np.diff(exactly[x], axis=0)).sum(axis=0).max()
    assert np.abs(exactly[x] - shortly[x]).max() <= 2 * 4 * rounds * eps * steps


def test_an_overflow_of_float32_is_reported() -> None:
    """||g||_1^2 g^2 beyond 3e38 leaves an infinite v: the trace says in which round; in float64 it fits."""
    rows = np.ones((6, 3))
    rows[3] = 1e10
    played = {}
    for dtype in ("float32", "float64"):
        trace = play(
            Game(
                ADAL, LINEAR, ArrayStream(rows), Box(-1.0, 1.0, dimension=3), horizon=6, parameters=PARAMETERS
            ),
            engine=plain(dtype),
        )
        played[dtype] = trace.run.not_finite_from
    assert played == {"float32": 4, "float64": None}


@pytest.mark.parametrize(
    ("name", "value", "becomes"), [("beta2", 1 - 1e-9, "1"), ("eps", 1e-60, "0"), ("alpha", 1e60, "inf")]
)
def test_parameters_that_float32_cannot_hold_are_refused(name: str, value: float, becomes: str) -> None:
    """Rounded to 0, 1 or infinity a parameter is another one: 1 - beta2 would be 0."""
    changes = {"parameters": {**PARAMETERS, name: value}, "horizon": 2}
    with pytest.raises(ValueError, match=rf"`{name}` = .* is {becomes} in float32; use float64"):
        logistic(plain("float32"), changes=changes)
    assert logistic(plain(), changes=changes).horizon == 2
