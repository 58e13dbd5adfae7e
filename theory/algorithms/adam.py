r"""Adam (Kingma and Ba 2015, Algorithm 1): exponential means of g and g^2, both bias corrected.

    m_t = beta1 m_{t-1} + (1 - beta1) g_t,   v_t = beta2 v_{t-1} + (1 - beta2) g_t^2,
    x_{t+1} = x_t - alpha_t mhat_t/(sqrt(vhat_t) + eps).

Algorithm 1 has a constant step; the paper's regret analysis (Theorem 4.1) uses schedule="sqrt". The choices
are those of theory/algorithms/adam_family.py. With a maximum, the algorithm is AMSGrad
(theory/algorithms/amsgrad.py).
"""

from theory.algorithms.adam_family import adam_family
from theory.recurrence import Recurrence
from theory.source import Source

PRINTED = {"eps": "adam", "bias_correction": "yes", "maximum": "no", "schedule": "constant"}


def adam(*, eps_mode: str = "adam", bias_correction: bool = True, schedule: str = "constant") -> Recurrence:
    """Adam (Kingma and Ba 2015, arXiv 1412.6980, Algorithm 1); the default is as printed.

    Args:
        eps_mode: where epsilon is added; see `theory.algorithms.adam_family`.
        bias_correction: whether both moments are corrected.
        schedule: "constant" (alpha) or "sqrt" (alpha/sqrt(t)).

    Raises:
        ValueError: an unknown or contradictory choice.
    """
    return adam_family(
        "Adam",
        Source("kingma2015", "Algorithm 1"),
        PRINTED,
        eps_mode=eps_mode,
        bias_correction=bias_correction,
        maximum=None,
        schedule=schedule,
    )


ADAM = adam()
ADAM_SQRT = adam(schedule="sqrt")
