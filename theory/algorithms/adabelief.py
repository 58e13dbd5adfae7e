r"""AdaBelief (Zhuang et al. 2020, Algorithm 2): scale by the variance of the gradient around its mean.

    s_t = beta2 s_{t-1} + (1 - beta2)(g_t - m_t)^2 + eps,   shat_t = s_t/(1 - beta2^t),
    x_{t+1} = P_X^{sqrt(shat_t)}(x_t - alpha_t mhat_t/(sqrt(shat_t) + eps));

Here s_t is the symbol v and shat_t is vhat. The same epsilon appears twice; the one inside s accumulates to
about eps/(1 - beta2) and is bias corrected together with s. eps_mode: "both" as printed, "adam" (only next to
the square root), "none". The metric here is the whole denominator sqrt(shat_t) + eps, so preconditioner times
metric is the identity; the printed metric omits the outer epsilon.
"""

from sympy import S

from theory.algorithms.adam_family import CORRECTION1, CORRECTION2, mean, scaled_method
from theory.algorithms.variant import choose
from theory.parameters import ALPHA, BETA1, BETA2, beta1, beta2, eps
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import g, m, mhat, v, vhat

PRINTED = {"eps": "both", "schedule": "constant"}


def adabelief(*, eps_mode: str = "both", schedule: str = "constant") -> Recurrence:
    """AdaBelief (Zhuang et al. 2020, Algorithm 2); the default is as printed, with a constant step.

    Args:
        eps_mode: "both", "adam" or "none".
        schedule: "constant" (alpha) or "sqrt" (alpha/sqrt(t)).

    Raises:
        ValueError: an unknown choice.
    """
    modes = {"both": (eps, "adam"), "adam": (S.Zero, "adam"), "none": (S.Zero, "none")}
    inside, outside = choose("eps_mode", eps_mode, modes)
    s, variance = mean(v, (g - m) ** 2, beta2)
    return scaled_method(
        "AdaBelief", Source("zhuang2020", "Algorithm 2"), PRINTED,
        parameters=(ALPHA, BETA1, BETA2),
        steps=(mean(m, g, beta1), (s, variance + inside), (mhat, m / CORRECTION1), (vhat, v / CORRECTION2)),
        numerator=mhat, w=vhat, eps_mode=outside, schedule=schedule, choices={"eps": eps_mode},
    )  # fmt: skip


ADABELIEF = adabelief()
