r"""AMSGrad: the bound of Alacaoglu et al. 2020, its sharp form, and the older one for a decaying beta1.

* ALACAOGLU, constant beta1: R(T) <= D^2 sqrt(T)/(2 alpha (1 - beta1)) sum_i vhat_{T,i}^{1/2}
  + alpha sqrt(1 + log T)/sqrt((1 - beta2)(1 - gamma)) sum_i sqrt(sum_t g_{t,i}^2), gamma = beta1^2/beta2 < 1;
* SHARP: the same with (2 - beta1)/(4 (1 - beta1)) and (1 + beta1)/2: Theorem R with weights 1;
* REDDI, beta_{1,t} nonincreasing: R(T) <= D^2 sqrt(T)/(alpha (1 - beta1)) sum_i vhat_{T,i}^{1/2}
  + D^2/(2 (1 - beta1)) sum_t sum_i beta_{1,t} vhat_{t,i}^{1/2}/alpha_t
  + alpha sqrt(1 + log T)/((1 - beta1)^2 (1 - gamma) sqrt(1 - beta2)) sum_i sqrt(sum_t g_{t,i}^2),
  gamma = beta1/sqrt(beta2) < 1. The statement is true, whatever is to be said of its first proof
  (docs/proofs.md); here beta_{1,t} = beta1 lam^{t-1}.

All three without bias correction, with the maximum R1 and epsilon = 0.
"""

from __future__ import annotations

from sympy import Expr, S, log, sqrt

from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING, beta1_t
from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumSum, Regret, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D, T, g, gamma, t, vhat
from theory.theorems.adal import GAMMA

_roots = SumCoords(sqrt(vhat))
_lengths = SumCoords(sqrt(CumSum(g**2)))
_noise = alpha * sqrt(1 + log(T)) * _lengths


def _theorem(
    id: str,
    title: str,
    source: Source,
    algorithm: Recurrence,
    rhs: Expr,
    gamma_is: Expr,
    condition: Assumption,
) -> Theorem:
    return Theorem(
        id=id,
        title=title,
        source=source,
        algorithms=(algorithm.name,),
        lhs=Regret(S.One),
        readings=(Reading("stated", rhs, "as stated"),),
        assumptions=(
            condition,
            Assumption("the losses are convex", Requires.CONVEX_LOSSES),
            Assumption("X is compact with diameter D", Requires.COMPACT_SET),
        ),
        letters=((gamma, gamma_is),),
        status=Status.PROVED,
    )


ALACAOGLU = _theorem(
    "amsgrad.alacaoglu",
    "AMSGrad with a constant beta1",
    Source("alacaoglu2020", "Theorem 1"),
    AMSGRAD,
    D**2 * sqrt(T) / (2 * alpha * (1 - beta1)) * _roots + _noise / sqrt((1 - beta2) * (1 - gamma)),
    beta1**2 / beta2,
    GAMMA,
)
SHARP = _theorem(
    "amsgrad.sharp",
    "AMSGrad with sharp constants",
    Source("repaired", "Theorem R with weights 1"),
    AMSGRAD,
    (2 - beta1) * D**2 * sqrt(T) / (4 * alpha * (1 - beta1)) * _roots
    + (1 + beta1) / 2 * _noise / sqrt((1 - beta2) * (1 - gamma)),
    beta1**2 / beta2,
    GAMMA,
)
REDDI = _theorem(
    "amsgrad.reddi",
    "AMSGrad with a decaying beta1",
    Source("reddi2018", "Theorem 4"),
    AMSGRAD_DECAYING,
    D**2 * sqrt(T) / (alpha * (1 - beta1)) * _roots
    + D**2 / (2 * (1 - beta1)) * CumSum(beta1_t * sqrt(t) / alpha * _roots)
    + _noise / ((1 - beta1) ** 2 * (1 - gamma) * sqrt(1 - beta2)),
    beta1 / sqrt(beta2),
    Assumption("gamma = beta1/sqrt(beta2) < 1", gamma < 1),
)

__all__ = ["ALACAOGLU", "REDDI", "SHARP"]
