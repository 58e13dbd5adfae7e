r"""Nesterov's accelerated gradient (Nesterov 1983; Sutskever et al. 2013, eqs. (3) and (4)).

The lookahead form evaluates the gradient at a predicted point:

    m_t = mu m_{t-1} + alpha_t grad f(y_t - mu m_{t-1}),   y_{t+1} = y_t - m_t.

The point played is the one where the gradient is evaluated: x_t = y_t - mu m_{t-1}. In terms of x,

    m_t = mu m_{t-1} + alpha_t g_t,   x_{t+1} = y_{t+1} - mu m_t = x_t - alpha_t g_t - mu m_t,

because y_{t+1} = y_t - m_t = x_t + mu m_{t-1} - m_t = x_t - alpha_t g_t. That is placement="inside".
placement="outside" (the default) is PyTorch's `nesterov=True`:

    m_t = mu m_{t-1} + g_t,   x_{t+1} = x_t - alpha_t (g_t + mu m_t),

the same algorithm if the step is constant. The two are equivalent only without projection: with a set, the
points x_t, where losses are incurred, are projected here, not the y_t.
"""

from sympy import S

from theory.algorithms.momentum import mu, with_velocity
from theory.recurrence import Recurrence


def nesterov(*, placement: str = "outside", schedule: str = "constant") -> Recurrence:
    """Nesterov momentum in the variable where gradients are evaluated (Sutskever et al. 2013, eqs. (3), (4)).

    Args:
        placement: "outside" (PyTorch's form) or "inside" (as printed); see the module's docstring.
        schedule: "constant" (alpha) or "sqrt" (alpha/sqrt(t)).

    Raises:
        ValueError: an unknown choice.
    """
    return with_velocity("Nesterov", "eqs. (3), (4)", S.One, mu, placement, schedule)


NESTEROV = nesterov()
