r"""True bounds for AdaL's regret: Theorem R with its variants, and Corollary V without a maximum.

Problem: online convex optimization; the regret weighted by n_t = ||g_t||_1.
Algorithm: AdaL with a maximum (R1, R2, R3 of `adal`); without one for V. Each statement is only about the
    recurrences in its `Theorem.algorithms`.
Assumptions: gamma < 1; the losses are convex; X is compact.
Guarantee: upper bounds.
Source: this package; proofs in docs/proofs.md.

With ghat_t = n_t g_t, AdaL on the losses f_t is Adam on the losses n_t f_t, so Adam's analysis bounds the
weighted regret:

    sum_t n_t (f_t(x_t) - f_t(x)) <= (2 - beta1) D^2 sqrt(T)/(4 alpha (1 - beta1)) sum_i vhat_{T,i}^{1/2}
      + (1 + beta1)/2 alpha sqrt(1 + log T)/sqrt((1 - beta2)(1 - gamma)) sum_i sqrt(sum_t ghat_{t,i}^2)

for every x in X. Reading "D" uses the diameter of X in the infinity norm; "D_i" uses the side of X along each
coordinate and is never worse.

* R_CORRECTED: with bias correction, the first term has the factor 1 - beta1^T;
* R_ANY_GAMMA: without gamma < 1; (1 - beta1)/sqrt(1 - gamma) is replaced by min{., 1};
* R_EPS: Adam's epsilon, with the metric sqrt(vhat) + eps;
* R_EPS_BOX: the printed epsilon, on a box only (elsewhere the statement is false);
* V, V_UNCORRECTED, V_PRINTED: no maximum; the increments of the metric are measured along the run.
"""

from typing import Any

from sympy import Expr, Max, Min, Piecewise, S, log, sqrt

from theory.algorithms.adal import (
    ADAL,
    ADAL_NO_EPS,
    ADAL_V,
    MAXIMA,
    MAXIMA_EPS,
    MAXIMA_PRINTED_EPS,
    box_metric,
    raw_step,
)
from theory.parameters import alpha, beta1, beta2, eps
from theory.quantities import CumSum, Norm1, Norm2Squared, Prev, Regret, SumCoords
from theory.recurrence import Recurrence
from theory.statement import Reading, Status, Theorem
from theory.symbols import T, g, gamma, ghat, t, vhat
from theory.theorems.shared import (
    COMPACT,
    CONVEX,
    GAMMA_BELOW_1,
    GAMMA_IS,
    SEPARABLE,
    both,
    lengths,
    repaired,
    sharp_distance,
)

WEIGHTED = Regret(Norm1(g))

# L11 and L11b of docs/proofs.md: alpha sqrt(1 + log T) sum_i sqrt(sum_t ghat_{t,i}^2), up to constants.
_energy = alpha * sqrt(1 + log(T)) / sqrt(1 - beta2) * lengths(ghat)
_noise = (1 + beta1) / 2 * _energy / sqrt(1 - gamma)
_any_gamma = Piecewise((Min((1 - beta1) / sqrt(1 - beta1**2 / beta2), 1), beta1**2 < beta2), (1, True))
# The contribution of the printed epsilon to the squared steps.
_eps_noise = (1 + beta1) / (2 * (1 - beta1)) * eps * CumSum(alpha / sqrt(t) * Norm2Squared(ghat))


def _theorem(id: str, title: str, place: str, recurrences: tuple[Recurrence, ...], **fields: Any) -> Theorem:
    values: dict[str, Any] = {
        "lhs": WEIGHTED,
        "assumptions": (GAMMA_BELOW_1, CONVEX, COMPACT),
        "letters": (GAMMA_IS,),
        "measures": "regret weighted by the l1 norms of the gradients",
        "status": Status.CHECKED_BY_COQ,
        **fields,
    }
    return repaired(id, title, place, *recurrences, **values)


def _bounds(metric: Expr, *, factor: Expr = S.One, rest: Expr = _noise) -> tuple[Reading, Reading]:
    """The right side of Theorem R and of its variants."""
    return both(lambda outside, inside: factor * sharp_distance(outside, inside, metric) + rest)


R = _theorem(
    "theoremR", "Theorem R (weighted regret with a maximum)", "Theorem R", MAXIMA,
    readings=_bounds(sqrt(vhat)),
)  # fmt: skip
B_T = R.reading("D").rhs
"""The right side of Theorem R, with the diameter of X."""
R_CORRECTED = _theorem(
    "theoremR_corrected", "Theorem R with bias correction", "Theorem R, (R2) and (R3)", MAXIMA[1:],
    readings=_bounds(sqrt(vhat), factor=1 - beta1**T),
)  # fmt: skip
R_ANY_GAMMA = _theorem(
    "theoremR_any_gamma", "Theorem R without the condition on gamma", "Theorem R, step L11b", MAXIMA,
    readings=_bounds(sqrt(vhat), rest=(1 + beta1) / (2 * (1 - beta1)) * _any_gamma * _energy),
    assumptions=(CONVEX, COMPACT),
    letters=(),
)  # fmt: skip
R_EPS = _theorem(
    "theoremR_eps", "Theorem R with Adam's epsilon", "Theorem R, epsilon",
    MAXIMA_EPS,
    readings=_bounds(sqrt(vhat) + eps),
)  # fmt: skip
R_EPS_BOX = _theorem(
    "theoremR_eps_box", "Theorem R with the printed epsilon, on a box", "Theorem R, epsilon",
    MAXIMA_PRINTED_EPS,
    readings=_bounds(box_metric(ADAL), rest=_noise + _eps_noise),
    assumptions=(GAMMA_BELOW_1, CONVEX, COMPACT, SEPARABLE),
)  # fmt: skip


def _corollary_v(id: str, title: str, recurrence: Recurrence) -> Theorem:
    """The a-posteriori bound: V_t = metric/a_t need not increase, so its positive increments are summed."""
    metric, printed_eps = box_metric(recurrence), recurrence.variant["eps"] == "printed"
    slope, last_step = metric / raw_step(recurrence), raw_step(recurrence).subs(t, T)

    def bound(outside: Expr, inside: Expr) -> Expr:
        rises = outside * CumSum(SumCoords(inside * Max(slope - Prev(slope), 0)))
        last = outside * SumCoords(inside * metric) / last_step
        return rises / 2 + beta1 / (4 * (1 - beta1)) * last + _noise + (_eps_noise if printed_eps else S.Zero)

    assumptions = (GAMMA_BELOW_1, CONVEX, COMPACT, *((SEPARABLE,) if printed_eps else ()))
    return _theorem(id, title, "Corollary V", (recurrence,), readings=both(bound), assumptions=assumptions)


V = _corollary_v("corollaryV", "Corollary V (a posteriori, no maximum)", ADAL_NO_EPS)
V_UNCORRECTED = _corollary_v("corollaryV_uncorrected", "Corollary V without bias correction", ADAL_V)
V_PRINTED = _corollary_v("corollaryV_printed", "Corollary V for AdaL as printed, on a box", ADAL)
