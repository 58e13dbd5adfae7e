"""Hinge loss f_t(x) = max(0, 1 - b_t <a_t, x>), labels b_t in {-1, 1}; a real b_t is allowed.

Convex, not smooth. At the kink b <a, x> = 1 the subgradient taken is 0 (`theory.subgradient`).
"""

from sympy import Max

from theory.loss import Loss, Shape
from theory.quantities import Dot
from theory.source import Source
from theory.symbols import a, b, x

HINGE = Loss("hinge", Source("hazan2016", "section 2.5"), Max(0, 1 - b * Dot(a, x)), Shape.CONVEX)
