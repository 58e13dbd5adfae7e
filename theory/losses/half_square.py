"""Half the square, f(x) = ||x||_2^2 / 2: the simplest smooth (L = 1) and strongly convex fixed function."""

from sympy import Integer

from theory.loss import Loss, Shape
from theory.losses.noise import with_noise
from theory.quantities import SumCoords
from theory.source import Source
from theory.symbols import x

HALF_SQUARE = Loss(
    "half_square",
    Source("nesterov2018", "section 2.1"),
    SumCoords(x**2) / 2,
    Shape.CONVEX,
    smoothness=Integer(1),
    minimum=Integer(0),
)
NOISY_HALF_SQUARE = with_noise(HALF_SQUARE)
