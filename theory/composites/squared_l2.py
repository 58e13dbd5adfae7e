"""The squared l2 norm, phi(x) = (lam/2) ||x||_2^2: shrinkage.

k phi(u) - <s, u> + ||u||_M^2/2 is, up to a constant, ||u - s/(h + k lam)||^2/2 in the metric h + k lam; so
the step is a projection on every set.

Source: Duchi, Hazan and Singer 2011, Algorithm 1 with this phi (secondary).
"""

from theory.composites.composite import DUAL, METRIC, WEIGHT, Composite
from theory.composites.l1 import LAM, lam
from theory.source import Source
from theory.symbols import x

SQUARED_L2 = Composite(
    "squared l2",
    Source("duchi2011", "Algorithm 1, with this phi", secondary=True),
    term=lam * x**2 / 2,
    parameters=(LAM,),
    minimiser=DUAL / (METRIC + WEIGHT * lam),
    metric=METRIC + WEIGHT * lam,
    boxes_only=False,
)
