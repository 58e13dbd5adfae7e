r"""The regret bound of NosAdam with a constant beta1.

Problem: online convex optimization.
Algorithm: NosAdam (Huang, Wang and Dong 2019) with weights b_k = k^{-gamma}, B_t = sum_{k<=t} b_k.
Assumptions: the losses are convex; X is compact; 0 <= gamma < 1, so B_t/t falls and sqrt(B_t/t)/b_t rises.
Guarantee: upper bound; gamma = 0 and beta1 = 0 give AdaGrad's.

    R(T) <= (2 - beta1) D^2 sqrt(T)/(4 alpha (1 - beta1)) sum_i v_{T,i}^{1/2}
          + (1 + beta1)/(1 - beta1) alpha sqrt(B_T/T)/b_T sum_i sqrt(sum_k b_k g_{k,i}^2).

Source: this package, because the published bound could not be found. Proof: docs/proofs.md.
"""

from sympy import Expr, sqrt

from theory.algorithms.nosadam import GAMMA, NOSADAM
from theory.parameters import alpha, beta1
from theory.quantities import CumSum, SumCoords
from theory.source import Source
from theory.statement import Assumption
from theory.symbols import T, g, t, v
from theory.theorems.shared import both, regret_bound, sharp_distance

_power = GAMMA.symbol
_weight = t ** (-_power)


def _bound(outside: Expr, inside: Expr) -> Expr:
    factor = (1 + beta1) / (1 - beta1) * alpha * T**_power * sqrt(CumSum(_weight) / T)
    return sharp_distance(outside, inside, sqrt(v)) + factor * SumCoords(sqrt(CumSum(_weight * g**2)))


HARMONIC = regret_bound(
    "nosadam.harmonic",
    "NosAdam with weights k^(-gamma)",
    Source("repaired", "NosAdam"),
    NOSADAM.name,
    both(_bound, whole="D: the diameter of X", sides="D_i: the sides of X"),
    condition=(Assumption("gamma < 1", _power < 1),),
)
