r"""Parts of statements against points of X, and assumptions on the set, the start and the losses.

The regret against a fixed point z is sum_t (f_t(x_t) - f_t(z)); the dynamic regret is against one point for
each round, sum_t (f_t(x_t) - f_t(z_t)). A run takes the points from `play(vectors={z: ...})`; where one
lies outside X the statement is not applied. The falsifier and the certificates have none outside.
"""

from sympy import Abs, Expr, Piecewise, Rational, log

from theory.parameters import Parameter
from theory.quantities import CumMax, CumSum, LossAt, MaxCoords, SumCoords
from theory.statement import Assumption, Requires
from theory.symbols import D_i, Scalar, f, x, z, z_t

GAP = CumSum(f - LossAt(z))
"""The regret against z."""
DYNAMIC_GAP = CumSum(f - LossAt(z_t))
"""The dynamic regret against z_1, z_2, ..."""
# A share of 1e-9 more: with x_t and z at opposite ends of X, balls could not decide the exact relation.
INSIDE = Assumption(
    "z lies in X (no coordinate of x_t - z exceeds the side of X)",
    CumMax(MaxCoords(Abs(x - z) - (1 + Rational(1, 10**9)) * D_i)) <= 0,
)
FROM_ORIGIN = Assumption("x_1 = 0", Requires.START_AT_ORIGIN)
SIMPLEX = Assumption("X is the probability simplex", Requires.PROBABILITY_SIMPLEX)
UNIFORM = Assumption("x_1 is the uniform distribution", Requires.START_AT_CENTRE)

D_BAR = Parameter(
    Scalar("D_bar", positive=True), r"\bar{D}", "the bound on the diameter of X that the step uses",
    lower=0, lower_open=True, typical=(0.5, 4.0),
)  # fmt: skip
G_BAR = Parameter(
    Scalar("G_bar", positive=True), r"\bar{G}", "the bound on the gradients that the step uses",
    lower=0, lower_open=True, typical=(0.5, 4.0),
)  # fmt: skip
D_bar, G_bar = D_BAR.symbol, G_BAR.symbol


def divergence(u: Expr, w: Expr) -> Expr:
    """The Kullback-Leibler divergence sum_i u_i log(u_i/w_i), with 0 log 0 = 0."""
    return SumCoords(Piecewise((u * log(u / w), u > 0), (0, True)))
