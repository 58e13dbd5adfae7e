r"""AdaBelief (Zhuang et al. 2020, Algorithm 2): scale by the variance of the gradient around its mean.

    s_t = beta2 s_{t-1} + (1 - beta2)(g_t - m_t)^2 + eps,   shat_t = s_t/(1 - beta2^t),
    x_{t+1} = P_X^{sqrt(shat_t)}(x_t - alpha_t mhat_t/(sqrt(shat_t) + eps));

s_t is the symbol v here, shat_t is vhat. The same epsilon stands twice: inside s it accumulates to about
eps/(1 - beta2), and it is bias corrected with it. eps_mode: "both" as printed, "adam" (only beside the
square root), "none". The metric here is the whole denominator sqrt(shat_t) + eps, so that preconditioner
times metric is the identity; the printed metric leaves the outer epsilon out.
"""

from __future__ import annotations

from sympy import S

from theory.algorithms.adam_family import eps_parameter, first_moment, preconditioner, scaling, second_moment
from theory.algorithms.schedule import step_size
from theory.algorithms.variant import choose, titled
from theory.parameters import ALPHA, BETA1, BETA2, beta1, beta2, eps
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import g, m, mhat, t, v, vhat, x

PRINTED = {"eps": "both", "schedule": "constant"}


def adabelief(*, eps_mode: str = "both", schedule: str = "constant") -> Recurrence:
    """AdaBelief in the given variant; the default is Algorithm 2 as printed, with a constant step."""
    inside, outside = choose(
        "eps_mode", eps_mode, {"both": (eps, "adam"), "adam": (S.Zero, "adam"), "none": (S.Zero, "none")}
    )
    direction, metric = preconditioner(vhat, outside)
    variant = {"eps": eps_mode, "schedule": schedule}
    return Recurrence(
        name=titled("AdaBelief", variant, PRINTED),
        source=Source("zhuang2020", "Algorithm 2"),
        parameters=(ALPHA, BETA1, BETA2, *eps_parameter(outside)),
        steps=(
            (m, first_moment(g)),
            (v, second_moment(g - m) + inside),
            (mhat, m / (1 - beta1**t)),
            (vhat, scaling(maximum=None, bias_correction=True, correction=1 - beta2**t)),
        ),
        point=x - step_size(schedule) * direction * mhat,
        metric=metric,
        variant=variant,
    )


ADABELIEF = adabelief()
