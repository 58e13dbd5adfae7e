r"""RMSProp (Tieleman and Hinton 2012, lecture 6.5): divide by the root of a running mean of squares.

    v_t = rho v_{t-1} + (1 - rho) g_t^2,   x_{t+1} = x_t - alpha_t g_t/sqrt(v_t),   rho = 0.9.

The slides print no epsilon. PyTorch adds it to the root (eps_mode="adam"), others add it inside the root
("inside": sqrt(v_t + eps)); the two differ widely at the same epsilon.
"""

from theory.algorithms.adam_family import mean, scaled_method
from theory.parameters import ALPHA, Parameter
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, g, v

RHO = Parameter(
    Scalar("rho", positive=True), r"\rho", "the decay of the mean of squares",
    lower=0, upper=1, lower_open=True, upper_open=True, typical=(0.5, 0.999), default=0.9,
)  # fmt: skip
PRINTED = {"eps": "none", "schedule": "constant"}


def rmsprop(*, eps_mode: str = "none", schedule: str = "constant") -> Recurrence:
    """RMSProp (Tieleman and Hinton 2012, lecture 6.5); the default is the lecture's, without epsilon.

    Args:
        eps_mode: where epsilon is added; see `theory.algorithms.adam_family`.
        schedule: "constant" (alpha) or "sqrt" (alpha/sqrt(t)).

    Raises:
        ValueError: an unknown choice.
    """
    return scaled_method(
        "RMSProp", Source("tieleman2012", "lecture 6.5"), PRINTED,
        parameters=(ALPHA, RHO), steps=(mean(v, g**2, RHO.symbol),),
        numerator=g, w=v, eps_mode=eps_mode, schedule=schedule,
    )  # fmt: skip


RMSPROP = rmsprop()
RMSPROP_EPS_ADAM = rmsprop(eps_mode="adam")
