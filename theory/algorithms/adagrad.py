r"""AdaGrad with diagonal matrices (Duchi, Hazan and Singer 2011, Figure 1).

    v_t = sum_{s<=t} g_s^2,   x_{t+1} = P_X^{H_t}(x_t - alpha H_t^{-1} g_t),   H_t = eps + sqrt(v_t).

epsilon is the paper's delta, which may be 0: eps_mode="none". v is a sum here, not a mean, so the step
shrinks although alpha is constant.
"""

from theory.algorithms.adam_family import scaled_method
from theory.parameters import ALPHA
from theory.quantities import CumSum
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import g, v

PRINTED = {"eps": "adam", "schedule": "constant"}


def adagrad(*, eps_mode: str = "adam", schedule: str = "constant") -> Recurrence:
    """Diagonal AdaGrad (Duchi, Hazan and Singer 2011, Figure 1).

    Args:
        eps_mode: where epsilon is added; see `theory.algorithms.adam_family`.
        schedule: "constant" (alpha) or "sqrt" (alpha/sqrt(t)).

    Raises:
        ValueError: an unknown choice.
    """
    return scaled_method(
        "AdaGrad", Source("duchi2011", "Figure 1"), PRINTED,
        parameters=(ALPHA,), steps=((v, CumSum(g**2)),),
        numerator=g, w=v, eps_mode=eps_mode, schedule=schedule,
    )  # fmt: skip


ADAGRAD = adagrad()
ADAGRAD_NO_EPS = adagrad(eps_mode="none")
