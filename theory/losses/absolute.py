"""Absolute loss f_t(x) = ||x - a_t||_1: separable; the best fixed point is a coordinatewise weighted median.

Convex, not smooth. At a kink x_i = a_i the subgradient taken is 0 (`theory.subgradient`).
"""

from theory.loss import Loss, Shape
from theory.quantities import Norm1
from theory.source import Source
from theory.symbols import a, x

ABSOLUTE = Loss("absolute", Source("boyd2004", "section 6.1.1"), Norm1(x - a), Shape.CONVEX)
