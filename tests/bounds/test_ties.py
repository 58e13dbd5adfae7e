"""Losses whose branches tie: the regret interval holds the regret, and a proved bound is not violated."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Expr, Max, Min, Piecewise, Rational, S

from bounds.evaluate import check
from bounds.verdict import Verdict
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.regret import lower_key, upper_key
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.sgd import SGD
from theory.loss import Loss, Shape
from theory.quantities import CumSum, Dot, Regret, SumCoords
from theory.source import Source
from theory.symbols import a, b, f, x
from theory.theorems.ogd import SQRT

u = Dot(a, x)
half = Rational(1, 2)
# name -> (loss, its minimum on [-1, 1] for a = b = 1)
LOSSES: dict[str, tuple[Expr, float]] = {
    "max(u, 2u)": (Max(u, 2 * u), -1.0),
    "max(u, -u, bu)": (Max(u, -u, b * u), 0.0),
    "three lines": (Max(u - half, -u, 2 * u - 1), -0.25),
    "by coordinates": (SumCoords(Max(x - half, -x, 2 * x - 1)), -0.25),
    "a line": (Max(0, u) + Min(0, u), -1.0),
    "pieces": (SumCoords(Piecewise((-x, x < 0), (2 * x, True))), 0.0),
}


@pytest.mark.parametrize("start", [0.0, 1.0, -1.0, 0.25, 0.5])
@pytest.mark.parametrize("name", LOSSES)
def test_the_regret_is_enclosed_and_the_proved_bound_holds(name: str, start: float) -> None:
    """From a tie and beside it, for five rounds of the same function."""
    value, least = LOSSES[name]
    loss = Loss(name, Source("boyd2004", "section 3.2.3"), value, Shape.CONVEX)
    trace = play(
        Game(
            SGD,
            loss,
            ArrayStream(np.ones((5, 1)), np.ones(5)),
            Box(-1.0, 1.0, dimension=1),
            horizon=5,
            parameters={"alpha": 0.5},
            start=[start],
        ),
        record=[*SQRT.quantities, CumSum(f)],
        checkpoints="all",
        engine="numpy",
    )
    regret = Regret(S.One)
    lower, upper = (trace.scalars[key(regret)][0] for key in (lower_key, upper_key))
    exact = trace.scalars[str(CumSum(f))][0] - least * np.arange(1, 6)
    # Losses of size 1 and five rounds: each sum is within five roundings of size 5.
    assert np.all(lower <= exact + 5e-15)
    assert np.all(exact - 5e-15 <= upper)
    assert np.all(upper - lower <= 1e-5)  # cutting planes stop at 1e-6 of the sum
    assert check(SQRT, "stated", trace).verdict is not Verdict.VIOLATED
