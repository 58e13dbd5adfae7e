r"""AdamNC: Adam with a decay beta_{2,t} that changes from round to round, and no maximum.

Problem: online convex optimization.
Algorithm: v_t = beta_{2,t} v_{t-1} + (1 - beta_{2,t}) g_t^2, x_{t+1} = P(x_t - alpha_t m_t/sqrt(v_t)); played
    with 1 - beta_{2,t} = 1/max(1, first + slope (t - 1)), which holds a constant decay, the average of all
    squares (first = slope = 1) and decays made for a horizon (slope = -1); beta_{1,t} <= beta1 in phases.
Assumptions: the losses are convex; X is compact; in every round and coordinate, for some zeta > 0,
    (1) sqrt(v_t)/alpha_T >= sqrt(sum_{j<=t} g_j^2)/zeta, and (2) sqrt(v_t)/alpha_t does not decrease.
Guarantee: see the table; proofs in docs/proofs.md.

    R(T) <= c_1 D^2 sum_i sqrt(T v_{T,i}) + c_2 D^2 sum_t sum_i beta_{1,t} sqrt(v_{t,i})/alpha_t
          + 2 zeta/(1 - beta1)^3 sum_i sqrt(sum_t g_{t,i}^2).

| printing | c_1 | c_2 | (1) as printed | (1) with alpha_t, as the proof uses it |
|---|---|---|---|---|
| ICLR 2018 | 1/(2 (1 - beta1)) | 1/(2 (1 - beta1)) | "iclr": false | "iclr_alpha_t": false |
| a revision | 1/(2 alpha (1 - beta1)) | 1/(1 - beta1)^2 | "revision": false | "revision_alpha_t": true |

zeta stands for the smallest constant that (1) allows, which makes the statement strongest. (1) with alpha_T
says less about early rounds than with alpha_t, by a factor sqrt(T/t): v_t = (t/T) g^2 satisfies it with
zeta = alpha and takes steps like 1/t, whose sum of squares has a factor log T that the bound lacks.

Corollary 2 (beta_{2,t} = 1 - 1/t, beta_{1,t} = beta1 lam^{t-1}; no left side is printed, and zeta = alpha is
the smallest constant): false, because alpha is missing in its first term. AVERAGE is what holds instead.

Source: Reddi, Kale and Kumar 2018, Theorem 5 and Corollary 2; secondary, because transcriptions were read and
    not the pages.
"""

from sympy import Expr, Max, sqrt

from theory.algorithms.adam_family import mean, scaled_method
from theory.algorithms.decaying_momentum import LAM1, beta1_t, lam1
from theory.parameters import ALPHA, BETA1, Parameter, alpha, beta1
from theory.quantities import CumMax, CumSum, MaxCoords, NormInf, Prev, SumCoords, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Status
from theory.symbols import D, G, Scalar, T, g, m, t, v
from theory.theorems.amsgrad import DECAYING
from theory.theorems.momentum_phases import PHASES, beta1_phases
from theory.theorems.shared import lengths, regret_bound

FIRST = Parameter(
    Scalar("first", positive=True), r"\ell", "the reciprocal of the first weight 1 - beta_{2,1}",
    lower=1, typical=(1.0, 100.0), default=1.0,
)  # fmt: skip
SLOPE = Parameter(
    Scalar("slope"),
    "s",
    "the growth of the reciprocal weight in each round",
    typical=(-1.0, 1.0),
    default=1.0,
)
beta2_t = Scalar("beta2_t", nonnegative=True)
zeta = Scalar("zeta", nonnegative=True)
zeta_t = Scalar("zeta_t", nonnegative=True)


def _adamnc(name: str, decay1: Expr, decay2: Expr, *more: Parameter) -> Recurrence:
    return scaled_method(
        name, Source("reddi2018", "AdamNC", secondary=True), {"eps": "none", "schedule": "sqrt"},
        parameters=(ALPHA, BETA1, *more),
        steps=(
            (beta1_t, decay1),
            (beta2_t, decay2),
            mean(m, g, beta1_t),
            mean(v, g**2, beta2_t),
        ),
        numerator=m, w=v, eps_mode="none", schedule="sqrt",
    )  # fmt: skip


ADAMNC = _adamnc(
    "AdamNC", beta1_phases, 1 - 1 / Max(1, FIRST.symbol + SLOPE.symbol * (t - 1)), FIRST, SLOPE, *PHASES
)
ADAMNC_AVERAGE = _adamnc("AdamNC of averages", beta1 * lam1 ** (t - 1), 1 - 1 / t, LAM1)

_seen = sqrt(CumSum(g**2)) * pinv(sqrt(v))
_first = D**2 * sqrt(T) / (2 * (1 - beta1)) * SumCoords(sqrt(v))
_momentum = D**2 * CumSum(beta1_t * sqrt(t) / alpha * SumCoords(sqrt(v)))
_iclr, _revised = _first + _momentum / (2 * (1 - beta1)), _first / alpha + _momentum / (1 - beta1) ** 2


def _squares(constant: Expr) -> Expr:
    return 2 * constant / (1 - beta1) ** 3 * lengths(g)


THEOREM5 = regret_bound(
    "adamnc.theorem5",
    "AdamNC",
    Source("reddi2018", "Theorem 5, two printings", secondary=True),
    ADAMNC,
    (
        Reading("iclr", _iclr + _squares(zeta), "ICLR 2018: no alpha in the first term; secondary"),
        Reading("revision", _revised + _squares(zeta), "a later revision; secondary"),
        Reading("iclr_alpha_t", _iclr + _squares(zeta_t), "ICLR 2018, (1) with alpha_t; secondary"),
        Reading("revision_alpha_t", _revised + _squares(zeta_t), "the revision, (1) with alpha_t; secondary"),
    ),
    condition=(
        Assumption("sqrt(v_t)/alpha_t does not decrease", CumMax(MaxCoords(Prev(t * v) - t * v)) <= 0),
    ),
    letters=(
        (zeta, alpha / sqrt(T) * CumMax(MaxCoords(_seen))),
        (zeta_t, CumMax(MaxCoords(alpha / sqrt(t) * _seen))),
    ),
    status=Status.PRINTED,
)
COROLLARY2 = regret_bound(
    "adamnc.corollary2",
    "AdamNC with the average of the squares",
    Source("reddi2018", "Corollary 2 in the proceedings of ICLR 2018", secondary=True),
    ADAMNC_AVERAGE,
    (
        Reading(
            "iclr",
            D**2 / (2 * (1 - beta1)) * lengths(g)
            + beta1 * D**2 * G / (2 * (1 - beta1) * (1 - lam1) ** 2)
            + _squares(alpha),
            "the right side as printed, taken as a bound of the regret, with zeta = alpha; secondary",
        ),
    ),
    condition=(DECAYING,),
    letters=((G, CumMax(NormInf(g))),),
    status=Status.FALSE,
)
AVERAGE = regret_bound(
    "adamnc.average",
    "AdamNC with the average of the squares, as it is true",
    Source("repaired", "AMSGrad with a varying beta1"),
    ADAMNC_AVERAGE,
    (
        Reading(
            "stated",
            (D**2 * (2 - beta1) / (4 * alpha * (1 - beta1)) + alpha * (1 + beta1) / (1 - beta1) ** 2)
            * lengths(g),
            "as proved; AdaGrad's bound at beta1 = 0",
        ),
    ),
)
