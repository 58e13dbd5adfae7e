r"""What is true of AdaL's regret: Theorem R with its variants, and Corollary V without a maximum.

With n_t = ||g_t||_1 and ghat_t = n_t g_t, AdaL on the losses f_t is Adam on the losses n_t f_t, so what
Adam's analysis bounds is the regret weighted by n_t:

    sum_t n_t (f_t(x_t) - f_t(x)) <= (2 - beta1) D^2 sqrt(T)/(4 alpha (1 - beta1)) sum_i vhat_{T,i}^{1/2}
      + (1 + beta1)/2 alpha sqrt(1 + log T)/sqrt((1 - beta2)(1 - gamma)) sum_i sqrt(sum_t ghat_{t,i}^2)

for every x in X, where vhat carries one of AMSGrad's maxima (R1, R2, R3 of `adal`). Readings: "D" with the
diameter of X in the infinity norm, "D_i" with its side along each coordinate, which is never worse.

* R_CORRECTED: with bias correction the first term carries the factor 1 - beta1^T;
* R_ANY_GAMMA: gamma < 1 is not needed: (1 - beta1)/sqrt(1 - gamma) is replaced by min{., 1};
* R_EPS: Adam's epsilon, with the metric sqrt(vhat) + eps;
* R_EPS_BOX: the printed epsilon, on a box only (elsewhere the statement is false);
* V, V_UNCORRECTED, V_PRINTED: no maximum; the increments of the metric are measured along the run.

Proofs: docs/proofs.md. The statements are about these recurrences and no others: `Theorem.algorithms`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Expr, Integer, Max, Min, Piecewise, S, log, sqrt

from theory.algorithms.adal import (
    ADAL,
    ADAL_NO_EPS,
    ADAL_R1,
    ADAL_R1_EPS,
    ADAL_R1_PRINTED_EPS,
    ADAL_R2,
    ADAL_R2_EPS,
    ADAL_R2_PRINTED_EPS,
    ADAL_R3,
    ADAL_R3_EPS,
    ADAL_R3_PRINTED_EPS,
    ADAL_V,
)
from theory.parameters import alpha, beta1, beta2, eps
from theory.quantities import CumSum, Norm1, Norm2Squared, Prev, Regret, SumCoords
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D, D_i, T, g, gamma, ghat, t, vhat
from theory.theorems.adal import GAMMA

WEIGHTED = Regret(Norm1(g))
CONVEX = Assumption("the losses are convex", Requires.CONVEX_LOSSES)
COMPACT = Assumption("X is compact with diameter D", Requires.COMPACT_SET)
SEPARABLE = Assumption("X is a box", Requires.SEPARABLE_SET)

# L11 and L11b of docs/proofs.md: alpha sqrt(1 + log T) sum_i sqrt(sum_t ghat_{t,i}^2), up to constants.
_energy = alpha * sqrt(1 + log(T)) / sqrt(1 - beta2) * SumCoords(sqrt(CumSum(ghat**2)))
_noise = (1 + beta1) / 2 * _energy / sqrt(1 - gamma)
_any_gamma = Piecewise((Min((1 - beta1) / sqrt(1 - beta1**2 / beta2), 1), beta1**2 < beta2), (1, True))
# What the printed epsilon adds to the squared steps.
_eps_noise = (1 + beta1) / (2 * (1 - beta1)) * eps * CumSum(alpha / sqrt(t) * Norm2Squared(ghat))


def both(bound: Callable[[Expr, Expr], Expr]) -> tuple[Reading, Reading]:
    """A bound read with the diameter D of X, and with its side D_i along each coordinate.

    bound: takes the squared diameter as (a factor of a sum over coordinates, a factor of each summand).
    """
    return (
        Reading("D", bound(D**2, S.One), "D: the diameter of X in the infinity norm"),
        Reading("D_i", bound(S.One, D_i**2), "D_i: the side of X along each coordinate"),
    )


def _distance(outside: Expr, inside: Expr, metric: Expr) -> Expr:
    return (2 - beta1) * sqrt(T) / (4 * alpha * (1 - beta1)) * outside * SumCoords(inside * metric)


def _repaired(id: str, title: str, place: str, algorithms: tuple[str, ...], **fields: Any) -> Theorem:
    values: dict[str, Any] = {
        "lhs": WEIGHTED,
        "assumptions": (GAMMA, CONVEX, COMPACT),
        "letters": ((gamma, beta1**2 / beta2),),
        "measures": "regret weighted by the l1 norms of the gradients",
        "status": Status.PROVED,
        **fields,
    }
    return Theorem(
        id=f"repaired.{id}", title=title, source=Source("repaired", place), algorithms=algorithms, **values
    )


ALL_ORDERS = (ADAL_R1.name, ADAL_R2.name, ADAL_R3.name)
CORRECTED_ORDERS = (ADAL_R2.name, ADAL_R3.name)


def bound_r(outside: Expr, inside: Expr) -> Expr:
    """The right side of Theorem R, B_T."""
    return _distance(outside, inside, sqrt(vhat)) + _noise


R = _repaired(
    "theoremR", "Theorem R (weighted regret with a maximum)", "Theorem R", ALL_ORDERS, readings=both(bound_r)
)
R_CORRECTED = _repaired(
    "theoremR_corrected",
    "Theorem R with bias correction",
    "Theorem R, (R2) and (R3)",
    CORRECTED_ORDERS,
    readings=both(lambda outside, inside: (1 - beta1**T) * _distance(outside, inside, sqrt(vhat)) + _noise),
)
R_ANY_GAMMA = _repaired(
    "theoremR_any_gamma",
    "Theorem R without the condition on gamma",
    "Theorem R, step L11b",
    ALL_ORDERS,
    readings=both(
        lambda outside, inside: (
            _distance(outside, inside, sqrt(vhat)) + (1 + beta1) / (2 * (1 - beta1)) * _any_gamma * _energy
        )
    ),
    assumptions=(CONVEX, COMPACT),
    letters=(),
)
R_EPS = _repaired(
    "theoremR_eps",
    "Theorem R with Adam's epsilon",
    "Theorem R, epsilon",
    (ADAL_R1_EPS.name, ADAL_R2_EPS.name, ADAL_R3_EPS.name),
    readings=both(lambda outside, inside: _distance(outside, inside, sqrt(vhat) + eps) + _noise),
)
R_EPS_BOX = _repaired(
    "theoremR_eps_box",
    "Theorem R with the printed epsilon, on a box",
    "Theorem R, epsilon",
    (ADAL_R1_PRINTED_EPS.name, ADAL_R2_PRINTED_EPS.name, ADAL_R3_PRINTED_EPS.name),
    readings=both(
        lambda outside, inside: (
            _distance(outside, inside, sqrt(vhat) / (1 + eps * sqrt(vhat))) + _noise + _eps_noise
        )
    ),
    assumptions=(GAMMA, CONVEX, COMPACT, SEPARABLE),
)


def corollary_v(
    id: str, title: str, algorithm: str, metric: Expr, *, bias_correction: bool, printed_eps: bool
) -> Theorem:
    """The a-posteriori bound: V_t = metric/a_t need not increase, its positive increments are summed."""
    correction = 1 - beta1**t if bias_correction else Integer(1)
    slope = metric * sqrt(t) * correction / alpha

    def bound(outside: Expr, inside: Expr) -> Expr:
        rises = outside * CumSum(SumCoords(inside * Max(slope - Prev(slope), 0)))
        last = correction.subs(t, T) * sqrt(T) / alpha * outside * SumCoords(inside * metric)
        return rises / 2 + beta1 / (4 * (1 - beta1)) * last + _noise + (_eps_noise if printed_eps else S.Zero)

    extra = (SEPARABLE,) if printed_eps else ()
    return _repaired(
        id,
        title,
        "Corollary V",
        (algorithm,),
        readings=both(bound),
        assumptions=(GAMMA, CONVEX, COMPACT, *extra),
    )


V = corollary_v(
    "corollaryV", "Corollary V (a posteriori, no maximum)", ADAL_NO_EPS.name, sqrt(vhat),
    bias_correction=True, printed_eps=False,
)  # fmt: skip
V_UNCORRECTED = corollary_v(
    "corollaryV_uncorrected", "Corollary V without bias correction", ADAL_V.name, sqrt(vhat),
    bias_correction=False, printed_eps=False,
)  # fmt: skip
V_PRINTED = corollary_v(
    "corollaryV_printed", "Corollary V for AdaL as printed, on a box", ADAL.name,
    sqrt(vhat) / (1 + eps * sqrt(vhat)), bias_correction=True, printed_eps=True,
)  # fmt: skip
