r"""Online (stochastic) gradient descent (Zinkevich 2003): x_{t+1} = P_X(x_t - alpha_t g_t).

The default is the online form with alpha_t = alpha/sqrt(t); schedule="constant" is SGD as in the libraries.
"""

from theory.algorithms.variant import step_size, titled
from theory.parameters import ALPHA
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import g, x

PRINTED = {"schedule": "sqrt"}


def sgd(*, schedule: str = "sqrt") -> Recurrence:
    """Gradient descent with the Euclidean projection (Zinkevich 2003, section 2).

    Args:
        schedule: "constant" (alpha) or "sqrt" (alpha/sqrt(t)).

    Raises:
        ValueError: an unknown schedule.
    """
    variant = {"schedule": schedule}
    return Recurrence(
        name=titled("SGD", variant, PRINTED),
        source=Source("zinkevich2003", "section 2"),
        parameters=(ALPHA,),
        steps=(),
        point=x - step_size(schedule) * g,
        metric=1,
        variant=variant,
    )


SGD = sgd()
SGD_CONSTANT = sgd(schedule="constant")
