r"""AdaBelief's regret bound, under its assumption that the second moment never decreases.

Problem: online convex optimization.
Algorithm: AdaBelief without bias correction or epsilon: s_t = beta2 s_{t-1} + (1 - beta2)(g_t - m_t)^2,
    here v.
Assumptions: the losses are convex; X is compact; s_{t-1} <= s_t, and s_t >= c > 0, in every round and
    coordinate.
Guarantee: upper bound; proved in docs/proofs.md where beta_{1,t} never increases.

    R(T) <= D^2 sqrt(T)/(2 alpha (1 - beta1)) sum_i s_{T,i}^{1/2}
          + (1 + beta1) alpha sqrt(1 + log T)/(2 sqrt(c) (1 - beta1)^3) sum_i sqrt(sum_t g_{t,i}^4)
          + D^2/(2 (1 - beta1)) sum_t sum_i beta_{1,t} s_{t,i}^{1/2}/alpha_t.

c stands for the smallest s_{t,i} of the run, the largest constant that is allowed. The corollary for
beta_{1,t} = beta1 lam^t replaces the last term by D^2 beta1 G/(2 (1 - beta1)(1 - lam)^2 alpha); the term is
not needed, so it does not matter which bound on the gradients G is, or that a factor d is missing.
THEOREM2_1 plays beta_{1,t} in phases, which may rise; DECAYING_MOMENTUM has beta_{1,t} = beta1 lam^t.

Source: Zhuang et al. 2020, Theorem 2.1 and its corollary; secondary, because a retelling was read.
"""

from dataclasses import replace

from sympy import Expr, log, sqrt

from theory.algorithms.adam_family import mean, scaled_method
from theory.algorithms.decaying_momentum import LAM1, beta1_t, lam1
from theory.parameters import ALPHA, BETA1, BETA2, Parameter, alpha, beta1, beta2
from theory.quantities import CumMax, CumSum, MaxCoords, NormInf, Prev, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Status
from theory.symbols import D, G, Scalar, T, g, m, t, v
from theory.theorems.amsgrad import DECAYING
from theory.theorems.momentum_phases import PHASES, beta1_phases
from theory.theorems.shared import regret_bound

LOWEST = Scalar("c", positive=True)


def _adabelief(name: str, decay: Expr, *more: Parameter) -> Recurrence:
    return scaled_method(
        name, Source("zhuang2020", "the algorithm of Theorem 2.1", secondary=True),
        {"eps": "none", "schedule": "sqrt"},
        parameters=(ALPHA, BETA1, BETA2, *more),
        steps=((beta1_t, decay), mean(m, g, beta1_t), mean(v, (g - m) ** 2, beta2)),
        numerator=m, w=v, eps_mode="none", schedule="sqrt",
    )  # fmt: skip


ADABELIEF_PHASES = _adabelief("AdaBelief of Theorem 2.1", beta1_phases, *PHASES)
ADABELIEF_DECAYING = _adabelief("AdaBelief of the corollary", beta1 * lam1**t, LAM1)

_first = D**2 * sqrt(T) / (2 * alpha * (1 - beta1)) * SumCoords(sqrt(v))
_squares = (
    (1 + beta1) * alpha * sqrt(1 + log(T)) / (2 * sqrt(LOWEST) * (1 - beta1) ** 3)
    * SumCoords(sqrt(CumSum(g**4)))
)  # fmt: skip
_momentum = D**2 / (2 * (1 - beta1)) * CumSum(beta1_t * sqrt(t) / alpha * SumCoords(sqrt(v)))
_grows = (
    Assumption("s_t does not decrease", CumMax(MaxCoords(Prev(v) - v)) <= 0),
    Assumption("s_t > 0", CumMax(MaxCoords(-v)) < 0),
)
_lowest = (LOWEST, -CumMax(MaxCoords(-v)))

THEOREM2_1 = regret_bound(
    "adabelief.theorem2_1",
    "AdaBelief with any beta1_t up to beta1",
    Source("zhuang2020", "Theorem 2.1", secondary=True),
    ADABELIEF_PHASES,
    (Reading("stated", _first + _squares + _momentum, "c: the smallest s_t; secondary"),),
    condition=_grows,
    letters=(_lowest,),
    status=Status.PRINTED,
)
DECAYING_MOMENTUM = replace(
    THEOREM2_1,
    id="adabelief.theorem2_1_decaying",
    title="AdaBelief with beta1_t = beta1 lam^t",
    algorithms=(ADABELIEF_DECAYING,),
    status=Status.PROVED,
)
COROLLARY = regret_bound(
    "adabelief.corollary2_1",
    "AdaBelief with beta1_t = beta1 lam^t, without the sum over rounds",
    Source("zhuang2020", "the corollary of Theorem 2.1", secondary=True),
    ADABELIEF_DECAYING,
    (
        Reading(
            "stated",
            _first + _squares + D**2 * beta1 * G / (2 * (1 - beta1) * (1 - lam1) ** 2 * alpha),
            "c: the smallest s_t, G: the largest |g_t,i|; secondary",
        ),
    ),
    condition=(*_grows, DECAYING),
    letters=(_lowest, (G, CumMax(NormInf(g)))),
)
