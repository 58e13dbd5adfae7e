r"""AMSGrad: the bound of Alacaoglu et al. 2020, its sharp form, and the older ones for a decaying beta1.

* ALACAOGLU, constant beta1: R(T) <= D^2 sqrt(T)/(2 alpha (1 - beta1)) sum_i vhat_{T,i}^{1/2}
  + alpha sqrt(1 + log T)/sqrt((1 - beta2)(1 - gamma)) sum_i sqrt(sum_t g_{t,i}^2), gamma = beta1^2/beta2 < 1;
* SHARP: the same with (2 - beta1)/(4 (1 - beta1)) and (1 + beta1)/2: Theorem R with weights 1;
* Reddi, Kale and Kumar 2018, Theorem 4, beta_{1,t} nonincreasing, gamma = beta1/sqrt(beta2) < 1:
  R(T) <= c_1 D^2 sqrt(T) sum_i vhat_{T,i}^{1/2} + c_2 D^2 sum_t sum_i beta_{1,t} vhat_{t,i}^{1/2}/alpha_t
  + alpha sqrt(1 + log T)/((1 - beta1)^2 (1 - gamma) sqrt(1 - beta2)) sum_i sqrt(sum_t g_{t,i}^2).
  Three printings differ; here beta_{1,t} = beta1 lam^{t-1}.

  | printing | c_1 | c_2 | |
  |---|---|---|---|
  | arXiv 1904.09237v1: REDDI, "stated" | 1/(alpha (1 - beta1)) | 1/(2 (1 - beta1)) | true (docs/proofs.md) |
  | a later revision: REDDI, "revision" | 1/(alpha (1 - beta1)) | 1/(1 - beta1)^2 | true: c_2 is no smaller |
  | ICLR 2018: REDDI_ICLR | 1/(1 - beta1) | 1/(2 (1 - beta1)) | false: without alpha below |

  What is true is so whatever is to be said of its first proof. Without alpha the first term is not of the
  degree of a regret under x -> x/s: with a small step, beta1 = 0 and beta2 near 1 hardly anything of the
  right side is left.

All without bias correction, with the maximum R1 and epsilon = 0. Secondary: transcriptions of the sources
were read, not their pages.
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
    readings: tuple[Reading, ...],
    gamma_is: Expr,
    condition: Assumption,
    status: Status = Status.PROVED,
) -> Theorem:
    return Theorem(
        id=id,
        title=title,
        source=source,
        algorithms=(algorithm.name,),
        lhs=Regret(S.One),
        readings=readings,
        assumptions=(
            condition,
            Assumption("the losses are convex", Requires.CONVEX_LOSSES),
            Assumption("X is compact with diameter D", Requires.COMPACT_SET),
        ),
        letters=((gamma, gamma_is),),
        status=status,
    )


def _stated(rhs: Expr, note: str = "as stated") -> tuple[Reading]:
    return (Reading("stated", rhs, note),)


ALACAOGLU = _theorem(
    "amsgrad.alacaoglu",
    "AMSGrad with a constant beta1",
    Source("alacaoglu2020", "Theorem 1", secondary=True),
    AMSGRAD,
    _stated(
        D**2 * sqrt(T) / (2 * alpha * (1 - beta1)) * _roots + _noise / sqrt((1 - beta2) * (1 - gamma)),
        "secondary",
    ),
    beta1**2 / beta2,
    GAMMA,
)
SHARP = _theorem(
    "amsgrad.sharp",
    "AMSGrad with sharp constants",
    Source("repaired", "Theorem R with weights 1"),
    AMSGRAD,
    _stated(
        (2 - beta1) * D**2 * sqrt(T) / (4 * alpha * (1 - beta1)) * _roots
        + (1 + beta1) / 2 * _noise / sqrt((1 - beta2) * (1 - gamma))
    ),
    beta1**2 / beta2,
    GAMMA,
)
_first = D**2 * sqrt(T) / (1 - beta1) * _roots
_moments = D**2 * CumSum(beta1_t * sqrt(t) / alpha * _roots)
_third = _noise / ((1 - beta1) ** 2 * (1 - gamma) * sqrt(1 - beta2))
_ratio = Assumption("gamma = beta1/sqrt(beta2) < 1", gamma < 1)

REDDI = _theorem(
    "amsgrad.reddi",
    "AMSGrad with a decaying beta1",
    Source("reddi2018", "Theorem 4 in arXiv 1904.09237v1 and in a later revision", secondary=True),
    AMSGRAD_DECAYING,
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
    beta1 / sqrt(beta2),
    _ratio,
)
REDDI_ICLR = _theorem(
    "amsgrad.reddi_iclr",
    "AMSGrad with a decaying beta1, as first printed",
    Source("reddi2018", "Theorem 4 in the proceedings of ICLR 2018", secondary=True),
    AMSGRAD_DECAYING,
    _stated(
        _first + _moments / (2 * (1 - beta1)) + _third, "ICLR 2018: no alpha in the first term; secondary"
    ),
    beta1 / sqrt(beta2),
    _ratio,
    Status.FALSE,
)
