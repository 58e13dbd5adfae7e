r"""AdaX (Li et al. 2020): the second moment has a long-term memory of old gradients.

    m_t = beta1 m_{t-1} + (1 - beta1) g_t,          v_t = (1 + beta2) v_{t-1} + beta2 g_t^2,
    vhat_t = v_t/((1 + beta2)^t - 1),               x_{t+1} = P(x_t - alpha_t m_t/sqrt(vhat_t)).

The first moment is not bias corrected. The paper's text on AdaX prints no epsilon; common implementations add
it to sqrt(v_t), before the bias correction: eps_mode="uncorrected" (theory/algorithms/adam_family.py). Both
v_t and (1 + beta2)^t grow without bound: in float64 they overflow near t = 709/log(1 + beta2), which is 7.1e6
rounds at the default beta2 = 1e-4.
"""

from dataclasses import replace

from theory.algorithms.adam_family import mean, scaled_method
from theory.parameters import ALPHA, BETA1, BETA2, beta1, beta2
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import g, m, t, v, vhat

GROWTH = replace(BETA2, meaning="the growth rate of the second moment", typical=(1e-4, 1e-2), default=1e-4)
PRINTED = {"eps": "none", "schedule": "sqrt"}


def adax(*, eps_mode: str = "none", schedule: str = "sqrt") -> Recurrence:
    """AdaX (Li et al. 2020); the default is the online form, without epsilon and with alpha/sqrt(t).

    Args:
        eps_mode: where epsilon is added; see `theory.algorithms.adam_family`.
        schedule: "constant" (alpha) or "sqrt" (alpha/sqrt(t)).

    Raises:
        ValueError: an unknown choice.
    """
    correction = (1 + beta2) ** t - 1
    return scaled_method(
        "AdaX", Source("li2020", "Algorithm AdaX"), PRINTED,
        parameters=(ALPHA, BETA1, GROWTH),
        steps=(mean(m, g, beta1), (v, (1 + beta2) * Prev(v) + beta2 * g**2), (vhat, v / correction)),
        numerator=m, w=vhat, eps_mode=eps_mode, schedule=schedule, correction=correction,
    )  # fmt: skip


ADAX = adax()
