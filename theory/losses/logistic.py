"""Logistic loss f_t(x) = log(1 + exp(-b_t <a_t, x>)), labels b_t in {-1, 1}; a real b_t is allowed.

Convex for every b; its gradient -b sigmoid(-b <a, x>) a is (b^2 ||a||_2^2 / 4)-Lipschitz since sigmoid' <=
1/4.
"""

from theory.loss import Loss, Shape
from theory.quantities import Dot, Norm2Squared, softplus
from theory.source import Source
from theory.symbols import a, b, x

LOGISTIC = Loss(
    "logistic",
    Source("boyd2004", "section 7.1.1"),
    softplus(-b * Dot(a, x)),
    Shape.CONVEX,
    smoothness=b**2 * Norm2Squared(a) / 4,
)
