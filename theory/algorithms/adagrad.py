r"""AdaGrad with diagonal matrices (Duchi, Hazan and Singer 2011, Figure 1).

    v_t = sum_{s<=t} g_s^2,   x_{t+1} = P_X^{H_t}(x_t - alpha H_t^{-1} g_t),   H_t = eps + sqrt(v_t).

epsilon is the paper's delta, which may be 0: eps_mode="none". The step alpha is constant; the sum does the
rest. Here v is a sum, not a mean.
"""

from __future__ import annotations

from theory.algorithms.adam_family import eps_parameter, preconditioner
from theory.algorithms.schedule import step_size
from theory.algorithms.variant import titled
from theory.parameters import ALPHA
from theory.quantities import CumSum
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import g, v, x

PRINTED = {"eps": "adam", "schedule": "constant"}


def adagrad(*, eps_mode: str = "adam", schedule: str = "constant") -> Recurrence:
    """Diagonal AdaGrad in the given variant."""
    direction, metric = preconditioner(v, eps_mode)
    variant = {"eps": eps_mode, "schedule": schedule}
    return Recurrence(
        name=titled("AdaGrad", variant, PRINTED),
        source=Source("duchi2011", "Figure 1"),
        parameters=(ALPHA, *eps_parameter(eps_mode)),
        steps=((v, CumSum(g**2)),),
        point=x - step_size(schedule) * direction * g,
        metric=metric,
        variant=variant,
    )


ADAGRAD = adagrad()
ADAGRAD_NO_EPS = adagrad(eps_mode="none")
