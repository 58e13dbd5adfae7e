"""Huber's loss by coordinates: with r = x_i - a_i and threshold k, r^2/2 where |r| <= k, else k |r| - k^2/2.

Separable, convex, continuously differentiable, smooth with L = 1. The linear pieces are written with their
signs, so that no kink of an absolute value appears in the derivatives.
"""

from __future__ import annotations

from sympy import Integer, Piecewise

from theory.loss import Loss, Shape
from theory.parameters import Parameter
from theory.quantities import SumCoords
from theory.source import Source
from theory.symbols import Scalar, a, x

THRESHOLD = Parameter(
    Scalar("threshold", positive=True), "k", "the threshold of Huber's loss",
    lower=0, lower_open=True, typical=(0.1, 2.0), default=1.0,
)  # fmt: skip
threshold = THRESHOLD.symbol

HUBER = Loss(
    "huber",
    Source("huber1964", "section 4"),
    SumCoords(
        Piecewise(
            (threshold * (a - x) - threshold**2 / 2, x - a < -threshold),
            (threshold * (x - a) - threshold**2 / 2, x - a > threshold),
            ((x - a) ** 2 / 2, True),
        )
    ),
    Shape.CONVEX,
    parameters=(THRESHOLD,),
    smoothness=Integer(1),
)
