"""Rastrigin's function f(x) = 10 d + sum_i (x_i^2 - 10 cos(2 pi x_i)), minimum 0 at the origin.

The constant 10 d stands inside the sum, one 10 for each coordinate. f'' = 2 + 40 pi^2 cos(2 pi x_i), so
L = 2 + 40 pi^2, attained at the origin. Not convex: 11^2 local minima in [-5.12, 5.12]^2.
"""

from sympy import Integer, cos, pi

from theory.loss import Loss, Shape
from theory.quantities import SumCoords
from theory.source import Source
from theory.symbols import x

RASTRIGIN = Loss(
    "rastrigin",
    Source("muehlenbein1991", "function F6"),
    SumCoords(10 + x**2 - 10 * cos(2 * pi * x)),
    Shape.NONCONVEX,
    smoothness=2 + 40 * pi**2,
    minimum=Integer(0),
)
