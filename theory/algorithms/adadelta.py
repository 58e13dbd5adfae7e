r"""Adadelta (Zeiler 2012, Algorithm 1): steps in units of earlier steps.

    v_t = rho v_{t-1} + (1 - rho) g_t^2,   delta_t = sqrt(u_{t-1} + eps)/sqrt(v_t + eps) g_t,
    u_t = rho u_{t-1} + (1 - rho) delta_t^2,   x_{t+1} = x_t - alpha delta_t,   alpha = 1 in the paper.

The preconditioner is a ratio of two diagonals. The metric here is its inverse,
sqrt(v_t + eps)/sqrt(u_{t-1} + eps); the paper has no projection. epsilon must be positive: if it is 0, every
step is 0.
"""

from dataclasses import replace

from sympy import sqrt

from theory.algorithms.adam_family import mean
from theory.algorithms.rmsprop import RHO
from theory.parameters import ALPHA, EPS, alpha, eps
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Vector, g, v, x

STEP = replace(ALPHA, meaning="the factor of the step", default=1.0)
DECAY = replace(RHO, meaning="the decay of both means of squares", default=0.95)
POSITIVE_EPS = replace(EPS, lower_open=True, typical=(1e-6, 1e-3), default=1e-6)
rho = DECAY.symbol
delta = Vector("delta")
u = Vector("u", nonnegative=True)


def adadelta() -> Recurrence:
    """Adadelta (Zeiler 2012, Algorithm 1) with a step factor alpha; it has no variants."""
    metric = sqrt(v + eps) / sqrt(Prev(u) + eps)
    return Recurrence(
        name="Adadelta",
        source=Source("zeiler2012", "Algorithm 1"),
        parameters=(STEP, DECAY, POSITIVE_EPS),
        steps=(mean(v, g**2, rho), (delta, g / metric), mean(u, delta**2, rho)),
        point=x - alpha * delta,
        metric=metric,
    )


ADADELTA = adadelta()
