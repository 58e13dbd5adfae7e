"""Portfolio selection, f_t(x) = -log <a_t, x>: a_t are the round's price relatives, x splits the wealth.

Defined where <a_t, x> > 0 and convex there (infinite elsewhere); not smooth near the edge of that set, so
no smoothness constant. The usual set is the probability simplex.
"""

from sympy import log

from theory.loss import Loss, Shape
from theory.quantities import Dot
from theory.source import Source
from theory.symbols import a, x

PORTFOLIO = Loss("portfolio", Source("cover1991", "section 2"), -log(Dot(a, x)), Shape.CONVEX)
