"""Rosenbrock's valley f(x) = 100 (x_2 - x_1^2)^2 + (1 - x_1)^2 in d = 2, minimum 0 at (1, 1).

Not convex, and not smooth on the whole plane: f_11 = 1200 x_1^2 - 400 x_2 + 2 is unbounded.
"""

from sympy import Integer

from theory.loss import Loss, Shape
from theory.quantities import Component
from theory.source import Source
from theory.symbols import x

ROSENBROCK = Loss(
    "rosenbrock",
    Source("rosenbrock1960", "section 3"),
    100 * (Component(x, 1) - Component(x, 0) ** 2) ** 2 + (1 - Component(x, 0)) ** 2,
    Shape.NONCONVEX,
    minimum=Integer(0),
)
