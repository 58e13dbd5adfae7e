"""Online quadratic optimisation, f_t(x) = ||x - a_t||_2^2 / 2: separable, smooth with L = 1."""

from sympy import Integer

from theory.loss import Loss, Shape
from theory.quantities import Norm2Squared
from theory.source import Source
from theory.symbols import a, x

QUADRATIC = Loss(
    "quadratic",
    Source("shalev2012", "section 2.2"),
    Norm2Squared(x - a) / 2,
    Shape.CONVEX,
    smoothness=Integer(1),
)
