"""Linear loss f_t(x) = <a_t, x>: the hardest convex loss for a given sequence of gradients."""

from theory.loss import Loss, Shape
from theory.quantities import Dot
from theory.source import Source
from theory.symbols import a, x

LINEAR = Loss("linear", Source("zinkevich2003", "section 2"), Dot(a, x), Shape.LINEAR)
