r"""NosAdam with a constant beta1: a regret bound of this package, since the published one could not be found.

With b_k = k^{-gamma}, B_t = sum_{k<=t} b_k and 0 <= gamma < 1 (B_t/t falls, sqrt(B_t/t)/b_t rises):

    R(T) <= (2 - beta1) D^2 sqrt(T)/(4 alpha (1 - beta1)) sum_i v_{T,i}^{1/2}
          + (1 + beta1)/(1 - beta1) alpha sqrt(B_T/T)/b_T sum_i sqrt(sum_k b_k g_{k,i}^2).

gamma = 0 and beta1 = 0 give AdaGrad's bound. Algorithm: Huang, Wang and Dong 2019. Proof: docs/proofs.md.
"""

from __future__ import annotations

from sympy import S, sqrt

from theory.algorithms.nosadam import GAMMA, NOSADAM
from theory.parameters import alpha, beta1
from theory.quantities import CumSum, Regret, SumCoords
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D, D_i, T, g, t, v

_power = GAMMA.symbol
_weight = t ** (-_power)
_first = (2 - beta1) * sqrt(T) / (4 * alpha * (1 - beta1))
_second = (
    (1 + beta1)
    / (1 - beta1)
    * alpha
    * T**_power
    * sqrt(CumSum(_weight) / T)
    * SumCoords(sqrt(CumSum(_weight * g**2)))
)

HARMONIC = Theorem(
    id="nosadam.harmonic",
    title="NosAdam with weights k^(-gamma)",
    source=Source("repaired", "NosAdam"),
    algorithms=(NOSADAM.name,),
    lhs=Regret(S.One),
    readings=(
        Reading("D", _first * D**2 * SumCoords(sqrt(v)) + _second, "D: the diameter of X"),
        Reading("D_i", _first * SumCoords(D_i**2 * sqrt(v)) + _second, "D_i: the sides of X"),
    ),
    assumptions=(
        Assumption("gamma < 1", _power < 1),
        Assumption("the losses are convex", Requires.CONVEX_LOSSES),
        Assumption("X is compact with diameter D", Requires.COMPACT_SET),
    ),
    status=Status.PROVED,
)
