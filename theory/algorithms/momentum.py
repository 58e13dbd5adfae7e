r"""SGD with momentum (Sutskever et al. 2013, eqs. (1) and (2); the heavy ball).

    placement="outside" (PyTorch's):  m_t = mu m_{t-1} + g_t,          x_{t+1} = P(x_t - alpha_t m_t);
    placement="inside" (as printed):  m_t = mu m_{t-1} + alpha_t g_t,  x_{t+1} = P(x_t - m_t).

The printed velocity is -m_t; there is no dampening. With a constant step the two are the same algorithm, with
m scaled by alpha. With a schedule they differ: outside, a change of alpha_t rescales all the memory at once.
"""

from sympy import Expr, S

from theory.algorithms.variant import choose, step_size, titled
from theory.parameters import ALPHA, Parameter
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, g, m, x

MU = Parameter(
    Scalar("mu", nonnegative=True), r"\mu", "the momentum",
    lower=0, upper=1, upper_open=True, typical=(0.0, 0.99), default=0.9,
)  # fmt: skip
mu = MU.symbol
PRINTED = {"placement": "outside", "schedule": "constant"}


def momentum(*, placement: str = "outside", schedule: str = "constant") -> Recurrence:
    """Heavy-ball momentum with the Euclidean projection (Sutskever et al. 2013, eqs. (1), (2)).

    Args:
        placement: "outside" (PyTorch's form) or "inside" (as printed); see the module's docstring.
        schedule: "constant" (alpha) or "sqrt" (alpha/sqrt(t)).

    Raises:
        ValueError: an unknown choice.
    """
    return with_velocity("SGD with momentum", "eqs. (1), (2)", S.Zero, S.One, placement, schedule)


def with_velocity(
    name: str, place: str, ahead: Expr, factor: Expr, placement: str, schedule: str
) -> Recurrence:
    """m_t = mu m_{t-1} + inner_t g_t and x_{t+1} = P(x_t - outer_t (ahead inner_t g_t + factor m_t)).

    place: the equations in Sutskever et al. 2013; placement: which of inner_t and outer_t is alpha_t; the
    other is 1.
    """
    step = step_size(schedule)
    inner, outer = choose("placement", placement, {"inside": (step, S.One), "outside": (S.One, step)})
    variant = {"placement": placement, "schedule": schedule}
    return Recurrence(
        name=titled(name, variant, PRINTED),
        source=Source("sutskever2013", place),
        parameters=(ALPHA, MU),
        steps=((m, mu * Prev(m) + inner * g),),
        point=x - outer * (ahead * inner * g + factor * m),
        metric=1,
        variant=variant,
    )


MOMENTUM = momentum()
