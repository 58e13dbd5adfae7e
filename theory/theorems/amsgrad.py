r"""AMSGrad: the bound of Alacaoglu et al. 2020, its sharp form, and the older ones for a decaying beta1.

Problem: online convex optimization.
Algorithm: AMSGrad without bias correction, with the maximum R1 and epsilon = 0.
Assumptions: the losses are convex; X is compact; gamma < 1.
Guarantee: upper bounds, except REDDI_ICLR, which is false as stated.
Source: this package (SHARP); the others are secondary, because transcriptions were read and not the pages.

* ALACAOGLU, constant beta1: R(T) <= D^2 sqrt(T)/(2 alpha (1 - beta1)) sum_i vhat_{T,i}^{1/2}
  + alpha sqrt(1 + log T)/sqrt((1 - beta2)(1 - gamma)) sum_i sqrt(sum_t g_{t,i}^2), gamma = beta1^2/beta2 < 1;
* SHARP: the same with (2 - beta1)/(4 (1 - beta1)) and (1 + beta1)/2: Theorem R with weights 1;
* Reddi, Kale and Kumar 2018, Theorem 4, beta_{1,t} nonincreasing, gamma = beta1/sqrt(beta2) < 1:
  R(T) <= c_1 D^2 sqrt(T) sum_i vhat_{T,i}^{1/2} + c_2 D^2 sum_t sum_i beta_{1,t} vhat_{t,i}^{1/2}/alpha_t
  + alpha sqrt(1 + log T)/((1 - beta1)^2 (1 - gamma) sqrt(1 - beta2)) sum_i sqrt(sum_t g_{t,i}^2).
  Three printed versions differ; here beta_{1,t} = beta1 lam^{t-1}.

  | version | c_1 | c_2 | |
  |---|---|---|---|
  | arXiv 1904.09237v1: REDDI, "stated" | 1/(alpha (1 - beta1)) | 1/(2 (1 - beta1)) | true (docs/proofs.md) |
  | a later revision: REDDI, "revision" | 1/(alpha (1 - beta1)) | 1/(1 - beta1)^2 | true: c_2 is no smaller |
  | ICLR 2018: REDDI_ICLR | 1/(1 - beta1) | 1/(2 (1 - beta1)) | false: no alpha in the denominator |

  The true versions hold whether or not their first proof is sound. Without alpha the first term does not
  scale like a regret under x -> x/s: with a small step, beta1 = 0 and beta2 near 1, the right side nearly
  vanishes.
"""

from sympy import Expr, S, log, sqrt

from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING, beta1_t
from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumSum, SumCoords
from theory.source import Source
from theory.statement import Assumption, Reading, Status
from theory.symbols import D, T, g, gamma, t, vhat
from theory.theorems.shared import (
    GAMMA_BELOW_1,
    GAMMA_IS,
    distance,
    lengths,
    noise,
    regret_bound,
    sharp_distance,
)

_grown = sqrt(1 + log(T))
_first = 2 * alpha * distance(D)
_moments = D**2 * CumSum(beta1_t * sqrt(t) / alpha * SumCoords(sqrt(vhat)))
_third = alpha * _grown * lengths(g) / ((1 - beta1) ** 2 * (1 - gamma) * sqrt(1 - beta2))
_ratio = (Assumption("gamma = beta1/sqrt(beta2) < 1", gamma < 1),)
_ratio_is = ((gamma, beta1 / sqrt(beta2)),)


def _stated(rhs: Expr, note: str = "as stated") -> tuple[Reading]:
    return (Reading("stated", rhs, note),)


ALACAOGLU = regret_bound(
    "amsgrad.alacaoglu",
    "AMSGrad with a constant beta1",
    Source("alacaoglu2020", "Theorem 1", secondary=True),
    AMSGRAD.name,
    _stated(distance(D) + _grown * noise(g), "secondary"),
    condition=(GAMMA_BELOW_1,),
    letters=(GAMMA_IS,),
)
SHARP = regret_bound(
    "amsgrad.sharp",
    "AMSGrad with sharp constants",
    Source("repaired", "Theorem R with weights 1"),
    AMSGRAD.name,
    _stated(sharp_distance(D**2, S.One, sqrt(vhat)) + (1 + beta1) / 2 * _grown * noise(g)),
    condition=(GAMMA_BELOW_1,),
    letters=(GAMMA_IS,),
)
REDDI = regret_bound(
    "amsgrad.reddi",
    "AMSGrad with a decaying beta1",
    Source("reddi2018", "Theorem 4 in arXiv 1904.09237v1 and in a later revision", secondary=True),
    AMSGRAD_DECAYING.name,
    (
        Reading(
            "stated",
            _first / alpha + _moments / (2 * (1 - beta1)) + _third,
            "arXiv 1904.09237v1: alpha below the first term, 2 (1 - beta1) below the second; secondary",
        ),
        Reading(
            "revision",
            _first / alpha + _moments / (1 - beta1) ** 2 + _third,
            "a later revision: (1 - beta1)^2 below the second term; secondary",
        ),
    ),
    condition=_ratio,
    letters=_ratio_is,
)
REDDI_ICLR = regret_bound(
    "amsgrad.reddi_iclr",
    "AMSGrad with a decaying beta1, as first printed",
    Source("reddi2018", "Theorem 4 in the proceedings of ICLR 2018", secondary=True),
    AMSGRAD_DECAYING.name,
    _stated(
        _first + _moments / (2 * (1 - beta1)) + _third, "ICLR 2018: no alpha in the first term; secondary"
    ),
    condition=_ratio,
    letters=_ratio_is,
    status=Status.FALSE,
)
