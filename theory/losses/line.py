"""The sum of the coordinates, f(x) = x_1 + ... + x_d: a line in one variable, least at an end of a set.

With noise it is the simplest stochastic problem on a set: the mean of the gradients never changes.
"""

from theory.loss import Loss, Shape
from theory.losses.noise import with_noise
from theory.quantities import SumCoords
from theory.source import Source
from theory.symbols import x

LINE = Loss("line", Source("zinkevich2003", "section 2"), SumCoords(x), Shape.LINEAR)
NOISY_LINE = with_noise(LINE)
