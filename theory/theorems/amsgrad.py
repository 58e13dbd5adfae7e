r"""AMSGrad: the bound of Alacaoglu et al. 2020, its sharp form, and the older ones for a varying beta1.

Problem: online convex optimization.
Algorithm: AMSGrad without bias correction, with the maximum R1 and epsilon = 0.
Assumptions: the losses are convex; X is compact; gamma < 1.
Guarantee: upper bounds, except the printings of ICLR, which are false as stated.
Source: this package (SHARP, SHARP_DECAYING); the others are secondary, because transcriptions were read and
    not the pages.

* ALACAOGLU, constant beta1: R(T) <= D^2 sqrt(T)/(2 alpha (1 - beta1)) sum_i vhat_{T,i}^{1/2}
  + alpha sqrt(1 + log T)/sqrt((1 - beta2)(1 - gamma)) sum_i sqrt(sum_t g_{t,i}^2), gamma = beta1^2/beta2 < 1;
* SHARP: the same with (2 - beta1)/(4 (1 - beta1)) and (1 + beta1)/2: Theorem R with weights 1;
* Reddi, Kale and Kumar 2018, Theorem 4, beta_{1,1} = beta1, beta_{1,t} <= beta1,
  gamma = beta1/sqrt(beta2) < 1:
  R(T) <= c_1 D^2 sqrt(T) sum_i vhat_{T,i}^{1/2} + c_2 D^2 sum_t sum_i beta_{1,t} vhat_{t,i}^{1/2}/alpha_t
  + alpha sqrt(1 + log T)/((1 - beta1)^2 (1 - gamma) sqrt(1 - beta2)) sum_i sqrt(sum_t g_{t,i}^2).
  Three printed versions differ. REDDI and REDDI_ICLR have beta_{1,t} = beta1 lam^{t-1}, and THEOREM4 has
  phases (momentum_phases.py), which may also rise.

  | version | c_1 | c_2 | |
  |---|---|---|---|
  | arXiv 1904.09237v1: "stated", "arxiv" | 1/(alpha (1 - beta1)) | 1/(2 (1 - beta1)) | true, proofs.md |
  | a later revision: "revision" | 1/(alpha (1 - beta1)) | 1/(1 - beta1)^2 | true: c_2 is no smaller |
  | ICLR 2018: REDDI_ICLR, "iclr" | 1/(1 - beta1) | 1/(2 (1 - beta1)) | false: no alpha below c_1 |

  The true versions hold whether or not their first proof is sound, for every such sequence. Where beta_{1,t}
  never increases, the second term is not needed: SHARP_DECAYING. Hence Corollary 1, which replaces that term,
  is true once the first has its alpha, whatever the term says. Without alpha the first term does not
  scale like a regret under x -> x/s: with a small step, beta1 = 0 and beta2 near 1, the right side nearly
  vanishes.
"""

from dataclasses import replace

from sympy import Expr, S, log, sqrt

from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING, beta1_t, lam1
from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumMax, CumSum, NormInf, SumCoords
from theory.source import Source
from theory.statement import Assumption, Reading, Status
from theory.symbols import D, G, T, g, gamma, t, vhat
from theory.theorems.momentum_phases import with_phases
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
moments = D**2 * CumSum(beta1_t * sqrt(t) / alpha * SumCoords(sqrt(vhat)))
squares = alpha * _grown * lengths(g) / ((1 - beta1) ** 2 * (1 - gamma) * sqrt(1 - beta2))
RATIO = (Assumption("gamma = beta1/sqrt(beta2) < 1", gamma < 1),)
DECAYING = Assumption("lam < 1", lam1 < 1)
RATIO_IS = ((gamma, beta1 / sqrt(beta2)),)


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
    status=Status.CHECKED_BY_COQ,
)
SHARP = regret_bound(
    "amsgrad.sharp",
    "AMSGrad with sharp constants",
    Source("repaired", "Theorem R with weights 1"),
    AMSGRAD.name,
    _stated(sharp_distance(D**2, S.One, sqrt(vhat)) + (1 + beta1) / 2 * _grown * noise(g)),
    condition=(GAMMA_BELOW_1,),
    letters=(GAMMA_IS,),
    status=Status.CHECKED_BY_COQ,
)
REDDI = regret_bound(
    "amsgrad.reddi",
    "AMSGrad with a decaying beta1",
    Source("reddi2018", "Theorem 4 in arXiv 1904.09237v1 and in a later revision", secondary=True),
    AMSGRAD_DECAYING.name,
    (
        Reading(
            "stated",
            _first / alpha + moments / (2 * (1 - beta1)) + squares,
            "arXiv 1904.09237v1: alpha below the first term, 2 (1 - beta1) below the second; secondary",
        ),
        Reading(
            "revision",
            _first / alpha + moments / (1 - beta1) ** 2 + squares,
            "a later revision: (1 - beta1)^2 below the second term; secondary",
        ),
    ),
    condition=RATIO,
    letters=RATIO_IS,
)
REDDI_ICLR = regret_bound(
    "amsgrad.reddi_iclr",
    "AMSGrad with a decaying beta1, as first printed",
    Source("reddi2018", "Theorem 4 in the proceedings of ICLR 2018", secondary=True),
    AMSGRAD_DECAYING.name,
    _stated(
        _first + moments / (2 * (1 - beta1)) + squares, "ICLR 2018: no alpha in the first term; secondary"
    ),
    condition=RATIO,
    letters=RATIO_IS,
    status=Status.FALSE,
)

# Theorem 4 for sequences that may rise, and Corollary 1.

AMSGRAD_PHASES = with_phases(AMSGRAD)
THEOREM4 = regret_bound(
    "amsgrad.theorem4",
    "AMSGrad with any beta1_t up to beta1",
    Source("reddi2018", "Theorem 4, three printings", secondary=True),
    AMSGRAD_PHASES,
    (
        replace(REDDI_ICLR.reading("stated"), key="iclr"),
        replace(REDDI.reading("stated"), key="arxiv"),
        REDDI.reading("revision"),
    ),
    condition=RATIO,
    letters=RATIO_IS,
    status=Status.PRINTED,
)
_decayed = D**2 * beta1 * G / (1 - lam1) ** 2
COROLLARY1 = regret_bound(
    "amsgrad.corollary1",
    "AMSGrad with beta1_t = beta1 lam^(t-1)",
    Source("reddi2018", "Corollary 1, two printings", secondary=True),
    AMSGRAD_DECAYING.name,
    (
        Reading(
            "iclr",
            _first + _decayed / (2 * (1 - beta1)) + squares,
            "ICLR 2018: no alpha in the first term; secondary",
        ),
        Reading(
            "revision",
            _first / alpha + _decayed / (1 - beta1) ** 2 + squares,
            "a later revision: alpha in the first term, neither alpha nor d in the second; secondary",
        ),
    ),
    condition=(*RATIO, DECAYING),
    letters=(*RATIO_IS, (G, CumMax(NormInf(g)))),
    status=Status.PRINTED,
)
SHARP_DECAYING = regret_bound(
    "amsgrad.sharp_decaying",
    "AMSGrad with a decaying beta1, without the term of the momentum",
    Source("repaired", "AMSGrad with a varying beta1"),
    AMSGRAD_DECAYING.name,
    _stated(
        sharp_distance(D**2, S.One, sqrt(vhat)) + (1 + beta1) / (2 * (1 - beta1) ** 2) * _grown * noise(g),
        "as proved",
    ),
    condition=(GAMMA_BELOW_1,),
    letters=(GAMMA_IS,),
)
