r"""Weight decay, coupled (Krogh and Hertz 1991) or decoupled (Loshchilov and Hutter 2019).

    coupled:    h_t = g_t + lambda x_t takes the place of the gradient g_t everywhere;
    decoupled:  x_{t+1} = (the point of the algorithm) - alpha_t lambda x_t.

Coupled decay is the gradient of lambda ||x||_2^2/2. It enters before everything that an algorithm does with
the gradient: AdaL's norm is then ||g_t + lambda x_t||_1, and Adam's second moment sees it too. Decoupled
decay shrinks the point and touches no moment; with alpha_t the step of the schedule it is AdamW as libraries
have it (`theory.algorithms.adamw`, decay="scaled").
"""

from dataclasses import replace

from theory.algorithms.adamw import WEIGHT_DECAY
from theory.algorithms.incoming_gradient import require_free, with_incoming_gradient
from theory.algorithms.variant import step_size, with_choice
from theory.parameters import ALPHA
from theory.recurrence import Recurrence
from theory.symbols import g, x

DECAY = replace(WEIGHT_DECAY, default=0.0)
weight_decay = DECAY.symbol


def with_coupled_weight_decay(recurrence: Recurrence) -> Recurrence:
    """The same algorithm on h_t = g_t + lambda x_t, which enters before any norm of the gradient is taken.

    Args:
        recurrence: the algorithm.

    Raises:
        ValueError: it has its own weight decay.
    """
    return with_incoming_gradient(recurrence, g + weight_decay * x, "weight_decay", "coupled", DECAY)


def with_decoupled_weight_decay(recurrence: Recurrence) -> Recurrence:
    """The same algorithm with alpha_t lambda x_t subtracted from its point.

    Args:
        recurrence: the algorithm; its choice "schedule" gives alpha_t, which is alpha if there is none.

    Raises:
        ValueError: it has its own weight decay, or no step size alpha.
    """
    require_free(recurrence, DECAY)
    if ALPHA.name not in recurrence.parameter_names:
        raise ValueError(
            f"`recurrence` = {recurrence.name} has no step size `{ALPHA.name}` that could multiply a "
            f"decoupled weight decay; use the coupled one"
        )
    step = step_size(recurrence.variant.get("schedule", "constant"))
    return replace(
        recurrence,
        name=with_choice(recurrence.name, "weight_decay=decoupled"),
        parameters=(*recurrence.parameters, DECAY),
        point=recurrence.point - step * weight_decay * x,
        variant={**recurrence.variant, "weight_decay": "decoupled"},
    )
