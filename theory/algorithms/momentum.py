r"""SGD with momentum (Sutskever et al. 2013, eqs. (1) and (2); the heavy ball).

    placement="outside" (PyTorch's):  m_t = mu m_{t-1} + g_t,          x_{t+1} = P(x_t - alpha_t m_t);
    placement="inside" (as printed):  m_t = mu m_{t-1} + alpha_t g_t,  x_{t+1} = P(x_t - m_t).

The printed velocity is -m_t; there is no dampening. With a constant step the two are one algorithm, m scaled
by alpha; with a schedule they differ: outside, a change of alpha_t rescales the whole memory at once.
"""

from __future__ import annotations

from sympy import S

from theory.algorithms.schedule import step_size
from theory.algorithms.variant import choose, titled
from theory.parameters import ALPHA, Parameter
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, g, m, x

MU = Parameter(
    Scalar("mu", nonnegative=True), r"\mu", "the momentum",
    lower=0, upper=1, upper_open=True, typical=(0.0, 0.99), default=0.9,
)  # fmt: skip
PRINTED = {"placement": "outside", "schedule": "constant"}


def momentum(*, placement: str = "outside", schedule: str = "constant") -> Recurrence:
    """Heavy-ball momentum with the Euclidean projection; the default is PyTorch's form."""
    step = step_size(schedule)
    inner, outer = choose("placement", placement, {"inside": (step, S.One), "outside": (S.One, step)})
    variant = {"placement": placement, "schedule": schedule}
    return Recurrence(
        name=titled("SGD with momentum", variant, PRINTED),
        source=Source("sutskever2013", "eqs. (1), (2)"),
        parameters=(ALPHA, MU),
        steps=((m, MU.symbol * Prev(m) + inner * g),),
        point=x - outer * m,
        metric=1,
        variant=variant,
    )


MOMENTUM = momentum()
