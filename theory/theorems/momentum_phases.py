r"""A first moment whose beta_{1,t} is any value up to beta1 in each of two phases, after beta1 in round 1.

    beta_{1,1} = beta1,   beta_{1,t} = low beta1 for 2 <= t <= hold,   beta_{1,t} = high beta1 for t > hold.

Statements for every sequence with beta_{1,1} = beta1 and beta_{1,t} <= beta1 are played with it. It holds a
constant beta1 (low = high = 1), one that stops (high = 0) and one that comes back (low = 0).
"""

from sympy import Expr, Integer, Piecewise

from theory.algorithms.decaying_momentum import with_varying_momentum
from theory.parameters import Parameter, beta1
from theory.recurrence import Recurrence
from theory.symbols import Scalar, t

LOW = Parameter(
    Scalar("low", nonnegative=True), r"\ell", "the share of beta1 in the first phase",
    lower=0, upper=1, typical=(0.0, 1.0), default=1.0,
)  # fmt: skip
HIGH = Parameter(
    Scalar("high", nonnegative=True), "h", "the share of beta1 in the second phase",
    lower=0, upper=1, typical=(0.0, 1.0), default=1.0,
)  # fmt: skip
HOLD = Parameter(
    Scalar("hold", positive=True), "k", "the last round of the first phase",
    lower=1, typical=(1.0, 20.0), default=10.0,
)  # fmt: skip
PHASES = (LOW, HIGH, HOLD)
"""The parameters of the phases."""

beta1_phases: Expr = beta1 * Piecewise(
    (Integer(1), t < 2), (LOW.symbol, t <= HOLD.symbol), (HIGH.symbol, True)
)


def with_phases(recurrence: Recurrence) -> Recurrence:
    """The same algorithm with beta_{1,t} in phases.

    Args:
        recurrence: Adam or AMSGrad, in any variant.

    Raises:
        ValueError: its m is not the exponential mean of g.
    """
    return with_varying_momentum(recurrence, beta1_phases, PHASES, "phases")
