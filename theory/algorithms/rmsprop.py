r"""RMSProp (Tieleman and Hinton 2012, lecture 6.5): divide by the root of a running mean of squares.

    v_t = rho v_{t-1} + (1 - rho) g_t^2,   x_{t+1} = x_t - alpha_t g_t/sqrt(v_t),   rho = 0.9.

The slides print no epsilon. PyTorch adds it beside the root (eps_mode="adam"), others inside it
("inside": sqrt(v_t + eps)); those two differ by far at the same epsilon.
"""

from __future__ import annotations

from theory.algorithms.adam_family import eps_parameter, preconditioner, second_moment
from theory.algorithms.schedule import step_size
from theory.algorithms.variant import titled
from theory.parameters import ALPHA, Parameter
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, g, v, x

RHO = Parameter(
    Scalar("rho", positive=True), r"\rho", "the decay of the mean of squares",
    lower=0, upper=1, lower_open=True, upper_open=True, typical=(0.5, 0.999), default=0.9,
)  # fmt: skip
PRINTED = {"eps": "none", "schedule": "constant"}


def rmsprop(*, eps_mode: str = "none", schedule: str = "constant") -> Recurrence:
    """RMSProp in the given variant; the default is the lecture's, without epsilon."""
    direction, metric = preconditioner(v, eps_mode)
    variant = {"eps": eps_mode, "schedule": schedule}
    return Recurrence(
        name=titled("RMSProp", variant, PRINTED),
        source=Source("tieleman2012", "lecture 6.5"),
        parameters=(ALPHA, RHO, *eps_parameter(eps_mode)),
        steps=((v, second_moment(g, RHO.symbol)),),
        point=x - step_size(schedule) * direction * g,
        metric=metric,
        variant=variant,
    )


RMSPROP = rmsprop()
RMSPROP_EPS_ADAM = rmsprop(eps_mode="adam")
