"""CE3: a smooth function without noise on which AdaL with the maximum breaks every reading of Theorem 2.

f' = -1 on x <= 0, -1 + x on [0, 2/3], -1/3 on a stretch of length 667/3, then up to 0 with slope 1, then 0.
G = M = L = 1 and vhat_0 = vhat_1 = 1; f(x_1) - f(x_*) = 74 + 11/18. After round 1 every step is
t^{-1/2}/9, so that the point stays on the stretch. Source: docs/theory.md, Theorem 2, CE3.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from sympy import Integer, Piecewise, Rational

from bounds.evaluate import checks
from bounds.verdict import Verdict
from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from theory.algorithms.adal import ADAL_R2
from theory.loss import Loss, Shape
from theory.quantities import SumCoords
from theory.source import Source
from theory.symbols import f, x
from theory.theorems.adal import THEOREM2

BEND, STRETCH = Rational(2, 3), Rational(667, 3)
END = BEND + STRETCH
DISTANCE = 74 + Rational(11, 18)
SLOPE = Loss(
    "slope", Source("adal", "Theorem 2"),
    SumCoords(
        Piecewise(
            (DISTANCE - x, x <= 0),
            (DISTANCE - x + x**2 / 2, x <= BEND),
            (DISTANCE - Rational(4, 9) - (x - BEND) / 3, x <= END),
            ((x - END - Rational(1, 3)) ** 2 / 2, x <= END + Rational(1, 3)),
            (0, True),
        )
    ),
    Shape.NONCONVEX, smoothness=Integer(1), minimum=Integer(0),
)  # fmt: skip
GIVEN = {"alpha": 1.0, "beta1": 0.0, "beta2": 0.5}


def by_hand(_, point, *__):
    """The same function, in plain Python."""
    z, bend, end, top = point[0], 2 / 3, 2 / 3 + 667 / 3, 74 + 11 / 18
    if z <= 0:
        return top - z, np.array([-1.0])
    if z <= bend:
        return top - z + z * z / 2, np.array([z - 1])
    if z <= end:
        return top - 4 / 9 - (z - bend) / 3, np.array([-1 / 3])
    if z <= end + 1 / 3:
        return (z - end - 1 / 3) ** 2 / 2, np.array([z - end - 1 / 3])
    return 0.0, np.array([0.0])


def descend(loss, horizon, *, start=0.0, engine="numba", record=(), checkpoints="all"):
    """AdaL with the maximum (R2), eps = 0."""
    return play(
        Game(ADAL_R2, loss, horizon=horizon, parameters=GIVEN, start=[start]),
        record=record,
        engine=engine,
        checkpoints=checkpoints,
    )


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("start", [-2.0, 0.0, 0.3, 100.0, 222.9, 223.1, 300.0])
def test_the_choice_of_cases_is_that_of_plain_python(engine, start) -> None:
    """Every branch, on both engines, against a function written by hand."""
    symbols = descend(SLOPE, 5, start=start, engine=engine, record=[x, f])
    function = descend(PythonLoss("by hand", by_hand), 5, start=start, engine="numpy", record=[x, f])
    np.testing.assert_allclose(symbols[x], function[x], rtol=1e-14)
    # 223.1 is near the end of the slope, where f < 1/50 is a difference of numbers near 223.
    np.testing.assert_allclose(symbols[f], function[f], rtol=1e-14, atol=1e-13)
    assert start > 223.3 or np.ptp(symbols[x]) > 0


def test_the_pieces_fit_together() -> None:
    """Value and slope are continuous at every seam."""
    pieces = SLOPE.value.args[0].args
    for (left, condition), (right, _) in pairwise(pieces):
        seam = condition.rhs
        assert left.subs(x, seam) == right.subs(x, seam)
        assert left.diff(x).subs(x, seam) == right.diff(x).subs(x, seam)


@pytest.mark.slow
def test_every_reading_of_theorem_2_is_violated_after_a_million_rounds() -> None:
    """The average squared gradient stays above 1/9 = 0.1111; every reading is 0.1055."""
    trace = descend(SLOPE, 10**6, record=(x, *THEOREM2.quantities), checkpoints=20)
    # From x = 1 on, steps of t^{-1/2}/9.
    steps = 1 + float(np.sum(1 / np.sqrt(np.arange(2, 10**6)))) / 9
    assert trace[x][-1, 0] == pytest.approx(steps, rel=1e-9)
    assert trace[x][-1, 0] < END
    right = (float(DISTANCE) + 1 + 1 / 4 + 2 * (1 + math.log(10**6))) / 1000
    for found in checks(THEOREM2.asked_of(), trace):
        assert found.verdict is Verdict.VIOLATED, found.reason
        assert found.lhs_lower[-1] > 1 / 9
        assert found.rhs[-1] == pytest.approx(right, rel=1e-12)
        assert found.rhs[-1] == pytest.approx(0.1055, abs=5e-5)
        assert found.first_violation > 10**5
