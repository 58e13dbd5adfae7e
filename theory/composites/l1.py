"""The l1 norm, phi(x) = lam ||x||_1: soft thresholding.

u = sign(s) max(|s| - k lam, 0)/h, and 0 where h = 0. On a box u is cut at the ends, since a convex function
of one variable is least in an interval at the point nearest to where it is least at all. On l1 and l2 balls
around 0 the step is the projection of u in the metric h (`Composite.homogeneous`). On other sets, such as a
ball around another point or a simplex, it is not in general.

Source: Duchi, Hazan and Singer 2011, Algorithm 1 with this phi (secondary).
"""

from sympy import Abs, Max, Min

from theory.composites.composite import DUAL, METRIC, WEIGHT, Composite
from theory.parameters import Parameter
from theory.quantities import pinv
from theory.source import Source
from theory.symbols import Scalar, x

LAM = Parameter(
    Scalar("lam", positive=True), r"\lambda", "the weight of the composite term",
    lower=0, lower_open=True, typical=(0.01, 1.0),
)  # fmt: skip
lam = LAM.symbol

L1 = Composite(
    "l1",
    Source("duchi2011", "Algorithm 1, with this phi", secondary=True),
    term=lam * Abs(x),
    parameters=(LAM,),
    # Max + Min instead of sign: exact in rationals, and continuous in balls.
    minimiser=(Max(DUAL - WEIGHT * lam, 0) + Min(DUAL + WEIGHT * lam, 0)) * pinv(METRIC),
    metric=METRIC,
    boxes_only=True,
)
