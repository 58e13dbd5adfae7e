r"""AdaL (paper, Algorithm 1): Adam on the transformed gradient ghat_t = ||g_t||_1 g_t.

As printed, epsilon is added to vhat^{-1/2}: the step is alpha_t (vhat^{-1/2} + eps) mhat. Unlike Adam's
1/(sqrt(vhat) + eps), it has no floor for small gradients and explodes for huge ones. The theorem's analysis
needs a vhat that never decreases, which Algorithm 1 does not have. `adal` builds the printed algorithm and
its variants. The choices of epsilon and of the maximum (docs/theory.md, Theorem R) are those of
theory/algorithms/adam_family.py; norm="group" uses one factor per group of coordinates (the layers of
section 2.3).
"""

from sympy import Expr, sqrt

from theory.algorithms.adam_family import adam_family
from theory.algorithms.variant import choose
from theory.parameters import alpha, beta1, eps
from theory.quantities import GroupNorm1, Norm1
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import g, t, vhat

PRINTED = {"eps": "printed", "bias_correction": "yes", "maximum": "no", "norm": "global", "schedule": "sqrt"}


def adal(
    *,
    eps_mode: str = "printed",
    bias_correction: bool = True,
    maximum: str | None = None,
    norm: str = "global",
    schedule: str = "sqrt",
) -> Recurrence:
    """AdaL (Algorithm 1 of its paper); the default is exactly as printed.

    Args:
        eps_mode: where epsilon is added: "printed", "adam", "none", "inside" or "uncorrected".
        bias_correction: whether both moments are corrected.
        maximum: None, or the order of AMSGrad's maximum: "R1", "R2" or "R3".
        norm: "global" or "group", the coordinates over which ||g_t||_1 is taken.
        schedule: "sqrt" (alpha/sqrt(t)) or "constant" (alpha).

    Raises:
        ValueError: an unknown or contradictory choice.
    """
    return adam_family(
        "AdaL",
        Source("adal", "Algorithm 1"),
        PRINTED,
        eps_mode=eps_mode,
        bias_correction=bias_correction,
        maximum=maximum,
        schedule=schedule,
        gradient=choose("norm", norm, {"global": Norm1(g), "group": GroupNorm1(g)}) * g,
        choices={"norm": norm},
    )


def raw_step(recurrence: Recurrence) -> Expr:
    """a_t, the factor of the raw moment m_t in a step of a recurrence with alpha_t = alpha/sqrt(t)."""
    alpha_t = alpha / sqrt(t)
    return alpha_t / (1 - beta1**t) if recurrence.variant["bias_correction"] == "yes" else alpha_t


def box_metric(recurrence: Recurrence) -> Expr:
    """The inverse of the preconditioner, which can replace the metric when X is a box.

    It differs from the recurrence's own metric only where epsilon is added to vhat^{-1/2}, as printed.
    """
    if recurrence.variant.get("eps") == "printed":
        return sqrt(vhat) / (1 + eps * sqrt(vhat))
    return recurrence.metric


ADAL = adal()
ADAL_EPS_ADAM = adal(eps_mode="adam")
ADAL_NO_EPS = adal(eps_mode="none")
ADAL_UNCORRECTED = adal(bias_correction=False)
ADAL_GROUP = adal(norm="group")
# Theorem R is about eps = 0: its algorithms have no epsilon.
ADAL_R1 = adal(eps_mode="none", bias_correction=False, maximum="R1")
ADAL_R2 = adal(eps_mode="none", maximum="R2")
ADAL_R3 = adal(eps_mode="none", maximum="R3")
MAXIMA = (ADAL_R1, ADAL_R2, ADAL_R3)
# The variants of Theorem R with an epsilon and of Corollary V (theory/theorems/repaired.py).
ADAL_V = adal(eps_mode="none", bias_correction=False)
ADAL_R1_EPS = adal(eps_mode="adam", bias_correction=False, maximum="R1")
ADAL_R2_EPS = adal(eps_mode="adam", maximum="R2")
ADAL_R3_EPS = adal(eps_mode="adam", maximum="R3")
MAXIMA_EPS = (ADAL_R1_EPS, ADAL_R2_EPS, ADAL_R3_EPS)
ADAL_R1_PRINTED_EPS = adal(bias_correction=False, maximum="R1")
ADAL_R2_PRINTED_EPS = adal(maximum="R2")
ADAL_R3_PRINTED_EPS = adal(maximum="R3")
MAXIMA_PRINTED_EPS = (ADAL_R1_PRINTED_EPS, ADAL_R2_PRINTED_EPS, ADAL_R3_PRINTED_EPS)
