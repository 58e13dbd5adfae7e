r"""AdamW (Loshchilov and Hutter 2019, Algorithm 2): Adam with decoupled weight decay.

    x_{t+1} = x_t - eta_t (alpha mhat_t/(sqrt(vhat_t) + eps) + lambda x_t),

with the schedule's multiplier eta_t: 1 for schedule="constant", 1/sqrt(t) for "sqrt". As printed, the decay
is not multiplied by alpha (decay="printed"). PyTorch and most users shrink by alpha_t lambda instead
(decay="scaled"), which is the same algorithm with lambda' = lambda/alpha.
"""

from theory.algorithms.adam import PRINTED as ADAM_PRINTED
from theory.algorithms.adam_family import adam_family
from theory.algorithms.variant import choose, step_size
from theory.parameters import Parameter, alpha
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar

WEIGHT_DECAY = Parameter(
    Scalar("weight_decay", nonnegative=True), r"\lambda", "the weight decay",
    lower=0, typical=(0.0, 0.1), default=0.01,
)  # fmt: skip
PRINTED = {**ADAM_PRINTED, "decay": "printed"}


def adamw(
    *, decay: str = "printed", eps_mode: str = "adam", maximum: str | None = None, schedule: str = "constant"
) -> Recurrence:
    """AdamW (Loshchilov and Hutter 2019, Algorithm 2); the default is as printed.

    Args:
        decay: "printed" or "scaled" (by alpha, as in PyTorch); see the module's docstring.
        eps_mode: where epsilon is added; see `theory.algorithms.adam_family`.
        maximum: None, "R2" or "R3"; see `vhat_of` there.
        schedule: "constant" (alpha) or "sqrt" (alpha/sqrt(t)).

    Raises:
        ValueError: an unknown or contradictory choice.
    """
    step = step_size(schedule)
    return adam_family(
        "AdamW",
        Source("loshchilov2018", "Algorithm 2"),
        PRINTED,
        eps_mode=eps_mode,
        bias_correction=True,
        maximum=maximum,
        schedule=schedule,
        shrink=choose("decay", decay, {"printed": step / alpha, "scaled": step}) * WEIGHT_DECAY.symbol,
        more=(WEIGHT_DECAY,),
        choices={"decay": decay},
    )


ADAMW = adamw()
ADAMW_SCALED = adamw(decay="scaled")
