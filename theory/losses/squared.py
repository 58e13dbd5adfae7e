"""Squared loss of online linear regression, f_t(x) = (<a_t, x> - b_t)^2 / 2; its Hessian is a_t a_t^T."""

from theory.loss import Loss, Shape
from theory.quantities import Dot, Norm2Squared
from theory.source import Source
from theory.symbols import a, b, x

SQUARED = Loss(
    "squared",
    Source("shalev2012", "section 1"),
    (Dot(a, x) - b) ** 2 / 2,
    Shape.CONVEX,
    smoothness=Norm2Squared(a),
)
