"""Huber's loss by coordinates: with r = x_i - a_i and threshold k, r^2/2 where |r| <= k, else k |r| - k^2/2.

Separable, convex, continuously differentiable, smooth with L = 1. The linear pieces are written with their
signs, so that no kink of an absolute value appears in the derivatives.

`HUBER_FUNCTION` is the one with k = 1 around 0 in one variable, up to a constant: half a square whose
gradient saturates at +-1, so that the largest gradient over all noise is known.
"""

from fractions import Fraction

from sympy import Integer, Piecewise

from theory.loss import Loss, Shape
from theory.losses.noise import with_noise
from theory.losses.piecewise_quadratic import Slope, piecewise_quadratic
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

_SATURATING = Slope(((Fraction(-1), Fraction(-1)), (Fraction(1), Fraction(1))), Fraction(0), Fraction(0))
HUBER_FUNCTION = piecewise_quadratic(_SATURATING, name="huber_function")
NOISY_HUBER_FUNCTION = with_noise(HUBER_FUNCTION)
