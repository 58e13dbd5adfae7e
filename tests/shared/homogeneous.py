"""True theorems, whose two sides scale alike, and the algorithms that follow every scaling."""

from __future__ import annotations

from sympy import Rational, log, sqrt

from theory.algorithms.adagrad import ADAGRAD_NO_EPS
from theory.algorithms.adal import ADAL_R1, ADAL_R2, ADAL_R3
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.registry import algorithms
from theory.algorithms.sgd import SGD
from theory.degree import SCALINGS, follow
from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumMax, CumSum, Norm1, Norm2Squared, Regret, SumCoords
from theory.symbols import D_2, D, T, g, ghat, vhat
from toy_theorem import theorem

HALF = Rational(1, 2)
FOLLOWING = [r for r in algorithms().values() if not any(follow(r, s).conflicts for s in SCALINGS)]


def powers(row):
    """The three powers of a row; None where there is none."""
    return tuple(degree.power for degree in row.degrees)


# Theorems that are true: their scaling must be right.
OGD = D_2**2 * sqrt(T) / (2 * alpha) + alpha * (sqrt(T) - HALF) * CumMax(Norm2Squared(g))
ADAPTIVE = D**2 * sqrt(T) / (2 * alpha * (1 - beta1)) * SumCoords(sqrt(vhat))
NOISE = alpha * sqrt(1 + log(T)) / sqrt((1 - beta2) * (1 - beta1**2 / beta2)) * SumCoords(sqrt(CumSum(g**2)))
WEIGHTED_NOISE = NOISE.xreplace({CumSum(g**2): CumSum(ghat**2)})
ADAGRAD_BOUND = (D**2 / (2 * alpha) + alpha) * SumCoords(sqrt(CumSum(g**2)))
TRUE = {
    "OGD": (theorem(OGD), SGD),
    "AMSGrad": (theorem(ADAPTIVE + NOISE), AMSGRAD),
    "AdaGrad": (theorem(ADAGRAD_BOUND), ADAGRAD_NO_EPS),
    **{
        f"Theorem R, {order}": (theorem(ADAPTIVE + WEIGHTED_NOISE, lhs=Regret(Norm1(g))), r)
        for order, r in {"R1": ADAL_R1, "R2": ADAL_R2, "R3": ADAL_R3}.items()
    },
}
